//! Nothing in a file, its name or an argument speaks to the terminal or to a CI runner, whatever prints it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::{K8S, Ran, arg, run, text_of};

/// A line break and a workflow command, codes for a terminal, controls of the second set, of the direction of text and
/// of other kinds, and a command that a runner takes anywhere in a line. Korean is text like any other.
const EVIL: &str = "a\n::error::injected\r\u{1b}[2J\u{9b}31m\u{7f}\u{85}\u{200e}\u{202e}\u{2066}\u{61c}\u{2028}\u{2029}\u{200b}\u{feff}\u{ad}\t##[error]b 한글";

/// Whether a terminal does something else with a character than to show it, or nobody sees it.
fn speaks(c: char) -> bool {
    let commands = matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}');
    let directions =
        matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}');
    let breaks = matches!(c, '\u{2028}' | '\u{2029}');
    commands || directions || breaks || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Fails for output that says anything but text, line by line.
fn assert_silent(what: &str, output: &str) {
    if let Some(found) = output.chars().find(|c| *c != '\n' && speaks(*c)) {
        panic!("{what}: {found:?} in {output:?}");
    }
    assert!(!output.contains("##["), "{what}: {output}");
    for line in output.lines() {
        assert!(!line.trim_start().starts_with("::"), "{what}: {line}");
    }
}

/// Nothing in stdout and stderr of a run speaks, and the text of it is there.
fn assert_silent_run(what: &str, ran: &Ran) {
    assert_silent(what, &ran.out);
    assert_silent(what, &ran.err);
    assert!(ran.out.contains("한글") || ran.err.contains("한글"), "{what}: {ran:?}");
}

/// A Job with the text in all places that reports speak of.
fn evil_job() -> Value {
    let both = |key: &str| json!({key: EVIL, "app": EVIL});
    let container = json!({
        "name": EVIL, "image": EVIL, EVIL: 1,
        "env": [{"name": EVIL, "value": EVIL}, {"name": EVIL}],
        "volumeMounts": [{"name": EVIL, "mountPath": EVIL}],
        "ports": [{"name": EVIL, "containerPort": 0, "protocol": EVIL}],
        "resources": {"limits": {EVIL: "1"}},
    });
    json!({
        "apiVersion": "batch/v1", "kind": "Job", EVIL: 1,
        "metadata": {"name": EVIL, "namespace": EVIL, "labels": both(EVIL), "annotations": both(EVIL), "finalizers": [EVIL]},
        "spec": {"backoffLimit": -1, "template": {"spec": {"restartPolicy": EVIL, "containers": [container], "nodeSelector": both(EVIL)}}},
    })
}

/// Jobs, another kind, duplicate keys, text that is no document, and a value of the wrong type, under names that speak.
fn evil_folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| fs::write(dir.path().join(name), text).unwrap();
    let job = evil_job();
    write("::error::first.json", job.to_string());
    write(&format!("{}.json", EVIL.replace('/', "")), job.to_string());
    write("kind.json", json!({"apiVersion": "v1", "kind": EVIL, "metadata": {"name": EVIL}}).to_string());
    write("version.json", json!({"apiVersion": EVIL, "kind": "Job", "metadata": {"name": EVIL}}).to_string());
    write("type.json", json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"backoffLimit": EVIL}}).to_string());
    let twice = Value::from(EVIL);
    write("twice.json", format!("{{\"apiVersion\": \"batch/v1\", \"kind\": \"Job\", {twice}: 1, {twice}: 2}}"));
    write("syntax.yaml", format!("a: [{}\n--- {}\nb: *{}\n", EVIL.replace('\n', " "), "\u{202e}x\u{9b}", "\u{202e}x"));
    write("raw.json", "{\"a\": \"\u{9b}\u{202e}\u{7f}\" 한글".to_owned());
    dir
}

fn documents(ran: &Ran) -> Value {
    serde_json::from_str::<Value>(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))["documents"].take()
}

#[test]
fn validate_shows_what_a_file_says_and_does_not_do_it() {
    let dir = evil_folder();
    for rules in ["api,tuning", "api"] {
        let ran = run(&["validate", "-f", arg(dir.path()), "--rules", rules]);
        assert_eq!(ran.code, 1);
        assert_silent_run("table", &ran);
        assert!(ran.out.contains("a\\n::error::injected\\r\\u{1b}[2J\\u{9b}31m\\u{7f}"), "{}", ran.out);
    }
    // With colours, the only escape codes are our own.
    let coloured = run(&["--color", "always", "validate", "-f", arg(dir.path())]);
    assert_silent("colours", &without_colours(&coloured.out));
}

