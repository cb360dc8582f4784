//! Files that are no configuration at all: an error at once, never a panic, never a hang.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::common::{Ran, arg, limited};

/// CPU seconds: far more than any of these takes, and far less than a hang.
const AT_ONCE: u32 = 60;
/// How long to wait for one that does nothing at all.
const HANG: Duration = Duration::from_mins(5);

/// `plan` with the file as its configuration, and `validate` with it as a manifest.
fn both(path: &Path) -> [Ran; 2] {
    [&["plan", "--k8s-config", arg(path)], &["validate", "-f", arg(path)]]
        .map(|args| limited(AT_ONCE, args).timeout(HANG).assert().into())
}

fn refused(what: &str, content: &[u8]) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("odd.yaml");
    std::fs::write(&path, content).unwrap();
    for ran in both(&path) {
        assert_eq!(ran.code, 1, "{what}: {ran:?}");
        assert!(!format!("{}{}", ran.out, ran.err).contains("panicked"), "{what}: {ran:?}");
    }
    let [plan, _] = both(&path);
    assert!(plan.err.starts_with("error: ") && plan.err.contains("odd.yaml"), "{what}: {}", plan.err);
}

#[test]
fn empty_and_binary() {
    refused("empty", b"");
    refused("only comments", b"# nothing\n---\n# here\n");
    refused("a NUL", b"a: \0\n");
    refused("random bytes", &(0..=255).cycle().take(5000).collect::<Vec<u8>>());
    refused("a gzip file", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    refused("a list", b"- 1\n- 2\n");
    refused("a scalar", b"hello\n");
    refused("a tab", b"a:\n\tb: 1\n");
    refused("an open quote", b"a: \"b\n");
}

#[test]
fn nested_and_large() {
    refused("deep flow", &[b"a: ".as_slice(), &b"[".repeat(200_000)].concat());
    refused("deep mappings", &b"{a: ".repeat(100_000));
    let mut deep = String::new();
    for depth in 0..3000 {
        writeln!(deep, "{}a:", " ".repeat(depth)).unwrap();
    }
    refused("deep block", deep.as_bytes());
    refused("a bomb of aliases", bomb().as_bytes());
    let hundred_megabytes = 100 * 1024 * 1024;
    refused("100 MB", &b"key: value that goes on\n".repeat(hundred_megabytes / 24));
}

fn bomb() -> String {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let alias = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", vec![alias; 9].join(", ")).unwrap();
    }
    text
}

#[test]
fn paths_that_are_not_files() {
    let dir = tempfile::tempdir().unwrap();
    let plan: Ran = limited(AT_ONCE, &["plan", "--k8s-config", arg(dir.path())]).timeout(HANG).assert().into();
    assert_eq!(plan.code, 1);
    assert!(plan.err.starts_with("error: ") && plan.err.contains("is a directory"), "{}", plan.err);
    let missing = dir.path().join("none.yaml");
    for ran in both(&missing) {
        assert_eq!(ran.code, 1);
        assert!(ran.err.starts_with("error: ") && ran.err.contains("none.yaml"), "{}", ran.err);
    }
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("secret.yaml");
    std::fs::write(&path, "a: b\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        eprintln!("skipped: this user may read every file");
        return;
    }
    for ran in both(&path) {
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("secret.yaml"), "{}", ran.err);
    }
}
