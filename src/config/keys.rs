//! Turns a file's nodes into typed values. A value that does not fit its type is reported and leaves a gap, so that the
//! following checks still find the other problems in the same run.

use std::cell::RefCell;

use serde::Deserialize;

use super::amounts;
use super::environment;
use super::file::ConfigFile;
use super::problem::Problems;
use super::quotes;
use super::rules;
use crate::apimachinery::{Path, Segment};
use crate::credentials::{HIDDEN, names_credential};
use crate::diagnostic::{Reason, Rule, Wording};
use crate::manifest::{Entry, Node, Position, Value};
use crate::nearest::one_of;
use crate::yaml::de::{At, Error, Expected, Object, Policy, from_root};
use crate::yaml::number::float_text;
use crate::yaml::{Given, Spanned};

/// The keys of a file during the checks.
#[derive(Debug)]
pub struct Keys<'f> {
    /// What has been found so far.
    pub problems: Problems<'f>,
    /// The keys that were probably meant by mistyped ones.
    meant: Vec<&'static str>,
    position: Position,
}

impl<'f> Keys<'f> {
    /// Reads a file as a type; none if the file is not a mapping.
    pub fn read<T: for<'de> Deserialize<'de> + Default>(file: &'f ConfigFile) -> (Option<T>, Self) {
        let mut problems = file.problems();
        for duplicate in &file.document.duplicates {
            let (key, line) = (&duplicate.key, duplicate.first.line);
            let message = format!(
                "Duplicate key {key} (first on line {line}); kubectl would silently keep only the last \
                 one."
            );
            let (wording, reason) = ((message, "Keep one of the two."), Reason::FieldValueDuplicate);
            problems.add(&rules::DUPLICATE_KEY, reason, key.as_str(), duplicate.last, wording);
        }
        quotes::check(file.root(), takes_any_text, &mut problems);
        let reading = Reading(RefCell::new(Self { problems, meant: Vec::new(), position: file.root().position }));
        // At worst, an error leaves a gap, and each has been reported.
        let given: Given<T> = from_root(file.root(), &reading).unwrap_or_default();
        let value = if let Given::Value(Spanned { value, .. }) = given { Some(value) } else { None };
        (value, reading.0.into_inner())
    }

    /// Checks a required key.
    pub fn required<T>(&mut self, key: &'static str, given: &Given<T>, check: Check<T>) {
        // A mistyped key has already been reported.
        if matches!(given, Given::Absent) && !self.meant.contains(&key) {
            let wording = (format!("Missing key {key}."), format!("Add a line {key}: …."));
            self.problems.add(&rules::MISSING_KEY, Reason::FieldValueRequired, key, self.position, wording);
        }
        self.optional(key, given, check);
    }

    /// Checks an optional key.
    pub fn optional<T>(&mut self, key: &'static str, given: &Given<T>, check: Check<T>) {
        if let Some(value) = given.written() {
            check(key, value, &mut self.problems);
        }
    }
}

/// A check of one value beyond its type, which adds to the list of problems.
pub type Check<T> = fn(&str, &Spanned<T>, &mut Problems<'_>);

/// How a configuration is read: null is not a value, an amount may be a number, and reading continues after every
/// error.
struct Reading<'f>(RefCell<Keys<'f>>);

impl Policy for Reading<'_> {
    /// It has already been reported.
    type Fault = ();

    const NULL_IS_ZERO: bool = false;

    fn mismatch(&self, at: At<'_>, expected: Expected) {
        let Mismatch { rule, reason, wording } = mismatch(at, expected);
        let mut keys = self.0.borrow_mut();
        let is_flag = keys.problems.is_flag(at.node.position);
        let wording = match flag_help(at.node, expected).filter(|_| is_flag) {
            Some(help) => Wording { help: Some(help.to_owned()), ..wording },
            None => wording,
        };
        keys.problems.add(rule, reason, path(at.path), at.node.position, wording);
    }

    fn has_field(&self, at: At<'_>, of: Object, entry: &Entry) -> Result<bool, ()> {
        if of.fields.contains(&entry.key.as_str()) {
            return Ok(true);
        }
        let mut keys = self.0.borrow_mut();
        let meant = nearest(&entry.key, of.fields);
        keys.meant.extend(meant);
        let help = match meant {
            Some(name) => format!("Did you mean {name}?"),
            None => format!("The keys are {}.", of.fields.join(", ")),
        };
        let (wording, reason) = ((format!("Unknown key {}.", entry.key), help), Reason::FieldUnknown);
        let path = path(&at.path.field(&entry.key));
        keys.problems.add(&rules::UNKNOWN_KEY, reason, path, entry.key_position, wording);
        Ok(false)
    }

    fn text_form(&self, newtype: &'static str, at: At<'_>) -> Option<Result<String, ()>> {
        if newtype != "Amount" {
            return None;
        }
        if let Some(text) = at.node.argument() {
            return Some(Ok(text.to_owned()));
        }
        Some(match &at.node.value {
            Value::Integer(value) => Ok(value.to_string()),
            Value::Float(value) => Ok(float_text(*value)),
            Value::String(text) => Ok(text.clone()),
            _ => {
                let (what, kind) = (last_name(at.path), at.node.kind());
                let message = format!("The amount of {what} must be a quantity, not {kind}.");
                let (wording, reason) = ((message, amounts::help(&what, "")), Reason::FieldValueTypeInvalid);
                self.0.borrow_mut().problems.add(&rules::TYPE, reason, path(at.path), at.node.position, wording);
                Err(())
            }
        })
    }

    fn go_on(&self, error: Error<()>, position: Position) -> Result<(), Error<()>> {
        if let Error::Custom(message) = error {
            self.0.borrow_mut().problems.add(&rules::TYPE, Reason::FieldValueTypeInvalid, "", position, message);
        }
        Ok(())
    }
}

