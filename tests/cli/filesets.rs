//! `lib.fileset`: which files a set holds, in which order. Real Nix gave the same with the `lib` of nixpkgs.

use crate::harness::{openclaw_check, tree};

#[test]
fn sets_of_files_are_known() {
    let folder = tree(&[
        ("tree/a/b/y.nix", ""),
        ("tree/a/x.nix", ""),
        ("tree/a.d/z.txt", ""),
        ("tree/a.nix", ""),
        ("tree/.hidden.nix", ""),
        ("tree/c.tar.gz", ""),
        ("tree/nix", ""),
    ]);
    for (expression, wanted) in [
        (
            "list ./tree",
            r#"[".hidden.nix","a/b/y.nix","a/x.nix","a.d/z.txt","a.nix","c.tar.gz","nix"]"#,
        ),
        (
            "list (fileFilter (file: file.hasExt \"nix\") ./tree)",
            r#"[".hidden.nix","a/b/y.nix","a/x.nix","a.nix"]"#,
        ),
        (
            "list (fileFilter ({ name, type, ... }: type == \"regular\" && name == \"x.nix\") ./tree)",
            r#"["a/x.nix"]"#,
        ),
        (
            "list (fileFilter (file: file.hasExt \"tar.gz\") ./tree)",
            r#"["c.tar.gz"]"#,
        ),
        (
            "list (fileFilter (file: true) ./tree/a.nix)",
            r#"["a.nix"]"#,
        ),
        (
            "list (unions [ ./tree/a.nix ./tree/a ])",
            r#"["a/b/y.nix","a/x.nix","a.nix"]"#,
        ),
        ("list (unions [ ])", "[]"),
        ("list empty", "[]"),
        (
            "list (union ./tree/nix ./tree/a.d)",
            r#"["a.d/z.txt","nix"]"#,
        ),
        (
            "list (difference ./tree (unions [ ./tree/a ./tree/a.d ./tree/nix ]))",
            r#"[".hidden.nix","a.nix","c.tar.gz"]"#,
        ),
        (
            "list (intersection ./tree/a (fileFilter (file: file.hasExt \"nix\") ./tree))",
            r#"["a/b/y.nix","a/x.nix"]"#,
        ),
        ("list (maybeMissing ./tree/none)", "[]"),
        ("list (maybeMissing ./tree/nix)", r#"["nix"]"#),
        (
            "map isFileset [ ./tree ./tree/none \"x\" empty (maybeMissing ./tree/none) { } ]",
            "[true,false,false,true,true,false]",
        ),
        // What fails, and can be caught.
        ("fails (list ./tree/none)", "true"),
        ("fails (list \"/a\")", "true"),
        (
            "fails (list (fileFilter (file: true) (union ./tree/a ./tree/nix)))",
            "true",
        ),
        ("fails (list (unions ./tree/a))", "true"),
        // As options.
        (
            "list (lib.evalModules { modules = [ { options.it = lib.mkOption { type = lib.types.fileset; }; } { it = ./tree/a; } { it = ./tree/nix; } ]; }).config.it",
            r#"["a/b/y.nix","a/x.nix","nix"]"#,
        ),
    ] {
        let text = format!(
            "let lib = import <nixpkgs/lib>; list = files: map (path: lib.removePrefix \"./\" (lib.path.removePrefix ./tree path)) (lib.fileset.toList files); fails = value: !(builtins.tryEval (builtins.deepSeq value true)).success; in with lib.fileset; {expression}"
        );
        std::fs::write(folder.path().join("default.nix"), &text).expect("written");
        let printed = openclaw_check()
            .args("eval default.nix --json --no-git")
            .inside(folder.path())
            .run();
        let value: serde_json::Value = serde_json::from_str(&printed.out)
            .unwrap_or_else(|_| panic!("{expression}: {}{}", printed.out, printed.err));
        assert_eq!(value.to_string(), wanted, "{expression}");
    }
}

#[test]
fn a_function_that_takes_no_further_attributes_is_refused() {
    let folder = tree(&[(
        "default.nix",
        "let lib = import <nixpkgs/lib>; in lib.fileset.toList (lib.fileset.fileFilter ({ name, type, hasExt }: true) ./.)",
    )]);
    let printed = openclaw_check()
        .args("eval default.nix --json --no-git")
        .inside(folder.path())
        .run();
    assert_eq!(printed.code, 1, "{}{}", printed.out, printed.err);
}
