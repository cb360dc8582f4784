//! The Pod Security labels of a namespace: the standards for enforce, audit and warn.

use std::collections::BTreeMap;

use crate::apimachinery::Version;
use crate::validate::pod_security_standards::{Level, PolicyVersion};

/// The prefix of the labels.
const PREFIX: &str = "pod-security.kubernetes.io/";

/// A standard in a specific version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standard {
    /// How strict it is.
    pub(crate) level: Level,
    /// The version of its checks.
    pub(crate) version: PolicyVersion,
}

/// The modes for pods that violate a standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PodSecurity {
    /// Pods that violate it are refused.
    pub(crate) enforce: Standard,
    /// Pods and Jobs that violate it are recorded in the server's audit log.
    pub(crate) audit: Standard,
    /// Users that create a pod or a Job that violates it get a warning.
    pub(crate) warn: Standard,
    /// Labels whose values the server cannot read, as sentences.
    pub(crate) faults: Vec<String>,
}

impl PodSecurity {
    /// Interprets the labels of a namespace like the server.
    #[must_use]
    pub(crate) fn of(labels: &BTreeMap<String, String>, server: Version) -> Self {
        let label = |name: &str| labels.get(&format!("{PREFIX}{name}"));
        let mut faults = Vec::new();
        let mut read = |mode: &str, unreadable: Level| {
            let name = format!("{mode}-version");
            let version = label(&name).map_or(Ok(PolicyVersion::of(server)), |text| PolicyVersion::parse(text, server));
            let version = version.unwrap_or_else(|error| {
                faults.push(format!("The label {PREFIX}{name} is treated as latest: {error}."));
                PolicyVersion::of(server)
            });
            let level = label(mode).map_or(Ok(Level::Privileged), |text| text.parse());
            let level = level.unwrap_or_else(|error| {
                faults.push(format!("The label {PREFIX}{mode} is treated as {unreadable}: {error}."));
                unreadable
            });
            Standard { level, version }
        };
        let enforce = read("enforce", Level::Restricted);
        let audit = read("audit", Level::Privileged);
        let mut warn = read("warn", Level::Privileged);
        let is_readable = label("enforce").is_some_and(|text| text.parse::<Level>().is_ok());
        // The enforced standard also applies to warnings, unless the labels say otherwise.
        if label("warn").is_none() && is_readable {
            warn.level = enforce.level;
            if label("warn-version").is_none() {
                warn.version = enforce.version;
            }
        }
        Self { enforce, audit, warn, faults }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apimachinery::version::V1_36;

    fn of(labels: &[(&str, &str)]) -> PodSecurity {
        let labels = labels.iter().map(|(name, value)| (format!("{PREFIX}{name}"), (*value).to_owned())).collect();
        PodSecurity::of(&labels, V1_36)
    }

    #[test]
    fn labels_are_read_as_the_server_reads_them() {
        let nothing = of(&[]);
        assert_eq!((nothing.enforce.level, nothing.warn.level), (Level::Privileged, Level::Privileged));
        let enforced = of(&[("enforce", "baseline"), ("enforce-version", "v1.30")]);
        assert_eq!(enforced.warn, enforced.enforce);
        assert_eq!(enforced.enforce.version, PolicyVersion::minor(30));
        let both = of(&[("enforce", "restricted"), ("warn", "baseline")]);
        assert_eq!(both.warn.level, Level::Baseline);
        let mistyped = of(&[("enforce", "Baseline"), ("warn", "all"), ("audit-version", "1.3")]);
        assert_eq!((mistyped.enforce.level, mistyped.warn.level), (Level::Restricted, Level::Privileged));
        assert_eq!(mistyped.faults.len(), 3);
    }
}
