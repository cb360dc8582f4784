//! What stands in `plugin/`: the krew manifest and the scripts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::common::{arg, root, text_of};

fn manifest(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

/// krew's own rules for a plugin manifest, as its documentation lists them.
fn check(manifest: &Value) {
    assert_eq!(manifest["apiVersion"], "krew.googlecontainertools.github.com/v1alpha2");
    assert_eq!(manifest["kind"], "Plugin");
    assert_eq!(manifest["metadata"]["name"], "arbtune");
    let spec = &manifest["spec"];
    assert_eq!(spec["version"], concat!("v", env!("CARGO_PKG_VERSION")));
    let short = spec["shortDescription"].as_str().unwrap();
    assert!(!short.is_empty() && short.len() <= 50 && !short.ends_with('.'), "{short}");
    assert!(spec["homepage"].as_str().unwrap().starts_with("https://"));
    assert!(spec["description"].as_str().unwrap().lines().all(|line| line.len() <= 80));
    let mut selected = BTreeSet::new();
    for platform in spec["platforms"].as_array().unwrap() {
        let labels = &platform["selector"]["matchLabels"];
        let (os, arch) = (labels["os"].as_str().unwrap(), labels["arch"].as_str().unwrap());
        assert!(selected.insert((os.to_owned(), arch.to_owned())), "{os}/{arch} twice");
        let uri = platform["uri"].as_str().unwrap();
        assert!(uri.starts_with("https://") && uri.ends_with(&format!("-{os}-{arch}.tar.gz")), "{uri}");
        let sum = platform["sha256"].as_str().unwrap();
        assert!(sum.len() == 64 && sum.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')), "{sum}");
        let files: Vec<&str> =
            platform["files"].as_array().unwrap().iter().map(|file| file["from"].as_str().unwrap()).collect();
        assert!(files.contains(&platform["bin"].as_str().unwrap()) && files.contains(&"LICENSE"), "{files:?}");
    }
    assert!(!selected.is_empty());
}

/// The manifest of a directory that holds these archives.
fn printed(dist: &Path, archives: &[&str]) -> Value {
    for name in archives {
        std::fs::write(dist.join(name), name).unwrap();
    }
    let out = package(dist, &["--repository", REPOSITORY, "--version", VERSION, "--no-build"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    manifest(&String::from_utf8(out.stdout).unwrap())
}

const REPOSITORY: &str = "https://example.com/owner/kubectl-arbtune";
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn package(dist: &Path, args: &[&str]) -> Output {
    Command::new(root().join("plugin/package.sh")).args(["--dist", arg(dist)]).args(args).output().unwrap()
}

#[test]
fn the_krew_manifest_keeps_krews_rules() {
    let dist = tempfile::tempdir().unwrap();
    let names: Vec<String> = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64"]
        .iter()
        .map(|platform| format!("kubectl-arbtune-v{VERSION}-{platform}.tar.gz"))
        .collect();
    let manifest = printed(dist.path(), &names.iter().map(String::as_str).collect::<Vec<_>>());
    check(&manifest);
    let platforms = manifest["spec"]["platforms"].as_array().unwrap();
    assert_eq!(platforms.len(), 4);
    assert_eq!(manifest["spec"]["homepage"], REPOSITORY);
    for platform in platforms {
        let uri = platform["uri"].as_str().unwrap();
        let name = uri.strip_prefix(&format!("{REPOSITORY}/releases/download/v{VERSION}/")).unwrap();
        let sum = sha256(&dist.path().join(name));
        assert_eq!(platform["sha256"].as_str().unwrap(), sum);
    }
    let template = text_of("plugin/arbtune.yaml");
    assert!(template.contains("@VERSION@") && template.contains("@REPOSITORY@"));
}

fn sha256(path: &Path) -> String {
    let sum = Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8(sum.stdout).unwrap().split_whitespace().next().unwrap().to_owned()
}

#[test]
fn a_package_needs_a_repository_and_the_crates_version() {
    let dist = tempfile::tempdir().unwrap();
    for (args, said) in [
        (&["--version", VERSION][..], "Name the repository"),
        (&["--repository", REPOSITORY], "Name the version"),
        (&["--repository", REPOSITORY, "--version", "9.9.9"], "Cargo.toml says"),
        (&["--repository", "http://example.com/x", "--version", VERSION], "https://"),
        (&["--repository", "https://example.com/a\nb", "--version", VERSION], "characters"),
        (&["--repository", REPOSITORY, "--version", VERSION, "--no-build"], "no archive"),
        (&["--repository", REPOSITORY, "--version", VERSION, "--target", "x86_64-pc-windows-msvc"], "no package for"),
        (&["--repo", REPOSITORY], "not an option"),
        (&["--version"], "needs a value"),
    ] {
        let out = package(dist.path(), args);
        let err = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.code() == Some(2) && err.contains(said) && out.stdout.is_empty(), "{args:?}: {err}");
    }
}

#[cfg(unix)]
#[test]
fn the_scripts_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for name in ["kubectl_complete-arbtune", "install.sh", "package.sh"] {
        let path = root().join("plugin").join(name);
        assert_ne!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o111, 0, "{name}");
        let checked = Command::new("sh").args(["-n", arg(&path)]).status().unwrap();
        assert!(checked.success(), "{name}");
    }
}

fn only_archive(dist: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(dist).unwrap().map(|entry| entry.unwrap().path());
    let archive = files.next().unwrap();
    assert_eq!(files.next(), None);
    archive
}

/// Unpacks an archive, which contains whatever its entry in the manifest names, and the completions and man pages.
fn unpack(archive: &Path, entry: &Value) -> tempfile::TempDir {
    assert_eq!(entry["sha256"].as_str().unwrap(), sha256(archive));
    let unpacked = tempfile::tempdir().unwrap();
    let tar = Command::new("tar").args(["-xzf", arg(archive), "-C", arg(unpacked.path())]).status().unwrap();
    assert!(tar.success());
    for file in entry["files"].as_array().unwrap() {
        assert!(unpacked.path().join(file["from"].as_str().unwrap()).is_file(), "{file}");
    }
    for file in ["completions/kubectl-arbtune.bash", "man/kubectl-arbtune.1", "man/kubectl-arbtune-generate.1"] {
        assert!(unpacked.path().join(file).is_file(), "{file}");
    }
    unpacked
}

/// The script packs what a compiler would have built: a stand-in for cargo writes the binary.
#[cfg(unix)]
#[test]
fn the_archive_contains_what_the_manifest_names() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let cargo = dir.path().join("cargo");
    let script = "#!/bin/sh\nset -eu\n[ \"$1\" = build ] || exit 1\nwhile [ \"$1\" != --target ]; do shift; done\n\
                  mkdir -p \"$CARGO_TARGET_DIR/$2/dist\"\nprintf built >\"$CARGO_TARGET_DIR/$2/dist/kubectl-arbtune\"\n";
    std::fs::write(&cargo, script).unwrap();
    std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", arg(dir.path()), std::env::var("PATH").unwrap());
    let pack = |dist: &Path| {
        let out = Command::new(root().join("plugin/package.sh"))
            .args(["--dist", arg(dist), "--repository", REPOSITORY, "--version", VERSION])
            .args(["--target", "aarch64-unknown-linux-gnu"])
            .env("PATH", &path)
            .env("CARGO_TARGET_DIR", dir.path().join("target"))
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        manifest(&String::from_utf8(out.stdout).unwrap())
    };
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let manifest = pack(first.path());
    check(&manifest);
    let archive = only_archive(first.path());
    assert!(arg(&archive).ends_with("-linux-arm64.tar.gz"), "{archive:?}");
    let unpacked = unpack(&archive, &manifest["spec"]["platforms"][0]);
    let binary = unpacked.path().join("kubectl-arbtune");
    assert_eq!(std::fs::read_to_string(&binary).unwrap(), "built");
    assert_eq!(std::fs::metadata(&binary).unwrap().permissions().mode() & 0o777, 0o755);
    // The same build gives the same bytes.
    assert_eq!(pack(second.path()), manifest);
}

