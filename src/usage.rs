//! Better messages for command-line errors for which clap's own would be misleading: what was typed, and what to write
//! instead.

use std::error::Error;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use crate::nearest::mistyped;
use crate::printable::quoted;

/// The purpose of this tool, for users who confuse it with another one.
const PURPOSE: &str = "kubectl arbtune generates and checks the Jobs of tuning sessions and never talks to a cluster";

/// Commands of kubectl that users may expect here.
const KUBECTL: &[&str] = &[
    "annotate",
    "api-resources",
    "api-versions",
    "attach",
    "auth",
    "autoscale",
    "certificate",
    "cluster-info",
    "config",
    "cordon",
    "cp",
    "debug",
    "delete",
    "describe",
    "drain",
    "edit",
    "events",
    "exec",
    "expose",
    "get",
    "kustomize",
    "label",
    "logs",
    "patch",
    "port-forward",
    "proxy",
    "replace",
    "rollout",
    "run",
    "scale",
    "set",
    "taint",
    "top",
    "uncordon",
    "wait",
];

/// Commands of kubectl with a counterpart in this tool.
const SHARED: &[(&str, &str)] = &[
    ("apply", "kubectl arbtune generate --k8s-config FILE | kubectl apply -f -"),
    ("create", "kubectl arbtune generate --k8s-config FILE | kubectl create -f -"),
    ("diff", "kubectl arbtune plan --k8s-config FILE --diff PATH"),
    ("explain", "kubectl arbtune validate --explain RULE"),
];

/// Flags that tell kubectl which cluster and user to use.
const CONNECTION: &[&str] = &[
    "--as",
    "--as-group",
    "--as-uid",
    "--certificate-authority",
    "--client-certificate",
    "--client-key",
    "--cluster",
    "--context",
    "--insecure-skip-tls-verify",
    "--kubeconfig",
    "--request-timeout",
    "--server",
    "--token",
    "--user",
];

/// The message about the arguments, which start with the program's name; none if clap's own message is fine.
#[must_use]
pub fn message(error: &clap::Error, command: &Command, arguments: &[String]) -> Option<String> {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let subcommand = first_word(arguments).and_then(|word| command.find_subcommand(word));
    match error.kind() {
        ErrorKind::InvalidSubcommand => Some(unknown_command(context(ContextKind::InvalidSubcommand)?, command)),
        ErrorKind::UnknownArgument => {
            let argument = context(ContextKind::InvalidArg)?;
            Some(match subcommand {
                Some(subcommand) if argument.starts_with('-') => unknown_flag(argument, subcommand, command),
                Some(subcommand) => {
                    detached(argument, arguments, subcommand).unwrap_or_else(|| unexpected(argument, subcommand))
                }
                None => flag_without_command(argument, command),
            })
        }
        // clap quotes the flag with its value, which may be a credential.
        ErrorKind::ValueValidation if context(ContextKind::InvalidArg)?.starts_with("--set ") => {
            Some(format!("--set: {}", error.source()?))
        }
        _ => None,
    }
}

/// The first argument if it is a word; only `--color` may precede it.
fn first_word(arguments: &[String]) -> Option<&str> {
    let mut words = arguments.iter().skip(1).map(String::as_str);
    loop {
        match words.next()? {
            "--color" => _ = words.next(),
            word if word.starts_with("--color=") => {}
            word => return Some(word).filter(|word| !word.starts_with('-')),
        }
    }
}

fn unknown_command(word: &str, command: &Command) -> String {
    let names: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    let there_is_none = format!("There is no command {word}.");
    if let Some((_, instead)) = SHARED.iter().find(|(name, _)| *name == word) {
        return format!("{there_is_none} {PURPOSE}.\nWrite: {instead}");
    }
    if KUBECTL.contains(&word) {
        return format!("{there_is_none} {PURPOSE}.\nWrite: kubectl {word}");
    }
    match mistyped(word, names.iter().copied()) {
        Some(meant) => format!("{there_is_none} Did you mean {meant}?"),
        None => format!("{there_is_none} {PURPOSE}.\nIts commands are {}.", listed(&names)),
    }
}

fn unknown_flag(flag: &str, subcommand: &Command, command: &Command) -> String {
    let name = subcommand.get_name();
    let there_is_none = format!("{name} has no flag {flag}.");
    let help = format!("kubectl arbtune {name} --help lists its flags.");
    let longs: Vec<String> = flags(subcommand).filter(|flag| flag.starts_with("--")).collect();
    let takes_config = longs.iter().any(|long| long == "--k8s-config");
    if ["-f", "--filename"].contains(&flag) && takes_config {
        return match subcommand.get_positionals().next() {
            Some(_) => format!("{there_is_none} Name its files and directories without a flag."),
            None => format!("{there_is_none} For the session's configuration, write --k8s-config FILE."),
        };
    }
    if CONNECTION.contains(&flag) {
        return format!("{there_is_none} {PURPOSE}. {help}");
    }
    if let Some(owners) = owners(flag, command) {
        return format!("{there_is_none} It is a flag of {owners}. {help}");
    }
    match mistyped(flag, longs.iter().map(String::as_str)) {
        Some(meant) => format!("{there_is_none} Did you mean {meant}?"),
        None => format!("{there_is_none} {help}"),
    }
}

