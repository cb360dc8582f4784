//! Checks of values beyond their types: ids, names and images that Kubernetes accepts. Faults are added to the list of
//! problems.

use std::fmt::Display;
use std::num::{NonZeroU32, NonZeroU64};

use super::problem::Problems;
use super::rules;
use super::vocabulary::Env;
use crate::apimachinery::image::{self, ImageError};
use crate::apimachinery::names;
use crate::diagnostic::Reason::{FieldValueForbidden, FieldValueInvalid, FieldValueNotSupported, FieldValueRequired};
use crate::diagnostic::Severity;
use crate::yaml::{Given, OrderedMap, Position, Spanned};

/// The number of characters of the session's id that are part of a Job's name.
pub const SHORT_LEN: usize = 8;
/// Environment variables that identify a pod's worker; a session cannot set them.
pub const IDENTITY: [&str; 3] = ["SESSION_ID", "WORKER_ID", "MODE"];

/// A value that needs no check beyond its type.
pub fn by_type<T>(_: &str, _: &Spanned<T>, _: &mut Problems<'_>) {}

/// Text that must not be empty.
pub fn non_empty(key: &str, text: &Spanned<String>, problems: &mut Problems<'_>) {
    if text.value.trim().is_empty() {
        let wording = (format!("{key} is empty."), "Write a value, or remove the key if it is optional.");
        problems.add(&rules::EMPTY, FieldValueRequired, key, text.position, wording);
    }
}

/// An absolute path in the image.
pub fn absolute_path(key: &str, path: &Spanned<String>, problems: &mut Problems<'_>) {
    if !path.value.starts_with('/') {
        let message = format!("{key} is {:?}, but must be an absolute path.", path.value);
        let wording = (message, "Write the project's directory in the image, such as /app.");
        problems.add(&rules::WORKING_DIR, FieldValueInvalid, key, path.position, wording);
    }
}

/// The guide allows more environments than the worker accepts.
pub fn env_of_worker(env: &Given<Env>, problems: &mut Problems<'_>) {
    if let Some(Spanned { value: env @ (Env::Stage | Env::Prod), position }) = env.written() {
        let message =
            format!("env is {env}, but the worker's --env accepts only docker and local: its pod would exit with 2.");
        let wording = (message, "Write docker, unless the worker in your image accepts more than the original one.");
        problems.say(Severity::Warning, &rules::WORKER_ENV, FieldValueNotSupported, "env", *position, wording);
    }
}

/// A number that means what it looks like: kubectl reads `010` as 8, and other programs do not read `1_000` as a
/// number.
pub fn plain_number<T: Display>(key: &str, number: &Spanned<T>, problems: &mut Problems<'_>) {
    let (number, position) = (number.value.to_string(), number.position);
    if let Some(written) = written_otherwise(&number, position, problems) {
        let message = format!("{key} is written as {written}, which kubectl reads as {number}.");
        let decimal = written.trim_start_matches('0');
        let help = if !decimal.is_empty() && decimal.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("Write {decimal}, or {number} if you mean that.")
        } else {
            format!("Write {number}.")
        };
        problems.say(Severity::Warning, &rules::NUMBER, FieldValueInvalid, key, position, (message, help));
    }
}

/// The text of a number that looks like a different number.
fn written_otherwise<'f>(number: &str, position: Position, problems: &Problems<'f>) -> Option<&'f str> {
    let written = problems.written(position);
    let looks_like_it = written.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '.');
    (looks_like_it && written.parse::<f64>().ok() != number.parse::<f64>().ok()).then_some(written)
}

/// A session must not have more workers than iterations.
pub fn workers_within_iterations(total: &Given<NonZeroU64>, workers: &Given<NonZeroU32>, problems: &mut Problems<'_>) {
    let (Some(total), Some(workers)) = (total.written(), workers.written()) else { return };
    // A number from a flag is checked against the other file's number, if there is another file.
    if [total.position, workers.position].iter().any(|position| problems.is_flag(*position)) {
        return;
    }
    if let Some((message, mut help)) = surplus(total.value, workers.value) {
        let numbers = [(total.value.to_string(), total.position), (workers.value.to_string(), workers.position)];
        for (number, position) in numbers {
            help += &reading(&number, position, problems);
        }
        problems.add(&rules::WORKERS, FieldValueInvalid, "workers", workers.position, (message, help));
    }
}

