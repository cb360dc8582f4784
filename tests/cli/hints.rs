//! What a slip in a file is answered with: what it was taken for, and what to write.

use std::fs;

use crate::common::{K8S, ORCHESTRATOR, Ran, arbtune, run_with, text_of};

const TUNING: &str = "configs/d23_tuning/advanced_baseline.yaml";
const JOB: &str = "tests/data/worker-1.yaml";

/// What `plan` says of the baseline after a replacement.
fn changed(from: &str, to: &str) -> Ran {
    let baseline = text_of(K8S);
    assert!(baseline.contains(from), "{from}");
    run_with(&["plan", "--k8s-config", "-"], baseline.replacen(from, to, 1))
}

const IMAGE: &str = "image: your-registry/arbitrage-lite:latest";

#[test]
fn an_invalid_amount() {
    for (from, to, help) in [
        ("memory: 512Mi", "memory: 512MB", "Write 512M or 512Mi."),
        ("memory: 512Mi", "memory: 512 mb", "Write 512M or 512Mi."),
        ("memory: 512Mi", "memory: 1GiB", "Write 1Gi."),
        ("cpu: 500m", "cpu: 0,5", "Write 0.5."),
        ("cpu: 500m", "cpu: 500 millicores", "Write 500m."),
    ] {
        let ran = changed(from, to);
        assert!(ran.code == 1 && ran.err.contains(help) && !ran.err.contains("such as 500m"), "{to}: {}", ran.err);
    }
}

#[test]
fn an_implausible_amount() {
    for (from, to, words) in [
        ("memory: 512Mi", "memory: 512m", "m means thousandths of a byte"),
        ("memory: 512Mi", "memory: 512m", "Write 512M or 512Mi."),
        ("memory: 512Mi", "memory: 512", "no more than 512 bytes"),
        ("cpu: \"1\"", "cpu: 1500", "Write 1500m"),
    ] {
        let baseline = text_of(K8S).replacen(from, to, 1);
        for command in ["plan", "generate", "validate"] {
            let ran = run_with(&[command, "--k8s-config", "-"], baseline.as_str());
            let said = if command == "validate" { &ran.out } else { &ran.err };
            assert_eq!(ran.code, 0, "{command} {to}: {ran:?}");
            assert!(said.contains("warning") && said.contains(words), "{command} {to}: {said}");
        }
    }
    for (from, to) in [("cpu: 500m", "cpu: 0.5"), ("memory: 512Mi", "memory: 0"), ("cpu: \"1\"", "cpu: 1000")] {
        let ran = changed(from, to);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{to}");
    }
}

#[test]
fn a_file_is_recognised_as_what_it_is() {
    let k8s = ["plan", "--k8s-config"];
    let both = |a: &'static str, b: &'static str| vec!["plan", "--k8s-config", a, "--orchestrator-config", b];
    let one = |a: &'static str| [&k8s[..], &[a]].concat();
    for (args, words) in [
        (one(ORCHESTRATOR), "plan --k8s-config FILE --orchestrator-config configs/d28_orchestrator/demo_baseline.yaml"),
        (both(K8S, K8S), "validate --k8s-config configs/d29_k8s/orchestrator_k8s_baseline.yaml"),
        (
            both(ORCHESTRATOR, K8S),
            "plan --k8s-config configs/d29_k8s/orchestrator_k8s_baseline.yaml --orchestrator-config \
             configs/d28_orchestrator/demo_baseline.yaml",
        ),
        (one(JOB), "kubectl arbtune validate -f tests/data/worker-1.yaml"),
        (both(K8S, JOB), "kubectl arbtune validate -f tests/data/worker-1.yaml"),
        (one(TUNING), "config_path: configs/d23_tuning/advanced_baseline.yaml"),
        (both(K8S, TUNING), "config_path: configs/d23_tuning/advanced_baseline.yaml"),
        (vec!["validate", "-f", K8S], "validate --k8s-config configs/d29_k8s/orchestrator_k8s_baseline.yaml"),
        (vec!["validate", "-f", TUNING], "config_path: configs/d23_tuning/advanced_baseline.yaml"),
    ] {
        let ran: Ran = arbtune(&args).assert().into();
        let said = format!("{}{}", ran.out, ran.err);
        assert!(ran.code == 1 && said.contains(words), "{args:?}:\n{said}");
        assert!(!said.contains("Unknown key") && !said.contains("Missing key") || args[0] == "validate", "{said}");
    }
}

