//! The resources of a pod as the server counts them: the requests and limits of each container and of the pod as a
//! whole.

use k8s_openapi::api::core::v1::{Container, PodSpec, ResourceRequirements};

use super::amounts::{Amounts, add, amounts, fill_in, raise};
use crate::apimachinery::Quantity;
use crate::diagnostic::Wording;

/// The type of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It runs together with the others.
    Main,
    /// It runs before the others, by itself.
    Init,
    /// It starts before the others and keeps running.
    Sidecar,
}

/// Requests and limits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resources {
    /// What the scheduler reserves.
    pub(crate) requests: Amounts,
    /// What the kernel enforces.
    pub(crate) limits: Amounts,
}

/// The resources of a container.
#[derive(Debug, Clone)]
pub(crate) struct ContainerResources {
    /// Its name.
    pub(crate) name: String,
    /// Its type.
    pub(crate) kind: Kind,
    /// Its resources.
    pub(crate) resources: Resources,
}

/// The resources of a pod.
#[derive(Debug, Clone)]
pub(crate) struct PodResources {
    /// Its containers, followed by its init containers, in the server's order.
    pub(crate) containers: Vec<ContainerResources>,
    /// Pod-level resources.
    own: Option<Resources>,
    overhead: Amounts,
}

/// Selects requests or limits for a sum.
type Side = fn(&Resources) -> &Amounts;

const REQUESTS: Side = |resources| &resources.requests;
const LIMITS: Side = |resources| &resources.limits;

impl PodResources {
    /// The resources of a pod with this spec, with the API's defaults: a container's request defaults to its limit.
    #[must_use]
    pub(crate) fn of(spec: &PodSpec) -> Self {
        let main = spec.containers.iter().map(|container| (container, Kind::Main));
        let init = spec.init_containers.iter().flatten().map(|container| (container, kind_of_init(container)));
        let containers = main.chain(init).map(|(container, kind)| {
            let mut resources = read(container.resources.as_ref());
            fill_in(&mut resources.requests, &resources.limits);
            ContainerResources { name: container.name.clone(), kind, resources }
        });
        let mut pod = Self {
            containers: containers.collect(),
            own: spec.resources.as_ref().map(|resources| read(Some(resources))),
            overhead: amounts(spec.overhead.as_ref()),
        };
        pod.fill_in_own();
        pod
    }

    /// The defaults of pod-level resources.
    fn fill_in_own(&mut self) {
        let (requests, limits) = (self.sum(REQUESTS), self.sum(LIMITS));
        let Some(own) = &mut self.own else { return };
        if own.requests.is_empty() && own.limits.is_empty() {
            return;
        }
        for (name, amount) in limits.iter().filter(|(name, _)| is_huge_pages(name)) {
            if !own.requests.contains_key(name) {
                own.limits.entry(name.clone()).or_insert(*amount);
            }
        }
        if own.limits.is_empty() {
            return;
        }
        for (name, amount) in requests.iter().filter(|(name, _)| is_compute(name)) {
            own.requests.entry(name.clone()).or_insert(*amount);
        }
        for (name, amount) in own.limits.iter().filter(|(name, _)| is_compute(name) || is_huge_pages(name)) {
            own.requests.entry(name.clone()).or_insert(*amount);
        }
    }

    /// The sum over the containers that run at the same time, or over an init container and the sidecars next to it,
    /// whichever is more.
    fn sum(&self, side: Side) -> Amounts {
        let (mut sum, mut sidecars, mut init) = (Amounts::new(), Amounts::new(), Amounts::new());
        for container in &self.containers {
            let own = side(&container.resources);
            match container.kind {
                Kind::Main => add(&mut sum, own),
                Kind::Sidecar => {
                    add(&mut sum, own);
                    add(&mut sidecars, own);
                    raise(&mut init, &sidecars);
                }
                Kind::Init => {
                    let mut now = own.clone();
                    add(&mut now, &sidecars);
                    raise(&mut init, &now);
                }
            }
        }
        raise(&mut sum, &init);
        sum
    }

    fn total(&self, side: Side, own_counts: fn(&str) -> bool) -> Amounts {
        let mut sum = self.sum(side);
        let own = self.own.iter().flat_map(side);
        sum.extend(own.filter(|(name, _)| own_counts(name)).map(|(name, amount)| (name.clone(), *amount)));
        sum
    }

