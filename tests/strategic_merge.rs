//! The strategic merge patch, held against kubectl's on random Jobs and patches, directives and errors included.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)] // Tests start processes; the tool never does.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::Command;

use kubectl_arbtune::apply::{JOB, strategic_merge, three_way_patch};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Map, Value, json};

/// Makes a value by chance.
type Make = fn(&mut Dice) -> Value;

/// Where choices come from.
struct Dice(TestRng);

impl Dice {
    fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }

    fn below(&mut self, end: u32) -> u32 {
        self.0.next_u32() % end
    }

    fn one_in(&mut self, end: u32) -> bool {
        self.below(end) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(u32::try_from(from.len()).unwrap()) as usize]
    }

    fn list(&mut self, max: u32, mut make: impl FnMut(&mut Self) -> Value) -> Value {
        (0..self.below(max + 1)).map(|_| make(self)).collect()
    }

    /// A list whose elements have different keys, most of the time.
    fn keyed(&mut self, key: &str, keys: &[Value], mut make: impl FnMut(&mut Self) -> Value) -> Value {
        let mut left = keys.to_vec();
        let mut list = Vec::new();
        for _ in 0..self.below(4) {
            let nth = self.below(u32::try_from(left.len()).unwrap()) as usize;
            let of = if self.one_in(12) { left[nth].clone() } else { left.remove(nth) };
            let mut element = make(self);
            element[key] = of;
            list.push(element);
            if left.is_empty() {
                break;
            }
        }
        list.into()
    }

    fn text(&mut self) -> Value {
        self.pick(&["a", "b", "c"]).into()
    }

    fn map(&mut self) -> Value {
        let entries = (0..self.below(3)).map(|_| (self.pick(&["a", "b", "c"]).to_owned(), self.text()));
        Value::Object(entries.collect())
    }

    /// An object that has each of these fields, or has not.
    fn some(&mut self, fields: &[(&str, Make)]) -> Value {
        let mut object = Map::new();
        for (name, make) in fields {
            if self.one_in(2) {
                object.insert((*name).to_owned(), make(self));
            }
        }
        Value::Object(object)
    }

    fn job(&mut self) -> Value {
        let mut job = self.some(&[("spec", Self::spec)]);
        job["apiVersion"] = "batch/v1".into();
        job["kind"] = "Job".into();
        job["metadata"] = self.some(&[
            ("labels", Self::map),
            ("annotations", Self::map),
            // Each once: what becomes of two equal ones depends on where Go has room for them.
            ("finalizers", |dice| {
                let mut all = vec!["a/a", "b/b", "c/c"];
                (0..dice.below(4)).map(|_| all.remove(dice.below(u32::try_from(all.len()).unwrap()) as usize)).collect()
            }),
            ("ownerReferences", |dice| {
                dice.keyed("uid", &[json!("1"), json!("2")], |dice| {
                    dice.some(&[("kind", Self::text), ("name", Self::text)])
                })
            }),
        ]);
        job["metadata"]["name"] = "job".into();
        job
    }

    fn spec(&mut self) -> Value {
        let mut spec = self.some(&[
            ("backoffLimit", |dice| dice.below(3).into()),
            ("suspend", |dice| dice.one_in(2).into()),
            ("selector", |dice| dice.some(&[("matchLabels", Self::map)])),
            ("podFailurePolicy", |dice| json!({"rules": dice.list(2, |dice| dice.some(&[("action", Self::text)]))})),
        ]);
        spec["template"] = dice_template(self);
        spec
    }

    fn pod(&mut self) -> Value {
        let names = [json!("a"), json!("b"), json!("c"), json!("d")];
        let mut pod = self.some(&[
            ("nodeSelector", Self::map),
            ("restartPolicy", Self::text),
            ("priority", |dice| dice.below(2).into()),
            ("tolerations", |dice| dice.list(2, |dice| dice.some(&[("key", Self::text), ("effect", Self::text)]))),
            ("affinity", |dice| json!({"nodeAffinity": dice.some(&[("requiredDuringSchedulingIgnoredDuringExecution", |dice| {
                json!({"nodeSelectorTerms": dice.list(2, |dice| dice.some(&[("matchFields", |dice| dice.list(1, |_| json!({})))]))})
            })])})),
            ("hostAliases", |dice| {
                dice.keyed("ip", &[json!("1"), json!("2")], |dice| dice.some(&[("hostnames", |dice| dice.list(2, Self::text))]))
            }),
            ("imagePullSecrets", |dice| dice.keyed("name", &[json!("a"), json!("b")], |_| json!({}))),
            ("schedulingGates", |dice| dice.keyed("name", &[json!("a"), json!("b")], |_| json!({}))),
            ("topologySpreadConstraints", |dice| {
                dice.keyed("topologyKey", &[json!("a"), json!("b")], |dice| {
                    dice.some(&[("whenUnsatisfiable", Self::text), ("maxSkew", |dice| dice.below(3).into())])
                })
            }),
            ("resourceClaims", |dice| {
                dice.keyed("name", &[json!("a"), json!("b")], |dice| dice.some(&[("resourceClaimName", Self::text)]))
            }),
        ]);
        pod["containers"] = self.keyed("name", &names, Self::container);
        if self.one_in(2) {
            pod["initContainers"] = self.keyed("name", &names, Self::container);
        }
        if self.one_in(2) {
            pod["volumes"] = self.keyed("name", &names, |dice| {
                dice.some(&[
                    ("emptyDir", |dice| dice.some(&[("medium", Self::text)])),
                    ("configMap", |dice| {
                        dice.some(&[("name", Self::text), ("items", |dice| dice.list(1, |_| json!({})))])
                    }),
                ])
            });
        }
        pod
    }

    fn container(&mut self) -> Value {
        self.some(&[
            ("image", Self::text),
            ("args", |dice| dice.list(3, Self::text)),
            ("env", |dice| {
                dice.keyed("name", &[json!("A"), json!("B"), json!("C"), json!("D")], |dice| {
                    dice.some(&[
                        ("value", Self::text),
                        ("valueFrom", |dice| {
                            dice.some(&[("fieldRef", |dice| dice.some(&[("fieldPath", Self::text)]))])
                        }),
                    ])
                })
            }),
            ("envFrom", |dice| dice.list(1, |dice| dice.some(&[("prefix", Self::text)]))),
            ("ports", |dice| {
                dice.keyed("containerPort", &[json!(1), json!(2)], |dice| dice.some(&[("protocol", Self::text)]))
            }),
            ("volumeMounts", |dice| {
                dice.keyed("mountPath", &[json!("/a"), json!("/b")], |dice| dice.some(&[("name", Self::text)]))
            }),
            ("volumeDevices", |dice| {
                dice.keyed("devicePath", &[json!("/a")], |dice| dice.some(&[("name", Self::text)]))
            }),
            ("resources", |dice| {
                dice.some(&[("limits", Self::map), ("claims", |dice| dice.list(1, |_| json!({"name": "a"})))])
            }),
            ("securityContext", |dice| {
                dice.some(&[
                    ("privileged", |dice| dice.one_in(2).into()),
                    ("capabilities", |dice| json!({"add": dice.list(2, Self::text)})),
                ])
            }),
        ])
    }

    /// Puts directives and nulls into a patch, in most places such as make sense.
    fn direct(&mut self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (key, value) in &mut *fields {
                    self.direct(value);
                    let is_identity = ["name", "ip", "uid", "mountPath", "containerPort"].contains(&key.as_str());
                    if self.one_in(if is_identity { 60 } else { 14 }) {
                        *value = Value::Null;
                    }
                }
                let lists: Vec<(String, Value)> = fields
                    .iter()
                    .filter(|(_, value)| value.is_array())
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
                for (key, list) in lists {
                    self.direct_list(fields, &key, &list);
                }
                if self.one_in(25) {
                    fields.insert("$patch".to_owned(), self.pick(&["replace", "delete", "merge", "x"]).into());
                }
                if self.one_in(20) {
                    let mut kept: Vec<Value> =
                        fields.keys().filter(|key| !key.starts_with('$')).map(|key| json!(key)).collect();
                    if self.one_in(6) {
                        kept.pop();
                    }
                    fields.insert("$retainKeys".to_owned(), kept.into());
                }
            }
            Value::Array(items) => {
                for item in &mut *items {
                    self.direct(item);
                    if let Value::Object(fields) = item
                        && self.one_in(8)
                    {
                        fields.insert("$patch".to_owned(), "delete".into());
                    }
                }
                if items.iter().any(Value::is_object) && self.one_in(12) {
                    items.push(json!({"$patch": "replace"}));
                }
            }
            _ => {}
        }
    }

    fn direct_list(&mut self, fields: &mut Map<String, Value>, key: &str, list: &Value) {
        const KEYS: [(&str, &str); 13] = [
            ("containers", "name"),
            ("env", "name"),
            ("hostAliases", "ip"),
            ("imagePullSecrets", "name"),
            ("initContainers", "name"),
            ("ownerReferences", "uid"),
            ("ports", "containerPort"),
            ("resourceClaims", "name"),
            ("schedulingGates", "name"),
            ("topologySpreadConstraints", "topologyKey"),
            ("volumeDevices", "devicePath"),
            ("volumeMounts", "mountPath"),
            ("volumes", "name"),
        ];
        let items = list.as_array().unwrap();
        if let Some((_, merge_key)) = KEYS.iter().find(|(list, _)| *list == key)
            && self.one_in(3)
        {
            let mut order: Vec<Value> =
                items.iter().filter_map(|item| Some(json!({*merge_key: item.get(*merge_key)?}))).collect();
            if self.one_in(2) {
                order.insert(0, json!({*merge_key: self.pick(&["a", "b", "A", "B", "1"])}));
            }
            fields.insert(format!("$setElementOrder/{key}"), order.into());
            if self.one_in(3) {
                fields.remove(key);
            }
        }
        if ["finalizers", "args", "hostnames", "add"].contains(&key) && self.one_in(3) {
            let gone = self.list(2, |dice| dice.pick(&["a", "b", "a/a"]).into());
            // Whether a value that is both added and removed stays is a matter of chance with kubectl.
            if gone.as_array().unwrap().iter().any(|value| items.contains(value)) || self.one_in(2) {
                fields.remove(key);
            }
            fields.insert(format!("$deleteFromPrimitiveList/{key}"), gone);
        }
    }
}

