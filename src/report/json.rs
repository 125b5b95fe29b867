//! The JSON of version 1: what other programs read.

use super::finding::Checked;
use super::printable::{
    Place, Printable, PrintableConfiguration, PrintableEdit, PrintableFailure, PrintableFinding,
    PrintableFix, PrintableRelated, PrintableUnresolved,
};
use super::{sanitize, summary};
use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};
use std::io::{self, Write};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    configurations: Vec<Configuration<'a>>,
    findings: Vec<Finding<'a>>,
    unresolved: Vec<Unresolved<'a>>,
    errors: Vec<Failure<'a>>,
    checked: Checked,
}

#[derive(Serialize)]
struct Configuration<'a> {
    name: &'a str,
    instances: &'a [String],
    openclaw: &'a str,
    era: &'a str,
    source: &'a str,
}

#[derive(Clone, Copy, Serialize)]
struct Position {
    line: u32,
    column: u32,
    offset: u32,
}

/// `file`, `start` and `end`, all null where there is no place.
#[derive(Serialize)]
struct Location<'a> {
    file: Option<&'a str>,
    start: Option<Position>,
    end: Option<Position>,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: &'a str,
    consequence: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    #[serde(flatten)]
    location: Location<'a>,
    path: Option<&'a str>,
    configurations: &'a [String],
    instances: &'a [String],
    related: Vec<Related<'a>>,
    fix: Option<Fix<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    #[serde(flatten)]
    location: Location<'a>,
    message: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    safe: bool,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    file: &'a str,
    start: u32,
    end: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct Unresolved<'a> {
    path: &'a str,
    reason: &'a str,
    #[serde(flatten)]
    location: Location<'a>,
}

#[derive(Serialize)]
struct Failure<'a> {
    path: &'a str,
    message: &'a str,
}

pub(super) fn render(printable: &Printable<'_>) -> String {
    to_text(&Document {
        version: 1,
        configurations: printable.configurations.iter().map(configuration).collect(),
        findings: printable.findings.iter().map(finding).collect(),
        unresolved: printable.unresolved.iter().map(unresolved).collect(),
        errors: printable.errors.iter().map(failure).collect(),
        checked: printable.checked,
    })
}

/// A value as indented JSON with a line break at the end. Beyond what JSON demands, everything that a
/// terminal might act on or hide is escaped, so that file names and edits are exact and harmless at once.
pub fn to_text(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(
        &mut bytes,
        HarmlessFormatter {
            pretty: PrettyFormatter::with_indent(b"  "),
        },
    );
    // Our own types hold no map with keys that are not strings, and a vector takes every byte.
    if let Err(error) = value.serialize(&mut serializer) {
        return format!("{{\"error\": {:?}}}\n", error.to_string());
    }
    bytes.push(b'\n');
    String::from_utf8_lossy(&bytes).into_owned()
}

fn configuration(configuration: &PrintableConfiguration) -> Configuration<'_> {
    Configuration {
        name: &configuration.name,
        instances: &configuration.instances,
        openclaw: &configuration.openclaw,
        era: &configuration.era,
        source: &configuration.source,
    }
}

fn position(position: crate::workspace::source::Position) -> Position {
    Position {
        line: position.line,
        column: position.column,
        offset: position.offset,
    }
}

fn location(place: Option<&Place>) -> Location<'_> {
    Location {
        file: place.map(|place| place.file.as_str()),
        start: place.map(|place| position(place.start)),
        end: place.map(|place| position(place.end)),
    }
}

fn finding(finding: &PrintableFinding) -> Finding<'_> {
    Finding {
        rule: finding.rule,
        severity: summary::severity(finding.severity),
        consequence: summary::consequence_id(finding.consequence),
        message: &finding.message,
        help: finding.help.as_deref(),
        location: location(finding.place.as_ref()),
        path: finding.path.as_deref(),
        configurations: &finding.configurations,
        instances: &finding.instances,
        related: finding.related.iter().map(related).collect(),
        fix: finding.fix.as_ref().map(fix),
    }
}

fn related(related: &PrintableRelated) -> Related<'_> {
    Related {
        location: location(Some(&related.place)),
        message: &related.message,
    }
}

fn fix(fix: &PrintableFix) -> Fix<'_> {
    Fix {
        title: &fix.title,
        safe: fix.safe,
        edits: fix.edits.iter().map(edit).collect(),
    }
}

fn edit(edit: &PrintableEdit) -> Edit<'_> {
    Edit {
        file: &edit.place.file,
        start: edit.place.start.offset,
        end: edit.place.end.offset,
        text: &edit.text,
    }
}

fn unresolved(value: &PrintableUnresolved) -> Unresolved<'_> {
    Unresolved {
        path: &value.path,
        reason: &value.reason,
        location: location(value.place.as_ref()),
    }
}

fn failure(failure: &PrintableFailure) -> Failure<'_> {
    Failure {
        path: &failure.path,
        message: &failure.message,
    }
}

struct HarmlessFormatter {
    pretty: PrettyFormatter<'static>,
}

impl Formatter for HarmlessFormatter {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, character) in fragment.char_indices() {
            if sanitize::is_unsafe(character) {
                writer.write_all(&fragment.as_bytes()[plain..at])?;
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                plain = at + character.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        self.pretty.write_char_escape(writer, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.pretty.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.pretty.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(writer)
    }
}
