//! The names of resources that a container can request, and their kinds.

/// The container resources without a domain or a size in their names.
pub(crate) const STANDARD: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];
/// The prefix of the names of huge pages; the page size follows.
pub(crate) const HUGE_PAGES_PREFIX: &str = "hugepages-";

/// Huge pages of any size.
pub(crate) fn is_huge_pages(name: &str) -> bool {
    name.starts_with(HUGE_PAGES_PREFIX)
}

/// A resource that every cluster has, as opposed to an extended resource with a domain.
pub(crate) fn is_container_resource(name: &str) -> bool {
    STANDARD.contains(&name) || is_huge_pages(name)
}
