//! What a rule is: its name, what it demands, and an example of either kind.
//! `--explain` prints these, and a test applies every example.

use super::severity::Severity;
use crate::apimachinery::Span;
use crate::nearest::words;

words! {
    /// Whose rule it is.
    Source {
        /// The API server's: it decides whether a document is accepted.
        Api = "api",
        /// The Pod Security Standards': they decide whether a namespace takes the pods.
        PodSecurity = "pod-security",
        /// The guide's: what a Job of a tuning session looks like.
        Tuning = "tuning",
        /// This project's: what the configuration of a session holds.
        Config = "config",
    }
}

/// Where a rule's examples stand, mostly in a Job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// At its top.
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
    /// The lines above an example, and what stands before each of its own.
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

    /// The example as a piece of a Job.
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

/// A rule that documents are held against.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in reports.
    pub name: &'static str,
    /// Whose rule it is.
    pub source: Source,
    /// How serious it is to break it; where there are two, it depends on what is found.
    pub severities: &'static [Severity],
    /// What is demanded, and why.
    pub doc: &'static str,
    /// Where the examples stand.
    pub scope: Scope,
    /// What breaks the rule.
    pub bad: &'static str,
    /// The same, corrected.
    pub good: &'static str,
    /// The versions of Kubernetes in which the rule holds.
    pub span: Span,
}

impl Rule {
    /// What is demanded, as one paragraph.
    pub fn doc(&self) -> String {
        self.doc.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The first sentence of [`Rule::doc`].
    #[must_use]
    pub fn summary(&self) -> String {
        let doc = self.doc();
        // In `iqn. or naa.` it is a word that ends.
        let ends = |at: usize| !["or ", "and "].iter().any(|word| doc[at + 2..].starts_with(word));
        let end = doc.match_indices(". ").map(|(at, _)| at).find(|at| ends(*at));
        end.map_or_else(|| doc.clone(), |at| doc[..=at].to_owned())
    }

    /// A piece of a Job that breaks the rule.
    pub fn bad_example(&self) -> String {
        self.scope.frame_around(self.bad)
    }

    /// The same piece, corrected.
    pub fn good_example(&self) -> String {
        self.scope.frame_around(self.good)
    }
}

/// What a rule says of its severities; most say nothing, and are errors.
pub const fn declared(severities: &'static [Severity]) -> &'static [Severity] {
    if severities.is_empty() { &[Severity::Error] } else { severities }
}

/// Declares the rules of a file: their doc comments are what `--explain` prints. Below them, `#[severity(Warning)]` or
/// `#[severity(Error, Warning)]` stands at a rule that is not always an error. A rule that came or went with a version
/// says so after its name: `[since V1_34]` or `[until V1_33]`.
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
