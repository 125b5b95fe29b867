# Adds `openclaw-check` to a package set.
final: _previous: {
  openclaw-check = final.callPackage ./package.nix { };
}
