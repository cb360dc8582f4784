//! The optional keys of a K8s config: what they make of the Jobs, and what is told of them.

use std::path::Path;

use serde_json::Value;

use crate::common::{CREATED_AT, Ran, arg, root, run, run_in, run_well, run_with, text_of};

const PRODUCTION: &str = "configs/d29_k8s/production.yaml";

/// A command on the baseline with more lines behind it.
fn with(lines: &str, command: &str, more: &[&str]) -> Ran {
    let config = format!("{}{lines}", text_of(crate::common::K8S));
    run_with(&[&[command, "--k8s-config", "-"], more].concat(), config)
}

fn items(out: &str) -> Vec<Value> {
    serde_json::from_str::<Value>(out).unwrap()["items"].as_array().unwrap().clone()
}

#[test]
fn the_production_example_uses_every_key_and_is_accepted() {
    let config = text_of(PRODUCTION);
    for key in [
        "working_dir",
        "secret_env",
        "env_from",
        "results",
        "tuning_config",
        "queue",
        "pod_security",
        "labels",
        "annotations",
        "job_template",
    ] {
        assert!(config.lines().any(|line| line.starts_with(&format!("{key}:"))), "{key}");
    }
    let generated = run_well(&["generate", "--k8s-config", PRODUCTION, "-q"]).out;
    let checked = run_with(
        &["validate", "-f", "-", "--pod-security", "restricted", "--fail-on-skipped", "-o", "json"],
        generated.as_str(),
    );
    assert_eq!(checked.code, 0, "{checked:?}");
    let report: Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!((&report["summary"]["accepted"], &report["summary"]["warnings"]), (&9.into(), &0.into()));
    assert!(generated.find("kind: ConfigMap").unwrap() < generated.find("kind: Job").unwrap());
}

#[test]
fn a_directory_of_the_production_example_is_kept_and_pruned() {
    let dir = tempfile::tempdir().unwrap();
    let path = arg(dir.path()).to_owned();
    let generate =
        |more: &[&str]| run_well(&[&["generate", "--k8s-config", PRODUCTION, "-d", &path], more].concat()).out;
    assert!(generate(&["--created-at", CREATED_AT]).contains("9 created"));
    assert!(generate(&[]).contains("9 unchanged"));
    let names = crate::common::names_in(dir.path());
    assert!(names.iter().find(|name| !name.starts_with('.')).unwrap().starts_with("configmap-"), "{names:?}");
    let pruned =
        run_in(&root(), &["generate", "--k8s-config", PRODUCTION, "-d", &path, "--session-short", "p2", "--prune"]);
    assert_eq!(pruned.code, 0, "{pruned:?}");
    let names = crate::common::names_in(dir.path());
    assert!(names.iter().all(|name| !name.contains("prod-1")), "{names:?}");
}

/// With the guide's keys alone nothing of this is there.
#[test]
fn every_key_is_off_by_default() {
    let plain = run_well(&["generate", "--k8s-config", crate::common::K8S, "--created-at", CREATED_AT, "-q"]).out;
    for word in ["workingDir", "envFrom", "valueFrom", "volumes", "suspend", "securityContext", "kueue"] {
        assert!(!plain.contains(word), "{word}");
    }
    let empty = "secret_env: {}\nenv_from: []\nlabels: {}\nannotations: {}\njob_template: ~\n";
    let same = with(empty, "generate", &["--created-at", CREATED_AT, "-q"]);
    assert_eq!((same.code, same.out.as_str()), (0, plain.as_str()), "{}", same.err);
}

