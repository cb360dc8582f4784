//! The checked-in man pages are generated from the tool's own help: usage, options, examples.

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Command, CommandFactory};
use kubectl_arbtune::cli::Cli;

use crate::common::root;

fn pages(dir: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(dir).map(Vec::from_iter).unwrap_or_default();
    let page =
        |path: &Path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap());
    entries.into_iter().map(|entry| page(&entry.unwrap().path())).collect()
}

#[test]
fn the_man_pages_are_current() {
    let dir = tempfile::tempdir().unwrap();
    clap_mangen::generate_to(Cli::command(), dir.path()).unwrap();
    let mut command = Cli::command();
    command.build();
    let made =
        pages(dir.path()).into_iter().map(|(name, page)| (name.clone(), complete(&page, of(&name, &mut command))));
    let (made, kept) = (made.collect::<BTreeMap<_, _>>(), root().join("man"));
    if std::env::var_os("UPDATE_MAN").is_some() {
        std::fs::create_dir_all(&kept).unwrap();
        for name in pages(&kept).into_keys().filter(|name| !made.contains_key(name)) {
            std::fs::remove_file(kept.join(name)).unwrap();
        }
        for (name, text) in &made {
            std::fs::write(kept.join(name), text).unwrap();
        }
    }
    let kept = pages(&kept);
    assert_eq!(made.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>(), "Run: {UPDATE}");
    for (name, text) in &made {
        assert!(kept[name] == *text, "{name} is not current. Run: {UPDATE}");
    }
    assert!(made.contains_key("kubectl-arbtune.1") && made.contains_key("kubectl-arbtune-generate.1"));
}

const UPDATE: &str = "UPDATE_MAN=1 cargo test --test cli man::";

/// The command that a page is about.
fn of<'a>(name: &str, command: &'a mut Command) -> &'a mut Command {
    let word = name.trim_start_matches("kubectl-arbtune").trim_matches('-').trim_end_matches(".1");
    if word.is_empty() { command } else { command.find_subcommand_mut(word).unwrap() }
}

/// Completes a generated page: the usage becomes the synopsis, and the text above the options, which `clap_mangen` leaves
/// out, becomes part of the description and a section of examples.
fn complete(page: &str, command: &mut Command) -> String {
    let usage = command.render_usage().to_string();
    let synopsis = format!(".SH SYNOPSIS\n{}\n", roff(usage.trim_start_matches("Usage:").trim()));
    let help = command.get_before_help().map(ToString::to_string).unwrap_or_default();
    let (examples, prose): (Vec<&str>, Vec<&str>) =
        help.lines().filter(|line| *line != "Examples:").partition(|line| line.is_empty() || line.starts_with("  "));
    let prose: String = prose.into_iter().map(|line| ".PP\n".to_owned() + &roff(line) + "\n").collect();
    let examples = examples.join("\n");
    let examples: String = examples.trim_matches('\n').lines().map(|line| roff(line) + "\n").collect();
    let examples = if examples.is_empty() { examples } else { format!(".SH EXAMPLES\n.nf\n{examples}.fi\n") };
    let (start, rest) = page.split_once(".SH SYNOPSIS\n").unwrap();
    let (_, rest) = rest.split_once(".SH DESCRIPTION\n").unwrap();
    let (description, rest) = rest.split_once(".SH ").unwrap();
    format!("{start}{synopsis}.SH DESCRIPTION\n{description}{prose}.SH {rest}{examples}")
}

/// A line of text in roff.
fn roff(line: &str) -> String {
    let escaped = line.replace('\\', "\\e").replace('-', "\\-");
    if escaped.starts_with(['.', '\'']) { format!("\\&{escaped}") } else { escaped }
}