/// A sentence about a number that looks like a different number; empty for all others.
pub fn reading(number: &str, position: Position, problems: &Problems<'_>) -> String {
    let written = written_otherwise(number, position, problems);
    written.map_or_else(String::new, |written| format!(" kubectl reads {written} as {number}."))
}

/// The problem of more workers than iterations, and what to do about it.
pub fn surplus(total: NonZeroU64, workers: NonZeroU32) -> Option<(String, String)> {
    let surplus = u64::from(workers.get()).saturating_sub(total.get());
    let pods = if surplus == 1 { "1 pod".to_owned() } else { format!("{surplus} pods") };
    let message =
        format!("workers is {workers}, and total_iterations is {total}: {pods} would start with nothing to do.");
    (surplus > 0).then(|| (message, format!("Write at most {total} workers, or raise total_iterations.")))
}

/// What is wrong with a session id, and a valid alternative.
pub fn session_id_fault(id: &str) -> Option<(String, String)> {
    let message = match names::label_value(id) {
        _ if id.is_empty() => "The session id is empty.".to_owned(),
        Err(fault) => format!("The session id {id:?} cannot be a label value: {fault}."),
        Ok(()) => return None,
    };
    Some((message, proposal_help(id)))
}

/// A valid alternative, or how to write one.
fn proposal_help(id: &str) -> String {
    match proposal(id) {
        Some(proposal) => format!("Use {proposal:?}."),
        None => "Write lowercase letters, digits and '-', such as session-1.".to_owned(),
    }
}

/// Why the first characters of a session id cannot be part of Job names, and what to do about it.
pub fn session_id_start_fault(id: &str) -> Option<(String, String)> {
    let fault = (1..).zip(id.chars()).take(SHORT_LEN).find(|(_, c)| !is_allowed_in_names(*c));
    fault.map(|(nth, c)| {
        let message = format!(
            "The first {SHORT_LEN} characters of the session id {id:?} are part of each Job's name, and character {nth} \
             is {c:?}, but only lowercase letters, digits and '-' can be used there."
        );
        let help = match (proposal(id), short_proposal(id)) {
            (Some(proposal), Some(short)) => {
                format!("Use {proposal:?}, or keep this id and set session_short: {short}.")
            }
            _ => proposal_help(id),
        };
        (message, help)
    })
}

/// What is wrong with the session's short name in Job names.
pub fn session_short_fault(short: &str) -> Option<String> {
    let odd = (1..).zip(short.chars()).find(|(nth, c)| !is_allowed_in_names(*c) || *nth == 1 && *c == '-');
    match odd {
        _ if short.is_empty() => Some("session_short is empty.".to_owned()),
        Some((1, '-')) => Some(format!("session_short is {short:?}, but must start with a letter or a digit.")),
        Some((nth, c)) => Some(format!(
            "session_short is {short:?}: character {nth} is {c:?}, but only lowercase letters, digits and '-' \
             can be used there."
        )),
        None if short.len() > SHORT_LEN => Some(format!(
            "session_short is {short:?}: it is {} characters long; the maximum is {SHORT_LEN}.",
            short.len()
        )),
        None => None,
    }
}

/// Whether a DNS label can contain this character.
const fn is_allowed_in_names(c: char) -> bool {
    matches!(c, 'a'..='z' | '0'..='9' | '-')
}

/// The id with a dash in place of invalid characters; none if most characters are invalid.
fn proposal(id: &str) -> Option<String> {
    let mut proposal = String::new();
    for c in id.chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            c if is_allowed_in_names(c) => proposal.push(c),
            _ if !proposal.ends_with('-') => proposal.push('-'),
            _ => {}
        }
    }
    proposal.truncate(names::LABEL_MAX);
    let trimmed = proposal.trim_matches('-');
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).take(names::LABEL_MAX).count();
    (letters(trimmed) > 0 && letters(trimmed) * 2 >= letters(id)).then(|| trimmed.to_owned())
}

/// What is wrong with a namespace.
pub fn namespace_fault(namespace: &str) -> Option<String> {
    let fault = names::dns_label(namespace).err()?;
    Some(format!("The namespace {namespace:?} is invalid: {fault}."))
}

