//! Home Manager inside NixOS and nix-darwin: it takes name and home directory of a user from the system.

use crate::harness::{openclaw_check, tree};

/// The workspaces that a system with these users and this module of the user `zoe` is shown with.
fn workspaces(system: &str, users: &str, home: &str) -> Vec<String> {
    let (output, function, module) = match system {
        "nixos" => (
            "nixosConfigurations",
            "nixpkgs.lib.nixosSystem",
            "nixosModules",
        ),
        _ => (
            "darwinConfigurations",
            "nix-darwin.lib.darwinSystem",
            "darwinModules",
        ),
    };
    let flake = format!(
        "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-darwin.url = \"github:nix-darwin/nix-darwin\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  inputs.mine.url = \"github:someone/users\";
  outputs = {{ self, nixpkgs, home-manager, nix-darwin, nix-openclaw, mine }}: {{
    {output}.desk = {function} {{
      modules = [
        home-manager.{module}.home-manager
        ({{ config, lib, ... }}: {{ users.users = {users}; }})
        {{ home-manager.users.zoe = {{ config, lib, ... }}: {{
            imports = [ nix-openclaw.homeManagerModules.openclaw ({home}) ];
            programs.openclaw.enable = true;
            programs.openclaw.config.agents.defaults.repoRoot = \"${{config.home.homeDirectory}}/of/${{config.home.username}}\";
          }}; }}
      ];
    }};
  }};
}}
"
    );
    let folder = tree(&[("flake.nix", &flake)]);
    let printed = openclaw_check()
        .args("show --no-git")
        .inside(folder.path())
        .run();
    printed
        .out
        .lines()
        .filter(|line| line.contains("repoRoot") || line.contains("workspace\""))
        .filter_map(|line| line.split('"').nth(3).map(str::to_string))
        .collect()
}

#[test]
fn the_home_directory_is_that_of_the_system() {
    for (system, users, home, wanted) in [
        (
            "nixos",
            "{ zoe = { isNormalUser = true; home = \"/srv/zoe\"; }; }",
            "{ }",
            "/srv/zoe",
        ),
        ("nixos", "{ zoe.isNormalUser = true; }", "{ }", "/home/zoe"),
        (
            "nixos",
            "lib.genAttrs [ \"ann\" \"zoe\" ] (_: { isNormalUser = true; })",
            "{ }",
            "/home/zoe",
        ),
        (
            "nixos",
            "{ zoe.isNormalUser = true; }",
            "{ home.homeDirectory = \"/home/zoe\"; }",
            "/home/zoe",
        ),
        (
            "nixos",
            "{ zoe.isNormalUser = true; }",
            "{ lib, ... }: { home.homeDirectory = lib.mkForce \"/srv/zoe\"; }",
            "/srv/zoe",
        ),
        (
            "nixos",
            "{ zoe.isNormalUser = true; }",
            "{ lib, ... }: { home.homeDirectory = lib.mkDefault \"/srv/zoe\"; }",
            "/home/zoe",
        ),
        // What is not known of the system says nothing against what is known of the user.
        (
            "nixos",
            "mine.users",
            "{ home.homeDirectory = \"/srv/zoe\"; }",
            "/srv/zoe",
        ),
        (
            "nixos",
            "{ zoe.home = mine.home; }",
            "{ home.homeDirectory = \"/srv/zoe\"; }",
            "/srv/zoe",
        ),
        (
            "nixos",
            "{ zoe.home = config.home-manager.users.zoe.home.homeDirectory; }",
            "{ home.homeDirectory = \"/srv/zoe\"; }",
            "/srv/zoe",
        ),
        (
            "darwin",
            "{ zoe.home = \"/Users/zoe\"; }",
            "{ }",
            "/Users/zoe",
        ),
        (
            "darwin",
            "{ zoe.home = null; }",
            "{ home.homeDirectory = \"/Users/zoe\"; }",
            "/Users/zoe",
        ),
    ] {
        let shown = workspaces(system, users, home);
        let wanted = [
            format!("{wanted}/of/zoe"),
            format!("{wanted}/.openclaw/workspace"),
        ];
        assert_eq!(shown, wanted, "{system} {users} {home}");
    }
    let shown = workspaces(
        "nixos",
        "{ zoe = { isNormalUser = true; name = \"zo\"; }; }",
        "{ }",
    );
    assert_eq!(shown, ["/home/zo/of/zo", "/home/zo/.openclaw/workspace"]);
}

#[test]
fn a_home_directory_that_the_system_does_not_tell_is_not_known() {
    for (system, users) in [
        ("nixos", "{ }"),
        ("nixos", "{ zoe.isSystemUser = true; }"),
        ("nixos", "mine.users"),
        (
            "nixos",
            "{ zoe = { isNormalUser = true; home = mine.home; }; }",
        ),
        ("darwin", "{ zoe.description = \"Zoe\"; }"),
        ("darwin", "{ zoe.isNormalUser = true; }"),
    ] {
        let shown = workspaces(system, users, "{ }");
        assert_eq!(
            shown,
            ["…/of/zoe", "…/.openclaw/workspace"],
            "{system} {users}"
        );
    }
}

