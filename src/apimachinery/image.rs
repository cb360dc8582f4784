//! References to container images, by the grammar that container runtimes share (`distribution/reference`). The kubelet
//! rejects an invalid one with `InvalidImageName`; the API server does not check it.

use std::fmt;

/// The maximum length of a repository path, without its domain.
const PATH_MAX: usize = 255;
/// The prefix of a name that has neither a domain nor a slash.
const LIBRARY: &str = "library/";
/// The maximum length of a tag.
const TAG_MAX: usize = 128;
/// The digest algorithms that runtimes support, each with its number of hexadecimal digits.
const DIGESTS: [(&str, usize); 3] = [("sha256", 64), ("sha384", 96), ("sha512", 128)];
/// A text of exactly this many hexadecimal digits is an image id, not a name.
const ID: usize = 64;

/// Why a text is not a valid image reference. Its display form follows the image in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ImageError {
    /// The text is empty.
    Empty,
    /// Whitespace at a character, counted from 1.
    Space(usize),
    /// A scheme, such as `https://`.
    Scheme(String),
    /// An uppercase letter at a character, counted from 1.
    Uppercase(usize),
    /// A character that no part of a reference can have, and its position.
    Character(usize, char),
    /// A part of the path that is empty, or starts or ends with a separator.
    Component(String),
    /// The part before the first `/` is not a host with an optional port.
    Domain(String),
    /// The name is too long.
    Long,
    /// The id of an image.
    Id,
    /// A colon without a tag.
    NoTag,
    /// The part after the colon is not a tag.
    Tag(String),
    /// The part after the `@` is not a digest.
    Digest(String),
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::Space(at) => write!(f, "has whitespace at character {at}"),
            Self::Scheme(scheme) => write!(f, "starts with a scheme ({scheme})"),
            Self::Uppercase(at) => {
                write!(f, "has an uppercase letter at character {at}, but a path must be lowercase")
            }
            Self::Character(at, found) => write!(f, "has {found:?} at character {at}, which is not allowed there"),
            Self::Component(part) => write!(
                f,
                "has {part:?} in its path; each part must be lowercase letters and digits, joined by '.', '_', '__' or \
                 dashes"
            ),
            Self::Domain(domain) => write!(f, "starts with {domain:?}, which is not a valid host or host:port"),
            Self::Long => write!(f, "has a path of more than {PATH_MAX} characters"),
            Self::Id => f.write_str("is the id of an image, not a name"),
            Self::NoTag => f.write_str("has a colon but no tag after it"),
            Self::Tag(tag) => write!(
                f,
                "has the tag {tag:?}; a tag is up to {TAG_MAX} letters, digits, '_', '.' and '-' and cannot start with \
                 '.' or '-'"
            ),
            Self::Digest(digest) => {
                write!(f, "has the digest {digest:?}; a digest looks like sha256:… with 64 hexadecimal digits")
            }
        }
    }
}

/// Checks whether a text is a valid image reference.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn reference(text: &str) -> Result<(), ImageError> {
    if text.is_empty() {
        return Err(ImageError::Empty);
    }
    if let Some(at) = text.chars().position(char::is_whitespace) {
        return Err(ImageError::Space(at + 1));
    }
    if let Some((scheme, _)) = text.split_once("://")
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    {
        return Err(ImageError::Scheme(format!("{scheme}://")));
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    // A colon before a slash belongs to a port.
    let colon = rest.rfind(':').filter(|at| !rest[*at..].contains('/'));
    let (name, tag) = colon.map_or((rest, None), |at| (&rest[..at], Some(&rest[at + 1..])));
    repository(name)?;
    match tag {
        Some("") => return Err(ImageError::NoTag),
        Some(tag) if !is_tag(tag) => return Err(ImageError::Tag(tag.to_owned())),
        _ => {}
    }
    digest.filter(|digest| !is_digest(digest)).map_or(Ok(()), |digest| Err(ImageError::Digest(digest.to_owned())))
}

/// Whether a text names a repository: a domain where the first part looks like one, and a path.
fn repository(name: &str) -> Result<(), ImageError> {
    if name.len() == ID && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(ImageError::Id);
    }
    let is_domain =
        |part: &str| part.contains(['.', ':']) || part == "localhost" || part.chars().any(|c| c.is_ascii_uppercase());
    let (domain, path) = match name.split_once('/') {
        Some((first, path)) if is_domain(first) => (Some(first), path),
        _ => (None, name),
    };
    let before = name[..name.len() - path.len()].chars().count();
    for (at, c) in (before + 1..).zip(path.chars()) {
        match c {
            'A'..='Z' => return Err(ImageError::Uppercase(at)),
            'a'..='z' | '0'..='9' | '.' | '_' | '-' | '/' => {}
            _ => return Err(ImageError::Character(at, c)),
        }
    }
    if let Some(domain) = domain.filter(|domain| !self::is_domain(domain)) {
        let odd = (1..).zip(domain.chars()).find(|(_, c)| !c.is_ascii());
        return Err(odd.map_or_else(|| ImageError::Domain(domain.to_owned()), |(at, c)| ImageError::Character(at, c)));
    }
    if let Some(part) = path.split('/').find(|part| !is_component(part)) {
        return Err(ImageError::Component(part.to_owned()));
    }
    let before = if name.contains('/') { 0 } else { LIBRARY.len() };
    if before + path.len() > PATH_MAX { Err(ImageError::Long) } else { Ok(()) }
}

