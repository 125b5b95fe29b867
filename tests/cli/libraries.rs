//! Configurations made with a `lib` of the user's own: nixpkgs' extended, and functions of other flakes in it.

use crate::harness::{openclaw_check, tree};

/// What a flake with these bindings and outputs is shown as.
fn shown(bindings: &str, outputs: &str) -> String {
    let flake = format!(
        "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-darwin.url = \"github:nix-darwin/nix-darwin\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  inputs.mine.url = \"github:someone/functions\";
  outputs = {{ self, nixpkgs, home-manager, nix-darwin, nix-openclaw, mine, ... }}:
    let
      extended = nixpkgs.lib.extend (final: previous: {{ my.count = 4; my.double = value: final.mkForce (2 * value); }});
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      basis = {{ home = {{ username = \"zoe\"; homeDirectory = \"/home/zoe\"; stateVersion = \"26.05\"; }}; }};
      module = {{ lib, ... }}: {{
        imports = [ nix-openclaw.homeManagerModules.openclaw ];
        programs.openclaw.enable = true;
        programs.openclaw.config.agents.defaults = {{
          model = \"anthropic/claude-opus-4-6\";
          maxConcurrent = lib.my.count;
          timeoutSeconds = lib.my.double 300;
          contextTokens = lib.foldl' (sum: value: sum + value) 0 [ 1000 2000 ];
          userTimezone = lib.toUpper \"utc\";
          thinkingDefault = (lib.hm.dag.entryAnywhere \"low\").data;
        }};
      }};
      {bindings}
    in {{ {outputs} }};
}}
"
    );
    let folder = tree(&[("flake.nix", &flake)]);
    let printed = openclaw_check()
        .args("show --no-git")
        .inside(folder.path())
        .run();
    format!("{}{}", printed.out, printed.err)
}

/// What is not as the module above has it with `lib.my` in sight.
fn missing(shown: &str) -> Vec<&'static str> {
    [
        "\"maxConcurrent\": 4",
        "\"timeoutSeconds\": 600",
        "\"contextTokens\": 3000",
        "\"userTimezone\": \"UTC\"",
        "\"thinkingDefault\": \"low\"",
    ]
    .into_iter()
    .filter(|wanted| !shown.contains(wanted))
    .collect()
}

#[test]
fn modules_get_the_lib_that_their_configuration_is_made_with() {
    for (what, bindings, outputs) in [
        (
            "given to Home Manager",
            "",
            "homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration { inherit pkgs; lib = extended; modules = [ module basis ]; };",
        ),
        (
            "that of the packages",
            "own = pkgs // { lib = extended; };",
            "homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration { pkgs = own; modules = [ module basis ]; };",
        ),
        (
            "with the functions of Home Manager",
            "lib = nixpkgs.lib.extend (final: previous: { my.count = 4; my.double = value: final.mkForce (2 * value); } // home-manager.lib);",
            "inherit lib; homeConfigurations = lib.mapAttrs (name: own: lib.homeManagerConfiguration { inherit pkgs lib; modules = [ module own ]; }) { zoe = basis; };",
        ),
        (
            "extended twice",
            "lib = extended.extend (_: _: nixpkgs.lib // home-manager.lib);",
            "homeConfigurations.zoe = lib.homeManagerConfiguration { inherit pkgs lib; modules = [ module basis ]; };",
        ),
        (
            "an extension that comes later",
            "lib = (nixpkgs.lib.extend (final: _: { my = { count = final.number; double = value: final.mkForce (2 * value); }; })).extend (_: _: { number = 4; });",
            "homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration { inherit pkgs lib; modules = [ module basis ]; };",
        ),
        (
            "with functions that are not in sight",
            "lib = extended // mine.lib // { inherit (extended) my; };",
            "homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration { inherit pkgs lib; modules = [ module basis ]; };",
        ),
        (
            "of a system",
            "",
            "nixosConfigurations.desk = extended.nixosSystem { modules = [ home-manager.nixosModules.default { home-manager.users.zoe.imports = [ module basis ]; } ]; };",
        ),
        (
            "given to a system",
            "",
            "nixosConfigurations.desk = nixpkgs.lib.nixosSystem { lib = extended; modules = [ home-manager.nixosModules.default { home-manager.users.zoe.imports = [ module basis ]; } ]; };",
        ),
        (
            "an argument of a system",
            "",
            "nixosConfigurations.desk = nixpkgs.lib.nixosSystem { specialArgs.lib = extended; modules = [ home-manager.nixosModules.default { home-manager.users.zoe.imports = [ module basis ]; } ]; };",
        ),
        (
            "given to nix-darwin",
            "",
            "darwinConfigurations.desk = nix-darwin.lib.darwinSystem { lib = extended; modules = [ home-manager.darwinModules.default { home-manager.users.zoe.imports = [ module basis ]; } ]; };",
        ),
    ] {
        let shown = shown(bindings, outputs);
        let missing = missing(&shown);
        assert!(missing.is_empty(), "{what}: {missing:?} in {shown}");
    }
}

/// A function of a flake that is not in sight may have any name, so nothing is said of a name that is not there.
#[test]
fn what_another_flake_may_add_is_not_known() {
    for (expression, wanted) in [
        ("nixpkgs.lib ? mkNothing", "false"),
        (
            "(nixpkgs.lib.extend (_: _: { x = 1; })) ? mkNothing",
            "false",
        ),
        ("({ x = 1; } // nixpkgs.lib) ? mkNothing", "false"),
        ("(nixpkgs.lib // { x = 1; }) ? mkNothing", "false"),
        ("(nixpkgs.lib // mine.lib) ? mkNothing", "«unknown"),
        ("(nixpkgs.lib // home-manager.lib) ? mkNothing", "«unknown"),
        ("(nixpkgs.lib // mine.lib).toUpper \"x\"", "«unknown"),
        ("(nixpkgs.lib // home-manager.lib).toUpper \"x\"", "\"X\""),
        ("({ x = 1; } // (nixpkgs.lib // home-manager.lib)).x", "1"),
        ("({ x = 1; } // home-manager.lib // { y = 2; }).x", "1"),
        ("({ x = 1; } // mine.lib).x", "«unknown"),
        (
            "({ toUpper = 1; } // (nixpkgs.lib // home-manager.lib)).toUpper \"x\"",
            "\"X\"",
        ),
    ] {
        let flake = format!(
            "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.mine.url = \"github:someone/functions\";
  outputs = {{ self, nixpkgs, home-manager, mine }}: {{ it = {expression}; }};
}}
"
        );
        let folder = tree(&[("flake.nix", &flake)]);
        let printed = openclaw_check()
            .args("eval flake.nix outputs.it --no-git")
            .inside(folder.path())
            .run();
        assert!(
            printed.out.starts_with(wanted),
            "{expression}: {}{}",
            printed.out,
            printed.err
        );
    }
}

