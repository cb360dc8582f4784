//! Every flag and its help text, and nothing else.
#![allow(clippy::doc_markdown)] // The docs are the help text, which is not Markdown.

mod values;

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::{ArgValueCandidates, ArgValueCompleter};

use self::values::{keys_to_set, namespace, rules_to_explain, rules_to_skip, session_id, session_short, version};
use crate::apimachinery::Version;
use crate::config::Assignment;
use crate::job::CreatedAt;
use crate::plan::Workers;

const TEMPLATE: &str = "{about-with-newline}\n{before-help}{all-args}\n\nUsage:\n  {usage}\n{after-help}";

/// Turn a parameter-tuning session into Kubernetes Jobs, one per worker.
#[derive(Debug, Parser)]
#[command(
    name = "kubectl-arbtune",
    bin_name = "kubectl arbtune",
    version,
    help_template = TEMPLATE,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    before_help = "\
It reads files and writes files, and never talks to a cluster: apply what it writes with kubectl.

Examples:
  # Look at a session before anything is made of it
  kubectl arbtune plan --k8s-config session.yaml

  # Make its Jobs, and hand them to kubectl
  kubectl arbtune generate --k8s-config session.yaml | kubectl apply -f -"
)]
pub struct Cli {
    /// When to use colours: auto, always or never. NO_COLOR is respected.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        display_order = 900
    )]
    pub color: Color,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// In any case.
    Always,
    /// Not at all.
    Never,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the Jobs of a session to stdout, or to a directory.
    Generate(GenerateArgs),
    /// Show a session's workers, totals and settings; write nothing.
    Plan(PlanArgs),
    /// Say what the API server, and the tuning guide, would say of Jobs and CronJobs.
    Validate(ValidateArgs),
    /// Say what became of a session, from what kubectl get prints.
    Status(StatusArgs),
    /// Collect the workers' CSV files into one, and say what is there.
    Results(ResultsArgs),
    /// Make commented starter configurations in a directory.
    Init(InitArgs),
    /// Print the completion script of a shell.
    Completion(CompletionArgs),
    /// Show the help of a command.
    Help(HelpArgs),
    /// Show the version.
    Version(VersionArgs),
}

/// The configuration files of a session.
#[derive(Debug, Args)]
pub struct SessionArgs {
    /// The session's K8s configuration (D29); - reads standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub k8s_config: PathBuf,

    /// Further settings.
    #[command(flatten)]
    pub options: SessionOptions,
}

/// What can be added to a K8s configuration.
#[derive(Debug, Args)]
pub struct SessionOptions {
    /// An orchestrator configuration (D28), which gives the iterations and the workers.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub orchestrator_config: Option<PathBuf>,

    /// The namespace of the Jobs, instead of the configuration's.
    #[arg(short, long, value_name = "NAME", value_parser = namespace)]
    pub namespace: Option<String>,

    /// The session's id, instead of the configuration's.
    #[arg(long, value_name = "ID", value_parser = session_id)]
    pub session_id: Option<String>,

    /// What stands for the session in Job names, instead of its id's first 8 characters.
    #[arg(long, value_name = "STR", value_parser = session_short)]
    pub session_short: Option<String>,

    /// A key of the K8s configuration, instead of what the files say; may be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = Assignment::parse, add = ArgValueCompleter::new(keys_to_set))]
    pub set: Vec<Assignment>,
}

/// Whose verdict is asked for.
#[derive(Debug, Args)]
pub struct ServerOptions {
    /// The version of Kubernetes that the Jobs are for.
    #[arg(long, value_name = "VERSION", default_value_t = Version::NEWEST, value_parser = version())]
    pub kubernetes_version: Version,
}

/// `generate`.
#[derive(Debug, Args)]
#[command(
    help_template = TEMPLATE,
    before_help = "\
Examples:
  # Make the Jobs of a session, and hand them to kubectl
  kubectl arbtune generate --k8s-config session.yaml | kubectl apply -f -

  # Write one file per Job, to be reviewed and applied as a directory
  kubectl arbtune generate --k8s-config session.yaml -d jobs
  kubectl apply -f jobs

  # The same bytes at every run
  kubectl arbtune generate --k8s-config session.yaml --created-at 2025-11-16T18:21:45Z

  # With what a pipeline changes per commit
  kubectl arbtune generate --k8s-config session.yaml --set image=registry/bot:1.4 --set resources.limits.cpu=2

  # Some workers only
  kubectl arbtune generate --k8s-config session.yaml --only worker-3,worker-7..9

  # The rest of a session: the workers that have failed or have no Job
  kubectl get jobs -n trading-bots -o json | kubectl arbtune generate --k8s-config session.yaml --from-status -"
)]
#[allow(clippy::struct_excessive_bools)] // Each is a flag of its own.
pub struct GenerateArgs {
    /// The session.
    #[command(flatten)]
    pub session: SessionArgs,

