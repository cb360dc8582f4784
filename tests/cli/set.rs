//! `--set KEY=VALUE`: keys of the K8s configuration on the command line.

use crate::common::{K8S, ORCHESTRATOR, Ran, arbtune, run_with, text_of};

/// What `plan` says of the baseline with flags.
fn plan(flags: &[&str]) -> Ran {
    let sets = flags.iter().flat_map(|flag| ["--set", flag]);
    let args: Vec<&str> = ["plan", "--k8s-config", K8S].into_iter().chain(sets).collect();
    arbtune(&args).assert().into()
}

/// The settings that `plan -o json` shows, as `name=value (from)`.
fn settings(args: &[&str]) -> Vec<String> {
    let ran: Ran = arbtune(&[&["plan", "--k8s-config", K8S, "-o", "json"], args].concat()).assert().into();
    assert_eq!(ran.code, 0, "{}", ran.err);
    let view: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let text = |setting: &serde_json::Value, key: &str| setting[key].as_str().unwrap().to_owned();
    let settings = view["settings"].as_array().unwrap().iter();
    settings.map(|it| format!("{}={} ({})", text(it, "name"), text(it, "value"), text(it, "from"))).collect()
}

#[test]
fn a_value_has_the_type_of_its_key() {
    let flags = [
        "workers=3",
        "image=registry/bot:1.0",
        "session_id=12345678",
        "resources.limits.cpu=2",
        "resources.limits.example\\.com/gpu=1",
        "extra_env.LOG_LEVEL=yes",
        "extra_env.REDIS_PORT=6380",
        "labels.example\\.com/team=1.0",
        "working_dir=/app",
        "tuning_config.mount=false",
        "annotations.note=a=b.c",
    ];
    let sets: Vec<&str> = flags.iter().flat_map(|flag| ["--set", flag]).collect();
    let settings = settings(&sets);
    for flag in flags {
        let expected = format!("{} (--set)", flag.replace('\\', ""));
        assert!(settings.contains(&expected), "{expected}: {settings:#?}");
    }
    assert!(settings.contains(&format!("extra_env.APP_ENV=docker ({K8S})")), "{settings:#?}");
    // What stands in the file keeps its place, and what is new comes last.
    let names: Vec<&str> = settings.iter().filter_map(|it| it.strip_prefix("extra_env.")?.split('=').next()).collect();
    assert_eq!(names, ["APP_ENV", "REDIS_HOST", "REDIS_PORT", "LOG_LEVEL"]);
}

#[test]
fn a_flag_that_sets_nothing_does_not_show_its_value() {
    for flag in ["extra_env.API_KEY hunter2", "extra_env.API_KEY..=hunter2", "job_template.spec.x=hunter2"] {
        let ran = plan(&[flag]);
        assert!(ran.code == 2 && ran.err.starts_with("error: --set: ") && !ran.err.contains("hunter2"), "{ran:?}");
    }
    let ran = plan(&["workers="]);
    assert!(ran.code == 1 && ran.err.contains("workers is empty."), "{ran:?}");
}