/// The id of a session.
pub fn session_id(key: &str, id: &Spanned<String>, problems: &mut Problems<'_>) {
    if let Some(wording) = session_id_fault(&id.value) {
        problems.add(&rules::SESSION_ID, FieldValueInvalid, key, id.position, wording);
    }
}

/// Unless the session has a `session_short`, the start of its id is part of Job names.
pub fn session_id_start(id: &Given<String>, problems: &mut Problems<'_>) {
    if let Some(id) = id.written().filter(|id| session_id_fault(&id.value).is_none())
        && let Some(wording) = session_id_start_fault(&id.value)
    {
        problems.add(&rules::SESSION_ID, FieldValueInvalid, "session_id", id.position, wording);
    }
}

/// The session's short name in Job names.
pub fn session_short(key: &str, short: &Spanned<String>, problems: &mut Problems<'_>) {
    if let Some(message) = session_short_fault(&short.value) {
        let proposal = short_proposal(&short.value).unwrap_or_else(|| "second".to_owned());
        let help = format!("Write 1 to {SHORT_LEN} lowercase letters, digits and '-', such as {proposal:?}.");
        problems.add(&rules::SESSION_SHORT, FieldValueInvalid, key, short.position, (message, help));
    }
}

fn short_proposal(short: &str) -> Option<String> {
    Some(proposal(short)?.chars().take(SHORT_LEN).collect())
}

/// The namespace of the Jobs.
pub fn namespace(key: &str, namespace: &Spanned<String>, problems: &mut Problems<'_>) {
    if let Some(message) = namespace_fault(&namespace.value) {
        let wording = (message, "Write the name of a namespace, such as trading-bots.");
        problems.add(&rules::NAMESPACE, FieldValueInvalid, key, namespace.position, wording);
    }
}

/// The image of the workers.
pub fn image(key: &str, image: &Spanned<String>, problems: &mut Problems<'_>) {
    let fault = match image::reference(&image.value) {
        Ok(()) => return,
        Err(ImageError::Empty) => "image is empty.".to_owned(),
        Err(fault) => format!("image {:?} {fault}.", image.value),
    };
    let help = match image::meant(&image.value) {
        Some(meant) => format!("Write {meant}."),
        None => "Write registry/name:tag.".to_owned(),
    };
    problems.add(&rules::IMAGE, FieldValueInvalid, key, image.position, (fault, help));
}

/// Environment variables: valid names, and none that the worker sets.
pub fn extra_env(key: &str, env: &Spanned<OrderedMap<String>>, problems: &mut Problems<'_>) {
    for (Spanned { value: name, position }, _) in &env.value.0 {
        let path = format!("{key}.{name}");
        if problems.is_read_otherwise(&rules::EXTRA_ENV, &path, name, *position) {
            continue;
        }
        if let Err(fault) = names::env_var_name(name) {
            let message = format!("{name:?} cannot be the name of an environment variable: {fault}.");
            let wording = (message, "Write letters, digits and '_', such as LOG_LEVEL.");
            problems.add(&rules::EXTRA_ENV, FieldValueInvalid, path.as_str(), *position, wording);
        }
        if IDENTITY.contains(&name.as_str()) {
            let message = format!("{name} identifies the worker, and each Job sets its own.");
            problems.add(&rules::EXTRA_ENV, FieldValueForbidden, path, *position, (message, "Remove this line."));
        }
    }
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
        ] {
            let (message, help) = session_id_fault(id).or_else(|| session_id_start_fault(id)).unwrap();
            assert!(message.contains(words), "{message}");
            assert!(help.starts_with(&format!("Use {proposal:?}")), "{help}");
            assert_eq!(session_id_fault(proposal).or_else(|| session_id_start_fault(proposal)), None);
        }
        // An alternative that keeps nothing of the id is useless.
        for (id, words) in [("", "empty"), ("д", "character 1 is 'д'"), ("튜닝-세션-1", "character 1 is '튜'")] {
            let (message, help) = session_id_fault(id).unwrap();
            assert!(message.contains(words) && help.ends_with("such as session-1."), "{message} {help}");
        }
        assert!(session_id_fault("d29 세션").unwrap().1.starts_with("Use \"d29\""));
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
            ("123456789", "9 characters long; the maximum is 8"),
        ] {
            let message = session_short_fault(bad).unwrap();
            assert!(message.contains(words), "{message}");
            assert_eq!(short_proposal(bad).and_then(|short| session_short_fault(&short)), None);
        }
    }
}
