//! The order of the house: data goes one way through the rooms of `src`, and no file imports one that imports it, however
//! many others stand between them. Looked for in every path of the code, in tests too.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::Path;

/// The rooms in the order in which data goes through them. A file may import from its own room and those before it.
const ROOMS: [&str; 27] = [
    "printable",
    "nearest",
    "apimachinery",
    "yaml",
    "credentials",
    "diagnostic",
    "manifest",
    "config",
    "plan",
    "names",
    "apply",
    "tuning_file",
    "job",
    "validate",
    "quota",
    "diff",
    "status",
    "results",
    "starter",
    "output",
    "report",
    "cli",
    "help",
    "usage",
    "commands",
    "lib",
    "main",
];

/// A module by its names from the crate's root; the root itself has none.
type Module = Vec<String>;

/// What one file says of others.
#[derive(Default)]
struct SourceFile {
    /// Full paths to what it names.
    paths: BTreeSet<Vec<String>>,
    /// Names that it brings in by `use`, with the full paths to them: other files can import them from it.
    names: BTreeMap<String, Vec<String>>,
}

/// The files of a crate.
struct House(BTreeMap<Module, SourceFile>);

impl House {
    fn of<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let files: Vec<(Module, &str)> = files.into_iter().map(|(path, text)| (module(path), text)).collect();
        let modules: BTreeSet<Module> = files.iter().map(|(module, _)| module.clone()).collect();
        Self(files.into_iter().map(|(module, text)| (module.clone(), Reader::read(module, text, &modules))).collect())
    }

    fn on_disk() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                    files.push((name, fs::read_to_string(&path).unwrap()));
                }
            }
        }
        assert!(files.len() > 100, "only {} files found", files.len());
        Self::of(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// The file that a path leads to, through the `pub use` of others.
    fn file_of(&self, path: &[String]) -> Option<&Module> {
        let mut path = path.to_vec();
        // A name that is imported under itself would lead in circles.
        for _ in 0..16 {
            let length = (0..=path.len()).rev().find(|length| self.0.contains_key(&path[..*length]))?;
            let (module, file) = self.0.get_key_value(&path[..length])?;
            match path.get(length).and_then(|name| file.names.get(name)) {
                Some(target) => path = [target, &path[length + 1..]].concat(),
                None => return Some(module),
            }
        }
        None
    }

    /// The files that a file imports from, apart from itself and the root, which only names the rooms.
    fn imports(&self, module: &Module) -> BTreeSet<&Module> {
        let targets = self.0[module].paths.iter().filter_map(|path| self.file_of(path));
        targets.filter(|target| *target != module && !target.is_empty()).collect()
    }

    /// Imports from a room that comes later, as sentences.
    fn backward(&self) -> Vec<String> {
        let mut found = Vec::new();
        for module in self.0.keys() {
            for target in self.imports(module) {
                if room(target) > room(module) {
                    found.push(format!("{} imports from {}", module.join("::"), target.join("::")));
                }
            }
        }
        found
    }

    /// For each file that imports itself by way of others the shortest way round, each way once.
    fn cycles(&self) -> BTreeSet<String> {
        let imports: BTreeMap<&Module, BTreeSet<&Module>> =
            self.0.keys().map(|module| (module, self.imports(module))).collect();
        let mut found = BTreeMap::new();
        for start in self.0.keys() {
            let mut before: BTreeMap<&Module, &Module> = BTreeMap::new();
            let mut queue = VecDeque::from([start]);
            while let Some(module) = queue.pop_front() {
                for target in &imports[module] {
                    if !before.contains_key(target) {
                        before.insert(target, module);
                        queue.push_back(target);
                    }
                }
            }
            let mut way = Vec::new();
            let mut next = start;
            while let Some(module) = before.get(next) {
                way.push(module.join("::"));
                next = module;
                if next == start {
                    let mut files = way.clone();
                    files.sort();
                    way.reverse();
                    found.entry(files).or_insert_with(|| way.join(" -> "));
                    break;
                }
            }
        }
        found.into_values().collect()
    }
}

fn module(path: &str) -> Module {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    if path == "lib" { Module::new() } else { path.split('/').map(str::to_owned).collect() }
}

fn room(module: &[String]) -> usize {
    let name = module.first().map_or("lib", String::as_str);
    ROOMS.iter().position(|room| *room == name).unwrap_or_else(|| panic!("{name} is not in the list of rooms"))
}

