//! `nix flake check` with `checks.<system>.openclaw`: passing on a clean flake, failing with the finding at its line
//! on each kind of mistake, also where only Nix knows the value.

use crate::support::{Flake, Nix, PROGRAM, git, nix_versions, repository, run, write};

/// Runs a test with every version of Nix that is there.
fn with_each_nix(test: impl Fn(&Nix)) {
    for nix in nix_versions() {
        test(&nix);
    }
}

const PRIMARY: &str = "primary = \"kimi/kimi-k2p5\";";

#[test]
fn a_clean_flake_passes_and_is_not_checked_again() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake.check(nix).passes();
        // The second time nothing is built, so that nothing is printed either.
        let build = |arguments: &[&str]| {
            flake
                .nix(nix, arguments, "#checks.x86_64-linux.openclaw")
                .passes()
        };
        build(&["build", "--no-link", "--print-build-logs"]);
        let second = build(&["build", "--no-link", "--print-build-logs"]);
        assert!(!second.text.contains("building"), "{}", second.text);
        assert!(!second.text.contains("openclaw-check>"), "{}", second.text);
    });
}

#[test]
fn an_undeclared_model_fails_at_its_line() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake.replace("openclaw.nix", PRIMARY, "primary = \"kimi/kimi-k9\";");
        let place = flake.place("openclaw.nix", "kimi/kimi-k9");
        flake
            .check(nix)
            .fails_with(&["unknown-model", "kimi-k9", &place]);
    });
}

#[test]
fn an_undeclared_provider_fails_at_its_line() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake.replace("openclaw.nix", PRIMARY, "primary = \"kimmi/kimi-k2p5\";");
        let place = flake.place("openclaw.nix", "kimmi/");
        flake.check(nix).fails_with(&["unknown-provider", &place]);
    });
}

#[test]
fn a_value_that_only_nix_knows_is_checked() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        // The sources do not say what another flake's output is.
        write(
            &flake.inputs.stub("models").join("flake.nix"),
            "{ outputs = _: { primary = builtins.concatStringsSep \"/\" [ \"kimi\" \"kimi-k9\" ]; }; }\n",
        );
        flake
            .replace(
                "flake.nix",
                "    openclaw-check = {",
                "    models.url = \"github:alice/models\";\n    openclaw-check = {",
            )
            .replace(
                "flake.nix",
                "      openclaw-check,\n",
                "      openclaw-check,\n      models,\n",
            )
            .replace(
                "flake.nix",
                "          ./openclaw.nix\n",
                "          ./openclaw.nix\n          { _module.args.primary = models.primary; }\n",
            )
            .replace(
                "openclaw.nix",
                "{\n  # The keys",
                "{ primary, ... }:\n{\n  # The keys",
            )
            .replace("openclaw.nix", PRIMARY, "inherit primary;");
        let place = flake.place("openclaw.nix", "inherit primary");
        flake
            .check(nix)
            .fails_with(&["unknown-model", "kimi-k9", &place]);

        // With the sources alone nobody can know.
        flake.replace(
            "flake.nix",
            "check { inherit self; }",
            "check { inherit self; evaluate = false; }",
        );
        flake.check(nix).passes();
    });
}

#[test]
fn a_secret_is_reported_and_gets_no_further_copy() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        let secret = format!("sk-{}", "4f8a1c0d9e7b42f6a3c5d1e8b7");
        flake.replace(
            "openclaw.nix",
            "apiKey = \"\\${KIMI_API_KEY}\";",
            &format!("apiKey = \"{secret}\";"),
        );
        let place = flake.place("openclaw.nix", "apiKey");
        let checked = flake.check(nix).fails_with(&["hardcoded-secret", &place]);
        assert!(!checked.text.contains(&secret), "{}", checked.text);

        let handed_over = flake
            .nix(
                nix,
                &["eval", "--raw"],
                "#checks.x86_64-linux.openclaw.evaluated",
            )
            .passes()
            .stdout;
        assert!(!handed_over.contains(&secret), "{handed_over}");
        assert!(
            handed_over.contains(r#"{"$secret":{"length":29,"prefix":"sk-"}}"#),
            "{handed_over}"
        );
    });
}

