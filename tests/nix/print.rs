//! Prints a lowered tree as `nix-instantiate --parse` prints its own.

use openclaw_check::nix::symbol::Symbol;
use openclaw_check::nix::syntax::ast::*;
use std::fmt::Write;

/// The tree of a file in `directory`, normalised as [`normalise`] does.
pub fn print(tree: &SourceTree, directory: &str) -> String {
    let mut printer = Printer {
        tree,
        directory,
        out: String::new(),
    };
    printer.expression(tree.root);
    normalise(&printer.out)
}

/// Joins string literals that are added to each other: the pieces of an indented string come apart differently.
/// And takes back the backslash before `$`, which Nix prints where `{` follows, and sometimes where nothing does.
pub fn normalise(printed: &str) -> String {
    let bytes = printed.as_bytes();
    let mut out: Vec<u8> = Vec::new();
    // For each open brace whether it belongs to a computed name, printed as `"${...}"`.
    let mut braces: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"\"${") {
            braces.push(true);
            out.extend(b"\"${");
            at += 3;
        } else if rest[0] == b'{' {
            braces.push(false);
            out.push(b'{');
            at += 1;
        } else if rest[0] == b'}' {
            out.push(b'}');
            at += 1;
            if braces.pop() == Some(true) {
                out.push(b'"');
                at += 1;
            }
        } else if rest[0] == b'"' {
            at = literal(bytes, at, &mut out);
        } else {
            out.push(rest[0]);
            at += 1;
        }
    }
    String::from_utf8(out).expect("only ASCII was touched")
}

/// Copies the string literal at `at` and what is added to it, without parentheses around it. Gives the place after it.
fn literal(bytes: &[u8], mut at: usize, out: &mut Vec<u8>) -> usize {
    let mut start = out.len();
    out.push(b'"');
    at += 1;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"\\$") {
            out.push(b'$');
            at += 2;
        } else if rest[0] == b'\\' {
            out.extend(&rest[..2]);
            at += 2;
        } else if rest.starts_with(b"\" + \"") && !rest.starts_with(b"\" + \"${") {
            at += 5;
        } else if rest[0] == b'"' {
            out.push(b'"');
            at += 1;
            break;
        } else {
            out.push(rest[0]);
            at += 1;
        }
    }
    while start > 0 && out[start - 1] == b'(' && bytes.get(at) == Some(&b')') {
        out.remove(start - 1);
        start -= 1;
        at += 1;
    }
    at
}

struct Printer<'t> {
    tree: &'t SourceTree,
    directory: &'t str,
    out: String,
}

