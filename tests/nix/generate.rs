//! Expressions made up from a grammar wider than Nix's, the same ones each time.

/// A small generator of numbers (xorshift).
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Self {
        Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % limit
    }

    fn pick<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }
}

/// An expression that Nix mostly accepts. `a`, `b` and `c` are bound around it.
pub fn expression(numbers: &mut Numbers) -> String {
    format!("a: b: c: {}", any(numbers, 4))
}

fn any(numbers: &mut Numbers, depth: usize) -> String {
    if depth == 0 {
        return atom(numbers);
    }
    let next = depth - 1;
    match numbers.below(22) {
        0 => format!("x: {}", any(numbers, next)),
        1 => format!(
            "{{ a{}, b ? {}, ... }}@d: {}",
            numbers.pick(&["", " ? c"]),
            any(numbers, next),
            any(numbers, next)
        ),
        2 => format!("let {} in {}", bindings(numbers, next), any(numbers, next)),
        3 => format!("with {}; {}", any(numbers, next), any(numbers, next)),
        4 => format!(
            "if {} then {} else {}",
            any(numbers, next),
            any(numbers, next),
            any(numbers, next)
        ),
        5 => format!("assert {}; {}", any(numbers, next), any(numbers, next)),
        6..=11 => {
            let operator = numbers.pick(&[
                "+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "->", "//", "++",
            ]);
            format!(
                "{} {operator} {}",
                operand(numbers, next),
                operand(numbers, next)
            )
        }
        12 => format!("!{}", operand(numbers, next)),
        13 => format!("-{}", operand(numbers, next)),
        14 => format!("{} ? {}", operand(numbers, next), path(numbers, next)),
        15 | 16 => format!("{} {}", simple(numbers, next), simple(numbers, next)),
        17 => format!(
            "{}.{} or {}",
            simple(numbers, next),
            path(numbers, next),
            simple(numbers, next)
        ),
        _ => simple(numbers, next),
    }
}

fn operand(numbers: &mut Numbers, depth: usize) -> String {
    if numbers.below(3) == 0 {
        format!("({})", any(numbers, depth))
    } else {
        // Functions, `let` and their like are not operands for Nix; some get here, and both have to refuse them.
        let expression = any(numbers, depth);
        let bare = ["x:", "let", "with", "if", "assert", "{ a"]
            .iter()
            .any(|start| expression.starts_with(start));
        if bare && numbers.below(8) > 0 {
            format!("({expression})")
        } else {
            expression
        }
    }
}

fn simple(numbers: &mut Numbers, depth: usize) -> String {
    if depth == 0 {
        return atom(numbers);
    }
    let next = depth - 1;
    match numbers.below(8) {
        0 => format!("({})", any(numbers, next)),
        1 => format!("[ {} {} ]", simple(numbers, next), simple(numbers, next)),
        2 => format!("{{ {} }}", bindings(numbers, next)),
        3 => format!("rec {{ {} }}", bindings(numbers, next)),
        4 => format!("\"{}\"", text(numbers, next, false)),
        5 => format!("''{}''", text(numbers, next, true)),
        6 => format!("{}.{}", simple(numbers, next), path(numbers, next)),
        _ => atom(numbers),
    }
}

fn atom(numbers: &mut Numbers) -> String {
    numbers
        .pick(&[
            "a",
            "b",
            "c",
            "true",
            "map",
            "1",
            "2.5",
            "./p",
            "<q>",
            "\"s\"",
            "''t''",
            "{ }",
            "[ ]",
            "http://u",
            "./p/${a}/q",
            "or",
            "__sub",
        ])
        .to_string()
}

fn name(numbers: &mut Numbers, depth: usize) -> String {
    match numbers.below(12) {
        0 => "\"a b\"".to_string(),
        1 => "\"c\"".to_string(),
        2 => "${\"b\"}".to_string(),
        3 => format!("${{{}}}", any(numbers, depth.min(1))),
        4 => "\"d${a}\"".to_string(),
        5 => "or".to_string(),
        _ => numbers.pick(&["a", "b", "c", "d", "e"]).to_string(),
    }
}

fn path(numbers: &mut Numbers, depth: usize) -> String {
    let count = 1 + numbers.below(3);
    let names: Vec<String> = (0..count).map(|_| name(numbers, depth)).collect();
    names.join(".")
}

fn bindings(numbers: &mut Numbers, depth: usize) -> String {
    let mut out = String::new();
    for _ in 0..numbers.below(4) {
        match numbers.below(8) {
            0 => out.push_str(&format!(
                "inherit {}; ",
                numbers.pick(&["a", "b", "c", "a b"])
            )),
            1 => out.push_str(&format!(
                "inherit ({}) {}; ",
                any(numbers, depth.saturating_sub(1)),
                numbers.pick(&["a", "b", "d e", "\"f\""])
            )),
            2 | 3 => out.push_str(&format!(
                "{} = {{ {} }}; ",
                path(numbers, depth),
                bindings(numbers, depth.saturating_sub(1))
            )),
            _ => out.push_str(&format!(
                "{} = {}; ",
                path(numbers, depth),
                any(numbers, depth.saturating_sub(1))
            )),
        }
    }
    out
}

fn text(numbers: &mut Numbers, depth: usize, indented: bool) -> String {
    let mut out = String::new();
    for _ in 0..numbers.below(7) {
        if numbers.below(5) == 0 {
            out.push_str(&format!("${{{}}}", any(numbers, depth.min(1))));
            continue;
        }
        out.push_str(if indented {
            numbers.pick(&[
                "x", " ", "  ", "\n", "\n  ", "\n    ", "\t", "$", "$$", "'", "''$", "'''",
                "''\\n", "''\\ ", "''\\t", "\"", "\\", "\r\n", "{", "é",
            ])
        } else {
            numbers.pick(&[
                "x", " ", "\n", "\\n", "\\t", "\\\\", "\\\"", "$", "$$", "\\${", "'", "''", "\r\n",
                "\r", "{", "é", "\\é",
            ])
        });
    }
    out
}

/// An expression with one token dropped, doubled or exchanged: mostly nothing that Nix accepts.
pub fn mangled(numbers: &mut Numbers) -> String {
    let expression = expression(numbers);
    let mut words: Vec<&str> = expression.split_inclusive(' ').collect();
    let at = numbers.below(words.len());
    match numbers.below(3) {
        0 => {
            words.remove(at);
        }
        1 => words.insert(at, words[at]),
        _ => {
            words[at] = numbers.pick(&[
                "= ", "; ", ": ", ", ", "( ", ") ", "{ ", "} ", "[ ", "] ", "in ", "let ", "then ",
                "rec ", "or ", "? ", "! ", "- ", "... ", "@ ", "\" ", "'' ", "${ ", "a.b ",
                "inherit ",
            ]);
        }
    }
    words.concat()
}
