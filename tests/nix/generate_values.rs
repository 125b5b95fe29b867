//! Expressions that mostly have a value, made up by type, the same ones each time.

use crate::generate::Numbers;

/// What an expression is meant to give.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Integer,
    Float,
    Boolean,
    Text,
    /// A list of integers.
    Integers,
    /// A list of strings.
    Texts,
    /// A set whose attributes `a`, `b` and `c` are integers, and perhaps others.
    Set,
    /// A function from an integer to an integer.
    Function,
}

const TYPES: [Type; 8] = [
    Type::Integer,
    Type::Float,
    Type::Boolean,
    Type::Text,
    Type::Integers,
    Type::Texts,
    Type::Set,
    Type::Function,
];

struct Generator<'n> {
    numbers: &'n mut Numbers,
    /// Variables in scope with their types, innermost last.
    scope: Vec<(String, Type)>,
    names: usize,
}

/// An expression in which a few variables of each type are bound.
pub fn expression(numbers: &mut Numbers) -> String {
    let mut generator = Generator {
        numbers,
        scope: [
            ("i", Type::Integer),
            ("r", Type::Float),
            ("t", Type::Boolean),
            ("s", Type::Text),
            ("l", Type::Integers),
            ("w", Type::Texts),
            ("q", Type::Set),
            ("f", Type::Function),
        ]
        .map(|(name, kind)| (name.to_string(), kind))
        .to_vec(),
        names: 0,
    };
    let count = 1 + generator.numbers.below(3);
    let parts: Vec<String> = (0..count)
        .map(|_| {
            let kind = TYPES[generator.numbers.below(7)];
            format!("({})", generator.of(kind, 4))
        })
        .collect();
    format!(
        "let i = 3; r = 2.5; t = true; s = \"some text\"; l = [ 4 1 2 2 ]; w = [ \"b\" \"\" \"a-c\" ];\n\
         q = {{ a = 1; b = i + 1; c = -2; }}; f = x: x * 2; in\n[ {} ]",
        parts.join("\n  ")
    )
}

