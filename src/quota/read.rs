//! Reads the policies of a namespace from files or standard input, as printed by `kubectl get quota,limits -o yaml`.
//! Objects of other kinds and other namespaces are counted and ignored.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use k8s_openapi::api::core::v1 as api;
use serde::Deserialize;
use thiserror::Error;

use super::limit_range::LimitRange;
use super::resource_quota::ResourceQuota;
use crate::apimachinery::Version;
use crate::diagnostic::{Diagnostic, Reason, Severity};
use crate::manifest::input::{self, Inputs};
use crate::manifest::text::Excerpt;
use crate::manifest::{self, Input, InputError, Node, Text};
use crate::printable::printable;
use crate::validate::decode::{DecodingErrorKind, StrictDecodingError, decode};
use crate::validate::server;

/// The number of names that are listed in a sentence.
const LISTED: usize = 5;

/// The policies of a namespace.
#[derive(Debug, Default)]
pub struct Policies {
    /// Its quotas.
    pub(crate) quotas: Vec<ResourceQuota>,
    /// Its limit ranges.
    pub(crate) limit_ranges: Vec<LimitRange>,
    /// The labels of the namespace itself, if it is in the input.
    pub labels: Option<BTreeMap<String, String>>,
    /// Whether the namespace is being deleted.
    pub(crate) is_terminating: bool,
    /// Sentences about ignored objects.
    pub left_alone: Vec<String>,
}

/// Why the policies could not be read.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// A file that cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A document that kubectl could not read either, or a value that does not fit its field.
    #[error("{}", .0.message)]
    Unreadable(Box<Diagnostic>),
    /// An empty input: the command that should have written it most likely failed.
    #[error("{} contains no documents. If there are no quotas, kubectl get -o yaml prints an empty List.", printable(.0))]
    Nothing(String),
    /// Something that is not an API object.
    #[error(
        "Line {line} of {} starts {what}, which is not a Kubernetes object. Pass the output of kubectl get quota,limits -o yaml.",
        printable(file)
    )]
    NoObject {
        /// The file.
        file: String,
        /// The line where it starts.
        line: u32,
        /// What it is.
        what: &'static str,
    },
}

impl Policies {
    /// Whether there is any policy: a quota, a limit range or the namespace itself.
    pub(crate) const fn are_any(&self) -> bool {
        !self.quotas.is_empty() || !self.limit_ranges.is_empty() || self.labels.is_some()
    }

    /// Reads the policies of `namespace`. An object without a namespace is treated as part of it.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn read(paths: &[PathBuf], namespace: &str) -> Result<Self, PolicyError> {
        let Inputs { inputs, passed_over } = input::expand(paths, None)?;
        let mut reader = Reader {
            namespace,
            policies: Self::default(),
            others: Others::default(),
            places: HashMap::new(),
            documents: 0,
        };
        for input in &inputs {
            reader.read(input)?;
        }
        if reader.documents == 0 {
            let names: Vec<String> = inputs.iter().map(Input::name).collect();
            return Err(PolicyError::Nothing(names.join(", ")));
        }
        let mut policies = reader.policies;
        policies.left_alone = passed_over;
        policies.left_alone.extend(reader.others.sentences(namespace));
        Ok(policies)
    }
}

/// Counts of objects that are not policies of the namespace.
#[derive(Debug, Default)]
struct Others {
    foreign: usize,
    namespaces: BTreeSet<String>,
    other: usize,
    kinds: BTreeSet<String>,
    /// Repeated policies.
    repeated: usize,
}