#[test]
fn what_kubernetes_has_is_recognised_too() {
    let directory = tempfile::tempdir().unwrap();
    for (name, text, words) in [
        ("list.yaml", "apiVersion: v1\nkind: List\nitems: []\n", "This is a List"),
        ("kustomization.yaml", "resources: [a.yaml]\n", "kubectl kustomize "),
        (
            "a b.yaml",
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
            "| kubectl arbtune validate -f -",
        ),
        ("it's.yaml", "apiVersion: v1\nkind: ConfigMap\n", r"it'\''s.yaml'"),
        ("jobs.yaml", "apiVersion: v1\nkind: Job\n---\napiVersion: v1\nkind: Job\n", "contains 2 Kubernetes objects"),
        ("pair.yaml", "session_id: a\n---\nsession_id: b\n", "contains 2 YAML documents"),
        ("empty.yaml", "# nothing\n", "kubectl arbtune init"),
    ] {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        for command in ["plan", "generate", "validate"] {
            let ran: Ran = arbtune(&[command, "--k8s-config", path.to_str().unwrap()]).assert().into();
            let said = format!("{}{}", ran.out, ran.err);
            assert!(ran.code == 1 && said.contains(words), "{command} {name}:\n{said}");
        }
    }
}

#[test]
fn a_number_that_does_not_read_as_it_looks() {
    for (from, to, words) in [
        ("total_iterations: 6", "total_iterations: 010", "is written as 010, which kubectl reads as 8."),
        ("total_iterations: 6", "total_iterations: 010", "Write 10, or 8 if you mean that."),
        ("total_iterations: 6", "total_iterations: 1_000", "is written as 1_000, which kubectl reads as 1000."),
        ("workers: 2", "workers: 0x2", "is written as 0x2, which kubectl reads as 2."),
    ] {
        let ran = changed(from, to);
        assert!(ran.code == 0 && ran.err.starts_with("warning") && ran.err.contains(words), "{to}: {ran:?}");
        let orchestrator = text_of(ORCHESTRATOR).replacen(from, to, 1);
        let ran = run_with(&["plan", "--k8s-config", K8S, "--orchestrator-config", "-"], orchestrator);
        assert!(ran.code == 0 && ran.err.contains(words), "{to}: {ran:?}");
    }
    for to in ["total_iterations: +6", "total_iterations: 6.0", "total_iterations: 1e3", "total_iterations: &six 6"] {
        let ran = changed("total_iterations: 6", to);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{to}");
    }
}

#[test]
fn curly_quotes_are_not_quotes() {
    for (from, to, help) in [
        ("mode: paper", "mode: “paper”", "Write straight quotes: \"paper\"."),
        ("workers: 2", "workers: ‘2’", "Write 2, without quotes."),
        ("config_path: configs", "config_path: “configs", ""),
        ("session_id: d29-k8s-demo-session", "session_id: „d29-demo“", "Write straight quotes: \"d29-demo\"."),
        ("cpu: 500m", "cpu: “500m”", "Write straight quotes: \"500m\"."),
        (IMAGE, "image: “a/b:1”", "Write straight quotes: \"a/b:1\"."),
    ] {
        let ran = changed(from, to);
        if help.is_empty() {
            assert!(!ran.err.contains("curly"), "{}", ran.err);
            continue;
        }
        assert!(ran.code == 1 && ran.err.contains("in curly quotes") && ran.err.contains(help), "{to}: {}", ran.err);
        assert_eq!(ran.err.matches("-->").count(), 1, "One slip is told once: {}", ran.err);
    }
    let ran = changed("REDIS_HOST: arbitrage-redis", "GREETING: “hello”");
    assert!(ran.code == 0 && ran.err.starts_with("warning"), "Text may stand in them: {ran:?}");
    let ran = changed("REDIS_HOST: arbitrage-redis", "API_KEY: “hunter2hunter2”");
    assert!(ran.err.contains("in curly quotes") && !ran.err.contains("hunter2"), "A credential stays hidden: {ran:?}");
}

#[test]
fn a_key_that_overrides_a_merged_one_is_not_a_duplicate() {
    let resources = "resources:
  requests: &amounts
    cpu: 500m
    memory: 512Mi
  limits:
    <<: *amounts
    cpu: 2
";
    let after = "resources:
  requests: &amounts
    cpu: 500m
    memory: 512Mi
  limits:
    cpu: 500m
    <<: *amounts
";
    let baseline = text_of(K8S);
    let (before, _) = baseline.split_once("resources:").unwrap();
    for text in [resources, after] {
        let ran = run_with(&["plan", "--k8s-config", "-"], format!("{before}{text}"));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{text}");
    }
    let twice = resources.replace("cpu: 2", "cpu: 2\n    cpu: 3");
    let ran = run_with(&["plan", "--k8s-config", "-"], format!("{before}{twice}"));
    assert!(ran.code == 1 && ran.err.contains("cpu"), "{ran:?}");
}