/// `pkgs` is that of the system which the modules of the host set.
#[test]
fn the_packages_are_those_of_the_host() {
    for (module, wanted) in [
        (
            "{ nixpkgs.hostPlatform = \"aarch64-linux\"; }",
            "\"aarch64-linux true\"",
        ),
        (
            "{ lib, ... }: { nixpkgs.hostPlatform = lib.mkDefault \"aarch64-linux\"; }",
            "\"aarch64-linux true\"",
        ),
        (
            "{ nixpkgs.hostPlatform.system = \"aarch64-linux\"; }",
            "\"aarch64-linux true\"",
        ),
        (
            "{ nixpkgs.system = \"aarch64-linux\"; }",
            "\"aarch64-linux true\"",
        ),
        (
            "{ pkgs, ... }: { nixpkgs.hostPlatform = pkgs.stdenv.hostPlatform.system; }",
            "\"… ",
        ),
        (
            "{ nixpkgs.hostPlatform.config = \"aarch64-unknown-linux-gnu\"; }",
            "\"… ",
        ),
        ("{ }", "\"… "),
    ] {
        let flake = format!(
            "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = {{ self, nixpkgs, home-manager, nix-openclaw }}: {{
    nixosConfigurations.desk = nixpkgs.lib.nixosSystem {{
      modules = [
        home-manager.nixosModules.home-manager
        ({module})
        {{ home-manager.users.zoe = {{ pkgs, lib, ... }}: {{
            imports = [ nix-openclaw.homeManagerModules.openclaw ];
            programs.openclaw.enable = true;
            programs.openclaw.config.ui.assistant.name = \"${{pkgs.stdenv.hostPlatform.system}} ${{lib.boolToString pkgs.stdenv.isLinux}}\";
          }}; }}
      ];
    }};
  }};
}}
"
        );
        let folder = tree(&[("flake.nix", &flake)]);
        let printed = openclaw_check()
            .args("show --no-git")
            .inside(folder.path())
            .run();
        let wanted = format!("\"name\": {wanted}");
        assert!(printed.out.contains(&wanted), "{module}: {}", printed.out);
    }
}

#[test]
fn names_on_the_way_to_the_options_of_a_user() {
    let flake = "{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = { nixpkgs, home-manager, nix-openclaw, ... }: {
    nixosConfigurations.box = nixpkgs.lib.nixosSystem {
      modules = [
        home-manager.nixosModules.home-manager
        { home-manager.users.alice = {
            imports = [ nix-openclaw.homeManagerModules.openclaw ];
            programs.openclaw = { enable = true; config.gateway.mode = \"local\"; };
          }; }
      ];
    };
  };
}
";
    for (right, wrong, told) in [
        (
            "programs.openclaw",
            "programs.opneclaw",
            "error[unknown-option] the option `programs.opneclaw` does not exist",
        ),
        (
            "programs.openclaw",
            "services.openclaw",
            "error[unknown-option] the option `services.openclaw` does not exist",
        ),
        (
            "programs.openclaw",
            "services.openclaw-gateway",
            "error[unknown-option] `services.openclaw-gateway` is an option of NixOS",
        ),
        (
            "home-manager.users",
            "home-manager.user",
            "error[unknown-option] the option `home-manager.user` does not exist",
        ),
        (
            "nixosConfigurations",
            "nixosConfiguration",
            "warning[invalid-flake] nothing reads the output `nixosConfiguration`",
        ),
    ] {
        let folder = tree(&[("flake.nix", &flake.replace(right, wrong))]);
        let run = openclaw_check()
            .args("--no-git --format concise")
            .inside(folder.path())
            .run();
        assert!(run.out.contains(told), "{wrong}: {}", run.out);
    }
}

