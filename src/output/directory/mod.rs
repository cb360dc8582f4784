//! Manifests as files in a directory, all or nothing.
//! Names and contents come in; the directory ends up with the whole new set, or stays as it was.
//!
//! A run locks the directory, writes its files into a staging directory beside their places
//! (`staging`), and moves them when every one is complete (`moves`). What an interrupted run leaves there, the
//! next one finishes or clears (`recovery`). Whose the files in the directory are, and so what may be replaced
//! or removed, is decided in `update`.
//!
//! Nothing in the directory is trusted. It is opened once, and every step is relative to it and follows no
//! link (`handle`); the staging directory has to be this user's own (`area`). What is moved is compared with
//! what was seen, and goes back if it is not that. `moving` says how that is done on file systems that
//! cannot exchange two files, or take a name without replacing what has it.

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
