//! Field paths as the API server writes them: `spec.template.spec.containers[0].image`.
//!
//! A rule extends a path on the stack as it descends; only a finding turns it into text. Fields are written
//! `path!(pod.securityContext.fsGroup)` in code. A test looks up each of them in the types of Job and `CronJob`, and a
//! build with debug assertions checks each whole path against them, so a mistyped one cannot go unnoticed.

use std::fmt;

#[cfg(debug_assertions)]
use super::schema::Shape;
use super::segment::{FieldName, Segment};

/// How a path continues from its parent.
#[derive(Debug, Clone, Copy)]
enum PathStep<'a> {
    Root,
    Fields(&'static [FieldName]),
    Item(&'static [FieldName], usize),
    Segment(Segment<'a>),
}

/// How the last step is shown in the text of a path.
#[derive(Debug, Clone, Copy)]
enum Shown<'a> {
    All,
    Nothing,
    Instead(&'a str),
}

/// A path from the root of a document to one of its nodes.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: PathStep<'a>,
    shown: Shown<'a>,
    /// The type of the node; none once the path has left the known types.
    #[cfg(debug_assertions)]
    node: Option<&'static Shape>,
}

/// The path of a field, step by step: `path!(path.valueFrom.fieldRef)`, or `path!(.spec.template)` from the root.
macro_rules! field_path {
    ($base:ident $(. $field:ident)+) => {{
        const FIELDS: &[$crate::apimachinery::FieldName] = &[$($crate::apimachinery::FieldName::new(stringify!($field))),+];
        $base.fields(FIELDS)
    }};
    ($(. $field:ident)+) => {{
        let root = $crate::apimachinery::Path::root();
        $crate::apimachinery::path!(root $(. $field)+)
    }};
}

/// The name of a field: `field!(hostPID)`.
macro_rules! field {
    ($field:ident) => {{
        const FIELD: $crate::apimachinery::FieldName = $crate::apimachinery::FieldName::new(stringify!($field));
        FIELD
    }};
}

/// Fields, each with an associated value: `fields![hostPID = is_true(pod.host_pid)]`.
macro_rules! fields {
    ($($field:ident = $value:expr),+ $(,)?) => { [$(($crate::apimachinery::field!($field), $value)),+] };
}

/// The steps of a path that is known as a whole: `segments![spec.template.spec.containers[0]]`.
macro_rules! segments {
    ($($field:ident).+ $([$index:expr])?) => {
        [
            $($crate::apimachinery::Segment::Field($crate::apimachinery::field!($field).as_str()),)+
            $($crate::apimachinery::Segment::Index($index),)?
        ]
    };
}

pub(crate) use {field, field_path as path, fields, segments};

#[cfg(debug_assertions)]
static ROOT: std::sync::LazyLock<Path<'static>> = std::sync::LazyLock::new(|| Path {
    parent: None,
    step: PathStep::Root,
    shown: Shown::All,
    node: Some(super::schema::document()),
});
#[cfg(not(debug_assertions))]
static ROOT: Path<'static> = Path { parent: None, step: PathStep::Root, shown: Shown::All };

impl<'a> Path<'a> {
    /// The root of a document.
    pub fn root() -> &'static Path<'static> {
        &ROOT
    }

    /// Whether this is the root of a document.
    pub const fn is_root(&self) -> bool {
        self.parent.is_none()
    }

    /// The path of the field `name` of this object, for a name that is known only at run time.
    pub fn field(&'a self, name: &'a str) -> Self {
        self.step(Segment::Field(name))
    }

    /// The path of a field of this object.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn at(&'a self, field: FieldName) -> Self {
        let path = self.grow(PathStep::Segment(Segment::Field(field.as_str())));
        #[cfg(debug_assertions)]
        let path = Self { node: descend(self.node, &[field]), ..path };
        path
    }

    /// The path of a field of a field, and so on, of this object.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn fields(&'a self, fields: &'static [FieldName]) -> Self {
        let path = self.grow(PathStep::Fields(fields));
        #[cfg(debug_assertions)]
        let path = Self { node: descend(self.node, fields), ..path };
        path
    }

    /// The path of the element `index` of the list in a field of this object.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn item(&'a self, fields: &'static [FieldName], index: usize) -> Self {
        let path = self.grow(PathStep::Item(fields, index));
        #[cfg(debug_assertions)]
        let path = Self { node: below(descend(self.node, fields), Segment::Index(index)), ..path };
        path
    }

    /// The elements of this list, each with its path.
    pub fn each<'t, T>(&'a self, list: &'t (impl Elements<Item = T> + ?Sized)) -> impl Iterator<Item = (Self, &'t T)>
    where
        T: 't,
    {
        list.elements().iter().enumerate().map(|(index, element)| (self.index(index), element))
    }

    /// The path of the element `index` of this list.
    pub fn index(&'a self, index: usize) -> Self {
        self.step(Segment::Index(index))
    }

    /// The path of the entry `key` of this map.
    pub fn key(&'a self, key: &'a str) -> Self {
        self.step(Segment::Key(key))
    }

    /// The path one step further down.
    pub fn step(&'a self, segment: Segment<'a>) -> Self {
        let path = self.grow(PathStep::Segment(segment));
        #[cfg(debug_assertions)]
        let path = Self { node: below(self.node, segment), ..path };
        path
    }

    /// This path as the server writes it if it omits the last step.
    pub const fn hidden(self) -> Self {
        Self { shown: Shown::Nothing, ..self }
    }

    /// This path as the server writes it if it uses a different text for the last step.
    pub const fn shown_as(self, text: &'a str) -> Self {
        Self { shown: Shown::Instead(text), ..self }
    }

    /// This path, if the server extends it in a way that no type does.
    #[cfg_attr(not(debug_assertions), allow(unused_mut))]
    pub const fn untyped(mut self) -> Self {
        #[cfg(debug_assertions)]
        {
            self.node = None;
        }
        self
    }

    /// This node, as the server writes it if it appends text that is not a field.
    pub fn with_suffix(&'a self, text: &'a str) -> Self {
        let path = self.grow(PathStep::Fields(&[])).shown_as(text);
        #[cfg(debug_assertions)]
        let path = Self { node: self.node, ..path };
        path
    }

    const fn grow(&'a self, step: PathStep<'a>) -> Self {
        Self {
            parent: Some(self),
            step,
            shown: Shown::All,
            #[cfg(debug_assertions)]
            node: None,
        }
    }

    /// The last step; none at the root.
    pub fn last(&self) -> Option<Segment<'a>> {
        let mut segments = Vec::new();
        self.step.push_to(&mut segments);
        segments.pop()
    }

    /// The parent path; none at the root.
    pub const fn parent(&self) -> Option<&'a Path<'a>> {
        self.parent
    }

    /// The steps from the root down to here.
    pub fn segments(&self) -> Vec<Segment<'a>> {
        let mut segments = Vec::new();
        self.line().iter().for_each(|path| path.step.push_to(&mut segments));
        segments
    }

    /// The paths from the root down to this one.
    fn line(&self) -> Vec<Self> {
        let mut line = vec![*self];
        while let Some(path) = line.last().and_then(|path| path.parent) {
            line.push(*path);
        }
        line.reverse();
        line
    }
}

