//! The checks that both configuration files share: keys, types, words, names and amounts.
//! A node comes in; whatever is wrong with it is added to the list of problems.

use std::collections::HashMap;

use super::file::ConfigFile;
use super::problem::ConfigError;
use super::rules;
use super::vocabulary::Word;
use crate::apimachinery::{Quantity, names, resource};
use crate::diagnostic::{Diagnostic, Reason, Severity};
use crate::manifest::text::Excerpt;
use crate::manifest::{Entry, Node, Position, Value};

/// How many characters of the session's id stand in a Job's name.
pub const SHORT_LEN: usize = 8;
/// Environment variables that say which worker a pod is; a session cannot set them.
const IDENTITY: [&str; 3] = ["SESSION_ID", "WORKER_ID", "MODE"];

/// A check of one value: adds what is wrong with it to the list.
pub type Check = fn(&str, &Node, &mut Problems<'_>);

/// A key that a file may have.
pub struct Key {
    pub name: &'static str,
    pub required: bool,
    pub check: Check,
}

/// The problems of one file, as they are found.
pub struct Problems<'f> {
    file: &'f ConfigFile,
    found: Vec<Diagnostic>,
}

impl<'f> Problems<'f> {
    pub const fn of(file: &'f ConfigFile) -> Self {
        Self { file, found: Vec::new() }
    }

    pub fn add(&mut self, position: Position, message: impl Into<String>, help: impl Into<String>) {
        let help = help.into();
        self.found.push(Diagnostic {
            severity: Severity::Error,
            rule: &rules::VALUE,
            path: String::new(),
            reason: Reason::FieldValueInvalid,
            excerpt: Excerpt::cut(self.file.name.as_str(), &self.file.text, position),
            message: message.into(),
            help: (!help.is_empty()).then_some(help),
        });
    }

    /// What stands in the file at a place.
    fn written(&self, position: Position) -> &'f str {
        self.file.text.at(position)
    }

    /// Nothing, or all that was found, in the file's order.
    pub fn finish(mut self) -> Result<(), ConfigError> {
        if self.found.is_empty() {
            return Ok(());
        }
        self.found.sort_by_key(|problem| (problem.excerpt.position.line, problem.excerpt.position.column));
        Err(ConfigError::Invalid(self.found))
    }
}

/// Checks the whole of a file against the keys that it may have.
pub fn check_file(file: &ConfigFile, keys: &[Key], problems: &mut Problems<'_>) {
    for duplicate in &file.document.duplicates {
        problems.add(
            duplicate.last,
            format!(
                "The key {} stands here again; line {} has it already, and kubectl would silently take the last one.",
                duplicate.key, duplicate.first.line
            ),
            "Keep one of the two.",
        );
    }
    check_mapping("The file", file.root(), keys, problems);
}

fn check_mapping(what: &str, node: &Node, keys: &[Key], problems: &mut Problems<'_>) {
    let Some(entries) = node.as_mapping() else {
        let expected: Vec<_> = keys.iter().map(|key| key.name).collect();
        problems.add(
            node.position,
            format!("{what} must be a mapping, and this is {}.", node.kind()),
            format!("Write keys and values. The keys are {}.", expected.join(", ")),
        );
        return;
    };
    for entry in entries {
        match keys.iter().find(|key| key.name == entry.key) {
            Some(key) => (key.check)(key.name, &entry.value, problems),
            None => unknown_key(entry, keys, problems),
        }
    }
    // A required key that was only mistyped has been told already.
    let unknown = entries.iter().filter(|entry| keys.iter().all(|key| key.name != entry.key));
    let meant: Vec<_> = unknown.filter_map(|entry| nearest(&entry.key, keys.iter().map(|key| key.name))).collect();
    let missing = |key: &&Key| key.required && node.get(key.name).is_none() && !meant.contains(&key.name);
    for key in keys.iter().filter(missing) {
        problems.add(
            node.position,
            format!("The key {} is missing.", key.name),
            format!("Add a line {}: ….", key.name),
        );
    }
}

fn unknown_key(entry: &Entry, keys: &[Key], problems: &mut Problems<'_>) {
    let names = keys.iter().map(|key| key.name);
    let help = match nearest(&entry.key, names.clone()) {
        Some(name) => format!("Did you mean {name}?"),
        None => format!("The keys are {}.", names.collect::<Vec<_>>().join(", ")),
    };
    problems.add(entry.key_position, format!("The key {} is unknown.", entry.key), help);
}

/// More unlike words are no typing errors.
const LIKENESS: f64 = 0.8;

/// The known key that a mistyped one was meant to be; keys have '_' where others have '-'.
fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    crate::nearest::nearest(&word.replace('-', "_"), known, LIKENESS)
}

