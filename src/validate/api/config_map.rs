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

    /// A key of a ConfigMap consists of letters, digits, '-', '_' and '.', up to 253 characters, and is either in data
    /// or in binaryData. All values together take at most 1 MiB.
    DATA = "config-map-data" in ConfigMap:
        "data:\n  worker 1.yaml: 'seed: 42'", "data:\n  worker-1.yaml: 'seed: 42'";
}

/// The maximum size of all values in bytes.
const MAX_SIZE: usize = 1 << 20;

/// The whole `ConfigMap`.
pub(super) fn check(config_map: &ConfigMap, findings: &mut Findings<'_>) {
    metadata::check(&config_map.metadata, &path!(.metadata), findings);
    let data = path!(.data);
    let mut size = 0;
    for (key, value) in config_map.data.iter().flatten() {
        findings.check_format(&DATA, &data.key(key), key, config_key);
        if config_map.binary_data.as_ref().is_some_and(|binary| binary.contains_key(key)) {
            let wording = (format!("The key {key:?} is also in binaryData."), "Keep one of the two.");
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
        let wording = (format!("The values are longer than {MAX_SIZE} bytes in total."), "Shorten them.");
        findings.error(&DATA, Path::root(), Reason::FieldValueTooLong, wording);
    }
}
