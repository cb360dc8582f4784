//! What is said of a tuning file: each remark with its place, and what to do about it.

use crate::yaml::Position;

/// So many remarks are told of one file; a file with a million mistakes has one mistake.
const MOST: usize = 20;

/// One thing that the author of a tuning file should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where in the file.
    pub position: Position,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it, as a sentence.
    pub help: Option<String>,
}

/// The remarks of one file, as they are found.
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

    /// All of them in the file's order, and a last one that counts those beyond the first twenty.
    #[must_use]
    pub fn finish(self) -> Vec<Remark> {
        let mut found = self.found;
        found.sort_by_key(|remark| (remark.position.line, remark.position.column));
        if let Some(last) = found.last().filter(|_| self.more > 0) {
            let message = format!("{} more things are wrong with the tuning file.", self.more);
            found.push(Remark { position: last.position, message, help: None });
        }
        found
    }
}
