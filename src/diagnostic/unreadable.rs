//! The parts of an unparsable text that must not be shown. Without a tree, more may be hidden than necessary:
//! everything after and below a name that indicates a credential.

use std::collections::HashSet;

use super::wording::Wording;
use crate::credentials::{HIDDEN, names_credential};
use crate::yaml::error::ReadErrorKind;
use crate::yaml::node::Position;
use crate::yaml::{ReadError, Text};

/// Fields of the API that refer to Secrets but contain only names.
const FIELDS: [&str; 16] = [
    "key",
    "secret",
    "secret_env",
    "secretName",
    "secretRef",
    "secretKeyRef",
    "configMapKeyRef",
    "imagePullSecrets",
    "tokenExpirationSeconds",
    "topologyKey",
    "topologyKeys",
    "matchLabelKeys",
    "mismatchLabelKeys",
    "automountServiceAccountToken",
    "serviceAccountToken",
    "secrets",
];

/// Where a line of an unparsable text may contain a credential.
#[must_use]
pub fn on_line(text: &Text, line: u32) -> Option<Position> {
    let whole = line_of(text, line);
    let start = if is_below_credential(text, line, whole) {
        indent(whole)
    } else {
        let name = end_of_name(whole)?;
        // In `{value: …, name: API_KEY}` the value comes first.
        whole[..name].find("value").map_or(name, |value| name.min(value + "value".len()))
    };
    let rest = whole[start..].trim_start_matches(['"', '\'', ' ', '\t', ':', '=', ',']);
    let start = whole.len() - rest.len();
    let count = |part: &str| u32::try_from(part.chars().count()).unwrap_or(u32::MAX);
    let value = rest.trim_end();
    (!value.is_empty()).then(|| Position { line, column: count(&whole[..start]) + 1, width: count(value) })
}

/// The message about a fault, without quotes of hidden text.
#[must_use]
pub fn wording(error: &ReadError, hidden: Option<Position>, text: &Text) -> Wording {
    let Some(hidden) = hidden else { return said(&error.kind) };
    let kind = match &error.kind {
        ReadErrorKind::UnknownAlias(_) => ReadErrorKind::UnknownAlias(HIDDEN.to_owned()),
        ReadErrorKind::RecursiveAlias(_) => ReadErrorKind::RecursiveAlias(HIDDEN.to_owned()),
        ReadErrorKind::NotFinite(_) => ReadErrorKind::NotFinite(HIDDEN.to_owned()),
        ReadErrorKind::Separator(_) => ReadErrorKind::Separator(HIDDEN.to_owned()),
        ReadErrorKind::Tag { tag, .. } => ReadErrorKind::Tag { text: HIDDEN.to_owned(), tag: tag.clone() },
        kind => kind.clone(),
    };
    let Wording { message, help } = said(&kind);
    // No message quotes a text that is longer than this.
    let is_word = |word: &&str| (4..=message.len() + 256).contains(&word.len());
    let words: HashSet<&str> = text.at(hidden).split(is_end_of_word).filter(is_word).collect();
    let hide = |sentence: &str| {
        let parts = sentence.split_inclusive(is_end_of_word);
        let parts = parts.map(|part| {
            let word = part.trim_end_matches(is_end_of_word);
            if words.contains(word) { format!("{HIDDEN}{}", &part[word.len()..]) } else { part.to_owned() }
        });
        parts.collect::<String>()
    };
    Wording { message: hide(&message), help: help.as_deref().map(hide) }
}

fn is_end_of_word(c: char) -> bool {
    c.is_whitespace() || ":,.[]{}\"'!&*\\".contains(c)
}

fn said(kind: &ReadErrorKind) -> Wording {
    Wording { message: kind.to_string(), help: kind.help() }
}

/// Whether, according to the lines above, a line is part of the value of a credential.
fn is_below_credential(text: &Text, line: u32, whole: &str) -> bool {
    let mut level = indent(whole);
    let own = whole[level..].trim_start_matches(['"', '\'']);
    let is_own_name = own.starts_with("name");
    // The width of a tab is unknown.
    if whole[..level].contains('\t') {
        level = usize::MAX;
    }
    for above in (1..line).rev() {
        let whole = line_of(text, above);
        let content = whole.trim_start_matches([' ', '\t', '-', '?']);
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let here = whole.len() - content.len();
        let is_beside = here == level && !is_own_name && content.trim_start_matches(['"', '\'']).starts_with("name");
        let is_key = whole.trim_start().starts_with('?') && own.starts_with(':');
        if (here < level || is_beside || is_key) && end_of_name(whole).is_some() {
            return true;
        }
        level = level.min(here);
        if whole.starts_with("---") || (level == 0 && !is_beside) {
            return false;
        }
    }
    false
}

fn line_of(text: &Text, line: u32) -> &str {
    text.at(Position { line, column: 1, width: u32::MAX })
}

/// The number of characters before a line's content, including the dashes of list items.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t', '-', '?']).len()
}

/// The end of the first name in a line that indicates a credential.
fn end_of_name(line: &str) -> Option<usize> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut at = 0;
    line.split(|c: char| !is_of_name(c)).find_map(|name| {
        let end = at + name.len();
        at = end + line[end..].chars().next().map_or(0, char::len_utf8);
        (names_credential(name) && !FIELDS.contains(&name)).then_some(end)
    })
}
