//! The text of a scalar as it is read: borrowed from the input until something in it has to change.

use std::borrow::Cow;

use super::cursor::Break;

/// The text of a scalar so far.
#[derive(Debug)]
pub struct ScalarText<'t> {
    text: Cow<'t, str>,
}

impl<'t> ScalarText<'t> {
    /// No text yet.
    pub const fn new() -> Self {
        Self { text: Cow::Borrowed("") }
    }

    /// Appends a part of the input. `whole` is the input from the start of the scalar to the end of the part, which is
    /// borrowed as long as nothing has been changed.
    pub fn push_part(&mut self, part: &str, whole: &'t str) {
        match &mut self.text {
            Cow::Borrowed(text) => *text = whole,
            Cow::Owned(text) => text.push_str(part),
        }
    }

    /// Appends a character that is not in the input in this form.
    pub fn push_char(&mut self, c: char) {
        self.text.to_mut().push(c);
    }

    /// Stops borrowing, because part of the input is left out here.
    pub fn make_owned(&mut self) {
        self.text.to_mut();
    }

    /// Appends folded line breaks.
    pub fn push_breaks(&mut self, breaks: &mut Breaks) {
        let text = self.text.to_mut();
        match breaks.first.take() {
            Some(Break::Feed) if breaks.rest.is_empty() => text.push(' '),
            Some(Break::Feed) | None => {}
            Some(first) => text.push(first.as_char()),
        }
        text.push_str(&breaks.rest);
        breaks.rest.clear();
    }

    /// The whole text.
    pub fn finish(self) -> Cow<'t, str> {
        self.text
    }
}

/// The line breaks between two parts of a scalar: the first one is folded, the others are kept.
#[derive(Debug, Default)]
pub struct Breaks {
    /// The first one; none after an escaped line break.
    first: Option<Break>,
    /// The others.
    rest: String,
}

impl Breaks {
    /// Adds a line break; the first one after a word is folded.
    pub fn add(&mut self, found: Break, is_after_break: bool) {
        if is_after_break { self.rest.push(found.as_char()) } else { self.first = Some(found) }
    }
}
