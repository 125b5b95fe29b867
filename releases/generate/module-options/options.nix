# The options that a revision of nix-openclaw declares, one line each: `path : type`. Run by generate.py.
{
  # A checkout of nix-openclaw.
  source,
  # nixpkgs' `lib` folder.
  lib,
  # `home` or `nixos`.
  kind,
}:
let
  library = import lib;
  modules =
    if kind == "home" then
      map (name: source + "/nix/modules/home-manager/${name}.nix") [
        "openclaw"
        "moltbot"
        "clawdbot"
      ]
    else
      [ (source + "/nix/modules/nixos/openclaw-gateway.nix") ];
  # Only declarations are read, so packages may be anything.
  pkgs = {
    lib = library;
    stdenv.hostPlatform = {
      system = "x86_64-linux";
      isLinux = true;
      isDarwin = false;
    };
    system = "x86_64-linux";
  };
  evaluated = library.evalModules {
    specialArgs = { inherit pkgs; };
    modules = builtins.filter builtins.pathExists modules ++ [
      {
        options = {
          home = library.mkOption { default.homeDirectory = "/home/user"; };
          assertions = library.mkOption { default = [ ]; };
          warnings = library.mkOption { default = [ ]; };
        };
        config._module.check = false;
      }
    ];
  };
  typeName =
    type:
    if type.name == "nullOr" then
      "nullOr ${typeName type.nestedTypes.elemType}"
    else if
      builtins.elem type.name [
        "listOf"
        "attrsOf"
        "lazyAttrsOf"
      ]
    then
      "${type.name} (${typeName type.nestedTypes.elemType})"
    else if type.name == "enum" then
      "enum ${builtins.toJSON type.functor.payload.values}"
    else
      type.name;
  walk =
    depth: path: options:
    builtins.concatLists (
      builtins.attrValues (
        builtins.mapAttrs (
          name: option:
          if name == "_module" then
            [ ]
          else if !(library.isOption option) then
            walk depth "${path}${name}." option
          else
            let
              below = (option.type.getSubOptions or (_: { })) [ ];
              hidden = if option.visible or true == false then " hidden" else "";
            in
            [ "${path}${name} : ${typeName option.type}${hidden}" ]
            # `config` is OpenClaw's own schema, which each release brings.
            ++ (
              if name == "config" || depth > 3 then
                [ ]
              else
                walk (depth + 1) "${path}${name}.<>." (builtins.removeAttrs below [ "_freeformOptions" ])
            )
        ) options
      )
    );
in
walk 0 "" (if kind == "home" then evaluated.options.programs else evaluated.options.services)
