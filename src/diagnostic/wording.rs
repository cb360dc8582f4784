//! The wording of diagnostics.

/// The wording of a diagnostic: what is wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it, as a sentence; none if there is nothing to add to the message.
    pub help: Option<String>,
}

impl From<&str> for Wording {
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

impl From<String> for Wording {
    fn from(message: String) -> Self {
        Self { message, help: None }
    }
}

impl<M: Into<String>, H: Into<String>> From<(M, H)> for Wording {
    fn from((message, help): (M, H)) -> Self {
        Self { message: message.into(), help: Some(help.into()) }
    }
}