/// A value that does not fit its type.
struct Mismatch {
    rule: &'static Rule,
    reason: Reason,
    wording: Wording,
}

impl Mismatch {
    fn of_type(wording: impl Into<Wording>) -> Self {
        Self { rule: &rules::TYPE, reason: Reason::FieldValueTypeInvalid, wording: wording.into() }
    }

    fn of_number(message: String, help: impl Into<String>) -> Self {
        Self { rule: &rules::NUMBER, reason: Reason::FieldValueInvalid, wording: (message, help).into() }
    }
}

/// What to do about a `--set` at the wrong level.
fn flag_help(node: &Node, expected: Expected) -> Option<&'static str> {
    match (expected, &node.value) {
        (Expected::Sequence, _) => Some("--set cannot change list items. Edit the configuration instead."),
        (Expected::Mapping | Expected::Object(_), _) => {
            Some("Set the keys below it, such as resources.limits.cpu=2 and extra_env.LOG_LEVEL=debug.")
        }
        (_, Value::Mapping(_)) => {
            Some("Write \\. for a dot that is part of a name, as in labels.example\\.com/team=quant.")
        }
        _ => None,
    }
}

/// What is wrong with a value of the wrong type, and what to write instead.
fn mismatch(At { node, path }: At<'_>, expected: Expected) -> Mismatch {
    let (key, kind) = (name(path), node.kind());
    let with = |what: &str, help: &str| Mismatch::of_type((format!("{key} must be {what}, not {kind}."), help));
    match (expected, &node.value) {
        (Expected::Word(words), Value::String(text)) => {
            let message = format!("{key} is {text:?}, but must be {}.", one_of(words));
            let help = nearest(text, words).map(|word| format!("Did you mean {word}?"));
            let wording = Wording { message, help };
            Mismatch { rule: &rules::WORD, reason: Reason::FieldValueNotSupported, wording }
        }
        (Expected::String | Expected::Word(_), Value::Null) if !takes_any_text(&key) => {
            let message = match node.as_written().filter(|written| !written.is_empty()) {
                Some(written) => format!("{key} has no value: kubectl reads {written} as null."),
                None => format!("{key} has no value."),
            };
            Mismatch::of_type((message, "Write a value on the same line, or remove the key if it is optional."))
        }
        (Expected::String, _) if key.starts_with("extra_env.") => Mismatch::of_type(not_a_variable(&key, node)),
        (Expected::String | Expected::Word(_), _) => Mismatch::of_type(not_a_string(&key, node)),
        (Expected::Integer { .. }, Value::Integer(number)) if *number < 1 => Mismatch::of_number(
            format!("{key} is {number}, but must be at least 1."),
            "Write a whole number of at least 1.",
        ),
        (Expected::Integer { max, .. }, Value::Integer(number)) => Mismatch::of_number(
            format!("{key} is {number}, but must be at most {max}."),
            format!("Write a whole number from 1 to {max}."),
        ),
        (Expected::Integer { max, .. }, Value::Float(_)) if node.as_written().is_some_and(|it| is_digits(&it)) => {
            Mismatch::of_number(
                format!("{key} is {}, but must be at most {max}.", node.as_written().unwrap_or_default()),
                format!("Write a whole number from 1 to {max}."),
            )
        }
        (Expected::Integer { .. }, Value::Null) if node.argument().is_some() => {
            Mismatch::of_type((format!("{key} is empty."), "Write a whole number of at least 1."))
        }
        (Expected::Integer { .. }, _) => with("a whole number", "Write a whole number of at least 1, without quotes."),
        (Expected::Object(keys), _) => {
            with("a mapping", &format!("Write keys and values. The keys are {}.", keys.join(", ")))
        }
        (Expected::Mapping, _) if key == "extra_env" => {
            with("a mapping of names to values", "Write one line NAME: \"value\" for each variable.")
        }
        (Expected::Mapping, _) if matches!(key.as_str(), "labels" | "annotations") => {
            with("a mapping of names to values", "Write one line name: \"value\" for each.")
        }
        (Expected::Mapping, _) if key == "secret_env" => {
            with("a mapping of variables", &format!("Write {}.", environment::secret_env("NAME", None)))
        }
        (Expected::Mapping, _) => {
            with("a mapping of resources to amounts", "Write lines such as cpu: 500m and memory: 512Mi.")
        }
        (Expected::Bool, _) => with("true or false", "Write true or false, without quotes."),
        (Expected::Sequence, _) => with("a list", "Write each item on its own line, after a dash."),
        (Expected::Number, _) => with("a number", "Write a number, without quotes."),
        (Expected::Any, _) => Mismatch::of_type(format!("{key} cannot be {kind}.")),
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the value of a key can be any text, including an empty one and one in curly quotes.
fn takes_any_text(key: &str) -> bool {
    ["extra_env.", "labels.", "annotations.", "job_template."].iter().any(|group| key.starts_with(group))
}

/// The problem of a variable whose value is a reference or not text.
fn not_a_variable(key: &str, node: &Node) -> (String, String) {
    let name = key.strip_prefix("extra_env.").unwrap_or(key);
    if node.as_mapping().is_some() {
        let reference = node.get("valueFrom").and_then(|from| from.get("secretKeyRef"));
        let text = |key: &str| reference.and_then(|reference| reference.get(key)).and_then(Node::as_str);
        let help = format!("Write {}.", environment::secret_env(name, text("name").zip(text("key"))));
        return (format!("{key} must be a string, not a mapping; extra_env takes only literal values."), help);
    }
    match node.as_written().filter(|written| !written.is_empty() && names_credential(name)) {
        Some(_) => (
            format!("{key} must be a string, but kubectl reads {HIDDEN} as {}.", node.kind()),
            format!("Quote it, or store it in a Secret and write {}.", environment::secret_env(name, None)),
        ),
        None => not_a_string(key, node),
    }
}

fn not_a_string(key: &str, node: &Node) -> (String, String) {
    let written = node.as_written();
    let message = match written.as_deref() {
        Some("") | None => format!("{key} must be a string, not {}.", node.kind()),
        Some(written) => format!("{key} must be a string, but kubectl reads {written} as {}.", node.kind()),
    };
    let help = match written.as_deref() {
        Some("") => "Write a value, or \"\" for an empty string.".to_owned(),
        Some(written) => format!("Quote it: \"{written}\"."),
        None => "Write text on the same line.".to_owned(),
    };
    (message, help)
}

/// The name of a path in messages: `resources.limits.cpu`, or the file as a whole.
fn name(path: &Path<'_>) -> String {
    if path.is_root() { "The file".to_owned() } else { self::path(path) }
}

/// A path in the notation of settings: with a dot before each level below the first.
fn path(path: &Path<'_>) -> String {
    match path.parent() {
        None => String::new(),
        Some(parent) if parent.is_root() => last_name(path),
        Some(parent) => format!("{}.{}", self::path(parent), last_name(path)),
    }
}

fn last_name(path: &Path<'_>) -> String {
    match path.last() {
        Some(Segment::Field(name) | Segment::Key(name)) => name.to_owned(),
        Some(Segment::Index(index)) => (index + 1).to_string(),
        None => String::new(),
    }
}

/// Words that differ more are not typing errors.
const LIKENESS: f64 = 0.8;

/// The known word that a mistyped one probably means; keys use '_' instead of '-'.
pub fn nearest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    crate::nearest::nearest(&word.replace('-', "_"), known.iter().copied(), LIKENESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        assert_eq!(nearest("totl_iterations", &["total_iterations", "workers"]), Some("total_iterations"));
        assert_eq!(nearest("Workers", &["total_iterations", "workers"]), Some("workers"));
        assert_eq!(nearest("colour", &["total_iterations", "workers"]), None);
    }
}
