//! Variables whose values come from the cluster: the keys `secret_env` and `env_from`, and literal credentials in
//! `extra_env`, which belong there.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;

use super::checks::IDENTITY;
use super::problem::Problems;
use super::rules;
use super::vocabulary::Mode;
use crate::apimachinery::names;
use crate::credentials::names_credential;
use crate::diagnostic::Reason::{
    FieldValueDuplicate, FieldValueForbidden, FieldValueInvalid, FieldValueRequired, FieldValueTooMany,
};
use crate::diagnostic::Severity;
use crate::yaml::{Given, OrderedMap, Position, Spanned};

/// The maximum length of a Secret's key.
const KEY_MAX: usize = 253;

/// A reference to the value of a variable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SecretKey {
    /// The Secret.
    pub secret: Given<String>,
    /// The key in the Secret.
    pub key: Given<String>,
    /// Whether the pod starts without it.
    pub optional: Given<bool>,
}

/// An object whose keys become variables.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct EnvFrom {
    /// A Secret; excludes `config_map`.
    pub secret: Given<String>,
    /// A ConfigMap; excludes `secret`.
    pub config_map: Given<String>,
    /// A prefix for the names of the variables.
    pub prefix: Given<String>,
    /// Whether the pod starts without it.
    pub optional: Given<bool>,
}

/// A variable whose value comes from a key of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretVariable {
    /// The variable.
    pub name: String,
    /// The Secret.
    pub secret: String,
    /// The key in the Secret.
    pub key: String,
    /// Whether the pod starts without the Secret or the key.
    pub optional: bool,
}

/// An object whose keys become variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvSource {
    /// What kind of object it is.
    pub kind: EnvSourceKind,
    /// Its name.
    pub name: String,
    /// A prefix for the names of the variables.
    pub prefix: Option<String>,
    /// Whether the pod starts without the object.
    pub optional: bool,
}

/// The kinds of objects whose keys can become variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvSourceKind {
    /// A Secret.
    Secret,
    /// A `ConfigMap`.
    ConfigMap,
}

impl fmt::Display for SecretVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { secret, key, optional, .. } = self;
        write!(f, "key {key} of Secret {secret}{}", if *optional { ", optional" } else { "" })
    }
}

impl fmt::Display for EnvSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            EnvSourceKind::Secret => "Secret",
            EnvSourceKind::ConfigMap => "ConfigMap",
        };
        write!(f, "{kind} {}", self.name)?;
        if let Some(prefix) = &self.prefix {
            write!(f, ", prefix {prefix}")?;
        }
        f.write_str(if self.optional { ", optional" } else { "" })
    }
}

/// Checks the variables that come from Secrets.
pub fn check_secret_env(key: &str, env: &Spanned<OrderedMap<SecretKey>>, problems: &mut Problems<'_>) {
    for (Spanned { value: name, position }, given) in &env.value.0 {
        let path = format!("{key}.{name}");
        if problems.is_read_otherwise(&rules::SECRET_ENV, &path, name, *position) {
            continue;
        }
        if let Err(fault) = names::env_var_name(name) {
            let message = format!("{name:?} cannot be the name of an environment variable: {fault}.");
            let wording = (message, "Write letters, digits and '_', such as API_KEY.");
            problems.add(&rules::SECRET_ENV, FieldValueInvalid, path.as_str(), *position, wording);
        }
        if IDENTITY.contains(&name.as_str()) {
            let message = format!("{name} identifies the worker, and each Job sets its own.");
            problems.add(&rules::SECRET_ENV, FieldValueForbidden, path.as_str(), *position, (message, "Remove it."));
        }
        let Some(Spanned { value, .. }) = given.written() else { continue };
        object_name(&format!("{path}.secret"), &value.secret, *position, problems);
        object_key(&format!("{path}.key"), &value.key, *position, problems);
    }
}

/// Checks the objects whose keys become variables.
pub fn check_env_from(key: &str, sources: &Spanned<Vec<Given<EnvFrom>>>, problems: &mut Problems<'_>) {
    for (nth, given) in sources.value.iter().enumerate() {
        let Some(Spanned { value, position }) = given.written() else { continue };
        let path = format!("{key}.{}", nth + 1);
        match (&value.secret, &value.config_map) {
            (Given::Absent, Given::Absent) => {
                let message = format!("{path} names neither a Secret nor a ConfigMap.");
                let wording = (message, "Write secret: NAME, or config_map: NAME.");
                problems.add(&rules::ENV_FROM, FieldValueRequired, path.as_str(), *position, wording);
            }
            (Given::Absent, name) => object_name(&format!("{path}.config_map"), name, *position, problems),
            (name, Given::Absent) => object_name(&format!("{path}.secret"), name, *position, problems),
            (_, second) => {
                let position = second.written().map_or(*position, |second| second.position);
                let wording = (format!("{path} names both a Secret and a ConfigMap."), "Split it into two items.");
                problems.add(&rules::ENV_FROM, FieldValueTooMany, path.as_str(), position, wording);
            }
        }
        if let Some(Spanned { value: prefix, position }) = value.prefix.written()
            && let Err(fault) = names::env_var_name(prefix)
        {
            let message = format!("{prefix:?} cannot start the name of an environment variable: {fault}.");
            let wording = (message, "Write letters, digits and '_', such as EXCHANGE_.");
            problems.add(&rules::ENV_FROM, FieldValueInvalid, format!("{path}.prefix"), *position, wording);
        }
    }
}