#[test]
fn null_and_nothing_are_reported_as_no_value() {
    for written in ["~", "null", ""] {
        for (from, key) in [
            ("session_id: d29-k8s-demo-session", "session_id"),
            ("mode: paper", "mode"),
            (IMAGE, "image"),
            ("config_path: configs/d23_tuning/advanced_baseline.yaml", "config_path"),
        ] {
            let ran = changed(from, &format!("{key}: {written}"));
            assert!(ran.code == 1 && ran.err.contains(&format!("{key} has no value")), "{key}: {written}: {}", ran.err);
            assert!(!ran.err.contains("Quote it"), "{}", ran.err);
        }
    }
}

#[test]
fn an_id_is_proposed_that_keeps_something_of_it() {
    for (id, help) in [
        ("튜닝-세션-1", "Write lowercase letters, digits and '-', such as session-1."),
        ("d29-세션", "Use \"d29\""),
        ("D29 Demo  Session", "Use \"d29-demo-session\""),
    ] {
        let ran = changed("session_id: d29-k8s-demo-session", &format!("session_id: {id}"));
        assert!(ran.code == 1 && ran.err.contains(help), "{id}: {}", ran.err);
    }
}

#[test]
fn an_image_has_the_grammar_of_one() {
    for (image, words) in [
        ("your-registry/Arbitrage-lite:latest", "Write your-registry/arbitrage-lite:latest."),
        ("https://your-registry/bot:1", "Write your-registry/bot:1."),
        ("your-registry/봇:1", "has '봇' at character 15"),
        ("\"your-registry/bot:\"", "has a colon but no tag after it"),
        ("your-registry/bot@sha256:12", "has the digest"),
        ("your-registry/bot latest", "has whitespace at character 18"),
    ] {
        let ran = changed(IMAGE, &format!("image: {image}"));
        assert!(ran.code == 1 && ran.err.contains(words), "{image}: {}", ran.err);
        // The server takes it in a manifest, and says nothing.
        let job = text_of(JOB).replace("your-registry/arbitrage-lite:latest", image);
        let ran = run_with(&["validate", "-f", "-"], job.as_str());
        assert!(ran.code == 0 && ran.out.contains("warning[tuning-image]") && ran.out.contains(words), "{}", ran.out);
        let ran = run_with(&["validate", "--skip-rule", "tuning-image", "-f", "-"], job);
        assert!(!ran.out.contains("warning["), "{}", ran.out);
    }
    for image in [
        "a",
        "localhost:5000/a/b:V1",
        "Registry/bot",
        "ghcr.io/o/bot@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ] {
        let ran = changed(IMAGE, &format!("image: {image}"));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{image}");
    }
}

#[test]
fn one_command_deletes_what_cannot_be_changed_and_nothing_else() {
    let generate = |args: &[&str]| -> String {
        let ran: Ran = arbtune(&[&["generate", "-q", "--k8s-config", K8S], args].concat()).assert().into();
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    };
    let diff = |existing: String, args: &[&str]| {
        run_with(&[&["plan", "--k8s-config", K8S, "--diff", "-"], args].concat(), existing).out
    };
    let other = ["--set", "image=your-registry/arbitrage-lite:2"];
    let by_label = "kubectl delete jobs -n trading-bots -l session_id=d29-k8s-demo-session\n";
    assert!(diff(generate(&[]), &other).contains(by_label));
    // With a third Job that stays or is left over, names say which.
    let names = "kubectl delete jobs -n trading-bots arb-tuning-d29-k8s--worker-1-0 arb-tuning-d29-k8s--worker-2-1\n";
    let left_over = diff(generate(&["--set", "workers=3", "--set", "total_iterations=9"]), &other);
    assert!(left_over.contains(names) && !left_over.contains("-l session_id"), "{left_over}");
    let one_less = generate(&[]);
    let more = diff(one_less, &[&other[..], &["--set", "workers=3", "--set", "total_iterations=9"]].concat());
    assert!(more.contains(names), "{more}");
    // A Job without the label would not be found by it.
    let unlabelled = generate(&[]).replacen("    session_id: d29-k8s-demo-session\n", "", 1);
    assert!(!diff(unlabelled, &other).contains("-l session_id"));
    // A long list is shown where all is asked for.
    let many = ["--set", "workers=40", "--set", "total_iterations=40"];
    let existing = generate(&["--set", "workers=41", "--set", "total_iterations=41"]);
    let short = diff(existing.clone(), &[&other[..], &many].concat());
    assert!(short.contains("Delete these 40 Jobs first:\n  -o wide shows the command with their names\n"), "{short}");
    let wide = diff(existing, &[&other[..], &many, &["-o", "wide"]].concat());
    assert!(wide.contains("worker-40-39\nor give the session its own names"), "{wide}");
}
