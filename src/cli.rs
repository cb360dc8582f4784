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
It reads and writes files and never talks to a cluster: apply its output with kubectl.

Examples:
  # Look at a session before generating anything
  kubectl arbtune plan --k8s-config session.yaml

  # Generate its Jobs and pipe them to kubectl
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

    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// Only on a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the Jobs of a session to stdout, or to a directory.
    Generate(GenerateArgs),
    /// Show a session's workers, totals and settings without writing anything.
    Plan(PlanArgs),
    /// Check Jobs and CronJobs against the API server's rules and the tuning guide's.
    Validate(ValidateArgs),
    /// Show the progress of a session from the output of kubectl get.
    Status(StatusArgs),
    /// Merge the workers' CSV files into one and report what is missing.
    Results(ResultsArgs),
    /// Create commented starter configurations in a directory.
    Init(InitArgs),
    /// Print the completion script for a shell.
    Completion(CompletionArgs),
    /// Show the help for a command.
    Help(HelpArgs),
    /// Show the version.
    Version(VersionArgs),
}

/// The configuration files of a session.
#[derive(Debug, Args)]
pub struct SessionArgs {
    /// The session's K8s configuration (D29); - for standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub k8s_config: PathBuf,

    /// More settings.
    #[command(flatten)]
    pub options: SessionOptions,
}

/// Options that add to a K8s configuration.
#[derive(Debug, Args)]
pub struct SessionOptions {
    /// An orchestrator configuration (D28); its iterations and workers take precedence.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub orchestrator_config: Option<PathBuf>,

    /// The namespace of the Jobs; overrides the configuration.
    #[arg(short, long, value_name = "NAME", value_parser = namespace)]
    pub namespace: Option<String>,

    /// The session's id; overrides the configuration.
    #[arg(long, value_name = "ID", value_parser = session_id)]
    pub session_id: Option<String>,

    /// The session's short name in Job names [default: the first 8 characters of its id].
    #[arg(long, value_name = "STR", value_parser = session_short)]
    pub session_short: Option<String>,

    /// Set a key of the K8s configuration; overrides the files; may be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = Assignment::parse, add = ArgValueCompleter::new(keys_to_set))]
    pub set: Vec<Assignment>,
}

/// The server to check against.
#[derive(Debug, Args)]
pub struct ServerOptions {
    /// The Kubernetes version to check against.
    #[arg(long, value_name = "VERSION", default_value_t = Version::NEWEST, value_parser = version())]
    pub kubernetes_version: Version,
}

/// `generate`.
#[derive(Debug, Args)]
#[command(
    help_template = TEMPLATE,
    before_help = "\
Examples:
  # Generate the Jobs of a session and pipe them to kubectl
  kubectl arbtune generate --k8s-config session.yaml | kubectl apply -f -

  # Write one file per Job, to review and apply as a directory
  kubectl arbtune generate --k8s-config session.yaml -d jobs
  kubectl apply -f jobs

  # Reproducible output: the same bytes on every run
  kubectl arbtune generate --k8s-config session.yaml --created-at 2025-11-16T18:21:45Z

  # Set what a pipeline changes with each commit
  kubectl arbtune generate --k8s-config session.yaml --set image=registry/bot:1.4 --set resources.limits.cpu=2

  # Only some workers
  kubectl arbtune generate --k8s-config session.yaml --only worker-3,worker-7..9

  # The rest of a session: the workers that failed or have no Job
  kubectl get jobs -n trading-bots -o json |
    kubectl arbtune generate --k8s-config session.yaml --from-status -"
)]
#[allow(clippy::struct_excessive_bools)] // Each is a flag of its own.
pub struct GenerateArgs {
    /// The session.
    #[command(flatten)]
    pub session: SessionArgs,

    /// Write one file per Job into this directory, and the summary to stdout.
    #[arg(short = 'd', long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,

    /// Remove stale files of the session from the directory: those that this run does not generate.
    #[arg(long, requires = "output_dir", conflicts_with = "keep_stale")]
    pub prune: bool,

    /// Keep stale files of the session in the directory.
    #[arg(long, requires = "output_dir")]
    pub keep_stale: bool,

    /// Also write a kustomization.yaml that lists the files, for kubectl apply -k.
    #[arg(long, requires = "output_dir")]
    pub kustomize: bool,

    /// Generate the Jobs of these workers only: worker-3, or worker-3..9 for worker-3 to worker-9.
    #[arg(long, value_name = "WORKERS", value_delimiter = ',', value_parser = str::parse::<Workers>)]
    pub only: Vec<Workers>,

    /// Generate the Jobs of the workers that failed or have no Job, according to the output of kubectl get jobs; - for
    /// standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub from_status: Option<PathBuf>,

    /// Reuse the names of failed Jobs instead of adding an attempt number; delete the failed Jobs first.
    #[arg(long, requires = "from_status")]
    pub replace: bool,

