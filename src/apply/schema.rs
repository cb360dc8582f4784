//! The type information that merging and comparing need.
//!
//! The types themselves are `k8s-openapi`'s; this adds what they do not say: which lists merge and by which key, which
//! objects are atomic, and where the server distinguishes an empty value from an absent one. The table for Jobs is in
//! [`super::job_schema`].

/// A type of the API, with those of its fields that are not plain.
#[derive(Debug)]
pub struct Type {
    /// Whether server-side apply replaces an object of this type as a whole.
    pub atomic: bool,
    fields: &'static [(&'static str, Field)],
}

/// The kind of a field.
#[derive(Debug, Clone, Copy)]
pub enum Field {
    /// A scalar whose zero value the server does not store, or a list of scalars that is replaced as a whole.
    Plain,
    /// A scalar whose zero value is stored: a pointer in the server's type.
    Optional,
    /// An amount of a resource that is absent if it is zero.
    Quantity,
    /// An amount of a resource that may be zero.
    OptionalQuantity,
    /// A map of text with free keys; `atomic` if server-side apply replaces the whole map.
    Map {
        /// Whether the map is replaced as a whole.
        atomic: bool,
    },
    /// A map of resource names to amounts.
    Quantities,
    /// An object that is absent if it is empty.
    Object(&'static Type),
    /// An object that is a pointer in the server's type: empty is not the same as absent.
    Pointer(&'static Type),
    /// A list of objects, or a list of scalars that merges.
    List(List),
}

/// How a list merges.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// The type of its elements.
    pub item: &'static Type,
    /// How a strategic merge patch treats it.
    pub patch: PatchList,
    /// How server-side apply treats it.
    pub apply: ApplyList,
}

/// How a strategic merge patch treats a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchList {
    /// The patch's list replaces it.
    Replace,
    /// Scalars are added.
    Scalars,
    /// Elements with the same value in this field are merged.
    Key {
        /// The field.
        key: &'static str,
        /// Whether a patch lists the fields of an element to retain, because only one of them may be set.
        retain_keys: bool,
    },
}

/// How server-side apply treats a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplyList {
    /// The list as a whole has one owner.
    Atomic,
    /// Each value has its own owners.
    Set,
    /// Elements with the same values in these fields are merged.
    Keys(&'static [&'static str]),
}

/// A type with only plain fields.
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

    /// The kind of the field `name`.
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

    /// Whether the object in this field is a map with free keys.
    pub const fn is_map(self) -> bool {
        matches!(self, Self::Map { .. } | Self::Quantities)
    }
}

impl List {
    /// The merge key of a strategic merge patch.
    pub const fn merge_key(self) -> Option<&'static str> {
        match self.patch {
            PatchList::Key { key, .. } => Some(key),
            PatchList::Replace | PatchList::Scalars => None,
        }
    }
}
