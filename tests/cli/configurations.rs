//! `show`, `models` and the fixes: what works on configurations themselves.

use crate::harness::{Printed, openclaw_check, tree};
use serde_json::Value;
use std::path::Path;

/// A module with a provider, a reference to it, a value that is not known, and a key that is written out.
const MODULE: &str = r#"{ model, ... }:
{
  programs.openclaw = {
    enable = true;
    environment.KIMI_API_KEY = "/run/secrets/kimi";
    config = {
      models.providers.kimi = {
        baseUrl = "https://api.kimi.com/coding/v1";
        api = "openai-completions";
        apiKey = "\${KIMI_API_KEY}";
        models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
      };
      gateway.auth.token = "correct-horse-battery-staple";
      agents.defaults.model = {
        primary = "kimi/kimi-k2p5";
        fallbacks = [ model "openrouter/auto" ];
      };
    };
  };
}
"#;

fn run(arguments: &str, text: &str) -> Printed {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("home.nix"), text).expect("a file");
    openclaw_check().args(arguments).inside(folder.path()).run()
}

fn json(printed: &Printed) -> Value {
    printed.json()
}

#[test]
fn show_prints_the_configuration_with_what_is_unknown_and_without_secrets() {
    let printed = run(
        "show home.nix --no-git --openclaw-version 2026.6.11",
        MODULE,
    );
    assert_eq!(printed.code, 0, "{}", printed.err);
    insta::assert_snapshot!(printed.out);
}

#[test]
fn show_prints_json_with_markers() {
    let printed = run(
        "show home.nix --no-git --openclaw-version 2026.6.11 --format json",
        MODULE,
    );
    assert_eq!(printed.code, 0, "{}", printed.err);
    let document = json(&printed);
    assert_eq!(document["version"], 1);
    let configuration = &document["configurations"][0];
    assert_eq!(configuration["openclaw"], "2026.6.11");
    let config = &configuration["instances"][0]["config"];
    let model = &config["agents"]["defaults"]["model"];
    assert_eq!(model["primary"], "kimi/kimi-k2p5");
    assert!(model["fallbacks"][0]["$unknown"].is_string(), "{model}");
    assert_eq!(config["gateway"]["auth"]["token"]["$secret"], true);
    assert_eq!(
        config["models"]["providers"]["kimi"]["apiKey"],
        "${KIMI_API_KEY}"
    );
    assert!(!printed.out.contains("horse"), "{}", printed.out);
}

#[test]
fn show_knows_its_instances() {
    let printed = run("show home.nix --no-git --instance nosuch", MODULE);
    assert_eq!(printed.code, 2);
    assert!(
        printed.err.contains("there is `default`"),
        "{}",
        printed.err
    );
    let printed = run("show home.nix --no-git --instance default", MODULE);
    assert_eq!(printed.code, 0);
}

#[test]
fn show_of_what_is_not_there_is_3() {
    assert_eq!(run("show nope.nix", MODULE).code, 3);
    let printed = run("show home.nix --no-git", "{ }");
    assert!(
        printed.err.contains("nothing here configures OpenClaw"),
        "{}",
        printed.err
    );
}

#[test]
fn models_lists_what_can_be_referenced() {
    let printed = run(
        "models kimi --flake home.nix --openclaw-version 2026.6.11",
        MODULE,
    );
    assert_eq!(printed.code, 0, "{}", printed.err);
    insta::assert_snapshot!(printed.out);
}

#[test]
fn models_of_a_release_alone_need_no_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = openclaw_check()
        .args("models anthropic --openclaw-version 2026.6.11")
        .inside(folder.path())
        .run();
    assert_eq!(printed.code, 0, "{}", printed.err);
    assert!(
        printed
            .out
            .starts_with("OpenClaw 2026.6.11 (from: --openclaw-version)"),
        "{}",
        printed.out
    );
    assert!(
        printed.out.contains("  anthropic/claude-"),
        "{}",
        printed.out
    );
    assert!(
        printed.out.contains("${ANTHROPIC_API_KEY}"),
        "{}",
        printed.out
    );
}

#[test]
fn models_names_the_nearest_provider() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = openclaw_check()
        .args("models antropic")
        .inside(folder.path())
        .run();
    assert_eq!(printed.code, 2);
    assert!(
        printed.err.contains("did you mean `anthropic`?"),
        "{}",
        printed.err
    );
}

#[test]
fn a_route_shows_what_each_agent_tries() {
    let printed = run(
        "models --route --flake home.nix --openclaw-version 2026.6.11",
        MODULE,
    );
    assert_eq!(printed.code, 0, "{}", printed.err);
    insta::assert_snapshot!(printed.out);
}

/// A reference without its provider, which has a safe fix.
const FIXABLE: &str = r#"{
  programs.openclaw.enable = true;
  programs.openclaw.config = {
    models.providers.kimi = {
      baseUrl = "https://api.kimi.com/coding/v1";
      api = "openai-completions";
      apiKey = "\${KIMI_API_KEY}";
      models = [ { id = "kimi-k2p5"; name = "Kimi K2.5"; } ];
    };
    agents.defaults.model.primary = "kimi-k2p5";
  };
}
"#;

fn write(folder: &Path, text: &str) {
    std::fs::write(folder.join("home.nix"), text).expect("a file");
}

#[test]
fn diff_is_a_patch_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), FIXABLE);
    let printed = openclaw_check()
        .args("home.nix --no-git --openclaw-version 2026.6.11 --diff")
        .inside(folder.path())
        .run();
    insta::assert_snapshot!(printed.out);
    let after = std::fs::read_to_string(folder.path().join("home.nix")).expect("the file");
    assert_eq!(after, FIXABLE);
}

#[test]
fn fix_writes_the_file_and_reports_what_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), FIXABLE);
    let arguments = "home.nix --no-git --openclaw-version 2026.6.11 --fix --format concise";
    let printed = openclaw_check().args(arguments).inside(folder.path()).run();
    assert!(
        printed.err.contains("made 1 fix in home.nix"),
        "{}",
        printed.err
    );
    assert!(
        !printed.out.contains("reference-without-provider"),
        "{}",
        printed.out
    );
    let after = std::fs::read_to_string(folder.path().join("home.nix")).expect("the file");
    assert_eq!(
        after,
        FIXABLE.replace("\"kimi-k2p5\";\n  };", "\"kimi/kimi-k2p5\";\n  };")
    );
    let again = openclaw_check().args(arguments).inside(folder.path()).run();
    assert!(!again.err.contains("made"), "{}", again.err);
}

#[test]
fn a_file_that_cannot_be_written_is_said_and_is_3() {
    let printed = openclaw_check()
        .args("- --stdin-filename home.nix --no-git --openclaw-version 2026.6.11 --fix")
        .inside(tempfile::tempdir().expect("a folder").path())
        .input(FIXABLE)
        .run();
    assert_eq!(printed.code, 3, "{}{}", printed.out, printed.err);
    assert!(printed.out.contains("not changed"), "{}", printed.out);
}

