//! From rnix's tree to [`SourceTree`]: one walk from the root down, names resolved on the way.

mod bindings;
mod functions;
mod operators;

use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::*;
use crate::nix::syntax::green::{Element, Names, Node};
use crate::nix::syntax::scope::Scope;
use crate::nix::syntax::strings::{self, Piece};
use crate::workspace::source::{FileId, Span};
use rnix::SyntaxKind::*;

/// Most `with`s inside of each other. Each variable that only they can bind lists them all.
const MAX_WITHS: usize = 64;

/// Lowers a tree that parsed without errors.
pub(super) fn lower(file: FileId, root: Node, extra_scope: Option<&[Symbol]>) -> SourceTree {
    let mut lowering = Lowering {
        file,
        expressions: Vec::new(),
        spans: Vec::new(),
        problems: Vec::new(),
        scope: Scope::default(),
        names: Names::default(),
        pipe_seen: false,
    };
    if let Some(names) = extra_scope {
        lowering.scope.push_names(names.iter().copied());
    }
    let root = match root.first_node() {
        Some(node) => lowering.expression(node),
        None => lowering.push(Expr::Missing, root.span()),
    };
    lowering
        .problems
        .sort_by_key(|problem| (problem.span.start, problem.span.end));
    SourceTree {
        file,
        root,
        expressions: lowering.expressions,
        spans: lowering.spans,
        problems: lowering.problems,
    }
}

struct Lowering {
    file: FileId,
    expressions: Vec<Expr>,
    spans: Vec<(u32, u32)>,
    problems: Vec<StaticProblem>,
    scope: Scope,
    names: Names,
    pipe_seen: bool,
}

impl Lowering {
    fn push(&mut self, expression: Expr, span: (u32, u32)) -> ExprId {
        let id = ExprId(self.expressions.len() as u32);
        self.expressions.push(expression);
        self.spans.push(span);
        id
    }

    fn problem(
        &mut self,
        kind: StaticProblemKind,
        message: impl Into<String>,
        span: (u32, u32),
        help: Option<&str>,
    ) {
        self.problems.push(StaticProblem {
            kind,
            message: message.into(),
            help: help.map(str::to_string),
            span: Span::new(self.file, span.0, span.1),
            related: None,
        });
    }

    /// An expression in a place where any is allowed.
    fn expression(&mut self, node: Node) -> ExprId {
        self.named_expression(node, None)
    }

    fn optional(&mut self, node: Option<Node>, parent: Node) -> ExprId {
        match node {
            Some(node) => self.expression(node),
            None => self.push(Expr::Missing, parent.span()),
        }
    }

    /// An operand, a list element, a function or an argument: the parser takes a function there, Nix does not.
    fn operand(&mut self, node: Option<Node>, parent: Node) -> ExprId {
        if let Some(node) = node
            && node.kind() == NODE_LAMBDA
        {
            // After the body of a function the parser takes `or` for its argument.
            let or = parent
                .nodes()
                .nth(1)
                .filter(|argument| parent.kind() == NODE_APPLY && argument.leaf_text() == "or");
            if let Some(or) = or
                && ends_with_question(node)
            {
                self.problem(
                    StaticProblemKind::Syntax,
                    "`?` takes no `or`",
                    or.span(),
                    Some("for a value with a default write `set.name or default`"),
                );
                return self.push(Expr::Missing, parent.span());
            }
            self.problem(
                StaticProblemKind::Syntax,
                "a function needs parentheses around it here",
                node.span(),
                Some("write `(name: body)`"),
            );
        }
        self.optional(node, parent)
    }