#[test]
fn each_command_that_takes_a_configuration_takes_it() {
    let generated: Ran =
        arbtune(&["generate", "--k8s-config", K8S, "--set", "workers=3", "--set", "image=a/b:1", "-q"]).assert().into();
    assert_eq!((generated.code, generated.out.matches("image: a/b:1").count()), (0, 3), "{}", generated.err);
    let status = ["status", "--k8s-config", K8S, "--set", "workers=3", "-f", "-", "-o", "name"];
    let ran = run_with(&status, generated.out);
    assert!(ran.out.contains("worker-3"), "{ran:?}");
    let ran: Ran = arbtune(&["validate", "--k8s-config", K8S, "--set", "workers=3"]).assert().into();
    assert!(ran.code == 0 && ran.out.contains("worker-3"), "{ran:?}");
    let ran: Ran = arbtune(&["validate", "-f", "job.yaml", "--set", "workers=3"]).assert().into();
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[test]
fn an_error_shows_the_flag() {
    for (flag, column, words) in [
        ("workers=x", 15, "workers must be a whole number, not a string."),
        ("workers=0", 15, "must be at least 1"),
        ("workers=9", 15, "nothing to do"),
        ("total_iterations=1", 24, "nothing to do"),
        ("workers=", 15, "workers is empty"),
        ("wokers=3", 7, "Did you mean workers?"),
        ("mode=papr", 12, "Did you mean paper?"),
        ("image=", 13, "image is empty"),
        ("image=Registry/Bot", 13, "Write Registry/bot."),
        ("resources.limits.cpu=100m", 28, ""),
        ("resources.limits.memory=1GB", 31, "Write 1G or 1Gi."),
        ("resources.limit.cpu=1", 17, "Did you mean limits?"),
        ("resources=2", 17, "Set the keys below it"),
        ("labels.example.com/team=x", 14, r"Write \. for a dot"),
        ("extra_env.WORKER_ID=x", 17, "identifies the worker"),
        ("env_from.1.secret=x", 7, "--set cannot change list items"),
        ("session_id=a b", 18, "Use \"a-b\""),
        ("session_short=", 21, "session_short is empty"),
    ] {
        let ran = plan(&[flag]);
        if words.is_empty() {
            // A limit below the request is told where the request stands.
            assert!(ran.code == 1 && ran.err.contains("above its limit of 100m"), "{}", ran.err);
            continue;
        }
        assert_eq!(ran.code, 1, "{flag}: {}", ran.err);
        assert!(ran.err.contains(&format!("--> command line:1:{column}\n")), "{flag}:\n{}", ran.err);
        assert!(ran.err.contains(&format!("| --set {flag}\n")), "{flag}:\n{}", ran.err);
        assert!(ran.err.contains(words), "{flag}: {words}\n{}", ran.err);
    }
    let ran = plan(&["optimizer=grid", "workers=x"]);
    assert!(ran.err.contains("--> command line:2:15\n"), "{}", ran.err);
}

#[test]
fn what_sets_nothing_is_wrong_usage() {
    for (flag, words) in [
        ("workers", "has no ="),
        ("=3", "has an empty part"),
        ("job_template.spec.suspend=true", "which a flag cannot change"),
    ] {
        let ran = plan(&[flag]);
        assert!(ran.code == 2 && ran.err.contains(words), "{flag}: {ran:?}");
    }
}

#[test]
fn one_flag_does_not_contradict_another() {
    for (flag, value, key) in [
        ("--namespace", "a", "k8s_namespace"),
        ("--session-id", "b", "session_id"),
        ("--session-short", "c", "session_short"),
    ] {
        let set = format!("{key}={value}");
        let ran: Ran = arbtune(&["plan", "--k8s-config", K8S, flag, value, "--set", &set]).assert().into();
        assert!(ran.code == 2 && ran.err.contains(&format!("{flag} and --set {key}")), "{ran:?}");
    }
    // Of two that set the same key the last counts, as with other flags.
    assert!(settings(&["--set", "workers=3", "--set", "workers=4"]).contains(&"workers=4 (--set)".to_owned()));
}

#[test]
fn a_flag_wins_over_both_files() {
    let with = |flags: &[&str]| settings(&[&["--orchestrator-config", ORCHESTRATOR], flags].concat());
    assert!(with(&["--set", "workers=3"]).contains(&"workers=3 (--set)".to_owned()));
    assert!(with(&[]).contains(&format!("workers=2 ({ORCHESTRATOR})")));
    // The numbers that count are held against each other, and not those that do not.
    let many = text_of(ORCHESTRATOR).replace("total_iterations: 6", "total_iterations: 100");
    let args = ["plan", "--k8s-config", K8S, "--orchestrator-config", "-", "--set"];
    let ran = run_with(&[&args[..], &["workers=50"]].concat(), many.as_str());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = run_with(&[&args[..], &["workers=101"]].concat(), many.as_str());
    assert!(ran.code == 1 && ran.err.contains("total_iterations is 100: 1 pod would start"), "{}", ran.err);
    // Paper in one and live in the other never passes.
    let ran = run_with(&[&args[..], &["mode=live"]].concat(), many);
    assert!(ran.code == 1 && ran.err.contains("mode is live here, but paper in"), "{}", ran.err);
    assert!(ran.err.contains("--> command line:1:12"), "{}", ran.err);
}

#[test]
fn a_credential_on_the_command_line_is_not_shown() {
    let ran = plan(&["extra_env.API_KEY=abc123", "optimizer=nope"]);
    assert!(!ran.err.contains("abc123") && ran.code == 1, "{}", ran.err);
    let ran = plan(&["extra_env.API_KEY=abc123"]);
    assert!(!format!("{}{}", ran.out, ran.err).contains("abc123"), "{ran:?}");
    assert!(ran.err.contains("API_KEY holds a credential"), "{}", ran.err);
}

#[test]
fn an_empty_value_empties_a_mapping() {
    let settings = settings(&["--set", "extra_env=", "--set", "resources="]);
    assert!(!settings.iter().any(|it| it.starts_with("extra_env") || it.starts_with("resources")), "{settings:#?}");
}

#[test]
fn keys_complete() {
    let ran: Ran = arbtune(&["__complete", "plan", "--set", "res"]).assert().into();
    assert!(ran.out.contains("resources.limits.cpu=\n") && ran.out.contains("results.claim=\n"), "{}", ran.out);
    // Each of them is one that a configuration has.
    let ran: Ran = arbtune(&["__complete", "plan", "--set", ""]).assert().into();
    for key in ran.out.lines().filter(|line| !line.starts_with(':')) {
        let flag = if key.ends_with('.') { format!("{key}X=x") } else { format!("{key}x") };
        let ran = plan(&[&flag]);
        assert!(!ran.err.contains("Unknown key"), "{flag}: {}", ran.err);
    }
}
