//! A pool of strings that many objects share: namespaces, sessions, reasons and messages.

use std::collections::HashSet;
use std::rc::Rc;

/// Longer texts are cut. The kubelet cuts a container's message at the same length.
const MAX: usize = 4096;

/// The number of texts above which the pool looks for texts that are no longer used.
const SWEEP: usize = 1024;

/// The texts in use.
#[derive(Debug, Default)]
pub struct Texts {
    kept: HashSet<Rc<str>>,
    /// At this number, unused texts are dropped: a watch may bring a new message every minute.
    sweep_at: usize,
}

impl Texts {
    /// The shared copy of a text.
    pub fn keep(&mut self, text: &str) -> Rc<str> {
        let text = if text.len() > MAX { &text[..text.floor_char_boundary(MAX)] } else { text };
        if let Some(kept) = self.kept.get(text) {
            return Rc::clone(kept);
        }
        if self.kept.len() >= self.sweep_at.max(SWEEP) {
            self.kept.retain(|text| Rc::strong_count(text) > 1);
            self.sweep_at = 2 * self.kept.len();
        }
        let kept: Rc<str> = text.into();
        self.kept.insert(Rc::clone(&kept));
        kept
    }

    /// The shared copy of a label's value, if it has one.
    pub fn label(&mut self, value: Option<&str>) -> Option<Rc<str>> {
        value.filter(|value| !value.is_empty()).map(|value| self.keep(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_not_without_end() {
        let mut texts = Texts::default();
        assert!(Rc::ptr_eq(&texts.keep("a"), &texts.keep("a")));
        assert_eq!(texts.keep(&"é".repeat(10_000)).len(), MAX);
        assert_eq!(texts.label(Some("")), None);
        (0..100_000).for_each(|nth| drop(texts.keep(&nth.to_string())));
        assert!(texts.kept.len() <= 2 * SWEEP, "{}", texts.kept.len());
    }
}
