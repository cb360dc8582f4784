//! Reports of `validate` in various formats: a table for people, and formats for other programs.

pub mod catalogue;
pub mod github;
pub mod json;
pub mod junit;
mod once;
pub mod results;
pub mod rules;
pub mod sarif;
pub mod status;
pub mod table;
