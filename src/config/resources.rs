//! What the containers of a session ask for, and may use at most: amounts of resources, and their checks.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;

use super::keys::{AMOUNT_HELP, nearest};
use super::problem::Problems;
use crate::apimachinery::{Quantity, names, resource};
use crate::yaml::{Given, OrderedMap, Spanned};

/// Requests and limits of a container: resource name to quantity, in the file's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Resources {
    /// What the scheduler sets aside.
    pub requests: Given<OrderedMap<Amount>>,
    /// What the container may use at most.
    pub limits: Given<OrderedMap<Amount>>,
}

/// An amount of a resource as the API server would see it: a bare `1_000` is 1000.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Amount(pub String);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Amounts that are quantities, and no request above its limit.
pub fn check(_: &str, Spanned { value: resources, .. }: &Spanned<Resources>, problems: &mut Problems<'_>) {
    let requests = amounts(&resources.requests, problems);
    let limits: HashMap<_, _> = amounts(&resources.limits, problems).into_iter().collect();
    for (name, Spanned { value: request, position }) in requests {
        if let Some(Spanned { value: limit, .. }) = limits.get(name).filter(|limit| request > limit.value) {
            let message = format!("The request for {name} is {request}, above its limit of {limit}.");
            problems.add(position, message, "Lower the request, or raise the limit.");
        }
    }
}

/// The amounts that are quantities; what is wrong with the others, and with the resources, is told.
fn amounts<'a>(
    amounts: &'a Given<OrderedMap<Amount>>,
    problems: &mut Problems<'_>,
) -> Vec<(&'a str, Spanned<Quantity>)> {
    let mut sound = Vec::new();
    for (resource, amount) in amounts.get().iter().flat_map(|amounts| &amounts.0) {
        check_name(resource, problems);
        let Some(Spanned { value: Amount(text), position }) = amount.written() else { continue };
        match Quantity::parse(text) {
            None => problems.add(*position, format!("{text:?} is no amount of {}.", resource.value), AMOUNT_HELP),
            Some(amount) if amount.is_negative() => {
                problems.add(*position, format!("The amount of {} is below zero.", resource.value), AMOUNT_HELP);
            }
            Some(value) => sound.push((resource.value.as_str(), Spanned { value, position: *position })),
        }
    }
    sound
}

fn check_name(Spanned { value: name, position }: &Spanned<String>, problems: &mut Problems<'_>) {
    if resource::is_of_container(name) || (name.contains('/') && names::qualified_name(name).is_ok()) {
        return;
    }
    let help = match nearest(name, &resource::STANDARD) {
        Some(known) => format!("Did you mean {known}?"),
        None => "Write cpu, memory, ephemeral-storage, or a device's full name such as example.com/gpu.".to_owned(),
    };
    problems.add(*position, format!("{name:?} is no resource that a container can ask for."), help);
}