/// The text of a node that must be a string; anything else is a problem.
fn string<'n>(what: &str, node: &'n Node, problems: &mut Problems<'_>) -> Option<&'n str> {
    if let Some(text) = node.as_str() {
        return Some(text);
    }
    let message = match node.as_written().filter(|written| !written.is_empty()) {
        Some(written) => format!("{what} must be a string, and kubectl reads {written} as {}.", node.kind()),
        None => format!("{what} must be a string, and this is {}.", node.kind()),
    };
    let help = match (&node.value, node.as_written()) {
        (Value::Null, Some(written)) if written.is_empty() => "Write a value, or \"\" for an empty one.".to_owned(),
        (_, Some(written)) => format!("Quote it: \"{written}\"."),
        _ => "Write text on the same line.".to_owned(),
    };
    problems.add(node.position, message, help);
    None
}

/// Text that may be anything but empty.
pub fn non_empty(key: &str, node: &Node, problems: &mut Problems<'_>) {
    if string(key, node, problems).is_some_and(|text| text.trim().is_empty()) {
        problems.add(
            node.position,
            format!("{key} is empty."),
            "Write a value, or leave the key out if it is optional.",
        );
    }
}

/// One word of a closed list.
pub fn word<W: Word>(key: &str, node: &Node, problems: &mut Problems<'_>) {
    let Some(text) = string(key, node, problems) else { return };
    if W::parse(text).is_none() {
        let words: Vec<String> = W::ALL.iter().map(ToString::to_string).collect();
        let help = nearest(text, words.iter().map(String::as_str)).map(|word| format!("Did you mean {word}?"));
        problems.add(node.position, format!("{key} is {text:?}, and must be {}.", W::list()), help.unwrap_or_default());
    }
}

/// A whole number of at least 1.
pub fn count(key: &str, node: &Node, problems: &mut Problems<'_>) {
    match node.value {
        Value::Integer(number) if number < 1 => problems.add(
            node.position,
            format!("{key} is {number}, and must be at least 1."),
            "Write a whole number from 1.",
        ),
        Value::Integer(number) if key == "workers" && u32::try_from(number).is_err() => problems.add(
            node.position,
            format!("{key} is {number}, and can be {} at the most.", u32::MAX),
            "Write how many Jobs should run side by side.",
        ),
        Value::Integer(_) => {}
        _ => problems.add(
            node.position,
            format!("{key} must be a whole number, and this is {}.", node.kind()),
            "Write a whole number from 1, without quotes.",
        ),
    }
}

/// The relation between the two numbers of a session; each has been checked by itself.
pub fn workers_within_iterations(root: &Node, problems: &mut Problems<'_>) {
    let number = |key: &str| match root.get(key) {
        Some(Node { value: Value::Integer(number), position, .. }) if *number >= 1 => Some((*number, *position)),
        _ => None,
    };
    if let (Some((total, _)), Some((workers, position))) = (number("total_iterations"), number("workers"))
        && workers > total
    {
        let surplus = workers - total;
        let pods = if surplus == 1 { "1 pod".to_owned() } else { format!("{surplus} pods") };
        problems.add(
            position,
            format!("workers is {workers}, and total_iterations is {total}: {pods} would start with nothing to do."),
            format!("Write {total} workers at the most, or raise total_iterations."),
        );
    }
}

/// What is wrong with a session id as such, and an id that would do.
#[must_use]
pub fn session_id_fault(id: &str) -> Option<(String, String)> {
    let message = match names::label_value(id) {
        _ if id.is_empty() => "The session id is empty.".to_owned(),
        Err(fault) => format!("The session id {id:?} cannot be a label value: {fault}."),
        Ok(()) => return None,
    };
    Some((message, format!("{:?} works.", proposal(id))))
}

/// What keeps the first characters of a session id from standing in Job names, and what to do about it.
#[must_use]
pub fn session_id_start_fault(id: &str) -> Option<(String, String)> {
    let fault = (1..).zip(id.chars()).take(SHORT_LEN).find(|(_, c)| !stands_in_names(*c));
    fault.map(|(place, c)| {
        let message = format!(
            "The first {SHORT_LEN} characters of the session id {id:?} stand in each Job's name, and character {place} \
             is {c:?}, where only lowercase letters, digits and '-' may stand."
        );
        let short = short_proposal(id);
        (message, format!("{:?} works, and so does this id with session_short: {short}.", proposal(id)))
    })
}

/// What is wrong with a text that is to stand for the session in Job names.
#[must_use]
pub fn session_short_fault(short: &str) -> Option<String> {
    let odd = (1..).zip(short.chars()).find(|(place, c)| !stands_in_names(*c) || *place == 1 && *c == '-');
    match odd {
        _ if short.is_empty() => Some("session_short is empty.".to_owned()),
        Some((1, '-')) => Some(format!("session_short is {short:?}, and must start with a letter or a digit.")),
        Some((place, c)) => Some(format!(
            "session_short is {short:?}, and character {place} is {c:?}, where only lowercase letters, digits and '-' \
             may stand."
        )),
        None if short.len() > SHORT_LEN => {
            Some(format!("session_short is {short:?}, {} characters long, and {SHORT_LEN} may be.", short.len()))
        }
        None => None,
    }
}

