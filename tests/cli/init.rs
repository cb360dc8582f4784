//! `init`: configurations that pass as they are, and nothing that is overwritten.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::common::{names_in, run_in, text_of};

const FILES: [&str; 4] =
    ["k8s-config.schema.json", "orchestrator-config.schema.json", "orchestrator.yaml", "session.yaml"];

#[test]
fn its_files_are_valid_and_the_next_command_works() {
    let dir = tempfile::tempdir().unwrap();
    let ran = run_in(dir.path(), &["init", "tuning"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(names_in(&dir.path().join("tuning")), FILES);
    let commands: Vec<&str> = ran.out.lines().filter_map(|line| line.trim().strip_prefix("kubectl arbtune ")).collect();
    assert_eq!(commands.len(), 2, "{}", ran.out);
    for command in commands {
        let words: Vec<&str> = command.split(' ').collect();
        let plan = run_in(dir.path(), &words);
        assert_eq!((plan.code, plan.err.as_str()), (0, ""), "{command}");
        assert!(plan.out.contains("sweep-1") && plan.out.contains("iterations        20"), "{}", plan.out);
        let validate = run_in(dir.path(), &[&["validate"], &words[1..]].concat());
        assert_eq!((validate.code, validate.err.as_str()), (0, ""), "{command}: {}", validate.out);
        assert!(validate.out.ends_with("4 accepted, 0 errors, 0 warnings\n"), "{}", validate.out);
    }
}

#[test]
fn its_comments_contain_working_settings() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run_in(dir.path(), &["init"]).code, 0);
    fs::create_dir_all(dir.path().join("configs/d23_tuning")).unwrap();
    fs::write(
        dir.path().join("configs/d23_tuning/advanced_baseline.yaml"),
        text_of("configs/d23_tuning/advanced_baseline.yaml"),
    )
    .unwrap();
    for name in ["session.yaml", "orchestrator.yaml"] {
        let path = dir.path().join(name);
        // Settings start right behind the comment's mark; what is said about them starts with a capital letter.
        let text = fs::read_to_string(&path).unwrap();
        let is_setting = |line: &str| {
            line.starts_with("# ") && line.contains(": ") && !line.contains(". ")
                || line.starts_with("#   ")
                || line == "# job_template:"
                || line == "# secret_env:"
        };
        let is_prose =
            |line: &str| line.starts_with("# yaml-") || line.as_bytes().get(2).is_some_and(u8::is_ascii_uppercase);
        let lines = text.lines().map(|line| match line.strip_prefix("# ") {
            Some(setting) if is_setting(line) && !is_prose(line) => setting,
            _ => line,
        });
        let text = lines.collect::<Vec<_>>().join("\n") + "\n";
        assert!(text.contains("\nconfig_path: "), "{text}");
        fs::write(&path, text).unwrap();
    }
    let files = ["--k8s-config", "session.yaml", "--orchestrator-config", "orchestrator.yaml"];
    let ran = run_in(dir.path(), &[&["plan"], &files[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("ttlSecondsAfterFinished") && ran.out.contains("tuning-results"), "{}", ran.out);
}

#[test]
fn nothing_is_overwritten_or_written_through() {
    type Put = fn(&Path);
    let cases: [(&str, Put); 3] = [
        ("session.yaml", |path| fs::write(path, "mine").unwrap()),
        ("orchestrator.yaml", |path| symlink("../elsewhere", path).unwrap()),
        ("k8s-config.schema.json", |path| fs::create_dir(path).unwrap()),
    ];
    for (name, put) in cases {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("tuning");
        fs::create_dir(&dir).unwrap();
        put(&dir.join(name));
        let ran = run_in(root.path(), &["init", "tuning"]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
        assert!(ran.err.contains(&format!("{name} already exists")), "{}", ran.err);
        assert_eq!(names_in(&dir), [name]);
        assert!(!root.path().join("elsewhere").exists());
        assert!(fs::read_to_string(dir.join(name)).map_or(name != "session.yaml", |text| text == "mine"));
    }
}

#[test]
fn its_commands_can_be_copied() {
    let dir = tempfile::tempdir().unwrap();
    let ran = run_in(dir.path(), &["init", "my tuning"]);
    assert!(ran.code == 0 && ran.out.contains("--k8s-config 'my tuning/session.yaml'\n"), "{ran:?}");
    let ran = run_in(dir.path(), &["init", "--", "-x"]);
    assert!(ran.code == 0 && ran.out.contains("--k8s-config ./-x/session.yaml\n"), "{ran:?}");
}

#[test]
fn the_schemas_are_those_of_the_project() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run_in(dir.path(), &["init"]).code, 0);
    for (config, schema) in [("session.yaml", FILES[0]), ("orchestrator.yaml", FILES[1])] {
        let made = fs::read_to_string(dir.path().join(schema)).unwrap();
        assert_eq!(made, text_of(&format!("configs/schema/{schema}")));
        let config = fs::read_to_string(dir.path().join(config)).unwrap();
        assert_eq!(config.lines().next(), Some(format!("# yaml-language-server: $schema={schema}").as_str()));
    }
}
