//! `LimitRange`: its defaults for containers, and what it refuses.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1 as api;
use serde::Serialize;

use super::amounts::{Amounts, amounts, fill_in};
use super::pod::{PodResources, Resources};
use crate::apimachinery::Quantity;
use crate::diagnostic::Wording;

/// A limit range of the namespace.
#[derive(Debug)]
pub(crate) struct LimitRange {
    /// Its name.
    pub(crate) name: String,
    items: Vec<Item>,
}

/// The target of limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Container,
    Pod,
    /// Claims and unknown types, which do not concern pods.
    Other,
}

#[derive(Debug)]
struct Item {
    target: Target,
    min: Amounts,
    max: Amounts,
    ratio: Amounts,
    default_limits: Amounts,
    default_requests: Amounts,
}

/// A default that a limit range sets in a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filled {
    /// The limit range.
    pub limit_range: String,
    /// The container.
    pub container: String,
    /// `requests` or `limits`.
    pub field: &'static str,
    /// The resource.
    pub resource: String,
    /// The amount.
    pub amount: String,
}

impl LimitRange {
    /// Converts an API object, applying the API's defaults.
    #[must_use]
    pub(crate) fn of(object: &api::LimitRange) -> Self {
        let limits = object.spec.iter().flat_map(|spec| &spec.limits);
        Self { name: object.metadata.name.clone().unwrap_or_default(), items: limits.map(Item::of).collect() }
    }

    /// Sets the defaults in the containers of a pod, and returns them.
    #[must_use]
    pub(crate) fn fill_in(&self, pod: &mut PodResources) -> Vec<Filled> {
        let (mut requests, mut limits) = (BTreeMap::new(), BTreeMap::new());
        for item in self.of_target(Target::Container) {
            requests.extend(&item.default_requests);
            limits.extend(&item.default_limits);
        }
        let mut filled = Vec::new();
        for container in &mut pod.containers {
            let Resources { requests: own_requests, limits: own_limits } = &mut container.resources;
            for (field, own, defaults) in [("requests", own_requests, &requests), ("limits", own_limits, &limits)] {
                for (resource, amount) in defaults {
                    if own.contains_key(*resource) {
                        continue;
                    }
                    own.insert((*resource).clone(), **amount);
                    filled.push(Filled {
                        limit_range: self.name.clone(),
                        container: container.name.clone(),
                        field,
                        resource: (*resource).clone(),
                        amount: amount.to_string(),
                    });
                }
            }
        }
        filled
    }

    /// Why the limit range refuses a pod with all defaults applied; `whole` is the total of its containers.
    #[must_use]
    pub(crate) fn refusals(&self, pod: &PodResources, whole: &Resources) -> Vec<Wording> {
        let mut found = Vec::new();
        for item in self.of_target(Target::Container) {
            for container in &pod.containers {
                item.check(&container.resources, &format!("The {}", container.title()), &mut found);
            }
        }
        for item in self.of_target(Target::Pod) {
            item.check(whole, "The pod", &mut found);
        }
        found
    }

    fn of_target(&self, target: Target) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.target == target)
    }
}

impl Item {
    fn of(object: &api::LimitRangeItem) -> Self {
        let target = match object.type_.as_str() {
            "Container" => Target::Container,
            "Pod" => Target::Pod,
            _ => Target::Other,
        };
        let mut item = Self {
            target,
            min: amounts(object.min.as_ref()),
            max: amounts(object.max.as_ref()),
            ratio: amounts(object.max_limit_request_ratio.as_ref()),
            default_limits: amounts(object.default.as_ref()),
            default_requests: amounts(object.default_request.as_ref()),
        };
        if target == Target::Container {
            fill_in(&mut item.default_limits, &item.max);
            fill_in(&mut item.default_requests, &item.default_limits);
            fill_in(&mut item.default_requests, &item.min);
        }
        item
    }

    fn check(&self, own: &Resources, who: &str, found: &mut Vec<Wording>) {
        let amounts = |resource: &String| (own.requests.get(resource), own.limits.get(resource));
        for (resource, min) in &self.min {
            if let Some(message) = below(min, amounts(resource), who, resource) {
                found.push((message, format!("Request at least {min}.")).into());
            }
        }
        for (resource, max) in &self.max {
            if let Some(message) = above(max, amounts(resource), who, resource) {
                found.push((message, format!("Set a limit of at most {max}.")).into());
            }
        }
        for (resource, ratio) in &self.ratio {
            if let Some(message) = apart(ratio, amounts(resource), who, resource) {
                found.push((message, format!("Set both, with a limit of at most {ratio} times the request.")).into());
            }
        }
    }
}

/// An optional request and limit.
type Both<'a> = (Option<&'a Quantity>, Option<&'a Quantity>);

