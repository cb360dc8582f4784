//! How a session's tuning file reaches its workers, and warnings about it. This is the only place that looks for the
//! file.

use std::path::Path;

use thiserror::Error;

use super::config_map::TuningConfigMaps;
use super::file::{TuningFile, TuningFileError};
use super::mount::local_path;
use super::review::{Repeats, Review, Situation};
use super::seed::SeedError;
use crate::config::Session;
use crate::config::tuning_config::{MountPathError, mount_path};
use crate::yaml::text::Excerpt;

/// The ConfigMaps of a tuning file, and where each worker finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The ConfigMaps.
    pub config_maps: TuningConfigMaps,
    /// Its absolute path in the worker's container.
    pub mount_path: String,
}

/// The effects of a session's tuning file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tuning {
    /// How the file reaches the workers, if it does not come with the image.
    pub delivery: Option<Delivery>,
    /// Warnings.
    pub warnings: Vec<Warning>,
    /// Parameters that the workers try more than once.
    pub repeats: Option<Repeats>,
}

/// A warning about a tuning file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The position in the file; none if it is about the whole file.
    pub excerpt: Option<Excerpt>,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it, as a sentence.
    pub help: Option<String>,
}

/// Why a tuning file cannot be mounted.
#[derive(Debug, Error)]
pub enum TuningError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] TuningFileError),
    /// Its seed cannot be incremented.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// It cannot be mounted at its path.
    #[error(transparent)]
    Path(#[from] MountPathError),
}

impl TuningError {
    /// The position in the file, if there is one.
    #[must_use]
    pub fn excerpt(&self) -> Option<&Excerpt> {
        match self {
            Self::File(error) => error.excerpt(),
            Self::Seed(error) => Some(&error.excerpt),
            Self::Path(_) => None,
        }
    }

    /// What to do about it, if the message does not say it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::File(error) => error.help(),
            Self::Seed(error) => Some(error.help),
            Self::Path(_) => None,
        }
    }
}

impl Tuning {
    /// Looks for the tuning file of a session in `root`, the directory of the project.
    ///
    /// # Errors
    /// A file to mount cannot be mounted. Without a mount, only a file of the project is read; a file in the image need
    /// not exist here at all, so its problems are only warnings.
    pub fn of(session: &Session, root: &Path) -> Result<Self, TuningError> {
        let local = match local_path(session.working_dir.as_deref(), &session.config_path) {
            Some(path) => path,
            // A file to mount is always a local file, even with such a path.
            None if session.mounts_tuning_file => &session.config_path,
            None => return Ok(Self::default()),
        };
        let file = match TuningFile::read(&root.join(local)) {
            Ok(file) => file,
            Err(error) if session.mounts_tuning_file => return Err(error.into()),
            Err(TuningFileError::Missing { .. }) => return Ok(Self::default()),
            Err(error) => return Ok(Self { warnings: vec![unreadable(&error)], ..Self::default() }),
        };
        let situation = Situation {
            optimizer: session.optimizer,
            total_iterations: session.total_iterations,
            workers: session.workers,
            has_own_seeds: session.has_own_seeds,
            root,
        };
        let review = Review::of(&file, &situation);
        let remarks = review.remarks.into_iter().map(|remark| Warning {
            excerpt: Some(file.excerpt(remark.position)),
            message: remark.message,
            help: remark.help,
        });
        let mut warnings: Vec<Warning> = remarks.collect();
        let delivery = session.mounts_tuning_file.then(|| deliver(session, &file)).transpose()?;
        let large = delivery.as_ref().and_then(|delivery| delivery.config_maps.warning());
        warnings.extend(large.map(|message| Warning { excerpt: None, message, help: None }));
        Ok(Self { delivery, warnings, repeats: review.repeats })
    }
}

