# The entry for git-hooks.nix: `hooks.openclaw-check = openclaw-check.lib.${system}.gitHook;`.
{ package }:
{
  enable = true;
  name = "openclaw-check";
  description = "Whether the OpenClaw configuration that is about to be committed will work";
  entry = "${package}/bin/openclaw-check --staged";
  language = "system";
  # A deleted document names no file, so this runs on every commit and looks at git's index itself.
  pass_filenames = false;
  always_run = true;
}