/// A home knows whether it is in a system: without one its arguments are null.
#[test]
fn a_home_of_its_own_has_no_system() {
    let flake = "{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = { self, nixpkgs, home-manager, nix-openclaw }: let
    home = { lib, osConfig ? null, nixosConfig, darwinConfig, ... }: {
      imports = [ nix-openclaw.homeManagerModules.openclaw ];
      home.homeDirectory = \"/home/zoe\";
      programs.openclaw = {
        enable = true;
        config.ui.assistant.name = \"${if osConfig == null then \"alone\" else osConfig.networking.hostName} ${toString (map (system: system == null) [ nixosConfig darwinConfig ])}\";
      };
    };
    configuration = modules: home-manager.lib.homeManagerConfiguration { pkgs = nixpkgs.legacyPackages.x86_64-linux; inherit modules; };
  in {
    homeConfigurations.a = configuration [ home ];
    homeConfigurations.b = configuration [ home { _module.args.osConfig = { networking.hostName = \"given\"; }; } ];
    nixosConfigurations.c = nixpkgs.lib.nixosSystem {
      modules = [ home-manager.nixosModules.home-manager { networking.hostName = \"desk\"; home-manager.users.zoe = home; } ];
    };
  };
}
";
    let folder = tree(&[("flake.nix", flake)]);
    let printed = openclaw_check()
        .args("show --no-git")
        .inside(folder.path())
        .run();
    let names: Vec<_> = printed
        .out
        .lines()
        .filter_map(|line| line.trim().strip_prefix("\"name\": "))
        .collect();
    assert_eq!(
        names,
        ["\"alone 1 1\"", "\"given 1 1\"", "\"desk  1\""],
        "{}{}",
        printed.out,
        printed.err
    );
}

/// A system whose users' module reads `vars.user`.
fn with_variables(variables: &str, rest: &str) -> (i32, String) {
    let flake = format!(
        "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = {{ self, nixpkgs, home-manager, nix-openclaw }}: {{
    nixosConfigurations.desk = nixpkgs.lib.nixosSystem {{
      specialArgs = {{ {variables} }};
      modules = [ home-manager.nixosModules.home-manager {{ home-manager.sharedModules = [ nix-openclaw.homeManagerModules.openclaw ]; }} ./assistant.nix ];
    }};
  }};
}}
"
    );
    let module = format!(
        "{{ config, lib, vars, ... }}: {{
  options.my.enable = lib.mkEnableOption \"it\";
  {rest} = {{
    home-manager.users.${{vars.user}} = {{
      programs.openclaw = {{ enable = true; config.gateway.mode = \"local\"; config.gateway.auth.mode = \"none\"; }};
    }};
  }};
}}
"
    );
    let folder = tree(&[("flake.nix", &flake), ("assistant.nix", &module)]);
    let run = openclaw_check()
        .args("--no-git --format concise --strict")
        .inside(folder.path())
        .run();
    (run.code, run.out)
}

/// That no configuration enables OpenClaw is said only where it is so.
#[test]
fn a_user_whose_name_fails_or_is_not_known_is_told() {
    let (code, out) = with_variables("vars.user = \"zoe\";", "config");
    assert!(code == 0 && out.contains("home-manager.users.zoe"), "{out}");
    let (code, out) = with_variables("vars.suer = \"zoe\";", "config");
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains(
            "error[evaluation-error] the attribute `user` is missing (did you mean `suer`?)"
        ),
        "{out}"
    );
    let (code, out) = with_variables("vasr.user = \"zoe\";", "config");
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("home-manager.users: which users there are is not known: argument `vars`"),
        "{out}"
    );
    assert!(!out.contains("no configuration here enables"), "{out}");
}

#[test]
fn a_misspelt_config_beside_options_is_told_and_read() {
    let (code, out) = with_variables("vars.user = \"zoe\";", "ocnfig");
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("takes no `ocnfig` beside it: write `config`")
            && out.contains("home-manager.users.zoe"),
        "{out}"
    );
}

#[test]
fn two_users_of_a_host_need_two_ports() {
    let checked = |jo: &str| {
        let flake = format!(
            "{{
  inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";
  inputs.home-manager.url = \"github:nix-community/home-manager\";
  inputs.nix-openclaw.url = \"github:openclaw/nix-openclaw\";
  outputs = {{ nixpkgs, home-manager, nix-openclaw, ... }}:
    let user = instance: {{
      imports = [ nix-openclaw.homeManagerModules.openclaw ];
      programs.openclaw.enable = true;
      programs.openclaw.config = {{ gateway.mode = \"local\"; gateway.auth.mode = \"none\"; }};
      programs.openclaw.instances.default = instance;
    }}; in {{
    nixosConfigurations.desk = nixpkgs.lib.nixosSystem {{
      modules = [
        home-manager.nixosModules.home-manager
        {{ home-manager.users = {{ ivy = user {{ }}; jo = user {jo}; }}; }}
      ];
    }};
  }};
}}
"
        );
        let folder = tree(&[("flake.nix", &flake)]);
        openclaw_check()
            .args("--no-git --format concise")
            .inside(folder.path())
            .run()
            .out
    };
    let clash = "warning[instance-clash] `ivy` and `jo` of one host both take the port 18789";
    let out = checked("{ }");
    assert!(out.contains(clash), "{out}");
    for fine in [
        "{ gatewayPort = 18790; }",
        "{ systemd.enable = false; }",
        "{ enable = false; }",
    ] {
        let out = checked(fine);
        assert!(!out.contains("instance-clash"), "{out}");
    }
}