    /// The pod as a limit range sees it: pod-level CPU and memory override the sum.
    #[must_use]
    pub(crate) fn for_limit_range(&self) -> Resources {
        Resources { requests: self.total(REQUESTS, is_compute), limits: self.total(LIMITS, is_compute) }
    }

    /// The pod as the scheduler sees it: pod-level amounts override the sum, and the overhead is added.
    #[must_use]
    pub(crate) fn in_all(&self) -> Resources {
        let own_counts = |name: &str| is_compute(name) || is_huge_pages(name);
        let (mut requests, mut limits) = (self.total(REQUESTS, own_counts), self.total(LIMITS, own_counts));
        add(&mut requests, &self.overhead);
        let with_overhead = self.overhead.iter().filter(|(name, _)| limits.get(*name).is_some_and(|it| !it.is_zero()));
        let with_overhead: Amounts = with_overhead.map(|(name, amount)| (name.clone(), *amount)).collect();
        add(&mut limits, &with_overhead);
        Resources { requests, limits }
    }

    /// What the pod adds to each resource that quotas count.
    #[must_use]
    pub(crate) fn usage(&self) -> Amounts {
        let Resources { requests, limits } = self.in_all();
        let mut usage = counted(&requests, &limits);
        for name in ["pods", "count/pods"] {
            usage.insert(name.to_owned(), Quantity::ONE);
        }
        usage
    }

    /// Where the containers exceed the pod-level resources. The server checks that only for a pod with all defaults
    /// applied, not for a Job.
    #[must_use]
    pub(crate) fn contradictions(&self) -> Vec<Wording> {
        let Some(own) = &self.own else { return Vec::new() };
        let mut found = Vec::new();
        let mut check = |who: String, does: &str, asked: &Amounts, own: &Amounts| {
            for (name, asked) in asked {
                if let Some(own) = own.get(name).filter(|own| asked > own) {
                    let message = format!("{who} {does} {asked} of {name}, but the pod itself {own}.");
                    found.push((message, format!("Raise the pod's own amount of {name}.")).into());
                }
            }
        };
        check("All containers together".to_owned(), "request", &self.sum(REQUESTS), &own.requests);
        let huge_pages = self.sum(LIMITS).into_iter().filter(|(name, _)| is_huge_pages(name)).collect();
        check("All containers together".to_owned(), "are limited to", &huge_pages, &own.limits);
        for container in self.containers.iter().filter(|container| container.kind == Kind::Main) {
            check(format!("The {}", container.title()), "is limited to", &container.resources.limits, &own.limits);
        }
        for (name, limit) in &own.limits {
            if let Some(request) = own.requests.get(name).filter(|request| *request > limit) {
                let message = format!("The pod itself requests {request} of {name}, more than its limit of {limit}.");
                found.push((message, format!("Set the pod's request of {name}, or raise its limit.")).into());
            }
        }
        found
    }

    /// Whether the pod has pod-level resources, so that its containers need none.
    #[must_use]
    pub(crate) fn speaks_for_its_containers(&self) -> bool {
        let names = self.own.iter().flat_map(|own| own.requests.keys().chain(own.limits.keys()));
        names.into_iter().any(|name| is_compute(name) || is_huge_pages(name))
    }

    /// Whether the pod requests no CPU and no memory (`BestEffort`).
    #[must_use]
    pub(crate) fn is_best_effort(&self) -> bool {
        let asks = |resources: &Resources| {
            let all = resources.requests.iter().chain(&resources.limits);
            all.into_iter().any(|(name, amount)| is_compute(name) && !amount.is_zero() && !amount.is_negative())
        };
        match &self.own {
            Some(own) => !asks(own),
            None => !self.containers.iter().any(|container| asks(&container.resources)),
        }
    }
}

impl ContainerResources {
    /// The container in messages.
    #[must_use]
    pub(crate) fn title(&self) -> String {
        let kind = if self.kind == Kind::Main { "container" } else { "init container" };
        format!("{kind} {:?}", self.name)
    }

