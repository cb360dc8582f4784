//! Wraps the help texts of the command line: text is broken between words, and commands remain valid shell commands.

use clap::{Command, CommandFactory};

use crate::cli::Cli;

/// The default width.
const USUAL: usize = 80;
/// Longer lines are hard to read, even on a wide terminal.
const WIDEST: usize = 100;
/// Flags do not fit into less than that.
const NARROWEST: usize = 30;

/// The width of help texts: the terminal's width, else the value of `COLUMNS`.
#[must_use]
pub fn width() -> usize {
    let terminal = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok().map(|size| usize::from(size.ws_col));
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
    terminal.filter(|width| *width > 0).or_else(columns).unwrap_or(USUAL).clamp(NARROWEST, WIDEST)
}

/// The command line with its help wrapped at this width.
#[must_use]
pub fn command(width: usize) -> Command {
    let mut command = Cli::command();
    command.build();
    fit(command, width)
}

fn fit(mut command: Command, width: usize) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    if usage.len() + 2 > width {
        command = command.override_usage(lines(usage, width - 2, ("", "    "), "").replace('\n', "\n  "));
    }
    if let Some(text) = command.get_before_help().map(ToString::to_string) {
        let lines: Vec<String> = text.lines().map(|line| fit_line(line, width)).collect();
        command = command.before_help(lines.join("\n"));
    }
    command.term_width(width).mut_subcommands(|subcommand| fit(subcommand, width))
}

/// A line of the text above the flags: a sentence or, if it is indented, a shell comment or command.
fn fit_line(line: &str, width: usize) -> String {
    match line.strip_prefix("  ") {
        None => lines(line, width, ("", ""), ""),
        Some(comment) if comment.starts_with('#') => lines(comment, width, ("  ", "  # "), ""),
        Some(command) => lines(command, width, ("  ", "    "), " \\"),
    }
}

/// Wraps text at `width`, as far as its words allow. The first and the other lines have their own indentation, and each
/// line except the last ends with a continuation mark.
fn lines(text: &str, width: usize, (first, next): (&str, &str), goes_on: &str) -> String {
    let mut all = first.to_owned();
    let mut column = first.len();
    let mut words = text.split(' ').peekable();
    let mut is_first = true;
    while let Some(word) = words.next() {
        // Only the last word is not followed by the mark.
        let sign = if words.peek().is_some() { goes_on.len() } else { 0 };
        if !is_first && column + 1 + word.len() + sign > width {
            all = all + goes_on + "\n" + next;
            column = next.len();
        } else if !is_first {
            all.push(' ');
            column += 1;
        }
        all.push_str(word);
        column += word.len();
        is_first = false;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All help texts at this width.
    fn helps(width: usize) -> Vec<String> {
        let mut command = command(width);
        let mut helps = vec![command.render_help().to_string()];
        helps.extend(command.get_subcommands_mut().map(|subcommand| subcommand.render_help().to_string()));
        helps
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [40, 60, 80, 100] {
            for help in helps(width) {
                let wide = help.lines().find(|line| line.chars().count() > width);
                assert_eq!(wide, None, "{width}\n{help}");
            }
        }
    }

    #[test]
    fn the_words_are_the_same_at_every_width() {
        let words = |width| -> Vec<String> {
            let helps = helps(width).concat();
            let words = helps.split_whitespace().filter(|word| !["\\", "#"].contains(word));
            words.map(ToOwned::to_owned).collect()
        };
        let wide = words(100);
        for width in [40, 60, 80] {
            assert_eq!(words(width), wide, "{width}");
        }
    }

    #[test]
    fn a_command_that_is_broken_is_still_one() {
        let line = fit_line("  kubectl arbtune plan --k8s-config session.yaml", 40);
        assert_eq!(line, "  kubectl arbtune plan --k8s-config \\\n    session.yaml");
        assert_eq!(fit_line("  # One two three four", 12), "  # One two\n  # three\n  # four");
    }
}
