//! One run's way from what a directory holds to what it is to hold.
//! A session and its manifests come in; files that mean the same are kept, others are staged, and
//! what belongs to somebody else, or is left over, is found before anything is moved.

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
    /// The names that the run needs and that are there already.
    present: HashMap<String, FileType>,
    /// Names that the run needs and that are free, each with the one that its file has so far.
    old_names: HashMap<String, String>,
    /// How many files get another name.
    renamed: usize,
    /// Files of the session with workers that this run leaves alone.
    left_alone: Vec<String>,
    leftovers: Vec<Leftover>,
    conflicts: Vec<NameConflict>,
    warnings: Vec<String>,
    staging: Option<Staging<'d>>,
}

/// A file of the session that the run does not make.
#[derive(Debug)]
struct Leftover {
    name: String,
    seen: FileSnapshot,
    /// What would keep it from being removed.
    obstacle: Option<String>,
}

impl<'d> Update<'d> {
    /// Looks through the directory for a run that writes the manifests of a session.
    ///
    /// # Errors
    /// A directory that cannot be listed, and leftovers that are to be refused.
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

    /// Kustomize refuses a directory where it finds two of the files that it looks for.
    fn look_for_second_kustomization(&mut self, others: &HashMap<OsString, FileType>) {
        for name in kustomization::OTHER_FILES.into_iter().filter(|name| others.contains_key(OsStr::new(name))) {
            let what = format!("is there, and Kustomize takes no {} beside it", kustomization::FILE);
            self.conflicts.push(NameConflict { name: name.to_owned(), what, is_of_session: false });
        }
    }

    /// Tells of a link to a file of this session: kubectl would follow it, and this tool leaves it to whoever made it.
    fn look_behind(&mut self, link: &OsStr) {
        let Ok(content) = FileContent::read_behind(self.dir, link) else { return };
        if FileSummary::of(&Text::decode(content.bytes)).owner == Owner::Session(self.session.session_id.clone()) {
            self.warnings.push(format!(
                "{} is a symbolic link to a file of this session, which kubectl apply would apply too.",
                self.dir.path().join(link).display()
            ));
        }
    }