    /// An expression that is bound to a name, which a function takes as its own.
    fn named_expression(&mut self, node: Node, name: Option<Symbol>) -> ExprId {
        let span = node.span();
        match node.kind() {
            NODE_IDENT => {
                let name = self.names.symbol(node);
                self.variable(name, span, None)
            }
            NODE_CUR_POS => self.push(
                Expr::Variable(Symbol::new("__curPos"), Resolution::Global),
                span,
            ),
            NODE_LITERAL => self.literal(node),
            NODE_STRING => {
                let parts = self.string_parts(node);
                self.push(Expr::String(parts), span)
            }
            NODE_PATH_ABS | NODE_PATH_REL | NODE_PATH_HOME => self.path(node),
            NODE_PATH_SEARCH => self.search_path(node),
            NODE_PAREN => self.parentheses(node, name),
            NODE_ATTR_SET => {
                let plan = self.plan(node);
                self.set(plan)
            }
            NODE_LEGACY_LET => {
                let plan = self.plan(node);
                let subject = self.set(plan);
                let path = [AttributeName::Static(Symbol::new("body"), span)];
                self.push(
                    Expr::Select {
                        subject,
                        path: path.into(),
                        default: None,
                    },
                    span,
                )
            }
            NODE_LIST => {
                let elements = node
                    .nodes()
                    .map(|element| self.operand(Some(element), node))
                    .collect();
                self.push(Expr::List(elements), span)
            }
            NODE_LAMBDA => self.lambda(node, name),
            NODE_LET_IN => self.let_in(node),
            NODE_WITH => {
                let mut nodes = node.nodes();
                let scope = self.optional(nodes.next(), node);
                self.scope.push_with();
                if self.scope.with_count() == MAX_WITHS + 1 {
                    self.problem(
                        StaticProblemKind::TooDeep,
                        format!("more than {MAX_WITHS} `with` inside of each other"),
                        (span.0, span.0 + 4),
                        Some("name the sets and select from them"),
                    );
                }
                let body = self.optional(nodes.next(), node);
                self.scope.pop();
                self.push(Expr::With { scope, body }, span)
            }
            NODE_ASSERT => {
                let mut nodes = node.nodes();
                let condition = self.optional(nodes.next(), node);
                let body = self.optional(nodes.next(), node);
                self.push(Expr::Assert { condition, body }, span)
            }
            NODE_IF_ELSE => {
                let mut nodes = node.nodes();
                let condition = self.optional(nodes.next(), node);
                let consequent = self.optional(nodes.next(), node);
                let alternative = self.optional(nodes.next(), node);
                self.push(
                    Expr::If {
                        condition,
                        consequent,
                        alternative,
                    },
                    span,
                )
            }
            NODE_APPLY | NODE_BIN_OP => self.left_chain(node),
            NODE_UNARY_OP => self.unary(node),
            NODE_SELECT => self.select(node),
            NODE_HAS_ATTR => self.has_attribute(node),
            _ => self.push(Expr::Missing, span),
        }
    }

    fn variable(
        &mut self,
        name: Symbol,
        span: (u32, u32),
        interpolation: Option<StringKind>,
    ) -> ExprId {
        let resolution = self.scope.resolve(name);
        if matches!(resolution, Resolution::Undefined) {
            self.problem(
                StaticProblemKind::UndefinedVariable {
                    name,
                    interpolation,
                },
                format!("undefined variable `{name}`"),
                span,
                None,
            );
        }
        self.push(Expr::Variable(name, resolution), span)
    }

    fn literal(&mut self, node: Node) -> ExprId {
        let span = node.span();
        let Some(token) = node.tokens().next() else {
            return self.push(Expr::Missing, span);
        };
        let expression = match token.kind {
            TOKEN_INTEGER => match token.text.parse() {
                Ok(value) => Expr::Integer(value),
                Err(_) => {
                    self.problem(
                        StaticProblemKind::IntegerRange,
                        format!("the integer {} does not fit 64 bits", token.text),
                        span,
                        Some("the largest one is 9223372036854775807; write it as a string or a float"),
                    );
                    Expr::Missing
                }
            },
            // For Nix a zero takes a point only with digits after it.
            TOKEN_FLOAT if is_zero_without_digits(token.text) => {
                self.problem(
                    StaticProblemKind::Syntax,
                    format!("`{}` is no number", token.text),
                    span,
                    Some("write digits after the point"),
                );
                Expr::Missing
            }
            TOKEN_FLOAT => match token.text.parse::<f64>() {
                Ok(value) if !is_out_of_range(value, token.text) => Expr::Float(value),
                _ => {
                    self.problem(
                        StaticProblemKind::Syntax,
                        format!("the number {} is out of range", token.text),
                        span,
                        None,
                    );
                    Expr::Missing
                }
            },
            TOKEN_URI => Expr::String(
                [StringPart::Text {
                    text: token.text.into(),
                    span,
                }]
                .into(),
            ),
            _ => Expr::Missing,
        };
        self.push(expression, span)
    }

