//! A rule: its name, its documentation, and a bad and a good example. `--explain` prints these, and a test applies
//! every example.

use super::severity::Severity;
use crate::apimachinery::Span;
use crate::nearest::words;

words! {
    /// The source of a rule.
    Source {
        /// The API server's: it decides whether a document is accepted.
        Api = "api",
        /// The Pod Security Standards': they decide whether a namespace admits the pods.
        PodSecurity = "pod-security",
        /// The guide's: they describe the Jobs of a tuning session.
        Tuning = "tuning",
        /// This project's: they describe the configuration of a session.
        Config = "config",
    }
}

/// Where a rule's examples belong, mostly in a Job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// At the top of a Job.
    Job,
    /// At the top of a `CronJob`.
    CronJob,
    /// At the top of a `ConfigMap`.
    ConfigMap,
    /// In `spec`.
    JobSpec,
    /// In `spec.template.spec`.
    Pod,
    /// In the pod's first container.
    Container,
    /// In the pod's first volume, after its name.
    Volume,
    /// In the K8s configuration of a session.
    Config,
}

impl Scope {
    /// The lines above an example, and the indentation of its first and its other lines.
    const fn frame(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Job | Self::CronJob | Self::Config | Self::ConfigMap => ("", "", ""),
            Self::JobSpec => ("spec:\n", "  ", "  "),
            Self::Pod => ("spec:\n  template:\n    spec:\n", "      ", "      "),
            Self::Container => ("spec:\n  template:\n    spec:\n      containers:\n", "      - ", "        "),
            Self::Volume => {
                ("spec:\n  template:\n    spec:\n      volumes:\n      - name: v\n", "        ", "        ")
            }
        }
    }

    /// The example as part of a document.
    fn frame_around(self, example: &str) -> String {
        let (above, first, next) = self.frame();
        let mut text = above.to_owned();
        for (nth, line) in example.lines().enumerate() {
            text += if nth == 0 { first } else { next };
            text += line;
            text.push('\n');
        }
        text
    }
}

/// A rule that documents are checked against.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in reports.
    pub name: &'static str,
    /// The source of a rule.
    pub source: Source,
    /// How serious a violation is; with two, it depends on what is found.
    pub severities: &'static [Severity],
    /// What it requires, and why.
    pub doc: &'static str,
    /// Where the examples belong.
    pub scope: Scope,
    /// An example that breaks the rule.
    pub bad: &'static str,
    /// The corrected example.
    pub good: &'static str,
    /// The versions of Kubernetes in which the rule applies.
    pub span: Span,
}

impl Rule {
    /// The documentation as one paragraph.
    pub fn doc(&self) -> String {
        self.doc.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The first sentence of [`Rule::doc`].
    #[must_use]
    pub fn summary(&self) -> String {
        let doc = self.doc();
        // In `iqn. or naa.`, the dot does not end a sentence.
        let ends = |at: usize| !["or ", "and "].iter().any(|word| doc[at + 2..].starts_with(word));
        let end = doc.match_indices(". ").map(|(at, _)| at).find(|at| ends(*at));
        end.map_or_else(|| doc.clone(), |at| doc[..=at].to_owned())
    }

    /// The example that breaks the rule, in its context.
    pub fn bad_example(&self) -> String {
        self.scope.frame_around(self.bad)
    }

    /// The corrected example, in its context.
    pub fn good_example(&self) -> String {
        self.scope.frame_around(self.good)
    }
}

/// The severities of a rule. Most rules declare none, and are errors.
pub const fn declared(severities: &'static [Severity]) -> &'static [Severity] {
    if severities.is_empty() { &[Severity::Error] } else { severities }
}

/// Declares the rules of a file. `--explain` prints their doc comments. A rule that is not always an error says so above
/// its name: `#[severity(Warning)]` or `#[severity(Error, Warning)]`. A rule that applies only to some versions says so
/// after its name: `[since V1_34]` or `[until V1_33]`.
macro_rules! rules {
    ($source:ident; $(
        $(#[doc = $doc:literal])+
        $(#[severity($($severity:ident),+)])?
        $name:ident = $text:literal $([$bound:ident $version:ident])* in $scope:ident: $bad:expr, $good:expr;
    )+) => {
        $(
            $(#[doc = $doc])+
            #[allow(clippy::doc_markdown, clippy::doc_link_with_quotes)] // Printed as plain text.
            pub(crate) static $name: $crate::diagnostic::Rule = $crate::diagnostic::Rule {
                name: $text,
                source: $crate::diagnostic::Source::$source,
                severities: $crate::diagnostic::rule::declared(&[$($($crate::diagnostic::Severity::$severity),+)?]),
                doc: concat!($($doc),+),
                scope: $crate::diagnostic::rule::Scope::$scope,
                bad: $bad,
                good: $good,
                span: $crate::apimachinery::Span {
                    $($bound: Some($crate::apimachinery::version::$version),)*
                    ..$crate::apimachinery::Span::ALWAYS
                },
            };
        )+

        /// The rules of this subject.
        pub(crate) static RULES: &[&$crate::diagnostic::Rule] = &[$(&$name),+];
    };
}
pub(crate) use rules;