    /// Finds out whether another file in the directory concerns this session.
    fn look_through(&mut self, file: &OsStr) {
        let shown = file.to_str().map_or_else(|| self.dir.path().join(file).display().to_string(), ToOwned::to_owned);
        let content = match FileContent::read(self.dir, file) {
            Ok(content) => content,
            Err(error) => return self.tell_of_unreadable(shown, &error),
        };
        let (is_too_large, seen, mode, uid) = (content.is_too_large, content.snapshot(), content.mode, content.uid);
        let text = Text::decode(content.bytes);
        // Most files of others are told by not naming this session at all.
        let ours = format!("{PREFIX}{}-", self.session.session_short);
        if !text.as_str().contains(&self.session.session_id) && !text.as_str().contains(&ours) {
            return;
        }
        if is_too_large {
            let what = "names this session, and is too large to be looked through".to_owned();
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
                "{shown} is of this session, which this run does not make, and its name is no UTF-8 text: remove it by \
                 hand."
            )),
            (_, owner) => {
                let Some(job) = summary.jobs.iter().find(|job| self.is_of_run(job)) else { return };
                let whose = match &job.session_id {
                    Some(id) if *id != self.session.session_id => format!("session {id} has a Job {} too", job.name),
                    _ => format!("holds the Job {} too", job.name),
                };
                let is_of_session = matches!(owner, Owner::Session(_));
                let what = if is_of_session { format!("is of another session: {whose}") } else { whose };
                self.conflicts.push(NameConflict { name: shown, what, is_of_session });
            }
        }
    }

    /// The name that a file of this session is to have, where only the width of the index in it has changed.
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

    /// Whether a Job is one of the workers whose Jobs this run makes, of whatever attempt. An earlier one would be
    /// started again by kubectl apply, beside the one that is made now.
    fn is_of_run(&self, job: &JobIdentity) -> bool {
        job.share_in(self.session).is_some_and(|share| self.factory.part().attempt(share.index).is_some())
    }

    /// Whether a file of the session has Jobs only of workers that this run leaves alone; or ConfigMaps, which those may
    /// need.
    fn is_of_others(&self, jobs: &[JobIdentity]) -> bool {
        let is_whole = self.factory.part().len() == self.session.workers;
        let is_left_alone = |job: &JobIdentity| job.share_in(self.session).is_some() && !self.is_of_run(job);
        !is_whole && jobs.iter().all(is_left_alone)
    }

    /// Whoever asks for leftovers to be removed must not be left with one that nobody could look into.
    fn tell_of_unreadable(&mut self, name: String, error: &io::Error) {
        if self.options.leftovers == Leftovers::Prune {
            let what = format!("cannot be read ({error}), so that nobody can tell whether it is to be removed");
            self.conflicts.push(NameConflict { name, what, is_of_session: false });
        } else {
            self.warnings.push(format!("{name} cannot be read: {error}. It may be of this session."));
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
                "{path}/{} stays as it is, and may list other files than the session has now.",
                kustomization::FILE
            ));
        }
        if manifests > 0 {
            self.warnings.push(format!(
                "{path} holds {} of this session that this run does not make; kubectl apply -f {path} would apply {}.",
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

    /// Files of the session that this run does not make.
    pub fn leftovers(&self) -> Vec<String> {
        self.leftovers.iter().map(|leftover| leftover.name.clone()).collect()
    }

    /// How many of the session's files get another name, because the width of the index in the names has changed.
    #[must_use]
    pub const fn renamed(&self) -> usize {
        self.renamed
    }

    /// What the user should know, as sentences.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Stages the ConfigMaps that the workers need; what becomes of their files goes out, each with its name.
    ///
    /// # Errors
    /// A file that cannot be staged, and a ConfigMap that cannot be written.
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

    /// Stages the manifest of each worker where the directory has none that means the same; `step` is called after
    /// each. What becomes of the files goes out, in the order of the workers.
    ///
    /// # Errors
    /// A file that cannot be staged, and a Job that cannot be written.
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

    /// Stages the `kustomization.yaml` that lists all the others, if the run makes one; what becomes of it goes out.
    ///
    /// # Errors
    /// A file that cannot be staged.
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
        // Its name says that it is YAML, whatever the manifests are.
        let format = if format == Format::Json { Format::Yaml } else { format };
        format.push(&desired, &mut content)?;
        let is_same = |object: &Node| serde_json::to_value(&desired).is_ok_and(|desired| object.to_json() == desired);
        self.put(kustomization::FILE, &content, is_same).map(Some)
    }

    /// Takes the content of one of the run's files. A file that is there already, under this name or its old one, is
    /// kept if it has the same content, or if `is_same` takes its object for the same.
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
        // A run that is going to be refused stages nothing more.
        match existing {
            Err(taken) => self.conflicts.push(taken),
            Ok(existing) if self.conflicts.is_empty() => self.stage(name, old_name.as_deref(), content, existing)?,
            Ok(_) => {}
        }
        Ok(change)
    }

    /// Stages what becomes of a file.
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
            // It keeps what a person has done to it.
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
            return Err(taken("is larger than any file of this tool".to_owned()));
        }
        if found.bytes == content || same_but_for_time(&found.bytes, content, self.factory.created_at()) {
            return Ok(ExistingFile::Same);
        }
        let (seen, mode, uid) = (found.snapshot(), found.mode, found.uid);
        let summary = FileSummary::of(&Text::decode(found.bytes));
        match (summary.owner, summary.only_object) {
            (Owner::Session(id), _) if id != self.session.session_id && name == kustomization::FILE => {
                Err(taken(format!("is of session {id}, and lists that session's files")))
            }
            (Owner::Session(id), _) if id != self.session.session_id => {
                let what = format!("is of session {id}, whose Jobs have the same names");
                Err(NameConflict { name: name.to_owned(), what, is_of_session: true })
            }
            (Owner::Session(_), Some(object)) if is_same(&object) => Ok(ExistingFile::Same),
            (Owner::Session(_), Some(_)) => match obstacles::of_file(self.dir, name, mode, uid) {
                Some(what) => Err(taken(what)),
                None => Ok(ExistingFile::Different(seen)),
            },
            (Owner::Session(_), None) => Err(taken("holds several objects of this session".to_owned())),
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

    /// Moves everything into place, unless a name is taken. What the user should know then goes out, as sentences.
    ///
    /// # Errors
    /// Names that are taken, and files that cannot be moved.
    pub fn finish(self) -> Result<Vec<String>, DirectoryError> {
        if !self.conflicts.is_empty() {
            return Err(DirectoryError::NameConflicts { path: self.dir.path().to_owned(), conflicts: self.conflicts });
        }
        let left = self.staging.map_or(Ok(None), Staging::commit)?;
        let path = self.dir.path().join(NAME);
        let tell = |error| {
            format!(
                "All files are in place, but {}, where they were staged, could not be removed: {error}. The next run \
                 removes it.",
                path.display()
            )
        };
        Ok(left.map(tell).into_iter().collect())
    }
}

/// How a file that is there already compares with the one that the run makes.
enum ExistingFile {
    Absent,
    Same,
    Different(FileSnapshot),
}

fn unreadable(name: &str, error: &io::Error) -> NameConflict {
    let what = format!("cannot be read ({error}), so that nobody can tell whose it is");
    NameConflict { name: name.to_owned(), what, is_of_session: false }
}

fn unusable(dir: &Dir, source: io::Error) -> DirectoryError {
    DirectoryError::Unusable(dir.path().to_owned(), source)
}
