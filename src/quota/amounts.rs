//! Amounts of several resources by name.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::api::resource::Quantity as Written;

use crate::apimachinery::Quantity;

/// An amount of each resource.
pub(crate) type Amounts = BTreeMap<String, Quantity>;

/// The amounts in an object, rounded to thousandths as in the server.
pub(crate) fn amounts(written: Option<&BTreeMap<String, Written>>) -> Amounts {
    let read = |(name, text): (&String, &Written)| {
        Quantity::parse(&text.0).map(|amount| (name.clone(), amount.rounded_to_milli()))
    };
    written.into_iter().flatten().filter_map(read).collect()
}

/// Adds amounts to a sum.
pub(crate) fn add(sum: &mut Amounts, more: &Amounts) {
    for (name, amount) in more {
        let total = sum.get(name).map_or(*amount, |sum| *sum + *amount);
        sum.insert(name.clone(), total);
    }
}

/// Raises amounts to those of another list where they are larger.
pub(crate) fn raise(most: &mut Amounts, other: &Amounts) {
    for (name, amount) in other {
        if most.get(name).is_none_or(|most| most < amount) {
            most.insert(name.clone(), *amount);
        }
    }
}

/// Adds missing amounts.
pub(crate) fn fill_in(amounts: &mut Amounts, defaults: &Amounts) {
    for (name, amount) in defaults {
        amounts.entry(name.clone()).or_insert(*amount);
    }
}