/// A name that is misspelt checks nothing, so that it must not pass.
#[test]
fn a_configuration_that_is_not_there_is_an_error() {
    let printed = run(
        "home.nix --no-git --format json --configuration homeConfigurations.bob",
        MODULE,
    );
    assert_eq!(printed.code, 3, "{}", printed.out);
    let report = json(&printed);
    assert_eq!(report["errors"][0]["path"], "homeConfigurations.bob");
    let message = report["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("home.nix"), "{message}");
}

/// Nix calls `outputs`, and no line of the flake does: what is written in flake.nix is used where it stands.
#[test]
fn a_module_written_in_a_flake_is_fixed_where_it_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kimi");
    let flake = std::fs::read_to_string(fixture.join("flake.nix")).expect("the fixture");
    let misspelt = flake.replace(
        "primary = \"kimi/kimi-k2p5\"",
        "primary = \"kimmi/kimi-k2p5\"",
    );
    assert_ne!(misspelt, flake);
    std::fs::write(folder.path().join("flake.nix"), &misspelt).expect("a file");
    std::fs::copy(fixture.join("flake.lock"), folder.path().join("flake.lock")).expect("a file");
    let arguments = "--no-git --select unknown-provider --format json";
    let printed = openclaw_check().args(arguments).inside(folder.path()).run();
    let finding = &json(&printed)["findings"][0];
    assert_eq!(finding["rule"], "unknown-provider", "{}", printed.out);
    assert_eq!(finding["related"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        finding["related"][0]["message"],
        "a provider that is declared"
    );
    openclaw_check()
        .args("--no-git --select unknown-provider --fix")
        .inside(folder.path())
        .run();
    let after = std::fs::read_to_string(folder.path().join("flake.nix")).expect("the file");
    assert_eq!(after, flake);
}

/// What only the call of `outputs` does wrong stands at `outputs`.
#[test]
fn a_flake_whose_outputs_take_too_little_is_told_so_at_outputs() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("flake.nix"),
        "{\n  outputs = { nixpkgs }: { homeConfigurations.a = 1; };\n}\n",
    )
    .expect("a file");
    let printed = openclaw_check()
        .args("--no-git --format concise")
        .inside(folder.path())
        .run();
    assert!(
        printed
            .out
            .contains("flake.nix:2:3: error[evaluation-error]"),
        "{}",
        printed.out
    );
}

#[test]
fn what_is_made_of_an_unknown_text_is_another_text() {
    let port = |condition: &str| {
        let text = format!(
            "{{ lib, model, ... }}: {{ programs.openclaw = {{ enable = true; config.gateway.port =
               if model == \"ab\" then (if {condition} then 1 else 2) else 3; }}; }}"
        );
        let shown = run("show home.nix --no-git", &text).out;
        [1, 2, 3].map(|port| shown.contains(&format!("\"port\": {port}\n")))
    };
    assert_eq!(port("model == \"ab\""), [true, false, true]);
    for made in [
        "builtins.substring 0 1 model",
        "lib.removeSuffix \"b\" model",
        "lib.trim model",
        "builtins.replaceStrings [ \"b\" ] [ \"\" ] model",
        "toString (builtins.stringLength model)",
    ] {
        let [_, other, _] = port(&format!("{made} == \"ab\""));
        assert!(other, "{made}");
    }
}

#[test]
fn a_configuration_of_flake_parts_may_be_another_one_of_the_flake() {
    let flake = |configurations: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let text = format!(
            "{{
  inputs.flake-parts.url = \"github:hercules-ci/flake-parts\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = inputs@{{ self, flake-parts, home-manager, nix-openclaw, ... }}:
    flake-parts.lib.mkFlake {{ inherit inputs; }} {{
      systems = [ \"x86_64-linux\" ];
      flake = {{
        homeConfigurations.desk = home-manager.lib.homeManagerConfiguration {{
          pkgs = null;
          modules = [ nix-openclaw.homeManagerModules.openclaw {{ programs.openclaw.enable = true; }} ];
        }};
        {configurations}
      }};
    }};
}}
"
        );
        std::fs::write(folder.path().join("flake.nix"), text).expect("a file");
        let printed = openclaw_check()
            .args("--no-git --format json")
            .inside(folder.path())
            .run();
        json(&printed)
    };
    let alias = flake("homeConfigurations.laptop = self.homeConfigurations.desk;");
    assert_eq!(
        alias["configurations"].as_array().map(Vec::len),
        Some(2),
        "{alias:#}"
    );
    let circle = flake("homeConfigurations.laptop = self.homeConfigurations.laptop;");
    let found = circle["findings"].as_array().expect("findings");
    let found = found
        .iter()
        .find(|finding| finding["rule"] == "infinite-recursion")
        .expect("the circle");
    assert_eq!(found["start"]["line"], 13, "{found:#}");
}

/// Each call would make all the choices of its argument anew, were its value not that of one world.
#[test]
fn what_six_unknown_conditions_come_to_is_known_through_calls_inside_of_calls() {
    let models: Vec<String> = (0..6)
        .map(|number| {
            format!("lib.optional config.my.switch-{number} \"openrouter/model-{number}\"")
        })
        .collect();
    let called = (0..12).fold(format!("({})", models.join(" ++ ")), |value, _| {
        format!("(pass {value})")
    });
    let module = format!(
        "{{ config, lib, ... }}:
let pass = models: map (model: lib.concatStrings [ model ]) models; in
{{
  programs.openclaw.enable = true;
  programs.openclaw.environment.OPENROUTER_API_KEY = \"/run/secrets/openrouter\";
  programs.openclaw.config.agents.defaults.model = {{
    primary = \"openrouter/auto\";
    fallbacks = {called};
  }};
}}
"
    );
    let folder = tree(&[("module.nix", &module)]);
    let checked = openclaw_check()
        .args("--format concise module.nix")
        .inside(folder.path())
        .run();
    assert!(
        checked.out.contains("1 instance, 7 model references")
            && !checked.out.contains("could not be checked"),
        "{}",
        checked.out
    );
}

/// What is evaluated once more in each world has to come to the same condition again, also where it has no name.
#[test]
fn a_condition_that_the_machine_decides_is_one_condition() {
    for condition in [
        "builtins.pathExists /etc/openclaw.nix",
        "builtins.getEnv \"HOST\" == \"desk\"",
        "lib.hasPrefix \"a\" (builtins.getEnv \"HOST\")",
        "lib.elem \"a\" (lib.splitString \",\" (builtins.getEnv \"HOSTS\"))",
        "builtins.pathExists \"${builtins.getEnv \"HOME\"}/openclaw.nix\"",
        "(builtins.fetchGit ./.).rev == \"x\"",
        "inputs.hosts.isDesk 5",
        "inputs.hosts.isDesk 5 && !(inputs.hosts.isDesk 6)",
        "lib.any (number: inputs.hosts.isDesk number) [ 1 2 3 ]",
    ] {
        let module = format!(
            "{{ inputs, lib, ... }}:
{{
  programs.openclaw.enable = true;
  programs.openclaw.config =
    if {condition} then
      {{ gateway.port = 6000; }}
    else
      {{ gateway.prot = 5000; }};
}}
"
        );
        let folder = tree(&[("module.nix", &module)]);
        let checked = openclaw_check()
            .args("--format concise --no-git module.nix")
            .inside(folder.path())
            .run();
        assert!(
            checked.out.contains("module.nix:8:17: error[unknown-key]")
                && !checked.out.contains("could not be checked"),
            "{condition}: {}",
            checked.out
        );
    }
}

/// `lib` is joined with other functions in most starter templates: nothing of it is lost.
#[test]
fn a_lib_that_is_joined_with_other_functions_is_known() {
    for lib in [
        "nixpkgs.lib // home-manager.lib",
        "home-manager.lib // nixpkgs.lib",
        "nixpkgs.lib // home-manager.lib // { own = 1; }",
        "nixpkgs.lib.extend (final: previous: previous // home-manager.lib)",
        "nixpkgs.lib.recursiveUpdate nixpkgs.lib home-manager.lib",
        "nixpkgs.lib.recursiveUpdate nixpkgs.lib { inherit (home-manager.lib) homeManagerConfiguration; }",
        "if nixpkgs.lib ? homeManagerConfiguration then { } else nixpkgs.lib // home-manager.lib",
    ] {
        let text = format!(
            "{{
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = {{ nixpkgs, home-manager, nix-openclaw, ... }}:
  let lib = {lib}; in {{
    homeConfigurations.alice = lib.homeManagerConfiguration {{
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [
        nix-openclaw.homeManagerModules.openclaw
        {{
          programs.openclaw.enable = lib.mkForce true;
          programs.openclaw.config.gateway.mode = lib.strings.concatStrings [ \"loc\" \"aal\" ];
        }}
      ];
    }};
  }};
}}
"
        );
        let folder = tree(&[("flake.nix", &text)]);
        let out = openclaw_check()
            .args("--format concise --no-git --quiet --ignore no-documents")
            .inside(folder.path())
            .run()
            .out;
        assert!(
            out.starts_with("flake.nix:11:")
                && out.contains("error[invalid-value]")
                && out.lines().count() == 1,
            "{lib}: {out}"
        );
    }
}

