{ config, lib, ... }:
{
  home.username = "alice";
  home.homeDirectory = "/home/alice";
  programs.openclaw = {
    enable = true;
    config = {
      gateway.auth.token = "plum-Trestle-48-Marigold-Anvil";
      agents.defaults.model = "nosuch/model";
      agents.defaults.workspace = config.somewhere.else.entirely;
      models.providers.mine = {
        baseUrl = "https://example.org/v1";
        api = "openai-completions";
        apiKey = "\${mine_key}";
        models = [ { id = "m"; name = "M"; contextWindow = 1000; maxTokens = 2000; } ];
      };
    };
  };
}