    fn string_parts(&mut self, node: Node) -> Box<[StringPart]> {
        let kind = if strings::is_indented(node) {
            StringKind::Indented
        } else {
            StringKind::Quoted
        };
        strings::pieces(node)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.into_part(),
                Piece::Interpolation(node) => {
                    StringPart::Interpolation(self.interpolation(node, Some(kind)))
                }
            })
            .collect()
    }

    /// The expression inside `${}`.
    fn interpolation(&mut self, node: Node, kind: Option<StringKind>) -> ExprId {
        match node.first_node() {
            Some(inner) if inner.kind() == NODE_IDENT => {
                let name = self.names.symbol(inner);
                self.variable(name, inner.span(), kind)
            }
            inner => self.optional(inner, node),
        }
    }

    fn path(&mut self, node: Node) -> ExprId {
        let mut parts = Vec::new();
        for element in node.elements() {
            match element {
                Element::Node(node) => {
                    parts.push(StringPart::Interpolation(self.interpolation(node, None)));
                }
                // The parser looks past white space for an interpolation.
                Element::Token(token) if token.kind.is_trivia() => self.problem(
                    StaticProblemKind::Syntax,
                    "white space inside of a path",
                    token.span(),
                    Some("leave it out, or put parentheses around the parts"),
                ),
                Element::Token(token) => parts.push(StringPart::Text {
                    text: token.text.into(),
                    span: token.span(),
                }),
            }
        }
        self.push(Expr::Path(parts.into()), node.span())
    }

    /// `<name>` is `__findFile __nixPath "name"`, and follows what these names mean.
    fn search_path(&mut self, node: Node) -> ExprId {
        let span = node.span();
        let text = node.leaf_text();
        let text = text
            .strip_prefix('<')
            .and_then(|text| text.strip_suffix('>'))
            .unwrap_or(text);
        if text.split('/').any(str::is_empty) {
            self.problem(
                StaticProblemKind::Syntax,
                "a search path has a `/` too many",
                span,
                Some("it is written `<name/folder>`"),
            );
        }
        if !self.is_rebound("__findFile") && !self.is_rebound("__nixPath") {
            return self.push(Expr::SearchPath(text.into()), span);
        }
        let function = self.variable(Symbol::new("__findFile"), span, None);
        let argument = self.variable(Symbol::new("__nixPath"), span, None);
        let function = self.push(Expr::Apply { function, argument }, span);
        let part = StringPart::Text {
            text: text.into(),
            span: (span.0 + 1, span.1 - 1),
        };
        let argument = self.push(Expr::String([part].into()), span);
        self.push(Expr::Apply { function, argument }, span)
    }

    /// Whether a builtin that Nix calls for an operator has another meaning here: Nix looks it up by name.
    fn is_rebound(&self, name: &str) -> bool {
        !self.scope.is_empty() && self.scope.binds(Symbol::new(name))
    }

    fn parentheses(&mut self, node: Node, name: Option<Symbol>) -> ExprId {
        // The parser takes any token for the closing parenthesis.
        if let Some(token) = node.tokens().nth(1)
            && token.kind != TOKEN_R_PAREN
        {
            self.problems.push(StaticProblem {
                kind: StaticProblemKind::Syntax,
                message: format!("`{}` where `)` is expected", token.text),
                help: None,
                span: Span::new(self.file, token.span().0, token.span().1),
                related: Some((
                    Span::new(self.file, node.span().0, node.span().0 + 1),
                    "this parenthesis is not closed".to_string(),
                )),
            });
        }
        match node.first_node() {
            Some(inner) => self.named_expression(inner, name),
            None => self.push(Expr::Missing, node.span()),
        }
    }

    fn select(&mut self, node: Node) -> ExprId {
        let mut nodes = node.nodes();
        let subject = self.operand(nodes.next(), node);
        let path = match nodes.next() {
            Some(path) => self.attribute_path(path),
            None => Box::default(),
        };
        let default = nodes
            .next()
            .map(|default| self.operand(Some(default), node));
        self.push(
            Expr::Select {
                subject,
                path,
                default,
            },
            node.span(),
        )
    }

    fn has_attribute(&mut self, node: Node) -> ExprId {
        let mut nodes = node.nodes();
        let subject = self.operand(nodes.next(), node);
        let path = match nodes.next() {
            Some(path) => self.attribute_path(path),
            None => Box::default(),
        };
        self.push(Expr::HasAttribute { subject, path }, node.span())
    }
}

/// Whether the last thing in an expression is `set ? name`.
fn ends_with_question(node: Node) -> bool {
    let mut last = Some(node);
    while let Some(node) = last {
        match node.kind() {
            NODE_HAS_ATTR => return true,
            NODE_LAMBDA | NODE_LET_IN | NODE_WITH | NODE_ASSERT | NODE_IF_ELSE | NODE_BIN_OP
            | NODE_UNARY_OP => last = node.nodes().last(),
            _ => return false,
        }
    }
    false
}

/// `0.` and `0.e1`.
fn is_zero_without_digits(text: &str) -> bool {
    text.strip_prefix("0.")
        .is_some_and(|rest| !rest.starts_with(|first: char| first.is_ascii_digit()))
}

/// Whether the C library reports a range error for a float literal, which Nix refuses.
fn is_out_of_range(value: f64, text: &str) -> bool {
    if value.is_infinite() || value.is_subnormal() {
        return true;
    }
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    value == 0.0 && mantissa.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}
