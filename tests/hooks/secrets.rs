//! What `nix/evaluate.nix` hands over puts no literal secret into the store once more: the derivation of the check holds
//! that document. Held against the program's own lists of fields, variables and formats.

use crate::support::{Nix, folder, nix_versions, repository, run, write};
use openclaw_check::openclaw::credentials::fields::{REFERENCE_FIELDS, TEXT_CREDENTIALS};
use openclaw_check::openclaw::secret_patterns::PREFIXED;
use serde_json::{Map, Value, json};

/// What Nix hands over for these values of `programs.openclaw`.
fn handed_over(nix: &Nix, options: &Value) -> String {
    let folder = folder();
    let file = folder.path().join("options.json");
    write(&file, &options.to_string());
    let expression = format!(
        "(import {}/nix/evaluate.nix).documentOfModule {{ root = \"/source\"; name = \"homeConfigurations.alice\"; kind = \
         \"home-manager\"; config.programs.openclaw = builtins.fromJSON (builtins.readFile {}); }}",
        repository().display(),
        file.display()
    );
    run(&mut nix.command(&["eval", "--impure", "--json", "--expr", &expression]))
        .passes()
        .stdout
}

/// Puts a value at a path such as `channels.*.accounts.*.token` or `agents.list[].key`.
fn put(root: &mut Value, pattern: &str, value: &str) {
    let mut place = root;
    for part in pattern.split('.') {
        let (name, is_list) = match part.strip_suffix("[]") {
            Some(name) => (name, true),
            None => (part, false),
        };
        place = place
            .as_object_mut()
            .expect("only objects are on the way")
            .entry(name)
            .or_insert_with(|| if is_list { json!([{}]) } else { json!({}) });
        if is_list {
            place = &mut place[0];
        }
    }
    *place = Value::String(value.to_string());
}

/// Nothing here has a form that tells: only the field says that it is a secret.
fn invented(index: usize) -> String {
    format!("Zq7{index:03}xw41Fh22")
}

#[test]
fn no_field_that_holds_a_credential_is_handed_over_as_written() {
    let mut config = json!({});
    let mut secrets = Vec::new();
    for (index, pattern) in REFERENCE_FIELDS.iter().chain(TEXT_CREDENTIALS).enumerate() {
        // Certificates are public.
        if pattern.ends_with(".ca") || pattern.ends_with(".cert") {
            continue;
        }
        let pattern = pattern
            .replace("headers.*", "headers.Authorization")
            .replace("env.*", "env.GITHUB_TOKEN");
        let secret = invented(index);
        // Patterns that share a beginning stay apart: one is a text where the other has keys.
        put(&mut config, &format!("field{index}.{pattern}"), &secret);
        secrets.push((pattern, secret));
    }
    assert!(secrets.len() > 100, "only {} fields", secrets.len());

    let mut environment = Map::new();
    for (index, name) in [
        "KIMI_API_KEY",
        "OPENAI_KEY",
        "TELEGRAM_BOT_TOKEN",
        "GATEWAY_PASSWORD",
        "GITHUB_PAT",
        "SMTP_PASS",
        "DB_PW",
        "AWS_CREDENTIALS",
        "SESSION_COOKIE",
        "CLIENT_SECRET",
        "GPG_PASSPHRASE",
    ]
    .into_iter()
    .enumerate()
    {
        let secret = invented(900 + index);
        environment.insert(name.to_string(), Value::String(secret.clone()));
        secrets.push((name.to_string(), secret));
    }

    let options = json!({
        "enable": true,
        "config": config,
        "environment": environment,
        "instances": { "work": { "enable": true, "config": { "gateway": { "auth": { "password": "mylocaltest1234" } } } } },
    });
    secrets.push(("an instance".to_string(), "mylocaltest1234".to_string()));
    for nix in nix_versions() {
        let document = handed_over(&nix, &options);
        for (field, secret) in &secrets {
            assert!(!document.contains(secret), "{field} is handed over");
        }
    }
}

#[test]
fn no_text_in_the_form_of_a_secret_is_handed_over_wherever_it_stands() {
    let mut texts = Vec::new();
    for pattern in PREFIXED {
        for example in pattern.examples {
            texts.push((*example).to_string());
            texts.push(format!("curl -H 'X-Own: {example}' https://example.org"));
        }
    }
    texts.push("postgres://alice:sk-ant-api03-Zm9vYmFyYmF6cXV4@db/claw".to_string());
    texts.push(format!("{}-----\nMC4CAQAw\n", "-----BEGIN PRIVATE KEY"));
    let options = json!({ "enable": true, "config": { "notes": texts } });
    for nix in nix_versions() {
        let document = handed_over(&nix, &options);
        for pattern in PREFIXED {
            for example in pattern.examples {
                assert!(
                    !document.contains(example),
                    "{} is handed over",
                    pattern.what
                );
            }
        }
        assert!(!document.contains("Zm9vYmFyYmF6cXV4"), "{document}");
        assert!(!document.contains("MC4CAQAw"), "{document}");
    }
}

#[test]
fn what_is_no_secret_is_handed_over_as_written() {
    let values = [
        ("apiKey", "${KIMI_API_KEY}"),
        ("token", "Bearer ${TOKEN}"),
        ("password", "$(cat /run/secrets/x)"),
        ("botToken", "/run/agenix/telegram"),
        ("authToken", "~/.config/token"),
        ("clientSecret", "<your-secret>"),
        ("apiKey2", "ollama-local"),
        ("signingSecret", "USE_ENV_VAR"),
        ("tokenFile", "/run/secrets/token.txt"),
        ("primary", "openrouter/moonshotai/kimi-k2.6"),
        ("baseUrl", "https://api.kimi.com/coding/v1"),
        ("mode", "token"),
        ("source", "env"),
        ("id", "task-sk-planning-and-management"),
        ("HTTP-Referer", "https://example.org/alice"),
    ];
    let config: Map<String, Value> = values
        .iter()
        .map(|(key, value)| ((*key).to_string(), Value::String((*value).to_string())))
        .collect();
    let options = json!({ "enable": true, "config": config });
    for nix in nix_versions() {
        let document: Value =
            serde_json::from_str(&handed_over(&nix, &options)).expect("the document is JSON");
        for (key, value) in values {
            assert_eq!(
                document["entries"][0]["options"]["config"][key], value,
                "{key}"
            );
        }
    }
}
