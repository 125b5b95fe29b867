# What is asked of texts that begin with where the flake's tree lies in the store. values.json is what real Nix answered:
#   nix eval --json 'path:tests/nix/tree#values'
{
  outputs =
    { self }:
    {
      values = import ./values.nix { inherit self; };
    };
}
