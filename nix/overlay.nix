# Adds `openclaw-check` to a package set.
final: prev: {
  openclaw-check = final.callPackage ./package.nix { };
}
