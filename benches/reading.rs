//! Texts of one shape in growing sizes, read to nodes: the rate stays the same where the cost grows with the input.
//! Run with `cargo bench --bench reading`.
#![allow(clippy::expect_used)] // Each states its invariant, and there is no caller to tell.

use std::fmt;
use std::hint::black_box;

use divan::Bencher;
use divan::counter::BytesCount;
use kubectl_arbtune::yaml::documents;

const JOB: &str = include_str!("../tests/data/worker-1.yaml");

fn main() {
    divan::main();
}

/// What a text is made of.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// Many documents.
    Jobs,
    /// One document.
    List,
    /// The same on one line.
    OneLine,
    /// Brackets as deep as they may be, again and again.
    Nested,
    /// A list of short values.
    Wide,
    /// One scalar.
    LongScalar,
    /// One scalar of many lines in quotes.
    FoldedScalar,
    /// A mapping of many keys.
    Keys,
    /// One key, again and again.
    SameKey,
    /// A merge key after as many keys of the same names.
    Merge,
    /// Quotes that are not closed.
    OpenQuote,
    /// A bracket that is not closed.
    OpenBracket,
    /// A tab at the end.
    LateTab,
}

const SHAPES: [Shape; 13] = [
    Shape::Jobs,
    Shape::List,
    Shape::OneLine,
    Shape::Nested,
    Shape::Wide,
    Shape::LongScalar,
    Shape::FoldedScalar,
    Shape::Keys,
    Shape::SameKey,
    Shape::Merge,
    Shape::OpenQuote,
    Shape::OpenBracket,
    Shape::LateTab,
];

/// A shape and a size in MB.
#[derive(Clone, Copy)]
struct Case(Shape, usize);

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} MB", self.0, self.1)
    }
}

impl Shape {
    fn text(self, size: usize) -> String {
        let fill = |part: &str| part.repeat(size / part.len());
        let item = format!("- {}\n", JOB.trim_end().replace('\n', "\n  "));
        let keys = |size: usize, indent: &str| -> String {
            (0..size / 16).map(|nth| format!("{indent}key-{nth:08}: v\n")).collect::<Vec<_>>().concat()
        };
        match self {
            Self::Jobs => fill(&format!("---\n{JOB}")),
            Self::List => format!("items:\n{}", fill(&item)),
            Self::OneLine => {
                let mut json = String::new();
                documents(JOB, |job| json = job.expect("this is a Job").root.to_json().to_string());
                format!("[{}{json}]", fill(&format!("{json},")))
            }
            Self::Nested => fill(&format!("- {}x{}\n", "[".repeat(900), "]".repeat(900))),
            Self::Wide => format!("[{}]", fill("a, 1, true,\n")),
            Self::LongScalar => fill("some words, and others: "),
            Self::FoldedScalar => format!("\"{}\"", fill("some words\n\n  and \\t others\n")),
            Self::Keys => keys(size, ""),
            Self::SameKey => fill("key: value\n"),
            Self::Merge => format!("a: &a\n{}b:\n{}  <<: *a\n", keys(size / 2, "  "), keys(size / 2, "  ")),
            Self::OpenQuote => format!("a: \"{}", fill("b: 'c'\n")),
            Self::OpenBracket => format!("a: [{}", fill("b, c,\n")),
            Self::LateTab => format!("{}\tb: 1\n", fill("- a: b\n")),
        }
    }
}

fn cases() -> impl Iterator<Item = Case> {
    SHAPES.into_iter().flat_map(|shape| [1, 4, 16].map(|size| Case(shape, size)))
}

#[divan::bench(args = cases(), sample_count = 3, sample_size = 1)]
fn read(bencher: Bencher<'_, '_>, case: Case) {
    let text = case.0.text(case.1 << 20);
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        documents(&text, |document| drop(black_box(document)));
    });
}
