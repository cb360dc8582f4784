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
    #[error("The patch sets {0}, but its $retainKeys does not list it. Add it there.")]
    NotRetained(String),
    /// Elements of different types in a list that merges.
    #[error("The list {0} cannot be merged: its elements have different types, or are null or lists.")]
    Mixed(String),
    /// An element of a list without its merge key.
    #[error("An element of {list} has no {key}, which is the list's merge key. Add one.")]
    NoMergeKey {
        /// The list's field.
        list: String,
        /// The missing field.
        key: String,
    },
    /// A duplicate element in a list that server-side apply merges.
    #[error("{list} has two elements with {key}, which server-side apply refuses. Remove one.")]
    Duplicate {
        /// The list's field.
        list: String,
        /// The values that both elements have.
        key: String,
    },
    /// A patch whose elements are not in the order that it asks for.
    #[error("The elements of {0} are not in the order that $setElementOrder gives.")]
    Order(String),
}
