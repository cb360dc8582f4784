//! The origins of a session's settings: selects the effective values from files and flags, and records where each came
//! from.

use std::fmt::{self, Display};

use serde::{Serialize, Serializer};

use super::file::ConfigFile;
use super::source::Source;
use crate::credentials::HIDDEN;
use crate::manifest::Position;
use crate::manifest::text::Excerpt;
use crate::yaml::{Given, OrderedMap, Spanned};

/// The group of literal variables.
pub const EXTRA_ENV: &str = "extra_env";

/// One setting of a session and its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The key, with a dot before each level below the first: `resources.limits.cpu`.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Where it came from.
    #[serde(rename = "from")]
    pub origin: Origin,
}

/// Where a setting came from. Displayed as the file, the flag, or `default`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A position in a file.
    File(Excerpt),
    /// A flag.
    Flag(&'static str),
    /// A `--set` and its position on the command line.
    Set(Excerpt),
    /// The default.
    Default,
}

impl Origin {
    /// The origin of a position in a file, or in a flag that adds to it.
    #[must_use]
    pub fn at(file: &ConfigFile, position: Position) -> Self {
        let excerpt = file.excerpt(position);
        if file.source.is_flag(position) { Self::Set(excerpt) } else { Self::File(excerpt) }
    }

    /// The excerpt, if there is a position.
    #[must_use]
    pub const fn excerpt(&self) -> Option<&Excerpt> {
        match self {
            Self::File(excerpt) | Self::Set(excerpt) => Some(excerpt),
            Self::Flag(_) | Self::Default => None,
        }
    }

    /// The file, the flag, or `default`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::File(Excerpt { file, .. }) => file,
            Self::Flag(flag) => flag,
            Self::Set(_) => "--set",
            Self::Default => "default",
        }
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A value and its origin; none if it is not set.
pub type Said<T> = Option<(T, Origin)>;

/// The value of a flag.
pub fn by_flag(flag: &'static str, value: Option<&String>) -> Said<String> {
    value.map(|value| (value.clone(), Origin::Flag(flag)))
}

/// The value of a key in a file, or the key's default.
pub fn by_file<T: Clone>(file: &ConfigFile, given: &Given<T>) -> Said<T> {
    let origin = match given {
        Given::Value(Spanned { position, .. }) => Origin::at(file, *position),
        _ => Origin::Default,
    };
    given.get().map(|value| (value.clone(), origin))
}

/// The settings of a session, in the order in which they were taken.
#[derive(Debug, Default)]
pub struct Settings(pub Vec<Setting>);

impl Settings {
    /// All settings, without the texts of credentials, which an alias may repeat under another name.
    pub fn without_credentials(self, source: &Source) -> Vec<Setting> {
        let hide = |setting: Setting| match &setting.origin {
            Origin::File(_) | Origin::Set(_) => Setting { value: source.sentence(&setting.value), ..setting },
            _ => setting,
        };
        self.0.into_iter().map(hide).collect()
    }

    /// Takes a setting and records its origin.
    pub fn take<T: Display>(&mut self, name: impl Into<String>, said: Said<T>) -> Option<T> {
        let (value, origin) = said?;
        self.0.push(Setting { name: name.into(), value: value.to_string(), origin });
        Some(value)
    }

    /// Takes each entry of a mapping as a setting.
    pub fn take_all<T: Display + Clone>(
        &mut self,
        group: &str,
        file: &ConfigFile,
        given: &Given<OrderedMap<T>>,
    ) -> Vec<(String, String)> {
        let entries = given.get().into_iter().flat_map(|entries| &entries.0);
        let taken = entries.filter_map(|(Spanned { value: name, .. }, given)| {
            let (value, origin) = by_file(file, given)?;
            let value = value.to_string();
            let is_hidden = given.written().is_some_and(|given| file.source.hides(given.position));
            let shown = if is_hidden { HIDDEN } else { &value };
            self.take(format!("{group}.{name}"), Some((shown, origin)));
            Some((name.clone(), value))
        });
        taken.collect()
    }

    /// Takes each entry of a mapping as a setting, converted by `make`.
    pub fn take_each<T, U: Display>(
        &mut self,
        group: &str,
        file: &ConfigFile,
        given: &Given<OrderedMap<T>>,
        make: fn(&T, &str) -> Option<U>,
    ) -> Vec<U> {
        let entries = given.get().into_iter().flat_map(OrderedMap::iter);
        let taken = entries.filter_map(|(Spanned { value: name, .. }, Spanned { value, position })| {
            let said = make(value, name).map(|value| (value, Origin::at(file, *position)));
            self.take(format!("{group}.{name}"), said)
        });
        taken.collect()
    }

    /// Takes each item of a list as a setting, converted by `make`.
    pub fn take_items<T, U: Display>(
        &mut self,
        group: &str,
        file: &ConfigFile,
        given: &Given<Vec<Given<T>>>,
        make: fn(&T) -> Option<U>,
    ) -> Vec<U> {
        let items = given.get().into_iter().flatten().enumerate();
        let taken = items.filter_map(|(nth, item)| {
            let Spanned { value, position } = item.written()?;
            let said = make(value).map(|value| (value, Origin::at(file, *position)));
            self.take(format!("{group}.{}", nth + 1), said)
        });
        taken.collect()
    }
}
