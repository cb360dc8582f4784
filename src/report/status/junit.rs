//! The status of sessions as a `JUnit` report: one suite per session and one test case per worker. Workers that are
//! still running are skipped.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::report::junit::{end, escaped, start};
use crate::status::{Counts, Phase, SessionStatus, Worker};

/// Writes all sessions as XML.
///
/// # Errors
/// The stream cannot be written.
pub fn write(sessions: &[SessionStatus<'_>], out: &mut impl Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 4);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::Start(start("testsuites", &[("name", "kubectl-arbtune")])))?;
    for session in sessions {
        let Counts { total, failed, missing, running, pending, suspended, .. } = session.summary().workers;
        let counts = [total, failed + missing, running + pending + suspended].map(|count| count.to_string());
        let [tests, failures, skipped] = &counts;
        let name = format!("{}/{}", session.namespace, session.session_id);
        let attributes =
            [("name", name.as_str()), ("tests", tests), ("failures", failures), ("errors", "0"), ("skipped", skipped)];
        xml.write_event(Event::Start(start("testsuite", &attributes)))?;
        session.workers().try_for_each(|worker| test_case(&worker, &session.session_id, &mut xml))?;
        end("testsuite", &mut xml)?;
    }
    end("testsuites", &mut xml)?;
    out.write_all(b"\n")
}

fn test_case<W: Write>(worker: &Worker, session_id: &str, xml: &mut Writer<W>) -> io::Result<()> {
    let (name, seconds) = (worker.id.to_string(), worker.duration.map(|duration| duration.num_seconds().to_string()));
    let mut attributes = vec![("name", name.as_str()), ("classname", session_id)];
    if let (Phase::Succeeded | Phase::Failed, Some(seconds)) = (worker.phase, &seconds) {
        attributes.push(("time", seconds));
    }
    let case = start("testcase", &attributes);
    if worker.phase == Phase::Succeeded {
        return xml.write_event(Event::Empty(case));
    }
    let summary = worker.cause.as_ref().map_or("", |cause| &cause.summary);
    let message = match summary {
        "" => worker.phase.as_str().to_owned(),
        summary => format!("{}: {summary}", worker.phase.as_str()),
    };
    xml.write_event(Event::Start(case))?;
    if matches!(worker.phase, Phase::Failed | Phase::Missing) {
        let kind = worker.cause.as_ref().map_or("", |cause| &cause.reason);
        xml.write_event(Event::Start(start("failure", &[("message", &message), ("type", kind)])))?;
        let said = worker.cause.iter().map(|cause| &cause.message);
        for line in said.chain(&worker.next_command).filter(|line| !line.is_empty()) {
            xml.write_event(Event::Text(BytesText::from_escaped(escaped(line) + "\n")))?;
        }
        end("failure", xml)?;
    } else {
        xml.write_event(Event::Empty(start("skipped", &[("message", &message)])))?;
    }
    end("testcase", xml)
}
