//! A seed for each worker: worker k gets the file's bytes with the seed incremented by k - 1 and no other changes.
//!
//! The text itself is changed, because serializing the file again would lose its comments. Only a seed whose digits
//! mean the same to every parser is incremented, and the change is verified by parsing the result.

use std::ops::Range;

use thiserror::Error;

use super::file::{MAX_SIZE, TuningFile};
use super::python::Scalar;
use super::settings::ROOT_KEY;
use crate::printable::printable;
use crate::yaml::locate::{Place, locate};
use crate::yaml::text::Excerpt;
use crate::yaml::{Node, Position, Value, single_document};

/// The key of the seed.
const KEY: &str = "seed";
/// The help for every message about a seed.
const HELP: &str = "Write a whole number of at least 0 in plain digits, such as seed: 42.";

/// The help for a file that is too long with an incremented seed.
const SHORTEN: &str = "Shorten the file.";

/// Why a file's seed cannot be incremented.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct SeedError {
    /// The excerpt.
    pub excerpt: Box<Excerpt>,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it, as a sentence.
    pub help: &'static str,
}

/// The seed of a tuning file, which can be incremented for each worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaisedSeed {
    /// Its byte range in the file.
    span: Range<usize>,
    first: u64,
}

impl RaisedSeed {
    /// Looks for the seed of a file that `workers` workers share.
    ///
    /// # Errors
    /// The seed is missing, is not a whole number in digits that every parser reads the same way, is used by other
    /// values of the file, or is too large to be incremented; or the file would be too large for a ConfigMap with more
    /// digits.
    pub fn of(file: &TuningFile, workers: u32) -> Result<Self, SeedError> {
        let error = |message: String| error(file, message);
        let text = file.text.as_str();
        let bytes = match locate(text, &[ROOT_KEY, KEY]) {
            Some(Place::Scalar { bytes, is_plain: true }) => bytes,
            Some(Place::Scalar { bytes, .. }) => {
                let written = printable(&text[bytes]).into_owned();
                return Err(error(format!("The seed is {written} with quotes or a tag, so it cannot be incremented.")));
            }
            Some(Place::Absent) | None => {
                return Err(error("The tuning file has no seed that could be incremented for each worker.".to_owned()));
            }
            Some(Place::Alias) => {
                return Err(error(
                    "The seed is an alias, and incrementing it would change the value that it refers to.".to_owned(),
                ));
            }
            Some(Place::Merged) => {
                return Err(error("Merge keys (<<) and aliased keys hide which seed the worker uses.".to_owned()));
            }
            Some(Place::Other) => return Err(error("The seed is not a number on one line.".to_owned())),
        };
        let written = &text[bytes.clone()];
        let shown = if written.is_empty() { "empty".into() } else { printable(written) };
        let first = number(written).map_err(|what| error(format!("The seed is {shown}, {what}.")))?;
        let last = first.checked_add(u64::from(workers.saturating_sub(1))).filter(|last| i64::try_from(*last).is_ok());
        let Some(last) = last else {
            return Err(error(format!("The seed is {first}, too large to be incremented for {workers} workers.")));
        };
        let shift = file.mark_length();
        let span = bytes.start + shift..bytes.end + shift;
        let seed = Self { span, first };
        let longest = file.content().len().saturating_add_signed(seed.growth(workers.saturating_sub(1)));
        if longest > MAX_SIZE {
            let message = format!(
                "With the seed {last} for worker-{workers}, the tuning file is {longest} bytes long, and a ConfigMap \
                 can hold at most {MAX_SIZE}."
            );
            return Err(SeedError { help: SHORTEN, ..error(message) });
        }
        if seed.is_alone_in(file, last) {
            Ok(seed)
        } else {
            Err(error("Other values of the tuning file are aliases of the seed and would change with it.".to_owned()))
        }
    }

    /// The seed of the worker at an index.
    #[must_use]
    pub fn at(&self, index: u32) -> u64 {
        self.first + u64::from(index)
    }

    /// The file of the worker at an index, made from the file's `text` with its byte order mark. The first worker gets
    /// the file unchanged.
    #[must_use]
    pub fn content(&self, text: &str, index: u32) -> String {
        if index == 0 { text.to_owned() } else { self.with(text, self.at(index)) }
    }

    /// The difference in bytes between a worker's file and the original. It may be negative, if the original seed has
    /// more characters than its digits.
    #[must_use]
    pub fn growth(&self, index: u32) -> isize {
        let digits = self.at(index).to_string().len().cast_signed();
        if index == 0 { 0 } else { digits - self.span.len().cast_signed() }
    }

    fn with(&self, text: &str, seed: u64) -> String {
        format!("{}{seed}{}", &text[..self.span.start], &text[self.span.end..])
    }

