//! Which key of a configuration caused a field of its Jobs. What is found at a position in such a Job, which no file
//! holds, is told at the key.

use std::collections::HashMap;
use std::sync::Arc;

use super::finding::DocumentReport;
use super::positions::Positions;
use crate::apimachinery::Segment::{self, Field, Key};
use crate::apimachinery::{fields, segments};
use crate::config::{Origin, Session};
use crate::job::K8sJobSpec;
use crate::manifest::text::Excerpt;
use crate::manifest::{Node, Position};

const LABELS: &[Segment<'static>] = &segments![metadata.labels];
const POD_LABELS: &[Segment<'static>] = &segments![spec.template.metadata.labels];
const CONTAINER: &[Segment<'static>] = &segments![spec.template.spec.containers[0]];

/// The fields of a Job that have the value of one key each.
const FIELDS: &[(&[Segment<'static>], &[Segment<'static>], &str)] = &[
    (&[], &segments![metadata.name], "session_short"),
    (&[], &segments![metadata.namespace], "k8s_namespace"),
    (LABELS, &[Key("session_id")], "session_id"),
    (LABELS, &[Key("mode")], "mode"),
    (LABELS, &[Key("env")], "env"),
    (POD_LABELS, &[Key("session_id")], "session_id"),
    (POD_LABELS, &[Key("mode")], "mode"),
    (POD_LABELS, &[Key("env")], "env"),
    (CONTAINER, &segments![name], "session_short"),
    (CONTAINER, &segments![image], "image"),
    (CONTAINER, &segments![resources], "resources"),
    (CONTAINER, &segments![resources.requests], "resources.requests"),
    (CONTAINER, &segments![resources.limits], "resources.limits"),
];

/// The options of a worker whose value is that of a key.
const OPTIONS: &[(&str, &str)] = &[
    ("--config", "config_path"),
    ("--iterations", "total_iterations"),
    ("--mode", "mode"),
    ("--env", "env"),
    ("--optimizer", "optimizer"),
    ("--session-id", "session_id"),
];

/// The variables of a worker that have the value of a key, unless `extra_env` has them.
const VARIABLES: &[(&str, &str)] = &[("APP_ENV", "env"), ("SESSION_ID", "session_id"), ("MODE", "mode")];

/// The keys of one session's configuration, and where they stand.
#[derive(Debug)]
pub struct Origins<'s> {
    /// Where each key stands that a file has; a group of keys stands where its first one does.
    keys: HashMap<&'s str, &'s Excerpt>,
    /// Where the configuration starts to speak of the session, for what no key has caused.
    session: Excerpt,
}

impl<'s> Origins<'s> {
    /// The keys of a session.
    pub fn of(session: &'s Session) -> Self {
        let mut keys = HashMap::new();
        for setting in &session.settings {
            let Origin::File(excerpt) = &setting.origin else { continue };
            let mut key = setting.name.as_str();
            keys.insert(key, excerpt);
            // The name of a resource or a variable may hold dots of its own, which name no group.
            while let Some((group, _)) = key.rsplit_once('.') {
                key = group;
                keys.entry(key).or_insert(excerpt);
            }
        }
        let first = session.settings.iter().find_map(|setting| match &setting.origin {
            Origin::File(excerpt) => Some(excerpt.clone()),
            Origin::Flag(_) | Origin::Default => None,
        });
        Self { keys, session: first.unwrap_or_default() }
    }

    /// The configuration that the session comes from.
    pub fn file(&self) -> &Arc<str> {
        &self.session.file
    }

    /// The positions in a Job's document that a key has caused, each with where the key stands.
    pub fn of_job(&self, spec: &K8sJobSpec, root: &Node) -> JobOrigins<'_> {
        let mut positions = Positions::new(root);
        let mut excerpts = HashMap::new();
        let mut note = |path: &[Segment<'_>], key: &str| {
            if let Some(excerpt) = self.excerpt(key) {
                excerpts.insert(line_and_column(positions.locate(path)), excerpt);
            }
        };
        for (object, field, key) in FIELDS {
            note(&[*object, *field].concat(), key);
        }
        for (nth, argument) in spec.args.iter().enumerate() {
            if let Some((_, key)) = OPTIONS.iter().find(|(option, _)| option == argument) {
                note(&[CONTAINER, &segments![args[nth + 1]]].concat(), key);
            }
        }
        for (nth, (name, _)) in spec.env.iter().enumerate() {
            let extra = format!("extra_env.{name}");
            let own =
                VARIABLES.iter().find(|(variable, _)| variable == name).filter(|_| self.excerpt(&extra).is_none());
            let key = own.map_or(extra.as_str(), |(_, key)| key);
            for field in [&[][..], &segments![name], &segments![value]] {
                note(&[CONTAINER, &segments![env[nth]], field].concat(), key);
            }
        }
        for (group, amounts) in fields![requests = &spec.requests, limits = &spec.limits] {
            for (name, _) in amounts {
                let path = [CONTAINER, &segments![resources], &[Field(group.as_str()), Key(name)]].concat();
                note(&path, &format!("resources.{group}.{name}"));
            }
        }
        JobOrigins { excerpts, session: &self.session }
    }

    /// Where a key stands; a session without a `session_short` has the start of its id in its names.
    fn excerpt(&self, key: &str) -> Option<&'s Excerpt> {
        let found = self.keys.get(key);
        found.or_else(|| self.keys.get("session_id").filter(|_| key == "session_short")).copied()
    }
}