    /// Write one file per Job into this directory, and the summary to stdout.
    #[arg(short = 'd', long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,

    /// Remove the session's files that this run does not make from the directory.
    #[arg(long, requires = "output_dir", conflicts_with = "keep_stale")]
    pub prune: bool,

    /// Leave the session's files that this run does not make in the directory.
    #[arg(long, requires = "output_dir")]
    pub keep_stale: bool,

    /// Write a kustomization.yaml that lists the files too, for kubectl apply -k.
    #[arg(long, requires = "output_dir")]
    pub kustomize: bool,
    /// Make the Jobs of these workers only: worker-3, or worker-3..9 for worker-3 to worker-9.
    #[arg(long, value_name = "WORKERS", value_delimiter = ',', value_parser = str::parse::<Workers>)]
    pub only: Vec<Workers>,

    /// Make the Jobs of the workers that have failed or have none, by what kubectl get jobs printed; - reads standard
    /// input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub from_status: Option<PathBuf>,

    /// Let Jobs that failed keep their names, instead of adding an attempt to them: they have to be deleted first.
    #[arg(long, requires = "from_status")]
    pub replace: bool,

    /// What to write: yaml, kyaml, json (one v1 List) or name.
    #[arg(short, long, value_name = "FORMAT", default_value = "yaml", hide_possible_values = true)]
    pub output: GenerateFormat,

    /// The Jobs' created_at (RFC 3339) [default: SOURCE_DATE_EPOCH, else now].
    #[arg(long, value_name = "TIME", value_parser = CreatedAt::parse)]
    pub created_at: Option<CreatedAt>,

    /// Write no summary.
    #[arg(short, long)]
    pub quiet: bool,

    /// Write the summary's table without its headers.
    #[arg(long)]
    pub no_headers: bool,

    /// Allow mode live, which trades real money.
    #[arg(long)]
    pub allow_live: bool,

    /// The server that would refuse them or not.
    #[command(flatten)]
    pub server: ServerOptions,
}

/// What `generate` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GenerateFormat {
    /// A YAML stream.
    Yaml,
    /// A YAML stream in flow style, as kubectl -o kyaml prints it.
    Kyaml,
    /// One v1 List.
    Json,
    /// Names only.
    Name,
}

/// `plan`.
#[derive(Debug, Args)]
#[command(
    help_template = TEMPLATE,
    before_help = "\
Examples:
  # The workers of a session, what they come to, and where each setting came from
  kubectl arbtune plan --k8s-config session.yaml

  # With the iterations and workers of an orchestrator configuration
  kubectl arbtune plan --k8s-config session.yaml --orchestrator-config orchestrator.yaml

  # What applying it would change in a directory, and in a cluster
  kubectl arbtune plan --k8s-config session.yaml --diff jobs
  kubectl get jobs -n trading-bots -o yaml | kubectl arbtune plan --k8s-config session.yaml --diff -

  # What its namespace would refuse
  kubectl get quota,limits -n trading-bots -o yaml | kubectl arbtune plan --k8s-config session.yaml --quota -"
)]
pub struct PlanArgs {
    /// The session.
    #[command(flatten)]
    pub session: SessionArgs,

    /// Show what would change: against the manifests of a directory, of a file, or of standard input (-).
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub diff: Option<PathBuf>,

    /// Say what a namespace's quotas, limit ranges and Pod Security labels would refuse, from files, directories or
    /// standard input (-); exits with 1 where something is refused, above 1 is an error.
    #[arg(long, value_name = "FILE", num_args = 1.., value_hint = ValueHint::AnyPath, conflicts_with = "diff")]
    pub quota: Vec<PathBuf>,

    /// Whether --diff exits with 1 where something differs; above 1 is an error in any case.
    #[arg(
        long,
        value_name = "BOOL",
        requires = "diff",
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_value = "true",
        default_missing_value = "true",
        hide_possible_values = true
    )]
    pub exit_code: bool,

    /// How to show it: table, wide (all rows), json, yaml or name.
    #[arg(short, long, value_name = "FORMAT", default_value = "table", hide_possible_values = true)]
    pub output: PlanFormat,

    /// Write nothing to stdout; the exit code and stderr tell.
    #[arg(short, long)]
    pub quiet: bool,

    /// Write tables without their headers.
    #[arg(long)]
    pub no_headers: bool,

    /// The server that would refuse them or not.
    #[command(flatten)]
    pub server: ServerOptions,
}

