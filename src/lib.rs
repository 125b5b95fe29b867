//! Checks the OpenClaw configuration in a Nix flake.