/// A host with or without a port.
fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (domain, None),
    };
    let is_label = |label: &str| {
        let ends = [label.bytes().next(), label.bytes().next_back()];
        ends.iter().all(|end| end.is_some_and(|byte| byte.is_ascii_alphanumeric()))
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':'),
        None => host.split('.').all(is_label),
    };
    is_host && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A path component: words, separated by a dot, one or two underscores, or dashes.
fn is_component(part: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_separator = |run: &str| matches!(run, "." | "_" | "__") || run.bytes().all(|byte| byte == b'-');
    part.starts_with(is_word)
        && part.ends_with(is_word)
        && part.split(is_word).filter(|run| !run.is_empty()).all(is_separator)
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= TAG_MAX
        && tag.bytes().next().is_some_and(is_word)
        && tag.bytes().all(|byte| is_word(byte) || byte == b'.' || byte == b'-')
}

fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, digits)| {
        DIGESTS.contains(&(algorithm, digits.len()))
            && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// The image that a text was probably meant to name, if it can be guessed: without a scheme, and with a lowercase path.
#[must_use]
pub(crate) fn meant(text: &str) -> Option<String> {
    let mut meant = text.trim().to_owned();
    for _ in 0..3 {
        match reference(&meant) {
            Ok(()) => return (meant != text).then_some(meant),
            Err(ImageError::Scheme(scheme)) => meant = meant.split_off(scheme.len()),
            Err(ImageError::NoTag) if meant.ends_with(':') => _ = meant.pop(),
            // The part before it is a domain, which need not be lowercase.
            Err(ImageError::Uppercase(at)) => {
                let tag = meant.find('@').or_else(|| meant.rfind(':').filter(|at| !meant[*at..].contains('/')));
                let tag = tag.unwrap_or(meant.len());
                let start = meant.char_indices().nth(at - 1).map_or(tag, |(start, _)| start);
                meant[start.min(tag)..tag].make_ascii_lowercase();
            }
            Err(_) => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runtimes_pull() {
        let digest = format!("a@sha256:{}", "0a".repeat(32));
        let long = format!("example.com/{}/b", "a".repeat(253));
        for image in [
            "a",
            "python:3.12",
            "your-registry/arbitrage-lite:latest",
            "localhost/a",
            "localhost:5000/a/b_c__d.e---f:V1.0_x-y",
            "Registry/path",
            "REGISTRY.example.com:5000/a",
            "192.0.2.1:80/a",
            "[2001:db8::1]:5000/a",
            "ghcr.io/o/n:tag@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            digest.as_str(),
            long.as_str(),
        ] {
            assert_eq!(reference(image), Ok(()), "{image}");
        }
    }

    #[test]
    fn what_they_refuse() {
        let id = "0123456789abcdef".repeat(4);
        let long = format!("{}/bb", "a".repeat(253));
        let tag = format!("a:{}", "x".repeat(129));
        for (image, words) in [
            ("", "is empty"),
            ("your registry/a", "whitespace at character 5"),
            (" x", "whitespace at character 1"),
            ("https://registry/a:1", "starts with a scheme (https://)"),
            ("docker://a", "starts with a scheme (docker://)"),
            ("registry/Arbitrage:1", "uppercase letter at character 10"),
            ("Arbitrage", "uppercase letter at character 1"),
            ("registry/봇:1", "has '봇' at character 10"),
            ("레지스트리/bot", "has '레' at character 1"),
            ("레지스트리.kr/bot", "has '레' at character 1"),
            ("a:", "no tag after it"),
            ("registry/a:", "no tag after it"),
            ("a:-x", "the tag \"-x\""),
            ("a:x:y", "has ':' at character 2"),
            ("a:최신", "the tag \"최신\""),
            (tag.as_str(), "has the tag"),
            ("a//b", "has \"\" in its path"),
            ("/a", "has \"\" in its path"),
            ("a/", "has \"\" in its path"),
            ("a..b", "has \"a..b\" in its path"),
            ("a___b", "has \"a___b\" in its path"),
            ("-a", "has \"-a\" in its path"),
            ("bad_host.com/a", "starts with \"bad_host.com\""),
            ("host:port/a", "starts with \"host:port\""),
            ("a@sha256:12", "has the digest"),
            ("a@md5:0123456789abcdef0123456789abcdef", "has the digest"),
            ("a@", "has the digest"),
            ("@sha256:12", "has \"\" in its path"),
            ("“a”", "has '“' at character 1"),
            (id.as_str(), "is the id of an image"),
            (long.as_str(), "more than 255 characters"),
        ] {
            let error = reference(image).map_err(|error| error.to_string());
            assert!(error.as_ref().is_err_and(|error| error.contains(words)), "{image}: {error:?}");
        }
    }

    #[test]
    fn what_was_meant_is_an_image() {
        for (image, expected) in [
            ("https://registry/a:1", Some("registry/a:1")),
            ("registry/Arbitrage:Latest", Some("registry/arbitrage:Latest")),
            ("https://Registry/Bot", Some("Registry/bot")),
            (" a ", Some("a")),
            ("a:", Some("a")),
            ("h:1/a:", Some("h:1/a")),
            ("registry/봇", None),
            ("a b", None),
        ] {
            assert_eq!(meant(image).as_deref(), expected, "{image}");
        }
    }
}
