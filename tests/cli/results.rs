//! `results`: the workers' CSV files, whole and broken, merged and told of.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{arg, run};

const OUTPUTS: &str = "tests/after/outputs";
const CONFIG: &str = "tests/after/session.yaml";
const HEADER: &str = "session_id,worker_id,iteration,status,timestamp\n";

fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) {
    fs::write(dir.join(name), text).unwrap();
}

fn account(args: &[&str]) -> Value {
    serde_json::from_str(&run(&[&["results", "-o", "json"], args].concat()).out).unwrap()
}

#[test]
fn rows_come_in_the_order_of_the_plan() {
    let ran = run(&["results", "--k8s-config", CONFIG, OUTPUTS]);
    assert_eq!(ran.code, 1);
    let workers: Vec<&str> = ran.out.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    let expected = ["worker-1", "worker-1", "worker-1", "worker-2", "worker-4", "worker-11", "worker-11", "worker-12"];
    assert_eq!(workers, expected);
    assert_eq!(ran.out.lines().next(), Some("session_id,worker_id,iteration,status,timestamp,score"));
    for said in [
        "worker-1    3      3 of 3       -         -          d29_k8s_session_worker-1.csv",
        "worker-11   2      1 of 2       2         1          d29_k8s_session_worker-11.csv",
        "tests/after/outputs/d29_k8s_session_worker-4.csv:3: The row is cut off: the file ends within it.",
        "no rows of worker 3, 5..10",
        "left out: 1 row of session d29-k8s-other-session",
    ] {
        assert!(ran.err.lines().any(|line| line == said), "{said}\n{}", ran.err);
    }
}

#[test]
fn a_whole_session_is_well() {
    let dir = tempfile::tempdir().unwrap();
    for worker in ["worker-1", "worker-2"] {
        let rows = [0, 1, 2].map(|nth| format!("d29-k8s-demo-session,{worker},{nth},ok,t\n")).concat();
        write(dir.path(), &format!("{worker}.csv"), format!("{HEADER}{rows}"));
    }
    let config = crate::common::K8S;
    let ran = run(&["results", "--k8s-config", config, arg(dir.path())]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 7);
    let fewer = run(&["results", "--k8s-config", config, arg(&dir.path().join("worker-1.csv"))]);
    assert_eq!(fewer.code, 1);
}

#[test]
fn further_columns_are_kept_and_values_arrive_exactly() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.csv", "\u{feff}worker_id,session_id,iteration,x\r\nworker-2,s,1,\"a\r\nb,\"\"c\"\"\"\r\n\r\n");
    write(dir.path(), "b.csv", b"session_id,worker_id,iteration,y,status\ns,worker-1,1,\xff\xfe\x1b[2J,ok\n");
    let command = crate::common::arbtune(&["results", arg(dir.path())]).assert().code(0);
    let out = &command.get_output().stdout;
    let expected = b"worker_id,session_id,iteration,x,y,status\n\
        worker-1,s,1,,\xff\xfe\x1b[2J,ok\n\
        worker-2,s,1,\"a\r\nb,\"\"c\"\"\",,\n";
    assert_eq!(String::from_utf8_lossy(out), String::from_utf8_lossy(expected));
    assert_eq!(out, expected);
}

