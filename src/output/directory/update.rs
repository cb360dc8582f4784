//! Updates a directory to a session's manifests. Equivalent files are kept, others are staged, and conflicts and stale
//! files are detected before anything is moved.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use k8s_openapi::api::core::v1::ConfigMap;
use rustix::fs::FileType;

use super::area::NAME;
use super::contents::{self, FileContent, FileSnapshot};
use super::error::{DirectoryError, NameConflict};
use super::fate::{FileChange, Leftovers, Options, same_but_for_time};
use super::handle::Dir;
use super::locked::Directory;
use super::obstacles;
use super::owner::{FileSummary, Owner};
use super::staging::Staging;
use crate::config::Session;
use crate::diff::{is_config_map, is_unchanged};
use crate::job::kustomization::{self, Kustomization};
use crate::job::{JobIdentity, K8sTuningJobFactory};
use crate::manifest::Format;
use crate::manifest::input::is_manifest;
use crate::names::{PREFIX, differ_in_width};
use crate::output::session_view::{self, JobRow, plural};
use crate::output::template::Template;
use crate::yaml::{Node, Text};

/// A run into a directory.
#[derive(Debug)]
pub struct Update<'d> {
    dir: &'d Dir,
    factory: &'d K8sTuningJobFactory<'d>,
    session: &'d Session,
    options: Options,
    /// Existing entries with names that the run needs.
    present: HashMap<String, FileType>,
    /// Free names that the run needs, each with the current name of its file.
    old_names: HashMap<String, String>,
    /// The number of renamed files.
    renamed: usize,
    /// Files of the session's workers that are not part of this run.
    left_alone: Vec<String>,
    leftovers: Vec<Leftover>,
    conflicts: Vec<NameConflict>,
    warnings: Vec<String>,
    staging: Option<Staging<'d>>,
}

/// A stale file of the session.
#[derive(Debug)]
struct Leftover {
    name: String,
    seen: FileSnapshot,
    /// What would prevent its removal.
    obstacle: Option<String>,
}

impl<'d> Update<'d> {
    /// Examines the directory for a run that writes the manifests of a session.
    ///
    /// # Errors
    /// The directory cannot be listed, or there are stale files that must be refused.
    pub fn begin(
        directory: &'d Directory,
        factory: &'d K8sTuningJobFactory<'d>,
        options: Options,
    ) -> Result<Self, DirectoryError> {
        let dir = directory.dir();
        let mut others: HashMap<OsString, FileType> =
            dir.entries().map_err(|error| unusable(dir, error))?.into_iter().collect();
        let session = factory.session();
        let names = session_view::rows(session, factory.part(), options.format).map(|row| row.file);
        let names = names.chain(factory.config_map_files(options.format));
        let names = names.chain(options.kustomize.then(|| kustomization::FILE.to_owned()));
        let present = names.filter_map(|name| others.remove(&OsString::from(&name)).map(|kind| (name, kind))).collect();
        let mut update = Self {
            dir,
            factory,
            session,
            options,
            present,
            old_names: HashMap::new(),
            renamed: 0,
            left_alone: Vec::new(),
            leftovers: Vec::new(),
            conflicts: Vec::new(),
            warnings: Vec::new(),
            staging: None,
        };
        if options.kustomize {
            update.look_for_second_kustomization(&others);
        }
        let mut others: Vec<(OsString, FileType)> =
            others.into_iter().filter(|(name, _)| is_manifest(Path::new(name))).collect();
        others.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (name, kind) in &others {
            match kind {
                FileType::RegularFile => update.look_through(name),
                FileType::Symlink => update.look_behind(name),
                _ => {}
            }
        }
        update.settle()?;
        Ok(update)
    }

    /// Kustomize rejects a directory with two of its files.
    fn look_for_second_kustomization(&mut self, others: &HashMap<OsString, FileType>) {
        for name in kustomization::OTHER_FILES.into_iter().filter(|name| others.contains_key(OsStr::new(name))) {
            let what = format!("exists, and Kustomize does not allow a {} beside it", kustomization::FILE);
            self.conflicts.push(NameConflict { name: name.to_owned(), what, is_of_session: false });
        }
    }

