use super::*;
use crate::yaml::scanner::Scanner;

fn first_document(text: &str) -> Result<Node, ReadError> {
    with_duplicates(text).0
}

fn with_duplicates(text: &str) -> (Result<Node, ReadError>, Vec<Duplicate>) {
    let start = Position { line: 1, column: 1, width: 1 };
    let mut duplicates = Vec::new();
    let built = compose(&mut Parser::new(Scanner::new(text, start)), &mut duplicates).map_err(|error| match error {
        ComposeError::Read(error) => error,
        ComposeError::Fault(fault) => panic!("{text}: {fault:?}"),
    });
    (built, duplicates)
}

fn value(text: &str) -> Value {
    first_document(text).unwrap().get("x").unwrap().value.clone()
}

fn duplicates(text: &str) -> Vec<Duplicate> {
    with_duplicates(text).1
}

#[test]
fn tags_decide_and_must_fit() {
    for (text, expected) in [
        ("x: !!str 5", Value::String("5".into())),
        ("x: ! 5", Value::String("5".into())),
        ("x: !foo 5", Value::String("5".into())),
        ("x: !!int \"0x10\"", Value::Integer(16)),
        ("x: !!bool \"y\"", Value::Bool(true)),
        ("x: !!binary aGVsbG8=", Value::String("hello".into())),
        ("x: !!str", Value::String(String::new())),
        ("x: !<tag:yaml.org,2002:str> 5", Value::String("5".into())),
        ("x: !<tag:yaml.org,2002:%73tr> 5", Value::String("5".into())),
        ("%TAG !e! tag:yaml.org,2002:\n---\nx: !e!int \"5\"", Value::Integer(5)),
    ] {
        let text = if text.starts_with('%') { text.replace("---", "\u{2028}---") } else { text.to_owned() };
        assert_eq!(value(&text), expected, "{text}");
    }
    for text in ["x: !!int yes", "x: !!bool 5", "x: !!null x", "x: !!int 5.0", "x: !!binary a"] {
        assert!(matches!(first_document(text), Err(ReadError { kind: ReadErrorKind::Tag { .. }, .. })), "{text}");
    }
}

#[test]
fn a_merge_overrides_what_precedes_it() {
    for (text, expected) in [
        ("l: &l {a: b}\nx: {a: d, <<: *l}", "b"),
        ("l: &l {a: b}\nx: {<<: *l, a: d}", "d"),
        ("l: &l {a: b}\nm: &m {a: c}\nx: {<<: [*l, *m]}", "b"),
        ("x: {!!merge <<: {a: b}}", "b"),
        ("x: {! <<: {a: b}}", "b"),
    ] {
        assert_eq!(
            first_document(text).unwrap().get("x").unwrap().get("a").unwrap().as_str(),
            Some(expected),
            "{text}"
        );
    }
    for text in ["<<: a", "l: &l [{a: b}]\n<<: *l", "<<: [[{a: b}]]", "<<:"] {
        assert!(matches!(first_document(text), Err(ReadError { kind: ReadErrorKind::Merge, .. })), "{text}");
    }
    assert_eq!(first_document("\"<<\": a").unwrap().get("<<").unwrap().as_str(), Some("a"));
}

#[test]
fn duplicates_are_told_and_the_last_wins() {
    let (root, found) = with_duplicates("\n---\na: 1\nb: 2\na: 3\n");
    assert_eq!(root.unwrap().get("a").unwrap().value, Value::Integer(3));
    assert_eq!((found[0].first.line, found[0].last.line), (3, 5));
    let long = (0..40).map(|n| format!("k{n}: 1")).collect::<Vec<_>>().join("\n");
    assert_eq!(duplicates(&format!("{long}\nk7: 2\n")).len(), 1);
    // Merged keys can be overridden before and after the merge key.
    assert_eq!(duplicates("l: &l {a: 1}\nx: {a: 2, <<: *l}\ny: {<<: *l, a: 2}"), []);
    assert_eq!(duplicates("l: &l {a: 1}\nx: {<<: *l, a: 2, b: 1, a: 3}").len(), 1);
}

#[test]
fn keys_become_text() {
    let node = first_document("on: 1\n0x10: 2\n2e6: 3\n.inf: 4\n!!float 7: 5").unwrap();
    let keys: Vec<_> = node.as_mapping().unwrap().iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["true", "16", "2e+06", ".inf", "7"]);
    for text in ["[a]: 1", "~: 1", "{a: b}: 1", "18446744073709551615: 1", "x: &a [b]\n*a : 1"] {
        assert!(matches!(first_document(text), Err(ReadError { kind: ReadErrorKind::Key(_), .. })), "{text}");
    }
}

