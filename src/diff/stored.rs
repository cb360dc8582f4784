//! A Job in the form in which the server stores it: with the server's defaults, without empty values, and with
//! canonical amounts. Two of them are equal if the server sees no difference, once equal amounts have the same spelling
//! ([`Stored::respell`]).

use std::collections::HashMap;

use k8s_openapi::api::batch::v1::Job;
use serde_json::{Map, Value};

use crate::apimachinery::Quantity;
use crate::apply::JOB;
use crate::apply::schema::{Field, List, Type};
use crate::validate::fill_in_defaults;

/// kubectl's last-applied annotation.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A Job in its stored form.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The Job with its defaults; none if it does not fit the type.
    pub job: Option<Job>,
    /// The same as JSON, without status, managed fields and the last-applied annotation.
    pub value: Value,
}

impl Stored {
    /// The stored form of an object.
    pub fn of(object: &Value) -> Self {
        let mut object = object.clone();
        if let Value::Object(fields) = &mut object {
            // The items of a typed list may omit them.
            fields.insert("apiVersion".to_owned(), "batch/v1".into());
            fields.insert("kind".to_owned(), "Job".into());
            fields.remove("status");
        }
        match serde_json::from_value::<Job>(object.clone()) {
            Ok(mut job) => {
                fill_in_defaults(&mut job);
                let value = tidy(serde_json::to_value(&job).unwrap_or_default());
                Self { job: Some(job), value }
            }
            Err(_) => Self { job: None, value: tidy(object) },
        }
    }

    /// Spells each amount as the other Job does if both are equal, such as 512Mi and 536870912.
    pub fn respell(&mut self, like: &Self) {
        respell(&mut self.value, &like.value, Field::Object(&JOB));
    }
}

fn respell(value: &mut Value, like: &Value, field: Field) {
    match (value, like) {
        (Value::Object(fields), Value::Object(like)) => {
            let of_key = |key: &str| {
                if matches!(field, Field::Quantities) { Field::Quantity } else { field.object().field(key) }
            };
            for (key, value) in fields {
                if let Some(like) = like.get(key) {
                    respell(value, like, of_key(key));
                }
            }
        }
        (Value::Array(items), Value::Array(like)) => {
            let List { item, .. } = field.list();
            let key = field.list().merge_key();
            let by_key: HashMap<&Value, &Value> =
                like.iter().filter_map(|element| Some((element.get(key?)?, element))).collect();
            for (index, value) in items.iter_mut().enumerate() {
                let same = key.map_or_else(|| like.get(index), |key| by_key.get(value.get(key)?).copied());
                if let Some(same) = same {
                    respell(value, same, Field::Object(item));
                }
            }
        }
        (Value::String(text), Value::String(like))
            if matches!(field, Field::Quantity | Field::OptionalQuantity)
                && Quantity::parse(text).is_some_and(|amount| Some(amount) == Quantity::parse(like)) =>
        {
            text.clone_from(like);
        }
        _ => {}
    }
}

fn tidy(mut object: Value) -> Value {
    if let Value::Object(fields) = &mut object {
        fields.remove("apiVersion");
        fields.remove("kind");
        if let Some(Value::Object(metadata)) = fields.get_mut("metadata") {
            metadata.remove("managedFields");
            if let Some(Value::Object(annotations)) = metadata.get_mut("annotations") {
                annotations.remove(LAST_APPLIED);
            }
        }
    }
    tidy_value(object, Field::Pointer(&JOB)).unwrap_or(Value::Null)
}

