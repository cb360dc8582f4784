//! Tables in kubectl's style: uppercase headers, three spaces between columns, no rules.

use tabled::builder::Builder;
use tabled::settings::{Alignment, Padding, Style as Lines, object::Columns};

use super::line::{Line, LineStart};
use super::style::{Role, Style};

/// The largest number of rows that are all shown.
pub const WHOLE: usize = 50;
/// The number of rows shown at the beginning of a longer table …
const HEAD: usize = 20;
/// … and at its end.
const TAIL: usize = 5;
/// Longer cells are truncated, because every row of a column takes the width of the longest cell.
const MAX_CELL: usize = 300;

/// Rows under their headers.
#[derive(Debug, Clone)]
pub struct Table<'t, const N: usize> {
    headers: [&'static str; N],
    rows: Vec<[Line<'t>; N]>,
    /// Lines between the rows, each with the number of rows above it, in this order.
    notes: Vec<(usize, Line<'t>)>,
}

impl<'t, const N: usize> Table<'t, N> {
    /// A table that shows all its rows.
    pub const fn new(headers: [&'static str; N], rows: Vec<[Line<'t>; N]>) -> Self {
        Self { headers, rows, notes: Vec::new() }
    }

    /// The table with lines between its rows, each with the number of rows above it, in this order.
    #[must_use]
    pub fn with_notes(self, notes: Vec<(usize, Line<'t>)>) -> Self {
        Self { notes, ..self }
    }

    /// A table of `count` rows, which are made on demand. A long one shows its head and its tail, and between them a
    /// note on how many more there are.
    pub fn abridged(
        headers: [&'static str; N],
        count: usize,
        row: impl Fn(usize) -> [Line<'t>; N],
        note: impl FnOnce(usize) -> String,
    ) -> Self {
        if count <= WHOLE {
            return Self::new(headers, (0..count).map(row).collect());
        }
        let rows = (0..HEAD).chain(count - TAIL..count).map(row).collect();
        Self::new(headers, rows).with_notes(vec![(HEAD, Line::new(Role::Dim, note(count - HEAD - TAIL)))])
    }

    /// The table as text, each line ending with a line break; empty for no rows.
    pub fn render(&self, style: Style) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut builder = Builder::with_capacity(self.rows.len() + 1, N);
        if style.has_headers() {
            builder.push_record(self.headers.map(|header| show(0, &Line::new(Role::Header, header), style)));
        }
        for row in &self.rows {
            builder.push_record(row.iter().enumerate().map(|(nth, cell)| show(nth, cell, style)));
        }
        let mut table = builder.build();
        table.with(Lines::empty()).with(Alignment::left()).with(Padding::new(0, 3, 0, 0));
        table.modify(Columns::last(), Padding::zero());
        let above = usize::from(style.has_headers());
        let mut notes = self.notes.iter().peekable();
        let mut trimmed = String::new();
        let mut push = |line: &str| {
            trimmed.push_str(line);
            trimmed.push('\n');
        };
        for (nth, line) in table.to_string().lines().enumerate() {
            while let Some((_, note)) = notes.next_if(|(rows, _)| rows + above == nth) {
                push(&show(0, note, style));
            }
            push(line.trim_end());
        }
        notes.for_each(|(_, note)| push(&show(0, note, style)));
        trimmed
    }
}

fn show(column: usize, cell: &Line<'_>, style: Style) -> String {
    let start = if column == 0 { LineStart::OfLine } else { LineStart::Within };
    cell.show(start, MAX_CELL, style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_with_and_without_colours() {
        let rows = vec![["a".into(), "1".into()], ["long".into(), "22".into()]];
        assert_eq!(Table::new(["NAME", "N"], rows).render(Style::plain()), "NAME   N\na      1\nlong   22\n");
    }

    #[test]
    fn headers_can_be_left_out_and_lines_put_between() {
        let rows = vec![["a".into(), "1".into()], ["long".into(), "22".into()]];
        let table = Table::new(["NAME", "N"], rows).with_notes(vec![
            (0, "first:".into()),
            (1, "second:".into()),
            (2, "end".into()),
        ]);
        assert_eq!(table.render(Style::plain()), "NAME   N\nfirst:\na      1\nsecond:\nlong   22\nend\n");
        let bare = table.render(Style::plain().with_headers(false));
        assert_eq!(bare, "first:\na      1\nsecond:\nlong   22\nend\n");
    }

    #[test]
    fn widths_are_those_on_the_screen() {
        let rows =
            vec![["한글".into(), "1".into()], ["a\n::b\u{1b}[2J".into(), "2".into()], ["::x".into(), "3".into()]];
        let table = Table::new(["NAME", "N"], rows).render(Style::plain());
        assert_eq!(table, "NAME              N\n한글              1\na\\n::b\\u{1b}[2J   2\n\\u{3a}:x          3\n");
    }

    #[test]
    fn one_long_cell_does_not_widen_every_row_beyond_measure() {
        let mut rows: Vec<[Line<'_>; 2]> = (0..100).map(|n| [n.to_string().into(), "x".into()]).collect();
        rows.push(["y".repeat(1_000_000).into(), "x".into()]);
        assert!(Table::new(["NAME", "N"], rows).render(Style::plain()).len() < 40_000);
    }
}
