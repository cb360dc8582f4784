//! kubectl's last-applied annotation: the manifest that was applied, and whether applying one again would write the
//! same annotation.

use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;
use serde_json::{Map, Value};

use super::stored::LAST_APPLIED;
use crate::apimachinery::time::rfc3339;

/// The manifest that was applied last.
#[derive(Debug)]
pub struct LastApplied {
    /// The manifest.
    pub object: Value,
    /// Whether it is in kubectl's own format.
    is_kubectls: bool,
}

/// kubectl's JSON: Go escapes HTML markup characters and two line separators.
struct GoJson;

impl LastApplied {
    /// Parses the annotation; none if it is absent or unreadable.
    pub fn of(existing: &Value) -> Option<Self> {
        let text = existing.pointer("/metadata/annotations")?.get(LAST_APPLIED)?.as_str()?;
        let object: Value = serde_json::from_str(text).ok().filter(Value::is_object)?;
        let is_kubectls = text.strip_suffix('\n') == Some(&go_json(&object));
        Some(Self { object, is_kubectls })
    }

    /// Whether applying this manifest would change the annotation. `created_at` is ignored.
    pub fn differs_from(&self, manifest: &Value) -> bool {
        let mut noted = manifest.clone();
        if let Some(metadata) = noted["metadata"].as_object_mut() {
            metadata.entry("annotations").or_insert_with(|| Value::Object(Map::new()));
        }
        take_created_at(&mut noted, &self.object);
        !self.is_kubectls || noted != self.object
    }
}

/// Whether this is a valid `created_at`, with or without a time zone. Only changes between valid times are ignored.
pub fn is_moment(created_at: &str) -> bool {
    rfc3339(created_at).or_else(|| rfc3339(&format!("{created_at}Z"))).is_some()
}

/// Replaces the `created_at` of a manifest with that of another one, if both have one.
pub fn take_created_at(manifest: &mut Value, from: &Value) {
    let created_at = |object: &Value| object.pointer("/metadata/annotations/created_at").cloned();
    if let (Some(moment), Some(mine)) = (
        created_at(from).filter(|value| value.as_str().is_some_and(is_moment)),
        manifest.pointer_mut("/metadata/annotations/created_at"),
    ) {
        *mine = moment;
    }
}

fn go_json(value: &Value) -> String {
    let mut text = Vec::new();
    let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, GoJson));
    written.ok().and_then(|()| String::from_utf8(text).ok()).unwrap_or_default()
}

impl Formatter for GoJson {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (before, after) = rest.split_at(at);
            let mut chars = after.chars();
            let special = chars.next().map_or(0, u32::from);
            write!(writer, "{before}\\u{special:04x}")?;
            rest = chars.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_is_written_as_go_writes_it() {
        let value = json!({"b": "<a>&\u{2028}\u{8}\u{1}é\"", "a": [1, null]});
        let expected = r#"{"a":[1,null],"b":"\u003ca\u003e\u0026\u2028\b\u0001é\""}"#;
        assert_eq!(go_json(&value), expected);
    }

    #[test]
    fn the_same_manifest_is_noted_down_in_the_same_way() {
        let manifest = |created_at: &str, image: &str| json!({"metadata": {"annotations": {"created_at": created_at}}, "spec": {"image": image}});
        let existing = |text: String| json!({"metadata": {"annotations": {LAST_APPLIED: text}}});
        let applied = manifest("2026-01-01T00:00:00", "a");
        let noted = LastApplied::of(&existing(format!("{}\n", go_json(&applied)))).unwrap();
        assert!(
            !noted.differs_from(&manifest("2026-01-02T00:00:00Z", "a"))
                && noted.differs_from(&manifest("2026-01-01T00:00:00", "b"))
        );
        let by_hand = LastApplied::of(&existing(format!("{applied:#}"))).unwrap();
        assert!(by_hand.differs_from(&applied), "kubectl would write it anew");
        assert!(LastApplied::of(&existing("{".to_owned())).is_none());
    }
}