#[test]
fn a_value_that_throws_is_a_finding_not_a_broken_check() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake.replace(
            "openclaw.nix",
            "contextWindow = 262144;\n            maxTokens = 8192;\n            input = [\n",
            "contextWindow = throw \"not decided yet\";\n            maxTokens = 8192;\n            input = [\n",
        );
        let place = flake.place("openclaw.nix", "not decided yet");
        flake.check(nix).fails_with(&[&place]);
    });
}

/// What stands in a value is no reason to build it, and packages are not looked at.
#[test]
fn nothing_is_built_on_account_of_the_check() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake
            .replace(
                "openclaw.nix",
                "{\n  # The keys",
                "{ pkgs, ... }:\nlet\n  never = pkgs.runCommand \"never\" { } \"exit 1\";\nin\n{\n  home.packages = [ (throw \
                 \"not now\") ];\n  # The keys",
            )
            // A text with a context, and a package.
            .replace(
                "openclaw.nix",
                "subagents.model = ",
                "workspace = \"${never}/workspace\";\n        subagents.model = ",
            )
            .replace(
                "openclaw.nix",
                "      models.providers.kimi = {",
                "      skills.load.extraDirs = [ never ];\n      models.providers.kimi = {",
            );
        flake.check(nix).passes();
        let document = flake
            .nix(
                nix,
                &["eval", "--raw"],
                "#checks.x86_64-linux.openclaw.evaluated",
            )
            .passes()
            .stdout;
        assert!(
            document.contains(r#"{"$derivation":"never"}"#)
                && document.contains("-never/workspace"),
            "{document}"
        );
    });
}

#[test]
fn a_type_error_that_nix_finds_fails_at_its_line() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake.replace(
            "openclaw.nix",
            "api = \"openai-completions\";",
            "api = \"openai-completion\";",
        );
        let place = flake.place("openclaw.nix", "\"openai-completion\"");
        flake.check(nix).fails_with(&["openai-completion", &place]);
    });
}

#[test]
fn a_module_that_is_enabled_without_an_instance_fails() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake.replace(
            "openclaw.nix",
            "    enable = true;\n",
            "    enable = true;\n    instances.work.enable = false;\n",
        );
        flake.check(nix).fails_with(&["openclaw.nix:", "instance"]);
    });
}

#[test]
fn a_document_that_git_does_not_track_fails() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        git(flake.path(), &["init", "--quiet"]);
        git(flake.path(), &["add", "--all"]);
        let check = || {
            run(nix
                .command(&["flake", "check"])
                .arg(format!("git+file://{}", flake.path().display()))
                .args(flake.inputs.overrides(flake.path())))
        };
        check().passes();
        git(
            flake.path(),
            &["rm", "--quiet", "--cached", "documents/SOUL.md"],
        );
        let place = flake.place("openclaw.nix", "documents/SOUL.md");
        check().fails_with(&["documents/SOUL.md", &place]);
    });
}

#[test]
fn a_mistake_in_the_untyped_gateway_fails() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake.replace(
            "flake.nix",
            "      # `nix flake check` evaluates",
            "      nixosConfigurations.server = nixpkgs.lib.nixosSystem {\n        modules = [\n          \
             nix-openclaw.nixosModules.openclaw-gateway\n          { nixpkgs.overlays = [ \
             nix-openclaw.overlays.default ]; }\n          ./server.nix\n        ];\n      };\n      # `nix flake \
             check` evaluates",
        );
        write(
            &flake.file("server.nix"),
            "{\n  services.openclaw-gateway = {\n    enable = true;\n    environmentFiles = [ \"/run/openclaw.env\" \
             ];\n    config.gateway = {\n      mode = \"local\";\n      bind = \"0.0.0.0\";\n    };\n  };\n}\n",
        );
        let place = flake.place("server.nix", "0.0.0.0");
        flake.check(nix).fails_with(&["gateway.bind", &place]);
    });
}

