//! The JSON Schemas of the two configurations, for editors. Their structure and descriptions come from the types that
//! read the files; the checks beyond the types are added here. `UPDATE_SCHEMAS=1 cargo test --lib config::json_schema`
//! regenerates the files in `configs/schema`.

use schemars::{JsonSchema, schema_for};
use serde_json::{Value, json};

use super::checks::IDENTITY;
use super::metadata::{ANNOTATIONS, LABELS};
use super::{K8sOrchestratorConfig, OrchestratorConfig};

/// At most 63 characters between two letters or digits.
const LABEL_VALUE: &str = "^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
/// A label value whose first characters can be part of a Job's name.
const SHORT_START: &str = "^[a-z0-9][-a-z0-9]{0,7}$|^[a-z0-9][-a-z0-9]{7}";
const DNS_LABEL: &str = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";
const DNS_SUBDOMAIN: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
const VARIABLE: &str = r"^(?!\.$|\.\.)[-._a-zA-Z][-._a-zA-Z0-9]*$";
const QUALIFIED_NAME: &str = r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
const SECRET_KEY: &str = r"^(?!\.$|\.\.)[-._a-zA-Z0-9]{1,253}$";
/// The standard resources, and extended resources by their full names.
const RESOURCE: &str = r"^(cpu|memory|ephemeral-storage|hugepages-.*)$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
/// An amount that is not negative; the server reads one without digits as zero.
const QUANTITY: &str = r"^(?!$)(\+?[0-9]*(\.[0-9]*)?|-0*(\.0*)?)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$";

/// The schema of the K8s configuration.
fn k8s_config() -> Value {
    let required = ["session_id", "k8s_namespace", "image", "mode", "env", "total_iterations", "workers", "optimizer"];
    let mut schema = of_type::<K8sOrchestratorConfig>("A tuning session on Kubernetes (D29)", &required);
    for (key, pattern) in [
        ("session_id", LABEL_VALUE),
        ("session_short", "^[a-z0-9][-a-z0-9]{0,7}$"),
        ("k8s_namespace", DNS_LABEL),
        ("image", r"^\S+$"),
        ("config_path", r"\S"),
        ("working_dir", "^/"),
        ("queue", DNS_SUBDOMAIN),
    ] {
        schema["properties"][key]["pattern"] = pattern.into();
    }
    schema["properties"]["queue"]["maxLength"] = 63.into();
    names(&mut schema["properties"]["extra_env"], VARIABLE, &IDENTITY);
    names(&mut schema["properties"]["secret_env"], VARIABLE, &IDENTITY);
    names(&mut schema["properties"]["labels"], QUALIFIED_NAME, &LABELS);
    names(&mut schema["properties"]["annotations"], QUALIFIED_NAME, &ANNOTATIONS);
    schema["properties"]["labels"]["additionalProperties"]["pattern"] = format!("^$|{LABEL_VALUE}").into();
    let amounts = &mut schema["$defs"]["Resources"]["properties"];
    for list in ["requests", "limits"] {
        amounts[list]["propertyNames"] = json!({"pattern": RESOURCE});
    }
    let types = &mut schema["$defs"];
    types["Amount"] = json!({
        "description": types["Amount"]["description"],
        "type": ["string", "number"],
        "pattern": QUANTITY,
        "minimum": 0,
    });
    require(&mut types["SecretKey"], &["secret", "key"]);
    types["SecretKey"]["properties"]["secret"]["pattern"] = DNS_SUBDOMAIN.into();
    types["SecretKey"]["properties"]["key"]["pattern"] = SECRET_KEY.into();
    types["EnvFrom"]["properties"]["secret"]["pattern"] = DNS_SUBDOMAIN.into();
    types["EnvFrom"]["properties"]["config_map"]["pattern"] = DNS_SUBDOMAIN.into();
    types["EnvFrom"]["properties"]["prefix"]["pattern"] = VARIABLE.into();
    types["EnvFrom"]["oneOf"] = json!([{"required": ["secret"]}, {"required": ["config_map"]}]);
    require(&mut types["Results"], &["claim"]);
    types["Results"]["properties"]["claim"]["pattern"] = DNS_SUBDOMAIN.into();
    // A seed per worker needs a mounted file.
    types["TuningConfig"]["dependentSchemas"] =
        json!({"seed": {"required": ["mount"], "properties": {"mount": {"const": true}}}});
    schema["dependentRequired"] = json!({"results": ["working_dir"]});
    allow_null(&mut schema);
    schema["properties"]["job_template"] = partial_job(&schema["properties"]["job_template"]);
    schema["if"] = json!({"not": {"required": ["session_short"]}});
    schema["then"] = json!({"properties": {"session_id": {"pattern": SHORT_START}}});
    schema
}

