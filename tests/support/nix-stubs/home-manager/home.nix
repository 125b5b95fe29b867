{
  config,
  lib,
  pkgs,
  ...
}:
let
  anything = lib.mkOption {
    type = lib.types.lazyAttrsOf lib.types.anything;
    default = { };
  };
  listOf =
    type:
    lib.mkOption {
      type = lib.types.listOf type;
      default = [ ];
    };
in
{
  options = {
    assertions = listOf lib.types.raw;
    warnings = listOf lib.types.str;
    home = {
      username = lib.mkOption { type = lib.types.str; };
      homeDirectory = lib.mkOption { type = lib.types.path; };
      stateVersion = lib.mkOption { type = lib.types.str; };
      packages = listOf lib.types.package;
      file = lib.mkOption {
        default = { };
        type = lib.types.attrsOf (
          lib.types.submodule {
            options = {
              text = lib.mkOption {
                type = lib.types.nullOr lib.types.lines;
                default = null;
              };
              source = lib.mkOption {
                type = lib.types.nullOr lib.types.path;
                default = null;
              };
              force = lib.mkOption {
                type = lib.types.bool;
                default = false;
              };
            };
          }
        );
      };
      sessionVariables = anything;
      activation = anything;
      extraBuilderCommands = lib.mkOption {
        type = lib.types.lines;
        default = "";
      };
      activationPackage = lib.mkOption { type = lib.types.package; };
    };
    programs.home-manager.enable = lib.mkEnableOption "Home Manager";
    programs.git.enable = lib.mkEnableOption "Git";
    systemd.user = anything;
    launchd = anything;
    xdg = anything;
  };

  config.home.activationPackage = pkgs.runCommand "home-manager-generation" { } ''
    mkdir -p $out
    ${lib.concatStrings (
      lib.mapAttrsToList (name: file: ''
        mkdir -p "$out/home-files/$(dirname ${lib.escapeShellArg name})"
        ${
          if file.text != null then
            "cp ${pkgs.writeText "home-file" file.text}"
          else
            "cp -r ${file.source}"
        } $out/home-files/${lib.escapeShellArg name}
      '') config.home.file
    )}
    ${config.home.extraBuilderCommands}
  '';
}