/// The service merges its `config` as it is: a `mkIf` in it ends up in openclaw.json as `{ "_type": "if", ... }`.
#[test]
fn a_condition_within_the_untyped_gateway_fails() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake.replace(
            "flake.nix",
            "      # `nix flake check` evaluates",
            "      nixosConfigurations.server = nixpkgs.lib.nixosSystem {\n        modules = [\n          \
             nix-openclaw.nixosModules.openclaw-gateway\n          { nixpkgs.overlays = [ \
             nix-openclaw.overlays.default ]; }\n          ./server.nix\n        ];\n      };\n      # `nix flake \
             check` evaluates",
        );
        let server = |config: &str| {
            write(
                &flake.file("server.nix"),
                &format!(
                    "{{ lib, ... }}:\n{{\n  services.openclaw-gateway = {{\n    enable = true;\n    config = \
                     {config};\n  }};\n}}\n"
                ),
            );
        };
        let sources = || {
            run(std::process::Command::new(PROGRAM)
                .arg(flake.path())
                .args(["--configuration", "nixosConfigurations.server"]))
        };
        // Around a whole definition it is the module system's.
        server(
            "lib.mkMerge [ { gateway.mode = \"local\"; } (lib.mkIf true { gateway.bind = \"loopback\"; }) ]",
        );
        flake.check(nix).passes();
        sources().passes();
        server("{ gateway.mode = \"local\"; gateway.bind = lib.mkIf true \"lan\"; }");
        flake
            .check(nix)
            .fails_with(&["gateway.bind", "server.nix:5:"]);
        sources().fails_with(&["gateway.bind", "server.nix:5:"]);
    });
}

#[test]
fn each_configuration_is_checked_under_its_own_system() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        // A Mac with a mistake beside the clean Linux home.
        flake.replace(
            "flake.nix",
            "      # `nix flake check` evaluates",
            "      homeConfigurations.mac = home-manager.lib.homeManagerConfiguration {\n        pkgs = import nixpkgs \
             {\n          system = \"aarch64-darwin\";\n          overlays = [ nix-openclaw.overlays.default ];\n        \
             };\n        modules = [\n          nix-openclaw.homeManagerModules.openclaw\n          ./mac.nix\n        \
             ];\n      };\n      checks.aarch64-darwin.openclaw = openclaw-check.lib.aarch64-darwin.check { inherit \
             self; };\n      # `nix flake check` evaluates",
        );
        write(
            &flake.file("mac.nix"),
            "{\n  home.username = \"alice\";\n  home.homeDirectory = \"/Users/alice\";\n  home.stateVersion = \
             \"26.05\";\n  programs.openclaw = {\n    enable = true;\n    environment.OPENROUTER_API_KEY = \
             \"/Users/alice/.openrouter\";\n    config.agents.defaults.model.primary = \"kimmi/kimi-k9\";\n  };\n}\n",
        );
        flake
            .nix(
                nix,
                &["build", "--no-link"],
                "#checks.x86_64-linux.openclaw",
            )
            .passes();
        // The check for the Mac holds the Mac alone.
        let names = |system: &str| {
            flake
                .nix(
                    nix,
                    &["eval", "--raw"],
                    &format!("#checks.{system}.openclaw.evaluated"),
                )
                .passes()
                .stdout
        };
        assert!(names("aarch64-darwin").contains("homeConfigurations.mac"));
        assert!(!names("aarch64-darwin").contains("homeConfigurations.alice"));
        assert!(!names("x86_64-linux").contains("homeConfigurations.mac"));
    });
}

/// A second home beside the one of the template; `body` is the text of its module.
fn with_second_home(flake: &Flake, name: &str, body: &str) {
    flake.replace(
        "flake.nix",
        "      # `nix flake check` evaluates",
        &format!(
            "      homeConfigurations.\"{name}\" = home-manager.lib.homeManagerConfiguration {{\n        pkgs = import nixpkgs \
             {{ inherit system; overlays = [ nix-openclaw.overlays.default ]; }};\n        modules = [ \
             nix-openclaw.homeManagerModules.openclaw ./second.nix ];\n      }};\n      # `nix flake check` evaluates"
        ),
    );
    write(
        &flake.file("second.nix"),
        &format!(
            "{{\n  home.username = \"bob\";\n  home.homeDirectory = \"/home/bob\";\n  home.stateVersion = \"26.05\";\n{body}}}\n"
        ),
    );
}

