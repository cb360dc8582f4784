//! Lines that do not fit the enclosing list or mapping.

use super::{Explanation, explanation, spaces};
use crate::yaml::fault_context::{FaultContext, cut, indent_of, spaces_before, width};

impl FaultContext<'_> {
    /// Something other than `- ` where a list element is expected.
    pub(super) fn no_dash(&self) -> Explanation {
        self.long_quote_before()
            .or_else(|| self.after_a_value())
            .or_else(|| self.glued_dash())
            .or_else(|| self.bad_indentation().filter(|_| self.begun.column != self.at.column))
            .unwrap_or_else(|| {
                let line = self.begun.line;
                explanation(
                    self.at.position(width(self.word(self.at))),
                    format!("An element of the list that starts on line {line} is expected here."),
                    "Start the line with '- ', or indent it like the key that it belongs to.",
                )
            })
    }

    /// A dash without a space after it.
    fn glued_dash(&self) -> Option<Explanation> {
        let word = self.word(self.at);
        let rest = word.strip_prefix('-').filter(|rest| !rest.is_empty() && !rest.starts_with('-'))?;
        let message = "There must be a space after the dash of a list.";
        Some(explanation(self.at.position(1), message, format!("Write - {rest}")))
    }

    /// Something other than a key where one is expected.
    pub(super) fn no_key(&self) -> Explanation {
        self.long_quote_before().or_else(|| self.after_a_value()).or_else(|| self.bad_indentation()).unwrap_or_else(
            || {
                let line = self.begun.line;
                let here = self.at.position(width(self.word(self.at)));
                if self.word(self.at) == "-" {
                    let message = format!("A list is not allowed between the keys of the mapping of line {line}.");
                    return explanation(here, message, "Indent the list below its key.");
                }
                explanation(here, format!("A key of the mapping that starts on line {line} is expected here."), "")
            },
        )
    }

    /// Quotes that started on another line and end on this one: a quote is missing there.
    fn long_quote_before(&self) -> Option<Explanation> {
        let quote = self.long_quote.filter(|quote| quote.last_line == self.at.line)?;
        let c = self.first(quote.start);
        Some(explanation(
            quote.start.position(1),
            format!("This quote ends on line {}, where text follows it.", quote.last_line),
            format!("Write the closing {c} where the value ends."),
        ))
    }

    /// Text that follows a value on its line.
    fn after_a_value(&self) -> Option<Explanation> {
        let before = self.line_before(self.at);
        if before.bytes().all(|byte| matches!(byte, b'-' | b' ')) {
            return None;
        }
        let word = self.word(self.at);
        let here = self.at.position(width(word));
        Some(match word.chars().next() {
            Some(c @ (']' | '}')) => {
                explanation(here, format!("There is no open bracket for this '{c}'."), "Remove it.")
            }
            _ if before.ends_with('\'') => explanation(
                here,
                "The quote before this ends the value.",
                "Inside single quotes, write '' for a quote, or put the value in double quotes.",
            ),
            _ => explanation(
                here,
                format!("{:?} cannot follow the value before it.", cut(word)),
                "Put the whole value in quotes, or put this on its own line.",
            ),
        })
    }

    /// A line whose indentation does not match any possible line above it.
    fn bad_indentation(&self) -> Option<Explanation> {
        let indent = self.at.column - 1;
        let is_item = self.word(self.at) == "-";
        let mut inner: Option<(u32, u32)> = None;
        let (outer, shallow) = self.lines_above().find_map(|(number, line)| {
            let column =
                if is_item && line.trim_start().starts_with("- ") { spaces_before(line) } else { indent_of(line) };
            if column <= indent {
                return Some((number, column));
            }
            // The last collection that this line has left is the one with the smallest indentation.
            let could_agree = !is_item || line.trim_start().starts_with("- ");
            if could_agree && inner.is_none_or(|(_, least)| column < least) {
                inner = Some((number, column));
            }
            None
        })?;
        let (deeper, deep) = inner?;
        (shallow < indent).then(|| {
            explanation(
                self.at.position(width(self.word(self.at))),
                format!(
                    "This line is indented by {}, which matches neither line {deeper} ({deep}) nor line {outer} ({shallow}).",
                    spaces(indent)
                ),
                format!("Indent it by {} like line {deeper}, or by {shallow}.", spaces(deep)),
            )
        })
    }
}