/// What an input says of itself is what it is locked to (`nix eval` of the same flake says so), also where it is not here.
#[test]
fn what_an_input_is_locked_to_is_known() {
    let text = r#"{
  inputs.nix-openclaw.url = "github:openclaw/nix-openclaw";
  inputs.flake-parts.url = "github:hercules-ci/flake-parts";
  outputs = inputs@{ self, flake-parts, nix-openclaw, ... }:
    flake-parts.lib.mkFlake { inherit inputs; } ({ moduleLocation, ... }: {
      flake.known = { inherit (nix-openclaw) rev shortRev lastModified; };
      flake.location = baseNameOf moduleLocation;
      flake.committed = [ (self ? rev) (self ? dirtyRev) (self ? lastModified) (self ? nothing.rev) ];
    });
}
"#;
    let lock = std::fs::read_to_string("fixtures/kimi/flake.lock").expect("the lock");
    let folder = tree(&[("flake.nix", text), ("flake.lock", &lock)]);
    let eval = |path: &str| {
        let run = openclaw_check().args(&format!("eval flake.nix outputs.{path} --no-git --json"));
        json(&run.inside(folder.path()).run())
    };
    let known = eval("known");
    assert_eq!(known["rev"], "910c1ce89e6a6c7574ab97d3935afbe5310b5db7");
    assert_eq!(known["shortRev"], "910c1ce");
    assert_eq!(known["lastModified"], 1_782_864_339);
    assert_eq!(eval("location"), serde_json::json!("flake.nix"));
    // Nix has the one for a tree that is committed, the other for one that is not.
    let committed = eval("committed");
    assert!(committed[0]["$unknown"].is_string(), "{committed}");
    assert!(committed[1]["$unknown"].is_string(), "{committed}");
    assert_eq!(committed[2], true);
}

/// What `fromJSON` makes of a file stands where it stands in the file: a placeholder is one, and a key that is written out is told there.
#[test]
fn what_is_read_from_json_stands_in_the_json() {
    let read = "{ lib, ... }: {
  programs.openclaw.enable = true;
  programs.openclaw.environment.OPENCLAW_GATEWAY_TOKEN = \"/run/secrets/token\";
  programs.openclaw.config = READ;
}
";
    for how in [
        "lib.importJSON ./openclaw.json",
        "builtins.fromJSON (builtins.readFile ./openclaw.json)",
    ] {
        let check = |json: &str| {
            let module = read.replace("READ", how);
            let folder = tree(&[("module.nix", &module), ("openclaw.json", json)]);
            openclaw_check()
                .args("--format concise --no-git --quiet --ignore no-documents module.nix")
                .inside(folder.path())
                .run()
                .out
        };
        let placeholder = r#"{
  "gateway": { "auth": { "token": "${OPENCLAW_GATEWAY_TOKEN}" } }
}
"#;
        assert_eq!(check(placeholder), "", "{how}");
        let out = check(
            r#"{
  "gateway": {
    "auth": { "token": "8f14e45fceea167a5a36dedd4bea2543" },
    "prot": 18789
  }
}
"#,
        );
        let found: Vec<&str> = out
            .lines()
            .filter_map(|line| line.split_once("] ").map(|(place, _)| place))
            .collect();
        let wanted = [
            "openclaw.json:3:25: error[hardcoded-secret",
            "openclaw.json:4:6: error[unknown-key",
        ];
        assert_eq!(found, wanted, "{how}: {out}");
    }
}

/// Nix copies the source tree of a flake to the store: what lies around it is not there, and other places only with `--impure`.
#[test]
fn a_flake_imports_nothing_from_outside_of_its_tree() {
    let flake = |modules: &str| {
        let text = format!(
            "{{
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = {{ nixpkgs, home-manager, nix-openclaw, ... }}: {{
    homeConfigurations.alice = home-manager.lib.homeManagerConfiguration {{
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [
        nix-openclaw.homeManagerModules.openclaw
        {modules}
        {{ programs.openclaw.enable = true; }}
      ];
    }};
  }};
}}
"
        );
        let folder = tree(&[("outside.nix", "{ }"), ("flake/flake.nix", &text)]);
        openclaw_check()
            .args("--format concise --no-git --quiet --ignore no-documents,no-configuration")
            .inside(&folder.path().join("flake"))
            .run()
            .out
    };
    for (modules, found) in [
        (
            "../outside.nix",
            "flake.nix:8:9: error[missing-file] `../outside.nix` leads out of the source tree, and Nix sees nothing else\n",
        ),
        (
            "(import ../outside.nix)",
            "flake.nix:8:17: error[missing-file] `../outside.nix` leads out of the source tree, and Nix sees nothing else\n",
        ),
        (
            "/etc/nixos/outside.nix",
            "flake.nix:8:9: warning[missing-file] `/etc/nixos/outside.nix` is there only with `--impure`\n",
        ),
        // Asked for first: it is not there, or with `--impure` it may be.
        (
            "(if builtins.pathExists ../outside.nix then ../outside.nix else { })",
            "",
        ),
        (
            "({ lib, ... }: { imports = lib.optional (builtins.pathExists /etc/x.nix) /etc/x.nix; })",
            "",
        ),
    ] {
        assert_eq!(flake(modules), found, "{modules}");
    }
}

#[test]
fn comparisons_of_one_unknown_with_several_values_exclude_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let token = ["123456789", ":AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"].concat();
    let hosts = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let chosen: String = hosts
        .iter()
        .map(|host| format!("if host == \"{host}\" then \"kimi/k2\" else "))
        .collect();
    let module = format!(
        r#"{{ lib, host, ... }}:
{{
  programs.openclaw.enable = true;
  programs.openclaw.config = lib.mkMerge [
    {{ models.providers.kimi = {{ baseUrl = "https://api.kimi.com/coding/v1"; models = [ {{ id = "k2"; name = "K2"; }} ]; }}; }}
    (lib.mkIf (host == "a") {{ logging.level = "info"; }})
    (lib.mkIf (host == "b") {{ logging.level = "debug"; }})
    (lib.mkIf (host == "j") {{ channels.telegram.botToken = "{token}"; }})
    {{ agents.defaults.model.primary = {chosen}"kimi/k3"; }}
  ];
}}
"#
    );
    std::fs::write(folder.path().join("module.nix"), module).expect("a file");
    let checked = openclaw_check()
        .args("--format concise module.nix")
        .inside(folder.path())
        .run();
    // The two levels never meet; the last alternative of ten is looked at, and what only one host has.
    let findings: Vec<&str> = checked
        .out
        .lines()
        .filter(|line| line.starts_with("module.nix:"))
        .collect();
    let [secret, model, _] = findings[..] else {
        panic!("{}", checked.out);
    };
    assert!(
        secret.contains("error[hardcoded-secret]"),
        "{}",
        checked.out
    );
    assert!(
        model.contains("[unknown-model]") && model.contains("`k3`"),
        "{}",
        checked.out
    );
    let shown = openclaw_check()
        .args("show module.nix")
        .inside(folder.path())
        .run();
    let starting_with = |what: &str| {
        let lines = shown.out.lines();
        lines.filter(|line| line.starts_with(what)).count()
    };
    // One host says all that there is to say of a world.
    assert_eq!(
        starting_with("// if"),
        starting_with("// OpenClaw"),
        "{}",
        shown.out
    );
    assert!(
        shown.out.contains("// if `host == \"a\"` is true"),
        "{}",
        shown.out
    );
}

