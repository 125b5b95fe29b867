//! Functions and their arguments.

use super::Lowering;
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::*;
use crate::nix::syntax::green::{Element, Node};
use crate::workspace::source::Span;
use rnix::SyntaxKind::*;
use std::rc::Rc;

impl Lowering {
    pub(super) fn lambda(&mut self, node: Node, name: Option<Symbol>) -> ExprId {
        let mut nodes = node.nodes();
        let Some(parameter_node) = nodes.next() else {
            return self.push(Expr::Missing, node.span());
        };
        let body = nodes.next();
        let parameter = if parameter_node.kind() == NODE_PATTERN {
            self.pattern(parameter_node)
        } else {
            let parameter = match parameter_node.first_node() {
                Some(identifier) => self.names.symbol(identifier),
                None => Symbol::new(""),
            };
            self.scope.push_names(std::iter::once(parameter));
            Parameter::Name(parameter)
        };
        let body = match body {
            Some(body) => self.named_expression(body, name),
            None => self.push(Expr::Missing, node.span()),
        };
        self.scope.pop();
        let lambda = Lambda {
            parameter,
            parameter_span: parameter_node.span(),
            body,
            name,
        };
        self.push(Expr::Lambda(Rc::new(lambda)), node.span())
    }

    /// The formals, whose frame is left open for the body.
    pub(super) fn pattern(&mut self, node: Node) -> Parameter {
        let mut entries: Vec<(Symbol, (u32, u32), Option<Node>)> = Vec::new();
        let mut ellipsis = false;
        let mut whole = None;
        for element in node.elements() {
            match element {
                Element::Token(token) => ellipsis |= token.kind == TOKEN_ELLIPSIS,
                Element::Node(child) if child.kind() == NODE_PAT_ENTRY => {
                    let mut nodes = child.nodes();
                    if let Some(identifier) = nodes.next() {
                        entries.push((
                            self.names.symbol(identifier),
                            identifier.span(),
                            nodes.next(),
                        ));
                    }
                }
                Element::Node(child) if child.kind() == NODE_PAT_BIND => {
                    if let Some(identifier) = child.first_node() {
                        whole = Some((self.names.symbol(identifier), identifier.span()));
                    }
                }
                Element::Node(_) => {}
            }
        }
        self.duplicate_formals(&entries, whole);
        let names = entries
            .iter()
            .map(|(name, ..)| *name)
            .chain(whole.map(|(name, _)| name));
        self.scope.push_names(names);
        let formals = entries
            .into_iter()
            .map(|(name, span, default)| Formal {
                name,
                span,
                default: default.map(|default| self.expression(default)),
            })
            .collect();
        Parameter::Formals {
            formals,
            ellipsis,
            whole: whole.map(|(name, _)| name),
        }
    }

    pub(super) fn duplicate_formals(
        &mut self,
        entries: &[(Symbol, (u32, u32), Option<Node>)],
        whole: Option<(Symbol, (u32, u32))>,
    ) {
        let mut named: Vec<(Symbol, (u32, u32))> = entries
            .iter()
            .map(|(name, span, _)| (*name, *span))
            .chain(whole)
            .collect();
        named.sort();
        for pair in named.windows(2) {
            let ((first_name, first), (name, second)) = (pair[0], pair[1]);
            if first_name == name {
                self.problems.push(StaticProblem {
                    kind: StaticProblemKind::DuplicateFormal,
                    message: format!("argument `{name}` is named twice"),
                    help: None,
                    span: Span::new(self.file, second.0, second.1),
                    related: Some((
                        Span::new(self.file, first.0, first.1),
                        "first named here".to_string(),
                    )),
                });
            }
        }
    }
}