    /// Whether changing the seed leaves the rest of the file's meaning unchanged. All incremented seeds are digits at
    /// the same position, so one of them represents all.
    fn is_alone_in(&self, file: &TuningFile, seed: u64) -> bool {
        let changed = self.with(file.content(), seed);
        let Ok(changed) = single_document(changed.strip_prefix('\u{FEFF}').unwrap_or(&changed)) else { return false };
        let (mut old, mut new) = (file.root().clone(), changed.root);
        let is_set = take_seed(&mut new).is_some_and(|value| value == Value::Integer(seed.cast_signed()));
        is_set && take_seed(&mut old).is_some() && old.to_json() == new.to_json()
    }
}

/// The number that a seed's text means to the worker and to every other YAML 1.1 parser.
fn number(written: &str) -> Result<u64, &'static str> {
    let value = match Scalar::resolve(written) {
        Scalar::Int(value) => value,
        Scalar::Null => return Err("which is not a number"),
        other => {
            return Err(match other {
                Scalar::Float(_) => "a number with a fraction",
                Scalar::Bool(_) => "a boolean",
                _ => "which the worker reads as text",
            });
        }
    };
    if written.contains(':') {
        return Err("which the worker reads as minutes and seconds");
    }
    // Python's random numbers start from the absolute value: -1 and 1 are the same seed.
    u64::try_from(value).map_err(|_| {
        if value < 0 { "and a negative seed is the same as the positive one" } else { "which is too large" }
    })
}

/// Replaces the seed with null, and returns the old value.
fn take_seed(root: &mut Node) -> Option<Value> {
    let seed = value_mut(value_mut(root, ROOT_KEY)?, KEY)?;
    Some(std::mem::replace(&mut seed.value, Value::Null))
}

fn value_mut<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    match &mut node.value {
        Value::Mapping(entries) => entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value),
        _ => None,
    }
}

