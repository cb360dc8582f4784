//! Why two objects could not be merged.

use thiserror::Error;

/// Why a patch could not be made or applied.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PatchError {
    /// One of the objects is not an object.
    #[error("Only an object can be merged with another.")]
    NotAnObject,
    /// A directive whose value does not fit it.
    #[error("{directive} cannot be {found} here. See the API conventions on strategic merge patches.")]
    Directive {
        /// The directive's key.
        directive: String,
        /// Its value, in words.
        found: String,
    },
    /// A patch that sets a field that it does not retain.
    #[error("The patch sets {0}, and its $retainKeys does not name it. Add it there.")]
    NotRetained(String),
    /// Elements of different types in a list that merges.
    #[error("The elements of {0} have different types, or are null or lists, and such a list cannot be merged.")]
    Mixed(String),
    /// An element of a list without the field by which elements are told apart.
    #[error("An element of {list} has no {key}, by which its elements are told apart. Write one.")]
    NoMergeKey {
        /// The list's field.
        list: String,
        /// The field that it lacks.
        key: String,
    },
    /// An element that stands twice in a list that server-side apply merges.
    #[error("{list} has two elements with {key}, which server-side apply refuses. Remove one.")]
    Duplicate {
        /// The list's field.
        list: String,
        /// What both have.
        key: String,
    },
    /// A patch whose elements stand in another order than it asks for.
    #[error("The elements of {0} stand in another order than $setElementOrder says.")]
    Order(String),
}