/// What a name of Kubernetes that is no more than a label may hold.
const fn stands_in_names(c: char) -> bool {
    matches!(c, 'a'..='z' | '0'..='9' | '-')
}

/// The id with each character that cannot stand replaced by one that can.
fn proposal(id: &str) -> String {
    let replaced: String = id
        .chars()
        .map(|c| match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => c,
            _ => '-',
        })
        .take(names::LABEL_MAX)
        .collect();
    let trimmed = replaced.trim_matches('-');
    if trimmed.is_empty() { "session-1".to_owned() } else { trimmed.to_owned() }
}

/// What is wrong with a namespace.
#[must_use]
pub fn namespace_fault(namespace: &str) -> Option<String> {
    let fault = names::dns_label(namespace).err()?;
    Some(format!("The namespace {namespace:?} is invalid: {fault}."))
}

pub fn session_id(key: &str, node: &Node, problems: &mut Problems<'_>) {
    let Some(id) = string(key, node, problems) else { return };
    if let Some((message, help)) = session_id_fault(id) {
        problems.add(node.position, message, help);
    }
}

/// Unless the session has a `session_short`, the start of its id stands in Job names.
pub fn session_id_start(root: &Node, problems: &mut Problems<'_>) {
    let Some((node, id)) = root.get("session_id").and_then(|node| Some((node, node.as_str()?))) else { return };
    if session_id_fault(id).is_none()
        && let Some((message, help)) = session_id_start_fault(id)
    {
        problems.add(node.position, message, help);
    }
}

pub fn session_short(key: &str, node: &Node, problems: &mut Problems<'_>) {
    let Some(short) = string(key, node, problems) else { return };
    if let Some(message) = session_short_fault(short) {
        let help =
            format!("Write 1 to {SHORT_LEN} lowercase letters, digits and '-', such as {:?}.", short_proposal(short));
        problems.add(node.position, message, help);
    }
}

fn short_proposal(short: &str) -> String {
    proposal(short).chars().take(SHORT_LEN).collect()
}

pub fn namespace(key: &str, node: &Node, problems: &mut Problems<'_>) {
    let Some(namespace) = string(key, node, problems) else { return };
    if let Some(message) = namespace_fault(namespace) {
        problems.add(node.position, message, "Write the name of a namespace, such as trading-bots.");
    }
}

pub fn image(key: &str, node: &Node, problems: &mut Problems<'_>) {
    let Some(image) = string(key, node, problems) else { return };
    let help = "Write registry/name:tag.";
    if image.is_empty() {
        problems.add(node.position, "image is empty.", help);
    } else if let Some(place) = image.chars().position(char::is_whitespace) {
        let message = format!("image {image:?} has white space at character {}.", place + 1);
        problems.add(node.position, message, help);
    }
}

/// Environment variables: names that can be, values that are strings, and none that is the worker's.
pub fn extra_env(key: &str, node: &Node, problems: &mut Problems<'_>) {
    if node.value == Value::Null {
        return;
    }
    let Some(entries) = node.as_mapping() else {
        let message = format!("{key} must be a mapping of names to values, and this is {}.", node.kind());
        problems.add(node.position, message, "Write one line NAME: \"value\" for each variable.");
        return;
    };
    for entry in entries {
        let name = &entry.key;
        let written = problems.written(entry.key_position);
        if !written.starts_with(['"', '\'']) && written != *name {
            let message = format!("kubectl reads the key {written} as {name}.");
            problems.add(entry.key_position, message, format!("Quote it: \"{written}\"."));
            continue;
        }
        if let Err(fault) = names::env_var_name(name) {
            let message = format!("{name:?} cannot be the name of an environment variable: {fault}.");
            problems.add(entry.key_position, message, "Write letters, digits and '_', such as LOG_LEVEL.");
        }
        if IDENTITY.contains(&name.as_str()) {
            let message = format!("{name} says which worker a pod is, and each Job has its own.");
            problems.add(entry.key_position, message, "Remove this line.");
        }
        string(&format!("extra_env.{name}"), &entry.value, problems);
    }
}