#[test]
fn a_template_adds_containers_and_renames_the_worker() {
    let lines = "job_template:\n  spec:\n    template:\n      spec:\n        initContainers: [{name: side, image: s, restartPolicy: Always}]\n        containers: [{name: tuner, tty: true}, {name: other, image: o}]\n";
    let ran = with(lines, "generate", &["-o", "json", "-q"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for job in items(&ran.out) {
        let pod = &job["spec"]["template"]["spec"];
        let worker =
            pod["containers"].as_array().unwrap().iter().find(|one| one["name"] == job["metadata"]["name"]).unwrap();
        assert_eq!((&worker["tty"], &worker["command"][0]), (&true.into(), &"python".into()));
        assert_eq!(pod["initContainers"][0]["name"], "side");
    }
    let checked = run_with(&["validate", "-f", "-"], ran.out);
    assert_eq!(checked.code, 0, "{checked:?}");
}

/// Whatever is printed of a config, a diff, or a manifest: the value of a credential is not.
#[test]
fn credentials_are_printed_nowhere() {
    let secret = "zq-not-a-real-key";
    let config = text_of(crate::common::K8S)
        .replace("  APP_ENV: docker", &format!("  APP_ENV: docker\n  EXCHANGE_API_KEY: {secret}"));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k8s.yaml");
    std::fs::write(&path, &config).unwrap();
    let jobs = dir.path().join("jobs");
    let generated = run(&["generate", "--k8s-config", arg(&path), "-d", arg(&jobs)]);
    assert_eq!(generated.code, 0, "{generated:?}");
    let shown = |ran: &Ran| assert!(!ran.out.contains("zq-") && !ran.err.contains("zq-"), "{ran:?}");
    shown(&generated);
    for format in ["table", "wide", "json", "yaml"] {
        let plan = run(&["plan", "--k8s-config", arg(&path), "-o", format]);
        assert!(plan.out.contains("(hidden)"), "{plan:?}");
        shown(&plan);
        std::fs::write(&path, config.replace(secret, "zq-another")).unwrap();
        let diff = run(&["plan", "--k8s-config", arg(&path), "--diff", arg(&jobs), "-o", format]);
        assert!(diff.code == 1 && diff.out.contains("API_KEY"), "{diff:?}");
        shown(&diff);
        std::fs::write(&path, &config).unwrap();
    }
    for format in ["table", "json", "github", "junit", "sarif"] {
        shown(&run(&["validate", "--k8s-config", arg(&path), "-o", format]));
    }
    for broken in [
        config.replace("mode: paper", "mode: live"),
        config.replace(secret, "12345zq-\n  MORE_TOKEN: 0x7a712d"),
        config.replace(&format!(": {secret}"), ": {a: zq-}"),
        config.replace(secret, "zq-: x: y"),
        config.replace("  APP_ENV: docker", "  APP_ENV: 1"),
    ] {
        let ran = run_with(&["plan", "--k8s-config", "-"], broken);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(!ran.err.contains("7a712d"), "{ran:?}");
        shown(&ran);
    }
    let manifest = std::fs::read_to_string(jobs.join(first_of(&jobs))).unwrap();
    let odd = manifest.replace(&format!("value: {secret}"), "value: 987654");
    assert_ne!(odd, manifest);
    let checked = run_with(&["validate", "-f", "-"], odd);
    assert!(checked.code == 1 && !checked.out.contains("987654") && checked.out.contains("(hidden)"), "{checked:?}");
}

#[test]
fn a_credential_is_hidden_wherever_it_occurs() {
    let secret = "zq3cr3t";
    let entry = |entry: &str| format!("extra_env: {{{entry}}}\n");
    let env = |item: &str| {
        format!("job_template: {{spec: {{template: {{spec: {{containers: [{{name: tuner, env: [{item}]}}]}}}}}}}}\n")
    };
    let block = "job_template:\n  spec:\n    containers:\n    - name: tuner\n      env:\n      - name: API_KEY\n";
    let mut cases: Vec<String> = [
        "API_KEY: [S]",
        "API_KEY: {value: S}",
        "API_KEY: {S: x}",
        "API_KEY: {valueFrom: S}",
        "API_KEY: {valueFrom: {secretKeyRef: {name: a, key: b}}, value: S}",
        "APIKey: S",
        "binanceAPIKey: S",
        "API_KEY: S, API_KEY: x",
        "OTHER: &a S, API_KEY: *a",
        "API_KEY: !!binary S",
        "API_KEY: \"S\\u0001\"",
        "API_KEY: *S",
        "API_KEY: !S x",
        "API_KEY: !!int S",
        "API_KEY: S, X: [",
        "API_KEY: S, B_TOKEN: [S}",
    ]
    .map(entry)
    .into();
    cases.extend(
        [
            "{name: API_KEY, value: [S]}",
            "{name: API_KEY, value: {x: S}}",
            "{name: API_KEY, value: 12, value: S}",
            "{name: API_KEY, value: S, value: x}",
            "{name: API_KEY, Value: S}",
            "{name: API_KEY, val: S}",
            "{name: API_KEY, value: S, $patch: S}",
            "{name: API_KEY, value: S, foo: 1}",
            "{name: PORT, value: &a S}, {name: API_KEY, value: *a}",
            "{API_KEY: S}",
            "API_KEY=S",
            "{name: API_KEY, value: S",
            "{value: S, name: API_KEY",
        ]
        .map(env),
    );
    cases.extend(
        [
            "extra_envs: {API_KEY: S}",
            "API_KEY: S",
            "env_from: [{API_KEY: S}]",
            "extra_env: [{API_KEY: S}]",
            "extra_env: [{name: API_KEY, value: S}]",
            "extra_env: [API_KEY=S]",
            "extra_env: API_KEY=S",
            "secret_env: {API_KEY: S}",
            "secret_env: {API_KEY: {secret: a, value: S}}",
            "labels: {x: &a \"S!\"}\nextra_env: {API_KEY: *a}",
            "annotations: &m {API_KEY: S}\nextra_env: {<<: *m}",
            "annotations: {API_KEY: S}",
            "extra_env:\n  API_KEY: |\n    S\n    S\n  X: 5",
            "extra_env:\n  API_KEY: a\n    S\n  X: 5",
            "extra_env:\n  API_KEY : S: x",
            "extra_env:\n  api_key: S: x",
            "extra_env:\n  apiKey: S: x",
            "extra_env:\n  API_KEY:\n    S: x: y",
            "extra_env:\n  API_KEY:\n    \"S\" x",
            "extra_env:\n  API_KEY: \"a\n    S\" x",
            "extra_env:\n  API_KEY: |\n    S\n   S: [",
            "extra_env:\n  API_KEY: |\n\tS",
            "extra_env:\n  ? API_KEY\n  : S: x",
        ]
        .map(|lines| format!("{lines}\n")),
    );
    cases.push(format!("{block}        value: S: x\n"));
    cases.push(format!("{block}        value: |\n          S\n        bogus: 1\n"));
    let base = text_of(crate::common::K8S);
    let (head, _) = base.split_once("extra_env:").unwrap();
    for case in cases {
        let config = format!("{head}{}", case.replace('S', secret));
        for command in [
            &["plan"][..],
            &["plan", "-o", "json"],
            &["plan", "-o", "wide"],
            &["validate"],
            &["validate", "-o", "json"],
            &["generate", "-o", "name"],
        ] {
            let mut args = command.to_vec();
            args.extend(["--k8s-config", "-"]);
            let ran = run_with(&args, config.clone());
            assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{case}: {ran:?}");
        }
    }
}

#[test]
fn a_number_that_a_credential_is_stays_hidden_too() {
    let config = "job_template: {spec: {template: {spec: {containers: [{name: tuner, env: [{name: API_KEY, value: \
                  9876543210987}]}]}}}}\n";
    let ran = with(config, "plan", &[]);
    assert!(ran.code == 1 && ran.err.contains("(hidden) is a whole number"), "{ran:?}");
    assert!(!ran.err.contains("98765"), "{ran:?}");
}

#[test]
fn references_and_other_names_stay_readable() {
    let shown = [
        "secret_env: {API_KEY: {secret: EXCHANGE, key: api-key}}\n",
        "job_template: {spec: {template: {spec: {imagePullSecrets: [{name: pull-secret, foo: 1}]}}}}\n",
        "job_template: {spec: {template: {spec: {tolerations: [{key: tuning-key, foo: 1}]}}}}\n",
        "job_template: {spec: {template: {spec: {volumes: [{name: api-token, secret: {secretName: s, foo: 1}}]}}}}\n",
        "job_template: {spec: {template: {spec: {containers: [{name: tuner, foo: 1, env: [{name: API_KEY, \
         valueFrom: {secretKeyRef: {name: exchange, key: api-key}}}]}]}}}}\n",
    ];
    for lines in shown {
        let ran = with(lines, "plan", &[]);
        assert!(ran.code == 1 && !ran.err.contains("(hidden)"), "{lines}: {ran:?}");
    }
}

#[test]
fn keys_that_kubectl_reads_as_others_are_refused() {
    for (lines, words) in [
        ("secret_env: {Y: {secret: s, key: k}}\n", "reads the key Y as true"),
        ("labels: {y: a}\n", "reads the key y as true"),
        ("labels: {no: b}\n", "reads the key no as false"),
        ("annotations: {1e3: a}\n", "reads the key 1e3 as 1000"),
        ("annotations: {010: b}\n", "reads the key 010 as 8"),
    ] {
        let ran = with(lines, "plan", &[]);
        assert!(ran.code == 1 && ran.err.contains(words), "{lines}: {ran:?}");
    }
    assert_eq!(with("labels: {\"y\": a}\n", "plan", &[]).code, 0);
}

fn first_of(dir: &Path) -> String {
    crate::common::names_in(dir).into_iter().find(|name| name.starts_with("job-")).unwrap()
}

#[test]
fn what_needs_another_key_or_value_says_so() {
    for (lines, words) in [
        ("results: {claim: c}\n", "Add working_dir"),
        ("tuning_config: {mount: true}\n", "Add working_dir"),
        ("tuning_config: {seed: per-worker}\n", "mount: true"),
        ("secret_env: {A: {secret: s}}\n", "secret_env.A.key is missing"),
        ("secret_env: {WORKER_ID: {secret: s, key: k}}\n", "identifies the worker"),
        ("secret_env: {REDIS_HOST: {secret: s, key: k}}\n", "already has a value in extra_env"),
        ("secret_env: {A: {secret: S, key: k}}\n", "cannot be a name"),
        ("env_from: [{prefix: A_}]\n", "neither a Secret nor a ConfigMap"),
        ("env_from: [{secret: a, config_map: b}]\n", "both a Secret and a ConfigMap"),
        ("env_from: [a]\n", "env_from.1 must be a mapping"),
        ("labels: {app: x}\n", "on every tuning Job"),
        ("labels: {team: 'a b'}\n", "annotations take any text"),
        ("queue: A\n", "name of a queue"),
        (
            "labels: {kueue.x-k8s.io/queue-name: b}\nqueue: a\n",
            "queue already sets the label kueue.x-k8s.io/queue-name (line 24)",
        ),
        (
            "queue: a\njob_template: {metadata: {labels: {kueue.x-k8s.io/queue-name: b}}}\n",
            "metadata.labels.kueue.x-k8s.io/queue-name, which is set by another key of the configuration",
        ),
        ("pod_security: privileged\n", "baseline or restricted"),
        ("working_dir: app\n", "must be an absolute path"),
        ("job_template: {spec: {template: {spec: {hostNetwrk: true}}}}\n", "Did you mean hostNetwork?"),
    ] {
        let ran = with(lines, "plan", &[]);
        assert!(ran.code == 1 && ran.err.contains(words), "{lines}: {ran:?}");
    }
}

#[test]
fn what_the_server_would_reject_is_reported_where_it_is_written() {
    let port = "job_template:\n  spec:\n    template:\n      spec:\n        containers:\n        - name: tuner\n          \
                ports:\n          - containerPort: 70000\n";
    let annotations = format!("annotations:\n  a: b\n  note: {}\n", "x".repeat(300_000));
    for (lines, words) in [
        (port, &["standard input:30:28", "spec.template.spec.containers[0].ports[0].containerPort: "][..]),
        (&annotations, &["standard input:24:6", "metadata.annotations: The annotations are 300087 bytes long"]),
    ] {
        let refused = with(lines, "generate", &[]);
        assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{lines:.40}");
        assert!(refused.err.starts_with("error: The API server would reject these Jobs, so none were written.\n\n"));
        let warned = with(lines, "plan", &[]);
        assert!(warned.code == 0 && warned.err.starts_with("warning: the API server would reject these Jobs.\n\n"));
        for words in words {
            assert!(refused.err.contains(words), "{words}: {}", refused.err);
            assert!(warned.err.contains(words), "{words}: {}", warned.err);
        }
    }
}

#[test]
fn the_destination_of_results_is_shown() {
    assert!(run_well(&["plan", "--k8s-config", crate::common::K8S]).out.contains("lost with the pod"));
    let kept = with("working_dir: /app\nresults: {claim: c}\n", "plan", &[]);
    assert!(
        kept.out.contains("/app/outputs/d29_k8s_session_{worker_id}.csv")
            && kept.out.contains("kept on claim c, in d29-k8s-demo-session/"),
        "{kept:?}"
    );
    let unused =
        run_well(&["plan", "--k8s-config", crate::common::K8S, "--orchestrator-config", crate::common::ORCHESTRATOR]);
    assert!(unused.out.contains("outputs/d28_tuning_session (unused)"), "{}", unused.out);
}

#[test]
fn an_environment_that_the_worker_does_not_know_is_a_warning_in_every_command() {
    let config = text_of(crate::common::K8S).replace("env: docker", "env: stage");
    for command in [&["plan"][..], &["generate", "-q"]] {
        let ran = run_with(&[command, &["--k8s-config", "-"]].concat(), config.as_str());
        assert!(ran.code == 0 && ran.err.contains("would exit with 2"), "{ran:?}");
    }
    let ran = run_with(&["validate", "--k8s-config", "-"], config);
    assert!(ran.code == 0 && ran.out.contains("would exit with 2"), "{ran:?}");
}
