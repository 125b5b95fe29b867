//! Nix source to an owned, compact tree with spans. rowan stays in here.

pub mod ahead;
pub mod ast;
mod bindings;
mod errors;
mod green;
mod guards;
mod lower;
mod markers;
mod quick;
mod rewrite;
mod scope;
mod strings;
#[cfg(test)]
mod tests;
mod tokens;

pub use markers::template_markers;

use crate::nix::symbol::Symbol;
use crate::workspace::source::FileId;
use ast::{Expr, ExprId, SourceTree, StaticProblem};

/// A text that the parser has read. This part of the work knows no names, and can be done on any thread.
pub struct Parsed(
    Result<(rnix::Parse<rnix::Root>, Option<rewrite::Rewritten>), Vec<StaticProblem>>,
);

/// Parses and lowers a Nix file.
///
/// `extra_scope` names what an outermost frame binds, one slot each (as `scopedImport` does); without it the
/// root expression stands in no frame. Never fails: what Nix would refuse is in [`SourceTree::problems`], and a tree
/// with a fatal one is a single [`Expr::Missing`]. Time is linear in the length of the text but for chains of
/// operators, which are limited; stack use is bounded by limits on nesting.
pub fn parse(file: FileId, text: &str, extra_scope: Option<&[Symbol]>) -> SourceTree {
    finish(read(file, text), file, text.len(), extra_scope)
}

/// The first part of [`parse`]: guards and the parser.
pub fn read(file: FileId, text: &str) -> Parsed {
    Parsed(parse_checked(file, text))
}

/// The second part of [`parse`]: lowers what was read of a file with a text of so many bytes.
pub fn finish(
    parsed: Parsed,
    file: FileId,
    length: usize,
    extra_scope: Option<&[Symbol]>,
) -> SourceTree {
    let lowered = parsed
        .0
        .and_then(|(parse, rewritten)| lower(file, &parse, extra_scope, rewritten.as_ref()));
    match lowered {
        Ok(tree) => tree,
        Err(problems) => SourceTree {
            file,
            root: ExprId(0),
            expressions: vec![Expr::Missing],
            spans: vec![(0, length.min(u32::MAX as usize) as u32)],
            problems,
        },
    }
}

fn parse_checked(
    file: FileId,
    text: &str,
) -> Result<(rnix::Parse<rnix::Root>, Option<rewrite::Rewritten>), Vec<StaticProblem>> {
    let text = guards::normalise(file, text).map_err(|problem| vec![problem])?;
    guards::check(file, &text).map_err(|problem| vec![problem])?;
    let parse = rnix::Root::parse(&text);
    if parse.errors().is_empty() {
        return Ok((parse, None));
    }
    if let Some(rewritten) = rewrite::with_parentheses(&text)
        && guards::check(file, &rewritten.text).is_ok()
    {
        let parse = rnix::Root::parse(&rewritten.text);
        if parse.errors().is_empty() {
            return Ok((parse, Some(rewritten)));
        }
        let mut problems = errors::translate(file, &rewritten.text, parse.errors());
        rewritten.restore_problems(&mut problems);
        return Err(problems);
    }
    Err(errors::translate(file, &text, parse.errors()))
}

fn lower(
    file: FileId,
    parse: &rnix::Parse<rnix::Root>,
    extra_scope: Option<&[Symbol]>,
    rewritten: Option<&rewrite::Rewritten>,
) -> Result<SourceTree, Vec<StaticProblem>> {
    let syntax = parse.syntax();
    let green = syntax.green();
    let mut tree = lower::lower(file, green::Node::root(green), extra_scope);
    if let Some(rewritten) = rewritten {
        rewritten.restore(&mut tree);
    }
    if tree.is_unusable() {
        tree.problems.retain(StaticProblem::is_fatal);
        return Err(tree.problems);
    }
    Ok(tree)
}