/// The schema of the orchestrator configuration.
fn orchestrator_config() -> Value {
    let required = ["session_id", "total_iterations", "workers"];
    let mut schema = of_type::<OrchestratorConfig>("A tuning session of the local orchestrator (D28)", &required);
    for (key, pattern) in [("session_id", LABEL_VALUE), ("config_path", r"\S"), ("base_output_csv", r"\S")] {
        schema["properties"][key]["pattern"] = pattern.into();
    }
    schema
}

/// The schema of a type. The types of this project accept no unknown keys.
fn of_type<T: JsonSchema>(title: &str, required: &[&str]) -> Value {
    let mut schema = schema_for!(T).to_value();
    schema["title"] = title.into();
    require(&mut schema, required);
    visit(&mut schema, &mut |object| {
        let description = object.get_mut("description");
        if let Some(Value::String(text)) = description {
            // Only the first paragraph is for users; line breaks have no meaning.
            *text = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        }
        if object.contains_key("properties") {
            object.insert("additionalProperties".to_owned(), false.into());
        }
        // Defaults for gaps have no meaning outside this program, and number formats none outside Rust.
        for key in ["default", "format"] {
            object.remove(key);
        }
    });
    schema
}

/// A key without a value is an empty list or mapping, if that would be valid.
fn allow_null(schema: &mut Value) {
    visit(schema, &mut |object| {
        let plain = object.get("type").and_then(Value::as_str).filter(|plain| ["object", "array"].contains(plain));
        if let Some(plain) = plain.filter(|_| !object.contains_key("required") && !object.contains_key("oneOf")) {
            let types = json!([plain, "null"]);
            object.insert("type".to_owned(), types);
        }
    });
}

fn require(schema: &mut Value, keys: &[&str]) {
    schema["required"] = keys.into();
}

fn names(map: &mut Value, pattern: &str, taken: &[&str]) {
    map["propertyNames"] = json!({"pattern": pattern, "not": {"enum": taken}});
}

/// The requirements of [`super::partial_job::check`]; the rest is checked by `validate`.
fn partial_job(plain: &Value) -> Value {
    json!({
        "description": plain["description"],
        "type": ["object", "null"],
        "properties": {
            "apiVersion": {"const": "batch/v1"},
            "kind": {"const": "Job"},
            "metadata": {
                "properties": {"labels": {}, "annotations": {}},
                "additionalProperties": false,
            },
            "status": false,
        },
    })
}

