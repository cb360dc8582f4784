//! `init`: writes starter configurations into a directory.

use super::generate::open;
use super::{CommandError, Outcome, Styles, show_out};
use crate::cli::InitArgs;
use crate::output::directory;
use crate::printable;
use crate::starter::{FILES, K8S_CONFIG, ORCHESTRATOR_CONFIG};

/// Runs the command.
///
/// # Errors
/// A file already exists, or the directory cannot be written.
pub fn run(args: &InitArgs, styles: Styles) -> Result<Outcome, CommandError> {
    let directory = open(&args.directory, styles.err)?;
    directory::create_all(&directory, &FILES)?;
    let shown = |name: &str| printable::path(&args.directory.join(name));
    let argument = |name: &str| printable::argument(&args.directory.join(name));
    show_out(Outcome::Success, styles.out, |screen| {
        for (name, _) in FILES {
            screen.line(format!("created  {}", shown(name)))?;
        }
        screen.blank()?;
        screen.line("Edit them, then look at the session:")?;
        screen.line(format!("  kubectl arbtune plan --k8s-config {}", argument(K8S_CONFIG)))?;
        screen.line("With the iterations and workers from the orchestrator configuration:")?;
        screen.line(format!(
            "  kubectl arbtune plan --k8s-config {} --orchestrator-config {}",
            argument(K8S_CONFIG),
            argument(ORCHESTRATOR_CONFIG)
        ))
    })
}
