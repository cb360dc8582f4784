//! Findings as workflow commands, with which GitHub marks the lines in a pull request.

use std::io::{self, Write};

use super::once::{Told, each_once, in_more};
use crate::manifest::text::Excerpt;
use crate::printable::printable;
use crate::validate::DocumentReport;

/// Writes a command for each finding.
pub fn write(reports: &[DocumentReport], out: &mut impl Write) -> io::Result<()> {
    each_once(reports).try_for_each(|Told { diagnostic, more, .. }| {
        let Excerpt { file, position, .. } = &diagnostic.excerpt;
        let more = if more == 0 { String::new() } else { format!(" ({})", in_more(more)) };
        writeln!(
            out,
            "::{} file={},line={},col={},title={}::{}{more}",
            diagnostic.severity.as_str(),
            property(file),
            position.line,
            position.column,
            property(diagnostic.rule.name),
            data(&diagnostic.summary())
        )
    })
}

/// Escapes text after the `::`. Printable text has no line breaks, so only GitHub's escape character remains.
pub(in crate::report) fn data(text: &str) -> String {
    printable(text).replace('%', "%25")
}

/// Escapes the value of a property, in which `:` and `,` are special too.
pub(in crate::report) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Text;
    use crate::validate::{Sources, Validator};

    #[test]
    fn one_command_a_finding() {
        let mut validator = Validator::new(Sources { api: true, tuning: false });
        let text = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {parallelism: -1, template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}\n";
        validator.add("a,b:c.yaml", &Text::decode(text.into()));
        let mut out = Vec::new();
        write(&validator.finish(), &mut out).unwrap();
        let expected = "::error file=a%2Cb%3Ac.yaml,line=4,col=21,title=job-numbers::spec.parallelism: -1 is negative. \
                        Write 0 or more.\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