#[test]
fn conditions_may_depend_on_options_beside_those_that_they_set() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("flake.nix"),
        r#"{
  outputs = { nixpkgs, home-manager, nix-openclaw, ... }: {
    nixosConfigurations.desk = nixpkgs.lib.nixosSystem {
      modules = [
        home-manager.nixosModules.home-manager
        { networking.hostName = "desk"; services.caddy.enable = true; }
        ({ config, lib, ... }: lib.mkIf (config.networking.hostName == "desk") {
          networking.firewall.allowedTCPPorts = [ 18789 ];
          home-manager.users.zoe.imports = [ nix-openclaw.homeManagerModules.openclaw ./zoe.nix ];
        })
        ({ config, lib, ... }: {
          config = lib.mkIf config.services.caddy.enable {
            services.caddy.email = "zoe@example.org";
            home-manager.users.zoe.programs.openclaw.config.agents.defaults.model.fallbacks = [ "nosuch/two" ];
          };
        })
        ({ config, lib, ... }: lib.mkIf (config.networking.hostName == "laptop") {
          networking.wireless.enable = true;
          home-manager.users.zoe.programs.openclaw.config.agents.defaults.model.fallbacks = [ "nosuch/three" ];
        })
      ];
    };
  };
}
"#,
    )
    .expect("a file");
    std::fs::write(
        folder.path().join("zoe.nix"),
        "{ programs.openclaw.enable = true;\n  programs.openclaw.config.agents.defaults.model.primary = \"nosuch/one\"; }\n",
    )
    .expect("a file");
    let printed = openclaw_check()
        .args("--no-git --format json")
        .inside(folder.path())
        .run();
    let report = json(&printed);
    let found: Vec<String> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["severity"] == "error" || finding["rule"] == "unknown-provider")
        .map(|finding| format!("{} {}", finding["rule"], finding["message"]))
        .collect();
    // That none of the conditions needs itself, that the first two hold, and that the third does not.
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(
        report["unresolved"].as_array().map(Vec::len),
        Some(0),
        "{report:#}"
    );
    for finding in report["findings"].as_array().expect("findings") {
        assert_ne!(finding["rule"], "infinite-recursion", "{finding:#}");
    }
}

/// What a script puts into the file when it runs is not followed: this is said, instead of that nothing configures OpenClaw.
#[test]
fn a_file_that_a_script_writes_is_named() {
    let printed = run(
        ". --no-git",
        r#"{ pkgs, ... }: {
  systemd.services.openclaw-config.script = ''
    ${pkgs.jq}/bin/jq -n '{ gateway: { mode: "local" } }' > /var/lib/openclaw/openclaw.json
  '';
}"#,
    );
    assert_eq!(printed.code, 0);
    assert!(
        printed
            .out
            .contains("nothing here that can be checked configures OpenClaw"),
        "{}",
        printed.out
    );
    assert!(printed.out.contains("its configuration is named here"));
}

/// What stands in a list of `mkMerge` is needed before Nix knows any option.
#[test]
fn a_file_that_is_merged_into_the_configuration_and_is_not_there_is_an_error() {
    let folder = tree(&[
        (
            "flake.nix",
            "{ outputs = { nixpkgs, agenix, ... }: {
             nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./module.nix agenix.nixosModules.default ]; };
           }; }",
        ),
        (
            "module.nix",
            r#"{ lib, pkgs, config, ... }@arguments:
let seed = pkgs.writeText "openclaw-seed.json" (builtins.toJSON { gateway.mode = "local"; });
in {
  options.mine.openclaw = lib.mkEnableOption "it";
  config = lib.mkMerge [
    { mine.openclaw = true; }
    (lib.mkIf config.mine.openclaw (lib.mkMerge [
      (import ./install.nix (arguments // { inherit seed; }))
    ]))
  ];
}"#,
        ),
    ]);
    let check = || {
        let printed = openclaw_check()
            .args("--no-git --format concise")
            .inside(folder.path())
            .run();
        (printed.code, printed.out)
    };
    let (code, out) = check();
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("module.nix:8:8: error[missing-file] `install.nix` is missing"),
        "{out}"
    );
    std::fs::write(
        folder.path().join("install.nix"),
        "{ seed, ... }: { system.activationScripts.x = ''install ${seed} /etc/openclaw/openclaw.json''; }",
    )
    .expect("a file");
    let (code, out) = check();
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("1 configuration"), "{out}");
}

/// Options in a misspelt namespace of their own, and a text that names a file that is not there.
#[test]
fn a_misspelt_namespace_and_a_file_that_a_text_names_are_found() {
    let folder = tree(&[
        (
            "flake.nix",
            "{ inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
           outputs = { nixpkgs, nix-openclaw, ... }: {
             nixosConfigurations.server = nixpkgs.lib.nixosSystem {
               modules = [ nix-openclaw.nixosModules.openclaw-gateway ./gateway.nix ./models.nix ];
             };
           }; }",
        ),
        (
            "gateway.nix",
            "{
  services.openclaw-gateway = { enable = true; config.gateway.mode = \"local\"; };
  systemd.tmpfiles.rules = [ \"L+ /var/lib/openclaw/workspace/AGENTS.md - - - - ${./AGENTS.md}\" ];
}",
        ),
        (
            "models.nix",
            "{ servces.openclaw-gateway.config.agents.defaults.model.primary = \"openrouterr/auto\"; }",
        ),
    ]);
    let printed = openclaw_check()
        .args("--no-git --format concise")
        .inside(folder.path())
        .run();
    assert_eq!(printed.code, 1, "{}", printed.out);
    for expected in [
        "models.nix:1:11: error[unknown-option] the option `servces.openclaw-gateway` does not exist",
        "warning[unknown-provider] no provider `openrouterr`",
        "gateway.nix:3:82: error[missing-file] `./AGENTS.md` is missing",
        "\nnixosConfigurations.server: OpenClaw",
    ] {
        assert!(
            printed.out.contains(expected),
            "{expected}\n{}",
            printed.out
        );
    }
}

/// First names of options that Home Manager has, misspelt; another module may have an option of that very name.
#[test]
fn a_misspelt_first_name_is_found_where_nothing_unseen_may_declare_it() {
    let check = |modules: &str| {
        let flake = format!(
            "{{ inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\"; inputs.own.url = \"github:alice/modules\";
           outputs = {{ nixpkgs, home-manager, nix-openclaw, own, ... }}: {{
             homeConfigurations.alice = home-manager.lib.homeManagerConfiguration {{
               pkgs = nixpkgs.legacyPackages.x86_64-linux;
               modules = [ nix-openclaw.homeManagerModules.openclaw ./home.nix {modules} ];
             }};
           }}; }}"
        );
        let home = "{
  programs.openclaw = { enable = true; config.gateway.mode = \"local\"; };
  sytemd.user.services.openclaw-gateway.Service.Environment = \"A=1\";
}";
        let folder = tree(&[("flake.nix", &flake), ("home.nix", home)]);
        let run = openclaw_check().args("--no-git --format concise");
        run.inside(folder.path()).run().out
    };
    let found = "home.nix:3:3: error[unknown-option] the option `sytemd` does not exist";
    let out = check("");
    assert!(out.contains(found), "{out}");
    for declaring in [
        "own.homeModules.default",
        "({ lib, ... }: { options.sytemd = lib.mkOption { type = lib.types.anything; }; })",
    ] {
        let out = check(declaring);
        assert!(!out.contains("sytemd"), "{out}");
    }
}

