//! A `ConfigMap`: the keys of its data, and how much it holds.

use k8s_openapi::api::core::v1::ConfigMap;

use super::env::config_key;
use super::metadata;
use crate::apimachinery::{Path, path};
use crate::diagnostic::Reason;
use crate::validate::findings::Findings;
use crate::validate::rule::rules;

rules! {
    Api;

    /// A key of a ConfigMap consists of letters, digits, '-', '_' and '.', up to 253 characters, and stands either in data
    /// or in binaryData. All values together take 1 MiB at most.
    DATA = "config-map-data" in ConfigMap:
        "data:\n  worker 1.yaml: 'seed: 42'", "data:\n  worker-1.yaml: 'seed: 42'";
}

/// All values together, in bytes.
const MAX_SIZE: usize = 1 << 20;

/// The whole `ConfigMap`.
pub(super) fn check(config_map: &ConfigMap, findings: &mut Findings<'_>) {
    metadata::check(&config_map.metadata, &path!(.metadata), findings);
    let data = path!(.data);
    let mut size = 0;
    for (key, value) in config_map.data.iter().flatten() {
        findings.check_format(&DATA, &data.key(key), key, config_key);
        if config_map.binary_data.as_ref().is_some_and(|binary| binary.contains_key(key)) {
            let wording = (format!("The key {key:?} stands in binaryData too."), "Keep one of the two.");
            findings.invalid(&DATA, &data.key(key), wording);
        }
        size += value.len();
    }
    let data = path!(.binaryData);
    for (key, value) in config_map.binary_data.iter().flatten() {
        findings.check_format(&DATA, &data.key(key), key, config_key);
        size += value.0.len();
    }
    if size > MAX_SIZE {
        let wording = (format!("The values are longer than {MAX_SIZE} bytes together."), "Shorten them.");
        findings.error(&DATA, Path::root(), Reason::FieldValueTooLong, wording);
    }
}

#[cfg(test)]
mod tests {
    use crate::manifest::Text;
    use crate::validate::{Checks, Sources, Validator};

    /// What the server's fields are that it refuses, as kube-apiserver 1.36 has named them.
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
        assert_eq!(refused(&sized(super::MAX_SIZE)), [""; 0]);
        assert_eq!(refused(&sized(super::MAX_SIZE + 1)), [""]);
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
}