impl Others {
    fn sentences(&self, namespace: &str) -> Vec<String> {
        let count = |count: usize, one: &str, many: &str| {
            if count == 1 { format!("1 {one} is") } else { format!("{count} {many} are") }
        };
        let mut sentences = Vec::new();
        if self.foreign > 0 {
            let subject = count(self.foreign, "object of another namespace", "objects of other namespaces");
            let names = list(&self.namespaces);
            sentences.push(format!("{subject} ignored ({names}); the session's namespace is {namespace}."));
        }
        if self.other > 0 {
            let subject = count(self.other, "object of another kind", "objects of other kinds");
            sentences.push(format!("{subject} ignored ({}).", list(&self.kinds)));
        }
        if self.repeated > 0 {
            let subject = count(self.repeated, "policy", "policies");
            sentences.push(format!("{subject} given more than once; only the last copy of each is used."));
        }
        sentences
    }
}

/// The first names, and whether there are more.
fn list(names: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
    let more = if names.len() > LISTED { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

struct Reader<'r> {
    namespace: &'r str,
    policies: Policies,
    others: Others,
    /// The indexes of the policies by kind and name.
    places: HashMap<(&'static str, String), usize>,
    documents: usize,
}

impl Reader<'_> {
    fn read(&mut self, input: &Input) -> Result<(), PolicyError> {
        let (text, file) = (input.read()?, input.name());
        let mut fault = None;
        manifest::documents(text.as_str(), |read| match read {
            _ if fault.is_some() => {}
            Ok(document) => {
                self.documents += 1;
                document.root.each_object(&mut |object, list| {
                    if fault.is_some() {
                        return;
                    }
                    let kind = kind_of(object, list);
                    if kind.is_empty() {
                        let what =
                            if object.as_mapping().is_some() { "a mapping without a kind" } else { object.kind() };
                        fault = Some(PolicyError::NoObject { file: file.clone(), line: object.position.line, what });
                    } else if let Err(error) = self.take(object, kind) {
                        fault = Some(PolicyError::Unreadable(Box::new(misplaced(error, &file, &text))));
                    }
                });
            }
            Err(error) => {
                let diagnostic = Diagnostic::unreadable(&error, file.as_str(), &text);
                fault = Some(PolicyError::Unreadable(Box::new(diagnostic)));
            }
        });
        fault.map_or(Ok(()), Err)
    }

    fn take(&mut self, object: &Node, kind: String) -> Result<(), StrictDecodingError> {
        let metadata = |key| object.get("metadata").map_or(String::new(), |metadata| text_at(metadata, key));
        let is_core = matches!(text_at(object, "apiVersion").as_str(), "v1" | "");
        let namespace = match kind.as_str() {
            "ResourceQuota" | "LimitRange" if is_core => metadata("namespace"),
            "Namespace" if is_core => metadata("name"),
            _ => {
                self.others.other += 1;
                remember(&mut self.others.kinds, kind);
                return Ok(());
            }
        };
        if !namespace.is_empty() && namespace != self.namespace {
            self.others.foreign += 1;
            remember(&mut self.others.namespaces, namespace);
            return Ok(());
        }
        match kind.as_str() {
            "ResourceQuota" => {
                let quota = ResourceQuota::of(&read_as::<api::ResourceQuota>(object)?);
                let place = self.place("ResourceQuota", &quota.name);
                put(&mut self.policies.quotas, place, quota);
            }
            "LimitRange" => {
                let range = LimitRange::of(&read_as::<api::LimitRange>(object)?);
                let place = self.place("LimitRange", &range.name);
                put(&mut self.policies.limit_ranges, place, range);
            }
            _ => {
                let namespace = read_as::<api::Namespace>(object)?;
                self.policies.labels = Some(namespace.metadata.labels.unwrap_or_default());
                let phase = namespace.status.and_then(|status| status.phase);
                self.policies.is_terminating = phase.as_deref() == Some("Terminating");
            }
        }
        Ok(())
    }

    /// The index of an existing policy with this name. Policies without a name are never the same.
    fn place(&mut self, kind: &'static str, name: &str) -> Option<usize> {
        if name.is_empty() {
            return None;
        }
        let next = if kind == "LimitRange" { self.policies.limit_ranges.len() } else { self.policies.quotas.len() };
        match self.places.entry((kind, name.to_owned())) {
            Entry::Occupied(place) => {
                self.others.repeated += 1;
                Some(*place.get())
            }
            Entry::Vacant(place) => {
                place.insert(next);
                None
            }
        }
    }
}

fn put<T>(all: &mut Vec<T>, place: Option<usize>, one: T) {
    match place {
        Some(place) => all[place] = one,
        None => all.push(one),
    }
}

/// The kind of an object. The items of a `ResourceQuotaList` may leave out their kind.
fn kind_of(object: &Node, list: Option<&Node>) -> String {
    let own = text_at(object, "kind");
    let is_silent = own.is_empty() && object.as_mapping().is_some();
    match list {
        Some(list) if is_silent => text_at(list, "kind").trim_end_matches("List").to_owned(),
        _ => own,
    }
}

fn text_at(node: &Node, key: &str) -> String {
    node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned()
}

/// Keeps one more name than are listed.
fn remember(names: &mut BTreeSet<String>, name: String) {
    if names.len() <= LISTED {
        names.insert(name);
    }
}

/// Decodes an object; unknown fields are ignored.
fn read_as<T: for<'de> Deserialize<'de>>(object: &Node) -> Result<T, StrictDecodingError> {
    decode(object, Version::NEWEST).map(|(object, _)| object)
}

fn misplaced(error: StrictDecodingError, file: &str, text: &Text) -> Diagnostic {
    let (rule, reason) = match error.kind {
        DecodingErrorKind::Quantity => (&server::QUANTITY, Reason::FieldValueInvalid),
        DecodingErrorKind::Type | DecodingErrorKind::UnknownField => (&server::TYPE, Reason::FieldValueTypeInvalid),
    };
    Diagnostic {
        severity: Severity::Error,
        rule,
        path: error.field,
        reason,
        message: error.wording.message,
        help: error.wording.help,
        excerpt: Excerpt::cut(file, text, error.position),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Policies, PolicyError> {
        let file = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
        std::fs::write(file.path(), text).unwrap();
        Policies::read(&[file.path().to_owned()], "bots")
    }

    #[test]
    fn lists_documents_and_json_are_read() {
        let text = "\
kind: List
apiVersion: v1
items:
- {apiVersion: v1, kind: ResourceQuota, metadata: {name: a, namespace: bots}, spec: {hard: {cpu: 1}}}
- {apiVersion: v1, kind: LimitRange, metadata: {name: b}, spec: {limits: []}}
---
{\"kind\": \"ResourceQuotaList\", \"apiVersion\": \"v1\", \"items\": [{\"metadata\": {\"name\": \"c\"}}]}
---
{apiVersion: v1, kind: Namespace, metadata: {name: bots, labels: {a: b}}}
---
{apiVersion: v1, kind: ResourceQuota, metadata: {name: d, namespace: other}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: other}}
---
{apiVersion: v1, kind: Pod, metadata: {name: d, namespace: other}}
";
        let policies = read(text).unwrap();
        let names: Vec<&str> = policies.quotas.iter().map(|quota| quota.name.as_str()).collect();
        assert_eq!(names, ["a", "c"]);
        assert_eq!(policies.limit_ranges.len(), 1);
        assert!(policies.labels.is_some());
        assert_eq!(
            policies.left_alone,
            [
                "2 objects of other namespaces are ignored (other); the session's namespace is bots.",
                "1 object of another kind is ignored (Pod)."
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_has_a_place() {
        let wrong = read("apiVersion: v1\nkind: ResourceQuota\nspec:\n  hard:\n    cpu: 1 GB\n").unwrap_err();
        let PolicyError::Unreadable(diagnostic) = wrong else { panic!("{wrong}") };
        assert_eq!((diagnostic.path.as_str(), diagnostic.excerpt.position.line), ("spec.hard[cpu]", 5));
        assert!(matches!(read("a: [").unwrap_err(), PolicyError::Unreadable(_)));
        assert!(matches!(read("").unwrap_err(), PolicyError::Nothing(_)));
    }
}
