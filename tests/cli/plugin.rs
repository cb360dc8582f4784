//! What stands in `plugin/`: the krew manifest and the scripts.

use std::collections::BTreeSet;
use std::process::Command;

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
        assert!(sum.len() == 64 && sum.chars().all(|c| c.is_ascii_hexdigit()), "{sum}");
        let files: Vec<&str> =
            platform["files"].as_array().unwrap().iter().map(|file| file["from"].as_str().unwrap()).collect();
        assert!(files.contains(&platform["bin"].as_str().unwrap()) && files.contains(&"LICENSE"), "{files:?}");
    }
    assert!(!selected.is_empty());
}

#[test]
fn the_krew_manifest_keeps_krews_rules() {
    let manifest = manifest(&text_of("plugin/arbtune.yaml"));
    check(&manifest);
    assert_eq!(manifest["spec"]["platforms"].as_array().unwrap().len(), 4);
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

#[test]
#[ignore = "builds the release archive; .ci/run runs it"]
fn the_archive_is_what_the_manifest_says() {
    let dir = tempfile::tempdir().unwrap();
    let packed = Command::new(root().join("plugin/package.sh")).arg(dir.path()).output().unwrap();
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    let manifest = manifest(&String::from_utf8(packed.stdout).unwrap());
    check(&manifest);
    let platforms = manifest["spec"]["platforms"].as_array().unwrap();
    assert_eq!(platforms.len(), 1);
    let archive = std::fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap().path();
    let sum = Command::new("sha256sum").arg(&archive).output().unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap();
    assert_eq!(platforms[0]["sha256"].as_str().unwrap(), sum.split_whitespace().next().unwrap());
    let listed = Command::new("tar").args(["-tzf", arg(&archive)]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    for file in platforms[0]["files"].as_array().unwrap() {
        assert!(listed.lines().any(|line| line == file["from"].as_str().unwrap()), "{listed}");
    }
}

#[test]
#[ignore = "builds and installs; .ci/run runs it"]
fn installed_side_by_side() {
    let dir = tempfile::tempdir().unwrap();
    let installed = Command::new(root().join("plugin/install.sh")).arg(dir.path()).output().unwrap();
    assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
    assert!(String::from_utf8_lossy(&installed.stderr).contains("not on your PATH"));
    let version = Command::new(dir.path().join("kubectl-arbtune")).arg("--version").output().unwrap();
    assert!(String::from_utf8_lossy(&version.stdout).contains(env!("CARGO_PKG_VERSION")));
    assert!(dir.path().join("kubectl_complete-arbtune").exists());
}
