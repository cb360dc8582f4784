//! Field paths as the API server writes them: `spec.template.spec.containers[0].image`.
//! A rule grows a path on the stack as it descends; only a finding turns it into text.

use std::fmt;

/// One step from a node to a node below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// A field of an object, written `.name`.
    Field(&'a str),
    /// An element of a list, written `[3]`.
    Index(usize),
    /// An entry of a map, written `[key]`.
    Key(&'a str),
}

/// A path from the root of a document to one of its nodes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    segment: Option<Segment<'a>>,
}

impl<'a> Path<'a> {
    /// The root of a document.
    #[must_use]
    pub const fn root() -> Self {
        Self { parent: None, segment: None }
    }

    /// Whether this is the root of a document.
    #[must_use]
    pub const fn is_root(&self) -> bool {
        self.segment.is_none()
    }

    /// The path of the field `name` of this object.
    #[must_use]
    pub const fn field(&'a self, name: &'a str) -> Self {
        self.step(Segment::Field(name))
    }

    /// The path of the element `index` of this list.
    #[must_use]
    pub const fn index(&'a self, index: usize) -> Self {
        self.step(Segment::Index(index))
    }

    /// The path of the entry `key` of this map.
    #[must_use]
    pub const fn key(&'a self, key: &'a str) -> Self {
        self.step(Segment::Key(key))
    }

    /// The path one step further down.
    #[must_use]
    pub const fn step(&'a self, segment: Segment<'a>) -> Self {
        Self { parent: Some(self), segment: Some(segment) }
    }

    /// The last step; none at the root.
    #[must_use]
    pub const fn last(&self) -> Option<Segment<'a>> {
        self.segment
    }

    /// The path one step up; none at the root.
    #[must_use]
    pub const fn parent(&self) -> Option<&'a Path<'a>> {
        self.parent
    }

    /// The steps from the root down to here.
    #[must_use]
    pub fn segments(&self) -> Vec<Segment<'a>> {
        let mut segments = Vec::new();
        let mut next = Some(self);
        while let Some(path) = next {
            segments.extend(path.segment);
            next = path.parent;
        }
        segments.reverse();
        segments
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, segment) in self.segments().into_iter().enumerate() {
            match segment {
                Segment::Field(name) if nth == 0 => f.write_str(name)?,
                Segment::Field(name) => write!(f, ".{name}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) => write!(f, "[{key}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_the_server_writes_it() {
        let root = Path::root();
        let spec = root.field("spec");
        let containers = spec.field("containers");
        let first = containers.index(0);
        let limits = first.field("limits");
        assert_eq!(limits.key("cpu").to_string(), "spec.containers[0].limits[cpu]");
        assert_eq!(root.to_string(), "");
    }
}