/// None if the server would store nothing.
fn tidy_value(value: Value, field: Field) -> Option<Value> {
    match (value, field) {
        (Value::Null, _) => None,
        (Value::Object(entries), Field::Map { .. }) => (!entries.is_empty()).then_some(Value::Object(entries)),
        (Value::Object(entries), Field::Quantities) => {
            let amounts = entries.into_iter().map(|(name, amount)| (name, canonical(amount, true)));
            Some(Value::Object(amounts.collect()))
                .filter(|amounts| amounts.as_object().is_some_and(|all| !all.is_empty()))
        }
        (Value::Object(entries), field) => {
            let entries = tidy_fields(entries, field.object());
            let is_kept = !entries.is_empty() || matches!(field, Field::Pointer(_));
            is_kept.then_some(Value::Object(entries))
        }
        (Value::Array(items), field) => {
            let item = field.list().item;
            let items: Vec<Value> = items.into_iter().map(|value| tidy_item(value, item)).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        (scalar, Field::OptionalQuantity) => Some(canonical(scalar, false)),
        (scalar, Field::Quantity) => Some(canonical(scalar, false)).filter(|amount| amount != "0"),
        (scalar, Field::Optional) => Some(scalar),
        (scalar, _) => (!is_zero(&scalar)).then_some(scalar),
    }
}

fn tidy_fields(fields: Map<String, Value>, of: &Type) -> Map<String, Value> {
    fields
        .into_iter()
        .filter_map(|(key, value)| {
            let value = tidy_value(value, of.field(&key))?;
            Some((key, value))
        })
        .collect()
}

/// Elements of lists are always kept.
fn tidy_item(value: Value, item: &'static Type) -> Value {
    match value {
        Value::Object(fields) => Value::Object(tidy_fields(fields, item)),
        other => other,
    }
}

fn is_zero(scalar: &Value) -> bool {
    match scalar {
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// An amount in the server's spelling; amounts of containers are rounded up to thousandths.
fn canonical(amount: Value, rounds: bool) -> Value {
    let text = match &amount {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return amount,
    };
    match Quantity::parse(&text) {
        Some(quantity) if rounds => quantity.rounded_to_milli().to_string().into(),
        Some(quantity) => quantity.to_string().into(),
        None => amount,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod(pod: &Value) -> Value {
        Stored::of(&json!({"spec": {"template": {"spec": pod}}})).value["spec"]["template"]["spec"].take()
    }

    #[test]
    fn what_means_the_same_is_stored_the_same() {
        let container = |more: &Value| {
            let mut container = json!({"name": "a", "image": "x:1"});
            container.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            pod(&json!({"containers": [container]}))
        };
        let plain = container(&json!({}));
        for same in [
            json!({"stdin": false, "workingDir": "", "env": [], "resources": {}, "ports": null}),
            json!({"resources": {"limits": {}, "requests": {}}, "imagePullPolicy": "IfNotPresent"}),
        ] {
            assert_eq!(container(&same), plain, "{same}");
        }
        for other in [json!({"securityContext": {}}), json!({"resources": {"limits": {"cpu": 0}}})] {
            assert_ne!(container(&other), plain, "{other}");
        }
        let amounts = |cpu: Value| container(&json!({"resources": {"limits": {"cpu": cpu}}}));
        assert_eq!(amounts(json!("1000m")), amounts(json!(1)));
        assert_eq!(amounts(json!("0.5")), amounts(json!("500m")));
        assert_eq!(amounts(json!("1001u")), amounts(json!("2m")));
        let empty = container(&json!({"env": [{"name": "A", "value": ""}]}));
        assert_eq!(empty, container(&json!({"env": [{"name": "A"}]})));
    }

    #[test]
    fn defaults_are_those_of_a_stored_object() {
        let stored = pod(&json!({
            "containers": [],
            "serviceAccount": "sa",
            "volumes": [{"name": "v", "secret": {"secretName": "s"}}, {"name": "i", "image": {"reference": "x"}}],
        }));
        assert_eq!(stored["serviceAccountName"], "sa");
        assert_eq!((&stored["securityContext"], &stored["dnsPolicy"]), (&json!({}), &json!("ClusterFirst")));
        assert_eq!(stored["volumes"][0]["secret"]["defaultMode"], 420);
        assert_eq!(stored["volumes"][1]["image"]["pullPolicy"], "Always");
        assert!(pod(&json!({"affinity": {}}))["affinity"].is_object());
    }
}