#[test]
fn the_check_can_be_narrowed_to_rules() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake.replace("openclaw.nix", PRIMARY, "primary = \"kimi/kimi-k9\";");
        flake.replace(
            "flake.nix",
            "check { inherit self; }",
            "check { inherit self; ignore = [ \"unknown-model\" ]; }",
        );
        flake.check(nix).passes();
        flake.replace("flake.nix", "ignore = ", "select = ");
        flake.check(nix).fails_with(&["unknown-model"]);
    });
}

#[test]
fn the_check_can_be_narrowed_to_configurations() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        // What no tryEval catches: whoever evaluates the second home stops here.
        with_second_home(
            &flake,
            "bob@desk",
            "  programs.openclaw.enable = { }.noSuchAttribute;\n",
        );
        flake.replace(
            "flake.nix",
            "check { inherit self; }",
            "check { inherit self; configurations = [ \"homeConfigurations.alice\" ]; }",
        );
        flake.check(nix).passes();
        flake.replace(
            "flake.nix",
            "[ \"homeConfigurations.alice\" ]",
            "[ \"homeConfigurations.bob@desk\" ]",
        );
        flake
            .check(nix)
            .fails_with(&["attribute 'noSuchAttribute' missing"]);
        // A name that is misspelt checks nothing, so that it must not pass.
        flake.replace("flake.nix", "bob@desk\" ]; }", "bobby\" ]; }");
        flake
            .check(nix)
            .fails_with(&["the flake has no homeConfigurations.bobby", "bob@desk"]);
    });
}

#[test]
fn an_argument_that_does_not_exist_is_refused() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake.replace(
            "flake.nix",
            "check { inherit self; }",
            "check { inherit self; denyWarning = true; }",
        );
        flake.check(nix).fails_with(&["denyWarning"]);
    });
}

/// One flake, one home for each mistake that Nix itself stops at, or that Nix accepts and the gateway does not.
#[test]
fn each_kind_of_mistake_is_found_at_its_line() {
    let mistakes = [
        // (its line in the module, what the finding says)
        ("documents = ./documents;", "documents"),
        ("opneclaw = 1;", "opneclaw"),
        (
            "workspace.bootstrapFiles.soul = ./documents/SOUL.md;",
            "bootstrapFiles",
        ),
        (
            "config.gateway.mode = builtins.concatStringsSep \"\" [ \"loc\" \"all\" ];",
            "locall",
        ),
        (
            "config.gateway.port = lib.mkForce \"18789\";",
            "gateway.port",
        ),
        ("config.modles = { };", "modles"),
        (
            "config.agents.defaults.subagents.model = lib.concatStringsSep \"/\" [ \"kimi\" (lib.toUpper \"k9\") ];",
            "kimi",
        ),
        (
            "config.channels.telegram.botToken = \"123456789:AAFabcdefghijklmnopqrstuvwxyz012345\";",
            "botToken",
        ),
        (
            "config.agents.list = [ { id = throw \"which?\"; } ];",
            "which?",
        ),
        (
            "instances = { work.enable = false; play.enable = false; };",
            "instance",
        ),
    ];
    with_each_nix(|nix| {
        let flake = Flake::new();
        let mut homes = String::new();
        for (index, (line, _)) in mistakes.iter().enumerate() {
            homes.push_str(&format!(
                "      homeConfigurations.m{index} = home-manager.lib.homeManagerConfiguration {{ pkgs = import nixpkgs {{ inherit \
                 system; overlays = [ nix-openclaw.overlays.default ]; }}; modules = [ \
                 nix-openclaw.homeManagerModules.openclaw ./m{index}.nix ]; }};\n"
            ));
            write(
                &flake.file(&format!("m{index}.nix")),
                &format!(
                    "{{ lib, ... }}:\n{{\n  home.username = \"alice\";\n  home.homeDirectory = \"/home/alice\";\n  \
                     home.stateVersion = \"26.05\";\n  programs.openclaw = {{\n    enable = true;\n    {line}\n  }};\n}}\n"
                ),
            );
        }
        flake
            .replace(
                "flake.nix",
                "      homeConfigurations.${user} = ",
                &format!("{homes}      homeConfigurations.alice = "),
            )
            .replace(
                "flake.nix",
                "check { inherit self; }",
                "check { inherit self; extraArguments = [ \"--min-severity\" \"error\" ]; }",
            );
        let log = flake
            .nix(
                nix,
                &["build", "--no-link", "--print-build-logs"],
                "#checks.x86_64-linux.openclaw",
            )
            .fails_with(&[]);
        for (index, (line, part)) in mistakes.iter().enumerate() {
            let place = format!("m{index}.nix:8:");
            assert!(
                log.text.lines().any(|one| one.contains(&place)
                    && one.contains(": error[")
                    && one.contains(part)),
                "{line} has no error at {place} that says `{part}`:\n{}",
                log.text
            );
        }
    });
}

