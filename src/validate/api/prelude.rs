//! Imports for nearly every rule.

pub(super) use super::common::{containers, containers_at, is_true, text};
pub(super) use crate::apimachinery::names::{
    dns_label, dns_subdomain, dns_subdomain_prefix, label_value, lower_case, qualified_name,
};
pub(super) use crate::apimachinery::{Elements, FieldName, Path, Quantity, field, fields, path};
pub(super) use crate::diagnostic::Reason::{
    FieldValueDuplicate, FieldValueInvalid, FieldValueNotSupported, FieldValueRequired, FieldValueTooLong,
    FieldValueTooMany,
};
pub(super) use crate::diagnostic::Rule;
pub(super) use crate::diagnostic::rule::rules;
pub(super) use crate::validate::findings::Findings;
