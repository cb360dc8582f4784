//! Writes manifests as files into a directory, all or nothing: it ends up with the whole new set or stays unchanged.
//!
//! A run locks the directory, writes its files into a staging directory inside it (`staging`), and moves them when all
//! of them are complete (`moves`). After an interruption, the next run finishes or cleans up (`recovery`). `update`
//! decides which sessions the existing files belong to, and so what may be replaced or removed.
//!
//! Nothing in the directory is trusted. It is opened once, and every operation is relative to it and follows no link
//! (`handle`); the staging directory must be this user's own (`area`). Moved files are compared with what was seen
//! before, and moved back if they differ. `moving` explains how this works on file systems that cannot exchange two
//! files or rename without replacing.

mod area;
mod contents;
mod created;
mod error;
mod fate;
mod fresh;
mod handle;
mod journal;
mod locked;
mod moves;
mod moving;
mod obstacles;
mod owner;
mod recovery;
mod staging;
mod update;
mod writers;

pub use area::is_unfinished;
pub use error::DirectoryError;
pub use fate::{FileChange, Leftovers, Options};
pub use fresh::create_all;
pub use locked::Directory;
pub use update::Update;