#[test]
fn an_assertion_that_fails_stops_the_check_with_its_text_or_says_where_that_is() {
    with_each_nix(|nix| {
        // What the sources tell has its place and its text.
        let flake = Flake::new();
        flake.replace(
            "openclaw.nix",
            "{\n  # The keys",
            "{\n  assertions = [ { assertion = false; message = \"not on Mondays\"; } ];\n  # The keys",
        );
        flake.check(nix).fails_with(&[
            "openclaw.nix:2:18: error[failed-assertion]",
            "not on Mondays",
        ]);
        // What only Nix knows has the command that shows it.
        let flake = Flake::new();
        flake.replace(
            "openclaw.nix",
            "{\n  # The keys",
            "{\n  assertions = [ { assertion = builtins.getEnv \"DAY\" == \"Tuesday\"; message = \"not on Mondays\"; } ];\n  # The keys",
        );
        flake
            .check(nix)
            .fails_with(&["nix eval .#homeConfigurations.alice.activationPackage"]);
        // And there it is.
        flake
            .nix(
                nix,
                &["eval"],
                "#homeConfigurations.alice.activationPackage",
            )
            .fails_with(&["not on Mondays"]);
    });
}

/// The options of February 2026, with a release of then and a folder of documents.
#[test]
fn an_older_option_set_is_checked_by_its_own_release() {
    with_each_nix(|nix| {
        let flake = Flake::of(&repository().join("fixtures/kimi-2026-02"));
        flake
            .replace(
                "flake.nix",
                "    nix-openclaw = {",
                "    openclaw-check = { url = \"github:openclaw-check/openclaw-check\"; inputs.nixpkgs.follows = \"nixpkgs\"; \
                 };\n    nix-openclaw = {",
            )
            .replace(
                "flake.nix",
                "      nix-openclaw,\n",
                "      nix-openclaw,\n      openclaw-check,\n      self,\n",
            )
            .replace(
                "flake.nix",
                "      homeConfigurations.alice =",
                "      checks.${system}.openclaw = openclaw-check.lib.${system}.check { inherit self; };\n      \
                 homeConfigurations.alice =",
            )
            .replace(
                "flake.nix",
                "homeManagerModules.openclaw\n",
                "homeManagerModules.openclaw-2026-02\n",
            );
        flake.check(nix).passes();
        flake
            .replace("flake.nix", PRIMARY, "primary = \"kimi/kimi-k9\";")
            .replace(
                "flake.nix",
                "documents = ./documents;",
                "documents = ./docs;",
            );
        let model = flake.place("flake.nix", "kimi/kimi-k9");
        let documents = flake.place("flake.nix", "./docs");
        let log = flake
            .nix(
                nix,
                &["build", "--no-link", "--print-build-logs"],
                "#checks.x86_64-linux.openclaw",
            )
            .fails_with(&["unknown-model", &model, "missing-document", &documents]);
        assert!(log.text.contains("OpenClaw 2026.2.9"), "{}", log.text);
    });
}