fn dice_template(dice: &mut Dice) -> Value {
    let mut template =
        dice.some(&[("metadata", |dice| dice.some(&[("labels", Dice::map), ("annotations", Dice::map)]))]);
    template["spec"] = dice.pod();
    template
}

fn kubectl_patch(job: &Value, patch: &Value) -> Result<Value, String> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("job.json");
    std::fs::write(&file, job.to_string()).unwrap();
    let output = Command::new("kubectl")
        .args(["patch", "--local", "--type=strategic", "-o", "json", "-p", &patch.to_string(), "-f"])
        .arg(&file)
        .env("KUBECONFIG", "/dev/null")
        .output()
        .unwrap();
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn has_kubectl() -> bool {
    let found = Command::new("kubectl").args(["version", "--client"]).output().is_ok();
    if !found {
        eprintln!("skipped: there is no kubectl on the PATH");
    }
    found
}

fn same_as_kubectl(seed: u64) {
    let mut dice = Dice::new(seed);
    let job = dice.job();
    let mut patch = dice.job();
    patch["metadata"]["name"].take();
    patch["metadata"].as_object_mut().unwrap().remove("name");
    dice.direct(&mut patch["metadata"]);
    if let Some(spec) = patch.get_mut("spec") {
        dice.direct(spec);
    }
    let ours = strategic_merge(job.clone(), patch.clone(), &JOB);
    let theirs = kubectl_patch(&job, &patch);
    let same = match (&ours, &theirs) {
        (Ok(ours), Ok(theirs)) => ours == theirs,
        (Err(_), Err(_)) => true,
        _ => false,
    };
    assert!(
        same,
        "seed {seed}\nobject {job}\npatch {patch}\nours {}\ntheirs {theirs:#?}",
        ours.map_or_else(|e| e.to_string(), |v| format!("{v:#}"))
    );
}

