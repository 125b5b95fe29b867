# A small part of OpenClaw's schema as options: enough that Nix rejects what it would reject, free-form elsewhere.
lib:
let
  inherit (lib) mkOption types;
  optional =
    type:
    mkOption {
      type = types.nullOr type;
      default = null;
    };
  required = type: mkOption { inherit type; };
  strict = options: types.submodule { inherit options; };
  open =
    options:
    types.submodule {
      freeformType = types.attrsOf types.anything;
      inherit options;
    };
  apis = types.enum [
    "openai-completions"
    "openai-responses"
    "anthropic-messages"
    "google-generative-ai"
    "ollama"
  ];
  secret = types.either types.str (strict {
    source = required (
      types.enum [
        "env"
        "file"
        "exec"
      ]
    );
    provider = required types.str;
    id = required types.str;
  });
  reference = types.either types.str (strict {
    primary = optional types.str;
    fallbacks = optional (types.listOf types.str);
  });
in
{
  gateway = optional (open {
    mode = optional (
      types.enum [
        "local"
        "remote"
      ]
    );
    bind = optional (
      types.enum [
        "auto"
        "lan"
        "loopback"
        "custom"
        "tailnet"
      ]
    );
    port = optional types.int;
    auth = optional (strict {
      mode = optional (
        types.enum [
          "none"
          "token"
          "password"
        ]
      );
      token = optional secret;
      password = optional secret;
    });
  });
  models = optional (strict {
    mode = optional (
      types.enum [
        "merge"
        "replace"
      ]
    );
    providers = optional (
      types.attrsOf (strict {
        baseUrl = optional types.str;
        api = optional apis;
        apiKey = optional secret;
        auth = optional (
          types.enum [
            "api-key"
            "oauth"
            "token"
          ]
        );
        headers = optional (types.attrsOf secret);
        models = optional (
          types.listOf (strict {
            id = required types.str;
            name = required types.str;
            contextWindow = optional types.number;
            maxTokens = optional types.number;
            reasoning = optional types.bool;
            input = optional (
              types.listOf (
                types.enum [
                  "text"
                  "image"
                  "video"
                  "audio"
                ]
              )
            );
            cost = optional (types.attrsOf types.number);
          })
        );
      })
    );
  });
  agents = optional (strict {
    defaults = optional (open {
      model = optional reference;
      models = optional (types.attrsOf (strict { alias = optional types.str; }));
      workspace = optional types.str;
      skipBootstrap = optional types.bool;
      subagents = optional (open { model = optional reference; });
    });
    list = optional (
      types.listOf (open {
        id = required types.str;
        model = optional reference;
      })
    );
  });
  auth = optional (strict {
    profiles = optional (types.attrsOf types.anything);
    order = optional (types.attrsOf (types.listOf types.str));
  });
  channels = optional (open {
    telegram = optional (open {
      botToken = optional secret;
      tokenFile = optional types.str;
    });
  });
  env = optional types.anything;
  plugins = optional types.anything;
  secrets = optional types.anything;
  skills = optional types.anything;
  tools = optional types.anything;
  messages = optional types.anything;
  hooks = optional types.anything;
}