#[test]
fn users_of_systems_are_checked() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        let user = "home-manager.users.alice = { imports = [ nix-openclaw.homeManagerModules.openclaw ./openclaw.nix ]; \
                    home.stateVersion = \"26.05\"; };";
        flake
            .replace(
                "flake.nix",
                "    home-manager = {",
                "    nix-darwin.url = \"github:nix-darwin/nix-darwin\";\n    nix-darwin.inputs.nixpkgs.follows = \
                 \"nixpkgs\";\n    home-manager = {",
            )
            .replace(
                "flake.nix",
                "      home-manager,\n",
                "      home-manager,\n      nix-darwin,\n",
            )
            .replace(
                "flake.nix",
                "      # `nix flake check` evaluates",
                &format!(
                    "      nixosConfigurations.desk = nixpkgs.lib.nixosSystem {{\n        inherit system;\n        modules = [ \
                     home-manager.nixosModules.home-manager {{ {user} }} ];\n      }};\n      darwinConfigurations.mac = \
                     nix-darwin.lib.darwinSystem {{\n        modules = [ home-manager.darwinModules.home-manager {{ \
                     nixpkgs.hostPlatform = \"aarch64-darwin\"; {user} }} ];\n      }};\n      \
                     checks.aarch64-darwin.openclaw = openclaw-check.lib.aarch64-darwin.check {{ inherit self; }};\n      # `nix \
                     flake check` evaluates"
                ),
            );
        let entries = |system: &str| {
            let document = flake
                .nix(
                    nix,
                    &["eval", "--raw"],
                    &format!("#checks.{system}.openclaw.evaluated"),
                )
                .passes()
                .stdout;
            let document: serde_json::Value =
                serde_json::from_str(&document).expect("the document is JSON");
            document["entries"]
                .as_array()
                .expect("a list of entries")
                .iter()
                .map(|entry| entry["configuration"].as_str().unwrap_or("?").to_string())
                .collect::<Vec<String>>()
        };
        assert_eq!(
            entries("x86_64-linux"),
            [
                "homeConfigurations.alice",
                "nixosConfigurations.desk: home-manager.users.alice"
            ]
        );
        assert_eq!(
            entries("aarch64-darwin"),
            ["darwinConfigurations.mac: home-manager.users.alice"]
        );

        flake.replace("openclaw.nix", PRIMARY, "primary = \"kimi/kimi-k9\";");
        let place = flake.place("openclaw.nix", "kimi/kimi-k9");
        let log = flake
            .nix(
                nix,
                &["build", "--no-link", "--print-build-logs"],
                "#checks.x86_64-linux.openclaw",
            )
            .fails_with(&["unknown-model", &place]);
        // The same line in two configurations is one finding.
        assert!(log.text.contains("1 error"), "{}", log.text);
    });
}

#[test]
fn warnings_fail_where_they_are_denied() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        // The primary once more among the fallbacks.
        flake.replace(
            "openclaw.nix",
            "fallbacks = [ \"openrouter/auto\" ];",
            "fallbacks = [ \"kimi/kimi-k2p5\" \"openrouter/auto\" ];",
        );
        flake.check(nix).passes();
        flake.replace(
            "flake.nix",
            "check { inherit self; }",
            "check { inherit self; denyWarnings = true; }",
        );
        flake.check(nix).fails_with(&["duplicate-fallback"]);
    });
}

#[test]
fn sources_alone_force_no_configuration() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake
            .replace(
                "flake.nix",
                "check { inherit self; }",
                "check { inherit self; evaluate = false; }",
            )
            // What no tryEval catches: Nix would stop here.
            .replace(
                "flake.nix",
                "          ./openclaw.nix\n",
                "          ./openclaw.nix\n          { home.packages = [ nixpkgs.noSuchAttribute ]; }\n",
            );
        flake.check(nix).passes();
    });
}

#[test]
fn the_errors_and_the_summary_stand_last_in_the_log() {
    with_each_nix(|nix| {
        let flake = Flake::new();
        flake.replace("openclaw.nix", PRIMARY, "primary = \"kimi/kimi-k9\";");
        // Nix shows the last lines of a log only.
        let checked = flake
            .nix(
                nix,
                &["build", "--no-link", "--print-build-logs"],
                "#checks.x86_64-linux.openclaw",
            )
            .fails_with(&[]);
        let log: Vec<&str> = checked
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("openclaw-check> "))
            .collect();
        let [.., other, error, summary] = log[..] else {
            panic!("{}", checked.text)
        };
        assert!(!other.contains("error["), "{}", checked.text);
        assert!(error.contains("error[unknown-model]"), "{}", checked.text);
        assert!(summary.starts_with("1 error"), "{}", checked.text);
        assert!(
            log.iter().any(|line| line.contains("note[unresolved]")),
            "{}",
            checked.text
        );
    });
}
