//! The parts of a document that must not be shown: the positions and texts of credentials.

use std::collections::HashMap;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

use super::wording::Wording;
use crate::credentials::{HIDDEN, is_assignment, names_credential};
use crate::yaml::Text;
use crate::yaml::mapping::Duplicate;
use crate::yaml::node::{Entry, Node, Position, Value};
use crate::yaml::text::Excerpt;

/// Shorter texts are hidden only at their positions, because they occur in too many other words.
const SHORTEST: usize = 4;
/// Keys that contain command-line arguments; keys that contain variables are recognized by [`is_env_like`].
const ARGUMENTS: [&str; 2] = ["args", "command"];
/// Keys of a configuration that refer to Secrets without containing one.
const CONFIG_KEYS: [&str; 3] = ["secret_env", "secret", "key"];
/// References to values; neither these keys nor the names in a reference are credentials.
const REFERENCES: [&str; 4] = ["secretKeyRef", "configMapKeyRef", "fieldRef", "resourceFieldRef"];
const OF_REFERENCE: [&str; 9] =
    ["secret", "name", "key", "optional", "fieldPath", "apiVersion", "resource", "containerName", "divisor"];
const OF_VARIABLE: [&str; 4] = ["name", "value", "valueFrom", "optional"];

/// A line and a column.
type Place = (u32, u32);

/// The parts of a document that must not be shown.
#[derive(Debug, Default)]
pub struct Hidden {
    /// Their ranges in the order of the file, without overlaps.
    spans: Vec<(Place, Place)>,
    /// Their texts.
    texts: Option<AhoCorasick>,
}

impl Hidden {
    /// For a configuration, in which any key can be the name of a variable.
    #[must_use]
    pub fn of_config(root: &Node, duplicates: &[Duplicate]) -> Self {
        Search::new(duplicates).run(root, Kind::Config)
    }

    /// For an API object, in which variables are in known places.
    #[must_use]
    pub fn of_manifest(root: &Node, duplicates: &[Duplicate]) -> Self {
        Search::new(duplicates).run(root, Kind::Manifest)
    }

    /// The text around a position, without the hidden parts.
    #[must_use]
    pub fn excerpt(&self, file: impl Into<Arc<str>>, text: &Text, position: Position) -> Excerpt {
        let excerpt = Excerpt::cut(file, text, position);
        let (line, shown) = (position.line, &excerpt.window.text);
        let first = position.column.saturating_sub(excerpt.window.before).max(1);
        let column = |bytes: usize| first.saturating_add(number(shown[..bytes].chars().count()));
        let last = column(shown.len());
        let from = self.spans.partition_point(|(_, end)| *end <= (line, first));
        let spans = self.spans[from..].iter().take_while(|(start, _)| *start < (line, last));
        let mut places: Vec<(u32, u32)> = spans
            .filter_map(|&(start, end)| {
                let start = if start.0 < line { 1 } else { start.1 };
                let end = if end.0 > line { u32::MAX } else { end.1 };
                let width = end.saturating_sub(start);
                let written =
                    text.at(Position { line, column: start, width: width.min(last - first.min(last) + first) });
                // Text before the next token is not part of the value.
                let blank = [' ', '\t', '\r', ',', '-', '{', '[', '?', ':'];
                let cut = if end == u32::MAX { written.trim_end() } else { written.trim_end_matches(blank) };
                let value = cut.trim_start_matches([' ', ':']);
                let start = start + number(cut.chars().count() - value.chars().count());
                let is_blank = value.trim_start_matches(blank).is_empty();
                (!is_blank).then(|| (start, start + number(value.chars().count())))
            })
            .collect();
        if let Some(texts) = &self.texts {
            places.extend(texts.find_iter(&**shown).map(|found| (column(found.start()), column(found.end()))));
        }
        places.sort_unstable();
        let mut hidden: Vec<Position> = Vec::with_capacity(places.len());
        for (start, end) in places {
            match hidden.last_mut() {
                Some(before) if start <= before.column + before.width => {
                    before.width = before.width.max(end - before.column);
                }
                _ => hidden.push(Position { line, column: start, width: end - start }),
            }
        }
        excerpt.hiding(&hidden)
    }

    /// Splits the hidden parts at a line; the positions of the second half are relative to that line.
    #[must_use]
    pub fn split_behind(mut self, line: u32) -> (Self, Self) {
        let behind = self.spans.split_off(self.spans.partition_point(|(start, _)| start.0 <= line));
        let shift = |(place, column): Place| (place - line, column);
        let spans = behind.into_iter().map(|(start, end)| (shift(start), shift(end))).collect();
        let texts = self.texts.clone();
        (self, Self { spans, texts })
    }