    /// Warns of a link to a file of this session: kubectl would follow it, but this tool leaves it alone.
    fn look_behind(&mut self, link: &OsStr) {
        let Ok(content) = FileContent::read_behind(self.dir, link) else { return };
        if FileSummary::of(&Text::decode(content.bytes)).owner == Owner::Session(self.session.session_id.clone()) {
            self.warnings.push(format!(
                "{} is a symbolic link to a file of this session; kubectl apply would apply it too.",
                self.dir.path().join(link).display()
            ));
        }
    }

    /// Checks whether another file in the directory belongs to this session.
    fn look_through(&mut self, file: &OsStr) {
        let shown = file.to_str().map_or_else(|| self.dir.path().join(file).display().to_string(), ToOwned::to_owned);
        let content = match FileContent::read(self.dir, file) {
            Ok(content) => content,
            Err(error) => return self.tell_of_unreadable(shown, &error),
        };
        let (is_too_large, seen, mode, uid) = (content.is_too_large, content.snapshot(), content.mode, content.uid);
        let text = Text::decode(content.bytes);
        // Most unrelated files do not mention this session at all.
        let ours = format!("{PREFIX}{}-", self.session.session_short);
        if !text.as_str().contains(&self.session.session_id) && !text.as_str().contains(&ours) {
            return;
        }
        if is_too_large {
            let what = "mentions this session, and is too large to be checked".to_owned();
            self.conflicts.push(NameConflict { name: shown, what, is_of_session: false });
            return;
        }
        let summary = FileSummary::of(&text);
        let is_ours = matches!(&summary.owner, Owner::Session(id) if *id == self.session.session_id);
        if is_ours && file != kustomization::FILE && self.is_of_others(&summary.jobs) {
            self.left_alone.extend(file.to_str().map(ToOwned::to_owned));
            return;
        }
        match (file.to_str(), summary.owner) {
            (Some(name), Owner::Session(_)) if is_ours => {
                let obstacle = obstacles::of_file(self.dir, name, mode, uid);
                if let Some(new) = self.new_name(name, &summary.jobs, summary.only_object.is_some()) {
                    let conflict = |what| NameConflict { name: name.to_owned(), what, is_of_session: false };
                    self.conflicts.extend(obstacle.map(conflict));
                    self.old_names.insert(new, name.to_owned());
                    return;
                }
                self.leftovers.push(Leftover { name: name.to_owned(), seen, obstacle });
            }
            (None, Owner::Session(_)) if is_ours => self.warnings.push(format!(
                "{shown} belongs to this session but not to this run, and its name is not valid UTF-8: remove it by \
                 hand."
            )),
            (_, owner) => {
                let Some(job) = summary.jobs.iter().find(|job| self.is_of_run(job)) else { return };
                let whose = match &job.session_id {
                    Some(id) if *id != self.session.session_id => format!("session {id} also has a Job {}", job.name),
                    _ => format!("also contains the Job {}", job.name),
                };
                let is_of_session = matches!(owner, Owner::Session(_));
                let what = if is_of_session { format!("belongs to another session: {whose}") } else { whose };
                self.conflicts.push(NameConflict { name: shown, what, is_of_session });
            }
        }
    }

    /// The new name of a file of this session, if only the width of its index has changed.
    fn new_name(&self, old: &str, jobs: &[JobIdentity], is_one_object: bool) -> Option<String> {
        let format = self.options.format;
        let new = match jobs {
            [job] if self.is_of_run(job) => {
                let share = job.share_in(self.session)?;
                let is_attempt_of_run = self.factory.part().attempt(share.index) == Some(share.attempt);
                is_attempt_of_run.then(|| JobRow::new(self.session, &share, format).file)?
            }
            [] => self.factory.config_map_files(format).find(|file| differ_in_width(old, file))?,
            _ => return None,
        };
        let is_free = !self.present.contains_key(&new) && !self.old_names.contains_key(&new);
        (is_free && is_one_object && differ_in_width(old, &new)).then_some(new)
    }