/// nixpkgs' own `lib` knows nothing of Home Manager.
#[test]
fn modules_of_home_manager_have_its_functions_with_any_lib() {
    let folder = tree(&[
        ("nixpkgs/lib/default.nix", "{ mkForce = content: { _type = \"override\"; priority = 50; inherit content; }; }"),
        ("flake.nix", "{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = { self, nixpkgs, home-manager, nix-openclaw }: {
    homeConfigurations.zoe = home-manager.lib.homeManagerConfiguration {
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      modules = [ nix-openclaw.homeManagerModules.openclaw ({ lib, ... }: {
        programs.openclaw.enable = lib.mkForce true;
        programs.openclaw.config.agents.defaults.thinkingDefault = (lib.hm.dag.entryAnywhere \"low\").data;
      }) ];
    };
  };
}
"),
    ]);
    let printed = openclaw_check()
        .args("show --no-git --input nixpkgs=nixpkgs")
        .inside(folder.path())
        .run();
    let wanted = "\"thinkingDefault\": \"low\"";
    assert!(
        printed.out.contains(wanted),
        "{}{}",
        printed.out,
        printed.err
    );
}

/// Names that neither `lib` nor `lib.types` has are looked up in what stands around them.
#[test]
fn scopes_of_the_library_let_other_names_through() {
    for (expression, wanted) in [
        ("with { mkOpt = 1; }; with lib; with types; mkOpt", "1"),
        (
            "with { mkOpt = 1; }; with lib.types; [ mkOpt (int.name) ]",
            "[ 1 \"int\" ]",
        ),
        ("with lib // { mkOpt = 1; }; with types; mkOpt", "1"),
        // Not modelled, but there.
        ("with { toml = 1; }; with lib.types; toml", "«unknown"),
        (
            "with { closePropagation = 1; }; with lib; closePropagation",
            "«unknown",
        ),
        // A newer `lib` may have it.
        ("with lib; with types; mkOpt", "«unknown"),
        ("lib.types ? mkOpt", "false"),
    ] {
        let printed = openclaw_check()
            .args("eval - --no-git")
            .input(format!("let lib = import <nixpkgs/lib>; in {expression}"))
            .run();
        assert!(
            printed.out.starts_with(wanted),
            "{expression}: {}{}",
            printed.out,
            printed.err
        );
    }
}

#[test]
fn a_name_that_lib_never_had_is_told_where_it_is_nearly_one_that_it_has() {
    for (expression, meant) in [
        ("lib.mkif true { }", "mkIf"),
        ("lib.mkForc 1", "mkForce"),
        ("lib.concatStringSep \",\" [ ]", "concatStringsSep"),
    ] {
        let module = format!(
            "{{ lib, ... }}: {{ programs.openclaw = {{ enable = true; config.ui.assistant.name = toString ({expression}); }}; }}\n"
        );
        let folder = tree(&[("home.nix", &module)]);
        let run = openclaw_check()
            .args("home.nix --format concise")
            .inside(folder.path())
            .run();
        let told = format!("is missing (did you mean `{meant}`?)");
        assert!(run.code == 1 && run.out.contains(&told), "{}", run.out);
    }
}

/// With `with lib;` above it a name may be one of `lib`; not if it is nearly one of Nix's own, or of those that `lib` has.
#[test]
fn slips_of_the_pen_below_with_lib() {
    for (written, told) in [
        ("rtue", "`rtue` (did you mean `true`?)"),
        (
            "(concatStringSep \"a\" [ ])",
            "did you mean `concatStringsSep`?",
        ),
    ] {
        let module = format!(
            "{{ lib, ... }}: with lib; {{ programs.openclaw = {{ enable = true; config.gateway.mode = \"local\"; config.ui.seamColor = {written}; }}; }}\n"
        );
        let folder = tree(&[("home.nix", &module)]);
        let run = openclaw_check()
            .args("home.nix --no-git --format concise")
            .inside(folder.path())
            .run();
        assert!(run.code == 1 && run.out.contains(told), "{}", run.out);
    }
}
