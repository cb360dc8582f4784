//! Remarks on a tuning file, each with its position and what to do about it.

use crate::yaml::Position;

/// The maximum number of remarks per file; with a million mistakes, there is really only one.
const MOST: usize = 20;

/// A remark on a tuning file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The position in the file.
    pub position: Position,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it, as a sentence.
    pub help: Option<String>,
}

/// The remarks of one file.
#[derive(Debug, Default)]
pub struct Remarks {
    found: Vec<Remark>,
    more: usize,
}

impl Remarks {
    /// Adds a remark; the help may be empty.
    pub fn add(&mut self, position: Position, message: impl Into<String>, help: impl Into<String>) {
        if self.found.len() == MOST {
            self.more += 1;
            return;
        }
        let help = help.into();
        let help = (!help.is_empty()).then_some(help);
        self.found.push(Remark { position, message: message.into(), help });
    }

    /// All remarks in the file's order; a last one counts those beyond the first twenty.
    #[must_use]
    pub fn finish(self) -> Vec<Remark> {
        let mut found = self.found;
        found.sort_by_key(|remark| (remark.position.line, remark.position.column));
        if let Some(last) = found.last().filter(|_| self.more > 0) {
            let message = format!("The tuning file has {} more problems.", self.more);
            found.push(Remark { position: last.position, message, help: None });
        }
        found
    }
}