/// Requests and limits: amounts that are quantities, no request above its limit.
pub fn resources(key: &str, node: &Node, problems: &mut Problems<'_>) {
    const KEYS: &[Key] = &[
        Key { name: "requests", required: false, check: amounts },
        Key { name: "limits", required: false, check: amounts },
    ];
    if node.value == Value::Null {
        return;
    }
    check_mapping(key, node, KEYS, problems);
    let list = |key: &str| node.get(key).and_then(Node::as_mapping).unwrap_or_default();
    let amount = |node: &Node| node.as_written().and_then(|text| Quantity::parse(&text));
    let limits: HashMap<&str, &Node> = list("limits").iter().map(|entry| (entry.key.as_str(), &entry.value)).collect();
    for entry in list("requests") {
        let (request, limit) = (amount(&entry.value), limits.get(entry.key.as_str()).and_then(|limit| amount(limit)));
        if let (Some(request), Some(limit)) = (request, limit)
            && request > limit
        {
            problems.add(
                entry.value.position,
                format!("The request for {} is {request}, above its limit of {limit}.", entry.key),
                "Lower the request, or raise the limit.",
            );
        }
    }
}

fn amounts(key: &str, node: &Node, problems: &mut Problems<'_>) {
    if node.value == Value::Null {
        return;
    }
    let Some(entries) = node.as_mapping() else {
        let message = format!("{key} must be a mapping of resources to amounts, and this is {}.", node.kind());
        problems.add(node.position, message, "Write lines such as cpu: 500m and memory: 512Mi.");
        return;
    };
    for entry in entries {
        resource_name(entry, problems);
        let help = "Write an amount such as 500m, 1 or 512Mi.";
        let scalar = matches!(entry.value.value, Value::Integer(_) | Value::Float(_) | Value::String(_));
        match amount_text(&entry.value).filter(|_| scalar) {
            Some(text) => match Quantity::parse(&text) {
                None => problems.add(entry.value.position, format!("{text:?} is no amount of {}.", entry.key), help),
                Some(amount) if amount.is_negative() => {
                    problems.add(entry.value.position, format!("The amount of {} is below zero.", entry.key), help);
                }
                Some(_) => {}
            },
            None => problems.add(
                entry.value.position,
                format!("The amount of {} must be a quantity, and this is {}.", entry.key, entry.value.kind()),
                help,
            ),
        }
    }
}

/// An amount as the API server would see it: a bare `1_000` has become 1000.
pub fn amount_text(node: &Node) -> Option<String> {
    Node::new(node.value.clone(), node.position).as_written()
}

fn resource_name(entry: &Entry, problems: &mut Problems<'_>) {
    let name = entry.key.as_str();
    if resource::is_of_container(name) || (name.contains('/') && names::qualified_name(name).is_ok()) {
        return;
    }
    let help = match nearest(name, resource::STANDARD) {
        Some(known) => format!("Did you mean {known}?"),
        None => "Write cpu, memory, ephemeral-storage, or a device's full name such as example.com/gpu.".to_owned(),
    };
    problems.add(entry.key_position, format!("{name:?} is no resource that a container can ask for."), help);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_id_is_refused_with_a_proposal_that_works() {
        for (id, words, proposal) in [
            ("D29-demo", "character 1 is 'D'", "d29-demo"),
            ("d29_demo", "character 4 is '_'", "d29-demo"),
            ("a b", "character 2 is ' '", "a-b"),
            ("-a", "character 1 is '-'", "a"),
            ("", "empty", "session-1"),
            ("д", "character 1 is 'д'", "session-1"),
        ] {
            let (message, help) = session_id_fault(id).or_else(|| session_id_start_fault(id)).unwrap();
            assert!(message.contains(words), "{message}");
            assert!(help.starts_with(&format!("{proposal:?} works")), "{help}");
            assert_eq!(session_id_fault(proposal).or_else(|| session_id_start_fault(proposal)), None);
        }
        assert_eq!(session_id_fault("d29-k8s-demo_Session.1"), None);
        assert_eq!(session_id_start_fault("d29-k8s-demo_Session.1"), None);
    }

    #[test]
    fn a_session_short_has_the_limits_of_what_it_replaces() {
        for good in ["a", "d29-k8s-", "12345678", "a--"] {
            assert_eq!(session_short_fault(good), None);
        }
        for (bad, words) in [
            ("", "is empty"),
            ("-a", "must start with"),
            ("A", "character 1 is 'A'"),
            ("a.b", "character 2 is '.'"),
            ("123456789", "9 characters long, and 8 may be"),
        ] {
            let message = session_short_fault(bad).unwrap();
            assert!(message.contains(words), "{message}");
            assert_eq!(session_short_fault(&short_proposal(bad)), None);
        }
    }

    #[test]
    fn the_nearest_word_is_near() {
        assert_eq!(nearest("totl_iterations", ["total_iterations", "workers"].into_iter()), Some("total_iterations"));
        assert_eq!(nearest("Workers", ["total_iterations", "workers"].into_iter()), Some("workers"));
        assert_eq!(nearest("colour", ["total_iterations", "workers"].into_iter()), None);
    }
}
