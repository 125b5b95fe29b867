//! Syntax errors in plain words.

use super::ast::{StaticProblem, StaticProblemKind};
use crate::workspace::source::{FileId, Span};
use rnix::ParseError;

/// The first thing that the parser stumbled over; what follows is mostly its consequence.
pub(super) fn translate(file: FileId, text: &str, errors: &[ParseError]) -> Vec<StaticProblem> {
    let Some(error) = errors.first() else {
        return Vec::new();
    };
    let end = text.len() as u32;
    let (start, end) = match error {
        ParseError::Unexpected(range)
        | ParseError::UnexpectedExtra(range)
        | ParseError::UnexpectedWanted(_, range, _)
        | ParseError::UnexpectedDoubleBind(range)
        | ParseError::DuplicatedArgs(range, _) => (range.start().into(), range.end().into()),
        _ => (end, end),
    };
    vec![StaticProblem {
        kind: StaticProblemKind::Syntax,
        message: error.to_string(),
        help: None,
        span: Span::new(file, start, end),
        related: None,
    }]
}
