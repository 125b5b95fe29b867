//! What lowering gives, on expressions small enough to see it.

use super::ast::*;
use super::parse;
use crate::nix::symbol::Symbol;
use crate::workspace::source::FileId;

fn tree(text: &str) -> SourceTree {
    parse(FileId(0), text, None)
}

/// A tree without any problem.
fn clean(text: &str) -> SourceTree {
    let tree = tree(text);
    assert_eq!(tree.problems, [], "{text}");
    tree
}

/// Kind and covered text of each problem.
fn problems(text: &str) -> Vec<(StaticProblemKind, &str)> {
    tree(text)
        .problems
        .iter()
        .map(|problem| {
            let (start, end) = (problem.span.start as usize, problem.span.end as usize);
            (problem.kind, &text[start..end])
        })
        .collect()
}

/// The parts of a string at the root: each text with the part of the source that its span covers.
fn string_parts(text: &str) -> Vec<(String, String)> {
    let tree = clean(text);
    let Expr::String(parts) = tree.expression(tree.root) else {
        panic!("{text} is no string");
    };
    parts
        .iter()
        .map(|part| match part {
            StringPart::Text { text: value, span } => (
                value.to_string(),
                text[span.0 as usize..span.1 as usize].to_string(),
            ),
            StringPart::Interpolation(id) => {
                let span = tree.span(*id);
                (
                    "${}".to_string(),
                    text[span.start as usize..span.end as usize].to_string(),
                )
            }
        })
        .collect()
}

fn string(text: &str) -> String {
    string_parts(text)
        .into_iter()
        .map(|(value, _)| value)
        .collect()
}

fn binding<'t>(tree: &'t SourceTree, id: ExprId, name: &str) -> &'t Binding {
    let Expr::Attributes(bindings) = tree.expression(id) else {
        panic!("no attribute set");
    };
    bindings
        .entries
        .iter()
        .find(|binding| binding.name == Symbol::new(name))
        .unwrap_or_else(|| panic!("no {name}"))
}

fn value(tree: &SourceTree, id: ExprId, name: &str) -> ExprId {
    match binding(tree, id, name).value {
        BindingValue::Expression(id) | BindingValue::Inherit(id) => id,
        BindingValue::InheritFrom(_) => panic!("{name} is inherited from a set"),
    }
}

