//! What is too large, too deep or too long: refused in time, with its message and its exit code; and what is deep and
//! legal.

use crate::harness::{Printed, openclaw_check};
use std::fs;
use std::path::Path;

fn check(name: &str, text: impl AsRef<[u8]>) -> Printed {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), text).expect("a file");
    check_in(folder.path(), name)
}

fn check_in(directory: &Path, arguments: &str) -> Printed {
    openclaw_check()
        .inside(directory)
        .args("--no-git --format concise")
        .args(arguments)
        .run()
}

/// The file is refused with this, in a short report.
fn refused(name: &str, text: impl AsRef<[u8]>, code: i32, says: &str) {
    let start = String::from_utf8_lossy(&text.as_ref()[..text.as_ref().len().min(60)]).into_owned();
    let printed = check(name, text);
    assert_eq!(printed.code, code, "{start}: {}", printed.out);
    assert!(printed.out.contains(says), "{start}: {}", printed.out);
    assert!(
        printed.out.len() < 64 * 1024,
        "{start}: {} bytes",
        printed.out.len()
    );
    assert_eq!(printed.err, "", "{start}");
}

#[test]
fn nesting_and_chains_are_refused_before_the_parser() {
    const MANY: usize = 200_000;
    for piece in [
        "[",
        "(",
        "{a=",
        "!",
        "a.b ",
        "\"${",
        "''${",
        "x: ",
        "if a then ",
        "let a=",
        "with a; ",
        "a // ",
        "a ++ ",
        "a + ",
        "{x}: ",
        "x@",
        "a? b ",
        "a->",
        "rec{a=",
        "${",
        "a b ",
        "<a>",
        "assert a; ",
    ] {
        let text = format!("{{ programs.openclaw.config.x = {}", piece.repeat(MANY));
        refused("home.nix", text, 1, "[too-deeply-nested]");
    }
}

#[test]
fn what_cannot_be_text_is_said() {
    for (bytes, says) in [
        (&b"{ programs.openclaw.enable = true; \0 }"[..], "NUL"),
        (b"\xef\xbb\xbf{ }", "byte-order mark"),
        (b"\xff\xfe{\0 \0}\0", "not UTF-8"),
        (b"{\0 \0}\0", "NUL"),
        (b"{ a = \"\xed\xa0\x80\"; }", "not UTF-8"),
        (b"", "empty"),
    ] {
        refused("home.nix", bytes, 1, says);
    }
    refused("home.nix", "# a\r".repeat(1000), 1, "carriage return");
}

#[test]
fn files_that_are_too_large_are_3() {
    let text = format!(
        "{{ programs.openclaw.enable = true; }}{}",
        " ".repeat(9 << 20)
    );
    refused("home.nix", &text, 3, "too large");
    refused("openclaw.json", &text, 3, "too large");
    // The other file of the tree is checked all the same.
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("flake.nix"), "{ outputs = _: { }; }").expect("a file");
    fs::write(folder.path().join("large.nix"), &text).expect("a file");
    fs::write(
        folder.path().join("home.nix"),
        "{ programs.openclaw.enable = true; x = ; }",
    )
    .expect("a file");
    let printed = check_in(folder.path(), ".");
    assert_eq!(printed.code, 3, "{}", printed.out);
    assert!(printed.out.contains("[syntax-error]"), "{}", printed.out);
}

#[test]
fn json_that_is_deep_is_refused_and_odd_json_is_read() {
    refused("openclaw.json", "[".repeat(1_000_000), 1, "error[");
    refused("openclaw.json", "{\"a\":".repeat(1_000_000), 1, "error[");
    refused("openclaw.json", "/*".repeat(100_000), 1, "error[");
    for text in [
        format!("{{\"a\": {}}}", "9".repeat(100_000)),
        "{\"a\": 1e999999999, \"b\": -1e-999999999, \"c\": 0x1fffffffffffffffffff}".to_string(),
        "{\"a\": \"\\ud800\", \"b\": \"\\ud800\\udc00\"}".to_string(),
        format!("{{{}\"b\": 1}}", "\"a\": 1,".repeat(200)),
    ] {
        let printed = check("openclaw.json", &text);
        assert!(
            [0, 1].contains(&printed.code),
            "{}: {}",
            &text[..20],
            printed.code
        );
        assert_eq!(printed.err, "", "{}", &text[..20]);
        assert!(
            printed.out.len() < 64 * 1024,
            "{}: {}",
            &text[..20],
            printed.out.len()
        );
    }
}