    /// Output format: yaml, kyaml, json (one v1 List) or name.
    #[arg(short, long, value_name = "FORMAT", default_value = "yaml", hide_possible_values = true)]
    pub output: GenerateFormat,

    /// The Jobs' created_at (RFC 3339) [default: SOURCE_DATE_EPOCH, else now].
    #[arg(long, value_name = "TIME", value_parser = CreatedAt::parse)]
    pub created_at: Option<CreatedAt>,

    /// Do not write the summary.
    #[arg(short, long)]
    pub quiet: bool,

    /// Write the summary's table without headers.
    #[arg(long)]
    pub no_headers: bool,

    /// Allow mode live, which trades with real money.
    #[arg(long)]
    pub allow_live: bool,

    /// The server to check against.
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
    /// Only names.
    Name,
}

/// `plan`.
#[derive(Debug, Args)]
#[command(
    help_template = TEMPLATE,
    before_help = "\
Examples:
  # The workers of a session, their totals, and where each setting comes from
  kubectl arbtune plan --k8s-config session.yaml

  # With the iterations and workers of an orchestrator configuration
  kubectl arbtune plan --k8s-config session.yaml --orchestrator-config orchestrator.yaml

  # What would change in a directory, and in a cluster
  kubectl arbtune plan --k8s-config session.yaml --diff jobs
  kubectl get jobs -n trading-bots -o yaml |
    kubectl arbtune plan --k8s-config session.yaml --diff -

  # What the quotas and limits of its namespace would refuse
  kubectl get quota,limits -n trading-bots -o yaml |
    kubectl arbtune plan --k8s-config session.yaml --quota -"
)]
pub struct PlanArgs {
    /// The session.
    #[command(flatten)]
    pub session: SessionArgs,

    /// Show what applying the session would change, compared with the manifests in a directory, a file, or standard
    /// input (-).
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub diff: Option<PathBuf>,

    /// Show what a namespace's quotas, limit ranges and Pod Security labels would refuse; reads them from files,
    /// directories or standard input (-); exits with 1 if something would be refused, and above 1 on an error.
    #[arg(long, value_name = "FILE", num_args = 1.., value_hint = ValueHint::AnyPath, conflicts_with = "diff")]
    pub quota: Vec<PathBuf>,

    /// Whether --diff exits with 1 if something differs; an error always exits above 1.
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

    /// Output format: table, wide (all rows), json, yaml or name.
    #[arg(short, long, value_name = "FORMAT", default_value = "table", hide_possible_values = true)]
    pub output: PlanFormat,

    /// Write nothing to stdout; use only the exit code and stderr.
    #[arg(short, long)]
    pub quiet: bool,

    /// Write tables without headers.
    #[arg(long)]
    pub no_headers: bool,

    /// The server to check against.
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
    /// Only the names of the Jobs.
    Name,
}

/// `validate`.
#[derive(Debug, Args)]
#[command(
    help_template = TEMPLATE,
    before_help = "\
Examples:
  # Check a session's configurations and the Jobs generated from them
  kubectl arbtune validate --k8s-config session.yaml

  # Check a directory of manifests
  kubectl arbtune validate -f jobs

  # Check any Job against the API server's rules only
  kubectl arbtune validate --rules api -f job.yaml

  # Check it against the rules of an older cluster
  kubectl arbtune validate --kubernetes-version 1.33 -f job.yaml

  # Check whether a namespace with pod-security.kubernetes.io/enforce: restricted admits its pods
  kubectl arbtune validate --pod-security restricted -f job.yaml

  # Explain a rule
  kubectl arbtune validate --explain container-image"
)]
#[allow(clippy::struct_excessive_bools)] // Each is a flag of its own.
pub struct ValidateArgs {
    /// The session's K8s configuration (D29); - for standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "filename")]
    pub k8s_config: Option<PathBuf>,

    /// More settings.
    #[command(flatten)]
    pub options: SessionOptions,

