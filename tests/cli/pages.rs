//! The README, its translation and the pages in `docs`: what they hold, and that they agree with each other and with the
//! project.

use std::path::Path;

use crate::common::{root, text_of};

/// The README and its translation, whose code blocks are the same.
pub const READMES: [&str; 2] = ["README.md", "README.ko.md"];

/// The READMEs and the pages in `docs`.
pub fn pages() -> Vec<String> {
    let mut pages = below("docs");
    pages.retain(|page| Path::new(page).extension() == Some("md".as_ref()));
    pages.sort();
    assert!(pages.len() >= 2, "{pages:?}");
    pages.splice(0..0, READMES.map(ToOwned::to_owned));
    pages
}

/// The files below a directory of the project.
pub fn below(dir: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(dir)).unwrap();
    let names = entries.map(|entry| format!("{dir}/{}", entry.unwrap().file_name().into_string().unwrap()));
    names.flat_map(|path| if root().join(&path).is_dir() { below(&path) } else { vec![path] }).collect()
}

/// A code block: its language, and what stands in it.
#[derive(Debug, PartialEq)]
pub struct Block {
    pub language: String,
    pub text: String,
}

/// The code blocks of a page, in order.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in text_of(page).lines() {
        assert!(line.starts_with("```") || !line.trim_start().starts_with("```"), "{page}: {line}");
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some(Block { language: language.to_owned(), text: String::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    assert_eq!(open, None, "{page}: a code block is never closed");
    blocks
}

#[test]
fn both_readmes_have_the_same_code_blocks() {
    let [english, korean] = READMES.map(blocks);
    for (english, korean) in english.iter().zip(&korean) {
        assert_eq!(english, korean, "A command or an output differs between {READMES:?}.");
    }
    assert_eq!(english.len(), korean.len(), "{READMES:?}");
}

/// A translation that lacks a section, an item of a list or a row of a table is out of date.
#[test]
fn both_readmes_have_the_same_structure() {
    let mark = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let [english, korean] = READMES.map(|page| {
        let is_part = |line: &&str| ["#", "##", "###", "-", "|"].contains(&mark(line).as_str());
        prose(page).lines().filter(is_part).map(ToOwned::to_owned).collect::<Vec<_>>()
    });
    for (english, korean) in english.iter().zip(&korean) {
        assert_eq!(mark(english), mark(korean), "{READMES:?} differ from here on:\n{english}\n{korean}");
    }
    assert_eq!(english.len(), korean.len(), "One of {READMES:?} goes on.");
}

#[test]
fn links_lead_somewhere() {
    for page in pages() {
        let dir = Path::new(&page).parent().unwrap();
        for link in prose(&page).split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if link.starts_with("https://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { page.clone() } else { dir.join(path).display().to_string() };
            assert!(root().join(&target).exists(), "{page}: {link}");
            assert!(anchor.is_empty() || anchors(&target).contains(&anchor.to_owned()), "{page}: {link}");
        }
    }
}

#[test]
fn versions_are_those_of_the_project() {
    let rust = env!("CARGO_PKG_RUST_VERSION");
    for readme in READMES {
        assert!(text_of(readme).contains(&format!("Rust {rust}")), "{readme}: Rust {rust}");
    }
    for page in pages() {
        let text = text_of(&page);
        let this = env!("CARGO_PKG_VERSION");
        for (mark, version) in [("rust:", rust), ("--tag v", this), ("rev: v", this), ("kubectl-arbtune@v", this)] {
            for rest in text.split(mark).skip(1) {
                assert!(rest.starts_with(version), "{page}: {mark}{}", rest.lines().next().unwrap());
            }
        }
    }
}

/// A page without its code blocks.
fn prose(page: &str) -> String {
    let mut inside = false;
    let text = text_of(page);
    let lines = text.lines().filter(|line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(page: &str) -> Vec<String> {
    let headings = prose(page);
    let headings = headings.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let kept = |char: &char| char.is_alphanumeric() || *char == '-' || *char == ' ';
        heading.trim_start_matches('#').trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}
