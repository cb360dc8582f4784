//! `--set KEY=VALUE`: sets a key of the K8s configuration on the command line. The values are merged into the document,
//! which is then read and checked like any file.

use std::collections::HashMap;
use std::mem;

use thiserror::Error;

use crate::manifest::{Entry, Node, Position, Value};
use crate::yaml::node::Written;
use crate::yaml::scalar;

/// The key of the partial Job.
pub const JOB_TEMPLATE: &str = "job_template";
/// The prefix of a flag in messages.
const FLAG: &str = "--set ";

/// One `--set`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The key, with one step for each level.
    steps: Vec<Step>,
    /// The value as it was typed.
    value: String,
    /// The flag as shown in messages, on one line.
    shown: String,
}

/// A level of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    name: String,
    /// The offset in the flag, in characters.
    before: usize,
    /// Its length in characters.
    width: usize,
}

/// Why an assignment is not valid.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AssignmentError {
    /// No value. The text after the key is not shown, because it may be a credential.
    #[error("{0:?} has no =. Write KEY=VALUE, such as workers=8.")]
    NoValue(String),
    /// A key that is empty or has an empty part.
    #[error("The key {0:?} is empty or has an empty part. Write KEY=VALUE, such as resources.limits.cpu=2.")]
    Empty(String),
    /// The partial Job, which cannot be set.
    #[error("{JOB_TEMPLATE} is a partial Job, which a flag cannot change. Edit the configuration instead.")]
    JobTemplate,
}

impl Assignment {
    /// Parses `KEY=VALUE`. A dot in the key starts the next level; a dot, an equals sign or a backslash in a name is
    /// escaped with a backslash.
    ///
    /// # Errors
    /// The assignment is not valid.
    pub fn parse(text: &str) -> Result<Self, AssignmentError> {
        let mut steps = Vec::new();
        let (mut name, mut before) = (String::new(), FLAG.chars().count());
        let mut characters = (FLAG.chars().count()..).zip(text.char_indices());
        let end = loop {
            let Some((at, (byte, c))) = characters.next() else {
                return Err(AssignmentError::NoValue(key_in(text).to_owned()));
            };
            match c {
                '\\' => name.extend(characters.next().map(|(_, (_, escaped))| escaped)),
                '.' | '=' => {
                    steps.push(Step { name: mem::take(&mut name), before, width: at - before });
                    before = at + 1;
                    if c == '=' {
                        break byte;
                    }
                }
                _ => name.push(c),
            }
        };
        if steps.iter().any(|step| step.name.is_empty()) {
            return Err(AssignmentError::Empty(text[..end].to_owned()));
        }
        if steps[0].name == JOB_TEMPLATE {
            return Err(AssignmentError::JobTemplate);
        }
        let value = text[end + 1..].to_owned();
        Ok(Self { steps, value, shown: format!("{FLAG}{}", text.replace(['\n', '\r'], " ")) })
    }

    /// The top-level key, if the flag sets all of it.
    #[must_use]
    pub fn top_level_key(&self) -> Option<&str> {
        match self.steps.as_slice() {
            [Step { name, .. }] => Some(name),
            _ => None,
        }
    }
}

/// The start of a text that can be a key.
fn key_in(text: &str) -> &str {
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || "._-/\\=".contains(c);
    text.find(|c| !is_of_key(c)).map_or(text, |end| &text[..end])
}

/// The flags, one per line.
#[must_use]
pub fn lines(assignments: &[Assignment]) -> String {
    assignments.iter().map(|assignment| assignment.shown.as_str()).collect::<Vec<_>>().join("\n")
}

/// Applies flags to a document; the first flag is on `first_line`. If two flags set the same key, the last one wins. A
/// document that is not a mapping stays unchanged.
pub fn apply(root: &mut Node, assignments: &[Assignment], first_line: u32) {
    let mut changes = Changes::default();
    for (line, assignment) in (first_line..).zip(assignments) {
        changes.add(assignment, line);
    }
    if root.as_mapping().is_some() {
        changes.make_in(root);
    }
}

/// The changes to a mapping.
#[derive(Default)]
struct Changes<'a> {
    list: Vec<Change<'a>>,
    places: HashMap<&'a str, usize>,
}

struct Change<'a> {
    key: &'a str,
    key_position: Position,
    /// The value that replaces the document's value.
    value: Option<Node>,
    /// The changes below it.
    below: Changes<'a>,
}

impl<'a> Changes<'a> {
    fn add(&mut self, Assignment { steps, value, shown }: &'a Assignment, line: u32) {
        let position =
            |before: usize, width: usize| Position { line, column: number(before + 1), width: number(width.max(1)) };
        let mut changes = self;
        let Some((last, above)) = steps.split_last() else { return };
        for step in above {
            changes = &mut changes.at(&step.name, position(step.before, step.width)).below;
        }
        let start = last.before + last.width + 1;
        let place = position(start, shown.chars().count().saturating_sub(start));
        let change = changes.at(&last.name, position(last.before, last.width));
        (change.value, change.below) = (Some(argument(value, place)), Changes::default());
        change.key_position = position(last.before, last.width);
    }

