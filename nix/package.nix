# The program. `pkgs.callPackage ./nix/package.nix { }` is enough; it needs nothing at run time.
{
  lib,
  stdenv,
  rustPlatform,
  installShellFiles,
}:
let
  manifest = lib.importTOML ../Cargo.toml;
in
rustPlatform.buildRustPackage {
  pname = manifest.package.name;
  inherit (manifest.package) version;

  # Only what the build and its unit tests read, so that a change of the documentation builds nothing.
  src = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.unions [
      ../Cargo.toml
      ../Cargo.lock
      ../src
      ../releases/packed.bin
      ../releases/packed.txt
      ../releases/pack.rs
      (lib.fileset.maybeMissing ../benches)
    ];
  };
  cargoLock.lockFile = ../Cargo.lock;

  # The integration tests want real Nix, git and OpenClaw; `.ci/run` runs them.
  cargoTestFlags = [ "--lib" ];

  nativeBuildInputs = [ installShellFiles ];
  postInstall = lib.optionalString (stdenv.buildPlatform.canExecute stdenv.hostPlatform) ''
    program=$out/bin/openclaw-check
    for shell in bash zsh fish; do
      "$program" completions "$shell" > "openclaw-check.$shell"
    done
    installShellCompletion --cmd openclaw-check \
      --bash openclaw-check.bash --zsh openclaw-check.zsh --fish openclaw-check.fish
    "$program" man > openclaw-check.1
    installManPage openclaw-check.1
  '';

  meta = {
    inherit (manifest.package) description;
    homepage = manifest.package.repository;
    license = lib.licenses.mit;
    mainProgram = "openclaw-check";
    platforms = lib.platforms.unix;
  };
}