#[test]
#[ignore = "builds the release archive; run with PACKAGE=1, as the release workflow does"]
fn the_archive_is_what_the_manifest_says() {
    // A static binary is a build of its own, which takes minutes.
    if std::env::var_os("PACKAGE").is_none() {
        eprintln!("skipped: PACKAGE is not set");
        return;
    }
    let dist = tempfile::tempdir().unwrap();
    let packed = package(dist.path(), &["--repository", REPOSITORY, "--version", VERSION]);
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    let manifest = manifest(&String::from_utf8(packed.stdout).unwrap());
    check(&manifest);
    let platforms = manifest["spec"]["platforms"].as_array().unwrap();
    assert_eq!(platforms.len(), 1);
    let archive = only_archive(dist.path());
    let unpacked = unpack(&archive, &platforms[0]);
    let binary = unpacked.path().join("kubectl-arbtune");
    if cfg!(target_os = "linux") {
        let ldd = Command::new("ldd").arg(&binary).output().unwrap();
        let said = [ldd.stdout, ldd.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("statically linked") || said.contains("not a dynamic executable"), "{said}");
    }
    let size = std::fs::metadata(&binary).unwrap().len();
    assert!(size < 6_000_000, "{size} bytes");
    // Packing again gives the same bytes.
    let again = tempfile::tempdir().unwrap();
    assert!(package(again.path(), &["--repository", REPOSITORY, "--version", VERSION]).status.success());
    let name = archive.file_name().unwrap();
    assert_eq!(sha256(&archive), sha256(&again.path().join(name)));
}

