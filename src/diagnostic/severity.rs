//! How serious a diagnostic is.

use crate::nearest::words;

words! {
    /// Whether a diagnostic makes the file unusable.
    Severity {
        /// The API server, the guide or this program refuses it.
        Error = "error",
        /// It is accepted, and probably not what was meant.
        Warning = "warning",
    }
}
