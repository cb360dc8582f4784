//! The settings of the tuning file as the worker reads them: typed values with positions, and remarks on values that
//! the worker does not accept.

use super::file::TuningFile;
use super::python::Scalar;
use super::remark::Remarks;
use crate::nearest::nearest;
use crate::printable::printable;
use crate::yaml::{Entry, Node, Position, Text, Value};

/// The key that contains all others.
pub const ROOT_KEY: &str = "tuning";
const KEYS: [&str; 7] =
    ["method", "scenarios", "search_space", "max_iterations", "seed", "grid_points", "acquisition_fn"];
const PARAMETER_KEYS: [&str; 2] = ["type", "bounds"];
const METHODS: [&str; 3] = ["grid", "random", "bayesian"];
const TYPES: [&str; 2] = ["float", "int"];
const ACQUISITION_FUNCTIONS: [&str; 3] = ["ucb", "ei", "poi"];
/// Words that differ more are not typing errors.
const LIKENESS: f64 = 0.8;
/// The worker's default for `grid_points`.
const DEFAULT_GRID_POINTS: i128 = 3;

/// A value and its position.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its position.
    pub position: Position,
}

/// The settings of a tuning file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// How parameters are chosen, unless the session's optimizer overrides it.
    pub method: Option<Placed<String>>,
    /// The scenario files, as paths inside the image.
    pub scenarios: Vec<Placed<String>>,
    /// The parameters to tune; none if one of them cannot be read.
    pub parameters: Option<Vec<Parameter>>,
    /// The seed.
    pub seed: Seed,
    /// The number of grid points in each direction; none if it cannot be read.
    pub grid_points: Option<i128>,
    /// The position of that setting, or of the start of the settings.
    pub grid_position: Position,
}

/// The seed of the workers' random numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Seed {
    /// The file has no seed, and each worker starts at random.
    #[default]
    Absent,
    /// A whole number.
    Number(i128),
    /// Something else, which is also the same for all workers.
    Other(String),
}

/// A parameter to tune, with its bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Parameter {
    /// Any number between two.
    Float,
    /// A whole number in an inclusive range.
    Int {
        /// The minimum.
        low: i128,
        /// The maximum, which is above the minimum.
        high: i128,
    },
}

impl Settings {
    /// Reads the settings of a file. None if it has no mapping `tuning`.
    #[must_use]
    pub fn read(file: &TuningFile, remarks: &mut Remarks) -> Option<Self> {
        let mut reader = Reader { text: &file.text, remarks };
        reader.duplicates(file);
        let tuning = reader.tuning(file.root())?;
        Some(reader.settings(tuning))
    }
}

struct Reader<'f, 'r> {
    text: &'f Text,
    remarks: &'r mut Remarks,
}

impl Reader<'_, '_> {
    fn duplicates(&mut self, file: &TuningFile) {
        for duplicate in &file.document.duplicates {
            let message = format!(
                "Duplicate key {} (first on line {}); the worker uses the last one.",
                printable(&duplicate.key),
                duplicate.first.line
            );
            self.remarks.add(duplicate.last, message, "Keep one of the two.");
        }
    }

