//! The words of closed lists: which known one a mistyped word stands for, and how a sentence lists them.

/// An enum of which each value has one word, for people and for programs.
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

/// No known word has half as many bytes.
const LONGEST: usize = 120;

/// The known word that is most like `word`, capitals aside, if it is more like it than `likeness`, which is 0 for
/// nothing in common and 1 for the same word.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>, likeness: f64) -> Option<&'k str> {
    // A comparison takes as long as both words together; what is so long is no typing error.
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

/// Words as a sentence has them: `paper, shadow or live`.
pub fn one_of<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::{nearest, one_of};

    #[test]
    fn a_list_in_a_sentence() {
        for (words, sentence) in
            [(&["a", "b", "c"][..], "a, b or c"), (&["a", "b"], "a or b"), (&["a"], "a"), (&[], "")]
        {
            assert_eq!(one_of(words), sentence);
        }
    }

    #[test]
    fn the_word_that_was_meant() {
        assert_eq!(nearest("workrs", ["workers", "mode"], 0.8), Some("workers"));
        assert_eq!(nearest("Name", ["image", "name"], 0.85), Some("name"));
        assert_eq!(nearest("zzz", ["image", "name"], 0.8), None);
    }
}