/// The text without the codes by which this tool sets colours.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('m').unwrap_or_else(|| panic!("no colour: {part:?}"));
        assert!(code.chars().all(|c| c.is_ascii_digit() || c == ';'), "no colour: {part:?}");
        plain += rest;
    }
    plain
}

#[test]
fn a_ci_runner_gets_one_command_a_finding_and_no_other() {
    let dir = evil_folder();
    let all = documents(&run(&["validate", "-f", arg(dir.path()), "-o", "json"]));
    let findings: usize =
        all.as_array().unwrap().iter().map(|document| document["findings"].as_array().unwrap().len()).sum();
    let ran = run(&["validate", "-f", arg(dir.path()), "-o", "github"]);
    assert_eq!(ran.out.lines().count(), findings);
    for line in ran.out.lines() {
        let (properties, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (level, properties) = properties.split_once(' ').unwrap();
        assert!(["error", "warning"].contains(&level) && !message.is_empty(), "{line}");
        let names: Vec<&str> = properties.split(',').map(|one| one.split_once('=').unwrap().0).collect();
        assert_eq!(names, ["file", "line", "col", "title"], "{line}");
        assert_silent("github", &line[2..]);
    }
}

#[test]
fn programs_get_the_exact_values_in_the_escapes_of_their_notation() {
    let dir = evil_folder();
    let ran = run(&["validate", "-f", arg(dir.path()), "-o", "json"]);
    assert_silent_run("json", &ran);
    let all = documents(&ran);
    let named: Vec<&Value> = all.as_array().unwrap().iter().filter(|document| document["name"] == EVIL).collect();
    assert_eq!(named.len(), 4, "{all}");
    assert!(named.iter().any(|document| document["kind"] == EVIL));
    assert!(named.iter().any(|document| document["file"].as_str().unwrap().ends_with(&format!("/{EVIL}.json"))));
    let field = format!("spec.template.spec.containers[0].{EVIL}");
    assert!(named[0]["findings"].as_array().unwrap().iter().any(|finding| finding["field"] == field.as_str()));

    let ran = run(&["validate", "-f", arg(dir.path()), "-o", "sarif"]);
    assert_silent_run("sarif", &ran);
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(
        results
            .iter()
            .any(|result| result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == field.as_str())
    );
    for result in results {
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b)), "{uri}");
    }

    let ran = run(&["validate", "-f", arg(dir.path()), "-o", "junit"]);
    assert_silent_run("junit", &ran);
    // XML 1.0 cannot hold ESC.
    let held = EVIL.replace('\u{1b}', "\\u{1b}");
    let (cases, texts) = names_and_texts(&ran.out);
    assert_eq!(cases.len(), all.as_array().unwrap().len());
    assert!(cases.contains(&format!("Job {held}")), "{cases:?}");
    assert!(texts.contains(&format!("spec.template.spec.containers[0].{held}: ")), "{texts}");
}

/// The names of the test cases of a `JUnit` report, and all its text, as any reader of XML has them.
fn names_and_texts(xml: &str) -> (Vec<String>, String) {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut names, mut texts) = (Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}")) {
            Event::Start(element) | Event::Empty(element) if element.name().as_ref() == b"testcase" => {
                let name = element.try_get_attribute("name").unwrap().unwrap().value;
                names.push(quick_xml::escape::unescape(std::str::from_utf8(&name).unwrap()).unwrap().into_owned());
            }
            Event::Text(text) => texts += std::str::from_utf8(&text).unwrap(),
            Event::GeneralRef(reference) => {
                let name = std::str::from_utf8(&reference).unwrap();
                let predefined = quick_xml::escape::resolve_predefined_entity(name);
                let character = reference.resolve_char_ref().unwrap();
                texts.push_str(&predefined.map_or_else(|| character.unwrap().to_string(), ToOwned::to_owned));
            }
            Event::Eof => return (names, texts),
            _ => {}
        }
    }
}

