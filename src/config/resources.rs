//! Resource requests and limits of a session's containers, and their checks.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;

use super::amounts::{help, oddity};
use super::keys::nearest;
use super::problem::Problems;
use super::rules;
use crate::apimachinery::{Quantity, names, resource};
use crate::diagnostic::Reason::FieldValueInvalid;
use crate::diagnostic::Severity;
use crate::yaml::{Given, OrderedMap, Spanned};

/// Requests and limits of a container: resource name to quantity, in the file's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Resources {
    /// What the scheduler reserves.
    pub requests: Given<OrderedMap<Amount>>,
    /// The most that the container may use.
    pub limits: Given<OrderedMap<Amount>>,
}

/// An amount of a resource as the API server would receive it: a bare `1_000` is 1000.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Amount(pub String);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks that amounts are quantities and that no request is above its limit.
pub fn check(key: &str, Spanned { value: resources, .. }: &Spanned<Resources>, problems: &mut Problems<'_>) {
    let (requests_path, limits_path) = (format!("{key}.requests"), format!("{key}.limits"));
    let requests = amounts(&requests_path, &resources.requests, problems);
    let limits: HashMap<_, _> = amounts(&limits_path, &resources.limits, problems).into_iter().collect();
    for (name, Spanned { value: request, position }) in requests {
        if let Some(Spanned { value: limit, .. }) = limits.get(name).filter(|limit| request > limit.value) {
            let message = format!("The request for {name} is {request}, above its limit of {limit}.");
            let wording = (message, "Lower the request, or raise the limit.");
            let path = format!("{requests_path}.{name}");
            problems.add(&rules::RESOURCES, FieldValueInvalid, path, position, wording);
        }
    }
}

/// The amounts that are valid quantities; other amounts and unknown resources are reported.
fn amounts<'a>(
    path: &str,
    amounts: &'a Given<OrderedMap<Amount>>,
    problems: &mut Problems<'_>,
) -> Vec<(&'a str, Spanned<Quantity>)> {
    let mut sound = Vec::new();
    for (resource, amount) in amounts.get().iter().flat_map(|amounts| &amounts.0) {
        let path = format!("{path}.{}", resource.value);
        check_name(&path, resource, problems);
        let Some(Spanned { value: Amount(text), position }) = amount.written() else { continue };
        match Quantity::parse(text) {
            None => {
                let wording =
                    (format!("{text:?} is not a valid amount of {}.", resource.value), help(&resource.value, text));
                problems.add(&rules::RESOURCES, FieldValueInvalid, path, *position, wording);
            }
            Some(amount) if amount.is_negative() => {
                let wording = (format!("The amount of {} is negative.", resource.value), help(&resource.value, ""));
                problems.add(&rules::RESOURCES, FieldValueInvalid, path, *position, wording);
            }
            Some(value) => {
                if let Some((message, help)) = oddity(&resource.value, text, value) {
                    let wording = (format!("{path} {message}."), help);
                    problems.say(Severity::Warning, &rules::AMOUNT, FieldValueInvalid, path, *position, wording);
                }
                sound.push((resource.value.as_str(), Spanned { value, position: *position }));
            }
        }
    }
    sound
}

fn check_name(path: &str, Spanned { value: name, position }: &Spanned<String>, problems: &mut Problems<'_>) {
    if resource::is_container_resource(name) || (name.contains('/') && names::qualified_name(name).is_ok()) {
        return;
    }
    let help = match nearest(name, &resource::STANDARD) {
        Some(known) => format!("Did you mean {known}?"),
        None => "Write cpu, memory, ephemeral-storage, or a device's full name such as example.com/gpu.".to_owned(),
    };
    let wording = (format!("{name:?} is not a resource that a container can request."), help);
    problems.add(&rules::RESOURCES, FieldValueInvalid, path, *position, wording);
}
