//! What `validate` found, in the form that its reader wants. Reports of documents come in; a table
//! for a person or a notation for a program goes out.

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