    /// Whether a Job belongs to a worker of this run, with any attempt. kubectl apply would restart an earlier attempt
    /// next to the new one.
    fn is_of_run(&self, job: &JobIdentity) -> bool {
        job.share_in(self.session).is_some_and(|share| self.factory.part().attempt(share.index).is_some())
    }

    /// Whether a file of the session contains only Jobs of workers that are not part of this run, or ConfigMaps that
    /// they may need.
    fn is_of_others(&self, jobs: &[JobIdentity]) -> bool {
        let is_whole = self.factory.part().len() == self.session.workers;
        let is_left_alone = |job: &JobIdentity| job.share_in(self.session).is_some() && !self.is_of_run(job);
        !is_whole && jobs.iter().all(is_left_alone)
    }

    /// A request to remove stale files must not silently skip an unreadable one.
    fn tell_of_unreadable(&mut self, name: String, error: &io::Error) {
        if self.options.leftovers == Leftovers::Prune {
            let what = format!("cannot be read ({error}), so it is unknown whether it should be removed");
            self.conflicts.push(NameConflict { name, what, is_of_session: false });
        } else {
            self.warnings.push(format!("{name} cannot be read: {error}. It may belong to this session."));
        }
    }

    fn settle(&mut self) -> Result<(), DirectoryError> {
        if self.leftovers.is_empty() || !self.conflicts.is_empty() {
            return Ok(());
        }
        match self.options.leftovers {
            Leftovers::Keep => self.tell_of_leftovers(),
            Leftovers::Refuse => {
                return Err(DirectoryError::Leftovers {
                    path: self.dir.path().to_owned(),
                    session_id: self.session.session_id.clone(),
                    names: self.leftovers(),
                });
            }
            Leftovers::Prune => self.prune()?,
        }
        Ok(())
    }

    fn tell_of_leftovers(&mut self) {
        let path = self.dir.path().display();
        let is_manifest = |leftover: &&Leftover| leftover.name != kustomization::FILE;
        let manifests = self.leftovers.iter().filter(is_manifest).count();
        if manifests < self.leftovers.len() {
            self.warnings.push(format!(
                "{path}/{} was left alone, and may not list the session's current files.",
                kustomization::FILE
            ));
        }
        if manifests > 0 {
            self.warnings.push(format!(
                "{path} contains {} of this session that this run does not write; kubectl apply -f {path} would apply {}.",
                plural(manifests as u64, "file"),
                if manifests == 1 { "it too" } else { "them too" },
            ));
        }
    }

    fn prune(&mut self) -> Result<(), DirectoryError> {
        let immovable = self.leftovers.iter().filter_map(|leftover| {
            let what = leftover.obstacle.clone()?;
            Some(NameConflict { name: leftover.name.clone(), what, is_of_session: false })
        });
        self.conflicts.extend(immovable);
        if self.conflicts.is_empty() {
            let mut staging = Staging::begin(self.dir, &self.session.session_id)?;
            for leftover in &self.leftovers {
                staging.remove(&leftover.name, leftover.seen.clone());
            }
            self.staging = Some(staging);
        }
        Ok(())
    }

    /// The stale files of the session.
    pub fn leftovers(&self) -> Vec<String> {
        self.leftovers.iter().map(|leftover| leftover.name.clone()).collect()
    }

    /// The number of files renamed because the width of the index has changed.
    #[must_use]
    pub const fn renamed(&self) -> usize {
        self.renamed
    }

    /// Warnings, as sentences.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Stages the ConfigMaps that the workers need, and returns the names and changes of their files.
    ///
    /// # Errors
    /// A file cannot be staged, or a ConfigMap cannot be written.
    pub fn put_config_maps(&mut self) -> Result<Vec<(String, FileChange)>, DirectoryError> {
        let Self { factory, options: Options { format, .. }, .. } = *self;
        let mut content = Vec::new();
        let put = |(name, config_map): (String, ConfigMap)| {
            content.clear();
            format.push(&config_map, &mut content)?;
            let change = self.put(&name, &content, |object| is_config_map(&config_map, object))?;
            Ok((name, change))
        };
        factory.config_map_files(format).zip(factory.config_maps()).map(put).collect()
    }