    fn at(&mut self, key: &'a str, key_position: Position) -> &mut Change<'a> {
        let place = *self.places.entry(key).or_insert_with(|| {
            self.list.push(Change { key, key_position, value: None, below: Changes::default() });
            self.list.len() - 1
        });
        &mut self.list[place]
    }

    /// Applies changes to a node; anything but a mapping is replaced.
    fn make_in(self, node: &mut Node) {
        let mut entries = match mem::replace(&mut node.value, Value::Null) {
            Value::Mapping(entries) => entries.into_vec(),
            _ => Vec::new(),
        };
        node.written = None;
        let places: HashMap<String, usize> = entries.iter().map(|entry| entry.key.clone()).zip(0..).collect();
        for Change { key, key_position, value, below } in self.list {
            let place = places.get(key).copied().unwrap_or_else(|| {
                let value = Node::new(Value::Null, key_position);
                entries.push(Entry { key: key.to_owned(), key_position, value });
                entries.len() - 1
            });
            let entry = &mut entries[place];
            if let Some(value) = value {
                (entry.key_position, entry.value) = (key_position, value);
            }
            if !below.list.is_empty() {
                if entry.value.as_mapping().is_none() {
                    (entry.key_position, entry.value.position) = (key_position, key_position);
                }
                below.make_in(&mut entry.value);
            }
        }
        node.value = Value::Mapping(entries.into());
    }
}

/// The value of a flag, whose type is decided by the key.
fn argument(text: &str, position: Position) -> Node {
    let value = match scalar::resolve(text).value() {
        None | Some(Value::String(_)) => Value::String(text.to_owned()),
        Some(value) => value,
    };
    Node { value, position, written: Some(Box::new(Written::Argument(text.into()))) }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Completions for `--set`; names are free below keys that end with a dot.
pub const KEYS: [&str; 23] = [
    "session_id",
    "session_short",
    "k8s_namespace",
    "image",
    "mode",
    "env",
    "total_iterations",
    "workers",
    "optimizer",
    "config_path",
    "working_dir",
    "tuning_config.mount",
    "tuning_config.seed",
    "extra_env.",
    "resources.requests.cpu",
    "resources.requests.memory",
    "resources.limits.cpu",
    "resources.limits.memory",
    "results.claim",
    "queue",
    "pod_security",
    "labels.",
    "annotations.",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn set(document: &str, flags: &[&str]) -> serde_json::Value {
        let assignments: Vec<Assignment> = flags.iter().map(|flag| Assignment::parse(flag).unwrap()).collect();
        let mut root = None;
        crate::manifest::documents(document, |document| root = document.ok().map(|document| document.root));
        let mut root = root.unwrap();
        apply(&mut root, &assignments, 100);
        root.to_json()
    }

    #[test]
    fn a_key_is_added_replaced_or_found_below_others() {
        let document = "a: 1\nb: {c: 2, d: [3]}\n";
        for (flags, expected) in [
            (&["a=x"][..], r#"{"a": "x", "b": {"c": 2, "d": [3]}}"#),
            (&["b.c=x", "b.e.f=v", "g=z"], r#"{"a": 1, "b": {"c": "x", "d": [3], "e": {"f": "v"}}, "g": "z"}"#),
            (&["b=x", "b.c=v"], r#"{"a": 1, "b": {"c": "v"}}"#),
            (&["b.c=v", "b=x"], r#"{"a": 1, "b": "x"}"#),
            (&["a=x", "a=v"], r#"{"a": "v", "b": {"c": 2, "d": [3]}}"#),
            (&["a.b=x"], r#"{"a": {"b": "x"}, "b": {"c": 2, "d": [3]}}"#),
            (&[r"b.c\.d/e\=f\\=x=y"], r#"{"a": 1, "b": {"c": 2, "d": [3], "c.d/e=f\\": "x=y"}}"#),
        ] {
            assert_eq!(set(document, flags), serde_json::from_str::<serde_json::Value>(expected).unwrap(), "{flags:?}");
        }
        assert_eq!(set("[1]", &["a=x"]), serde_json::json!([1]));
    }

    #[test]
    fn what_sets_nothing_is_refused() {
        for (flag, words) in [
            ("workers", "has no ="),
            ("", "has no ="),
            ("extra_env.KEY: secret", "\"extra_env.KEY\" has no ="),
            ("a..b=secret", "The key \"a..b\" is empty"),
            (r"workers\=8", "has no ="),
            ("=8", "has an empty part"),
            ("a..b=8", "has an empty part"),
            ("a.=8", "has an empty part"),
            ("job_template.spec.suspend=true", "which a flag cannot change"),
            ("job_template=", "which a flag cannot change"),
        ] {
            let error = Assignment::parse(flag).unwrap_err().to_string();
            assert!(error.contains(words), "{flag}: {error}");
        }
    }

    #[test]
    fn many_flags_take_no_longer_than_each_of_them() {
        let flags: Vec<Assignment> =
            (0..20_000).map(|nth| Assignment::parse(&format!("extra_env.N{nth}=x")).unwrap()).collect();
        let mut root = Node::new(Value::Mapping(Box::default()), Position::default());
        apply(&mut root, &flags, 1);
        assert_eq!(root.get("extra_env").and_then(Node::as_mapping).map(<[_]>::len), Some(20_000));
    }
}
