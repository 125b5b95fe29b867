//! Operators and applications.

use super::Lowering;
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::*;
use crate::nix::syntax::green::Node;
use rnix::SyntaxKind::{self, *};

impl Lowering {
    pub(super) fn unary(&mut self, node: Node) -> ExprId {
        let operator = node.tokens().next().map(|token| token.kind);
        let operand = self.operand(node.first_node(), node);
        let expression = match operator {
            Some(TOKEN_INVERT) => Expr::Not(operand),
            _ if self.is_rebound("__sub") => {
                let zero = self.push(Expr::Integer(0), node.span());
                return self.call_rebound("__sub", zero, operand, node.span());
            }
            _ => Expr::Negate(operand),
        };
        self.push(expression, node.span())
    }

    /// Applications and binary operators: their left operands can nest as long as the file is, so the walk to the
    /// left is a loop.
    pub(super) fn left_chain(&mut self, node: Node) -> ExprId {
        let mut links = Vec::new();
        let mut leftmost = node;
        while matches!(leftmost.kind(), NODE_APPLY | NODE_BIN_OP) {
            let parent = leftmost;
            let mut nodes = parent.nodes();
            let Some(left) = nodes.next() else {
                break;
            };
            links.push((parent, nodes.next()));
            leftmost = left;
        }
        let mut value = if links.is_empty() {
            self.push(Expr::Missing, node.span())
        } else {
            let parent = links.last().map_or(node, |(link, _)| *link);
            self.operand(Some(leftmost), parent)
        };
        for (link, right) in links.into_iter().rev() {
            let operator = match link.kind() {
                NODE_APPLY => None,
                _ => link.tokens().next().map(|token| token.kind),
            };
            self.refuse_mixed_pipes(link, operator);
            let right = self.operand(right, link);
            value = self.link(operator, value, right, link);
        }
        value
    }

    pub(super) fn link(
        &mut self,
        operator: Option<SyntaxKind>,
        left: ExprId,
        right: ExprId,
        node: Node,
    ) -> ExprId {
        let span = node.span();
        let (operator, builtin) = match operator {
            None => {
                return self.push(
                    Expr::Apply {
                        function: left,
                        argument: right,
                    },
                    span,
                );
            }
            Some(TOKEN_PIPE_RIGHT) => {
                self.pipe(node);
                return self.push(
                    Expr::Apply {
                        function: right,
                        argument: left,
                    },
                    span,
                );
            }
            Some(TOKEN_PIPE_LEFT) => {
                self.pipe(node);
                return self.push(
                    Expr::Apply {
                        function: left,
                        argument: right,
                    },
                    span,
                );
            }
            Some(TOKEN_ADD) => (BinaryOperator::Add, None),
            Some(TOKEN_SUB) => (BinaryOperator::Subtract, Some("__sub")),
            Some(TOKEN_MUL) => (BinaryOperator::Multiply, Some("__mul")),
            Some(TOKEN_DIV) => (BinaryOperator::Divide, Some("__div")),
            Some(TOKEN_EQUAL) => (BinaryOperator::Equal, None),
            Some(TOKEN_NOT_EQUAL) => (BinaryOperator::NotEqual, None),
            Some(TOKEN_LESS) => (BinaryOperator::Less, Some("__lessThan")),
            Some(TOKEN_LESS_OR_EQ) => (BinaryOperator::LessOrEqual, Some("__lessThan")),
            Some(TOKEN_MORE) => (BinaryOperator::Greater, Some("__lessThan")),
            Some(TOKEN_MORE_OR_EQ) => (BinaryOperator::GreaterOrEqual, Some("__lessThan")),
            Some(TOKEN_AND_AND) => (BinaryOperator::And, None),
            Some(TOKEN_OR_OR) => (BinaryOperator::Or, None),
            Some(TOKEN_IMPLICATION) => (BinaryOperator::Implication, None),
            Some(TOKEN_UPDATE) => (BinaryOperator::Update, None),
            Some(TOKEN_CONCAT) => (BinaryOperator::Concat, None),
            Some(_) => return self.push(Expr::Missing, span),
        };
        if let Some(builtin) = builtin
            && self.is_rebound(builtin)
        {
            return match operator {
                BinaryOperator::Greater => self.call_rebound(builtin, right, left, span),
                BinaryOperator::LessOrEqual => {
                    let greater = self.call_rebound(builtin, right, left, span);
                    self.push(Expr::Not(greater), span)
                }
                BinaryOperator::GreaterOrEqual => {
                    let less = self.call_rebound(builtin, left, right, span);
                    self.push(Expr::Not(less), span)
                }
                _ => self.call_rebound(builtin, left, right, span),
            };
        }
        self.push(
            Expr::Binary {
                operator,
                left,
                right,
            },
            span,
        )
    }

    /// Nix parses some operators as calls of builtins by name, so that a file which binds that name changes them.
    pub(super) fn call_rebound(
        &mut self,
        builtin: &str,
        left: ExprId,
        right: ExprId,
        span: (u32, u32),
    ) -> ExprId {
        let function = self.variable(Symbol::new(builtin), span, None);
        let function = self.push(
            Expr::Apply {
                function,
                argument: left,
            },
            span,
        );
        self.push(
            Expr::Apply {
                function,
                argument: right,
            },
            span,
        )
    }

    pub(super) fn pipe(&mut self, node: Node) {
        if self.pipe_seen {
            return;
        }
        self.pipe_seen = true;
        if let Some(token) = node.tokens().next() {
            self.problem(
                StaticProblemKind::PipeOperator,
                format!(
                    "`{}` needs Nix's experimental feature `pipe-operators`",
                    token.text
                ),
                token.span(),
                Some("turn it on wherever this is evaluated, or write a function call"),
            );
        }
    }

    /// Nix gives `<|` and `|>` no order between them.
    pub(super) fn refuse_mixed_pipes(&mut self, node: Node, operator: Option<SyntaxKind>) {
        if operator != Some(TOKEN_PIPE_LEFT) {
            return;
        }
        let mixed = node.nodes().any(|operand| {
            operand.kind() == NODE_BIN_OP
                && operand.tokens().any(|token| token.kind == TOKEN_PIPE_RIGHT)
        });
        if mixed {
            self.problem(
                StaticProblemKind::Syntax,
                "`<|` and `|>` do not mix without parentheses",
                node.span(),
                None,
            );
        }
    }
}
