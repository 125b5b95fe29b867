//! `numtide/blueprint`, which makes a flake's outputs of its folders: hosts, the homes of their users, modules and `lib`.
//!
//! The folders and what modules are given are those of blueprint's `lib/default.nix` at 01fc4563. Packages, shells and checks
//! are not made. Of a host with a system the homes are those in the system: that blueprint offers each of them by itself too is
//! left out, because a home that reads `osConfig` is not meant to stand alone.

use super::frameworks::DEFAULT_SYSTEMS;
use crate::nix::eval::Evaluator;
use crate::nix::eval::value::{Thunk, Val};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

const BLUEPRINT: &str = r#"
_:
{ inputs, prefix ? null, nixpkgs ? { }, systems ? inputs.systems or defaultSystems }:
let
  inherit (builtins) hasAttr isFunction isList isPath mapAttrs match pathExists readDir;
  flake = inputs.self;
  root = if prefix == null then flake else if isPath prefix then prefix else "${flake}/${prefix}";
  given = {
    inherit inputs flake;
    self = throw "blueprint hands the flake to modules as `flake`, not as `self`";
  };

  # Folders by name, and over them Nix files by their names without `.nix`.
  entries = folder:
    let
      found = if pathExists folder then readDir folder else { };
      entry = name: { path = "${folder}/${name}"; kind = found.${name}; };
      folders = mapAttrs (name: _: entry name) (lib.filterAttrs (_: kind: kind == "directory") found);
      files = lib.concatMapAttrs
        (name: kind:
          let stem = match "(.*)\\.nix" name; in
          if kind == "directory" || stem == null then { } else { ${builtins.head stem} = entry name; })
        found;
    in
    folders // files;
  inFolders = lib.filterAttrs (_: entry: entry.kind == "directory");

  homeOf = _: user:
    let file = "${user.path}/home-configuration.nix"; in
    if user.kind == "regular" then user.path else if pathExists file then file else null;
  homes = lib.filterAttrs (_: users: users != { }) (mapAttrs
    (_: host: lib.filterAttrs (_: path: path != null) (mapAttrs homeOf (entries "${host.path}/users")))
    (inFolders (entries "${root}/hosts")));
  homesIn = host: module: lib.optional (hasAttr host homes) {
    imports = [ module ];
    home-manager = {
      extraSpecialArgs = given;
      users = homes.${host};
      useGlobalPkgs = lib.mkDefault true;
      useUserPackages = lib.mkDefault true;
    };
  };

  host = name: { path, ... }:
    let
      specialArgs = given // { hostName = name; };
      has = file: pathExists "${path}/${file}";
    in
    if has "default.nix" then
      import "${path}/default.nix" { inherit flake inputs; hostName = name; }
    else if has "configuration.nix" then {
      class = "nixos";
      value = inputs.nixpkgs.lib.nixosSystem {
        inherit specialArgs;
        modules = [ "${path}/configuration.nix" ] ++ homesIn name inputs.home-manager.nixosModules.default;
      };
    }
    else if has "darwin-configuration.nix" then {
      class = "nix-darwin";
      value = inputs.nix-darwin.lib.darwinSystem {
        inherit specialArgs;
        modules = [ "${path}/darwin-configuration.nix" ] ++ homesIn name inputs.home-manager.darwinModules.default;
      };
    }
    else if has "system-configuration.nix" then { class = "system-manager"; value = unmodelled; }
    else if hasAttr name homes then null
    else throw "blueprint finds no configuration of the host `${name}`";
  hosts = lib.filterAttrs (_: host: host != null) (mapAttrs host (entries "${root}/hosts"));
  ofClass = class: mapAttrs (_: host: host.value) (lib.filterAttrs (_: host: host.class == class) hosts);

  home = system: user: path:
    let
      pkgs = import inputs.nixpkgs {
        inherit system;
        config = nixpkgs.config or { };
        overlays = nixpkgs.overlays or [ ];
      };
      made = inputs.home-manager.lib.homeManagerConfiguration {
        inherit pkgs;
        extraSpecialArgs = given;
        modules = [ path ];
        username = lib.mkDefault user;
        homeDirectory = lib.mkDefault
          "/${if pkgs.stdenv.isDarwin then "Users" else "home"}/${made.config.home.username}";
      };
    in
    made;
  standing = lib.filterAttrs (host: _: !(hasAttr host hosts)) homes;
  homesFor = system: {
    homeConfigurations = lib.concatMapAttrs
      (host: lib.mapAttrs' (user: path: lib.nameValuePair "${user}@${host}" (home system user path)))
      standing;
  };

  # A module may stand in a function of the flake that it is written in.
  published = { path, ... }:
    let
      module = import path;
      publisher = { inherit flake inputs; };
      wanted = builtins.attrNames (builtins.functionArgs module);
    in
    if isFunction module && builtins.all (name: hasAttr name publisher) wanted
    then lib.setDefaultModuleLocation path (module publisher)
    else path;
  modules = mapAttrs (_: folder: mapAttrs (_: published) (entries folder.path)) (inFolders (entries "${root}/modules"));
in
{
  inherit modules;
  nixosModules = modules.nixos or { };
  darwinModules = modules.darwin or { };
  homeModules = modules.home or { };
  nixosConfigurations = ofClass "nixos";
  darwinConfigurations = ofClass "nix-darwin";
  legacyPackages = lib.optionalAttrs (homes != { })
    (lib.genAttrs (if isList systems then systems else import systems) homesFor);
  lib = if pathExists "${root}/lib" then import "${root}/lib" given else { };
  checks = unmodelled;
  devShells = unmodelled;
  formatter = unmodelled;
  packages = unmodelled;
  systemConfigs = unmodelled;
  templates = unmodelled;
}
"#;

/// What makes an input of this kind a function: from itself and the arguments to the outputs.
pub(super) fn functor(evaluator: &mut Evaluator) -> Rc<Thunk> {
    let systems = DEFAULT_SYSTEMS.map(|system| Val::string(system).thunk());
    let unmodelled = evaluator.unknown_named(
        "blueprint",
        "what blueprint makes of the packages is not modelled",
        None,
        None,
    );
    let library = evaluator.lib();
    evaluator.snippet(
        BLUEPRINT,
        &["lib", "defaultSystems", "unmodelled"].map(Symbol::new),
        vec![
            library,
            Val::list(systems.to_vec()).thunk(),
            Thunk::unknown(unmodelled, Default::default()),
        ],
    )
}