#[test]
fn some_patches_are_kubectls() {
    if has_kubectl() {
        (0..20).for_each(same_as_kubectl);
    }
}

#[test]
#[ignore = "starts kubectl 500 times"]
fn five_hundred_patches_are_kubectls() {
    if has_kubectl() {
        (1000..1500).for_each(same_as_kubectl);
    }
}

proptest! {
    /// Applying what was applied before changes nothing; applying something else gives just that, where nobody else
    /// has put anything there.
    #[test]
    fn a_patch_between_three_objects_leads_from_one_to_the_other(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let (old, new) = (dice.job(), dice.job());
        // Lists in which an element stands twice lead nowhere in particular, with kubectl either.
        if has_twins(&old) || has_twins(&new) {
            return Ok(());
        }
        let none = three_way_patch(Some(&new), &new, &new, &JOB).unwrap();
        prop_assert_eq!(strategic_merge(new.clone(), none, &JOB).unwrap(), new.clone());
        let patch = three_way_patch(Some(&old), &new, &old, &JOB).unwrap();
        prop_assert_eq!(sorted(strategic_merge(old, patch, &JOB).unwrap()), sorted(new));
    }
}

/// kubectl sends no order of finalizers that is the alphabet's.
fn sorted(mut job: Value) -> Value {
    if let Some(Value::Array(finalizers)) = job.pointer_mut("/metadata/finalizers") {
        finalizers.sort_by_key(ToString::to_string);
    }
    job
}

fn has_twins(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.values().any(has_twins),
        Value::Array(items) => {
            let keys = ["uid", "ip", "containerPort", "mountPath", "topologyKey", "devicePath", "name"];
            let key_of =
                |item: &Value| keys.iter().find_map(|key| item.get(key)).or(Some(item)).map(ToString::to_string);
            let mut seen = std::collections::HashSet::new();
            items.iter().any(|item| has_twins(item) || !seen.insert(key_of(item)))
        }
        _ => false,
    }
}
