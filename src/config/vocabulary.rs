//! The closed lists of words in a configuration: mode, env and optimizer.

use serde::Deserialize;

use crate::nearest::words;

/// The tuning file of a session whose configuration names none.
pub const DEFAULT_CONFIG_PATH: &str = "configs/d23_tuning/advanced_baseline.yaml";

words! {
    /// Whether orders are real.
    #[derive(Deserialize)]
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    Mode {
        /// Simulated orders on live prices.
        Paper = "paper",
        /// Real decisions, recorded but not sent.
        Shadow = "shadow",
        /// Real orders with real money.
        Live = "live",
    }
}

words! {
    /// The environment that the workers' configuration is for (`APP_ENV`).
    #[derive(Deserialize)]
    #[cfg_attr(test, derive(schemars::JsonSchema))]
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
    #[derive(Deserialize)]
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    Optimizer {
        /// Every point of a grid.
        Grid = "grid",
        /// Points at random.
        Random = "random",
        /// Points that a model of the results proposes.
        Bayesian = "bayesian",
    }
}
