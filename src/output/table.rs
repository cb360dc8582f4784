//! Tables in kubectl's manner: upper-case headers, three spaces between columns, no rules.
//! Rows come in, and aligned text goes out.

use tabled::builder::Builder;
use tabled::settings::{Alignment, Padding, Style as Lines, object::Columns};

use super::style::Style;

/// Up to so many rows are all shown.
pub const WHOLE: usize = 50;
/// Of more than that, so many are shown from the beginning …
const HEAD: usize = 20;
/// … and so many from the end.
const TAIL: usize = 5;

/// The table of `count` rows, each made by its number. A long one shows its head and its tail, and between them the
/// note on how many more there are.
#[must_use]
pub fn abridged<const N: usize>(
    headers: [&str; N],
    count: usize,
    row: impl Fn(usize) -> [String; N],
    note: impl FnOnce(usize) -> String,
    style: Style,
) -> String {
    if count <= WHOLE {
        return render(headers, (0..count).map(row).collect(), style);
    }
    let rows = (0..HEAD).chain(count - TAIL..count).map(row).collect();
    let table = render(headers, rows, style);
    let mut lines: Vec<&str> = table.split_inclusive('\n').collect();
    let note = style.dim(&note(count - HEAD - TAIL)) + "\n";
    lines.insert(1 + HEAD, &note);
    lines.concat()
}

/// A table as text, each line ending with a line break; empty for no rows.
#[must_use]
pub fn render<const N: usize>(headers: [&str; N], rows: Vec<[String; N]>, style: Style) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut builder = Builder::with_capacity(rows.len() + 1, N);
    builder.push_record(headers.map(|header| style.header(header)));
    for row in rows {
        builder.push_record(row);
    }
    let mut table = builder.build();
    table.with(Lines::empty()).with(Alignment::left()).with(Padding::new(0, 3, 0, 0));
    table.modify(Columns::last(), Padding::zero());
    let text = table.to_string();
    let mut trimmed = String::with_capacity(text.len());
    for line in text.lines() {
        trimmed.push_str(line.trim_end());
        trimmed.push('\n');
    }
    trimmed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_with_and_without_colours() {
        let rows = vec![["a".to_owned(), "1".to_owned()], ["long".to_owned(), "22".to_owned()]];
        assert_eq!(render(["NAME", "N"], rows, Style::plain()), "NAME   N\na      1\nlong   22\n");
    }
}