#[test]
#[ignore = "builds and installs; .ci/run runs it"]
fn installed_side_by_side_and_taken_away() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("bin");
    let install = |args: &[&str]| Command::new(root().join("plugin/install.sh")).args(args).output().unwrap();
    let installed = install(&[arg(&dir)]);
    assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
    assert!(String::from_utf8_lossy(&installed.stderr).contains("not on your PATH"));
    let version = Command::new(dir.join("kubectl-arbtune")).arg("--version").output().unwrap();
    assert!(String::from_utf8_lossy(&version.stdout).contains(VERSION));
    assert!(dir.join("kubectl_complete-arbtune").exists());
    assert!(home.path().join("share/man/man1/kubectl-arbtune-generate.1").exists());
    assert!(install(&["--uninstall", arg(&dir)]).status.success());
    let left = |dir: &Path| std::fs::read_dir(dir).unwrap().count();
    assert_eq!((left(&dir), left(&home.path().join("share/man/man1"))), (0, 0));
}

#[cfg(unix)]
#[test]
fn install_names_what_is_missing() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let tools = dir.path().join("tools");
    std::fs::create_dir(&tools).unwrap();
    for tool in ["sh", "sed", "dirname", "sort", "head", "cut"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().unwrap();
        std::os::unix::fs::symlink(String::from_utf8(found.stdout).unwrap().trim(), tools.join(tool)).unwrap();
    }
    let install = || {
        let script = root().join("plugin/install.sh");
        let out = Command::new(tools.join("sh"))
            .args([arg(&script), arg(&dir.path().join("bin"))])
            .env("PATH", &tools)
            .output()
            .unwrap();
        (out.status.code(), String::from_utf8(out.stderr).unwrap())
    };
    let (code, said) = install();
    assert!(code == Some(1) && said.contains("no cargo on your PATH") && said.contains("rustup.rs"), "{said}");
    for (name, text) in [("cargo", "exit 9"), ("rustc", "echo 'rustc 1.9.0 (x 2016-01-01)'")] {
        std::fs::write(tools.join(name), format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(tools.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let (code, said) = install();
    assert!(code == Some(1) && said.contains("Rust 1.9.0 is too old") && said.contains("rustup update"), "{said}");
    assert!(!dir.path().join("bin").exists());
}

/// Every action that a workflow uses is pinned to a commit, and the jobs call the project's own scripts.
#[test]
fn the_workflows_are_pinned() {
    for (name, script) in [("ci.yml", ".ci/run"), ("release.yml", "plugin/package.sh")] {
        let text = text_of(&format!(".github/workflows/{name}"));
        let workflow = manifest(&text);
        assert_eq!(workflow["permissions"]["contents"], "read", "{name}");
        assert!(text.contains(script), "{name}");
        let uses: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("- uses: ")).collect();
        assert!(!uses.is_empty());
        for action in uses {
            let commit = action.split_once('@').unwrap().1.split(' ').next().unwrap();
            assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{action}");
        }
    }
}