/// A repository like nix-openclaw itself: it declares the options, tests them with functions of its own, and offers a template.
#[test]
fn declared_options_and_offered_templates_are_no_configurations() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, text).expect("a file");
    };
    write(
        "flake.nix",
        "{ inputs.mine.url = \"github:mine/mine\"; outputs = { nixpkgs, mine, ... }: {
             homeManagerModules.openclaw = import ./module.nix;
             homeConfigurations = mine.lib.all ./module.nix;
             templates.agent = { path = ./template; description = \"An agent\"; };
           }; }",
    );
    write(
        "module.nix",
        "{ lib, ... }: { options.programs.openclaw = { enable = lib.mkEnableOption \"it\"; config = lib.mkOption { type = lib.types.attrs; default = { }; }; }; }",
    );
    let template = "{ programs.openclaw = { enable = true; config.gateway.auth.token = \"<gatewayToken>\"; }; }";
    write(
        "template/flake.nix",
        "{ outputs = _: { homeModules.default = ./home.nix; }; }",
    );
    write("template/home.nix", template);
    write("other/home.nix", template);
    let printed = openclaw_check()
        .args("--no-git --format json")
        .inside(folder.path())
        .run();
    let report = json(&printed);
    let mut files: Vec<&str> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["severity"] != "note")
        .filter_map(|finding| finding["file"].as_str())
        .collect();
    files.dedup();
    assert_eq!(files, ["other/home.nix"], "{report:#}");
}

/// A module of the user's own with options, a service that is restarted when the first part of the configuration changes, and
/// a script that writes the whole.
#[test]
fn the_fuller_of_two_renderings_is_checked_and_what_nix_fails_on_in_it_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("flake.nix"),
        r#"{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.desk = nixpkgs.lib.nixosSystem {
      modules = [
        ({ config, lib, ... }:
          let
            cfg = config.services.claw;
            base = {
              gateway.mode = "local";
              agents.defaults.model.primary = "xai/grok";
              agents.defaults.maxConcurrent = cfg.parallel;
            };
            whole = base // lib.optionalAttrs (cfg.providers != { }) { models.providers = cfg.providers; };
          in
          {
            options.services.claw.parallel = lib.mkOption { type = lib.types.int; default = 4; };
            options.services.claw.providers = lib.mkOption { type = lib.types.attrs; default = { }; };
            config = {
              systemd.services.claw.restartTriggers = [ (builtins.toJSON base) ];
              system.activationScripts.claw.text = "echo '${builtins.toJSON whole}' > /var/lib/claw/openclaw.json";
            };
          })
        {
          services.claw.parallel = "many";
          services.claw.providers.xai = { baseUrl = "https://api.x.ai/v1"; api = "openai-response"; models = [ ]; };
        }
      ];
    };
  };
}
"#,
    )
    .expect("a file");
    let printed = openclaw_check()
        .args("--no-git --format concise --openclaw-version 2026.6.11")
        .inside(folder.path())
        .run();
    assert_eq!(printed.code, 1, "{}", printed.out);
    for expected in [
        "flake.nix:24:25: error[evaluation-error] the option `services.claw.parallel` takes an integer, and a string is given",
        "flake.nix:25:82: error[invalid-value] `models.providers.xai.api` must be one of",
    ] {
        assert!(
            printed.out.contains(expected),
            "{expected}: {}",
            printed.out
        );
    }
    assert_eq!(printed.out.matches("error[").count(), 2, "{}", printed.out);
}

/// A repository of several machines, each a flake with a lock of its own, beside a template.
#[test]
fn flakes_in_folders_are_checked_each_with_its_own_lock() {
    let folder = tempfile::tempdir().expect("a folder");
    let flake = |model: &str| {
        format!(
            r#"{{
  inputs.home-manager.url = "github:nix-community/home-manager";
  inputs.nix-openclaw.url = "github:openclaw/nix-openclaw";
  outputs = {{ home-manager, nix-openclaw, nixpkgs, ... }}: {{
    homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration {{
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [
        nix-openclaw.homeManagerModules.openclaw
        {{ programs.openclaw.enable = true; programs.openclaw.config.agents.defaults.model.primary = "{model}"; }}
      ];
    }};
  }};
}}
"#
        )
    };
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    let lock = |fixture: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        std::fs::read_to_string(file.join(fixture).join("flake.lock")).expect("a lock")
    };
    write("machines/desk/flake.nix", &flake("nosuch/one"));
    write("machines/desk/flake.lock", &lock("kimi"));
    write("machines/lap/flake.nix", &flake("nosuch/two"));
    write("machines/lap/flake.lock", &lock("kimi-2026-02"));
    write("templates/start/flake.nix", &flake("<provider>/<model>"));
    let run = || {
        let printed = openclaw_check()
            .args("--no-git --format json")
            .inside(folder.path())
            .run();
        let report = json(&printed);
        let configurations: Vec<String> = report["configurations"]
            .as_array()
            .expect("configurations")
            .iter()
            .map(|one| format!("{} {}", one["name"], one["openclaw"]).replace('"', ""))
            .collect();
        let found: Vec<String> = report["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .filter(|finding| finding["rule"] == "unknown-provider")
            .map(|finding| format!("{} {}", finding["file"], finding["rule"]).replace('"', ""))
            .collect();
        (configurations, found)
    };
    let machines = [
        "machines/desk#homeConfigurations.zoe 2026.6.11".to_string(),
        "machines/lap#homeConfigurations.zoe 2026.2.9".to_string(),
    ];
    let expected = [
        "machines/desk/flake.nix unknown-provider",
        "machines/lap/flake.nix unknown-provider",
    ];
    // Below a flake that has nothing of them.
    write("flake.nix", "{ outputs = { ... }: { }; }");
    assert_eq!(
        run(),
        (machines.to_vec(), expected.map(String::from).to_vec())
    );
    // And in a folder that is none, where a template is a flake like the others.
    std::fs::remove_file(folder.path().join("flake.nix")).expect("a file");
    let (configurations, found) = run();
    assert_eq!(configurations[..2], machines);
    assert_eq!(found[..2], expected);
    assert_eq!(configurations.len(), 3, "{configurations:?}");
}

/// What is imported whichever way a condition goes is imported once, and is declared once.
#[test]
fn modules_imported_in_every_world_are_declared_once() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("flake.nix"),
        r#"{
  outputs = { nixpkgs, other, ... }:
    let
      declares = { lib, ... }: { options.my.name = lib.mkOption { default = "desk"; }; };
    in
    {
      nixosConfigurations.desk = nixpkgs.lib.nixosSystem {
        modules = [
          { imports = builtins.filter (module: module != null) [ (if other.wanted then { my.other = 1; } else null) declares ]; }
          { imports = if other.more then [ ./port.nix { my.other = 2; } ] else [ ./port.nix ]; }
          { imports = if other.old then [ { options.my.port = nixpkgs.lib.mkOption { default = 1; }; } ] else [ { options.my.port = nixpkgs.lib.mkOption { default = 2; }; } ]; }
          ({ config, ... }: { networking.hostName = "${config.my.name}-${toString config.my.number}-${toString config.my.port}"; })
        ];
      };
    };
}
"#,
    )
    .expect("a file");
    std::fs::write(
        folder.path().join("port.nix"),
        "{ lib, ... }: { options.my.number = lib.mkOption { default = 7; }; }",
    )
    .expect("a file");
    let printed = openclaw_check()
        .args("eval flake.nix outputs.nixosConfigurations.desk.config.networking.hostName --no-git")
        .inside(folder.path())
        .run();
    assert_eq!(
        printed.out.trim(),
        "\"desk-7-«unknown: how the option `my.port` is declared depends on whether `inputs.other.old` is true»\""
    );
}

