//! Resource amounts that are not valid, or probably not what was meant: what to write instead, and warnings.

use crate::apimachinery::Quantity;

/// A container cannot start with less memory than this.
const LEAST_BYTES: &str = "1Mi";
/// No machine has this many cores.
const MOST_CORES: &str = "1000";

/// What to write instead of an invalid amount: the same number with a valid unit, if it can be guessed.
#[must_use]
pub fn help(resource: &str, text: &str) -> String {
    let proposals = proposals(resource, text);
    match (proposals.as_slice(), resource) {
        ([one], _) => format!("Write {one}."),
        ([decimal, binary, ..], _) => format!("Write {decimal} or {binary}."),
        ([], "cpu") => "Write an amount such as 500m or 2.".to_owned(),
        ([], _) if counts_bytes(resource) => "Write an amount such as 512Mi or 1Gi.".to_owned(),
        ([], _) => "Write a whole number, such as 1.".to_owned(),
    }
}

/// Whether a resource is counted in bytes.
fn counts_bytes(resource: &str) -> bool {
    resource == "memory" || resource == "ephemeral-storage" || resource.starts_with("hugepages-")
}

fn proposals(resource: &str, text: &str) -> Vec<String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let end = compact.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(compact.len());
    let (number, unit) = compact.split_at(end);
    // A comma before three digits may be a thousands separator.
    let number = match number.split_once(',') {
        Some((_, after)) if after.len() == 3 => return Vec::new(),
        _ => number.replace(',', "."),
    };
    let unit = unit.to_ascii_lowercase();
    let units: &[&str] = if counts_bytes(resource) {
        match unit.strip_suffix("bytes").or_else(|| unit.strip_suffix("byte")).or_else(|| unit.strip_suffix('b')) {
            Some("") => &[""],
            without_b => match without_b.unwrap_or(&unit) {
                "" => &[""],
                "k" | "kilo" => &["k", "Ki"],
                "m" | "mega" => &["M", "Mi"],
                "g" | "giga" => &["G", "Gi"],
                "t" | "tera" => &["T", "Ti"],
                "p" | "peta" => &["P", "Pi"],
                "ki" | "kibi" => &["Ki"],
                "mi" | "mebi" => &["Mi"],
                "gi" | "gibi" => &["Gi"],
                "ti" | "tebi" => &["Ti"],
                "pi" | "pebi" => &["Pi"],
                _ => &[],
            },
        }
    } else if resource == "cpu" {
        match unit.as_str() {
            "" | "c" | "core" | "cores" | "cpu" | "cpus" | "vcpu" | "vcpus" => &[""],
            "m" | "mm" | "mcpu" | "mcore" | "mcores" | "milli" | "millis" | "millicpu" | "millicore" | "millicores" => {
                &["m"]
            }
            _ => &[],
        }
    } else {
        &[]
    };
    let proposals = units.iter().map(|unit| format!("{number}{unit}"));
    proposals.filter(|proposal| Quantity::parse(proposal).is_some()).collect()
}

/// What is suspicious about an amount that the API server accepts, and what to write instead.
#[must_use]
pub fn oddity(resource: &str, text: &str, amount: Quantity) -> Option<(String, String)> {
    let is_below = |least: &str| Quantity::parse(least).is_some_and(|least| amount < least);
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if counts_bytes(resource) && !amount.is_zero() && !amount.is_negative() {
        if text.ends_with('m') {
            let comes_to = format!("is {text}, and m means thousandths of a byte");
            return Some((comes_to, help(resource, &format!("{digits}MB"))));
        }
        if is_below(LEAST_BYTES) {
            let bytes = if amount.units() == 1 { "1 byte".to_owned() } else { format!("{} bytes", amount.units()) };
            let comes_to = format!("is {text}, which is no more than {bytes}");
            let is_bare = digits.len() == text.len() && Quantity::parse(&format!("{digits}Mi")).is_some();
            let help = if is_bare { format!("Write {digits}Mi if you mean mebibytes.") } else { help(resource, "") };
            return Some((comes_to, help));
        }
    }
    let is_above = Quantity::parse(MOST_CORES).is_some_and(|most| amount > most);
    (resource == "cpu" && is_above).then(|| {
        let is_bare = !digits.is_empty() && digits.len() == text.len();
        let help =
            if is_bare { format!("Write {digits}m if you mean thousandths of a core.") } else { help("cpu", "") };
        (format!("is {text}, and no machine has more than {MOST_CORES} cores"), help)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_is_none_is_written_in_a_unit_that_there_is() {
        for (resource, text, expected) in [
            ("memory", "512MB", "Write 512M or 512Mi."),
            ("memory", "512mb", "Write 512M or 512Mi."),
            ("memory", "512 Mi", "Write 512Mi."),
            ("memory", "1 GB", "Write 1G or 1Gi."),
            ("memory", "1GiB", "Write 1Gi."),
            ("memory", "1.5gb", "Write 1.5G or 1.5Gi."),
            ("memory", "1,5Gi", "Write 1.5Gi."),
            ("memory", "1,024Mi", "Write an amount such as 512Mi or 1Gi."),
            ("memory", "64K", "Write 64k or 64Ki."),
            ("memory", "100b", "Write 100."),
            ("memory", "a lot", "Write an amount such as 512Mi or 1Gi."),
            ("ephemeral-storage", "10GB", "Write 10G or 10Gi."),
            ("cpu", "0,5", "Write 0.5."),
            ("cpu", "2 cores", "Write 2."),
            ("cpu", "500mm", "Write 500m."),
            ("cpu", "500 millicores", "Write 500m."),
            ("cpu", "half", "Write an amount such as 500m or 2."),
            ("example.com/gpu", "one", "Write a whole number, such as 1."),
        ] {
            assert_eq!(help(resource, text), expected, "{resource}: {text}");
            for proposal in proposals(resource, text) {
                assert!(Quantity::parse(&proposal).is_some(), "{proposal}");
            }
        }
    }

    #[test]
    fn what_is_hardly_meant_is_told() {
        let said = |resource: &str, text: &str| {
            oddity(resource, text, Quantity::parse(text).unwrap()).map(|(message, help)| format!("{message}. {help}"))
        };
        for (resource, text, words) in [
            ("memory", "512m", "Write 512M or 512Mi."),
            ("memory", "4000000000m", "m means"),
            ("ephemeral-storage", "1m", "thousandths of a byte"),
            ("memory", "512", "which is no more than 512 bytes. Write 512Mi"),
            ("memory", "1", "more than 1 byte"),
            ("memory", "4Ki", "than 4096 bytes"),
            ("cpu", "1500", "more than 1000 cores. Write 1500m"),
            ("cpu", "2k", "Write an amount such as 500m or 2."),
        ] {
            let said = said(resource, text);
            assert!(said.as_ref().is_some_and(|said| said.contains(words)), "{text}: {said:?}");
        }
        for (resource, text) in [
            ("cpu", "0.5"),
            ("cpu", "1000"),
            ("cpu", "500m"),
            ("memory", "1Mi"),
            ("memory", "0"),
            ("example.com/gpu", "1"),
        ] {
            assert_eq!(said(resource, text), None, "{text}");
        }
    }
}