    /// Stages the manifest of each worker, unless the directory has an equivalent one; calls `step` after each. Returns
    /// the changes of the files in the order of the workers.
    ///
    /// # Errors
    /// A file cannot be staged, or a Job cannot be written.
    pub fn put_jobs(&mut self, step: impl Fn()) -> Result<Vec<FileChange>, DirectoryError> {
        let Self { factory, session, options: Options { format, .. }, .. } = *self;
        let template = Template::document(factory, format)?;
        let mut changes = Vec::with_capacity(factory.part().len() as usize);
        let mut content = Vec::new();
        for share in factory.shares() {
            content.clear();
            template.push(&share, &mut content);
            let name = JobRow::new(session, &share, format).file;
            let is_same = |object: &Node| is_unchanged(&factory.job(&share), object);
            changes.push(self.put(&name, &content, is_same)?);
            step();
        }
        Ok(changes)
    }

    /// Stages the `kustomization.yaml` that lists all the others, if it is requested, and returns its change.
    ///
    /// # Errors
    /// A file cannot be staged.
    pub fn put_kustomization(&mut self) -> Result<Option<FileChange>, DirectoryError> {
        let Self { factory, session, options: Options { format, kustomize, .. }, .. } = *self;
        if !kustomize {
            return Ok(None);
        }
        let jobs = session_view::rows(session, factory.part(), format).map(|row| row.file);
        let mut files: Vec<String> = factory.config_map_files(format).chain(jobs).collect();
        if !self.left_alone.is_empty() {
            files.append(&mut self.left_alone);
            files.sort_unstable();
        }
        let desired = Kustomization::new(session, files);
        let mut content = Vec::new();
        // Its name requires YAML, whatever the format of the manifests is.
        let format = if format == Format::Json { Format::Yaml } else { format };
        format.push(&desired, &mut content)?;
        let is_same = |object: &Node| serde_json::to_value(&desired).is_ok_and(|desired| object.to_json() == desired);
        self.put(kustomization::FILE, &content, is_same).map(Some)
    }

    /// Adds the content of one file. An existing file under this name or its old one is kept if it has the same
    /// content, or if `is_same` returns true for its object.
    fn put(
        &mut self,
        name: &str,
        content: &[u8],
        is_same: impl FnOnce(&Node) -> bool,
    ) -> Result<FileChange, DirectoryError> {
        let old_name = self.old_names.remove(name);
        let found = match (self.present.get(name), &old_name) {
            (Some(kind), _) => Some((name, *kind)),
            (None, Some(old)) => Some((old.as_str(), FileType::RegularFile)),
            (None, None) => None,
        };
        let existing =
            found.map_or(Ok(ExistingFile::Absent), |(found, kind)| self.existing(found, kind, content, is_same));
        let change = match (&existing, &old_name) {
            (Ok(ExistingFile::Absent), _) => FileChange::Created,
            (Ok(ExistingFile::Different(_)), _) => FileChange::Changed,
            (Ok(ExistingFile::Same), Some(_)) => FileChange::Renamed,
            (Ok(ExistingFile::Same) | Err(_), _) => FileChange::Unchanged,
        };
        // A run that will fail stages nothing more.
        match existing {
            Err(taken) => self.conflicts.push(taken),
            Ok(existing) if self.conflicts.is_empty() => self.stage(name, old_name.as_deref(), content, existing)?,
            Ok(_) => {}
        }
        Ok(change)
    }