fn error(file: &TuningFile, message: String) -> SeedError {
    let tuning = file.root().entry(ROOT_KEY);
    let seed = tuning.and_then(|tuning| tuning.value.entry(KEY));
    let position: Position = seed.or(tuning).map_or(file.root().position, crate::yaml::Entry::shown_at);
    SeedError { excerpt: Box::new(file.excerpt(position)), message, help: HELP }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Path;

    fn file(text: &str) -> TuningFile {
        TuningFile::parse(Path::new("tuning.yaml"), text.into()).unwrap()
    }

    fn raised(text: &str, index: u32) -> Result<String, String> {
        let file = file(text);
        let seed = RaisedSeed::of(&file, 10_000).map_err(|error| error.message)?;
        Ok(seed.content(text, index))
    }

    #[test]
    fn one_scalar_is_changed_and_nothing_else() {
        for (text, expected) in [
            ("tuning:\n  seed: 42 # the answer\n", "tuning:\n  seed: 51 # the answer\n"),
            ("\u{FEFF}tuning:\r\n  seed:   0x2A\r\n", "\u{FEFF}tuning:\r\n  seed:   51\r\n"),
            ("tuning: {'seed': 052, é: [1]}", "tuning: {'seed': 51, é: [1]}"),
            ("{\"tuning\": {\"seed\": 42}}", "{\"tuning\": {\"seed\": 51}}"),
            ("tuning:\n  seed: 4_2\n  seed: +42\n", "tuning:\n  seed: 4_2\n  seed: 51\n"),
            ("tuning: {seed: 0b101010, a: {seed: 42}}\nseed: 42", "tuning: {seed: 51, a: {seed: 42}}\nseed: 42"),
            ("tuning:\n  seed: &s\n    42\n...\n", "tuning:\n  seed: &s\n    51\n...\n"),
            ("x: &x {seed: 1}\ny: {<<: *x}\ntuning: {seed: 42}", "x: &x {seed: 1}\ny: {<<: *x}\ntuning: {seed: 51}"),
            ("%YAML 1.1\n---\ntuning: {? seed\n: 42}", "%YAML 1.1\n---\ntuning: {? seed\n: 51}"),
        ] {
            assert_eq!(raised(text, 9).as_deref(), Ok(expected));
            assert_eq!(raised(text, 0).as_deref(), Ok(text), "The first worker gets the file as it is.");
        }
        assert_eq!(raised("tuning: {seed: 0}", 1).as_deref(), Ok("tuning: {seed: 1}"));
    }

    #[test]
    fn a_full_file_has_no_room_for_another_digit() {
        let full = |seed: u32| {
            let text = format!("tuning:\n  seed: {seed}\n# ");
            let room = MAX_SIZE - text.len();
            text + &"x".repeat(room)
        };
        assert!(RaisedSeed::of(&file(&full(9)), 1).is_ok() && RaisedSeed::of(&file(&full(7)), 3).is_ok());
        let error = RaisedSeed::of(&file(&full(9)), 3).unwrap_err();
        assert!(error.message.contains("seed 11") && error.message.contains("1048577 bytes"), "{error}");
    }

    #[test]
    fn other_seeds_are_refused() {
        for (seed, words) in [
            ("\"42\"", "quotes or a tag"),
            ("!!int 42", "quotes or a tag"),
            ("!!float 42", "quotes or a tag"),
            ("42.0", "a number with a fraction"),
            ("0o52", "reads as text"),
            ("1e3", "reads as text"),
            ("08", "reads as text"),
            ("1:30", "minutes and seconds"),
            ("-5", "a negative seed"),
            ("yes", "a boolean"),
            ("null", "not a number"),
            ("", "not a number"),
            ("42\n   7", "not a number on one line"),
            ("|\n    42", "not a number on one line"),
            ("[42]", "not a number on one line"),
            ("*x", "an alias"),
            ("9223372036854775807", "too large to be incremented for 10000 workers"),
            ("18446744073709551616", "too large"),
            ("42\n  <<: {seed: 1}", "Merge keys"),
            ("&y 42\n  grid_points: *y", "aliases of the seed"),
        ] {
            let text = format!("x: &x 1\ntuning:\n  seed: {seed}\n");
            let error = raised(&text, 1).unwrap_err();
            assert!(error.contains(words), "{seed}: {error}");
        }
        for (text, words) in [
            ("tuning: {}", "no seed"),
            ("seed: 42", "no seed"),
            ("x: &x {seed: 42}\ntuning: *x", "an alias"),
            ("x: &x {seed: 42}\ntuning: {<<: *x}", "Merge keys"),
        ] {
            let error = raised(text, 1).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
        let unseeded = file("a: 1\ntuning:\n  seed: x\n");
        let error = RaisedSeed::of(&unseeded, 2).unwrap_err();
        assert_eq!((error.excerpt.position.line, error.excerpt.position.column), (3, 9));
    }

    /// Files of many forms: the text before, after and around the seed, and how the seed is written.
    fn any_file() -> impl Strategy<Value = (String, u64)> {
        let other = prop_oneof![
            Just("# seed: 1"),
            Just("  \"a: seed\": [1, {seed: 2}]"),
            Just("  b: |\n    seed: 3\n    tuning:"),
            Just("  é: 'it''s'"),
            Just("  x: {tuning: {seed: 4}}"),
            Just(""),
        ];
        let lines = || proptest::collection::vec(other.clone(), 0..4);
        let notation = (0_u64..1 << 40, 0_u8..5);
        let key = prop_oneof![Just("seed"), Just("\"seed\""), Just("'seed'"), Just("!!str seed"), Just("&k seed")];
        let space = prop_oneof![Just(" "), Just("\t "), Just("   &s "), Just("\n     ")];
        (lines(), lines(), notation, key, space, any::<(bool, bool)>()).prop_map(
            |(before, after, (seed, notation), key, space, (has_mark, has_returns))| {
                let written = match notation {
                    0 => format!("0x{seed:X}"),
                    1 => format!("0{seed:o}"),
                    2 => format!("0b{seed:b}"),
                    3 => format!("+{seed}_"),
                    _ => seed.to_string(),
                };
                let mark = if has_mark { "\u{FEFF}" } else { "" };
                // A duplicate key is fine: the last one is used.
                let text = format!(
                    "{mark}# a file\ntuning:\n  first: 1\n{}\n  {key} :{space}{written}  # end\n{}\n",
                    before.join("\n"),
                    after.join("\n")
                );
                (if has_returns { text.replace('\n', "\r\n") } else { text }, seed)
            },
        )
    }

    proptest! {
        #[test]
        fn the_result_differs_in_the_seed_alone((text, seed) in any_file(), index in 1_u32..10_000) {
            let file = file(&text);
            let raised = RaisedSeed::of(&file, 10_000).unwrap();
            prop_assert_eq!(raised.at(index), seed + u64::from(index));
            let content = raised.content(&text, index);
            prop_assert_eq!(content.len().cast_signed() - text.len().cast_signed(), raised.growth(index));
            // Only one range differs, and it contains digits.
            let (before, after) = (&text[..raised.span.start], &text[raised.span.end..]);
            let digits = content.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).unwrap();
            prop_assert_eq!(digits, (seed + u64::from(index)).to_string());
            // Parsed again by different code: the last seed of the tree is the incremented one.
            let again = TuningFile::parse(Path::new("x"), content.into_bytes()).unwrap();
            let value = |file: &TuningFile| file.root().get("tuning").unwrap().get("seed").unwrap().value.clone();
            prop_assert_eq!(value(&again), Value::Integer((seed + u64::from(index)).cast_signed()));
            prop_assert_eq!(value(&file), Value::Integer(seed.cast_signed()));
            let rest = |file: &TuningFile| {
                let mut json = file.root().to_json();
                json["tuning"].as_object_mut().unwrap().remove("seed");
                json
            };
            prop_assert_eq!(rest(&again), rest(&file));
        }
    }
}
