//! How much memory the nodes of a document take, as a multiple of its text.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use kubectl_arbtune::yaml::node::Written;
use kubectl_arbtune::yaml::{Entry, Node, Value, documents};

const JOB: &str = include_str!("data/worker-1.yaml");

/// The memory that a node and everything below it takes, as its containers have asked for it.
fn bytes(node: &Node) -> usize {
    let written = node.written.as_ref().map_or(0, |written| size_of::<Written>() + written.as_str().len());
    let value = match &node.value {
        Value::String(text) => text.capacity(),
        Value::Sequence(items) => items.len() * size_of::<Node>() + items.iter().map(below).sum::<usize>(),
        Value::Mapping(entries) => {
            let below = entries.iter().map(|entry| entry.key.capacity() + below(&entry.value)).sum::<usize>();
            entries.len() * size_of::<Entry>() + below
        }
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => 0,
    };
    size_of::<Node>() + written + value
}

/// What a node takes beyond its place in the container that holds it.
fn below(node: &Node) -> usize {
    bytes(node) - size_of::<Node>()
}

#[test]
fn the_nodes_of_a_manifest_take_at_most_twelve_times_its_text() {
    let read = |text: &str| {
        let mut all = Vec::new();
        documents(text, |document| all.push(document.unwrap().root));
        all.remove(0)
    };
    let item = format!("- {}\n", JOB.trim_end().replace('\n', "\n  "));
    let list = format!("apiVersion: v1\nkind: List\nitems:\n{}", item.repeat(200));
    let minified = read(&list).to_json().to_string();
    let unquoted = minified.replace("\":", "\": ").replace('"', "");
    let map = (0..1000).map(|nth| format!("k{nth}: v\n")).collect::<Vec<_>>().concat();
    for (name, text) in
        [("a Job", JOB), ("a List", &list), ("JSON", &minified), ("on one line", &unquoted), ("a ConfigMap", &map)]
    {
        let multiple = bytes(&read(text)) / text.len();
        assert!(multiple < 12, "{name}: {multiple}");
    }
}