    /// Whether the container sets the resource that a CPU or memory quota counts under this name.
    #[must_use]
    pub(crate) fn sets(&self, counted_as: &str) -> bool {
        match counted_as.split_once('.') {
            Some(("limits", name)) => self.resources.limits.contains_key(name),
            Some((_, name)) => self.resources.requests.contains_key(name),
            None => self.resources.requests.contains_key(counted_as),
        }
    }
}

fn kind_of_init(container: &Container) -> Kind {
    if container.restart_policy.as_deref() == Some("Always") { Kind::Sidecar } else { Kind::Init }
}

fn read(resources: Option<&ResourceRequirements>) -> Resources {
    let read = |list: fn(&ResourceRequirements) -> Option<&_>| amounts(resources.and_then(list));
    Resources { requests: read(|it| it.requests.as_ref()), limits: read(|it| it.limits.as_ref()) }
}

/// Requests and limits under the names that quotas use.
fn counted(requests: &Amounts, limits: &Amounts) -> Amounts {
    let mut usage = Amounts::new();
    for (name, amount) in requests {
        let is_plain = is_compute(name) || name == "ephemeral-storage" || is_huge_pages(name);
        if is_plain {
            usage.insert(name.clone(), *amount);
        }
        if is_plain || is_extended(name) {
            usage.insert(format!("requests.{name}"), *amount);
        }
    }
    for (name, amount) in limits.iter().filter(|(name, _)| is_compute(name) || *name == "ephemeral-storage") {
        usage.insert(format!("limits.{name}"), *amount);
    }
    usage
}

fn is_compute(name: &str) -> bool {
    matches!(name, "cpu" | "memory")
}

fn is_huge_pages(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// An extended resource, which has a domain in its name.
fn is_extended(name: &str) -> bool {
    name.starts_with("deviceclass.resource.kubernetes.io/")
        || (name.contains('/') && !name.contains("kubernetes.io/") && !name.starts_with("requests."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::needless_pass_by_value)] // `json!` is written where it is used.

    use serde_json::{Value, json};

    use super::*;

    fn usage(spec: Value) -> Vec<String> {
        let spec: PodSpec = serde_json::from_value(spec).unwrap();
        PodResources::of(&spec).usage().iter().map(|(name, amount)| format!("{name}={amount}")).collect()
    }

    fn asking(name: &str, cpu: &str) -> Value {
        json!({"name": name, "resources": {"requests": {"cpu": cpu}}})
    }

    #[test]
    fn init_containers_count_where_they_are_more() {
        let mut sidecar = asking("s", "300m");
        sidecar["restartPolicy"] = "Always".into();
        let found = usage(json!({
            "containers": [asking("a", "500m"), asking("b", "250m")],
            "initContainers": [asking("before", "1"), sidecar, asking("after", "900m")],
        }));
        // 900m beside the sidecar's 300m is more than 500m + 250m + 300m.
        assert!(found.contains(&"requests.cpu=1200m".to_owned()), "{found:?}");
    }

    #[test]
    fn limits_are_requests_where_none_are_said() {
        let found = usage(json!({"containers": [{"name": "a", "resources": {"limits": {"memory": "1Gi"}}}]}));
        assert_eq!(found, ["count/pods=1", "limits.memory=1Gi", "memory=1Gi", "pods=1", "requests.memory=1Gi"]);
    }

    #[test]
    fn devices_and_huge_pages_have_names_of_their_own() {
        let found = usage(json!({"overhead": {"cpu": "10m"}, "containers": [{"name": "a", "resources": {
            "limits": {"example.com/gpu": 2, "hugepages-2Mi": "4Mi"}}}]}));
        let expected = [
            "count/pods=1",
            "cpu=10m",
            "hugepages-2Mi=4Mi",
            "pods=1",
            "requests.cpu=10m",
            "requests.example.com/gpu=2",
            "requests.hugepages-2Mi=4Mi",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_pod_speaks_for_its_containers() {
        let found = usage(json!({"resources": {"limits": {"cpu": "2"}}, "containers": [asking("a", "500m")]}));
        assert!(found.contains(&"requests.cpu=500m".to_owned()), "{found:?}");
        assert!(found.contains(&"limits.cpu=2".to_owned()), "{found:?}");
    }
}
