//! The names of resources that a container can ask for.
//! A name comes in; what kind of resource it names goes out.

/// The resources of a container that have neither a domain nor a size in their name.
pub(crate) const STANDARD: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];
/// What the name of huge pages starts with; their size follows.
pub(crate) const HUGE_PAGES_PREFIX: &str = "hugepages-";

/// Huge pages of any size.
pub(crate) fn is_huge_pages(name: &str) -> bool {
    name.starts_with(HUGE_PAGES_PREFIX)
}

/// A resource that every cluster knows, and not a device with a domain before its name.
pub(crate) fn is_container_resource(name: &str) -> bool {
    STANDARD.contains(&name) || is_huge_pages(name)
}
