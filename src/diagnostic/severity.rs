//! How serious a diagnostic is.

use crate::nearest::words;

words! {
    /// How serious a diagnostic is.
    Severity {
        /// The API server, the guide or this program rejects it.
        Error = "error",
        /// It is accepted, but probably not what was meant.
        Warning = "warning",
    }
}