/// The baseline with the text in a variable's value and in a key that is unknown.
fn evil_config(dir: &Path, unknown: bool) -> std::path::PathBuf {
    let path = dir.join(format!("{EVIL}.yaml"));
    // kubectl takes no raw controls in YAML.
    let escapes: Vec<String> = EVIL.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let value = format!("\"{}\"", escapes.concat());
    let mut text = text_of(K8S).replace("extra_env:\n", &format!("extra_env:\n  EVIL: {value}\n"));
    if unknown {
        text += &(value + ": 1\n");
    }
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn plan_and_generate_show_a_configuration_and_do_not_do_it() {
    let dir = tempfile::tempdir().unwrap();
    let config = evil_config(dir.path(), false);
    let jobs = dir.path().join(format!("jobs {EVIL}"));
    for args in [
        &["plan", "--k8s-config", arg(&config)][..],
        &["plan", "--k8s-config", arg(&config), "-o", "json"],
        &["plan", "--k8s-config", arg(&config), "-o", "yaml"],
        &["generate", "--k8s-config", arg(&config)],
        &["generate", "--k8s-config", arg(&config), "-o", "json"],
        &["generate", "--k8s-config", arg(&config), "-d", arg(&jobs)],
        &["validate", "--k8s-config", arg(&config), "-o", "json"],
    ] {
        let ran = run(args);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_silent(&format!("{args:?}"), &ran.out);
        assert_silent(&format!("{args:?}"), &ran.err);
    }
    // The value arrives: what was written is what the session makes.
    let ran = run(&["plan", "--k8s-config", arg(&config), "--diff", arg(&jobs), "--exit-code"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let plan: Value = serde_json::from_str(&run(&["plan", "--k8s-config", arg(&config), "-o", "json"]).out).unwrap();
    assert!(plan["settings"].as_array().unwrap().iter().any(|setting| setting["value"] == EVIL));

    let wrong = run(&["plan", "--k8s-config", arg(&evil_config(dir.path(), true))]);
    assert_eq!(wrong.code, 1);
    assert_silent_run("a wrong configuration", &wrong);
}

#[test]
fn a_difference_is_shown_and_not_done() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = dir.path().join("jobs");
    assert_eq!(run(&["generate", "--k8s-config", K8S, "-d", arg(&jobs), "-q", "-o", "json"]).code, 0);
    let first = fs::read_dir(&jobs).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_file()).unwrap();
    let mut job: Value = serde_json::from_str(&fs::read_to_string(&first).unwrap()).unwrap();
    job[&format!("::error::{EVIL}")] = EVIL.into();
    job["metadata"]["labels"]["session_id"] = EVIL.into();
    job["metadata"]["annotations"][EVIL] = EVIL.into();
    job["spec"]["template"]["spec"]["containers"][0]["env"].as_array_mut().unwrap().push(json!({"name": EVIL}));
    fs::rename(&first, jobs.join(format!("{EVIL}.json"))).unwrap();
    fs::write(jobs.join(format!("{EVIL}.json")), job.to_string()).unwrap();
    for format in ["table", "wide", "json", "yaml"] {
        let ran = run(&["plan", "--k8s-config", K8S, "--diff", arg(&jobs), "-o", format]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert_silent_run(format, &ran);
    }
}

#[test]
fn a_bad_argument_is_reported_without_acting_on_the_terminal() {
    let evil = EVIL;
    let command = format!("::error::{EVIL}");
    for args in [
        &["plan", "--k8s-config", evil][..],
        &["plan", "--k8s-config", &command],
        &["plan", "--k8s-config", K8S, "--diff", evil],
        &["validate", "-f", evil],
        &["validate", "--explain", evil],
        &["validate", "-o", evil],
        &["validate", "--rules", evil],
        &["generate", "--k8s-config", K8S, "-n", evil],
        &["generate", "--k8s-config", K8S, "--created-at", evil],
        &["generate", "--k8s-config", K8S, "--session-id", evil],
        &["generate", "--k8s-config", K8S, "--session-short", evil],
        &["generate", evil],
        &[&format!("--{evil}")],
        &[evil],
        &["--color", evil, "plan", "--k8s-config", K8S],
        &["completion", evil],
    ] {
        let ran = run(args);
        assert_ne!(ran.code, 0, "{ran:?}");
        assert_silent_run(&format!("{args:?}"), &ran);
    }
}
