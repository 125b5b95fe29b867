//! `--fix` and `--diff`: what is written, what is left out, and that both speak of the same.

use crate::harness::{openclaw_check, tree};

const ARGUMENTS: &str = "home.nix --no-git --openclaw-version 2026.6.11 --format concise";

/// A module with this below `programs.openclaw.config`.
fn module(config: &str) -> String {
    format!(
        "{{ ... }}:
{{
  programs.openclaw = {{
    enable = true;
    environment.KIMI_API_KEY = \"/run/secrets/kimi\";
    config = {{
      gateway.mode = \"local\";
      gateway.auth.mode = \"none\";
      {config}
    }};
  }};
}}
"
    )
}

/// What `--fix` makes of such a module, and what the run says.
fn fixed(config: &str) -> (String, String) {
    let folder = tree(&[("home.nix", &module(config))]);
    let run = |arguments: &str| {
        openclaw_check()
            .args(ARGUMENTS)
            .args(arguments)
            .inside(folder.path())
            .run()
    };
    let patch = run("--diff").out;
    let printed = run("--fix");
    let text = || std::fs::read_to_string(folder.path().join("home.nix")).expect("the file");
    let after = text();
    // `--diff` showed just that, and a second run has nothing to do.
    let before = module(config);
    let added = after.lines().filter(|line| !before.contains(line)).count();
    let shown = patch.lines().filter(|line| line.starts_with('+'));
    assert_eq!(shown.count(), added + usize::from(added > 0), "{patch}");
    run("--fix");
    assert_eq!(text(), after, "{config}");
    (after, format!("{}{}", printed.out, printed.err))
}

fn assert_fixed(config: &str, expected: &str) {
    let (after, said) = fixed(config);
    assert_eq!(after, module(expected), "{said}");
}

#[test]
fn a_name_is_replaced_where_it_is_defined() {
    assert_fixed(
        r#"models.providers.x = { baseURL = "https://a.b/v1"; models = [ ]; };"#,
        r#"models.providers.x = { baseUrl = "https://a.b/v1"; models = [ ]; };"#,
    );
}

#[test]
fn a_name_that_something_else_needs_stays() {
    for config in [
        r#"models.providers.x = let baseURL = "https://a.b/v1"; in { inherit baseURL; models = [ ]; };"#,
        r#"models.providers.x = let z.baseURL = "https://a.b/v1"; in { inherit (z) baseURL; models = [ ]; };"#,
        r#"models.providers.x = rec { baseURL = "https://a.b/v1"; models = [ ]; headers.X = baseURL; };"#,
        r#"models.providers.x = let y = { baseURL = "https://a.b/v1"; models = [ ]; }; in y // { headers.X = y.baseURL; };"#,
    ] {
        let (after, said) = fixed(config);
        assert_eq!(after, module(config));
        assert!(said.contains("error[unknown-key]"), "{said}");
    }
}

#[test]
fn a_fix_that_does_harm_does_not_keep_others_from_being_made() {
    let (after, said) = fixed(
        r#"models.providers = {
        x = { baseURL = "https://a.b/v1"; models = [ ]; };
        y = rec { baseURL = "https://a.b/v1"; models = [ ]; headers.X = baseURL; };
        z = { baseURL = "https://a.b/v1"; models = [ ]; };
      };"#,
    );
    assert_eq!(after.matches("baseUrl").count(), 2, "{after}");
    assert!(
        after.contains("y = rec { baseURL") && said.contains("left 1 fix out"),
        "{after}{said}"
    );
}

#[test]
fn a_value_that_something_else_uses_stays() {
    let config = r#"gateway.port = x; messages.responsePrefix = x;"#;
    let text = module(config).replacen("{ ... }:", "{ ... }: let x = \"18789\"; in", 1);
    let folder = tree(&[("home.nix", &text)]);
    openclaw_check()
        .args(ARGUMENTS)
        .arg("--fix")
        .inside(folder.path())
        .run();
    let after = std::fs::read_to_string(folder.path().join("home.nix")).expect("the file");
    assert_eq!(after, text);
}

#[test]
fn placeholders_get_the_escape_of_their_string() {
    let with_key = |key: &str| {
        format!(
            r#"models.providers.x = {{ baseUrl = "https://a.b/v1"; models = [ ]; apiKey = {key}; }};"#
        )
    };
    for (written, expected) in [
        (r#""${KIMI_API_KEY}""#, r#""\${KIMI_API_KEY}""#),
        (r#""\\${KIMI_API_KEY}""#, r#""\${KIMI_API_KEY}""#),
        (r#""''${KIMI_API_KEY}""#, r#""\${KIMI_API_KEY}""#),
        (r#""${ KIMI_API_KEY /* mine */ }""#, r#""\${KIMI_API_KEY}""#),
        (r"''${KIMI_API_KEY}''", r"''''${KIMI_API_KEY}''"),
        (r"''\${KIMI_API_KEY}''", r"''''${KIMI_API_KEY}''"),
        // Where a quote stands before it there is no escape that would be read as one.
        (r"'''${KIMI_API_KEY}''", r"'''${KIMI_API_KEY}''"),
    ] {
        assert_fixed(&with_key(written), &with_key(expected));
    }
}

#[test]
fn what_overlaps_is_mended_in_one_run() {
    let provider = r#"models.providers.kimi = { baseUrl = "https://api.kimi.com/coding/v1"; api = "openai-completions"; models = [ { id = "kimi-k2p5"; name = "Kimi"; } ]; apiKey = "\${KIMI_API_KEY}"; };"#;
    for written in [
        r#"" kimmi/kimi-k2p5""#,
        "''\n        kimmi/kimi-k2p5\n      ''",
    ] {
        assert_fixed(
            &format!("{provider}\n      agents.defaults.model.primary = {written};"),
            &format!("{provider}\n      agents.defaults.model.primary = \"kimi/kimi-k2p5\";"),
        );
    }
}