#[test]
fn an_escape_is_a_part_of_its_own() {
    assert_eq!(
        string_parts(r#""a\nb\${c}$$${"d"}""#),
        [
            ("a".into(), "a".into()),
            ("\n".into(), r"\n".into()),
            ("b".into(), "b".into()),
            ("$".into(), r"\$".into()),
            ("{c}$$".into(), "{c}$$".into()),
            ("${}".into(), r#""d""#.into()),
        ]
    );
}

#[test]
fn line_ends_in_quoted_strings_are_normalised() {
    assert_eq!(string("\"a\r\nb\rc\n\""), "a\nb\nc\n");
    assert_eq!(string("''a\r\nb''"), "a\r\nb");
}

#[test]
fn indentation_is_taken_off() {
    assert_eq!(string("''\n    a\n      b\n\n    c\n  ''"), "a\n  b\n\nc\n");
    assert_eq!(string("''  a\n    b''"), "a\n  b");
    assert_eq!(string("''\n\ta\n\t  b''"), "\ta\n\t  b");
    assert_eq!(string("''   ''"), "");
    // An escaped line end counts as text for the indentation, and begins a line when that is taken off.
    assert_eq!(string("''\n  a\n ''\\n  b''"), " a\n\n b");
}

#[test]
fn each_line_of_an_indented_string_is_a_part() {
    assert_eq!(
        string_parts("''\n  a\n  b\n''"),
        [("a\n".into(), "a\n".into()), ("b\n".into(), "b\n".into())]
    );
}

#[test]
fn escapes_in_indented_strings() {
    assert_eq!(string("''a''${b}'''c''\\td''"), "a${b}''c\td");
    assert_eq!(string("''$$a$'''b''"), "$$a$''b");
}

#[test]
fn partial_definitions_are_one_set() {
    let tree = clean("{ a = { b = 1; }; a.c = 2; a.d.e = 3; }");
    let a = value(&tree, tree.root, "a");
    let d = value(&tree, a, "d");
    value(&tree, a, "b");
    value(&tree, a, "c");
    value(&tree, d, "e");
}

#[test]
fn duplicates_name_the_whole_path() {
    let text = "{ a.b = 1; a.b = 2; }";
    let tree = tree(text);
    assert_eq!(tree.problems.len(), 1);
    let problem = &tree.problems[0];
    assert_eq!(problem.kind, StaticProblemKind::DuplicateAttribute);
    assert!(problem.message.contains("`a.b`"), "{}", problem.message);
    assert_eq!((problem.span.start, problem.span.end), (11, 14));
    let (first, _) = problem.related.as_ref().expect("names the first");
    assert_eq!((first.start, first.end), (4, 5));
}

#[test]
fn duplicate_formals() {
    assert_eq!(
        problems("{ a, b, a }: a"),
        [(StaticProblemKind::DuplicateFormal, "a")]
    );
    assert_eq!(
        problems("{ a }@a: a"),
        [(StaticProblemKind::DuplicateFormal, "a")]
    );
}

#[test]
fn undefined_variables() {
    let undefined = |name: &str, interpolation| StaticProblemKind::UndefinedVariable {
        name: Symbol::new(name),
        interpolation,
    };
    assert_eq!(problems("x"), [(undefined("x", None), "x")]);
    assert_eq!(
        problems(r#""${KEY}""#),
        [(undefined("KEY", Some(StringKind::Quoted)), "KEY")]
    );
    assert_eq!(
        problems("''${KEY}''"),
        [(undefined("KEY", Some(StringKind::Indented)), "KEY")]
    );
    clean("with { }; x");
    clean("builtins.map toString [ __elem null true ]");
    assert_eq!(problems("{ inherit x; }"), [(undefined("x", None), "x")]);
    assert_eq!(
        problems("rec { inherit x; }"),
        [(undefined("x", None), "x")]
    );
}

#[test]
fn variables_know_their_slot() {
    let tree = clean("{ a, b ? a }@c: with a; let d = 1; in [ a b c d e map ]");
    let Expr::Lambda(lambda) = tree.expression(tree.root) else {
        panic!()
    };
    let Expr::With { body, .. } = tree.expression(lambda.body) else {
        panic!()
    };
    let Expr::Let { body, .. } = tree.expression(*body) else {
        panic!()
    };
    let Expr::List(elements) = tree.expression(*body) else {
        panic!()
    };
    let resolutions: Vec<String> = elements
        .iter()
        .map(|id| match tree.expression(*id) {
            Expr::Variable(_, Resolution::Local { up, slot }) => format!("{up}.{slot}"),
            Expr::Variable(_, Resolution::With(ups)) => format!("with {ups:?}"),
            Expr::Variable(_, Resolution::Global) => "global".to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        resolutions,
        ["2.0", "2.1", "2.2", "0.0", "with [1]", "global"]
    );
}

#[test]
fn an_extra_scope_is_the_outermost_frame() {
    let names = [Symbol::new("map"), Symbol::new("extra")];
    let tree = parse(FileId(0), "x: extra", Some(&names));
    assert_eq!(tree.problems, []);
    let Expr::Lambda(lambda) = tree.expression(tree.root) else {
        panic!()
    };
    assert!(matches!(
        tree.expression(lambda.body),
        Expr::Variable(_, Resolution::Local { up: 1, slot: 1 })
    ));
}

#[test]
fn functions_take_the_name_that_they_are_bound_to() {
    let tree = clean("{ f = (a: b: a); }");
    let Expr::Lambda(lambda) = tree.expression(value(&tree, tree.root, "f")) else {
        panic!()
    };
    assert_eq!(lambda.name, Some(Symbol::new("f")));
}

#[test]
fn integers_have_64_bits() {
    clean("9223372036854775807");
    assert_eq!(
        problems("9223372036854775808"),
        [(StaticProblemKind::IntegerRange, "9223372036854775808")]
    );
}

/// As deep and as long as the guards let through, on a thread with an 8 MB stack.
#[test]
fn what_passes_the_guards_fits_the_stack() {
    let nested = |open: &str, close: &str, count: usize| {
        format!("{}1{}", open.repeat(count), close.repeat(count))
    };
    let texts = [
        nested("(", ")", 470),
        nested("[", "]", 470),
        nested("{a=", ";}", 470),
        nested("{ a = { b = ", "; }; }", 235),
        nested("rec { a = ", "; }", 470),
        nested("x: ", "", 470),
        nested("let a = ", "; in a", 235),
        nested("with { }; ", "", 64),
        nested("if 1 then 1 else ", "", 470),
        nested("\"${", "}\"", 235),
        nested("(1 + ", ")", 470),
        nested("(map (1 ++ ", "))", 235),
        nested("[ ({ }.a or ", ") ]", 235),
        nested("!", "", 950),
        nested("-", "", 950),
        nested("1 ++ ", "", 950),
        nested("1 -> ", "", 950),
        nested("1 + ", "", 950),
        nested("map ", "", 950),
        nested("{ }.a or ", "", 450),
        format!("{{ {}b = 1; }}", "a.".repeat(950)),
        format!("{{ }}.{}b", "a.".repeat(950)),
        format!("{{ }} ? {}b", "a.".repeat(950)),
    ];
    let run = move || {
        for text in texts {
            let tree = tree(&text);
            assert_eq!(tree.problems, [], "{}", &text[..40]);
        }
    };
    std::thread::Builder::new()
        .stack_size(8 << 20)
        .spawn(run)
        .expect("a thread")
        .join()
        .expect("no overflow");
}

#[test]
fn no_bytes_make_it_panic() {
    let pieces = [
        "{", "}", "(", ")", "[", "]", "\"", "''", "${", "let", "in", "rec", "=", ";", ":", ",",
        "a", "inherit", "with", "if", "then", "else", "assert", "or", ".", "?", "@", "...", "/",
        "//", "./a", "<", ">", "<a>", "~/", "\\", "$", "\n", "\r", "#", "/*", "*/", " ", "\u{a0}",
        "é", "1", "1.5", "!", "-", "+", "->", "|>", "\0", "`", "''\\", "'''", "''$", "http://a",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..5_000 {
        let mut text = String::new();
        for _ in 0..(state >> 60) + 2 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        for problem in tree(&text).problems {
            let (start, end) = (problem.span.start as usize, problem.span.end as usize);
            assert!(text.get(start..end).is_some(), "{text:?}: {problem:?}");
        }
    }
}