#[test]
fn broken_rows_are_left_out_and_reported_with_their_lines() {
    let dir = tempfile::tempdir().unwrap();
    let rows = "s,worker-1,1,ok,t\r\n\r\ns,worker-1,2,ok\r\ns,worker-1,3,o\0k,t\r\ns,worker-1,x,ok,t\r\n,worker-1,4,ok,t\r\n\
                s,worker-1,5,\"a\nb\",t\r\ns,worker-1,6,ok,t,more\r\ns,worker-1,7,\"open,t\r\n";
    write(dir.path(), "a.csv", HEADER.trim_end().to_owned() + "\r\n" + rows);
    let ran = run(&["results", arg(dir.path())]);
    assert_eq!(ran.code, 1);
    let kept: Vec<&str> = ran.out.lines().filter(|line| line.starts_with("s,")).collect();
    assert_eq!(kept, ["s,worker-1,1,ok,t", "s,worker-1,5,\"a"]);
    let told: Vec<(&str, &str)> =
        ran.err.lines().filter_map(|line| line.split_once("a.csv:")?.1.split_once(": ")).collect();
    assert_eq!(
        told,
        [
            ("4", "The row has 4 of 5 fields."),
            ("5", "The row contains NUL bytes."),
            ("6", "The iteration \"x\" is not a whole number."),
            ("7", "The row has no session or no worker."),
            ("10", "The row has 6 of 5 fields."),
            ("11", "The row is cut off: the file ends within it."),
        ]
    );
}

#[test]
fn a_last_line_without_a_line_break_may_be_whole() {
    let dir = tempfile::tempdir().unwrap();
    let count = |last: &str| {
        let rows = format!("s,worker-1,1,ok,2026-11-24T23:19:46Z\ns,worker-1,2,ok,{last}");
        write(dir.path(), "a.csv", HEADER.to_owned() + &rows);
        account(&[arg(dir.path())])["rows"].as_u64()
    };
    assert_eq!(count("2026-11-24T23:19:49Z"), Some(2));
    assert_eq!(count("2026-11-24T23:19:4"), Some(1));
}

#[test]
fn a_last_row_whose_quote_is_not_closed_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let header = "session_id,worker_id,iteration,note\r\n";
    for (last, is_whole) in [("\"one\r\ntwo\"\r\n", true), ("\"one\r\n", false), ("\"one\"\"\r\n", false)] {
        write(dir.path(), "a.csv", format!("{header}s,worker-1,1,x\r\ns,worker-1,2,{last}"));
        let ran = run(&["results", arg(dir.path())]);
        assert_eq!(ran.code, i32::from(!is_whole), "{last:?}: {}", ran.err);
        assert_eq!(ran.out.contains("s,worker-1,2"), is_whole, "{last:?}: {}", ran.out);
        assert_eq!(ran.err.contains("a.csv:3: The row is cut off"), !is_whole, "{last:?}: {}", ran.err);
    }
}

#[test]
fn a_first_row_without_an_end_is_reported_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.csv", format!("{HEADER}s,worker-1,1,\"{}\n", "x".repeat(3 << 20)));
    let ran = run(&["results", arg(dir.path())]);
    assert!(ran.code == 1 && ran.err.contains("a.csv:2: The row is longer than 1 MiB"), "{}", ran.err);
}

#[test]
fn files_without_rows_are_not_results() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.csv", HEADER);
    let ran = run(&["results", arg(dir.path())]);
    assert_eq!((ran.code, ran.out.as_str()), (1, HEADER), "{}", ran.err);
}

#[test]
fn the_output_may_go_to_the_directory_that_is_read() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.csv", format!("{HEADER}s,worker-1,1,ok,t\n"));
    let merged = dir.path().join("merged.csv");
    for before in ["", HEADER, "s,worker-1,1,ok,t\n"] {
        fs::write(&merged, before).unwrap();
        let out = fs::File::options().append(true).open(&merged).unwrap();
        let command = crate::common::arbtune(&["results", arg(dir.path())]);
        let mut child = std::process::Command::new(command.get_program());
        let ran = child.args(command.get_args()).stdout(out).output().unwrap();
        let err = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(0), "{err}");
        assert!(err.contains("merged.csv is the output file; it is skipped."), "{err}");
        assert_eq!(fs::read_to_string(&merged).unwrap(), format!("{before}{HEADER}s,worker-1,1,ok,t\n"));
    }
}

