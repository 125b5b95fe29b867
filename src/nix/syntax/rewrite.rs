//! What Nix accepts and the parser does not, put so that the parser does: parentheses around `!x` as an operand of
//! an operator that binds tighter (`1 + !x`), and around `let { ... }` of old where it is an operand.
//!
//! Only done for a file that the parser refused. Places in the tree are moved back afterwards.

use super::ast::{AttributeName, Bindings, Expr, Parameter, SourceTree, StaticProblem, StringPart};
use super::tokens::{Tokens, is_comparison, opener_of};
use rnix::SyntaxKind::{self, *};
use std::rc::Rc;

/// More parentheses than any file of the kind has; each rewriting costs a sorted list.
const MAX_INSERTIONS: usize = 2_000;

/// A text with parentheses put in.
pub(super) struct Rewritten {
    pub(super) text: String,
    /// Where they stand in that text, ascending.
    inserted: Vec<u32>,
}

/// The text with parentheses, `None` where none are needed.
pub(super) fn with_parentheses(text: &str) -> Option<Rewritten> {
    let tokens = Tokens::new(text);
    let mut places: Vec<(usize, char)> = Vec::new();
    for (index, token) in tokens.tokens.iter().enumerate() {
        let next = tokens.get(index + 1).map(|token| token.kind);
        let end = match token.kind {
            TOKEN_INVERT
                if tokens
                    .before(index)
                    .is_some_and(|before| binds_tighter(before.kind)) =>
            {
                operand_end(&tokens, index)
            }
            TOKEN_LET if next == Some(TOKEN_L_BRACE) => block_end(&tokens, index + 1),
            _ => continue,
        };
        places.push((token.start, '('));
        places.push((end?, ')'));
        if places.len() > MAX_INSERTIONS {
            return None;
        }
    }
    if places.is_empty() {
        return None;
    }
    places.sort_by_key(|(at, _)| *at);
    let mut rewritten = Rewritten {
        text: String::with_capacity(text.len() + places.len()),
        inserted: Vec::with_capacity(places.len()),
    };
    let mut done = 0;
    for (at, parenthesis) in places {
        rewritten.text.push_str(&text[done..at]);
        rewritten.inserted.push(rewritten.text.len() as u32);
        rewritten.text.push(parenthesis);
        done = at;
    }
    rewritten.text.push_str(&text[done..]);
    Some(rewritten)
}

/// Operators, also the minus sign, whose operand the parser does not let begin with `!`.
fn binds_tighter(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        TOKEN_ADD | TOKEN_SUB | TOKEN_MUL | TOKEN_DIV | TOKEN_CONCAT
    )
}

/// Where the operand of the `!` at that index ends: before whatever binds less tightly.
fn operand_end(tokens: &Tokens, index: usize) -> Option<usize> {
    let mut depth = 0;
    let mut last = tokens.get(index)?;
    for token in &tokens.tokens[index + 1..] {
        match token.kind {
            TOKEN_L_PAREN | TOKEN_L_BRACE | TOKEN_L_BRACK | TOKEN_STRING_START
            | TOKEN_INTERPOL_START => depth += 1,
            TOKEN_AND_AND | TOKEN_OR_OR | TOKEN_IMPLICATION | TOKEN_UPDATE | TOKEN_PIPE_LEFT
            | TOKEN_PIPE_RIGHT | TOKEN_SEMICOLON | TOKEN_COMMA | TOKEN_ASSIGN | TOKEN_THEN
            | TOKEN_ELSE | TOKEN_IN
                if depth == 0 =>
            {
                break;
            }
            kind if is_comparison(kind) && depth == 0 => break,
            kind if opener_of(kind).is_some() && !matches!(kind, TOKEN_IN | TOKEN_ELSE) => {
                if depth == 0 {
                    break;
                }
                depth -= 1;
            }
            _ => {}
        }
        last = *token;
    }
    Some(last.end)
}

/// Where the braces that open at that index end.
fn block_end(tokens: &Tokens, index: usize) -> Option<usize> {
    let mut depth = 0;
    for token in &tokens.tokens[index..] {
        match token.kind {
            TOKEN_L_BRACE => depth += 1,
            TOKEN_R_BRACE => {
                depth -= 1;
                if depth == 0 {
                    return Some(token.end);
                }
            }
            _ => {}
        }
    }
    None
}

impl Rewritten {
    /// The place in the original text.
    fn original(&self, offset: u32) -> u32 {
        offset - self.inserted.partition_point(|at| *at < offset) as u32
    }

    fn span(&self, span: &mut (u32, u32)) {
        *span = (self.original(span.0), self.original(span.1));
    }

    /// Moves every place in a tree of the rewritten text to where it is in the original.
    pub(super) fn restore(&self, tree: &mut SourceTree) {
        for span in &mut tree.spans {
            self.span(span);
        }
        self.restore_problems(&mut tree.problems);
        for expression in &mut tree.expressions {
            match expression {
                Expr::String(parts) | Expr::Path(parts) => {
                    for part in parts {
                        if let StringPart::Text { span, .. } = part {
                            self.span(span);
                        }
                    }
                }
                Expr::Select { path, .. } | Expr::HasAttribute { path, .. } => {
                    for name in path {
                        match name {
                            AttributeName::Static(_, span) | AttributeName::Dynamic(_, span) => {
                                self.span(span);
                            }
                        }
                    }
                }
                Expr::Attributes(bindings) | Expr::Let { bindings, .. } => self.bindings(bindings),
                Expr::Lambda(lambda) => {
                    // Nobody else holds a tree that is being made.
                    if let Some(lambda) = Rc::get_mut(lambda) {
                        self.span(&mut lambda.parameter_span);
                        if let Parameter::Formals { formals, .. } = &mut lambda.parameter {
                            for formal in formals {
                                self.span(&mut formal.span);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Moves the places of problems of the rewritten text to where they are in the original.
    pub(super) fn restore_problems(&self, problems: &mut [StaticProblem]) {
        for problem in problems {
            let related = problem.related.iter_mut().map(|(span, _)| span);
            for span in std::iter::once(&mut problem.span).chain(related) {
                span.start = self.original(span.start);
                span.end = self.original(span.end);
            }
        }
    }

    fn bindings(&self, bindings: &mut Bindings) {
        for binding in &mut bindings.entries {
            self.span(&mut binding.name_span);
        }
        for binding in &mut bindings.dynamic {
            self.span(&mut binding.name_span);
        }
    }
}