/// A message about a value that must be attached to its flag with `=`.
fn detached(argument: &str, arguments: &[String], subcommand: &Command) -> Option<String> {
    let (flag, _) = arguments.iter().zip(&arguments[1..]).find(|(_, value)| *value == argument)?;
    let is_attached = |arg: &&Arg| arg.is_require_equals_set() && arg.get_long() == flag.strip_prefix("--");
    subcommand.get_arguments().find(is_attached).filter(|_| ["true", "false"].contains(&argument))?;
    Some(format!("The value of {flag} follows an equals sign. Write {flag}={argument}."))
}

/// A message about an unexpected argument of a command.
fn unexpected(argument: &str, subcommand: &Command) -> String {
    let name = subcommand.get_name();
    let word = quoted(argument).unwrap_or_else(|| argument.to_owned());
    let has = |flag: &str| flags(subcommand).any(|known| known == flag);
    let bare = format!("{name} does not take {argument} without a flag.");
    match (has("--k8s-config"), has("--filename")) {
        (true, true) => {
            let input = if has("--watch") { "the output of kubectl get" } else { "a manifest" };
            format!("{bare} For {input}, write -f {word}; for a session's configuration, write --k8s-config {word}.")
        }
        (true, false) => format!("{bare} For the session's configuration, write --k8s-config {word}."),
        _ => format!("{name} does not take {argument}. kubectl arbtune {name} --help shows its arguments."),
    }
}

/// A message about a flag before the command.
fn flag_without_command(flag: &str, command: &Command) -> String {
    if let Some(owners) = owners(flag, command) {
        return format!("{flag} is a flag of {owners}. Write the command first.");
    }
    let there_is_none = format!("There is no global flag {flag}.");
    let globals: Vec<String> = flags(command).filter(|flag| flag.starts_with("--")).collect();
    match mistyped(flag, globals.iter().map(String::as_str)) {
        Some(meant) => format!("{there_is_none} Did you mean {meant}?"),
        None => format!("{there_is_none} kubectl arbtune --help lists the commands; each has its own flags."),
    }
}

/// The commands that have a flag; none if no command has it.
fn owners(flag: &str, command: &Command) -> Option<String> {
    let has = |subcommand: &&Command| flags(subcommand).any(|known| known == flag);
    let owners: Vec<&str> = command.get_subcommands().filter(has).map(Command::get_name).collect();
    (!owners.is_empty()).then(|| listed(&owners))
}

/// The flags of a command: `--output` and `-o`.
fn flags(command: &Command) -> impl Iterator<Item = String> + '_ {
    let longs = command.get_arguments().filter_map(Arg::get_long).map(|long| format!("--{long}"));
    let shorts = command.get_arguments().filter_map(Arg::get_short).map(|short| format!("-{short}"));
    longs.chain(shorts)
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::help;

    fn said(line: &str) -> String {
        let command = help::command(80);
        let arguments: Vec<String> = line.split(' ').map(ToOwned::to_owned).collect();
        let error = command.clone().try_get_matches_from(&arguments).unwrap_err();
        message(&error, &command, &arguments).unwrap_or_else(|| panic!("{line}: {error}"))
    }

    #[test]
    fn what_was_typed_and_what_to_write() {
        for (line, words) in [
            ("x genrate", &["There is no command genrate.", "Did you mean generate?"][..]),
            ("x delete", &["never talks to a cluster", "Write: kubectl delete"]),
            ("x apply", &["kubectl arbtune generate --k8s-config FILE | kubectl apply -f -"]),
            (
                "x frobnicate",
                &["Its commands are generate, plan, validate, status, results, init, completion, help and version."],
            ),
            ("x generate session.yaml", &["write --k8s-config session.yaml."]),
            ("x --color never plan session.yaml", &["write --k8s-config session.yaml."]),
            ("x validate job.yaml", &["For a manifest, write -f job.yaml", "write --k8s-config job.yaml"]),
            ("x status jobs.json", &["For the output of kubectl get, write -f jobs.json"]),
            ("x status --exit-code false -f a", &["Write --exit-code=false."]),
            ("x plan --exit-code session.yaml", &["write --k8s-config session.yaml."]),
            ("x generate --exit-code", &["generate has no flag --exit-code. It is a flag of plan and status."]),
            ("x results -f outputs", &["results has no flag -f. Name its files and directories without a flag."]),
            ("x -f jobs", &["-f is a flag of validate and status. Write the command first."]),
            ("x plan -f session.yaml", &["plan has no flag -f.", "--k8s-config FILE"]),
            ("x plan --context prod", &["never talks to a cluster"]),
            ("x plan --k8s-confg a", &["Did you mean --k8s-config?"]),
            ("x plan --zzz", &["plan has no flag --zzz. kubectl arbtune plan --help lists its flags."]),
            ("x --k8s-config a", &["--k8s-config is a flag of generate, plan, validate, status and results."]),
            ("x --k8s-config plan", &["--k8s-config is a flag of generate, plan, validate, status and results."]),
            ("x --color always plan --nope", &["plan has no flag --nope."]),
            ("x --nope", &["There is no global flag --nope. kubectl arbtune --help lists the commands"]),
            ("x --colour always plan", &["There is no global flag --colour. Did you mean --color?"]),
            ("x plan --set API_KEY:sk-1 --k8s-config a", &["--set: \"API_KEY\" has no =."]),
            ("x plan --set job_template.a=sk-1 --k8s-config a", &["--set: job_template is a partial Job"]),
            ("x version 1", &["version does not take 1."]),
        ] {
            let said = said(line);
            assert!(words.iter().all(|words| said.contains(words)), "{line}: {said}");
            assert!(!said.contains("sk-1"), "{line}: {said}");
            assert!(line.contains("genrate") || !said.contains("Did you mean generate"), "{line}: {said}");
        }
    }
}