/// Reads the paths of one file.
struct Reader<'m> {
    module: Module,
    modules: &'m BTreeSet<Module>,
    tokens: Vec<String>,
    at: usize,
    file: SourceFile,
}

impl<'m> Reader<'m> {
    fn read(module: Module, text: &str, modules: &'m BTreeSet<Module>) -> SourceFile {
        let mut reader = Self { module, modules, tokens: tokens(text), at: 0, file: SourceFile::default() };
        let mut depth = 0;
        // The modules within the file that are open, each with the depth at which it ends.
        let mut inner: Vec<usize> = Vec::new();
        while let Some(token) = reader.token(0).map(str::to_owned) {
            match token.as_str() {
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    inner.pop_if(|end| *end == depth);
                }
                "mod" if reader.token(2) == Some("{") => inner.push(depth),
                // Who may see something is no import.
                "in" if reader.at > 1 && reader.tokens[reader.at - 2..reader.at] == ["pub", "("] => {
                    reader.at += 1;
                    reader.path();
                    continue;
                }
                "use" => {
                    reader.at += 1;
                    reader.tree(&[], inner.len());
                    continue;
                }
                _ if is_name(&token) && reader.token(1) == Some("::") && !reader.follows_path() => {
                    let path = reader.path();
                    reader.add(&path, None, inner.len());
                    continue;
                }
                _ => {}
            }
            reader.at += 1;
        }
        reader.file
    }

    fn token(&self, ahead: usize) -> Option<&str> {
        self.tokens.get(self.at + ahead).map(String::as_str)
    }

    /// Whether what stands here goes on with a path that has been read, as `::new` after `Vec::<u8>`.
    fn follows_path(&self) -> bool {
        self.at > 0 && self.tokens[self.at - 1] == "::"
    }

    /// The names from here on that `::` joins.
    fn path(&mut self) -> Vec<String> {
        let mut path = Vec::new();
        while let Some(name) = self.token(0).filter(|token| is_name(token)).map(str::to_owned) {
            path.push(name);
            self.at += 1;
            if self.token(0) != Some("::") {
                break;
            }
            self.at += 1;
        }
        path
    }

    /// The tree of a `use` from here on, below what stands before it.
    fn tree(&mut self, above: &[String], inner: usize) {
        let path = [above, &self.path()].concat();
        match self.token(0) {
            Some("{") => {
                while self.token(0).is_some_and(|token| token != "}") {
                    self.at += 1;
                    if self.token(0) != Some("}") {
                        self.tree(&path, inner);
                    }
                }
                self.at += 1;
            }
            Some("as") => {
                let name = self.token(1).unwrap_or_default().to_owned();
                self.at += 2;
                self.add(&path, Some(&name), inner);
            }
            // A name may have been imported with everything else of its module.
            Some("*") => {
                self.at += 1;
                self.add(&path, None, inner);
            }
            _ => {
                let name = path.iter().rev().find(|name| *name != "self").cloned();
                self.add(&path, name.as_deref(), inner);
            }
        }
    }

    /// Notes a path, `inner` modules deep in the file, and the name that it is known by from now on.
    fn add(&mut self, path: &[String], name: Option<&str>, inner: usize) {
        let mut base = self.module.clone();
        base.extend((0..inner).map(|_| String::new()));
        let mut rest = path;
        match path.first().map(String::as_str) {
            Some("crate" | "kubectl_arbtune") => {
                base.clear();
                rest = &rest[1..];
            }
            Some("self" | "super") => {
                while let [first, more @ ..] = rest
                    && ["self", "super"].contains(&first.as_str())
                {
                    if first == "super" {
                        base.pop();
                    }
                    rest = more;
                }
            }
            // What is not known by a name of this crate is of another one, unless it stands below this module.
            Some(first) if inner == 0 && self.modules.contains(&[base.clone(), vec![first.to_owned()]].concat()) => {}
            _ => return,
        }
        base.retain(|name| !name.is_empty());
        let rest = rest.iter().filter(|name| *name != "self").cloned();
        let path: Vec<String> = base.into_iter().chain(rest).collect();
        if let Some(name) = name.filter(|_| inner == 0)
            && path != [self.module.clone(), vec![name.to_owned()]].concat()
        {
            self.file.names.insert(name.to_owned(), path.clone());
        }
        self.file.paths.insert(path);
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single characters; comments and what stands in quotes are left out.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let at = |nth: usize| chars.get(nth).copied().unwrap_or('\0');
    let mut tokens = Vec::new();
    let mut nth = 0;
    while nth < chars.len() {
        match (at(nth), at(nth + 1)) {
            ('/', '/') => nth += chars[nth..].iter().take_while(|c| **c != '\n').count(),
            ('/', '*') => nth += 2 + chars[nth..].windows(2).take_while(|pair| *pair != ['*', '/']).count(),
            ('r', '#' | '"') if !at(nth.wrapping_sub(1)).is_alphanumeric() => {
                let hashes = chars[nth + 1..].iter().take_while(|c| **c == '#').count();
                let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                let start = nth + hashes + 2;
                nth = start + chars[start..].windows(end.len()).take_while(|window| *window != end).count() + end.len();
            }
            ('"', _) => {
                nth += 1;
                while nth < chars.len() && at(nth) != '"' {
                    nth += if at(nth) == '\\' { 2 } else { 1 };
                }
                nth += 1;
            }
            // A character; what else starts with a quote is a lifetime.
            ('\'', '\\') => nth += 3 + chars[nth + 3..].iter().take_while(|c| **c != '\'').count() + 1,
            ('\'', _) if at(nth + 2) == '\'' => nth += 3,
            (':', ':') => {
                tokens.push("::".to_owned());
                nth += 2;
            }
            (c, _) if c.is_alphanumeric() || c == '_' => {
                let name: String = chars[nth..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
                nth += name.chars().count();
                tokens.push(name);
            }
            (c, _) => {
                if !c.is_whitespace() {
                    tokens.push(c.to_string());
                }
                nth += 1;
            }
        }
    }
    tokens
}

#[test]
fn data_goes_one_way_through_the_rooms() {
    let backward = House::on_disk().backward();
    assert!(backward.is_empty(), "{}", backward.join("\n"));
}

#[test]
fn no_file_imports_one_that_imports_it() {
    assert_eq!(House::on_disk().cycles(), BTreeSet::new());
}

#[test]
fn a_cycle_is_found_however_it_is_written() {
    for (a, b) in [
        ("use super::b::B;", "use super::a::A;"),
        ("use crate::yaml::{node::{self, Node}, b::{B as C, D}};", "use crate::yaml::a::{*};"),
        ("fn f() -> crate::yaml::b::B { Vec::<u8>::new() }", "use super::{a, node};"),
        ("#[cfg(test)] mod tests { use super::super::b::B; }", "use super::A;"),
        ("mod tests { use crate::yaml::b::B; } /* */", "const C: char = '\"'; use super::again;"),
        ("impl<'a> T for crate::yaml::B<'a> {}", "fn f<'a>() { super::again() }"),
    ] {
        let files = [
            ("yaml/mod.rs", "pub use a::A; pub use self::a as again; pub use b::B;"),
            ("yaml/node.rs", ""),
            ("yaml/a.rs", a),
            ("yaml/b.rs", b),
        ];
        let cycles: Vec<String> = House::of(files).cycles().into_iter().collect();
        assert_eq!(cycles, ["yaml::a -> yaml::b"], "{a} {b}");
    }
    let longer = [("yaml/a.rs", "use super::b;"), ("yaml/b.rs", "use super::c;"), ("yaml/c.rs", "use super::a;")];
    assert_eq!(House::of(longer).cycles().len(), 1);
    let parent = [("yaml/mod.rs", "mod a; pub use a::A; pub struct B;"), ("yaml/a.rs", "use super::B;")];
    assert_eq!(House::of(parent).cycles().len(), 1);
}

#[test]
fn text_that_is_not_an_import_is_not_counted() {
    let files = [
        ("yaml/mod.rs", "pub mod a; pub mod b; pub use b::B;"),
        ("yaml/a.rs", "/// [`crate::yaml::b`]\nuse super::b::B; // use\n fn f() { r#\"\"use super::c;\"# }"),
        (
            "yaml/b.rs",
            "pub(in crate::yaml::a) use std::fmt; mod tests { use super::*; } const T: &str = \"use super::a::A;\";",
        ),
    ];
    assert_eq!(House::of(files).cycles(), BTreeSet::new());
}

#[test]
fn an_import_from_a_later_room_is_found() {
    let files =
        [("yaml/a.rs", "use crate::config::b::B;"), ("config/b.rs", ""), ("main.rs", "use kubectl_arbtune::yaml;")];
    assert_eq!(House::of(files).backward(), ["yaml::a imports from config::b"]);
}