#[test]
fn includes_in_circles_and_out_of_reach_are_said() {
    for include in [
        "\"./openclaw.json\"",
        "\"../../../../etc/passwd\"",
        "\"/etc/shadow\"",
        "\"/dev/zero\"",
        "[\"./openclaw.json\", \"./openclaw.json\"]",
    ] {
        let text = format!("{{ \"$include\": {include} }}");
        refused("openclaw.json", text, 1, "error[");
    }
}

#[test]
fn evaluation_without_an_end_is_unknown_or_an_error_in_time() {
    for (expression, said) in [
        (
            "let f = x: f (x + 1); in f 1",
            "calls nest more than 10000 deep",
        ),
        ("let x = { a = x; }; in x", "agents.defaults.model"),
        ("builtins.genList (x: x) 100000000", "the list is too long"),
        (
            "builtins.foldl' (a: b: a + a) \"aaaaaaaa\" (builtins.genList (x: x) 60)",
            "the string is too long",
        ),
        (
            "builtins.foldl' (a: b: a ++ a) [ 1 2 ] (builtins.genList (x: x) 60)",
            "the list is too long",
        ),
        (
            "builtins.match \"((a{1,100}){1,100}){1,100}\" \"aaa\"",
            "is no regular expression",
        ),
        (
            "builtins.genericClosure { startSet = [ { key = 1; } ]; operator = x: [ { key = x.key + 1; } ]; }",
            "takes too many steps",
        ),
    ] {
        let printed = check(
            "home.nix",
            format!(
                "{{ programs.openclaw.enable = true; programs.openclaw.config.agents.defaults.model = {expression}; }}"
            ),
        );
        assert!(
            [0, 1].contains(&printed.code),
            "{expression}: {}{}",
            printed.out,
            printed.err
        );
        assert_eq!(printed.err, "", "{expression}");
        assert!(printed.out.contains(said), "{expression}: {}", printed.out);
    }
}

#[test]
fn a_text_of_any_length_is_named_in_short() {
    let path = "./a/".repeat(100_000);
    refused(
        "home.nix",
        format!("{{ programs.openclaw.config.x = {path}; }}"),
        1,
        "error[",
    );
    let name = "n".repeat(1_000_000);
    refused(
        "home.nix",
        format!(
            "{{ programs.openclaw.enable = true; programs.openclaw.config.agents.defaults.model = \"{name}/{name}\"; }}"
        ),
        0,
        "bytes) …",
    );
}

#[test]
fn deep_and_legal_passes() {
    for (open, close) in [
        ("[ ", " ]"),
        ("(", ")"),
        ("{ a = ", "; }"),
        ("let b = 1; in ", ""),
    ] {
        let text = format!(
            "{{ programs.openclaw.enable = true; x = {}1{}; }}",
            open.repeat(250),
            close.repeat(250)
        );
        let printed = check("home.nix", text);
        assert_eq!(printed.code, 0, "{open}: {}", printed.out);
        assert!(
            !printed.out.contains("too-deeply-nested"),
            "{open}: {}",
            printed.out
        );
    }
}

