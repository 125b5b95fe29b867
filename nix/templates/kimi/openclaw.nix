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

      models.providers.kimi = {
        baseUrl = "https://api.kimi.com/coding/v1";
        api = "openai-completions";
        auth = "api-key";
        apiKey = "\${KIMI_API_KEY}";
        models = [
          {
            id = "kimi-k2p5";
            name = "Kimi K2.5";
            contextWindow = 262144;
            maxTokens = 8192;
            input = [
              "text"
              "image"
            ];
            reasoning = true;
          }
          {
            id = "kimi-k2-thinking";
            name = "Kimi K2 Thinking";
            contextWindow = 262144;
            maxTokens = 8192;
            input = [ "text" ];
            reasoning = true;
          }
        ];
      };

      agents.defaults = {
        model = {
          primary = "kimi/kimi-k2p5";
          fallbacks = [ "openrouter/auto" ];
        };
        subagents.model = "kimi/kimi-k2-thinking";
      };
    };
  };
}
