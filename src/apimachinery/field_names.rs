//! Checks the field names in the code against the types of Job and `CronJob`, whether or not a test reaches that code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::schema::{self, Shape};

fn names(node: &'static Shape, into: &mut BTreeSet<&'static str>) {
    match node {
        Shape::Other => {}
        Shape::List(item) | Shape::Map(item) => names(item, into),
        Shape::Object(fields) => fields.iter().for_each(|(name, field)| {
            into.insert(name);
            names(field, into);
        }),
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { sources(&path, found) } else { found.push(path) }
    }
}

/// The text between an opening bracket, which has just been passed, and its closing bracket.
fn inside(text: &str) -> &str {
    let mut depth = 1;
    let end = text.find(|c| {
        depth += i32::from("([{".contains(c)) - i32::from(")]}".contains(c));
        depth == 0
    });
    &text[..end.unwrap()]
}

/// The words of a text that could be field names.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// The fields that a text names through the path macros.
fn named(text: &str) -> Vec<&str> {
    let uses = |opening: &'static str| {
        let is_whole = |at: &usize| !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let at = text.match_indices(opening).map(|(at, _)| at).filter(is_whole);
        at.map(move |at| inside(&text[at + opening.len()..])).filter(|inside| !inside.contains('$'))
    };
    let mut found = Vec::new();
    for path in uses("path!(") {
        found.extend(path.split('.').skip(1).map(str::trim));
    }
    found.extend(uses("field!("));
    for path in uses("segments![") {
        found.extend(words(path.split('[').next().unwrap()));
    }
    for fields in ["fields![", "empty!("].into_iter().flat_map(uses) {
        let before_equals = fields.match_indices(" = ").map(|(at, _)| &fields[..at]);
        found.extend(before_equals.filter_map(|before| before.rsplit([',', ' ', '\n']).next()));
    }
    found
}

#[test]
fn every_field_that_is_named_is_one_of_the_types() {
    let mut known = BTreeSet::new();
    names(schema::document(), &mut known);
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut count = 0;
    for file in files.into_iter().filter(|file| !file.ends_with("field_names.rs")) {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod").next().unwrap();
        for name in named(code) {
            assert!(known.contains(name), "{}: no type below Job and CronJob has {name:?}", file.display());
            count += 1;
        }
        // A name in quotes would not be checked.
        let is_rule = file.components().any(|part| part.as_os_str() == "validate");
        for quoted in [".field(\"", "Field(\""] {
            assert!(!(is_rule && code.contains(quoted)), "{}: write path!(….name), not {quoted}", file.display());
        }
    }
    assert!(count > 600, "{count}");
}

#[test]
fn a_field_is_found_wherever_it_is_named() {
    let text = "path!(.spec.template) path!(\n a.b . c\n) field!(d) segments![e.f[nth + 1]] \
                fields![g = x(y), h = &z.a] empty!(v.w, i = j) field_path!(no)";
    assert_eq!(named(text), ["spec", "template", "b", "c", "d", "e", "f", "g", "h", "i"]);
}