fn deliver(session: &Session, file: &TuningFile) -> Result<Delivery, TuningError> {
    Ok(Delivery {
        mount_path: mount_path(session.working_dir.as_deref(), &session.config_path)?,
        config_maps: TuningConfigMaps::new(session, file, session.has_own_seeds)?,
    })
}

fn unreadable(error: &TuningFileError) -> Warning {
    Warning { excerpt: error.excerpt().cloned(), message: error.to_string(), help: error.help().map(ToOwned::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::tests::{K8S, session};
    use std::fs;

    const BASELINE: &str = include_str!("../../configs/d23_tuning/advanced_baseline.yaml");

    fn tuning(file: Option<&str>, change: impl FnOnce(&mut Session)) -> Result<Tuning, TuningError> {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("configs/d23_tuning/advanced_baseline.yaml");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::create_dir_all(root.path().join("configs/d17_scenarios")).unwrap();
        for scenario in ["basic_spread_win", "choppy_market"] {
            fs::write(root.path().join(format!("configs/d17_scenarios/{scenario}.yaml")), "").unwrap();
        }
        if let Some(text) = file {
            fs::write(path, text).unwrap();
        }
        let mut session = session(K8S, None).unwrap();
        change(&mut session);
        Tuning::of(&session, root.path())
    }

    fn mounted(session: &mut Session) {
        (session.working_dir, session.mounts_tuning_file) = (Some("/app".to_owned()), true);
    }

    #[test]
    fn a_file_that_comes_with_the_image_need_not_be_here() {
        assert_eq!(tuning(None, |_| {}).unwrap(), Tuning::default());
        let found = tuning(Some(BASELINE), |_| {}).unwrap();
        assert!(found.delivery.is_none() && found.warnings.is_empty());
        assert!(found.repeats.unwrap().message.contains("the 6 iterations are 3 distinct ones, each run twice"));
        let odd = tuning(Some("a: ["), |_| {}).unwrap();
        assert!(odd.warnings[0].message.contains("not well-formed YAML") && odd.warnings[0].excerpt.is_some());
    }

    #[test]
    fn a_file_that_is_mounted_must_be_here_and_sound() {
        let found = tuning(Some(BASELINE), mounted).unwrap();
        let delivery = found.delivery.unwrap();
        assert_eq!(delivery.mount_path, "/app/configs/d23_tuning/advanced_baseline.yaml");
        assert_eq!(delivery.config_maps.len(), 1);
        assert!(found.repeats.is_some(), "They still share the seed.");
        assert!(matches!(tuning(None, mounted), Err(TuningError::File(TuningFileError::Missing { .. }))));
        assert!(matches!(tuning(Some("a: ["), mounted), Err(TuningError::File(_))));
        let error = tuning(Some(BASELINE), |session| session.mounts_tuning_file = true).unwrap_err();
        assert!(error.to_string().contains("Add working_dir"), "{error}");
    }

    #[test]
    fn without_a_mount_only_a_file_of_the_project_is_read() {
        for path in ["/etc/passwd", "../../../../../../etc/passwd"] {
            let found = tuning(None, |session| path.clone_into(&mut session.config_path)).unwrap();
            assert_eq!(found, Tuning::default(), "{path}");
        }
        let mount = |session: &mut Session| {
            mounted(session);
            "/etc/passwd".clone_into(&mut session.config_path);
        };
        assert!(matches!(tuning(None, mount), Err(TuningError::File(_))), "The user asked for it.");
    }

    #[test]
    fn each_worker_may_have_its_own_seed() {
        let own = |session: &mut Session| {
            mounted(session);
            session.has_own_seeds = true;
        };
        let found = tuning(Some(BASELINE), own).unwrap();
        assert_eq!(found.repeats, None);
        assert_eq!(found.delivery.unwrap().config_maps.seeds(2), Some((42, 43)));
        let error = tuning(Some(&BASELINE.replace("42", "x")), own).unwrap_err();
        assert!(matches!(error, TuningError::Seed(_)) && error.help().is_some());
    }
}