#[test]
fn imports_in_a_circle_and_without_an_end_are_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path();
    fs::write(
        directory.join("a.nix"),
        "{ imports = [ ./b.nix ]; programs.openclaw.enable = true; x = import ./c.nix; }",
    )
    .expect("a file");
    fs::write(directory.join("b.nix"), "{ imports = [ ./a.nix ]; }").expect("a file");
    fs::write(directory.join("c.nix"), "import ./c.nix").expect("a file");
    let printed = check_in(directory, "a.nix");
    assert!(
        [0, 1].contains(&printed.code),
        "{}{}",
        printed.out,
        printed.err
    );
    assert_eq!(printed.err, "");
    // A chain of imports is followed to its end, up to as many modules as are read at all.
    for number in 0..4100 {
        fs::write(
            directory.join(format!("m{number}.nix")),
            format!("{{ imports = [ ./m{}.nix ]; }}", number + 1),
        )
        .expect("a file");
    }
    fs::write(directory.join("m4100.nix"), "{ programs.openclaw.enable = true; programs.openclaw.config.agents.defaults.model = \"nosuch/x\"; }").expect("a file");
    let printed = check_in(directory, "m3500.nix");
    assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
    assert!(
        printed
            .out
            .contains("m4100.nix:1:86: warning[unknown-provider]"),
        "{}",
        printed.out
    );
    let printed = check_in(directory, "m0.nix");
    assert_eq!(printed.code, 3, "{}{}", printed.out, printed.err);
    assert!(
        printed.out.contains("there are too many modules"),
        "{}",
        printed.out
    );
}

#[test]
fn what_takes_too_many_steps_takes_nothing_else_with_it() {
    const ENDLESS: &str = "builtins.genericClosure { startSet = [ { key = 1; } ]; operator = x: [ { key = x.key + 1; } ]; }";
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: String| {
        std::fs::write(folder.path().join(name), text).expect("a file");
    };
    write(
        "flake.nix",
        "{ outputs = { nixpkgs, home-manager, ... }: {
             nixosConfigurations.desk = nixpkgs.lib.nixosSystem { modules = [ ./desk.nix ]; };
             homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration { pkgs = null; modules = [ ./zoe.nix ]; };
           }; }"
            .into(),
    );
    write(
        "desk.nix",
        format!("{{ systemd.services.x.script = toString (builtins.length ({ENDLESS})); }}"),
    );
    write(
        "zoe.nix",
        "{ programs.openclaw.enable = true; programs.openclaw.config.agents.defaults.model = \"nosuch/one\"; }".into(),
    );
    // Nothing imports these two.
    write(
        "lone.nix",
        "{ programs.openclaw.enable = true; programs.openclaw.config.agents.defaults.model = \"nosuch/two\"; }".into(),
    );
    write(
        "endless.nix",
        format!(
            "if builtins.length ({ENDLESS}) == 1 then {{ }} else {{ programs.openclaw.enable = true; }}"
        ),
    );
    let printed = openclaw_check()
        .args("--no-git --format concise")
        .inside(folder.path())
        .run();
    let everything = format!("{}{}", printed.out, printed.err);
    for said in [
        "nosuch/one",
        "nosuch/two",
        "nixosConfigurations.desk",
        "endless.nix",
    ] {
        let said = said
            .replace("nosuch/one", "zoe.nix:1")
            .replace("nosuch/two", "lone.nix:1");
        assert!(everything.contains(&said), "{said}: {everything}");
    }
    assert_eq!(printed.code, 3, "{everything}");
}

/// Each module adds to the same options under a condition of its own. Their worlds are not enumerated.
#[test]
fn options_that_depend_on_many_conditions_are_looked_at_in_time() {
    let definitions: String = (0..40)
        .map(|number| {
            format!(
                "(lib.mkIf config.my.c{number}.enable {{
                  home.packages = [ pkgs.p{number} ];
                  home.file.\".openclaw/openclaw.json\".force = true;
                  systemd.user.services.openclaw-gateway.Service.Environment = [ \"A{number}=x\" ];
                  programs.openclaw.excludeTools = [ \"a{number}\" ];
                  programs.openclaw.config.agents.defaults.model.fallbacks = [ \"a/b{number}\" ];
                  programs.openclaw.config.env.vars.X = \"{number}\";
                }})\n"
            )
        })
        .collect();
    let module = format!(
        "{{ lib, config, pkgs, ... }}: lib.mkMerge [
          {{ programs.openclaw = {{ enable = true; config.gateway.mode = \"local\"; config.gateway.auth.mode = \"none\"; }}; }}
          {definitions} ]"
    );
    let printed = check("home.nix", module);
    assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
    assert!(
        printed.out.contains("no provider `a`") || printed.out.contains("cannot be told"),
        "{}",
        printed.out
    );
}