/// Users of Home Manager in a system whose modules do not have Home Manager's.
#[test]
fn users_without_the_module_of_home_manager_are_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |modules: &str| {
        let flake = format!(
            r#"{{
  inputs.home-manager.url = "github:nix-community/home-manager";
  inputs.nix-openclaw.url = "github:openclaw/nix-openclaw";
  outputs = {{ nixpkgs, home-manager, nix-openclaw, other, ... }}: {{
    nixosConfigurations.desk = nixpkgs.lib.nixosSystem {{
      modules = [
        {modules}
        ({{ modulesPath, ... }}: {{ imports = [ (modulesPath + "/installer/scan/not-detected.nix") ]; }})
        {{ home-manager.users.zoe = {{ imports = [ nix-openclaw.homeManagerModules.openclaw ]; programs.openclaw.enable = true; }}; }}
      ];
    }};
  }};
}}
"#
        );
        std::fs::write(folder.path().join("flake.nix"), flake).expect("a file");
        openclaw_check()
            .args("--no-git --format concise")
            .inside(folder.path())
            .run()
            .out
    };
    let expected = "error[unknown-option] the option `home-manager` does not exist";
    let without = run("");
    assert!(without.contains(expected), "{without}");
    assert!(!run("home-manager.nixosModules.home-manager").contains("unknown-option"));
    // Somebody else's module may bring it.
    assert!(!run("other.nixosModules.default").contains("unknown-option"));
}

/// A module of somebody else's, with options of its own.
#[test]
fn options_of_a_module_that_is_not_here_are_said_not_to_be_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("flake.nix"),
        r#"{
  outputs = { nixpkgs, claw, ... }: {
    nixosConfigurations.desk = nixpkgs.lib.nixosSystem {
      modules = [
        claw.nixosModules.default
        { services.openclaw = { enable = true; modelProvider = "anthropic"; }; }
      ];
    };
  };
}
"#,
    )
    .expect("a file");
    let run = |arguments: &str| {
        openclaw_check()
            .args("--no-git --format concise")
            .args(arguments)
            .inside(folder.path())
            .run()
    };
    let printed = run("");
    assert_eq!(printed.code, 0, "{}", printed.out);
    assert!(
        printed.out.contains(
            "flake.nix:6:20: note[unresolved] nixosConfigurations.desk: services.openclaw: the module that declares `services.openclaw` is not here"
        ),
        "{}",
        printed.out
    );
    assert!(!printed.out.contains("nothing here"), "{}", printed.out);
    assert_eq!(run("--strict").code, 1);
}

/// `!=` is the opposite of `==`, and comparisons of what is only partly known are conditions of their own.
#[test]
fn comparisons_with_what_is_not_known_are_told_apart() {
    let worlds = |definitions: &str| -> Vec<String> {
        let module = format!(
            "{{ host, port, lib, ... }}:\n{{ programs.openclaw.enable = true;\n  programs.openclaw.config = lib.mkMerge [ {definitions} ]; }}\n"
        );
        let printed = run(
            "show home.nix --no-git --openclaw-version 2026.6.11 --format json",
            &module,
        );
        let report = json(&printed);
        let instances = report["configurations"][0]["instances"].as_array();
        let mut worlds: Vec<String> = instances
            .expect("worlds")
            .iter()
            .map(|world| {
                let gateway = &world["config"]["gateway"];
                format!("{} {} {}", world["if"], gateway["bind"], gateway["port"])
                    .replace(['"', '\\'], "")
            })
            .collect();
        worlds.sort();
        worlds
    };
    assert_eq!(
        worlds(
            r#"(lib.mkIf ("${host}.x" == "a.x") { gateway.bind = "lan"; })
               (lib.mkIf ("a.x" != "${host}.x") { gateway.bind = "loopback"; })
               (lib.mkIf ("${host}.x" == "b.x") { gateway.port = 1; })"#
        ),
        [
            "[`${host}.x == a.x` is true,`${host}.x == b.x` is true] lan 1",
            "[`${host}.x == a.x` is true,not: `${host}.x == b.x` is true] lan null",
            "[not: `${host}.x == a.x` is true,`${host}.x == b.x` is true] loopback 1",
            "[not: `${host}.x == a.x` is true,not: `${host}.x == b.x` is true] loopback null",
        ]
    );
    // JSON of two values with the same unknown in them are two texts.
    let of_json = worlds(
        r#"(lib.mkIf (builtins.toJSON { a = host; } == "{}") { gateway.bind = "lan"; })
           (lib.mkIf (builtins.toJSON { b = host; } == "{}") { gateway.port = 1; })"#,
    );
    assert_eq!(of_json.len(), 4, "{of_json:?}");
    let by_number = worlds(
        r#"(lib.mkIf (port >= 5) { gateway.bind = "lan"; })
           (lib.mkIf (port < 5) { gateway.bind = "loopback"; })"#,
    );
    assert_eq!(by_number.len(), 2, "{by_number:?}");
    assert!(by_number.iter().any(|world| world.contains("lan")));
    assert!(by_number.iter().any(|world| world.contains("loopback")));
}

/// `inherit (self) outputs;` and the like: what every flake has beside its outputs, one in a folder of it too (`nix eval` of
/// Nix 2.34 has them all).
#[test]
fn a_flake_has_its_outputs_inputs_and_source_by_these_names() {
    let flake = r#"{
  inputs.home-manager.url = "github:nix-community/home-manager";
  inputs.nix-openclaw.url = "github:openclaw/nix-openclaw";
  inputs.sub.url = "path:./sub";
  outputs = { self, home-manager, nix-openclaw, nixpkgs, sub, ... }@inputs:
    let inherit (self) outputs; in {
      seven = 7;
      modules = { bind = { programs.openclaw.config.gateway.port = outputs.seven; }; };
      homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration {
        pkgs = nixpkgs.legacyPackages.x86_64-linux;
        extraSpecialArgs = { inherit outputs; };
        modules = [
          nix-openclaw.homeManagerModules.openclaw
          ({ outputs, ... }: {
            imports = builtins.attrValues outputs.modules;
            programs.openclaw.enable = true;
            programs.openclaw.config.gateway.bind = self._type + (if self.inputs ? nixpkgs then "-a" else "-b");
            programs.openclaw.config.gateway.mode = if self.sourceInfo ? outPath then "local" else "none";
            programs.openclaw.config.gateway.customBindHost =
              if sub.sourceInfo ? outPath && !(sub.inputs ? nixpkgs) then sub.outputs.host else "none";
          })
        ];
      };
    };
}
"#;
    let sub = r#"{ outputs = { self }: { host = "10.0.0.1"; }; }"#;
    let folder = tree(&[("flake.nix", flake), ("sub/flake.nix", sub)]);
    let printed = openclaw_check()
        .args("show --no-git --openclaw-version 2026.6.11 --format json")
        .inside(folder.path())
        .run();
    let report = json(&printed);
    let gateway = &report["configurations"][0]["instances"][0]["config"]["gateway"];
    assert_eq!(
        (&gateway["port"], &gateway["bind"], &gateway["mode"]),
        (&7.into(), &"flake-a".into(), &"local".into()),
        "{}",
        printed.transcript()
    );
    assert_eq!(gateway["customBindHost"], "10.0.0.1");
}

