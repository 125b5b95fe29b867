//! From rnix's tree to [`SourceTree`]: one walk from the root down, names resolved on the way.

use super::ast::*;
use super::bindings::{Component, DynamicPlan, Planner, SetPlan, ValuePlan};
use super::green::{Element, Names, Node};
use super::scope::Scope;
use super::strings::{self, Piece};
use crate::nix::symbol::Symbol;
use crate::workspace::source::{FileId, Span};
use rnix::SyntaxKind::{self, *};
use std::rc::Rc;

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

    fn lambda(&mut self, node: Node, name: Option<Symbol>) -> ExprId {
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
    fn pattern(&mut self, node: Node) -> Parameter {
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

    fn duplicate_formals(
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

    fn let_in(&mut self, node: Node) -> ExprId {
        let plan = self.plan(node);
        for binding in &plan.dynamic {
            self.problem(
                StaticProblemKind::Syntax,
                "`let` takes no computed names",
                binding.name.span(),
                Some("bind an attribute set to a name, and select from it"),
            );
        }
        let body = node
            .nodes()
            .filter(|child| !matches!(child.kind(), NODE_ATTRPATH_VALUE | NODE_INHERIT))
            .last();
        let bindings = self.bindings(plan);
        let body = self.optional(body, node);
        self.scope.pop();
        self.push(
            Expr::Let {
                bindings: Box::new(bindings),
                body,
            },
            node.span(),
        )
    }

    fn plan<'t>(&mut self, node: Node<'t>) -> SetPlan<'t> {
        Planner {
            file: self.file,
            problems: &mut self.problems,
            names: &mut self.names,
        }
        .plan(node)
    }

    fn set(&mut self, plan: SetPlan) -> ExprId {
        let (span, recursive) = (plan.span, plan.recursive);
        let bindings = self.bindings(plan);
        if recursive {
            self.scope.pop();
        }
        self.push(Expr::Attributes(Box::new(bindings)), span)
    }

    /// Lowers bindings. The frame of recursive ones is left open.
    fn bindings(&mut self, plan: SetPlan) -> Bindings {
        // Plain `inherit` means what is outside of the frame.
        let inherited: Vec<ExprId> = plan
            .entries
            .iter()
            .filter(|entry| matches!(entry.value, ValuePlan::Inherit))
            .map(|entry| self.variable(entry.name, entry.name_span, None))
            .collect();
        let mut inherited = inherited.into_iter();
        if plan.recursive {
            self.scope
                .push_names(plan.entries.iter().map(|entry| entry.name));
        }
        let inherit_sources = plan
            .inherit_sources
            .into_iter()
            .map(|source| self.expression(source))
            .collect();
        let entries = plan
            .entries
            .into_iter()
            .map(|entry| Binding {
                name: entry.name,
                name_span: entry.name_span,
                value: match entry.value {
                    ValuePlan::InheritFrom(index) => BindingValue::InheritFrom(index),
                    ValuePlan::Inherit => {
                        let variable = inherited.next();
                        BindingValue::Inherit(
                            variable.unwrap_or_else(|| self.push(Expr::Missing, entry.name_span)),
                        )
                    }
                    value => BindingValue::Expression(self.planned_value(value, Some(entry.name))),
                },
            })
            .collect();
        let dynamic = plan
            .dynamic
            .into_iter()
            .map(|binding| self.dynamic_binding(binding))
            .collect();
        Bindings {
            recursive: plan.recursive,
            entries,
            dynamic,
            inherit_sources,
        }
    }

    fn planned_value(&mut self, value: ValuePlan, name: Option<Symbol>) -> ExprId {
        match value {
            ValuePlan::Expression(node) => self.named_expression(node, name),
            ValuePlan::Set(plan) => self.set(*plan),
            // Inherited names have been lowered by the caller.
            ValuePlan::Inherit | ValuePlan::InheritFrom(_) => self.push(Expr::Missing, (0, 0)),
        }
    }

    fn dynamic_binding(&mut self, binding: DynamicPlan) -> DynamicBinding {
        DynamicBinding {
            name_span: binding.name.span(),
            name: self.dynamic_name(binding.name),
            value: self.planned_value(binding.value, None),
        }
    }

    /// `${expression}` or a string with interpolations, as a name.
    fn dynamic_name(&mut self, node: Node) -> ExprId {
        if node.kind() == NODE_DYNAMIC {
            self.optional(node.first_node(), node)
        } else {
            self.expression(node)
        }
    }

    fn attribute_path(&mut self, node: Node) -> Box<[AttributeName]> {
        let components = Planner {
            file: self.file,
            problems: &mut self.problems,
            names: &mut self.names,
        }
        .path(node);
        components
            .into_iter()
            .map(|component| match component {
                Component::Static(name, span) => AttributeName::Static(name, span),
                Component::Dynamic(name) => {
                    AttributeName::Dynamic(self.dynamic_name(name), name.span())
                }
            })
            .collect()
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

    fn unary(&mut self, node: Node) -> ExprId {
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
    fn left_chain(&mut self, node: Node) -> ExprId {
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

    fn link(
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
    fn call_rebound(
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

    fn pipe(&mut self, node: Node) {
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
                Some("without it Nix refuses the file; write a function call instead"),
            );
        }
    }

    /// Nix gives `<|` and `|>` no order between them.
    fn refuse_mixed_pipes(&mut self, node: Node, operator: Option<SyntaxKind>) {
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
