//! Closed lists of words: finding the word that was probably meant, and listing words in a sentence.

/// An enum whose values each have one word, for people and for programs.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// All the words.
            #[allow(dead_code)] // Not every list is asked for them.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

/// Longer inputs cannot be similar to any known word.
const LONGEST: usize = 120;
/// Fewer letters in common are coincidence.
const SHORTEST_PART: usize = 4;

/// The known word that is most similar to `word`, ignoring case, if the similarity is above `likeness`, which ranges
/// from 0 for nothing in common to 1 for the same word.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>, likeness: f64) -> Option<&'k str> {
    // Comparing very long words is slow, and they are not typing errors.
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&word, &name.to_lowercase()), name))
        .filter(|(found, _)| *found > likeness)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// Words in a sentence: `paper, shadow or live`.
pub fn one_of<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// The known word that `word` is a misspelling or a part of; none if nothing is similar. Up to a third of the letters
/// may differ, and one letter of a short word.
#[must_use]
pub fn mistyped<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let letters = word.chars().count();
    let distance = |name: &str| {
        let is_part = letters >= SHORTEST_PART && name.contains(&word);
        let changes = strsim::osa_distance(&word, name);
        (is_part || changes <= (letters / 3).max(1)).then_some(changes)
    };
    let near = known.into_iter().filter_map(|name| Some((distance(&name.to_lowercase())?, name)));
    near.min_by_key(|(changes, _)| *changes).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::{mistyped, nearest, one_of};

    #[test]
    fn a_list_in_a_sentence() {
        for (words, sentence) in
            [(&["a", "b", "c"][..], "a, b or c"), (&["a", "b"], "a or b"), (&["a"], "a"), (&[], "")]
        {
            assert_eq!(one_of(words), sentence);
        }
    }

    #[test]
    fn the_word_that_was_mistyped() {
        let commands = ["generate", "plan", "validate"];
        for (word, meant) in [("genrate", "generate"), ("pln", "plan"), ("Validate", "validate"), ("valid", "validate")]
        {
            assert_eq!(mistyped(word, commands), Some(meant));
        }
        for word in ["delete", "apply", "nope", "logs", "p", "", "한글"] {
            assert_eq!(mistyped(word, commands), None, "{word}");
        }
        assert_eq!(mistyped("backoff-limit", ["tuning-backoff-limit"]), Some("tuning-backoff-limit"));
    }

    #[test]
    fn the_word_that_was_meant() {
        assert_eq!(nearest("workrs", ["workers", "mode"], 0.8), Some("workers"));
        assert_eq!(nearest("Name", ["image", "name"], 0.85), Some("name"));
        assert_eq!(nearest("zzz", ["image", "name"], 0.8), None);
    }
}