    /// The mapping with the settings.
    fn tuning<'n>(&mut self, root: &'n Node) -> Option<&'n Node> {
        let entries = root.as_mapping().unwrap_or_default();
        let Some(tuning) = root.get(ROOT_KEY) else {
            let meant = entries.iter().find(|entry| nearest(&entry.key, [ROOT_KEY], LIKENESS).is_some());
            let (position, help) = match meant {
                Some(entry) => (entry.key_position, format!("Did you mean {ROOT_KEY}?")),
                None => (root.position, format!("Put the settings under {ROOT_KEY}:.")),
            };
            let message = format!("The tuning file has no key {ROOT_KEY}, so the worker finds nothing to tune.");
            self.remarks.add(position, message, help);
            return None;
        };
        for entry in entries.iter().filter(|entry| KEYS.contains(&entry.key.as_str())) {
            let message = format!("{} is next to {ROOT_KEY}, where the worker does not look for it.", entry.key);
            self.remarks.add(entry.key_position, message, format!("Indent it under {ROOT_KEY}."));
        }
        if tuning.as_mapping().is_none() {
            let message = format!("{ROOT_KEY} must be a mapping, not {}.", tuning.kind());
            self.remarks.add(tuning.position, message, "Write its keys and values indented below it.");
            return None;
        }
        Some(tuning)
    }

    fn settings(&mut self, tuning: &Node) -> Settings {
        let entries = tuning.as_mapping().unwrap_or_default();
        self.unknown_keys("", entries, &KEYS);
        let method = self.word(tuning, "method", &METHODS);
        self.word(tuning, "acquisition_fn", &ACQUISITION_FUNCTIONS);
        let grid_points = tuning.entry("grid_points");
        Settings {
            method,
            scenarios: self.scenarios(tuning),
            parameters: self.parameters(tuning),
            seed: self.seed(tuning),
            grid_points: grid_points.map_or(Some(DEFAULT_GRID_POINTS), |entry| self.grid_points(&entry.value)),
            grid_position: grid_points.map_or(tuning.position, Entry::shown_at),
        }
    }

    fn unknown_keys(&mut self, of: &str, entries: &[Entry], known: &[&str]) {
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let help = match nearest(&entry.key.replace('-', "_"), known.iter().copied(), LIKENESS) {
                Some(meant) => format!("Did you mean {meant}?"),
                None => format!("It reads {}.", known.join(", ")),
            };
            let message = format!("The worker does not read the key {}{of}.", printable(&entry.key));
            self.remarks.add(entry.key_position, message, help);
        }
    }

    /// A word of a closed list; an unknown word is reported, but returned anyway.
    fn word(&mut self, mapping: &Node, key: &str, known: &[&str]) -> Option<Placed<String>> {
        let entry = mapping.entry(key)?;
        let position = entry.shown_at();
        let Some(Scalar::Text(word)) = Scalar::of(&entry.value, self.text) else {
            self.wrong(key, "a word", entry);
            return None;
        };
        if !known.contains(&word.as_str()) {
            let help = nearest(&word, known.iter().copied(), LIKENESS).map(|meant| format!("Did you mean {meant}?"));
            let message = format!("{key} is {word:?}, but the worker accepts only {}.", list(known));
            self.remarks.add(position, message, help.unwrap_or_default());
        }
        Some(Placed { value: word, position })
    }

    fn scenarios(&mut self, tuning: &Node) -> Vec<Placed<String>> {
        let Some(entry) = tuning.entry("scenarios") else {
            let message = "There are no scenarios: the worker would have nothing to try its parameters on.";
            self.missing(tuning, "scenarios", message, "Add scenarios: and a list of scenario files.");
            return Vec::new();
        };
        let Some(items) = entry.value.as_sequence() else {
            self.wrong("scenarios", "a list of files", entry);
            return Vec::new();
        };
        if items.is_empty() {
            let message = "scenarios is empty: the worker would have nothing to try its parameters on.";
            self.remarks.add(entry.value.position, message, "List the scenario files.");
        }
        let mut files = Vec::new();
        for item in items {
            match Scalar::of(item, self.text) {
                Some(Scalar::Text(path)) => files.push(Placed { value: path, position: item.position }),
                _ => self.remarks.add(
                    item.position,
                    format!("A scenario must be the path of a file, not {}.", self.kind(item)),
                    "Write a path such as configs/d17_scenarios/choppy_market.yaml.",
                ),
            }
        }
        files
    }

    fn parameters(&mut self, tuning: &Node) -> Option<Vec<Parameter>> {
        let help = "Write NAME: {type: float, bounds: [0.05, 0.5]} for each parameter.";
        let Some(entry) = tuning.entry("search_space") else {
            let message = "There is no search_space, so the worker has no parameter to tune.";
            self.missing(tuning, "search_space", message, help);
            return None;
        };
        let Some(entries) = entry.value.as_mapping() else {
            self.wrong("search_space", "a mapping of parameters", entry);
            return None;
        };
        if entries.is_empty() {
            let message = "search_space is empty, so the worker has no parameter to tune.";
            self.remarks.add(entry.value.position, message, help);
            return None;
        }
        // All of them are checked, even if one cannot be read.
        let parameters: Vec<_> = entries.iter().map(|entry| self.parameter(entry)).collect();
        parameters.into_iter().collect()
    }

    fn parameter(&mut self, entry: &Entry) -> Option<Parameter> {
        let name = printable(&entry.key);
        let Some(entries) = entry.value.as_mapping() else {
            self.wrong(&name, "a mapping with type and bounds", entry);
            return None;
        };
        self.unknown_keys(&format!(" of {name}"), entries, &PARAMETER_KEYS);
        let is_float = match entry.value.get("type").map(|node| (node, Scalar::of(node, self.text))) {
            None => true,
            Some((_, Some(Scalar::Text(word)))) if TYPES.contains(&word.as_str()) => word == "float",
            Some((node, _)) => {
                let word = node.as_written().unwrap_or_else(|| node.kind().to_owned());
                let meant = nearest(&word, TYPES, LIKENESS).map(|meant| format!("Did you mean {meant}?"));
                let message =
                    format!("The type of {name} is {word:?}, and the worker treats everything but float as int.");
                self.remarks.add(node.position, message, meant.unwrap_or("Write float or int.".to_owned()));
                false
            }
        };
        let Some(bounds) = entry.value.entry("bounds") else {
            let message = format!("{name} has no bounds, and the worker uses [0, 1].");
            self.remarks.add(entry.key_position, message, "Add bounds: [LOW, HIGH].");
            return None;
        };
        self.bounds(&name, is_float, bounds)
    }

    fn bounds(&mut self, name: &str, is_float: bool, entry: &Entry) -> Option<Parameter> {
        let Some([low, high]) = entry.value.as_sequence() else {
            self.wrong(&format!("The bounds of {name}"), "a list of two numbers", entry);
            return None;
        };
        let (Some(low_number), Some(high_number)) = (self.number(name, low), self.number(name, high)) else {
            return None;
        };
        if !low_number.is_below(&high_number) {
            let message = format!(
                "The bounds of {name} are {} and {}: the first must be below the second.",
                shown(low),
                shown(high)
            );
            self.remarks.add(low.position, message, "Write [LOW, HIGH].");
            return None;
        }
        match (is_float, low_number, high_number) {
            (true, ..) => Some(Parameter::Float),
            (false, Number::Int(low), Number::Int(high)) => Some(Parameter::Int { low, high }),
            (false, low_number, _) => {
                let fraction = if matches!(low_number, Number::Int(_)) { high } else { low };
                let message = format!("{name} is an int, but {} is not a whole number.", shown(fraction));
                self.remarks.add(fraction.position, message, "Write whole numbers, or type: float.");
                None
            }
        }
    }

    fn number(&mut self, name: &str, node: &Node) -> Option<Number> {
        let help = match Scalar::of(node, self.text) {
            Some(Scalar::Int(value)) => return Some(Number::Int(value)),
            Some(Scalar::Float(value)) if value.is_finite() => return Some(Number::Float(value)),
            // The worker's parser requires a decimal point, and a sign in the exponent.
            Some(Scalar::Text(_)) => match &node.value {
                Value::Integer(value) => format!("Write {value}."),
                Value::Float(value) => format!("Write {value:?}."),
                _ => String::new(),
            },
            _ => String::new(),
        };
        let message =
            format!("A bound of {name} must be a number, but the worker reads {} as {}.", shown(node), self.kind(node));
        self.remarks.add(node.position, message, help);
        None
    }

    fn seed(&mut self, tuning: &Node) -> Seed {
        let message = "There is no seed: each worker starts at random, and no run can be reproduced.";
        let help = "Add a line seed: 42.";
        let Some(entry) = tuning.entry("seed") else {
            self.missing(tuning, "seed", message, help);
            return Seed::Absent;
        };
        match Scalar::of(&entry.value, self.text) {
            Some(Scalar::Int(value)) => Seed::Number(value),
            Some(Scalar::Null) => {
                self.remarks.add(entry.key_position, message, help);
                Seed::Absent
            }
            _ => {
                self.wrong("seed", "a whole number", entry);
                Seed::Other(shown(&entry.value))
            }
        }
    }

    fn grid_points(&mut self, node: &Node) -> Option<i128> {
        if let Some(Scalar::Int(points)) = Scalar::of(node, self.text) {
            return Some(points);
        }
        let message = format!("grid_points must be a whole number, not {}.", self.kind(node));
        self.remarks.add(node.position, message, "Write a whole number of at least 2.");
        None
    }

    /// Reports a missing key, unless a misspelling of it has already been reported.
    fn missing(&mut self, tuning: &Node, key: &str, message: &str, help: &str) {
        let unknown =
            tuning.as_mapping().unwrap_or_default().iter().filter(|entry| !KEYS.contains(&entry.key.as_str()));
        let meant = unknown.filter_map(|entry| nearest(&entry.key.replace('-', "_"), KEYS, LIKENESS));
        if !meant.into_iter().any(|meant| meant == key) {
            self.remarks.add(tuning.position, message, help);
        }
    }

    fn wrong(&mut self, what: &str, expected: &str, entry: &Entry) {
        let found = self.kind(&entry.value);
        let not = if expected.starts_with(found) { String::new() } else { format!(", not {found}") };
        let message = format!("{what} must be {expected}{not}.");
        let help = if expected == "a whole number" { "Write a whole number such as 42, without quotes." } else { "" };
        self.remarks.add(entry.shown_at(), message, help);
    }

    fn kind(&self, node: &Node) -> &'static str {
        Scalar::of(node, self.text).map_or(node.kind(), |scalar| scalar.kind())
    }
}

/// A bound as the worker reads it.
enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    fn is_below(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(low), Self::Int(high)) => low < high,
            (low, high) => low.as_float() < high.as_float(),
        }
    }

    #[allow(clippy::cast_precision_loss)] // Python compares exactly; a range that only that could tell is none.
    const fn as_float(&self) -> f64 {
        match self {
            Self::Int(value) => *value as f64,
            Self::Float(value) => *value,
        }
    }
}

fn shown(node: &Node) -> String {
    node.as_written().map_or_else(|| node.kind().to_owned(), |written| printable(&written).into_owned())
}

fn list(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}