impl<'a> PathStep<'a> {
    fn push_to(self, segments: &mut Vec<Segment<'a>>) {
        match self {
            Self::Root => {}
            Self::Segment(segment) => segments.push(segment),
            Self::Fields(fields) => segments.extend(fields.iter().map(|field| Segment::Field(field.as_str()))),
            Self::Item(fields, index) => {
                Self::Fields(fields).push_to(segments);
                segments.push(Segment::Index(index));
            }
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut is_first = true;
        let mut write_field = |f: &mut fmt::Formatter<'_>, name: &str| {
            let dot = if std::mem::take(&mut is_first) || name.starts_with('[') { "" } else { "." };
            write!(f, "{dot}{name}")
        };
        for path in self.line() {
            let mut segments = Vec::new();
            match path.shown {
                Shown::All => path.step.push_to(&mut segments),
                Shown::Nothing => {}
                Shown::Instead(words) => write_field(f, words)?,
            }
            for segment in segments {
                match segment {
                    Segment::Field(name) => write_field(f, name)?,
                    Segment::Index(index) => write!(f, "[{index}]")?,
                    Segment::Key(key) => write!(f, "[{key}]")?,
                }
            }
        }
        Ok(())
    }
}

/// The type of a nested field. That the types have each of them is an invariant of the code.
#[cfg(debug_assertions)]
#[track_caller]
fn descend(mut node: Option<&'static Shape>, fields: &[FieldName]) -> Option<&'static Shape> {
    for field in fields {
        let Some(object) = node else { break };
        let found = object.below(Segment::Field(field.as_str()));
        assert!(found.is_some(), "{field} is not a field of an object with {object}");
        node = found;
    }
    node
}

/// The type of a node's child, if the node has it.
#[cfg(debug_assertions)]
fn below(node: Option<&'static Shape>, segment: Segment<'_>) -> Option<&'static Shape> {
    node.and_then(|node| node.below(segment))
}

/// A list that may be absent.
pub trait Elements {
    /// Its elements.
    type Item;

    /// Its elements; none if it is absent.
    fn elements(&self) -> &[Self::Item];
}

impl<T> Elements for [T] {
    type Item = T;

    fn elements(&self) -> &[T] {
        self
    }
}

impl<T> Elements for Vec<T> {
    type Item = T;

    fn elements(&self) -> &[T] {
        self
    }
}

impl<T> Elements for Option<Vec<T>> {
    type Item = T;

    fn elements(&self) -> &[T] {
        self.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_the_server_writes_it() {
        let containers = path!(.spec.template.spec.containers);
        let first = containers.index(0);
        let limits = path!(first.resources.limits);
        assert_eq!(limits.key("cpu").to_string(), "spec.template.spec.containers[0].resources.limits[cpu]");
        assert_eq!(Path::root().to_string(), "");
    }

    #[test]
    fn what_the_server_leaves_out_is_still_on_the_way() {
        let template = path!(.spec.template);
        let metadata = path!(template.metadata).hidden();
        let labels = path!(metadata.labels).shown_as("tags");
        assert_eq!(labels.key("app").to_string(), "spec.template.tags[app]");
        assert_eq!(labels.with_suffix("[x].y").to_string(), "spec.template.tags[x].y");
        let steps = ["spec", "template", "metadata", "labels"].map(Segment::Field);
        assert_eq!(labels.with_suffix("x").segments(), steps);
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "containers is not a field of an object with")]
    fn a_field_of_another_type_is_none_of_this_one() {
        let _ = path!(.spec.containers);
    }
}
