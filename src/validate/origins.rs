//! Maps fields of generated Jobs to the configuration keys that caused them, so that findings about such a Job can be
//! reported at the key.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::finding::DocumentReport;
use super::positions::Positions;
use crate::apimachinery::Segment::{self, Field, Key};
use crate::apimachinery::{fields, segments};
use crate::config::metadata::QUEUE_LABEL;
use crate::config::partial_job::PartialJob;
use crate::config::{Origin, Session};
use crate::job::K8sJobSpec;
use crate::job::partial::TUNER;
use crate::manifest::text::Excerpt;
use crate::manifest::{Node, Position, Text, Value, documents};

const LABELS: &[Segment<'static>] = &segments![metadata.labels];
const POD_LABELS: &[Segment<'static>] = &segments![spec.template.metadata.labels];

const ANNOTATIONS: &[Segment<'static>] = &segments![metadata.annotations];
const POD_ANNOTATIONS: &[Segment<'static>] = &segments![spec.template.metadata.annotations];

/// The maps of a Job whose entries come from a key of the configuration, except for the guide's entries.
const MAPS: &[(&[Segment<'static>], &str)] =
    &[(LABELS, "labels"), (POD_LABELS, "labels"), (ANNOTATIONS, "annotations"), (POD_ANNOTATIONS, "annotations")];

/// The fields of a Job that have the value of a single key.
const FIELDS: &[(&[Segment<'static>], &[Segment<'static>], &str)] = &[
    (&[], &segments![metadata.name], "session_short"),
    (&[], &segments![metadata.namespace], "k8s_namespace"),
    (&[], &segments![spec.suspend], "queue"),
    (LABELS, &[Key("session_id")], "session_id"),
    (LABELS, &[Key("mode")], "mode"),
    (LABELS, &[Key("env")], "env"),
    (LABELS, &[Key(QUEUE_LABEL)], "queue"),
    (POD_LABELS, &[Key("session_id")], "session_id"),
    (POD_LABELS, &[Key("mode")], "mode"),
    (POD_LABELS, &[Key("env")], "env"),
];

/// The fields of the worker's container that have the value of a single key.
const WORKER_FIELDS: &[(&[Segment<'static>], &str)] = &[
    (&segments![name], "session_short"),
    (&segments![image], "image"),
    (&segments![workingDir], "working_dir"),
    (&segments![envFrom], "env_from"),
    (&segments![resources], "resources"),
    (&segments![resources.requests], "resources.requests"),
    (&segments![resources.limits], "resources.limits"),
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

/// The keys of one session's configuration with their positions.
#[derive(Debug)]
pub struct Origins<'s> {
    /// The position of each key; a group of keys has the position of its first key.
    keys: HashMap<&'s str, &'s Excerpt>,
    /// The start of the configuration, for findings that no key caused.
    session: Excerpt,
    /// The partial Job that was merged into each Job.
    partial: Option<&'s PartialJob>,
}

impl<'s> Origins<'s> {
    /// The keys of a session.
    pub fn of(session: &'s Session) -> Self {
        let mut keys = HashMap::new();
        for setting in &session.settings {
            let Some(excerpt) = setting.origin.excerpt() else { continue };
            let mut key = setting.name.as_str();
            keys.insert(key, excerpt);
            // The name of a resource or a variable may contain dots, which do not separate groups.
            while let Some((group, _)) = key.rsplit_once('.') {
                key = group;
                keys.entry(key).or_insert(excerpt);
            }
        }
        let first = session.settings.iter().find_map(|setting| match &setting.origin {
            Origin::File(excerpt) => Some(excerpt.clone()),
            _ => None,
        });
        Self { keys, session: first.unwrap_or_default(), partial: session.additions.job_template.as_ref() }
    }

    /// The configuration that the session comes from.
    pub fn file(&self) -> &Arc<str> {
        &self.session.file
    }

    /// Maps a report on a generated Job, with this text, to the configuration.
    pub fn tell(&self, report: &mut DocumentReport, spec: &K8sJobSpec, text: &Text) {
        report.name_excerpt = self.excerpt("session_short").unwrap_or(&self.session).clone();
        if report.findings.is_empty() {
            return;
        }
        documents(text.as_str(), |read| {
            let Ok(document) = read else { return };
            let places = self.places(spec, &document.root);
            for finding in &mut report.findings {
                let place = places.get(&line_and_column(finding.excerpt.position));
                finding.excerpt = place.cloned().unwrap_or_else(|| self.session.clone());
            }
        });
    }

    /// The nodes of a Job's document that a key caused, each with the position of the key.
    fn places(&self, spec: &K8sJobSpec, root: &Node) -> HashMap<(u32, u32), Excerpt> {
        let mut positions = Positions::new(root);
        let mut places = HashMap::new();
        let mut note = |path: &[Segment<'_>], key: &str| {
            if let Some(excerpt) = self.excerpt(key) {
                places.insert(line_and_column(positions.locate(path)), excerpt.clone());
            }
        };
        for (object, field, key) in FIELDS {
            note(&[*object, *field].concat(), key);
        }
        let worker: &[_] = &segments![spec.template.spec.containers[index_of_worker(root, &spec.name)]];
        for (field, key) in WORKER_FIELDS {
            note(&[worker, field].concat(), key);
        }
        for (nth, argument) in spec.args.iter().enumerate() {
            if let Some((_, key)) = OPTIONS.iter().find(|(option, _)| option == argument) {
                note(&[worker, &segments![args[nth + 1]]].concat(), key);
            }
        }
        // The configuration may have added, replaced and removed variables, which changes their indexes.
        let variables = at(root, &[worker, &segments![env]].concat()).and_then(Node::as_sequence).unwrap_or_default();
        for (nth, variable) in variables.iter().enumerate() {
            let Some(name) = variable.get("name").and_then(Node::as_str) else { continue };
            let key = self.key_of_variable(name);
            for field in [&[][..], &segments![name], &segments![value], &segments![valueFrom]] {
                note(&[worker, &segments![env[nth]], field].concat(), &key);
            }
        }
        for (map, group) in MAPS {
            note(map, group);
            for entry in at(root, map).and_then(Node::as_mapping).unwrap_or_default() {
                note(&[*map, &[Key(&entry.key)]].concat(), &format!("{group}.{}", entry.key));
            }
        }
        for (group, amounts) in fields![requests = &spec.requests, limits = &spec.limits] {
            for (name, _) in amounts {
                let path = [worker, &segments![resources], &[Field(group.as_str()), Key(name)]].concat();
                note(&path, &format!("resources.{group}.{name}"));
            }
        }
        if let Some(partial) = self.partial {
            note_partial(&partial.node, root, &spec.name, &mut |place, origin| {
                places.insert(line_and_column(place), partial.excerpt(origin));
            });
        }
        places
    }

    /// The key that sets a variable of the worker.
    fn key_of_variable(&self, name: &str) -> Cow<'static, str> {
        let said = ["secret_env", "extra_env"].map(|group| format!("{group}.{name}"));
        let found = said.into_iter().find(|key| self.keys.contains_key(key.as_str())).map(Cow::Owned);
        let own = || VARIABLES.iter().find(|(variable, _)| *variable == name).map(|(_, key)| Cow::Borrowed(*key));
        found.or_else(own).unwrap_or_default()
    }

    /// The position of a key; without a `session_short`, the names contain the start of the session's id.
    fn excerpt(&self, key: &str) -> Option<&'s Excerpt> {
        let found = self.keys.get(key);
        found.or_else(|| self.keys.get("session_id").filter(|_| key == "session_short")).copied()
    }
}

/// The index of the container that runs the worker.
fn index_of_worker(root: &Node, name: &str) -> usize {
    let containers = at(root, &segments![spec.template.spec.containers]);
    let mut names = containers.and_then(Node::as_sequence).unwrap_or_default().iter().map(|one| one.get("name"));
    names.position(|found| found.and_then(Node::as_str) == Some(name)).unwrap_or_default()
}

/// The node at a path.
fn at<'d>(root: &'d Node, path: &[Segment<'_>]) -> Option<&'d Node> {
    path.iter().try_fold(root, |node, segment| match segment {
        Field(name) | Key(name) => node.get(name),
        Segment::Index(nth) => node.as_sequence()?.get(*nth),
    })
}

/// Walks through a partial Job and the merged Job, and passes on where each of its fields has ended up.
fn note_partial(partial: &Node, job: &Node, worker: &str, note: &mut impl FnMut(Position, Position)) {
    match (&partial.value, &job.value) {
        (Value::Mapping(entries), Value::Mapping(_)) => {
            for entry in entries {
                if let Some(found) = job.entry(&entry.key) {
                    note(found.shown_at(), entry.shown_at());
                    note_partial(&entry.value, &found.value, worker, note);
                }
            }
        }
        (Value::Sequence(items), Value::Sequence(found)) => {
            let name = |item: &Node| {
                item.get("name").and_then(Node::as_str).map(|name| if name == TUNER { worker } else { name }.to_owned())
            };
            // Elements with a name are found by it, wherever the merge has put them. Mounts of the same volume share
            // their name, and keep their order.
            let mut by_name: HashMap<String, VecDeque<&Node>> = HashMap::new();
            for (name, item) in found.iter().filter_map(|item| Some((name(item)?, item))) {
                by_name.entry(name).or_default().push_back(item);
            }
            for (nth, item) in items.iter().enumerate() {
                let target = match name(item) {
                    None => found.get(nth),
                    Some(name) => by_name.get_mut(&name).and_then(VecDeque::pop_front),
                };
                if let Some(target) = target {
                    note(target.position, item.position);
                    note_partial(item, target, worker, note);
                }
            }
        }
        _ => {}
    }
}

const fn line_and_column(position: Position) -> (u32, u32) {
    (position.line, position.column)
}

#[cfg(test)]
mod tests {
    use crate::config::session::tests::{K8S, session};
    use crate::job::{CreatedAt, K8sTuningJobFactory};
    use crate::manifest::{Format, Text, documents};

    use super::*;
    use crate::apimachinery::Segment::Index;

    const CONTAINER: &[Segment<'static>] = &segments![spec.template.spec.containers[0]];

    /// The line of the configuration that is reported for a path of its first Job, and the marked text.
    fn marked(config: &str, path: &[Segment<'_>]) -> (u32, String) {
        let session = session(config, None).unwrap();
        let moment = CreatedAt::parse("2025-11-16T18:21:45Z").unwrap();
        let factory = K8sTuningJobFactory::new(&session, moment, None).unwrap();
        let spec = factory.create_job_for_worker("worker-1", 3, 0);
        let mut content = Vec::new();
        Format::Yaml.push(&factory.jobs().next().unwrap(), &mut content).unwrap();
        let origins = Origins::of(&session);
        let mut found = None;
        documents(Text::decode(content).as_str(), |document| {
            let root = document.unwrap().root;
            let position = line_and_column(Positions::new(&root).locate(path));
            found = Some(origins.places(&spec, &root).remove(&position).unwrap_or_else(|| origins.session.clone()));
        });
        let Excerpt { position, .. } = found.unwrap();
        (position.line, Text::decode(config.into()).at(position).to_owned())
    }

    #[test]
    fn a_field_of_a_partial_job_is_told_where_that_has_it() {
        let pod = "job_template:\n  spec:\n    ttlSecondsAfterFinished: 5\n    template:\n      spec:\n        containers:\n        \
                   - name: side\n          image: s\n        - {name: tuner, tty: true, volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /b}]}\n        tolerations:\n        - key: a\n";
        let config = format!("{K8S}{pod}");
        let first = u32::try_from(K8S.lines().count()).unwrap() + 1;
        let of_pod = |path: &[Segment<'static>]| [&segments![spec.template.spec], path].concat();
        for (path, line, text) in [
            (vec![Field("spec"), Field("ttlSecondsAfterFinished")], 2, "5"),
            (of_pod(&[Field("tolerations"), Index(0), Field("key")]), 10, "a"),
            (of_pod(&[Field("containers"), Index(1), Field("tty")]), 8, "true"),
            (of_pod(&[Field("containers"), Index(0), Field("image")]), 7, "s"),
            (of_pod(&[Field("containers"), Index(1), Field("volumeMounts"), Index(0), Field("mountPath")]), 8, "/a"),
            (of_pod(&[Field("containers"), Index(1), Field("volumeMounts"), Index(1), Field("mountPath")]), 8, "/b"),
        ] {
            assert_eq!(marked(&config, &path), (first + line, text.to_owned()), "{path:?}");
        }
        assert_eq!(marked(&config, &of_pod(&[Field("containers"), Index(1), Field("image")])).0, 4);
    }

    #[test]
    fn a_field_is_told_at_the_key_that_caused_it() {
        let config = K8S.replace("mode: paper", "mode: paper\nsession_short: short");
        let more = format!(
            "{K8S}annotations: {{a/x: first, b/y: second}}\nlabels: {{a/x: third}}\nsecret_env: {{KEY: {{secret: s, key: k}}}}\n"
        );
        let removed = "job_template:\n  spec:\n    template:\n      spec:\n        containers:\n        \
                       - {name: tuner, env: [{name: FIRST, $patch: delete}]}\n";
        let variables = "  REDIS_PORT: \"6379\"\n  FIRST: a\n  LAST: last\n";
        let fewer = K8S.replace("  REDIS_PORT: \"6379\"\n", variables) + removed;
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
            (&more, vec![Field("metadata"), Field("annotations")], 23, "first"),
            (&more, [POD_ANNOTATIONS, &[Key("b/y")]].concat(), 23, "second"),
            (&more, [LABELS, &[Key("a/x")]].concat(), 24, "third"),
            (&more, [LABELS, &[Key("mode")]].concat(), 5, "paper"),
            (&more, container(&[Field("env"), Index(6), Field("valueFrom")]), 25, "{"),
            (&fewer, container(&[Field("env"), Index(6), Field("value")]), 17, "last"),
        ] {
            assert_eq!(marked(config, &path), (line, text.to_owned()), "{path:?}");
        }
    }
}