    /// Stages the change of a file.
    fn stage(
        &mut self,
        name: &str,
        old_name: Option<&str>,
        content: &[u8],
        existing: ExistingFile,
    ) -> Result<(), DirectoryError> {
        self.renamed += usize::from(old_name.is_some());
        match (existing, old_name) {
            (ExistingFile::Same, None) => Ok(()),
            (ExistingFile::Absent, _) => self.staging()?.create(name, content),
            (ExistingFile::Different(seen), None) => self.staging()?.replace(name, content, seen),
            (ExistingFile::Different(seen), Some(old)) => self.staging()?.rename(old, name, content, seen),
            // A user's changes to it are kept.
            (ExistingFile::Same, Some(old)) => match FileContent::read(self.dir, OsStr::new(old)) {
                Ok(kept) => self.staging()?.rename(old, name, &kept.bytes, kept.snapshot()),
                Err(error) => {
                    self.conflicts.push(unreadable(old, &error));
                    Ok(())
                }
            },
        }
    }

    fn existing(
        &self,
        name: &str,
        kind: FileType,
        content: &[u8],
        is_same: impl FnOnce(&Node) -> bool,
    ) -> Result<ExistingFile, NameConflict> {
        let taken = |what: String| NameConflict { name: name.to_owned(), what, is_of_session: false };
        if !kind.is_file() {
            return Err(taken(contents::describe(self.dir, name, kind)));
        }
        let found = FileContent::read(self.dir, OsStr::new(name)).map_err(|error| unreadable(name, &error))?;
        if found.is_too_large {
            return Err(taken("is larger than any file that this tool writes".to_owned()));
        }
        if found.bytes == content || same_but_for_time(&found.bytes, content, self.factory.created_at()) {
            return Ok(ExistingFile::Same);
        }
        let (seen, mode, uid) = (found.snapshot(), found.mode, found.uid);
        let summary = FileSummary::of(&Text::decode(found.bytes));
        match (summary.owner, summary.only_object) {
            (Owner::Session(id), _) if id != self.session.session_id && name == kustomization::FILE => {
                Err(taken(format!("belongs to session {id}, and lists that session's files")))
            }
            (Owner::Session(id), _) if id != self.session.session_id => {
                let what = format!("belongs to session {id}, whose Jobs have the same names");
                Err(NameConflict { name: name.to_owned(), what, is_of_session: true })
            }
            (Owner::Session(_), Some(object)) if is_same(&object) => Ok(ExistingFile::Same),
            (Owner::Session(_), Some(_)) => match obstacles::of_file(self.dir, name, mode, uid) {
                Some(what) => Err(taken(what)),
                None => Ok(ExistingFile::Different(seen)),
            },
            (Owner::Session(_), None) => Err(taken("contains several objects of this session".to_owned())),
            (Owner::Stranger(what), _) => Err(taken(what)),
        }
    }

    fn staging(&mut self) -> Result<&mut Staging<'d>, DirectoryError> {
        let staging = match self.staging.take() {
            Some(staging) => staging,
            None => Staging::begin(self.dir, &self.session.session_id)?,
        };
        Ok(self.staging.insert(staging))
    }

    /// Moves everything into place, unless a name is taken. Returns warnings, as sentences.
    ///
    /// # Errors
    /// Names are taken, or files cannot be moved.
    pub fn finish(self) -> Result<Vec<String>, DirectoryError> {
        if !self.conflicts.is_empty() {
            return Err(DirectoryError::NameConflicts { path: self.dir.path().to_owned(), conflicts: self.conflicts });
        }
        let left = self.staging.map_or(Ok(None), Staging::commit)?;
        let path = self.dir.path().join(NAME);
        let tell = |error| {
            format!(
                "All files are in place, but the staging directory {} could not be removed: {error}. The next run \
                 removes it.",
                path.display()
            )
        };
        Ok(left.map(tell).into_iter().collect())
    }
}

/// Compares an existing file with the new one.
enum ExistingFile {
    Absent,
    Same,
    Different(FileSnapshot),
}

fn unreadable(name: &str, error: &io::Error) -> NameConflict {
    let what = format!("cannot be read ({error}), so its session is unknown");
    NameConflict { name: name.to_owned(), what, is_of_session: false }
}

fn unusable(dir: &Dir, source: io::Error) -> DirectoryError {
    DirectoryError::Unusable(dir.path().to_owned(), source)
}