/// The positions in one Job's document that keys have caused.
#[derive(Debug)]
pub struct JobOrigins<'o> {
    excerpts: HashMap<(u32, u32), &'o Excerpt>,
    session: &'o Excerpt,
}

impl JobOrigins<'_> {
    /// Has a report speak of the configuration instead of the document that it was made from.
    pub fn apply(&self, report: &mut DocumentReport) {
        let excerpt = |of: &Excerpt| self.excerpts.get(&line_and_column(of.position)).map_or(self.session, |key| key);
        report.name_excerpt = excerpt(&report.name_excerpt).clone();
        for finding in &mut report.findings {
            finding.excerpt = excerpt(&finding.excerpt).clone();
        }
    }
}

const fn line_and_column(position: Position) -> (u32, u32) {
    (position.line, position.column)
}

#[cfg(test)]
mod tests {
    use crate::config::session::tests::{K8S, session};
    use crate::job::{CreatedAt, K8sTuningJobFactory, build_job};
    use crate::manifest::{Format, Text, documents};

    use super::*;
    use crate::apimachinery::Segment::Index;

    /// The line of the baseline that is named for a path of its first Job, and what is marked there.
    fn marked(config: &str, path: &[Segment<'_>]) -> (u32, String) {
        let session = session(config, None).unwrap();
        let factory = K8sTuningJobFactory::new(&session, CreatedAt::parse("2025-11-16T18:21:45Z").unwrap());
        let spec = factory.create_job_for_worker("worker-1", 3, 0);
        let mut content = Vec::new();
        Format::Yaml.push(&build_job(spec.clone()), &mut content).unwrap();
        let origins = Origins::of(&session);
        let mut marked = None;
        documents(Text::decode(content).as_str(), |document| {
            let root = document.unwrap().root;
            let position = Positions::new(&root).locate(path);
            let of_job = origins.of_job(&spec, &root);
            marked = Some((*of_job.excerpts.get(&line_and_column(position)).unwrap_or(&of_job.session)).clone());
        });
        let Excerpt { position, .. } = marked.unwrap();
        (position.line, Text::decode(config.into()).at(position).to_owned())
    }

    #[test]
    fn a_field_is_told_at_the_key_that_caused_it() {
        let config = K8S.replace("mode: paper", "mode: paper\nsession_short: short");
        let container = |path: &[Segment<'static>]| [CONTAINER, path].concat();
        for (config, path, line, text) in [
            (K8S, vec![Field("metadata"), Field("name")], 2, "d29-k8s-demo-session"),
            (&config, vec![Field("metadata"), Field("name")], 6, "short"),
            (K8S, vec![Field("metadata"), Field("namespace")], 3, "trading-bots"),
            (K8S, vec![Field("metadata"), Field("labels"), Key("env")], 6, "docker"),
            (K8S, [POD_LABELS, &[Key("mode")]].concat(), 5, "paper"),
            (K8S, container(&[Field("image")]), 4, "your-registry/arbitrage-lite:latest"),
            (K8S, container(&[Field("args"), Index(4)]), 7, "6"),
            (K8S, container(&[Field("env"), Index(2), Field("value")]), 15, "\"6379\""),
            (K8S, container(&[Field("env"), Index(3), Field("value")]), 2, "d29-k8s-demo-session"),
            (K8S, container(&[Field("env"), Index(0), Field("name")]), 12, "docker"),
            (K8S, container(&[Field("resources"), Field("limits"), Key("cpu")]), 21, "\"1\""),
            (K8S, container(&[Field("resources"), Field("limits"), Key("none")]), 21, "\"1\""),
            (K8S, container(&[Field("securityContext")]), 2, "d29-k8s-demo-session"),
            (K8S, vec![Field("metadata"), Field("annotations")], 2, "d29-k8s-demo-session"),
        ] {
            assert_eq!(marked(config, &path), (line, text.to_owned()), "{path:?}");
        }
    }
}