impl Printer<'_> {
    fn expression(&mut self, id: ExprId) {
        let tree = self.tree;
        match tree.expression(id) {
            Expr::Integer(value) => write!(self.out, "{value}").unwrap(),
            Expr::Float(value) => self.out.push_str(&shortest(*value)),
            Expr::String(parts) => self.string(parts),
            Expr::Path(parts) => self.path(parts),
            Expr::SearchPath(text) => {
                self.out.push_str("(__findFile __nixPath ");
                self.literal(text);
                self.out.push(')');
            }
            Expr::Variable(name, _) => self.name(*name),
            Expr::Select {
                subject,
                path,
                default,
            } => {
                self.out.push('(');
                self.expression(*subject);
                self.out.push_str(").");
                self.attribute_path(path);
                if let Some(default) = default {
                    self.out.push_str(" or (");
                    self.expression(*default);
                    self.out.push(')');
                }
            }
            Expr::HasAttribute { subject, path } => {
                self.out.push_str("((");
                self.expression(*subject);
                self.out.push_str(") ? ");
                self.attribute_path(path);
                self.out.push(')');
            }
            Expr::Attributes(bindings) => {
                if bindings.recursive {
                    self.out.push_str("rec ");
                }
                self.out.push_str("{ ");
                self.bindings(bindings);
                self.out.push('}');
            }
            Expr::List(elements) => {
                self.out.push_str("[ ");
                for element in elements {
                    self.out.push('(');
                    self.expression(*element);
                    self.out.push_str(") ");
                }
                self.out.push(']');
            }
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::Apply { .. } => {
                self.out.push('(');
                self.call(id);
                self.out.push(')');
            }
            Expr::Let { bindings, body } => {
                self.out.push_str("(let ");
                self.bindings(bindings);
                self.out.push_str("in ");
                self.expression(*body);
                self.out.push(')');
            }
            Expr::With { scope, body } => {
                self.out.push_str("(with ");
                self.expression(*scope);
                self.out.push_str("; ");
                self.expression(*body);
                self.out.push(')');
            }
            Expr::Assert { condition, body } => {
                self.out.push_str("assert ");
                self.expression(*condition);
                self.out.push_str("; ");
                self.expression(*body);
            }
            Expr::If {
                condition,
                consequent,
                alternative,
            } => {
                self.out.push_str("(if ");
                self.expression(*condition);
                self.out.push_str(" then ");
                self.expression(*consequent);
                self.out.push_str(" else ");
                self.expression(*alternative);
                self.out.push(')');
            }
            Expr::Binary {
                operator,
                left,
                right,
            } => self.binary(id, *operator, *left, *right),
            Expr::Not(operand) => {
                self.out.push_str("(! ");
                self.expression(*operand);
                self.out.push(')');
            }
            Expr::Negate(_) => {
                self.out.push('(');
                self.call(id);
                self.out.push(')');
            }
            Expr::Missing => self.out.push_str("<missing>"),
        }
    }

    /// Nix keeps a call and its arguments flat, also through parentheses and for operators that are calls.
    fn call(&mut self, id: ExprId) {
        let tree = self.tree;
        match tree.expression(id) {
            Expr::Apply { function, argument } => {
                self.call(*function);
                self.out.push(' ');
                self.expression(*argument);
            }
            Expr::Negate(operand) => {
                self.out.push_str("__sub 0 ");
                self.expression(*operand);
            }
            Expr::Binary {
                operator,
                left,
                right,
            } => {
                let (name, left, right) = match operator {
                    BinaryOperator::Subtract => ("__sub", left, right),
                    BinaryOperator::Multiply => ("__mul", left, right),
                    BinaryOperator::Divide => ("__div", left, right),
                    BinaryOperator::Less => ("__lessThan", left, right),
                    BinaryOperator::Greater => ("__lessThan", right, left),
                    _ => return self.expression(id),
                };
                write!(self.out, "{name} ").unwrap();
                self.expression(*left);
                self.out.push(' ');
                self.expression(*right);
            }
            Expr::SearchPath(text) => {
                self.out.push_str("__findFile __nixPath ");
                self.literal(text);
            }
            _ => self.expression(id),
        }
    }

    fn binary(&mut self, id: ExprId, operator: BinaryOperator, left: ExprId, right: ExprId) {
        let (sign, left, right) = match operator {
            BinaryOperator::Add => ("+", left, right),
            BinaryOperator::Equal => ("==", left, right),
            BinaryOperator::NotEqual => ("!=", left, right),
            BinaryOperator::And => ("&&", left, right),
            BinaryOperator::Or => ("||", left, right),
            BinaryOperator::Implication => ("->", left, right),
            BinaryOperator::Update => ("//", left, right),
            BinaryOperator::Concat => ("++", left, right),
            BinaryOperator::LessOrEqual | BinaryOperator::GreaterOrEqual => {
                let (left, right) = match operator {
                    BinaryOperator::LessOrEqual => (right, left),
                    _ => (left, right),
                };
                self.out.push_str("(! (__lessThan ");
                self.expression(left);
                self.out.push(' ');
                self.expression(right);
                self.out.push_str("))");
                return;
            }
            _ => {
                self.out.push('(');
                self.call(id);
                self.out.push(')');
                return;
            }
        };
        self.out.push('(');
        self.expression(left);
        write!(self.out, " {sign} ").unwrap();
        self.expression(right);
        self.out.push(')');
    }

    fn string(&mut self, parts: &[StringPart]) {
        if parts.is_empty() {
            self.out.push_str("\"\"");
            return;
        }
        let only_text = parts
            .iter()
            .all(|part| matches!(part, StringPart::Text { .. }));
        if only_text {
            let text: String = parts
                .iter()
                .map(|part| match part {
                    StringPart::Text { text, .. } => text.as_ref(),
                    StringPart::Interpolation(_) => "",
                })
                .collect();
            self.literal(&text);
            return;
        }
        self.out.push('(');
        self.parts(parts);
        self.out.push(')');
    }

    fn parts(&mut self, parts: &[StringPart]) {
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.out.push_str(" + ");
            }
            match part {
                StringPart::Text { text, .. } => self.literal(text),
                StringPart::Interpolation(id) => self.expression(*id),
            }
        }
    }

    fn path(&mut self, parts: &[StringPart]) {
        let Some(StringPart::Text { text, .. }) = parts.first() else {
            panic!("a path begins with text");
        };
        let absolute = if let Some(rest) = text.strip_prefix('~') {
            format!("/home/test{rest}")
        } else if text.starts_with('/') {
            canonical(text)
        } else {
            canonical(&format!("{}/{text}", self.directory))
        };
        if parts.len() == 1 {
            self.out.push_str(&absolute);
            return;
        }
        self.out.push('(');
        self.out.push_str(&absolute);
        if text.ends_with('/') && !absolute.ends_with('/') {
            self.out.push('/');
        }
        self.out.push_str(" + ");
        self.parts(&parts[1..]);
        self.out.push(')');
    }

    fn attribute_path(&mut self, path: &[AttributeName]) {
        for (index, name) in path.iter().enumerate() {
            if index > 0 {
                self.out.push('.');
            }
            match name {
                AttributeName::Static(name, _) => self.name(*name),
                AttributeName::Dynamic(id, _) => {
                    self.out.push_str("\"${");
                    self.expression(*id);
                    self.out.push_str("}\"");
                }
            }
        }
    }

    fn bindings(&mut self, bindings: &Bindings) {
        let mut entries: Vec<&Binding> = bindings.entries.iter().collect();
        entries.sort_by_key(|binding| binding.name.as_str());
        let plain: Vec<&&Binding> = entries
            .iter()
            .filter(|binding| matches!(binding.value, BindingValue::Inherit(_)))
            .collect();
        if !plain.is_empty() {
            self.out.push_str("inherit");
            for binding in plain {
                self.out.push(' ');
                self.name(binding.name);
            }
            self.out.push_str("; ");
        }
        for (index, source) in bindings.inherit_sources.iter().enumerate() {
            let from: Vec<&&Binding> = entries
                .iter()
                .filter(|binding| {
                    matches!(binding.value, BindingValue::InheritFrom(from) if from as usize == index)
                })
                .collect();
            if from.is_empty() {
                continue;
            }
            self.out.push_str("inherit (");
            self.expression(*source);
            self.out.push(')');
            for binding in from {
                self.out.push(' ');
                self.name(binding.name);
            }
            self.out.push_str("; ");
        }
        for binding in entries {
            if let BindingValue::Expression(id) = binding.value {
                self.name(binding.name);
                self.out.push_str(" = ");
                self.expression(id);
                self.out.push_str("; ");
            }
        }
        for binding in &bindings.dynamic {
            self.out.push_str("\"${");
            self.expression(binding.name);
            self.out.push_str("}\" = ");
            self.expression(binding.value);
            self.out.push_str("; ");
        }
    }

    fn lambda(&mut self, lambda: &Lambda) {
        self.out.push('(');
        match &lambda.parameter {
            Parameter::Name(name) => self.name(*name),
            Parameter::Formals {
                formals,
                ellipsis,
                whole,
            } => {
                self.out.push_str("{ ");
                let mut sorted: Vec<&Formal> = formals.iter().collect();
                sorted.sort_by_key(|formal| formal.name.as_str());
                for (index, formal) in sorted.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(", ");
                    }
                    self.name(formal.name);
                    if let Some(default) = formal.default {
                        self.out.push_str(" ? ");
                        self.expression(default);
                    }
                }
                if *ellipsis {
                    self.out
                        .push_str(if sorted.is_empty() { "..." } else { ", ..." });
                }
                self.out.push_str(" }");
                if let Some(whole) = whole {
                    self.out.push_str(" @ ");
                    self.name(*whole);
                }
            }
        }
        self.out.push_str(": ");
        self.expression(lambda.body);
        self.out.push(')');
    }

    fn name(&mut self, name: Symbol) {
        let text = name.as_str();
        let keyword = [
            "if", "then", "else", "assert", "with", "let", "in", "rec", "inherit",
        ]
        .contains(&text);
        let plain = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && text.chars().all(|character| {
                character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '\'')
            });
        if plain && !keyword {
            self.out.push_str(text);
        } else {
            self.literal(text);
        }
    }

    fn literal(&mut self, text: &str) {
        self.out.push('"');
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '"' | '\\' => {
                    self.out.push('\\');
                    self.out.push(character);
                }
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '$' if characters.peek() == Some(&'{') => self.out.push_str("\\$"),
                other => self.out.push(other),
            }
        }
        self.out.push('"');
    }
}

/// An absolute path without `.`, `..` and empty components.
fn canonical(path: &str) -> String {
    let mut components: Vec<&str> = Vec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => {
                components.pop();
            }
            other => components.push(other),
        }
    }
    format!("/{}", components.join("/"))
}

/// A float as C++ streams print it: six digits that count.
pub fn shortest(value: f64) -> String {
    if value == 0.0 {
        return if value.is_sign_negative() { "-0" } else { "0" }.to_string();
    }
    if !value.is_finite() {
        let sign = if value.is_sign_negative() { "-" } else { "" };
        return format!("{sign}{}", if value.is_nan() { "nan" } else { "inf" });
    }
    let scientific = format!("{value:.5e}");
    let (mantissa, exponent) = scientific.split_once('e').expect("an exponent");
    let exponent: i32 = exponent.parse().expect("a number");
    let trim = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_string()
        } else {
            text.to_string()
        }
    };
    if (-4..6).contains(&exponent) {
        trim(&format!("{value:.*}", (5 - exponent).max(0) as usize))
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", trim(mantissa), exponent.abs())
    }
}
