//! Makes untrusted text safe for a terminal or the log of a CI run: everything that either would interpret, or that is
//! invisible, is escaped.
//!
//! All outputs use this rule. Text for people shows the escapes made here; machine-readable formats write the same
//! characters with their own escapes, so that the exact value is preserved.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Invisible letters and marks: fillers, joiners and selectors. All other invisible characters are in the category
/// "format".
const IGNORABLE: &[std::ops::RangeInclusive<char>] = &[
    '\u{34F}'..='\u{34F}',
    '\u{115F}'..='\u{1160}',
    '\u{17B4}'..='\u{17B5}',
    '\u{180B}'..='\u{180F}',
    '\u{3164}'..='\u{3164}',
    '\u{FE00}'..='\u{FE0F}',
    '\u{FFA0}'..='\u{FFA0}',
    '\u{E0100}'..='\u{E01EF}',
];

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'t> {
    /// Characters that can be shown as they are.
    Plain(&'t str),
    /// A character that cannot be shown.
    Escape(char),
}

impl Part<'_> {
    /// Whether this can be shown as it is.
    pub const fn is_plain(self) -> bool {
        matches!(self, Self::Plain(_))
    }
}

/// Whether the character is visible, and a terminal only displays it.
///
/// Control characters, format characters (including those for text direction), line and paragraph separators, unusual
/// spaces and unassigned characters are not visible.
pub fn is_visible(c: char) -> bool {
    use GeneralCategory as Is;
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
    let has_form = !matches!(
        c.general_category(),
        Is::Control
            | Is::Format
            | Is::LineSeparator
            | Is::ParagraphSeparator
            | Is::PrivateUse
            | Is::SpaceSeparator
            | Is::Surrogate
            | Is::Unassigned
    );
    has_form && !IGNORABLE.iter().any(|range| range.contains(&c))
}

/// Splits a text into its parts. The start of a CI runner's command (`##[error]`, `##vso[`, `##teamcity[`) anywhere in
/// a line is escaped as well.
pub fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (plain, after) = rest.split_at(plain_end(rest));
        if plain.is_empty() {
            rest = &rest[first.len_utf8()..];
            return Some(Part::Escape(first));
        }
        rest = after;
        Some(Part::Plain(plain))
    })
}

/// The position of the first character that needs an escape.
fn plain_end(text: &str) -> usize {
    let found = text.char_indices().find(|(at, c)| !is_visible(*c) || *c == '#' && opens_command(&text[*at..]));
    found.map_or(text.len(), |(at, _)| at)
}

/// Whether a text starts with `##`, an optional name, and `[`.
fn opens_command(text: &str) -> bool {
    text.strip_prefix("##")
        .is_some_and(|name| name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('['))
}

/// The text on one line, with escapes for what cannot be shown.
pub fn printable(text: &str) -> Cow<'_, str> {
    let mut parts = parts(text);
    match (parts.next(), parts.next()) {
        (None, _) => return "".into(),
        (Some(Part::Plain(all)), None) => return all.into(),
        _ => {}
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for part in self::parts(text) {
        match part {
            Part::Plain(plain) => shown.push_str(plain),
            Part::Escape(c) => push_escape(c, &mut shown),
        }
    }
    shown.into()
}

/// Appends the escape of a character.
pub fn push_escape(c: char, shown: &mut String) {
    match c {
        '\n' | '\r' | '\t' => shown.extend(c.escape_default()),
        _ => _ = write!(shown, "{}", c.escape_unicode()),
    }
}

/// The same for the start of a line, where `::` would start a command of a CI runner.
pub fn printable_line(text: &str) -> Cow<'_, str> {
    let shown = printable(text);
    let start = shown.len() - shown.trim_start().len();
    if shown[start..].starts_with("::") {
        let mut guarded = shown[..start].to_owned();
        push_escape(':', &mut guarded);
        guarded.push_str(&shown[start + 1..]);
        return guarded.into();
    }
    shown
}

/// A path in messages.
pub fn path(path: &Path) -> String {
    printable(&path.to_string_lossy()).into_owned()
}

/// Quotes a word for a POSIX shell. None if it contains characters that cannot be shown.
#[must_use]
pub fn quoted(word: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@%+,".contains(c);
    if word.is_empty() || !word.chars().all(is_visible) {
        return None;
    }
    if word.chars().all(is_plain) {
        return Some(word.to_owned());
    }
    Some(format!("'{}'", word.replace('\'', r"'\''")))
}

/// A path as a command-line argument that can be copied.
#[must_use]
pub fn argument(path: &Path) -> String {
    // A path that starts with a dash would be parsed as a flag.
    let path =
        if path.as_os_str().as_encoded_bytes().starts_with(b"-") { Path::new(".").join(path) } else { path.into() };
    path.to_str().and_then(quoted).unwrap_or_else(|| self::path(&path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_can_be_copied_into_a_command() {
        for (path, argument) in [("a/b.yaml", "a/b.yaml"), ("a b", "'a b'"), ("-x/it's", r"'./-x/it'\''s'")] {
            assert_eq!(super::argument(Path::new(path)), argument);
        }
    }

    #[test]
    fn nothing_from_a_file_reaches_the_terminal_as_a_command() {
        for (text, shown) in [
            ("a b é 한글 中文", "a b é 한글 中文"),
            ("\u{1112}\u{1161}\u{11AB} e\u{301}", "\u{1112}\u{1161}\u{11AB} e\u{301}"),
            ("a\u{1b}[2Jb\r\u{9b}c\u{7f}", "a\\u{1b}[2Jb\\r\\u{9b}c\\u{7f}"),
            ("a\nb\tc\u{85}\u{2028}\u{2029}", "a\\nb\\tc\\u{85}\\u{2028}\\u{2029}"),
            ("\u{202e}a\u{2066}\u{200f}\u{61c}", "\\u{202e}a\\u{2066}\\u{200f}\\u{61c}"),
            ("\u{feff}a\u{200b}\u{3164}\u{a0}\u{e0041}\u{ad}", "\\u{feff}a\\u{200b}\\u{3164}\\u{a0}\\u{e0041}\\u{ad}"),
            ("\u{e000}\u{378}", "\\u{e000}\\u{378}"),
            ("## a ##[error]b ##vso[x]", "## a \\u{23}#[error]b \\u{23}#vso[x]"),
            ("::error::a", "::error::a"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }

    #[test]
    fn a_line_opens_no_command() {
        assert_eq!(printable_line("::error::a"), "\\u{3a}:error::a");
        assert_eq!(printable_line("  ::1"), "  \\u{3a}:1");
        assert_eq!(printable_line("a ::1"), "a ::1");
    }

    #[test]
    fn a_shell_reads_each_word_back() {
        assert_eq!(quoted("job/arb-tuning-x-worker-1-0").as_deref(), Some("job/arb-tuning-x-worker-1-0"));
        assert_eq!(quoted("a b").as_deref(), Some("'a b'"));
        assert_eq!(quoted("it's; rm -rf $HOME").as_deref(), Some(r"'it'\''s; rm -rf $HOME'"));
        assert_eq!(quoted("a\u{1b}[2J"), None);
        assert_eq!(quoted(""), None);
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_shown(text in any::<String>()) {
            let shown = printable_line(&text);
            prop_assert!(shown.chars().all(is_visible), "{shown:?}");
            prop_assert_eq!(printable_line(&shown), shown.clone());
            let together: String = parts(&text).map(|part| match part {
                Part::Plain(plain) => plain.to_owned(),
                Part::Escape(c) => c.to_string(),
            }).collect();
            prop_assert_eq!(together, text);
        }
    }
}