/// Why a request or a limit is below the minimum.
fn below(min: &Quantity, (request, limit): Both<'_>, who: &str, resource: &str) -> Option<String> {
    match (request, limit) {
        (None, _) => Some(format!("{who} requests no {resource}, but must request at least {min}.")),
        (Some(request), _) if request < min => {
            Some(format!("{who} requests {request} of {resource}, less than {min}."))
        }
        (_, Some(limit)) if limit < min => Some(format!("{who} is limited to {limit} of {resource}, less than {min}.")),
        _ => None,
    }
}

/// Why a request or a limit is above the maximum.
fn above(max: &Quantity, (request, limit): Both<'_>, who: &str, resource: &str) -> Option<String> {
    match (limit, request) {
        (None, _) => Some(format!("{who} has no limit for {resource}, but must have one.")),
        (Some(limit), _) if limit > max => Some(format!("{who} is limited to {limit} of {resource}, more than {max}.")),
        (_, Some(request)) if request > max => {
            Some(format!("{who} requests {request} of {resource}, more than {max}."))
        }
        _ => None,
    }
}

/// Why a limit is above the maximum ratio to its request.
fn apart(ratio: &Quantity, (request, limit): Both<'_>, who: &str, resource: &str) -> Option<String> {
    match (request, limit) {
        (Some(request), Some(limit)) if !request.is_zero() && !limit.is_zero() => exceeds(*limit, *request, *ratio)
            .then(|| {
                format!(
                    "{who} requests {request} of {resource} and is limited to {limit}, more than {ratio} times as much."
                )
            }),
        _ => Some(format!("{who} does not have both a request and a limit for {resource}.")),
    }
}

/// Whether a limit is more than `ratio` times a request. The server divides floats here, so exact arithmetic would
/// differ at the boundary.
#[allow(clippy::cast_precision_loss)]
fn exceeds(limit: Quantity, request: Quantity, ratio: Quantity) -> bool {
    let found = limit.millis() as f64 / request.millis() as f64;
    found * 1000.0 > ratio.millis() as f64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::needless_pass_by_value)] // `json!` is written where it is used.

    use serde_json::{Value, json};

    use super::*;

    fn limit_range(limits: Value) -> LimitRange {
        let object = json!({"metadata": {"name": "bounds"}, "spec": {"limits": limits}});
        LimitRange::of(&serde_json::from_value(object).unwrap())
    }

    fn pod(resources: Value) -> PodResources {
        PodResources::of(
            &serde_json::from_value(json!({"containers": [{"name": "a", "resources": resources}]})).unwrap(),
        )
    }

    fn filled(limits: Value, resources: Value) -> Vec<String> {
        let filled = limit_range(limits).fill_in(&mut pod(resources));
        filled.iter().map(|it| format!("{}.{}={}", it.field, it.resource, it.amount)).collect()
    }

    fn refused(limits: Value, resources: Value) -> Vec<String> {
        let (range, mut pod) = (limit_range(limits), pod(resources));
        let _ = range.fill_in(&mut pod);
        range.refusals(&pod, &pod.for_limit_range()).into_iter().map(|wording| wording.message).collect()
    }

    #[test]
    fn defaults_come_from_what_is_there() {
        let max = json!([{"type": "Container", "max": {"cpu": "2"}, "min": {"memory": "64Mi"}}]);
        assert_eq!(filled(max.clone(), json!({})), ["requests.cpu=2", "requests.memory=64Mi", "limits.cpu=2"]);
        assert_eq!(filled(max, json!({"limits": {"cpu": "1"}})), ["requests.memory=64Mi"]);
        let pods = json!([{"type": "Pod", "max": {"cpu": "2"}}]);
        assert_eq!(filled(pods, json!({})), [""; 0]);
    }

    #[test]
    fn bounds_hold_for_requests_and_limits() {
        let bounds = json!([{"type": "Container", "min": {"cpu": "100m"}, "max": {"cpu": "1"}}]);
        assert_eq!(refused(bounds.clone(), json!({"limits": {"cpu": "1"}})), [""; 0]);
        assert_eq!(
            refused(bounds.clone(), json!({"limits": {"cpu": "2"}, "requests": {"cpu": "50m"}})),
            [
                "The container \"a\" requests 50m of cpu, less than 100m.",
                "The container \"a\" is limited to 2 of cpu, more than 1."
            ]
        );
        let pod = json!([{"type": "Pod", "max": {"memory": "1Gi"}}]);
        assert_eq!(refused(pod, json!({})), ["The pod has no limit for memory, but must have one."]);
    }

    #[test]
    fn a_ratio_compares_limit_and_request() {
        let ratio = json!([{"type": "Container", "maxLimitRequestRatio": {"cpu": "2"}}]);
        assert_eq!(refused(ratio.clone(), json!({"limits": {"cpu": "2"}, "requests": {"cpu": "1"}})), [""; 0]);
        let found = refused(ratio.clone(), json!({"limits": {"cpu": "2001m"}, "requests": {"cpu": "1"}}));
        assert_eq!(
            found,
            ["The container \"a\" requests 1 of cpu and is limited to 2001m, more than 2 times as much."]
        );
        assert_eq!(refused(ratio, json!({})).len(), 1);
    }
}