/// What a file declares without a default is for another file to set, also where its type would allow for none.
#[test]
fn options_that_a_file_by_itself_only_declares_are_not_known() {
    let printed = run(
        "home.nix --no-git --openclaw-version 2026.6.11",
        r#"{ config, lib, ... }:
{
  options.oc.models = lib.mkOption { type = lib.types.listOf lib.types.str; };
  options.oc.choice = lib.mkOption { type = lib.types.str; };
  config.programs.openclaw.enable = true;
  config.programs.openclaw.config.agents.defaults.model = {
    primary = lib.head config.oc.models;
    fallbacks = [ config.oc.choice ];
  };
}
"#,
    );
    assert_eq!(printed.code, 0, "{}", printed.transcript());
    for option in ["config.oc.models", "config.oc.choice"] {
        let said = format!("`{option}`: the option is not set here, and another file may set it");
        assert!(
            printed.transcript().contains(&said),
            "{}",
            printed.transcript()
        );
    }
}

/// An option of the type of `pkgs.formats.json`, read back: sets merge, and so do lists (nixpkgs' `pkgs/pkgs-lib/formats.nix`).
#[test]
fn options_of_the_type_of_json_merge_as_its_sets_and_lists() {
    let module = |more: &str| {
        format!(
            r#"{{ config, lib, pkgs, ... }}:
{{
  options.my.settings = lib.mkOption {{ type = (pkgs.formats.json {{ }}).type; default = {{ }}; }};
  config = lib.mkMerge [
    {{ my.settings.gateway.port = 18789; my.settings.tools.deny = [ "exec" ]; }}
    {{ my.settings.gateway.bind = "lan"; my.settings.tools.deny = [ "cron" ]; }}
    {{ {more} }}
    {{ programs.openclaw.enable = true; programs.openclaw.config = config.my.settings; }}
  ];
}}
"#
        )
    };
    let shown = |more: &str| {
        run(
            "show home.nix --no-git --openclaw-version 2026.6.11 --format json",
            &module(more),
        )
    };
    let printed = shown("");
    let config = &json(&printed)["configurations"][0]["instances"][0]["config"];
    let transcript = printed.transcript();
    assert_eq!(config["gateway"]["port"], 18789, "{transcript}");
    assert_eq!(config["gateway"]["bind"], "lan", "{transcript}");
    let denied = config["tools"]["deny"].to_string();
    assert!(
        denied.contains("exec") && denied.contains("cron"),
        "{denied}"
    );
    let twice = run(
        "home.nix --no-git --openclaw-version 2026.6.11",
        &module("my.settings.gateway.port = 1;"),
    );
    assert_eq!(twice.code, 1, "{}", twice.transcript());
}

