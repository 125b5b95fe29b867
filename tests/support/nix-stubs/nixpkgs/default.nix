# The packages that flakes in the tests use. Every builder is the host's /bin/sh, so that nothing has to be fetched.
{
  system ? builtins.currentSystem,
  overlays ? [ ],
  config ? { },
}:
let
  lib = import ./lib;
  # Which programs of the host stand in for packages; the tests write this file.
  host = if builtins.pathExists ./host.nix then import ./host.nix else { };

  parts = builtins.match "([^-]+)-(.+)" system;
  platform = {
    inherit system;
    isLinux = builtins.elemAt parts 1 == "linux";
    isDarwin = builtins.elemAt parts 1 == "darwin";
    canExecute = other: other.system == system;
  };

  runCommand =
    name: environment: script:
    let
      tools = environment.nativeBuildInputs or [ ];
    in
    derivation (
      removeAttrs environment [
        "nativeBuildInputs"
        "meta"
        "passthru"
      ]
      // {
        inherit name system;
        builder = "/bin/sh";
        args = [
          "-c"
          ''
            set -eu
            export PATH=${lib.concatMapStringsSep ":" (tool: "${tool}/bin") (tools ++ [ ])}:/usr/bin:/bin HOME=$TMPDIR
            ${script}
          ''
        ];
      }
    )
    // {
      meta = environment.meta or { };
    }
    // (environment.passthru or { });

  base = final: {
    inherit lib system runCommand;
    stdenv = {
      hostPlatform = platform;
      buildPlatform = platform;
    };
    runCommandLocal = runCommand;
    writeText =
      name: text:
      runCommand name {
        inherit text;
        passAsFile = [ "text" ];
      } ''cp "$textPath" $out'';
    writeShellApplication =
      {
        name,
        text,
        runtimeInputs ? [ ],
      }:
      runCommand name { inherit text; passAsFile = [ "text" ]; } ''
        mkdir -p $out/bin
        { echo '#!/bin/sh'; echo 'export PATH=${
          lib.concatMapStringsSep ":" (tool: "${tool}/bin") runtimeInputs
        }:$PATH'; cat "$textPath"; } > $out/bin/${name}
        chmod +x $out/bin/${name}
      '';
    writeShellScriptBin = name: text: final.writeShellApplication { inherit name text; };
    formats.toml =
      { }:
      {
        # Flat values and lists only: that is what our own settings are.
        generate =
          name: value:
          final.writeText name (
            lib.concatStrings (lib.mapAttrsToList (key: item: "${key} = ${builtins.toJSON item}\n") value)
          );
      };
    mkShell = environment: runCommand "shell" { inherit (environment) packages; } "touch $out";
    callPackage =
      file: extra:
      let
        function = if builtins.isFunction file then file else import file;
      in
      function (builtins.intersectAttrs (builtins.functionArgs function) final // extra);

    # Does not compile: takes the binary that cargo built before the tests, and runs the package's own steps after it.
    rustPlatform.buildRustPackage =
      package:
      runCommand "${package.pname}-${package.version}" {
        meta = package.meta or { };
        passthru = {
          inherit (package) pname version;
        };
      } ''
        installShellCompletion() {
          cmd=
          while [ $# -gt 0 ]; do
            case $1 in
              --cmd) cmd=$2; shift 2 ;;
              --bash) install -D "$2" $out/share/bash-completion/completions/$cmd.bash; shift 2 ;;
              --zsh) install -D "$2" $out/share/zsh/site-functions/_$cmd; shift 2 ;;
              --fish) install -D "$2" $out/share/fish/vendor_completions.d/$cmd.fish; shift 2 ;;
              *) echo "installShellCompletion: $1"; exit 1 ;;
            esac
          done
        }
        installManPage() { for page; do install -D "$page" "$out/share/man/man1/$(basename "$page")"; done; }
        # ${host.identity or "no binary"}
        test -f ${package.src}/Cargo.toml
        test -f ${package.cargoLock.lockFile}
        install -D ${host.openclawCheck or "/nonexistent"} $out/bin/openclaw-check
        cd $TMPDIR
        ${package.postInstall or ""}
      '';
    installShellFiles = runCommand "install-shell-files" { } "mkdir -p $out";
    cargo = final.placeholder "cargo";
    rustc = final.placeholder "rustc";
    clippy = final.placeholder "clippy";
    rustfmt = final.placeholder "rustfmt";
    nixfmt-tree = final.placeholder "nixfmt-tree";
    git = final.placeholder "git";
    placeholder = name: runCommand name { } "mkdir -p $out/bin";
  };
  composed = builtins.foldl' (packages: overlay: packages // overlay composed packages) (base composed) overlays;
in
composed
