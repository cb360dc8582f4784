//! `plan`: shows what a session would become, and writes nothing.

use std::io::{self, Write};

use super::{CommandError, Outcome, Styles, load, warn};
use crate::cli::{PlanArgs, PlanFormat};
use crate::manifest::write;
use crate::output::manifests::{FileKind, OutputError};
use crate::output::session;

/// Runs the command.
///
/// # Errors
/// Whatever is wrong with the configuration, and output that cannot be written.
pub fn run(args: &PlanArgs, styles: Styles) -> Result<Outcome, CommandError> {
    let session = load(&args.session.k8s_config, &args.session.options)?;
    warn(&session, styles.err);
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.output {
        PlanFormat::Table | PlanFormat::Wide => {
            let all_rows = args.output == PlanFormat::Wide;
            let jobs = session::job_table(&session, FileKind::Yaml, all_rows, styles.out);
            let totals = session::total_table(&session, styles.out);
            let settings = session::setting_table(&session, styles.out);
            write!(out, "{jobs}\n{totals}\n{settings}")?;
        }
        PlanFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &session::view(&session)).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
        PlanFormat::Yaml => {
            let mut text = Vec::new();
            write::yaml(&session::view(&session), &mut text).map_err(OutputError::from)?;
            out.write_all(&text)?;
        }
        PlanFormat::Name => {
            for row in session::rows(&session, FileKind::Yaml) {
                writeln!(out, "job.batch/{}", row.name)?;
            }
        }
    }
    out.flush()?;
    Ok(Outcome::Well)
}