/// An openclaw.json that is a text: each value stands where its bytes do, in the literal or in the file that was read.
#[test]
fn a_configuration_that_is_a_text_is_read_at_its_places() {
    let places = |module: &str| {
        let file = "{\n  \"agents\": {\"defaults\": {\"model\": \"@model@/auto\"}},\n  \"gateway\": {\"mode\": \"locall\"}\n}\n";
        let folder = tree(&[("home.nix", module), ("oc.json", file)]);
        let printed = openclaw_check()
            .args("home.nix --no-git --openclaw-version 2026.6.11 --format json")
            .inside(folder.path())
            .run();
        let report = json(&printed);
        let findings = report["findings"].as_array().expect("findings").clone();
        findings
            .iter()
            .map(|one| {
                let file = one["file"].as_str().expect("a file");
                let text = std::fs::read_to_string(folder.path().join(file)).expect("a text");
                let offset = |end: &str| one[end]["offset"].as_u64().expect("an offset") as usize;
                let at = &text[offset("start")..offset("end")];
                let rule = one["rule"].as_str().expect("a rule");
                format!("{rule} {file} {} {at}", one["start"]["line"])
            })
            .collect::<Vec<String>>()
    };
    let literal = |text: &str| {
        places(&format!(
            "{{ config, lib, pkgs, ... }}:\n{{\n  home.file.\".openclaw/openclaw.json\".text = {text};\n}}\n"
        ))
    };
    // With a comment, an escaped placeholder before it, and a trailing comma, as JSON5 allows.
    let indented = "''\n    {\n      // a comment\n      \"gateway\": { \"auth\": { \"token\": \"''${TOKEN}\" }, \"mode\": \"locall\" },\n    }\n  ''";
    assert_eq!(
        literal(indented),
        ["invalid-value home.nix 6 \"locall\""],
        "{indented}"
    );
    assert_eq!(
        literal(r#""{\"gateway\": {\"mode\": \"locall\"}}""#),
        [r#"invalid-value home.nix 3 \"locall\""#]
    );
    // What Nix puts in is not known: in a string, as a value, as a key.
    let partly = "''{ \"gateway\": { \"port\": ${toString config.my.port}, \"mode\": \"locall\", ${config.my.more}: 1, \"auth\": { \"token\": \"${config.sops.placeholder.token}\" } } }''";
    assert_eq!(
        literal(partly),
        ["invalid-value home.nix 3 \"locall\""],
        "{partly}"
    );
    // No JSON5.
    assert_eq!(
        literal("''\n    { \"gateway\": { \"mode\" \"local\" } }\n  ''"),
        ["syntax-error home.nix 4 \""]
    );
    assert_eq!(
        literal("lib.mkIf config.my.enable (builtins.readFile ./oc.json)"),
        [
            "unknown-provider oc.json 2 @model@",
            "invalid-value oc.json 3 \"locall\""
        ]
    );
    // Changed on the way: the place is where it is used.
    assert_eq!(
        literal(
            "builtins.replaceStrings [ \"@model@\" ] [ \"openrouter\" ] (builtins.readFile ./oc.json)"
        ),
        [
            "invalid-value home.nix 3 builtins.replaceStrings [ \"@model@\" ] [ \"openrouter\" ] (builtins.readFile ./oc.json)"
        ]
    );
}

/// What a fix writes must stand in the string of Nix as it is.
#[test]
fn fixes_in_a_text_keep_it_a_string() {
    let fixed = |text: &str| {
        let module = format!("{{ home.file.\".openclaw/openclaw.json\".text = {text}; }}\n");
        let folder = tree(&[("home.nix", &module)]);
        let printed = openclaw_check()
            .args("home.nix --no-git --openclaw-version 2026.6.11 --fix")
            .inside(folder.path())
            .run();
        let after = std::fs::read_to_string(folder.path().join("home.nix")).expect("a file");
        assert_ne!(printed.code, 2, "{}", printed.transcript());
        let text = after.split_once(" = ").expect("a text").1;
        let text = text.strip_suffix("; }\n").expect("its end").to_string();
        (after != module).then_some(text)
    };
    assert_eq!(
        fixed(
            r#"''{ "messages": { "responseprefix": "x" }, "gateway": { "port": "18789" }, "channels": { "telegram": { "dmPolicy": "Open" } } }''"#
        )
        .as_deref(),
        Some(
            r#"''{ "messages": { "responsePrefix": "x" }, "gateway": { "port": 18789 }, "channels": { "telegram": { "dmPolicy": "open" } } }''"#
        )
    );
    // What is replaced together with its escaped quotes is left; within them, text is mended.
    assert_eq!(
        fixed(
            r#""{ \"messages\": { \"responseprefix\": \"x\" }, \"gateway\": { \"port\": \"18789\" }, \"channels\": { \"telegram\": { \"dmPolicy\": \"Open\" } } }""#
        )
        .as_deref(),
        Some(
            r#""{ \"messages\": { \"responseprefix\": \"x\" }, \"gateway\": { \"port\": \"18789\" }, \"channels\": { \"telegram\": { \"dmPolicy\": \"open\" } } }""#
        )
    );
}

/// The text of a configuration that is not known is told; where a file is asked for, a text is its path and no JSON.
#[test]
fn a_text_that_is_not_known_or_is_a_path_is_no_configuration() {
    let said = |options: &str| {
        let flake = format!(
            r#"{{
  outputs = {{ nixpkgs, ... }}: {{
    nixosConfigurations.box = nixpkgs.lib.nixosSystem {{
      system = "x86_64-linux";
      modules = [ ({{ config, lib, ... }}: {{ {options} }}) ];
    }};
  }};
}}
"#
        );
        let folder = tree(&[("flake.nix", &flake)]);
        let printed = openclaw_check()
            .args("--no-git --openclaw-version 2026.6.11 --format json")
            .inside(folder.path())
            .run();
        let report = json(&printed);
        let texts = |list: &str, field: &str| -> Vec<String> {
            let list = report[list].as_array().expect("a list");
            list.iter().map(|one| one[field].to_string()).collect()
        };
        (
            texts("findings", "rule"),
            texts("unresolved", "reason").join("\n"),
        )
    };
    for path in [
        r#"systemd.services.claw.environment.OPENCLAW_CONFIG_PATH = "/var/lib/openclaw/openclaw.json";"#,
        r#"systemd.services.claw.environment.OPENCLAW_CONFIG_PATH = lib.mkIf config.my.x "/var/openclaw.json";"#,
        r#"systemd.services.claw.environment.OPENCLAW_CONFIG_PATH = "${config.my.folder}/openclaw.json";"#,
        r#"environment.etc."openclaw/openclaw.json".source = "/run/secrets/openclaw.json";"#,
    ] {
        let (rules, unresolved) = said(path);
        assert_eq!(rules, [r#""no-configuration""#], "{path}");
        assert_eq!(unresolved, "", "{path}");
    }
    for text in [
        "config.my.text",
        "builtins.readFile config.my.file",
        "''{ ${config.my.more} \"gateway\": { \"mode\": \"locall\" } }''",
    ] {
        let (rules, unresolved) = said(&format!(
            "environment.etc.\"openclaw/openclaw.json\".text = {text};"
        ));
        assert!(rules.is_empty(), "{text}: {rules:?}");
        assert!(
            unresolved.starts_with("\"what OpenClaw gets of it is not known: "),
            "{text}: {unresolved}"
        );
    }
}

/// A file that is changed on the way holds its values no more: placeholders in it are no content of a secret file, and findings
/// point at the call.
#[test]
fn json_that_is_changed_on_the_way_stands_where_it_is_read() {
    let module = r#"{ config, lib, ... }:
{
  programs.openclaw.enable = true;
  programs.openclaw.environment.TOKEN = "/run/secrets/token";
  programs.openclaw.config = builtins.fromJSON (builtins.replaceStrings [ "@mode@" ] [ "locall" ] (builtins.readFile ./oc.json));
}
"#;
    let file = r#"{"gateway": {"mode": "@mode@", "auth": {"mode": "token", "token": "${TOKEN}"}}}"#;
    let folder = tree(&[("home.nix", module), ("oc.json", file)]);
    let printed = openclaw_check()
        .args("home.nix --no-git --openclaw-version 2026.6.11 --format json")
        .inside(folder.path())
        .run();
    let report = json(&printed);
    let findings = report["findings"].as_array().expect("findings");
    let [finding] = findings.as_slice() else {
        panic!("{}", printed.transcript());
    };
    assert_eq!(finding["rule"], "invalid-value");
    assert_eq!(finding["file"], "home.nix");
    assert_eq!(finding["start"]["line"], 5);
}

/// A container of a compose file that is written in Nix has the name of the NixOS service, and is none.
#[test]
fn a_container_is_no_service() {
    let folder = tempfile::tempdir().expect("a folder");
    for (spec, is_service) in [
        (
            "image = \"ghcr.io/openclaw/openclaw\"; restart = \"unless-stopped\"; volumes = [ \"/a:/b\" ];",
            false,
        ),
        ("service.image = \"ghcr.io/openclaw/openclaw\";", false),
        ("enable = true; image = \"x\";", true),
        ("volums = [ ];", true),
    ] {
        let module = format!("{{ services.openclaw-gateway = {{ {spec} }}; }}");
        std::fs::write(folder.path().join("compose.nix"), module).expect("a file");
        let printed = openclaw_check()
            .args("--no-git --format concise compose.nix")
            .inside(folder.path())
            .run();
        assert_eq!(
            printed.out.contains("[unknown-option]"),
            is_service,
            "{spec}: {}",
            printed.out
        );
    }
}

/// Which services start a gateway, and need `gateway.mode = "local"`.
#[test]
fn the_mode_of_a_gateway_that_is_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let gateway = "services.openclaw-gateway";
    let home = "programs.openclaw";
    for (module, told) in [
        (
            format!("{gateway} = {{ enable = true; config.channels = {{ }}; }};"),
            true,
        ),
        (
            format!("{gateway} = {{ enable = true; config.gateway.mode = \"remote\"; }};"),
            true,
        ),
        (
            format!("{gateway} = {{ enable = true; config.gateway.mode = \"local\"; }};"),
            false,
        ),
        (
            format!(
                "{gateway} = {{ enable = true; execStart = \"/x gateway --allow-unconfigured\"; }};"
            ),
            false,
        ),
        (
            format!(
                "{gateway}.enable = true; systemd.services.openclaw-gateway.serviceConfig.ExecStart = lib.mkForce \"/x gateway\";"
            ),
            false,
        ),
        (
            format!("{home} = {{ enable = true; config.channels = {{ }}; }};"),
            false,
        ),
        (
            format!("{home} = {{ enable = true; config.gateway.mode = \"remote\"; }};"),
            true,
        ),
        (
            format!(
                "{home} = {{ enable = true; launchd.enable = false; config.gateway.mode = \"remote\"; }};"
            ),
            false,
        ),
        (
            format!(
                "{home} = {{ enable = true; systemd.enable = pkgs.x; config.gateway.mode = \"remote\"; }};"
            ),
            false,
        ),
    ] {
        let module = format!("{{ lib, pkgs, ... }}: {{ {module} }}");
        std::fs::write(folder.path().join("module.nix"), &module).expect("a file");
        let printed = openclaw_check()
            .args("--no-git --format concise module.nix --openclaw-version 2026.6.11")
            .inside(folder.path())
            .run();
        assert_eq!(
            printed.out.contains("[gateway-mode]"),
            told,
            "{module}: {}",
            printed.out
        );
    }
}

/// The module of the NixOS service declares nothing for Home Manager.
#[test]
fn a_module_for_another_kind_of_configuration_declares_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for (output, is_told) in [
        ("homeManagerModules.openclaw", false),
        ("nixosModules.openclaw-gateway", true),
        ("modules.openclaw", false),
    ] {
        let flake = format!(
            r#"{{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";
  inputs.home-manager.url = "github:nix-community/home-manager";
  inputs.nix-openclaw.url = "github:openclaw/nix-openclaw";
  outputs = {{ nixpkgs, home-manager, nix-openclaw, ... }}: {{
    homeConfigurations.alice = home-manager.lib.homeManagerConfiguration {{
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [
        nix-openclaw.{output}
        {{ programs.openclaw.enable = true; }}
      ];
    }};
  }};
}}
"#
        );
        std::fs::write(folder.path().join("flake.nix"), flake).expect("a file");
        let printed = openclaw_check()
            .args("--no-git --format concise .")
            .inside(folder.path())
            .run();
        let told =
            "flake.nix:10:20: error[unknown-option] the option `programs.openclaw` does not exist";
        assert_eq!(
            printed.out.contains(told),
            is_told,
            "{output}: {}",
            printed.out
        );
    }
}