    /// A message about a position, without the hidden parts.
    #[must_use]
    pub fn wording(&self, wording: Wording, text: &Text, position: Position) -> Wording {
        let written = if self.has(position) { text.at(position).trim_matches(['"', '\'']) } else { "" };
        let hide = |sentence: String| {
            let sentence = self.sentence(&sentence);
            // A short value is replaced only in the phrases that quote the value at this position.
            if written.is_empty() || written.chars().count() >= SHORTEST {
                return sentence;
            }
            let quoted = [format!("\"{written}\""), format!(" {written} is"), format!("reads {written} ")];
            quoted.iter().fold(sentence, |sentence, quoted| sentence.replace(quoted, &quoted.replace(written, HIDDEN)))
        };
        Wording { message: hide(wording.message), help: wording.help.map(hide) }
    }

    /// A text without the credentials in it.
    #[must_use]
    pub fn sentence(&self, sentence: &str) -> String {
        let Some(texts) = &self.texts else { return sentence.to_owned() };
        let mut shown = String::with_capacity(sentence.len());
        texts.replace_all_with(sentence, &mut shown, |_, _, shown| {
            shown.push_str(HIDDEN);
            true
        });
        shown
    }

    /// Whether the text at a position must not be shown.
    #[must_use]
    pub fn has(&self, position: Position) -> bool {
        let place = (position.line, position.column);
        let from = self.spans.partition_point(|(_, end)| *end <= place);
        self.spans.get(from).is_some_and(|(start, _)| *start <= place)
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Config,
    Manifest,
}

/// The role of a node in the search for credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Nothing in particular.
    Plain,
    /// A list or mapping of variables.
    Variables,
    /// A variable.
    Variable,
    /// The variables that a configuration takes from Secrets.
    SecretVariables,
    /// A reference to where a value is.
    Reference,
    /// The value of a variable that holds a credential.
    Credential,
}

/// A place where a key or a value starts.
struct Start {
    at: Place,
    is_hidden: bool,
    /// Where it ends, if known; otherwise, it extends to the next start.
    end: Option<u32>,
}

struct Search {
    starts: Vec<Start>,
    texts: Vec<String>,
    /// The positions of overridden duplicate keys, by the position of the effective one.
    lost: HashMap<Place, Place>,
}

impl Search {
    fn new(duplicates: &[Duplicate]) -> Self {
        let place = |position: Position| (position.line, position.column);
        let lost = duplicates.iter().map(|duplicate| (place(duplicate.last), place(duplicate.first))).collect();
        Self { starts: Vec::new(), texts: Vec::new(), lost }
    }

    fn run(mut self, root: &Node, kind: Kind) -> Hidden {
        self.visit(root, kind, Role::Plain);
        Hidden { spans: spans(self.starts), texts: automaton(&self.texts) }
    }

    fn visit(&mut self, node: &Node, kind: Kind, role: Role) {
        let role = if role == Role::Variable || role == Role::Variables || kind == Kind::Config {
            if node.as_str().is_some_and(is_assignment) { Role::Credential } else { role }
        } else {
            role
        };
        match &node.value {
            Value::Null => {}
            Value::Mapping(entries) => {
                let is_known = |entry: &Entry| is_known(&entry.key);
                self.start(node.position, role == Role::Credential && !entries.iter().any(is_known), None);
                self.entries(node, entries, kind, role);
            }
            Value::Sequence(items) => {
                self.start(node.position, role == Role::Credential, None);
                let role = if role == Role::Variables { Role::Variable } else { role };
                items.iter().for_each(|item| self.visit(item, kind, role));
            }
            _ => {
                let written = node.as_written().unwrap_or_default();
                let is_one_line = node.position.width > 1 || written.chars().nth(1).is_none();
                let end = is_one_line.then(|| node.position.column.saturating_add(node.position.width));
                self.start(node.position, role == Role::Credential && !written.is_empty(), end);
                if role == Role::Credential {
                    self.note(written);
                }
            }
        }
    }

    fn entries(&mut self, node: &Node, entries: &[Entry], kind: Kind, role: Role) {
        let is_named = node.get("name").and_then(Node::as_str).is_some_and(names_credential);
        for Entry { key, key_position, value } in entries {
            let is_root_template = kind == Kind::Config && role == Role::Plain && key == "job_template";
            let below = role_below(key, value, kind, role, is_named);
            let is_hidden_key = role == Role::Credential && !is_known(key);
            self.start(*key_position, is_hidden_key, None);
            if is_hidden_key {
                self.note(key.clone());
            } else if below == Role::Credential {
                // There may be a tag or an anchor between the key and the value.
                let column = key_position.column.saturating_add(key_position.width);
                self.start(Position { column, ..*key_position }, true, None);
            }
            let mut lost = self.lost.remove(&(key_position.line, key_position.column));
            while let Some(at) = lost {
                self.starts.push(Start { at, is_hidden: below == Role::Credential, end: None });
                lost = self.lost.remove(&at);
            }
            self.visit(value, if is_root_template { Kind::Manifest } else { kind }, below);
        }
    }

