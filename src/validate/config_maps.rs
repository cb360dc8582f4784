//! The ConfigMaps that the server refuses, as observed with kube-apiserver 1.36.

use super::{Checks, Sources, Validator};
use crate::manifest::Text;

/// The maximum size of all values in bytes.
const MAX_SIZE: usize = 1 << 20;

/// The fields that the server refuses, as observed with kube-apiserver 1.36.
fn refused(data: &str) -> Vec<String> {
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {{app: arbitrage-tuning, component: tuning, \
         session_id: s}}\n{data}"
    );
    let mut validator = Validator::new(Checks::from(Sources { api: true, tuning: true }));
    validator.add("x.yaml", &Text::decode(text.into()));
    validator.finish().remove(0).findings.into_iter().map(|finding| finding.path).collect()
}

#[test]
fn keys_and_size_are_the_servers() {
    let sized = |size: usize| format!("data: {{a: {}}}\nbinaryData: {{b: eHh4}}\n", "x".repeat(size - 3));
    assert_eq!(refused(&sized(MAX_SIZE)), [""; 0]);
    assert_eq!(refused(&sized(MAX_SIZE + 1)), [""]);
    assert_eq!(refused("immutable: true\ndata: {worker-1.yaml: \"seed: 42\", _: \"\"}"), [""; 0]);
    for (data, field) in [
        ("data: {\"a b\": x}", "data[a b]"),
        ("data: {..a: x}", "data[..a]"),
        ("data: {a: x}\nbinaryData: {a: eA==}", "data[a]"),
        ("binaryData: {é: eA==}", "binaryData[é]"),
        ("data: {a: 1}", "data[a]"),
        ("immutable: \"true\"", "immutable"),
        ("spec: {}", "spec"),
    ] {
        assert_eq!(refused(data), [field], "{data}");
    }
}