/// Calls `change` with each object of a schema.
fn visit(schema: &mut Value, change: &mut impl FnMut(&mut serde_json::Map<String, Value>)) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(|value| visit(value, change));
            change(object);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use jsonschema::Validator;
    use proptest::prelude::*;

    use super::*;
    use crate::config::{ConfigFile, Problems};

    const BASELINE: &str = include_str!("../../configs/d29_k8s/orchestrator_k8s_baseline.yaml");
    const PRODUCTION: &str = include_str!("../../configs/d29_k8s/production.yaml");
    const ORCHESTRATOR: &str = include_str!("../../configs/d28_orchestrator/demo_baseline.yaml");

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
    }

    #[test]
    fn the_files_are_what_the_types_say() {
        for (name, schema) in [("k8s-config", k8s_config()), ("orchestrator-config", orchestrator_config())] {
            let path = root().join(format!("configs/schema/{name}.schema.json"));
            let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
            if std::env::var_os("UPDATE_SCHEMAS").is_some() {
                fs::write(&path, text).unwrap();
            } else {
                let found = fs::read_to_string(&path).unwrap();
                assert!(found == text, "{name} is not current: UPDATE_SCHEMAS=1 cargo test --lib config::json_schema");
            }
        }
    }

    /// A configuration's reader and its schema.
    struct Kind {
        schema: Validator,
        has_errors: fn(&ConfigFile) -> bool,
    }

    impl Kind {
        fn k8s() -> Self {
            let has_errors = |file: &ConfigFile| is_wrong(K8sOrchestratorConfig::read(file, false).1);
            Self { schema: jsonschema::validator_for(&k8s_config()).unwrap(), has_errors }
        }

        fn orchestrator() -> Self {
            let has_errors = |file: &ConfigFile| is_wrong(OrchestratorConfig::read(file).1);
            Self { schema: jsonschema::validator_for(&orchestrator_config()).unwrap(), has_errors }
        }

        /// The schema's verdict, and whether the reader accepts the text.
        fn ask(&self, text: &str) -> (Vec<String>, bool) {
            let file = ConfigFile::parse("x.yaml".to_owned(), text.into()).unwrap();
            let value = file.root().to_json();
            let said = self.schema.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path()));
            (said.collect(), !(self.has_errors)(&file))
        }

        fn assert_agree(&self, text: &str) {
            let (said, is_taken) = self.ask(text);
            assert_eq!(said.is_empty(), is_taken, "{said:?}\n{text}");
        }
    }

    fn is_wrong(problems: Problems<'_>) -> bool {
        Problems::finish([problems], Some(())).is_err()
    }

    #[test]
    fn every_config_of_the_project_is_valid() {
        let folder = |path: &str| fs::read_dir(root().join(path)).unwrap().map(|entry| entry.unwrap().path());
        let configs: Vec<PathBuf> =
            folder("configs/d29_k8s").chain([root().join("src/starter/session.yaml")]).collect();
        let others: Vec<PathBuf> =
            folder("configs/d28_orchestrator").chain([root().join("src/starter/orchestrator.yaml")]).collect();
        assert!(configs.len() >= 4 && others.len() >= 2);
        for (kind, paths) in [(Kind::k8s(), configs), (Kind::orchestrator(), others)] {
            for path in paths {
                let said = kind.ask(&fs::read_to_string(&path).unwrap());
                assert_eq!(said, (Vec::new(), true), "{}", path.display());
            }
        }
    }

    #[test]
    fn a_key_is_demanded_by_both_or_by_neither() {
        for (kind, text) in [(Kind::k8s(), PRODUCTION), (Kind::k8s(), BASELINE), (Kind::orchestrator(), ORCHESTRATOR)] {
            let lines: Vec<&str> = text.lines().collect();
            let starts: Vec<usize> =
                (0..lines.len()).filter(|nth| lines[*nth].starts_with(|c: char| c.is_ascii_alphabetic())).collect();
            for (nth, start) in starts.iter().enumerate() {
                let end = starts.get(nth + 1).copied().unwrap_or(lines.len());
                kind.assert_agree(&[&lines[..*start], &lines[end..]].concat().join("\n"));
                let empty = format!("{}:", lines[*start].split(':').next().unwrap());
                kind.assert_agree(&[&lines[..*start], &[empty.as_str()], &lines[end..]].concat().join("\n"));
                let mistyped = lines[*start].replacen(':', "x:", 1);
                kind.assert_agree(&[&lines[..*start], &[mistyped.as_str()], &lines[*start + 1..]].concat().join("\n"));
            }
        }
    }

    #[test]
    fn what_one_refuses_the_other_refuses() {
        let kind = Kind::k8s();
        for (from, to) in [
            ("mode: paper", "mode: papr"),
            ("mode: paper", "mode: Paper"),
            ("env: docker", "env: yes"),
            ("env: docker", "env: prod"),
            ("workers: 2", "workers: 0"),
            ("workers: 2", "workers: -1"),
            ("workers: 2", "workers: 1.5"),
            ("workers: 2", "workers: \"2\""),
            ("image: your-registry", "image: your registry"),
            ("cpu: 500m", "cpu: half"),
            ("cpu: 500m", "cpu: 0.5"),
            ("cpu: 500m", "cpu: -1"),
            ("cpu: 500m", "cpu: true"),
            ("cpu: 500m", "cpuu: 1"),
            ("cpu: 500m", "example.com/gpu: 1"),
            ("REDIS_PORT: \"6379\"", "REDIS_PORT: 6379"),
            ("REDIS_PORT:", "WORKER_ID:"),
            ("REDIS_PORT:", "REDIS PORT:"),
            ("resources:", "labels: {app: x}\nresources:"),
            ("resources:", "labels: {example.com/team: a b}\nresources:"),
            ("resources:", "labels: {example.com/team: \"\"}\nresources:"),
            ("resources:", "annotations: {created_at: x}\nresources:"),
            ("resources:", "working_dir: app\nresources:"),
            ("resources:", "results: {claim: a}\nresources:"),
            ("resources:", "working_dir: /app\nresults: {claim: a}\nresources:"),
            ("resources:", "working_dir: /app\nresults: {}\nresources:"),
            ("resources:", "tuning_config: {seed: per-worker}\nresources:"),
            ("resources:", "working_dir: /app\ntuning_config: {seed: per-worker, mount: true}\nresources:"),
            ("resources:", "pod_security: privileged\nresources:"),
            ("resources:", "pod_security: baseline\nresources:"),
            ("resources:", "queue: A\nresources:"),
            ("resources:", "env_from: [{secret: a, config_map: b}]\nresources:"),
            ("resources:", "env_from: [{prefix: a}]\nresources:"),
            ("resources:", "env_from: [{config_map: a, prefix: F_, optional: true}]\nresources:"),
            ("resources:", "secret_env: {A: {secret: a}}\nresources:"),
            ("resources:", "secret_env: {A: {secret: a, key: ..}}\nresources:"),
            ("resources:", "secret_env: {A: {secret: a, key: b.c}}\nresources:"),
            ("resources:", "job_template: {kind: CronJob}\nresources:"),
            ("resources:", "job_template: {metadata: {name: x}}\nresources:"),
            ("resources:", "job_template: {spec: {suspend: true}}\nresources:"),
            ("resources:", "job_template: []\nresources:"),
            ("d29-k8s-demo-session", "D29-demo"),
            ("session_id: d29-k8s-demo-session", "session_id: D29-demo\nsession_short: d29"),
            ("session_id: d29-k8s-demo-session", "session_id: d29\nsession_short: d29-second"),
        ] {
            assert!(BASELINE.contains(from), "{from}");
            kind.assert_agree(&BASELINE.replacen(from, to, 1));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn patterns_are_the_checks(
            nearly in "[a-zA-Z0-9]?[-a-zA-Z0-9._/:+ ]{0,12}[a-zA-Z0-9]?",
            long in "[a-z]{55}[-a-z.]{0,12}",
            amount in "[-+]?[0-9]{0,2}[.]?[0-9]{0,2}[KMGTPEkmuneix]{0,2}[-+0-9]{0,2}",
        ) {
            let kind = Kind::k8s();
            let quoted = |text: &str| serde_json::to_string(text).unwrap();
            let change = |from: &str, to: String| kind.assert_agree(&BASELINE.replacen(from, &to, 1));
            for text in [&nearly, &long] {
                change("session_id: d29-k8s-demo-session", format!("session_id: {}", quoted(text)));
                change("k8s_namespace: trading-bots", format!("k8s_namespace: {}", quoted(text)));
                change("resources:", format!("session_short: {}\nresources:", quoted(text)));
                change("resources:", format!("queue: {}\nresources:", quoted(text)));
                change("resources:", format!("labels: {{{}: a}}\nresources:", quoted(text)));
                change("resources:", format!("labels: {{a: {}}}\nresources:", quoted(text)));
                change("resources:", format!("secret_env: {{{}: {{secret: a, key: b}}}}\nresources:", quoted(text)));
                change("resources:", format!("secret_env: {{A: {{secret: {0}, key: {0}}}}}\nresources:", quoted(text)));
            }
            change("    cpu: \"1\"\n", format!("    nvidia.com/gpu: {}\n", quoted(&amount)));
        }
    }
}
