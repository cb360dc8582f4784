//! The closed lists of words in a configuration: mode, env and optimizer.
//! A word comes in, and its enum or nothing goes out.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::nearest::one_of;

/// The parameter file of a session whose configuration names none.
pub const DEFAULT_CONFIG_PATH: &str = "configs/d23_tuning/advanced_baseline.yaml";

/// A setting that takes one word of a closed list.
pub trait Word: Copy + PartialEq + fmt::Display + 'static {
    /// All the words, in the order in which the guides list them.
    const ALL: &'static [Self];

    /// The value that a word names.
    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.to_string() == word)
    }

    /// The list as a sentence has it: `paper, shadow or live`.
    fn list() -> String {
        one_of(&Self::ALL.iter().map(ToString::to_string).collect::<Vec<_>>())
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $word),+
                })
            }
        }
    };
}

words! {
    /// Whether orders are real.
    Mode {
        /// Simulated orders on live prices.
        Paper = "paper",
        /// Real decisions, recorded and not sent.
        Shadow = "shadow",
        /// Real orders with real money.
        Live = "live",
    }
}

words! {
    /// The environment that the workers' configuration is for (`APP_ENV`).
    Env {
        /// Containers on one machine.
        Docker = "docker",
        /// A developer's own machine.
        Local = "local",
        /// The staging environment.
        Stage = "stage",
        /// Production.
        Prod = "prod",
    }
}

words! {
    /// How the next parameters are chosen.
    Optimizer {
        /// Every point of a grid.
        Grid = "grid",
        /// Points at random.
        Random = "random",
        /// Points that a model of the results proposes.
        Bayesian = "bayesian",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_parse_and_list() {
        assert_eq!(Mode::parse("live"), Some(Mode::Live));
        assert_eq!(Mode::parse("Live"), None);
        assert_eq!(Env::list(), "docker, local, stage or prod");
        for word in Optimizer::ALL {
            assert_eq!(Optimizer::parse(&word.to_string()), Some(*word));
        }
    }
}
