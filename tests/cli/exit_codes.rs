//! Exit codes, one by one.

use crate::harness::openclaw_check;

#[test]
fn a_missing_path_is_3_and_stands_under_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = openclaw_check()
        .args("nope.nix")
        .inside(folder.path())
        .run();
    insta::assert_snapshot!(printed.transcript());
}

#[test]
fn a_missing_path_is_never_0_in_any_format() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in [
        "human", "concise", "json", "sarif", "github", "gitlab", "markdown",
    ] {
        let printed = openclaw_check()
            .args("nope.nix --quiet --format")
            .arg(format)
            .inside(folder.path())
            .run();
        assert_eq!(printed.code, 3, "{format}");
        assert!(
            printed.out.contains("nope.nix"),
            "{format}: {}",
            printed.out
        );
    }
}
