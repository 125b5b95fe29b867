# One module together with nix-openclaw's: which assertions fail, and the openclaw.json of each instance. For record.py.
{
  nixpkgs,
  homeManager,
  nixOpenclaw,
  module,
}:
let
  plain = import (nixpkgs + "/lib");
  lib = plain.extend (
    _: _: { hm.dag = import (homeManager + "/modules/lib/dag.nix") { inherit lib; }; }
  );
  package = name: {
    type = "derivation";
    inherit name;
    pname = name;
    outPath = "/nix/store/00000000000000000000000000000000-${name}";
    meta = { };
    outputs = [ "out" ];
  };
  pkgs = {
    inherit lib;
    stdenv.hostPlatform = lib.systems.elaborate "x86_64-linux";
    stdenvNoCC = package "stdenv" // {
      mkDerivation = { name, ... }: package name;
    };
    openclaw = package "openclaw";
    openclawPackages = {
      withTools = _: { openclaw = package "openclaw"; };
      qmd = package "qmd";
    };
    openclawRuntimePlugins = lib.genAttrs [
      "discord"
      "kimi"
      "moonshot"
      "slack"
    ] package;
    bash = package "bash";
    coreutils = package "coreutils";
    makeWrapper = package "makeWrapper";
    writeText = name: text: package name // { inherit text; };
    writeTextDir = name: _: package (baseNameOf name);
    writeShellScriptBin = name: _: package name;
    symlinkJoin = { name, ... }: package name;
    runCommand = name: _: _: package name;
    callPackage = _: _: _: package "plugin";
  };
  anything = lib.mkOption {
    type = lib.types.attrsOf lib.types.unspecified;
    default = { };
  };
  list = lib.mkOption {
    type = lib.types.listOf lib.types.unspecified;
    default = [ ];
  };
  flag = lib.mkEnableOption "it";
  text = lib.mkOption { type = lib.types.str; };
  surroundings = {
    options = {
      assertions = list;
      warnings = list;
      home = {
        username = text;
        homeDirectory = text;
        stateVersion = text;
        packages = list;
        file = anything;
        activation = anything;
        sessionVariables = anything;
      };
      programs.git.enable = flag;
      programs.zsh.enable = flag;
      systemd.user.services = anything;
      launchd.agents = anything;
    };
    config = {
      _module.args = { inherit pkgs; };
      home = {
        username = "test";
        homeDirectory = "/home/test";
        stateVersion = "25.11";
      };
      programs.openclaw.bundledPlugins.goplaces.enable = lib.mkForce false;
    };
  };
  inherit
    (lib.evalModules {
      modules = [
        (nixOpenclaw + "/nix/modules/home-manager/openclaw.nix")
        surroundings
        (/. + module)
      ];
    })
    config
    ;
  rendered = lib.filterAttrs (name: _: lib.hasSuffix "openclaw.json" name) config.home.file;
  instance = file: lib.removePrefix "openclaw-" (lib.removeSuffix ".json" file.source.name);
in
{
  failed = map (assertion: assertion.message) (lib.filter (one: !one.assertion) config.assertions);
  instances = lib.mapAttrs' (
    _: file: lib.nameValuePair (instance file) (builtins.fromJSON file.text)
  ) rendered;
}
