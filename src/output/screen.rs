//! The only way to print text for people: as lines, tables and snippets, which never contain commands to a terminal or
//! a CI runner.

use std::io::{self, Write};

use textwrap::{Options, WordSplitter};

use super::line::{Line, LineStart};
use super::snippet::Snippet;
use super::style::Style;
use super::table::Table;

/// Longer lines are truncated; `-o json` has the rest.
const MAX_LINE: usize = 4000;

/// The width of a paragraph.
const WIDTH: usize = 80;

/// A stream for people.
#[derive(Debug)]
pub struct Screen<W> {
    out: W,
    style: Style,
}

impl<W: Write> Screen<W> {
    /// Writes to `out`.
    pub const fn new(out: W, style: Style) -> Self {
        Self { out, style }
    }

    /// Writes a line.
    pub fn line<'t>(&mut self, line: impl Into<Line<'t>>) -> io::Result<()> {
        let shown = line.into().show(LineStart::OfLine, MAX_LINE, self.style);
        writeln!(self.out, "{shown}")
    }

    /// Writes a paragraph, wrapped between words.
    ///
    /// # Errors
    /// The stream cannot be written.
    pub fn paragraph(&mut self, text: &str) -> io::Result<()> {
        let options = Options::new(WIDTH).break_words(false).word_splitter(WordSplitter::NoHyphenation);
        textwrap::wrap(text, options).into_iter().try_for_each(|line| self.line(line))
    }

    /// Writes an empty line.
    pub fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// Writes a table, if it has rows.
    pub fn table<const N: usize>(&mut self, table: &Table<'_, N>) -> io::Result<()> {
        self.out.write_all(table.render(self.style).as_bytes())
    }

    /// Writes a snippet about a position in a file.
    pub fn snippet(&mut self, snippet: &Snippet<'_>) -> io::Result<()> {
        self.out.write_all(snippet.render(self.style).as_bytes())
    }
}