    /// Manifest files, directories of them, or - for standard input; may be repeated.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::AnyPath, num_args = 1..,
        conflicts_with_all = ["orchestrator_config", "namespace", "session_id", "session_short", "set"])]
    pub filename: Vec<PathBuf>,

    /// Also read subdirectories.
    #[arg(short = 'R', long, requires = "filename")]
    pub recursive: bool,

    /// The rules to apply: api (the API server's), tuning (the guide's).
    #[arg(
        long,
        value_name = "RULES",
        value_delimiter = ',',
        default_value = "api,tuning",
        hide_possible_values = true
    )]
    pub rules: Vec<RuleSet>,

    /// Also check the pods against a Pod Security Standard: baseline or restricted.
    #[arg(long, value_name = "LEVEL", hide_possible_values = true)]
    pub pod_security: Option<Standard>,

    /// Skip a rule of the guide; may be repeated.
    #[arg(long, value_name = "RULE", add = ArgValueCandidates::new(rules_to_skip))]
    pub skip_rule: Vec<String>,

    /// The server to check against.
    #[command(flatten)]
    pub server: ServerOptions,

    /// Treat a document that is neither a Job nor a CronJob as an error.
    #[arg(long)]
    pub fail_on_skipped: bool,

    /// Explain a rule, with a bad and a good example, or which fields a feature gate drops.
    #[arg(long, value_name = "RULE", conflicts_with_all = ["filename", "k8s_config", "list_rules"],
        add = ArgValueCandidates::new(rules_to_explain))]
    pub explain: Option<String>,

    /// List all rules, and the fields and feature gates that differ between Kubernetes versions.
    #[arg(long, conflicts_with_all = ["filename", "k8s_config"])]
    pub list_rules: bool,

    /// Output format: table, json, github, junit or sarif.
    #[arg(short, long, value_name = "FORMAT", default_value = "table", hide_possible_values = true)]
    pub output: ReportFormat,

    /// In the table format, write only the findings.
    #[arg(short, long)]
    pub quiet: bool,

    /// Write tables without headers.
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

/// The Pod Security Standards that `validate` checks; the third one, privileged, allows everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Standard {
    /// Prevents known privilege escalations.
    Baseline,
    /// Requires current hardening practices.
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
  # How far a session has got, and what is wrong with it
  kubectl get jobs,pods -n trading-bots -l session_id=sweep-1 -o json |
    kubectl arbtune status -f -

  # The same, compared with its configuration: workers without a Job are missing
  kubectl get jobs,pods -n trading-bots -o json |
    kubectl arbtune status --k8s-config session.yaml -f -

  # Watch it
  kubectl get jobs -n trading-bots -w --output-watch-events -o json |
    kubectl arbtune status --watch -f -

It exits with 0 if each worker has succeeded, is running or is starting normally, with 1 if something needs \
attention, with 2 if a worker has failed, and with 3 if the input cannot be read."
)]
pub struct StatusArgs {
    /// Output of kubectl get for Jobs and pods: a file, a directory of files, or - for standard input; may be repeated.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::AnyPath, required = true)]
    pub filename: Vec<PathBuf>,

    /// A session's K8s configuration (D29), to find out which workers are missing; may be repeated.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, num_args = 1..)]
    pub k8s_config: Vec<PathBuf>,

    /// More settings.
    #[command(flatten)]
    pub options: SessionOptions,

    /// Follow a stream on standard input: redraw on a terminal, append lines elsewhere.
    #[arg(short, long)]
    pub watch: bool,

    /// Whether to exit with 1 or 2 if something needs attention or has failed; an error always exits above 2.
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

    /// Output format: table, wide (all rows), json, yaml, name, junit or github.
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
    /// Only the names of the Jobs.
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
  # Merge what the workers have written, and report what is missing
  kubectl arbtune results outputs > session.csv

  # The same, compared with the plan
  kubectl arbtune results --k8s-config session.yaml outputs > session.csv

  # Only report
  kubectl arbtune results -o table outputs"
)]
pub struct ResultsArgs {
    /// CSV files, or directories of them.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath, required = true)]
    pub paths: Vec<PathBuf>,

    /// The session's K8s configuration (D29), to find out what is missing; - for standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub k8s_config: Option<PathBuf>,

    /// More settings.
    #[command(flatten)]
    pub options: SessionOptions,

    /// Output format: csv (with the table on stderr), table, wide (all rows), json or yaml.
    #[arg(short, long, value_name = "FORMAT", default_value = "csv", hide_possible_values = true)]
    pub output: ResultsFormat,
}

/// What `results` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResultsFormat {
    /// One CSV file.
    Csv,
    /// A table; a long one shows its head and its tail.
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
  # Create a configuration to start from, and look at its plan
  kubectl arbtune init tuning
  kubectl arbtune plan --k8s-config tuning/session.yaml

It asks no questions and overwrites nothing. It also writes the JSON Schemas of the configurations, so that an \
editor can complete keys and mark mistakes."
)]
pub struct InitArgs {
    /// The directory; created if it does not exist.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath, default_value = ".")]
    pub directory: PathBuf,
}

/// `completion`.
#[derive(Debug, Args)]
#[command(
    help_template = TEMPLATE,
    before_help = "\
Examples:
  # For kubectl-arbtune itself; kubectl arbtune uses plugin/kubectl_complete-arbtune instead
  source <(kubectl-arbtune completion bash)"
)]
pub struct CompletionArgs {
    /// The shell: bash, zsh, fish, powershell, elvish or nushell.
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    pub shell: Shell,
}

/// A shell that has a completion script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)] // The names say it all.
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
    /// The command; without one, all commands are listed.
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