/// A variable has one value: a literal, or a Secret's.
pub fn check_both(
    literals: &Given<OrderedMap<String>>,
    secrets: &Given<OrderedMap<SecretKey>>,
    problems: &mut Problems<'_>,
) {
    let entries = literals.get().into_iter().flat_map(|entries| &entries.0);
    let literals: HashMap<&str, Position> = entries.map(|(key, _)| (key.value.as_str(), key.position)).collect();
    for (Spanned { value: name, position }, _) in secrets.get().into_iter().flat_map(|entries| &entries.0) {
        if let Some(first) = literals.get(name.as_str()) {
            let place = problems.place(*first);
            let wording = (format!("{name} already has a value in extra_env ({place})."), "Keep one of the two.");
            problems.add(&rules::SECRET_ENV, FieldValueDuplicate, format!("secret_env.{name}"), *position, wording);
        }
    }
}

/// A literal credential is a warning; in mode live, it is an error.
pub fn check_literals(literals: &Given<OrderedMap<String>>, mode: Option<Mode>, problems: &mut Problems<'_>) {
    let entries = literals.get().into_iter().flat_map(OrderedMap::iter);
    for (name, value) in entries.filter(|(name, value)| names_credential(&name.value) && !value.value.is_empty()) {
        literal_credential(&name.value, format!("extra_env.{}", name.value), value.position, mode, problems);
    }
}

/// Reports a variable with a literal credential.
pub fn literal_credential(
    name: &str,
    path: String,
    position: Position,
    mode: Option<Mode>,
    problems: &mut Problems<'_>,
) {
    let severity = if mode == Some(Mode::Live) { Severity::Error } else { Severity::Warning };
    let message = format!("{name} holds a credential that everyone who can read this file or a manifest can see.");
    let wording = (message, format!("Store it in a Secret and write {}.", secret_env(name, None)));
    problems.say(severity, &rules::CREDENTIAL, FieldValueForbidden, path, position, wording);
}

/// The configuration for a variable from a Secret.
#[must_use]
pub fn secret_env(name: &str, reference: Option<(&str, &str)>) -> String {
    let (secret, key) = reference.unwrap_or(("SECRET", "KEY"));
    format!("secret_env: {{{name}: {{secret: {secret}, key: {key}}}}}")
}

fn object_name(path: &str, given: &Given<String>, parent: Position, problems: &mut Problems<'_>) {
    named(
        path,
        given,
        parent,
        names::dns_subdomain,
        "Write the name of the object, such as exchange-credentials.",
        problems,
    );
}

fn object_key(path: &str, given: &Given<String>, parent: Position, problems: &mut Problems<'_>) {
    named(path, given, parent, key_fault, "Write the key, such as api-key.", problems);
}

/// Checks the key of a Secret.
fn key_fault(key: &str) -> Result<(), String> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    match (1..).zip(key.chars()).find(|(_, c)| !is_allowed(*c)) {
        _ if key.is_empty() => Err("it is empty".to_owned()),
        _ if key.len() > KEY_MAX => Err(format!("it is longer than {KEY_MAX} characters")),
        _ if key == "." || key.starts_with("..") => Err("it is a relative path".to_owned()),
        Some((nth, c)) => {
            Err(format!("character {nth} is {c:?}, but only letters, digits, '-', '_' and '.' can be used there"))
        }
        None => Ok(()),
    }
}

fn named<E: fmt::Display>(
    path: &str,
    given: &Given<String>,
    parent: Position,
    check: fn(&str) -> Result<(), E>,
    help: &str,
    problems: &mut Problems<'_>,
) {
    match given {
        Given::Absent => {
            let message = format!("{path} is missing.");
            problems.add(&rules::SECRET_ENV, FieldValueRequired, path, parent, (message, help));
        }
        Given::Value(Spanned { value, position }) => {
            if let Err(fault) = check(value) {
                let message = format!("{path} is {value:?}, which cannot be a name: {fault}.");
                problems.add(&rules::SECRET_ENV, FieldValueInvalid, path, *position, (message, help));
            }
        }
        Given::Default(_) | Given::Wrong => {}
    }
}

impl SecretKey {
    /// The variable with this reference; none if something is missing.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<SecretVariable> {
        Some(SecretVariable {
            name: name.to_owned(),
            secret: self.secret.get()?.clone(),
            key: self.key.get()?.clone(),
            optional: self.optional.get().copied().unwrap_or_default(),
        })
    }
}

impl EnvFrom {
    /// The source for the Jobs; none if something is missing.
    #[must_use]
    pub fn source(&self) -> Option<EnvSource> {
        let secret = self.secret.get().map(|name| (EnvSourceKind::Secret, name));
        let (kind, name) = secret.or(self.config_map.get().map(|name| (EnvSourceKind::ConfigMap, name)))?;
        Some(EnvSource {
            kind,
            name: name.clone(),
            prefix: self.prefix.get().cloned(),
            optional: self.optional.get().copied().unwrap_or_default(),
        })
    }
}
