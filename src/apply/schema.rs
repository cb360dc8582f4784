//! What merging and comparing have to know of the API's types.
//!
//! The types themselves are `k8s-openapi`'s; this holds what they do not say: which lists merge and by which key,
//! which objects are replaced as a whole, and where the server tells an empty value from an absent one. The table for
//! Jobs stands in [`super::job_schema`].

/// A type of the API, as far as its fields are anything but plain.
#[derive(Debug)]
pub struct Type {
    /// Whether server-side apply replaces such an object as a whole.
    pub atomic: bool,
    fields: &'static [(&'static str, Field)],
}

/// What stands in a field.
#[derive(Debug, Clone, Copy)]
pub enum Field {
    /// A scalar of which the server stores no zero value, or a list of scalars that is replaced as a whole.
    Plain,
    /// A scalar whose zero value is a value: the server has it behind a pointer.
    Optional,
    /// An amount of a resource that is absent where it is zero.
    Quantity,
    /// An amount of a resource of which zero is one.
    OptionalQuantity,
    /// Text under keys that are anybody's; `atomic` where server-side apply replaces all of them.
    Map {
        /// Whether it is replaced as a whole.
        atomic: bool,
    },
    /// Amounts of resources under their names.
    Quantities,
    /// An object that is absent where it is empty.
    Object(&'static Type),
    /// An object that the server has behind a pointer: an empty one is not an absent one.
    Pointer(&'static Type),
    /// A list of objects, or one of scalars that merges.
    List(List),
}

/// How a list merges.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// What its elements are.
    pub item: &'static Type,
    /// How a strategic merge patch treats it.
    pub patch: PatchList,
    /// How server-side apply treats it.
    pub apply: ApplyList,
}

/// How a strategic merge patch treats a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchList {
    /// The patch's list takes its place.
    Replace,
    /// Scalars are added.
    Scalars,
    /// Elements with the same value in this field are one.
    Key {
        /// The field.
        key: &'static str,
        /// Whether a patch names the fields of an element that stay: those of which only one may be set.
        retain_keys: bool,
    },
}

/// How server-side apply treats a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplyList {
    /// It has one owner.
    Atomic,
    /// Each value has its owners.
    Set,
    /// Elements with the same values in these fields are one.
    Keys(&'static [&'static str]),
}

/// A type that nothing has to be known of.
pub static ANY: Type = Type::of(&[]);
/// The same, replaced as a whole by server-side apply.
pub static ANY_ATOMIC: Type = Type::atomic(&[]);

impl Type {
    /// A type with these fields; those not listed are [`Field::Plain`].
    pub const fn of(fields: &'static [(&'static str, Field)]) -> Self {
        Self { atomic: false, fields }
    }

    /// A type that server-side apply replaces as a whole.
    pub const fn atomic(fields: &'static [(&'static str, Field)]) -> Self {
        Self { atomic: true, fields }
    }

    /// What stands in the field `name`.
    pub fn field(&self, name: &str) -> Field {
        self.fields.iter().find(|(known, _)| *known == name).map_or(Field::Plain, |(_, field)| *field)
    }
}

impl Field {
    /// The type of the object in this field.
    pub const fn object(self) -> &'static Type {
        match self {
            Self::Object(of) | Self::Pointer(of) => of,
            Self::Map { atomic: true } => &ANY_ATOMIC,
            _ => &ANY,
        }
    }

    /// How the list in this field merges.
    pub const fn list(self) -> List {
        match self {
            Self::List(list) => list,
            _ => List { item: &ANY, patch: PatchList::Replace, apply: ApplyList::Atomic },
        }
    }

    /// Whether the keys of the object in this field are anybody's, not the type's.
    pub const fn is_map(self) -> bool {
        matches!(self, Self::Map { .. } | Self::Quantities)
    }
}

impl List {
    /// The field by which a strategic merge patch tells the elements apart.
    pub const fn merge_key(self) -> Option<&'static str> {
        match self.patch {
            PatchList::Key { key, .. } => Some(key),
            PatchList::Replace | PatchList::Scalars => None,
        }
    }
}
