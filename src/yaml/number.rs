//! Numbers in Go's formats: kubectl encodes each number as JSON, and converts each numeric key to text.

/// A float as Go's JSON encoder writes it.
pub fn float_text(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{value:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
            _ => text,
        };
    }
    value.to_string()
}

/// A float as a key of an object: Go's shortest form of a 32-bit float.
pub fn float_key(value: f64) -> String {
    #[allow(clippy::cast_possible_truncation)] // That is what kubectl does.
    let short = value as f32;
    if short.is_nan() {
        return ".nan".to_owned();
    }
    if short.is_infinite() {
        return if short > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{short:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let power: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&power) {
        return short.to_string();
    }
    let sign = if power < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", power.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_go_prints_them() {
        for (number, text, key) in [
            (1e21, "1e+21", "1e+21"),
            (1e20, "100000000000000000000", "1e+20"),
            (2e6, "2000000", "2e+06"),
            (123_456.5, "123456.5", "123456.5"),
            (1e-7, "1e-7", "1e-07"),
            (0.1, "0.1", "0.1"),
            (123_456_789.123, "123456789.123", "1.2345679e+08"),
        ] {
            assert_eq!(float_text(number), text);
            assert_eq!(float_key(number), key);
        }
        assert_eq!([1e39, -1e39, f64::NAN].map(float_key), [".inf", "-.inf", ".nan"]);
    }
}
