//! What people read for the mistakes that they make: the message, and the text that it points at.

use crate::nix::syntax::parse;
use crate::workspace::source::FileId;

/// Message, covered text, and the text of the related place of the first problem.
fn explain(text: &str) -> (String, &str, Option<&str>) {
    let tree = parse(FileId(0), text, None);
    let problem = tree.problems.into_iter().next().expect("a problem");
    let slice = |start: u32, end: u32| &text[start as usize..end as usize];
    let related = problem.related.map(|(span, _)| slice(span.start, span.end));
    (
        problem.message,
        slice(problem.span.start, problem.span.end),
        related,
    )
}

fn assert_explained(cases: &[(&str, &str, &str)]) {
    for (text, message, covered) in cases {
        let (found, place, _) = explain(text);
        assert_eq!((found.as_str(), place), (*message, *covered), "{text}");
    }
}

#[test]
fn a_missing_semicolon_is_reported_where_it_belongs() {
    assert_explained(&[
        (
            "{\n  a = 1\n  b = 2;\n}",
            "a `;` is missing after this",
            "1",
        ),
        ("{ a = [ 1 ]\n}", "a `;` is missing after this", "]"),
        (
            "{ a = { b = 1; }\n  c.d = 2; }",
            "a `;` is missing after this",
            "}",
        ),
        (
            "{ a = \"x\"\n  inherit b; }",
            "a `;` is missing after this",
            "\"",
        ),
        (
            "{ a = let b = 1; in b }",
            "a `;` is missing after this",
            "b",
        ),
    ]);
}

#[test]
fn json_and_other_languages_are_recognised() {
    assert_explained(&[
        ("{ a: 1 }", "`:` where `=` is expected", ":"),
        ("{ \"a\": 1 }", "`:` where `=` is expected", ":"),
        (
            "[ 1, 2 ]",
            "list elements are separated by spaces, not by `,`",
            ",",
        ),
        (
            "{ a = 1, b = 2; }",
            "attributes end with `;`, not with `,`",
            ",",
        ),
        (
            "{ a = f(1, 2); }",
            "arguments are separated by spaces, not by `,`",
            ",",
        ),
        ("{ a = 'x'; }", "Nix has no strings in single quotes", "'"),
        ("{ a = “x”; }", "`“` is a typographic quote", "“"),
        (
            "{ a = $HOME; }",
            "`$` only stands before `{` inside of a string",
            "$",
        ),
        ("{ a == 1; }", "`==` where `=` is expected", "=="),
        ("{ a => 1; }", "`=>` where `=` is expected", ">"),
        (
            "{ 1a = 1; }",
            "an attribute name cannot begin with a digit",
            "1",
        ),
    ]);
}

#[test]
fn what_was_copied_along_is_recognised() {
    assert_explained(&[
        (
            "```nix\n{ }\n```\n",
            "a Markdown code fence, which is no Nix",
            "```nix",
        ),
        (
            "{ }\n```\n",
            "a Markdown code fence, which is no Nix",
            "```",
        ),
        (
            "{\n<<<<<<< HEAD\n  a = 1;\n=======\n  a = 2;\n>>>>>>> other\n}",
            "a merge conflict was left in the file",
            "<<<<<<< HEAD",
        ),
        (
            "{ a = <your name>; }",
            "`<your name>` looks like text to be filled in",
            "<your name>",
        ),
        (
            "\u{feff}{ }",
            "the file begins with a byte-order mark, which Nix refuses",
            "\u{feff}",
        ),
        (
            "{\u{a0}a = 1; }",
            "a no-break space, which is no white space for Nix",
            "\u{a0}",
        ),
        ("\n\n", "the file is empty", "\n\n"),
    ]);
}

#[test]
fn what_is_not_closed_names_its_opening() {
    let cases = [
        (
            "{\n  a = {\n    b = 1;\n  c = 2;\n}\n",
            "this `{` is never closed",
            "{",
            Some(""),
        ),
        (
            "{ a = [ 1 2; b = 3; }",
            "`;` where `]` is expected",
            ";",
            Some("["),
        ),
        ("{ a = (1; }", "`;` where `)` is expected", ";", Some("(")),
        ("(1]", "`]` where `)` is expected", "]", Some("(")),
        ("{ a = 1; }}", "this `}` closes nothing", "}", None),
        ("let a = 1; a", "this `let` has no `in`", "let", Some("")),
        (
            "{ a = if b then 1; }",
            "`;` where `else` is expected",
            ";",
            Some("if"),
        ),
        (
            "{\n  a = \"foo;\n  b = \"bar\";\n  c = \"x\";\n}",
            "the string that begins here is never closed",
            "\"",
            Some("\""),
        ),
        (
            "{ a = ''\n  foo\n; }",
            "the string that begins here is never closed",
            "''",
            None,
        ),
        ("/* foo\n{ }", "the comment is never closed", "/*", None),
    ];
    for (text, message, covered, related) in cases {
        let (found, place, opening) = explain(text);
        assert_eq!(
            (found.as_str(), place, opening),
            (message, covered, related),
            "{text}"
        );
    }
    let tree = parse(FileId(0), "{\n  a = \"foo;\n  b = \"bar\";\n}", None);
    assert_eq!(
        tree.problems[0].span.start, 8,
        "the first quote, not the last"
    );
}

#[test]
fn nix_of_its_own() {
    assert_explained(&[
        ("x: x ? a or false", "`?` takes no `or`", "or"),
        (
            "{ a = ${b}; }",
            "`${...}` only stands inside of a string, a path or an attribute name",
            "${",
        ),
        ("a = 1;", "an attribute outside of `{ }`", "a ="),
        ("{ if = 1; }", "`if` is a keyword of Nix", "if"),
        (
            "{ inherit = 1; }",
            "`inherit` is a keyword of Nix",
            "inherit",
        ),
        ("{ a; }", "the attribute has no value", "a"),
        (
            "{ a = ; }",
            "an expression is missing between `=` and `;`",
            "= ;",
        ),
        (
            "{ a = map let b = 1; in b; }",
            "`let` needs parentheses around it here",
            "let",
        ),
        (
            "{ a = map x: x; }",
            "a function needs parentheses around it here",
            "x: x",
        ),
        (
            "{ a = with b [ c ]; }",
            "this `with` takes two expressions",
            "with",
        ),
        ("{ a = ./b/; }", "the path `./b/` ends with a slash", "./b/"),
        (
            "1 == 2 == 3",
            "`==` does not follow another comparison",
            "==",
        ),
        ("{ a }\n{ b = a; }", "`{` where `:` is expected", "{"),
    ]);
}

#[test]
fn places_are_those_of_the_file_where_parentheses_had_to_be_put_in() {
    // Nix takes both, the parser neither.
    let text = "[ (1 + !a) (let { body = b; }.c) ]";
    let tree = parse(FileId(0), text, None);
    let places: Vec<&str> = tree
        .problems
        .iter()
        .map(|problem| &text[problem.span.start as usize..problem.span.end as usize])
        .collect();
    assert_eq!(places, ["a", "b"]);
    assert_eq!(tree.span(tree.root).end as usize, text.len());
    let (message, covered, _) = explain("{ x = 1 + !a; y = 1 z = 2; }");
    assert_eq!(
        (message.as_str(), covered),
        ("a `;` is missing after this", "1")
    );
}
