//! Reports made of any texts and places, as no rule would make them: what the formats have to stand.

use crate::inputs::KEY;
use crate::invariants;
use openclaw_check::report::finding::{
    Checked, CheckedConfiguration, Consequence, Edit, Failure, Finding, Fix, Related, Report,
    Severity, Unresolved,
};
use openclaw_check::rules::registry;
use openclaw_check::workspace::source::{FileId, SourceFile, Sources, Span};

/// Takes values off the front of some bytes; when there are none left, all is zero.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    fn number(&mut self) -> u32 {
        (u32::from(self.byte()) << 8) | u32::from(self.byte())
    }

    /// A text that is ended by a NUL byte. A zero stands for the planted key where the text is empty.
    fn text(&mut self) -> String {
        let end = self
            .0
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(self.0.len());
        let text = String::from_utf8_lossy(&self.0[..end]).into_owned();
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        text.replace('\u{1}', &format!(" {KEY} "))
    }

    fn texts(&mut self) -> Vec<String> {
        (0..self.byte() % 4).map(|_| self.text()).collect()
    }

    /// A sound place in one of the files; what rules hand over.
    fn span(&mut self, sources: &Sources) -> Option<Span> {
        let file = FileId(u32::from(self.byte()) % (sources.len() as u32 + 1));
        let (start, end) = (self.number(), self.number());
        if file.0 as usize == sources.len() {
            return None;
        }
        let text = &sources.get(file).text;
        let boundary = |offset: u32| {
            let mut offset = (offset as usize).min(text.len());
            while !text.is_char_boundary(offset) {
                offset -= 1;
            }
            offset as u32
        };
        let (start, end) = (boundary(start.min(end)), boundary(start.max(end)));
        Some(Span::new(file, start, end))
    }
}

/// A report and its files from any bytes.
pub fn report(bytes: &[u8]) -> (Report, Sources) {
    let mut reader = Reader(bytes);
    let sources = Sources::new();
    for number in 0..reader.byte() % 3 + 1 {
        // Names are told apart, as the files of a tree are.
        let name = format!("{number}{}", reader.text());
        sources.add(SourceFile::new(name, reader.text()));
    }
    let mut report = Report {
        checked: Checked::default(),
        ..Report::default()
    };
    for _ in 0..reader.byte() % 3 {
        report.configurations.push(CheckedConfiguration {
            name: reader.text(),
            instances: reader.texts(),
            openclaw: reader.text(),
            era: reader.text(),
            source: reader.text(),
            assumptions: reader.texts(),
        });
    }
    let rules: Vec<&'static str> = registry::RULES.iter().map(|rule| rule.info.id).collect();
    for _ in 0..reader.byte() % 5 {
        let rule = rules[usize::from(reader.byte()) % rules.len()];
        let consequences = [
            Consequence::NixRejects,
            Consequence::OpenclawRejects,
            Consequence::GatewayRefuses,
            Consequence::FailsInUse,
            Consequence::LeaksSecret,
            Consequence::Degrades,
            Consequence::Advice,
        ];
        let consequence = consequences[usize::from(reader.byte()) % consequences.len()];
        let mut finding = Finding::new(rule, consequence, format!("m{}", reader.text()));
        let choice = reader.byte();
        finding.severity =
            [Severity::Error, Severity::Warning, Severity::Note][usize::from(choice >> 6) % 3];
        finding.help = (choice & 1 != 0).then(|| reader.text());
        finding.path = (choice & 2 != 0).then(|| reader.text());
        finding.span = reader.span(&sources);
        finding.configurations = reader.texts();
        finding.instances = reader.texts();
        for _ in 0..(choice >> 2) & 3 {
            if let Some(span) = reader.span(&sources) {
                let message = reader.text();
                finding.related.push(Related { span, message });
            }
        }
        if choice & 16 != 0
            && let Some(span) = reader.span(&sources)
        {
            finding.fix = Some(Fix {
                title: reader.text(),
                safe: choice & 32 != 0,
                edits: vec![Edit {
                    span,
                    text: reader.text(),
                }],
            });
        }
        report.findings.push(finding);
    }
    for _ in 0..reader.byte() % 3 {
        report.unresolved.push(Unresolved {
            path: reader.text(),
            reason: reader.text(),
            span: reader.span(&sources),
            configurations: reader.texts(),
        });
    }
    for _ in 0..reader.byte() % 3 {
        report.errors.push(Failure {
            path: reader.text(),
            message: format!("m{}", reader.text()),
        });
    }
    for _ in 0..reader.byte() % 3 {
        report.secrets.extend(reader.span(&sources));
    }
    report.checked.unresolved = report.unresolved.len();
    (report, sources)
}

/// Prints a report made of these bytes in every format, and checks all that holds for what is printed.
///
/// # Panics
/// Where an invariant does not hold.
pub fn formats(bytes: &[u8]) {
    let (report, sources) = report(bytes);
    let strict = bytes.len() % 2 == 1;
    let printed = invariants::print_report(&report, &sources, strict);
    // A piece of the key that stands in the input by itself is no key, and may be printed.
    let is_whole = invariants::secret_free("", &String::from_utf8_lossy(bytes), &[KEY]).is_ok();
    let secrets: &[&str] = if is_whole { &[KEY] } else { &[] };
    invariants::report_holds(&report, &sources, &printed, secrets)
        .unwrap_or_else(|fault| panic!("{fault}"));
}