impl Generator<'_> {
    fn pick<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.numbers.below(choices.len())]
    }

    fn fresh(&mut self) -> String {
        self.names += 1;
        // Some shadow what is bound already.
        match self.numbers.below(6) {
            0 => self.pick(&["i", "x", "a", "b"]).to_string(),
            _ => format!("v{}", self.names),
        }
    }

    /// Makes an expression with further variables in scope.
    fn within(&mut self, bound: &[(String, Type)], kind: Type, depth: usize) -> String {
        let before = self.scope.clone();
        // A shadowed variable has another type now.
        self.scope
            .retain(|(name, _)| bound.iter().all(|(new, _)| new != name));
        self.scope.extend(bound.iter().cloned());
        let expression = self.of(kind, depth);
        self.scope = before;
        expression
    }

    fn variable(&mut self, kind: Type) -> Option<String> {
        let fitting: Vec<&String> = self
            .scope
            .iter()
            .filter(|(_, known)| *known == kind)
            .map(|(name, _)| name)
            .collect();
        if fitting.is_empty() {
            return None;
        }
        Some(fitting[self.numbers.below(fitting.len())].clone())
    }

    fn simple(&mut self, kind: Type) -> String {
        if self.numbers.below(2) == 0
            && let Some(variable) = self.variable(kind)
        {
            return variable;
        }
        match kind {
            Type::Integer => self
                .pick(&["0", "1", "2", "7", "-3", "100", "9223372036854775807"])
                .to_string(),
            Type::Float => self
                .pick(&["0.0", "1.0", "2.5", "-0.75", "1e3", "3.999999", "1e-7"])
                .to_string(),
            Type::Boolean => self.pick(&["true", "false"]).to_string(),
            Type::Text => self
                .pick(&[
                    "\"\"",
                    "\"x\"",
                    "\"1.2.3\"",
                    "\"a\\nb\"",
                    "''two'\n  lines''",
                    "\"é\"",
                    "\"\\${x}\"",
                    "\"name-1.0pre2\"",
                ])
                .to_string(),
            Type::Integers => self.pick(&["[ ]", "[ 1 ]", "[ 3 1 2 ]"]).to_string(),
            Type::Texts => self
                .pick(&["[ ]", "[ \"a\" ]", "[ \"b\" \"a\" \"b\" ]"])
                .to_string(),
            Type::Set => self
                .pick(&[
                    "{ a = 1; b = 2; c = 3; }",
                    "rec { a = b; b = c; c = 5; }",
                    "{ a = 0; b = 0; c = 0; d = \"more\"; }",
                ])
                .to_string(),
            Type::Function => self
                .pick(&["(x: x)", "(x: x - 1)", "(builtins.add 2)", "(_: 0)"])
                .to_string(),
        }
    }

    /// An expression in parentheses, or one that needs none.
    fn argument(&mut self, kind: Type, depth: usize) -> String {
        if depth == 0 {
            let simple = self.simple(kind);
            return if simple.starts_with('-') {
                format!("({simple})")
            } else {
                simple
            };
        }
        format!("({})", self.of(kind, depth))
    }

    fn of(&mut self, kind: Type, depth: usize) -> String {
        if depth == 0 {
            return self.simple(kind);
        }
        let next = depth - 1;
        // What has nothing to do with the type.
        match self.numbers.below(20) {
            0 => {
                let other = TYPES[self.numbers.below(8)];
                let name = self.fresh();
                let value = self.of(other, next);
                let body = self.within(&[(name.clone(), other)], kind, next);
                return format!("let {name} = {value}; in {body}");
            }
            1 => {
                let condition = self.of(Type::Boolean, next);
                let (then, otherwise) = (self.of(kind, next), self.of(kind, next));
                return format!("if {condition} then {then} else {otherwise}");
            }
            2 => {
                let set = self.argument(Type::Set, next);
                // Lexical variables win over those of `with`.
                let bound: Vec<(String, Type)> = ["a", "b", "c"]
                    .into_iter()
                    .filter(|name| self.scope.iter().all(|(known, _)| known != name))
                    .map(|name| (name.to_string(), Type::Integer))
                    .collect();
                let body = self.within(&bound, kind, next);
                return format!("with {set}; {body}");
            }
            3 => {
                let other = TYPES[self.numbers.below(8)];
                let name = self.fresh();
                let body = self.within(&[(name.clone(), other)], kind, next);
                let argument = self.argument(other, next);
                return format!("({name}: {body}) {argument}");
            }
            4 => {
                let argument = self.argument(Type::Set, next);
                let bound = ["a", "b", "d"].map(|name| (name.to_string(), Type::Integer));
                let body = self.within(&bound, kind, next);
                let default = self.within(&bound[..2], Type::Integer, next);
                return format!(
                    "({{ a, b, d ? {default}, ... }}@all: {body}) (removeAttrs {argument} [ \"d\" ])"
                );
            }
            5 => {
                let value = self.argument(kind, next);
                let failing = match self.numbers.below(4) {
                    0 => "(throw \"t\")".to_string(),
                    1 => format!("(assert false; {value})"),
                    _ => value.clone(),
                };
                return format!(
                    "(let tried = builtins.tryEval {failing}; in if tried.success then tried.value else {value})"
                );
            }
            6 => {
                let (value, name) = (self.argument(kind, next), self.attribute());
                return format!("{{ ${{\"{name}\"}} = {value}; }}.\"{name}\"");
            }
            7 => {
                let forced = TYPES[self.numbers.below(7)];
                let (first, value) = (self.argument(forced, next), self.argument(kind, next));
                let how = self.pick(&["builtins.seq", "builtins.deepSeq"]);
                return format!("{how} {first} {value}");
            }
            8 => {
                let value = self.argument(kind, next);
                return format!("builtins.head [ {value} (throw \"not needed\") ]");
            }
            9 if self.numbers.below(8) == 0 => {
                // Of another type: most of these fail.
                let other = TYPES[self.numbers.below(8)];
                return self.of(other, next);
            }
            _ => {}
        }
        match kind {
            Type::Integer => self.integer(next),
            Type::Float => self.float(next),
            Type::Boolean => self.boolean(next),
            Type::Text => self.text(next),
            Type::Integers => self.integers(next),
            Type::Texts => self.texts(next),
            Type::Set => self.set(next),
            Type::Function => self.function(next),
        }
    }

    fn attribute(&mut self) -> String {
        self.pick(&["a", "b", "c", "a b", "", "é", "x.y"])
            .to_string()
    }

    fn integer(&mut self, depth: usize) -> String {
        match self.numbers.below(18) {
            0..=3 => {
                let operator = self.pick(&["+", "-", "*"]);
                let left = self.argument(Type::Integer, depth);
                format!("{left} {operator} {}", self.argument(Type::Integer, depth))
            }
            4 => {
                let left = self.argument(Type::Integer, depth);
                format!("{left} / {}", self.pick(&["2", "3", "(-2)", "7"]))
            }
            5 => {
                let name = self.pick(&["length", "foldl' builtins.add 0"]);
                format!("builtins.{name} {}", self.argument(Type::Integers, depth))
            }
            6 => format!("builtins.stringLength {}", self.argument(Type::Text, depth)),
            7 => {
                let name = self.pick(&["a", "b", "c"]);
                format!("{}.{name}", self.argument(Type::Set, depth))
            }
            8 => {
                let set = self.argument(Type::Set, depth);
                let path = self.pick(&["d.e", "\"no\"", "zz", "a.b.c"]);
                format!("{set}.{path} or {}", self.argument(Type::Integer, depth))
            }
            9 | 10 => {
                let function = self.argument(Type::Function, depth);
                format!("{function} {}", self.argument(Type::Integer, depth))
            }
            11 => {
                let name = self.pick(&["bitAnd", "bitOr", "bitXor"]);
                let left = self.argument(Type::Integer, depth);
                format!(
                    "builtins.{name} {left} {}",
                    self.argument(Type::Integer, depth)
                )
            }
            12 => {
                let name = self.pick(&["floor", "ceil"]);
                format!("builtins.{name} {}", self.argument(Type::Float, depth))
            }
            13 => {
                let left = self.argument(Type::Text, depth);
                format!(
                    "builtins.compareVersions {left} {}",
                    self.argument(Type::Text, depth)
                )
            }
            14 => format!("-{}", self.argument(Type::Integer, depth)),
            15 => {
                let list = self.argument(Type::Integers, depth);
                format!(
                    "builtins.foldl' (x: y: x * 2 + y) {} {list}",
                    self.argument(Type::Integer, depth)
                )
            }
            16 => format!(
                "builtins.length (builtins.attrNames {})",
                self.argument(Type::Set, depth)
            ),
            _ => format!(
                "let go = n: if n <= 0 then {} else 1 + go (n - 1); in go {}",
                self.simple(Type::Integer),
                self.pick(&["0", "3", "20"])
            ),
        }
    }

    fn float(&mut self, depth: usize) -> String {
        match self.numbers.below(4) {
            0 => {
                let operator = self.pick(&["+", "-", "*"]);
                let left = self.argument(Type::Float, depth);
                format!("{left} {operator} {}", self.argument(Type::Integer, depth))
            }
            1 => {
                let operator = self.pick(&["+", "-", "*"]);
                let left = self.argument(Type::Float, depth);
                format!("{left} {operator} {}", self.argument(Type::Float, depth))
            }
            2 => format!(
                "{} / {}",
                self.argument(Type::Float, depth),
                self.pick(&["2", "3.0", "0.1"])
            ),
            _ => format!("-{}", self.argument(Type::Float, depth)),
        }
    }

    fn boolean(&mut self, depth: usize) -> String {
        match self.numbers.below(10) {
            0 | 1 => {
                let kind = TYPES[self.numbers.below(6)];
                let kind = match kind {
                    Type::Boolean => Type::Integer,
                    kind => kind,
                };
                let operator = self.pick(&["<", "<=", ">", ">="]);
                let left = self.argument(kind, depth);
                format!("{left} {operator} {}", self.argument(kind, depth))
            }
            2 | 3 => {
                let (left, right) = (TYPES[self.numbers.below(7)], TYPES[self.numbers.below(7)]);
                let right = match self.numbers.below(3) {
                    0 => right,
                    _ => left,
                };
                let operator = self.pick(&["==", "!="]);
                let left = self.argument(left, depth);
                format!("{left} {operator} {}", self.argument(right, depth))
            }
            4 => {
                let operator = self.pick(&["&&", "||", "->"]);
                let left = self.argument(Type::Boolean, depth);
                format!("{left} {operator} {}", self.argument(Type::Boolean, depth))
            }
            5 => format!("!{}", self.argument(Type::Boolean, depth)),
            6 => {
                let path = self.pick(&["a", "d", "a.b", "\"c\"", "${\"b\"}"]);
                format!("{} ? {path}", self.argument(Type::Set, depth))
            }
            7 => {
                let value = self.argument(Type::Integer, depth);
                format!(
                    "builtins.elem {value} {}",
                    self.argument(Type::Integers, depth)
                )
            }
            8 => {
                let name = self.pick(&["any", "all"]);
                let list = self.argument(Type::Integers, depth);
                let bound = [("x".to_string(), Type::Integer)];
                let body = self.within(&bound, Type::Boolean, depth);
                format!("builtins.{name} (x: {body}) {list}")
            }
            _ => {
                let kind = TYPES[self.numbers.below(8)];
                let name = self.pick(&[
                    "isInt", "isFloat", "isString", "isList", "isAttrs", "isBool", "isNull",
                ]);
                format!("builtins.{name} {}", self.argument(kind, depth))
            }
        }
    }

    fn text(&mut self, depth: usize) -> String {
        match self.numbers.below(13) {
            0 => {
                let left = self.argument(Type::Text, depth);
                format!("{left} + {}", self.argument(Type::Text, depth))
            }
            1 => format!(
                "\"<${{{}}}|${{toString {}}}>\"",
                self.of(Type::Text, depth),
                self.argument(Type::Integer, depth)
            ),
            2 => format!(
                "''\n    first ${{{}}}\n      second\n  ''",
                self.of(Type::Text, depth)
            ),
            3 => {
                let kind = TYPES[self.numbers.below(6)];
                format!("toString {}", self.argument(kind, depth))
            }
            4 => {
                let kind = TYPES[self.numbers.below(7)];
                format!("builtins.toJSON {}", self.argument(kind, depth))
            }
            5 => {
                let separator = self.argument(Type::Text, depth);
                format!(
                    "builtins.concatStringsSep {separator} {}",
                    self.argument(Type::Texts, depth)
                )
            }
            6 => {
                let (start, length) = (
                    self.pick(&["0", "1", "3", "50"]),
                    self.pick(&["0", "1", "4", "(-1)"]),
                );
                // A character of several bytes must not be cut.
                let text = self.argument(Type::Text, depth);
                format!(
                    "builtins.substring {start} {length} (builtins.replaceStrings [ \"é\" ] [ \"e\" ] {text})"
                )
            }
            7 => {
                let from = self.pick(&["[ \"a\" \"x\" ]", "[ \"\" \".\" ]", "[ \"te\" \"t\" ]"]);
                let to = self.pick(&["[ \"1\" \"\" ]", "[ \"_\" \"<>\" ]"]);
                // A character of several bytes must not be cut.
                format!(
                    "builtins.replaceStrings {from} {to} (builtins.replaceStrings [ \"é\" ] [ \"e\" ] {})",
                    self.argument(Type::Text, depth)
                )
            }
            8 => {
                let name = self.pick(&["md5", "sha1", "sha256", "sha512"]);
                format!(
                    "builtins.hashString \"{name}\" {}",
                    self.argument(Type::Text, depth)
                )
            }
            9 => {
                let kind = TYPES[self.numbers.below(8)];
                format!("builtins.typeOf {}", self.argument(kind, depth))
            }
            10 => {
                let name = self.pick(&["name", "version"]);
                format!(
                    "(builtins.parseDrvName {}).{name}",
                    self.argument(Type::Text, depth)
                )
            }
            11 => {
                let name = self.pick(&["baseNameOf", "dirOf"]);
                format!("{name} {}", self.argument(Type::Text, depth))
            }
            _ => {
                let kind = TYPES[self.numbers.below(7)];
                format!("builtins.toXML {}", self.argument(kind, depth))
            }
        }
    }

    fn integers(&mut self, depth: usize) -> String {
        match self.numbers.below(12) {
            0 => {
                let left = self.argument(Type::Integers, depth);
                format!("{left} ++ {}", self.argument(Type::Integers, depth))
            }
            1 => {
                let first = self.argument(Type::Integer, depth);
                format!("[ {first} {} ]", self.argument(Type::Integer, depth))
            }
            2 => {
                let function = self.argument(Type::Function, depth);
                format!("map {function} {}", self.argument(Type::Integers, depth))
            }
            3 => {
                let bound = [("x".to_string(), Type::Integer)];
                let test = self.within(&bound, Type::Boolean, depth);
                format!(
                    "builtins.filter (x: {test}) {}",
                    self.argument(Type::Integers, depth)
                )
            }
            4 => format!(
                "builtins.sort {} {}",
                self.pick(&["builtins.lessThan", "(x: y: x > y)", "(x: y: false)"]),
                self.argument(Type::Integers, depth)
            ),
            5 => format!("builtins.attrValues {}", self.numeric_set(depth)),
            6 => {
                let count = self.pick(&["0", "1", "5"]);
                format!(
                    "builtins.genList {} {count}",
                    self.argument(Type::Function, depth)
                )
            }
            7 => {
                let bound = [("x".to_string(), Type::Integer)];
                let body = self.within(&bound, Type::Integers, depth);
                format!(
                    "builtins.concatMap (x: {body}) {}",
                    self.argument(Type::Integers, depth)
                )
            }
            8 => {
                let first = self.argument(Type::Integers, depth);
                format!(
                    "builtins.concatLists [ {first} {} ]",
                    self.argument(Type::Integers, depth)
                )
            }
            9 => {
                let bound = [("x".to_string(), Type::Integer)];
                let test = self.within(&bound, Type::Boolean, depth);
                let name = self.pick(&["right", "wrong"]);
                format!(
                    "(builtins.partition (x: {test}) {}).{name}",
                    self.argument(Type::Integers, depth)
                )
            }
            10 => {
                let first = self.argument(Type::Set, depth);
                format!(
                    "builtins.catAttrs \"{}\" [ {first} {} {{ }} ]",
                    self.pick(&["a", "b"]),
                    self.argument(Type::Set, depth)
                )
            }
            _ => format!(
                "builtins.tail ([ 0 ] ++ {})",
                self.argument(Type::Integers, depth)
            ),
        }
    }

    /// A set of which every attribute is an integer.
    fn numeric_set(&mut self, depth: usize) -> String {
        format!(
            "(builtins.intersectAttrs {{ a = 0; b = 0; c = 0; }} {})",
            self.argument(Type::Set, depth)
        )
    }

    fn texts(&mut self, depth: usize) -> String {
        match self.numbers.below(8) {
            0 => {
                let left = self.argument(Type::Texts, depth);
                format!("{left} ++ {}", self.argument(Type::Texts, depth))
            }
            1 => {
                let first = self.argument(Type::Text, depth);
                format!("[ {first} {} ]", self.argument(Type::Text, depth))
            }
            2 => format!("builtins.attrNames {}", self.argument(Type::Set, depth)),
            3 => format!("builtins.splitVersion {}", self.argument(Type::Text, depth)),
            4 => {
                let pattern = self.pick(&[
                    "\"[ .-]\"",
                    "\"(a|b)\"",
                    "\"e|ex|ext\"",
                    "\"(x*)t\"",
                    "\"[[:space:]]+\"",
                ]);
                format!(
                    "builtins.filter builtins.isString (builtins.split {pattern} {})",
                    self.argument(Type::Text, depth)
                )
            }
            5 => format!("map toString {}", self.argument(Type::Integers, depth)),
            6 => format!(
                "builtins.sort builtins.lessThan {}",
                self.argument(Type::Texts, depth)
            ),
            _ => {
                let bound = [("x".to_string(), Type::Text)];
                let body = self.within(&bound, Type::Text, depth);
                format!("map (x: {body}) {}", self.argument(Type::Texts, depth))
            }
        }
    }

    fn set(&mut self, depth: usize) -> String {
        match self.numbers.below(10) {
            0 | 1 => {
                let left = self.argument(Type::Set, depth);
                format!("{left} // {}", self.argument(Type::Set, depth))
            }
            2 | 3 => {
                let bound = ["a", "b", "c"].map(|name| (name.to_string(), Type::Integer));
                // Each may use those before it, whatever their order in the text.
                let first = self.of(Type::Integer, depth);
                let second = self.within(&bound[..1], Type::Integer, depth);
                let third = self.within(&bound[..2], Type::Integer, depth);
                match self.numbers.below(2) {
                    // The first may not mean a variable that the set binds itself.
                    0 => format!(
                        "let first = {first}; in rec {{ c = {third}; b = {second}; a = first; }}"
                    ),
                    _ => format!(
                        "(a: let b = {second}; in {{ inherit a b; c = {third}; }}) ({first})"
                    ),
                }
            }
            4 => {
                let value = self.argument(Type::Integer, depth);
                let name = self.attribute();
                format!(
                    "{} // {{ \"{name}\" = {value}; x.y.z = 1; x.y.w = {}; }}",
                    self.argument(Type::Set, depth),
                    self.argument(Type::Text, depth)
                )
            }
            5 => {
                let body = self.argument(Type::Function, depth);
                format!(
                    "builtins.mapAttrs (name: value: {body} value) {}",
                    self.numeric_set(depth)
                )
            }
            6 => {
                let value = self.argument(Type::Integer, depth);
                format!(
                    "builtins.listToAttrs (map (name: {{ inherit name; value = {value}; }}) [ \"a\" \"b\" \"c\" \"a\" ])"
                )
            }
            7 => {
                let source = self.argument(Type::Set, depth);
                format!("{{ inherit ({source}) a b c; }}")
            }
            8 => {
                let source = self.argument(Type::Set, depth);
                format!(
                    "builtins.fromJSON (builtins.toJSON (builtins.intersectAttrs {{ a = 0; b = 0; c = 0; }} {source}))"
                )
            }
            _ => {
                let first = self.numeric_set(depth);
                format!(
                    "builtins.zipAttrsWith (name: values: builtins.foldl' builtins.add 0 values) [ {first} {} ]",
                    self.numeric_set(depth)
                )
            }
        }
    }

    fn function(&mut self, depth: usize) -> String {
        let name = self.fresh();
        let bound = [(name.clone(), Type::Integer)];
        match self.numbers.below(4) {
            0 => format!(
                "builtins.{} {}",
                self.pick(&["add", "sub", "mul"]),
                self.argument(Type::Integer, depth)
            ),
            1 => {
                let body = self.within(&bound, Type::Integer, depth);
                format!("{{ __functor = self: {name}: {body}; }}")
            }
            _ => {
                let body = self.within(&bound, Type::Integer, depth);
                format!("{name}: {body}")
            }
        }
    }
}