    fn start(&mut self, Position { line, column, .. }: Position, is_hidden: bool, end: Option<u32>) {
        self.starts.push(Start { at: (line, column), is_hidden, end });
    }

    /// Records a text that must not be shown, also in its escaped forms and line by line.
    fn note(&mut self, text: String) {
        let is_telling = |text: &str| {
            text.chars().nth(SHORTEST - 1).is_some()
                && !matches!(&*text.to_ascii_lowercase(), "true" | "false" | "null")
        };
        if text.contains('\n') {
            let lines = text.lines().map(str::trim).filter(|line| is_telling(line));
            self.texts.extend(lines.map(ToOwned::to_owned));
        }
        let escaped = format!("{text:?}");
        let escaped = &escaped[1..escaped.len() - 1];
        if escaped != text && is_telling(&text) {
            self.texts.push(escaped.to_owned());
        }
        if is_telling(&text) {
            self.texts.push(text);
        }
    }
}

/// The role of the value of an entry.
fn role_below(key: &str, value: &Node, kind: Kind, role: Role, is_named: bool) -> Role {
    let is_mapping = value.as_mapping().is_some();
    match role {
        Role::Credential if REFERENCES.contains(&key) && is_mapping => return Role::Reference,
        Role::Reference => {
            let is_name = OF_REFERENCE.contains(&key) && !is_mapping && value.as_sequence().is_none();
            return if is_name { Role::Plain } else { Role::Credential };
        }
        Role::SecretVariables if is_mapping => return Role::Reference,
        Role::Credential | Role::SecretVariables => return Role::Credential,
        Role::Plain | Role::Variable | Role::Variables => {}
    }
    let lower = key.to_ascii_lowercase();
    if role == Role::Variable && is_named && key != "name" {
        return Role::Credential;
    }
    if is_named && lower.starts_with("val") {
        return Role::Credential;
    }
    let is_upper = !key.contains(|c: char| c.is_ascii_lowercase());
    let is_credential = names_credential(key)
        && match (role, kind) {
            (Role::Variables, _) => true,
            (_, Kind::Config) => !CONFIG_KEYS.contains(&key),
            (Role::Variable, Kind::Manifest) => !is_known(key),
            (_, Kind::Manifest) => is_upper,
        };
    if is_credential {
        Role::Credential
    } else if kind == Kind::Config && role == Role::Plain && key == "secret_env" {
        Role::SecretVariables
    } else if is_env_like(&lower) || ARGUMENTS.contains(&key) {
        Role::Variables
    } else {
        Role::Plain
    }
}

/// Whether a key, in lowercase, is `env` or a likely misspelling of it.
fn is_env_like(key: &str) -> bool {
    let key: String = key.chars().filter(char::is_ascii_alphabetic).collect();
    matches!(&*key, "env" | "envs" | "extraenv" | "extraenvs" | "envvars" | "environment" | "variables" | "envvar")
}

/// Whether a key of a hidden mapping is a field of the API and reveals nothing.
fn is_known(key: &str) -> bool {
    OF_VARIABLE.contains(&key) || REFERENCES.contains(&key) || OF_REFERENCE.contains(&key)
}

/// The ranges from each hidden start to its end. Values that aliases repeat have one position, which is hidden if any
/// use of it is.
fn spans(mut starts: Vec<Start>) -> Vec<(Place, Place)> {
    starts.sort_by_key(|start| start.at);
    starts.dedup_by(|next, kept| {
        let is_same = next.at == kept.at;
        if is_same {
            kept.is_hidden |= next.is_hidden;
            kept.end = kept.end.and(next.end);
        }
        is_same
    });
    let ends = starts.iter().skip(1).map(|start| start.at).chain([(u32::MAX, u32::MAX)]);
    let hidden = starts.iter().zip(ends).filter(|(start, _)| start.is_hidden);
    hidden.map(|(start, next)| (start.at, start.end.map_or(next, |end| next.min((start.at.0, end))))).collect()
}

fn automaton(texts: &[String]) -> Option<AhoCorasick> {
    let found = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(texts);
    found.ok().filter(|_| !texts.is_empty())
}