/// How `plan` shows a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// Tables; a long one shows its head and its tail.
    Table,
    /// Tables with all rows.
    Wide,
    /// One JSON object.
    Json,
    /// The same as YAML.
    Yaml,
    /// Names of the Jobs only.
    Name,
}

/// `validate`.
#[derive(Debug, Args)]
#[command(
    help_template = TEMPLATE,
    before_help = "\
Examples:
  # Check a session's configurations and the Jobs that they would make
  kubectl arbtune validate --k8s-config session.yaml

  # Check a directory of manifests
  kubectl arbtune validate -f jobs

  # Check any Job against the API server's rules alone
  kubectl arbtune validate --rules api -f job.yaml

  # Check it against the rules of an older cluster
  kubectl arbtune validate --kubernetes-version 1.33 -f job.yaml

  # Say whether a namespace with pod-security.kubernetes.io/enforce: restricted takes its pods
  kubectl arbtune validate --pod-security restricted -f job.yaml

  # Say what a rule demands
  kubectl arbtune validate --explain container-image"
)]
#[allow(clippy::struct_excessive_bools)] // Each is a flag of its own.
pub struct ValidateArgs {
    /// The session's K8s configuration (D29); - reads standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "filename")]
    pub k8s_config: Option<PathBuf>,

    /// Further settings.
    #[command(flatten)]
    pub options: SessionOptions,

    /// Manifest files, directories of them, or - for standard input; may be repeated.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::AnyPath, num_args = 1..,
        conflicts_with_all = ["orchestrator_config", "namespace", "session_id", "session_short", "set"])]
    pub filename: Vec<PathBuf>,

    /// Look into sub-directories too.
    #[arg(short = 'R', long, requires = "filename")]
    pub recursive: bool,

    /// Whose rules to apply: api (the API server's), tuning (the guide's).
    #[arg(
        long,
        value_name = "RULES",
        value_delimiter = ',',
        default_value = "api,tuning",
        hide_possible_values = true
    )]
    pub rules: Vec<RuleSet>,

    /// Hold the pods against a Pod Security Standard too: baseline or restricted.
    #[arg(long, value_name = "LEVEL", hide_possible_values = true)]
    pub pod_security: Option<Standard>,

    /// Leave out a rule of the guide; may be repeated.
    #[arg(long, value_name = "RULE", add = ArgValueCandidates::new(rules_to_skip))]
    pub skip_rule: Vec<String>,

    /// The server that would refuse them or not.
    #[command(flatten)]
    pub server: ServerOptions,

    /// Take a document that is neither a Job nor a CronJob for an error.
    #[arg(long)]
    pub fail_on_skipped: bool,

    /// Print what a rule demands, with a bad and a good example; or what a feature gate drops.
    #[arg(long, value_name = "RULE", conflicts_with_all = ["filename", "k8s_config", "list_rules"],
        add = ArgValueCandidates::new(rules_to_explain))]
    pub explain: Option<String>,

    /// List all rules, and the fields and feature gates that differ between versions.
    #[arg(long, conflicts_with_all = ["filename", "k8s_config"])]
    pub list_rules: bool,

    /// How to report: table, json, github, junit or sarif.
    #[arg(short, long, value_name = "FORMAT", default_value = "table", hide_possible_values = true)]
    pub output: ReportFormat,

    /// In the table format, write the findings alone.
    #[arg(short, long)]
    pub quiet: bool,

    /// Write tables without their headers.
    #[arg(long)]
    pub no_headers: bool,
}

/// Whose rules `validate` applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RuleSet {
    /// The API server's.
    Api,
    /// The guide's.
    Tuning,
}

/// The Pod Security Standards that `validate` knows; the third one, privileged, allows everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Standard {
    /// What is known to lead out of a container is refused.
    Baseline,
    /// What is known to harden a container is demanded.
    Restricted,
}

/// How `validate` reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For a person.
    Table,
    /// One JSON object.
    Json,
    /// Workflow commands that mark the lines in a pull request.
    Github,
    /// One test case per document.
    Junit,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// `status`.
#[derive(Debug, Args)]
#[command(
    help_template = TEMPLATE,
    before_help = "\
Examples:
  # How far a session is, and what is wrong with it
  kubectl get jobs,pods -n trading-bots -l session_id=d29-k8s-demo-session -o json | kubectl arbtune status -f -

  # The same, held against its configuration: workers without a Job are missing
  kubectl get jobs,pods -n trading-bots -o json |
    kubectl arbtune status --k8s-config session.yaml -f -

  # Watch it
  kubectl get jobs -n trading-bots -w --output-watch-events -o json | kubectl arbtune status --watch -f -

