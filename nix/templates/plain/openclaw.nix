{
  # The keys stay out of the Nix store: systemd reads this file when the gateway starts.
  systemd.user.services.openclaw-gateway.Service.EnvironmentFile = "%h/.config/openclaw/env";

  programs.openclaw = {
    enable = true;

    workspace.bootstrapFiles = {
      agents = ./documents/AGENTS.md;
      soul = ./documents/SOUL.md;
      tools = ./documents/TOOLS.md;
      identity = ./documents/IDENTITY.md;
      user = ./documents/USER.md;
    };

    config = {
      gateway = {
        mode = "local";
        auth = {
          mode = "token";
          token = "\${OPENCLAW_GATEWAY_TOKEN}";
        };
      };

      # OpenRouter is built into OpenClaw: no provider has to be declared, only its key provided.
      agents.defaults.model.primary = "openrouter/auto";
    };
  };
}