#[test]
fn what_json_cannot_hold_does_no_harm_where_it_is_overridden() {
    for text in ["x: .nan", "x: [1, -.inf]", "x: {~: 1}", "y: &y {~: 1}\nx: {<<: *y}", "- 1e999999999\n- .inf"] {
        let error = first_document(text).unwrap_err();
        assert!(matches!(error.kind, ReadErrorKind::NotFinite(_) | ReadErrorKind::Key(_)), "{text}: {error}");
    }
    assert_eq!(value("x: .nan\nx: 1"), Value::Integer(1));
    assert_eq!(value("x: {~: 1, a: b}\nx: 1"), Value::Integer(1));
    assert!(matches!(first_document("x: .nan\n<<: .nan"), Err(ReadError { kind: ReadErrorKind::Merge, .. })));
}

#[test]
fn an_alias_is_the_last_of_its_anchor() {
    assert_eq!(value("a: &a 1\nb: &a 2\nx: *a"), Value::Integer(2));
    assert_eq!(value("l: &a [&a 7, *a]\nx: *a"), Value::Integer(7));
    let entries = first_document("&a 2e6: &b yes\nx: {*a : *b}").unwrap();
    let entry = entries.get("x").unwrap().entry("2e+06").unwrap().clone();
    assert_eq!(entry.value.value, Value::Bool(true));
    assert!(matches!(first_document("x: *a"), Err(ReadError { kind: ReadErrorKind::UnknownAlias(_), .. })));
    assert!(matches!(first_document("x: &a [*a]"), Err(ReadError { kind: ReadErrorKind::RecursiveAlias(_), .. })));
}

#[test]
fn bombs_are_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for nth in 1..12 {
        let aliases = vec![format!("*a{}", nth - 1); 10].join(", ");
        bomb.extend([&format!("a{nth}: &a{nth} ["), aliases.as_str(), "]\n"]);
    }
    assert!(matches!(first_document(&bomb), Err(ReadError { kind: ReadErrorKind::Aliases, .. })));
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 90].join(","));
    assert!(matches!(first_document(&long), Err(ReadError { kind: ReadErrorKind::Aliases, .. })));
    for text in [format!("x: {}", "[".repeat(5000)), "- ".repeat(5000), "{a: ".repeat(5000)] {
        assert!(matches!(first_document(&text), Err(ReadError { kind: ReadErrorKind::Depth(_), .. })));
    }
}

#[test]
fn aliases_add_to_the_depth() {
    let mut text = format!("k0: &a0 {}x{}\n", "[".repeat(900), "]".repeat(900));
    assert!(first_document(&format!("{text}k1: [*a0]\n")).is_ok());
    for nth in 1..30 {
        let (open, close) = ("[".repeat(900), "]".repeat(900));
        text = format!("{text}k{nth}: &a{nth} {open}*a{}{close}\n", nth - 1);
    }
    assert!(matches!(first_document(&text), Err(ReadError { kind: ReadErrorKind::Depth(_), .. })));
}

#[test]
fn anchors_in_one_another_cost_no_more_than_aliases() {
    let open: String = (0..900).map(|nth| format!("&a{nth} [")).collect::<Vec<_>>().concat();
    let text = format!("{open}{}{}", "word, ".repeat(30_000), "]".repeat(900));
    assert!(matches!(first_document(&text), Err(ReadError { kind: ReadErrorKind::Aliases, .. })));
}

#[test]
fn an_alias_has_its_own_position() {
    let root = first_document("a: &a x\nb: &b [1]\nc: {d: *a, e: *b, *a : f}\n").unwrap();
    let entries = root.get("c").unwrap().as_mapping().unwrap();
    let columns: Vec<_> = entries
        .iter()
        .map(|entry| (entry.key_position.column, entry.value.position.line, entry.value.position.column))
        .collect();
    assert_eq!(columns, [(5, 3, 8), (12, 3, 15), (19, 3, 24)]);
}

#[test]
fn everything_has_its_position() {
    let text =
        "a:\n- 1\n- é: 💰 x\n  k :\t\"q\\n\"\nb: |\n  text\nc: &x !!str\n  y\nd: [a, {b: c}]\ne: 'two\n lines'\n";
    let root = first_document(text).unwrap();
    let at = |node: &Node| (node.position.line, node.position.column, node.position.width);
    let get = |key| root.get(key).unwrap();
    assert_eq!(at(get("a")), (2, 1, 1));
    let items = get("a").as_sequence().unwrap();
    assert_eq!((at(&items[0]), at(&items[1])), ((2, 3, 1), (3, 3, 1)));
    let entries = items[1].as_mapping().unwrap();
    assert_eq!((entries[0].key_position.column, at(&entries[0].value)), (3, (3, 6, 3)));
    assert_eq!(at(get("b")), (5, 4, 1));
    assert_eq!(at(get("c")), (8, 3, 1));
    let list = get("d").as_sequence().unwrap();
    assert_eq!((at(get("d")), at(&list[0]), at(&list[1])), ((9, 4, 1), (9, 5, 1), (9, 8, 1)));
    assert_eq!(at(get("e")), (10, 4, 1));
}
