//! `eval`: values, failures and what is not known.

use crate::harness::{Printed, openclaw_check};

fn eval(expression: &str, options: &str) -> Printed {
    openclaw_check()
        .args("eval - --no-git")
        .args(options)
        .inside(tempfile::tempdir().expect("a folder").path())
        .input(expression)
        .run()
}

#[test]
fn values_are_printed_as_nix_prints_them() {
    for (expression, expected) in [
        ("1 + 2", "3"),
        ("1.0", "1"),
        ("1.0e10", "1e+10"),
        (r#""a\n${"b"}""#, r#""a\nb""#),
        ("''\n  two\n  lines\n''", r#""two\nlines\n""#),
        ("[ ]", "[ ]"),
        (
            "{ b = 1; a = [ true null ]; }",
            "{ a = [ true null ]; b = 1; }",
        ),
        ("x: x", "<LAMBDA>"),
        ("let x = { y = x; }; in x", "{ y = «repeated»; }"),
        ("let a = 1; in { inherit a; }", "{ a = 1; }"),
    ] {
        let printed = eval(expression, "--strict");
        assert_eq!(printed.code, 0, "{expression}: {}", printed.err);
        assert_eq!(printed.out, format!("{expected}\n"), "{expression}");
    }
}

#[test]
fn json_is_what_nix_would_write() {
    let printed = eval(
        r#"{ b = 1; a = [ true null "x" 1.5 ]; s = { outPath = "/x"; }; }"#,
        "--json --strict",
    );
    assert_eq!(printed.code, 0, "{}", printed.err);
    let json: serde_json::Value = printed.json();
    let expected = serde_json::json!({"a": [true, null, "x", 1.5], "b": 1, "s": "/x"});
    assert_eq!(json, expected);
}

#[test]
fn what_is_not_known_is_marked_with_its_reason() {
    let expression = "{ pkgs ? <nixpkgs>, ... }: { known = 1; unknown = pkgs; }";
    let printed = eval(expression, "known --strict");
    assert_eq!(
        (printed.code, printed.out.as_str()),
        (0, "1\n"),
        "{}",
        printed.err
    );
    let printed = eval(expression, "unknown --json");
    assert_eq!(printed.code, 0, "{}", printed.err);
    let json: serde_json::Value = printed.json();
    assert!(json["$unknown"].is_string(), "{json}");
    let printed = eval(expression, "unknown --json --strict");
    assert_eq!(printed.code, 3);
    assert!(printed.err.contains("not known: "), "{}", printed.err);
}

#[test]
fn where_nix_fails_strict_fails_and_tells_the_place() {
    for (expression, expected) in [
        ("throw \"no\"", "stdin.nix:1:1: no"),
        ("{ a = 1; }.b", "the attribute `b` is missing"),
        ("let x = x; in x", "infinite recursion"),
        ("{ a = 1; a = 2; }", "stdin.nix:1:"),
        ("undefined-variable", "stdin.nix:1:1"),
        ("1 +", "stdin.nix:1:"),
        ("assert false; 1", "stdin.nix:1:"),
    ] {
        for options in ["--strict", "--strict --json", ""] {
            let printed = eval(expression, options);
            assert_eq!(printed.code, 1, "{expression} {options}: {}", printed.out);
            assert_eq!(printed.out, "", "{expression}");
            assert!(
                printed.err.contains(expected),
                "{expression}: {}",
                printed.err
            );
        }
    }
}

#[test]
fn a_failure_inside_a_value_is_shown_where_it_is() {
    let printed = eval("{ bad = throw \"no\"; good = 1; }", "");
    assert_eq!(printed.code, 0);
    assert_eq!(printed.out, "{ bad = «error: no»; good = 1; }\n");
    let printed = eval("{ bad = throw \"no\"; good = 1; }", "--strict");
    assert_eq!(printed.code, 1);
}

#[test]
fn functions_have_no_json() {
    assert_eq!(eval("{ f = x: x; }", "--json --strict").code, 1);
    let printed = eval("{ f = x: x; }", "--json");
    let json: serde_json::Value = printed.json();
    assert_eq!(json, serde_json::json!({"f": {"$function": true}}));
}

#[test]
fn a_value_that_holds_itself_has_no_json() {
    assert_eq!(eval("let x = { y = x; }; in x", "--json --strict").code, 1);
}

#[test]
fn attribute_paths_reach_into_sets_lists_and_functions() {
    let expression = "{ x ? 1 }: { list = [ { \"a.b\" = x; } ]; }";
    let printed = eval(expression, "list.0.\"a.b\" --strict");
    assert_eq!(
        (printed.code, printed.out.as_str()),
        (0, "1\n"),
        "{}",
        printed.err
    );
    assert_eq!(eval(expression, "list.1").code, 1);
    assert_eq!(eval(expression, "list.").code, 2);
}

#[test]
fn the_exit_code_tells_values_from_failures_and_from_what_is_not_known() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (expression, code) in [
        ("{ a = [ 1 ]; }", 0),
        ("{ a = [ (throw \"x\") ]; }", 1),
        ("{ a = 1; a = 2; }", 1),
        ("1 |> (x: x)", 1),
        ("builtins.getEnv \"HOME\"", 3),
        // A failure outweighs what is not known: Nix fails either way.
        ("[ (builtins.getEnv \"HOME\") (throw \"x\") ]", 1),
        // Over a limit of ours.
        ("builtins.genList (x: x) 1000000000", 3),
        (&deep, 3),
        (
            "let f = n: s: if n == 0 then s else f (n - 1) (s + s); in builtins.stringLength (f 40 \"x\")",
            3,
        ),
        // Over a limit of Nix.
        ("let f = x: f x; in f 1", 1),
        ("let f = n: { a = f (n + 1); }; in f 0", 1),
        ("let x = { inherit x; }; in builtins.toJSON x", 1),
    ] {
        let printed = eval(expression, "--strict");
        let start: String = expression.chars().take(60).collect();
        assert_eq!(printed.code, code, "{start}: {}", printed.err);
    }
}

#[test]
fn infinite_recursion_is_reported_with_its_places() {
    let printed = eval(
        "let\n  a = f b;\n  b = [ a ] == [ 1 ];\n  f = x: x && true;\nin a",
        "",
    );
    assert_eq!(printed.code, 1);
    for part in ["infinite recursion", "stdin.nix:2:7", "stdin.nix:3:7"] {
        assert!(printed.err.contains(part), "{part}: {}", printed.err);
    }
}

#[test]
fn names_are_quoted_where_they_have_to_be() {
    let printed = eval(
        "{ \"1\" = 1; \"a b\" = 2; or = 3; \"if\" = 4; }",
        "--strict",
    );
    assert_eq!(
        printed.out,
        "{ \"1\" = 1; \"a b\" = 2; \"if\" = 4; or = 3; }\n"
    );
}

#[test]
fn keys_and_escapes_in_values_are_not_printed() {
    for options in ["", "--json", "--strict"] {
        let printed = eval("\"sk-proj-a1b2c3d4e5f6g7h8i9j0\"", options);
        assert!(!printed.out.contains("a1b2c3"), "{}", printed.out);
        let printed = eval("throw \"sk-proj-a1b2c3d4e5f6g7h8i9j0\"", options);
        assert!(!printed.err.contains("a1b2c3"), "{}", printed.err);
        let printed = eval("{ \"\u{1b}[2J\" = \"\u{1b}[31m\u{202e}\"; }", options);
        let bad = printed.out.contains('\u{1b}') || printed.out.contains('\u{202e}');
        assert!(!bad, "{}", printed.out);
    }
}

#[test]
fn what_is_written_out_in_a_credential_is_not_printed() {
    let module =
        r#"{ a.apiKey = "correct-horse"; a.token = "\${TOKEN}"; API_KEY = "correct-horse"; }"#;
    for options in ["", "--json", "--strict", "a.apiKey", "a.apiKey --json"] {
        let printed = eval(module, options);
        assert_eq!(printed.code, 0, "{}", printed.err);
        assert!(!printed.out.contains("horse"), "{}", printed.out);
        assert!(printed.out.contains("[redacted]"), "{}", printed.out);
    }
    let printed = eval(module, "a.token");
    assert_eq!(printed.out, "\"\\${TOKEN}\"\n");
}

#[test]
fn a_file_that_is_not_there_cannot_be_evaluated() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = openclaw_check()
        .args("eval nope.nix")
        .inside(folder.path())
        .run();
    assert_eq!(printed.code, 3);
    assert!(printed.err.contains("nope.nix"), "{}", printed.err);
}
