//! IP addresses as the API server has always parsed them: with leading zeros and IPv4-mapped IPv6 addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Numbers from here on do not fit in an address.
const BIG: u32 = 0xFF_FFFF;

/// Parses an address leniently.
pub(crate) fn parse(text: &str) -> Option<IpAddr> {
    match text.bytes().find(|b| matches!(b, b'.' | b':'))? {
        b'.' => parse_v4(text).map(IpAddr::V4),
        _ => parse_v6(text).map(IpAddr::V6),
    }
}

/// Whether all programs parse this text as the same address: no leading zeros, no IPv4-mapped IPv6.
pub(crate) fn is_strict(text: &str) -> bool {
    match text.parse() {
        Ok(IpAddr::V6(address)) => address.to_ipv4_mapped().is_none(),
        Ok(IpAddr::V4(_)) => true,
        Err(_) => false,
    }
}

/// The canonical form of the address, if this text is not in canonical form.
pub(crate) fn better_spelling(text: &str) -> Option<String> {
    let canonical = parse(text)?.to_canonical().to_string();
    (canonical != text).then_some(canonical)
}

/// The number at the start of a text, and what follows it.
fn number(text: &str, radix: u32) -> Option<(u32, &str)> {
    let end = text.bytes().position(|b| !char::from(b).is_digit(radix)).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let mut value: u32 = 0;
    for digit in digits.chars().map(|c| c.to_digit(radix)) {
        value = value * radix + digit?;
        if value >= BIG {
            return None;
        }
    }
    (!digits.is_empty()).then_some((value, rest))
}

fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0_u8; 4];
    let mut rest = text;
    for (nth, octet) in octets.iter_mut().enumerate() {
        if nth > 0 {
            rest = rest.strip_prefix('.')?;
        }
        let (value, after) = number(rest, 10)?;
        *octet = u8::try_from(value).ok()?;
        rest = after;
    }
    rest.is_empty().then(|| octets.into())
}

fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    let mut groups: Vec<u16> = Vec::with_capacity(8);
    let mut gap = None;
    let mut rest = text;
    if let Some(after) = text.strip_prefix("::") {
        gap = Some(0);
        rest = after;
    }
    while groups.len() < 8 && !(rest.is_empty() && gap == Some(groups.len())) {
        let (value, after) = number(rest, 16)?;
        let group = u16::try_from(value).ok()?;
        if after.starts_with('.') {
            // The last 32 bits in IPv4 notation.
            if gap.is_none() && groups.len() != 6 || groups.len() > 6 {
                return None;
            }
            let [a, b, c, d] = parse_v4(rest)?.octets();
            groups.extend([u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]);
            rest = "";
            break;
        }
        groups.push(group);
        rest = after;
        if rest.is_empty() {
            break;
        }
        rest = rest.strip_prefix(':').filter(|rest| !rest.is_empty())?;
        if let Some(after) = rest.strip_prefix(':') {
            if gap.replace(groups.len()).is_some() {
                return None;
            }
            rest = after;
        }
    }
    if !rest.is_empty() || (groups.len() == 8) == gap.is_some() {
        return None;
    }
    let after_gap = groups.split_off(gap.unwrap_or(groups.len()));
    groups.resize(8 - after_gap.len(), 0);
    groups.extend(after_gap);
    let groups: [u16; 8] = groups.try_into().ok()?;
    Some(groups.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lenient_and_strict() {
        for good in ["10.0.0.1", "::1", "::", "2001:db8::1", "1::", "1:2:3:4:5:6:7:8", "fe80::1:2", "64:ff9b::1.2.3.4"]
        {
            assert_eq!(parse(good), good.parse().ok(), "{good}");
            assert!(is_strict(good), "{good}");
        }
        for sloppy in ["010.0.0.1", "0000001.2.3.4", "::ffff:10.0.0.1", "::ffff:01.0.0.1", "00001::1", "::ffff:a00:1"] {
            assert!(parse(sloppy).is_some(), "{sloppy}");
            assert!(!is_strict(sloppy), "{sloppy}");
        }
        for bad in [
            "",
            "10.0.0",
            "10.0.0.256",
            "10.0.0.1.",
            " 10.0.0.1",
            "1.2.3.a",
            "::1%eth0",
            ":::",
            "1::2::3",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7::8",
            ":1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:",
            "12345::",
            "1:1.2.3.4",
            "localhost",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn spellings() {
        assert_eq!(better_spelling("010.0.0.1").as_deref(), Some("10.0.0.1"));
        assert_eq!(better_spelling("::ffff:10.0.0.1").as_deref(), Some("10.0.0.1"));
        assert_eq!(better_spelling("2001:DB8:0:0::1").as_deref(), Some("2001:db8::1"));
        assert_eq!(better_spelling("2001:db8::1"), None);
        assert_eq!(better_spelling("nowhere"), None);
    }
}