It exits with 0 where all workers have succeeded or are under way, with 1 where something needs a look, with 2
where a worker has failed, and with 3 where the input cannot be read."
)]
pub struct StatusArgs {
    /// What kubectl get printed of Jobs and pods: a file, a directory of them, or - for standard input; may be repeated.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::AnyPath, required = true)]
    pub filename: Vec<PathBuf>,

    /// A session's K8s configuration (D29), which says what workers there should be; may be repeated.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, num_args = 1..)]
    pub k8s_config: Vec<PathBuf>,

    /// Further settings.
    #[command(flatten)]
    pub options: SessionOptions,

    /// Follow a stream on standard input: redraw on a terminal, append lines elsewhere.
    #[arg(short, long)]
    pub watch: bool,

    /// Whether to exit with 1 or 2 where something needs a look or has failed; above 2 is an error in any case.
    #[arg(
        long,
        value_name = "BOOL",
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_value = "true",
        default_missing_value = "true",
        hide_possible_values = true
    )]
    pub exit_code: bool,

    /// How to show it: table, wide (all rows), json, yaml, name, junit or github.
    #[arg(short, long, value_name = "FORMAT", default_value = "table", hide_possible_values = true)]
    pub output: StatusFormat,
}

/// How `status` shows sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// Tables; a long one shows its head and its tail.
    Table,
    /// Tables with all rows.
    Wide,
    /// One JSON object.
    Json,
    /// The same as YAML.
    Yaml,
    /// Names of the Jobs only.
    Name,
    /// One test case per worker.
    Junit,
    /// Workflow commands.
    Github,
}

/// `results`.
#[derive(Debug, Args)]
#[command(
    help_template = TEMPLATE,
    before_help = "\
Examples:
  # Merge what the workers have written, and say what is there
  kubectl arbtune results outputs > session.csv

  # The same, held against the plan
  kubectl arbtune results --k8s-config session.yaml outputs > session.csv

  # Only say what is there
  kubectl arbtune results -o table outputs"
)]
pub struct ResultsArgs {
    /// CSV files, or directories of them.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath, required = true)]
    pub paths: Vec<PathBuf>,

    /// The session's K8s configuration (D29), which says what there should be; - reads standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub k8s_config: Option<PathBuf>,

    /// Further settings.
    #[command(flatten)]
    pub options: SessionOptions,

    /// What to write: csv (with the table on stderr), table, wide (all rows), json or yaml.
    #[arg(short, long, value_name = "FORMAT", default_value = "csv", hide_possible_values = true)]
    pub output: ResultsFormat,
}

/// What `results` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResultsFormat {
    /// One CSV.
    Csv,
    /// A table of what is there; a long one shows its head and its tail.
    Table,
    /// A table with all rows.
    Wide,
    /// One JSON object.
    Json,
    /// The same as YAML.
    Yaml,
}

/// `init`.
#[derive(Debug, Args)]
#[command(
    help_template = TEMPLATE,
    before_help = "\
Examples:
  # A configuration to start from, and to look at before anything is made of it
  kubectl arbtune init tuning
  kubectl arbtune plan --k8s-config tuning/session.yaml

It asks nothing and replaces nothing. With the configurations it writes their JSON Schemas, by which an editor
completes keys and marks mistakes."
)]
pub struct InitArgs {
    /// The directory; it is made where there is none.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath, default_value = ".")]
    pub directory: PathBuf,
}

/// `completion`.
#[derive(Debug, Args)]
#[command(
    help_template = TEMPLATE,
    before_help = "\
Examples:
  # For kubectl-arbtune itself; kubectl arbtune completes by plugin/kubectl_complete-arbtune
  source <(kubectl-arbtune completion bash)"
)]
pub struct CompletionArgs {
    /// The shell: bash, zsh, fish, powershell, elvish or nushell.
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    pub shell: Shell,
}

/// A shell that has a completion script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)] // Their names are all there is to say.
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    PowerShell,
    Elvish,
    Nushell,
}

/// `help`.
#[derive(Debug, Args)]
#[command(help_template = TEMPLATE)]
pub struct HelpArgs {
    /// The command; all of them in a line each, if none is named.
    #[arg(value_name = "COMMAND", value_parser = PossibleValuesParser::new(COMMANDS), hide_possible_values = true)]
    pub command: Option<String>,
}

/// `version`.
#[derive(Debug, Args)]
#[command(help_template = TEMPLATE)]
pub struct VersionArgs {}

/// The names of the subcommands.
pub const COMMANDS: [&str; 9] =
    ["generate", "plan", "validate", "status", "results", "init", "completion", "help", "version"];

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        let command = super::Cli::command();
        let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(names, super::COMMANDS);
        command.debug_assert();
    }
}