#[test]
fn rows_of_workers_that_take_turns_are_sorted_apart() {
    let dir = tempfile::tempdir().unwrap();
    let row = |worker: u32, nth: u32| format!("s,worker-{worker},{nth},\"a\nb\",t\n");
    let mixed: String = (1..=50).flat_map(|nth| [1, 2, 3].map(|worker| row(worker, nth))).collect();
    let sorted: String = [1, 2, 3].iter().flat_map(|worker| (1..=50).map(|nth| row(*worker, nth))).collect();
    write(dir.path(), "a.csv", format!("{HEADER}{mixed}"));
    let ran = run(&["results", arg(dir.path())]);
    assert_eq!((ran.code, ran.out), (0, format!("{HEADER}{sorted}")));
}

#[test]
fn iterations_that_are_missing_or_there_twice_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let rows = |numbers: &[u32]| -> String {
        let lines = numbers.iter().map(|nth| format!("s,worker-2,{nth},ok,t\n"));
        HEADER.to_owned() + &lines.collect::<String>()
    };
    write(dir.path(), "a.csv", rows(&[1, 2, 3, 7]));
    write(dir.path(), "a-r2.csv", rows(&[3, 9, 9]));
    let account = account(&[arg(dir.path())]);
    let worker = &account["workers"][0];
    assert_eq!(worker["missing"], serde_json::json!(["4..6", "8"]));
    assert_eq!(worker["repeated"], serde_json::json!(["3", "9"]));
    assert_eq!((worker["rows"].as_u64(), worker["iterations"].as_u64()), (Some(7), Some(5)));
    assert_eq!(account["missing_workers"], serde_json::json!(["1"]));
}

#[cfg(target_os = "linux")]
#[test]
fn odd_files_are_not_waited_for_and_not_read_without_end() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "empty.csv", "");
    write(dir.path(), "other.csv", "a,b\n1,2\n");
    write(dir.path(), "twice.csv", "session_id,worker_id,iteration,x,x\n");
    write(dir.path(), "good.csv", format!("{HEADER}s,worker-1,1,ok,t\n"));
    write(dir.path(), "long.csv", format!("{HEADER}s,worker-2,1,ok,t\ns,worker-2,2,\"{}", "x\n".repeat(1 << 20)));
    fs::File::create(dir.path().join("zeros.csv")).unwrap().set_len(1 << 33).unwrap();
    std::os::unix::fs::symlink("good.csv", dir.path().join("link.csv")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", dir.path().join("device.csv")).unwrap();
    std::os::unix::fs::symlink("nowhere", dir.path().join("z.csv")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        dir.path().join("pipe.csv"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    let ran = run(&["results", arg(dir.path())]);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out, format!("{HEADER}s,worker-1,1,ok,t\ns,worker-2,1,ok,t\n"));
    for said in [
        "empty.csv: The file is empty.",
        "other.csv: The first line does not name the columns",
        "twice.csv: The file has two columns named \"x\".",
        "long.csv:3: The row is longer than 1 MiB",
        "zeros.csv: The first line is longer than 1 MiB",
        "device.csv is not a regular file",
        "pipe.csv is not a regular file",
        "z.csv cannot be read",
    ] {
        assert!(ran.err.contains(said), "{said}\n{}", ran.err);
    }
    for path in ["/dev/zero", "-", "nowhere", arg(&dir.path().join("pipe.csv"))] {
        let ran = run(&["results", path]);
        assert!(ran.code > 0 && ran.out.is_empty() && ran.err.starts_with("error: "), "{path}: {ran:?}");
    }
}

#[test]
fn nothing_from_a_file_reaches_the_terminal_as_a_command() {
    let dir = tempfile::tempdir().unwrap();
    let evil = "::error::\u{1b}[2J\u{202e}";
    write(dir.path(), &format!("{evil}.csv"), format!("{HEADER}{evil},{evil},1,ok,t\n{evil},{evil},{evil},ok,t\n"));
    for format in ["csv", "table", "wide", "json", "yaml"] {
        let ran = run(&["results", arg(dir.path()), "-o", format]);
        assert_eq!(ran.code, 1);
        let shown = if format == "csv" { &ran.err } else { &ran.out };
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{format}: {shown}");
        assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")), "{format}: {shown}");
    }
}
