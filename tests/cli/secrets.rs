//! Secrets that are planted in every place where one may stand, looked for on every way out.

use crate::harness::openclaw_check;
use openclaw_check::openclaw::credentials::fields::{REFERENCE_FIELDS, TEXT_CREDENTIALS};
use openclaw_check::openclaw::secret_patterns::PREFIXED;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

/// Every way out, for a file of this name.
fn ways_out(file: &str) -> Vec<String> {
    let mut ways: Vec<String> = [
        "human", "concise", "json", "sarif", "github", "gitlab", "markdown",
    ]
    .iter()
    .map(|format| format!("{file} --format {format}"))
    .collect();
    ways.extend([
        format!("{file} --strict --format sarif"),
        format!("{file} --diff"),
        format!("show {file}"),
        format!("show {file} --format json"),
        format!("models --flake {file} --route"),
        format!("models --flake {file} --format json"),
        format!("models --flake {file} --route --format json"),
    ]);
    if file.ends_with(".nix") {
        ways.extend([
            format!("eval {file} --no-git"),
            format!("eval {file} --no-git --json"),
            format!("eval {file} programs.openclaw.config --strict --no-git"),
        ]);
    }
    ways
}

/// Some of them, for large inputs.
fn some_ways_out(file: &str) -> Vec<String> {
    let mut ways = ways_out(file);
    ways.retain(|way| {
        ["human", "json", "--strict", "--diff", "eval"]
            .iter()
            .any(|word| way.contains(word))
            && !way.contains("--route")
    });
    ways
}

/// All that a run prints.
fn printed(directory: &Path, arguments: &str) -> String {
    let printed = openclaw_check().inside(directory).args(arguments).run();
    assert!(
        (0..=3).contains(&printed.code),
        "{arguments}: {}",
        printed.code
    );
    printed.out + &printed.err
}

/// Makes secrets that look like nothing, each with a piece that is nowhere else.
fn secret(number: usize) -> String {
    format!("plum{number:03}Trestle{number:03}Q{number:03}marigold")
}

/// Whether any of the planted secrets, or a piece of one, stands in a text.
fn leaks(text: &str) -> Option<&str> {
    ["Trestle", "marigold"]
        .into_iter()
        .find(|piece| text.contains(piece))
}

/// A configuration with a secret in each of OpenClaw's credential fields. `eval` knows no paths, only names: for it the
/// fields with names that say nothing (`key`, `value`) are left out.
fn every_field(for_eval: bool) -> (Value, usize) {
    let mut config = json!({});
    let mut count = 0;
    for pattern in REFERENCE_FIELDS.iter().chain(TEXT_CREDENTIALS) {
        if pattern.ends_with(".ca")
            || pattern.ends_with(".cert")
            || for_eval && (pattern.ends_with(".key") || pattern.ends_with(".value"))
        {
            continue;
        }
        let pattern = pattern
            .replace("headers.*", "headers.X-Api-Key")
            .replace("env.*", "env.MY_TOKEN");
        let mut parts = pattern.split('.').peekable();
        let mut here = &mut config;
        while let Some(part) = parts.next() {
            let (name, is_list) = match part.strip_suffix("[]") {
                Some(name) => (name, true),
                None => (part, false),
            };
            let name = if name == "*" { "some" } else { name };
            if !here.is_object() {
                *here = Value::Object(Map::new());
            }
            here = &mut here[name];
            if is_list {
                if !here.is_array() {
                    *here = json!([{}]);
                }
                here = &mut here[0];
            }
            if parts.peek().is_none() && here.is_null() {
                *here = json!(secret(count));
                count += 1;
            }
        }
    }
    (config, count)
}

fn nix_of(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let entries: String = object
                .iter()
                .map(|(name, value)| format!("\"{name}\" = {};\n", nix_of(value)))
                .collect();
            format!("{{\n{entries}}}")
        }
        Value::Array(items) => {
            format!(
                "[ {} ]",
                items.iter().map(nix_of).collect::<Vec<_>>().join(" ")
            )
        }
        other => other.to_string(),
    }
}

#[test]
fn in_every_credential_field() {
    let (config, count) = every_field(false);
    assert!(count > 90, "{count}");
    let folder = tempfile::tempdir().expect("a folder");
    let text = serde_json::to_string_pretty(&config).expect("JSON");
    fs::write(folder.path().join("openclaw.json"), text).expect("a file");
    let module = |config: &Value| {
        let config = nix_of(config);
        format!("{{ programs.openclaw = {{ enable = true; config = {config}; }}; }}")
    };
    fs::write(folder.path().join("home.nix"), module(&config)).expect("a file");
    fs::write(
        folder.path().join("names.nix"),
        module(&every_field(true).0),
    )
    .expect("a file");
    for file in ["openclaw.json", "home.nix"] {
        for way in some_ways_out(file) {
            let way = match way.starts_with("eval") {
                true => way.replace("home.nix", "names.nix"),
                false => way,
            };
            let text = printed(folder.path(), &way);
            assert_eq!(leaks(&text), None, "{way}:\n{text}");
        }
    }
}

/// Where a secret may stand without being in the configuration: comments, names, strings, other files.
#[test]
fn each_known_format_in_each_place() {
    let secrets: Vec<&str> = PREFIXED
        .iter()
        .flat_map(|pattern| pattern.examples)
        .copied()
        .collect();
    assert!(secrets.len() > 20, "{}", secrets.len());
    let folder = tempfile::tempdir().expect("a folder");
    let mut module = String::from("{\n  programs.openclaw.enable = true;\n");
    for (number, secret) in secrets.iter().enumerate() {
        module.push_str(&format!(
            "  # {secret}
  programs.openclaw.config.x{number} = \"a {secret} b\";
  programs.openclaw.environment.V{number} = \"{secret}\";
  # openclaw-check: ignore[unknown-model] {secret}
",
        ));
    }
    module.push_str("}\n");
    fs::write(folder.path().join("home.nix"), &module).expect("a file");
    fs::write(
        folder.path().join("broken.nix"),
        module.replace("V0 =", "V0 = ="),
    )
    .expect("a file");
    for file in ["home.nix", "broken.nix"] {
        for way in some_ways_out(file) {
            let text = printed(folder.path(), &way);
            for secret in &secrets {
                assert!(!text.contains(secret), "{way} shows {secret}:\n{text}");
            }
        }
    }
}

const PASSWORD: &str = "plum-Trestle-48-marigold-Anvil";

fn check_module(module: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("home.nix"), module).expect("a file");
    for way in ways_out("home.nix") {
        let text = printed(folder.path(), &way);
        assert_eq!(leaks(&text), None, "{way} of\n{module}:\n{text}");
    }
}

#[test]
fn beside_something_that_keeps_the_file_from_being_evaluated() {
    for broken in [
        "x = ;",
        "x = nosuch;",
        "x = \u{feff}1;",
        "x = \"",
        "x = 1; x = 2;",
        "x = throw \"y\";",
        "x = { a = 1; };; ",
    ] {
        check_module(&format!(
            "{{
  programs.openclaw.enable = true;
  programs.openclaw.config.gateway.auth.token = \"{PASSWORD}\";
  {broken}
  programs.openclaw.config.models.providers.mine.apiKey = \"{PASSWORD}\";
}}
"
        ));
    }
}

#[test]
fn through_a_name_a_concatenation_and_an_interpolation() {
    for (before, value) in [
        (format!("let k = \"{PASSWORD}\"; in"), "k".to_string()),
        (
            format!("let k = {{ a = \"{PASSWORD}\"; }}; in"),
            "k.a".to_string(),
        ),
        (
            "let a = \"plum-Trestle-\"; b = \"48-marigold-Anvil\"; in".into(),
            "a + b".into(),
        ),
        (
            "let a = \"plum-Trestle-\"; in".into(),
            "\"${a}48-marigold-Anvil\"".into(),
        ),
        (
            "let a = [ \"plum\" \"Trestle\" \"48\" \"marigold\" ]; in".into(),
            "builtins.concatStringsSep \"-\" a".into(),
        ),
        (
            format!("let f = x: x; k = \"{PASSWORD}\"; in"),
            "f k".into(),
        ),
        (
            format!("let k = ''\n    {PASSWORD}\n  ''; in"),
            "builtins.replaceStrings [\"\\n\"] [\"\"] k".into(),
        ),
        (
            String::new(),
            format!("builtins.fromJSON ''\"{PASSWORD}\"''"),
        ),
    ] {
        check_module(&format!(
            "{before} {{
  programs.openclaw.enable = true;
  programs.openclaw.config.gateway.auth.token = {value};
  programs.openclaw.config.agents.defaults.model = \"nosuch/x\";
}}
"
        ));
    }
}

/// A key of no known format where nothing at all tells that it is one but its looks.
#[test]
fn a_random_word_in_a_report() {
    const KEY: &str = "Zq8Rt5Yw2Lp9Xc4Vb7Nm1Kj6Hg3Fd0Sa";
    for settings in [
        format!("config.agents.defaults.model = \"nosuch/x\"; # was {KEY}"),
        format!("config.agents.defaults.model = throw \"{KEY} is no model\";"),
        format!("config.gateway.{KEY} = 1;"),
        format!("config.agents.defaults.model = \"nosuch/{KEY}\";"),
        format!("{KEY} = true;"),
        format!("config.gateway.port = \"{KEY}\";"),
    ] {
        let module = format!("{{ programs.openclaw = {{ enable = true; {settings}\n }}; }}\n");
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("home.nix"), &module).expect("a file");
        for format in [
            "human", "concise", "json", "sarif", "github", "gitlab", "markdown",
        ] {
            let told = printed(folder.path(), &format!("home.nix --format {format}"));
            assert!(
                !told.contains(KEY) && told.contains("home.nix"),
                "{format} of {module}: {told}"
            );
        }
    }
}

/// Where no list of fields says that a secret belongs, and somebody put one.
#[test]
fn in_places_that_no_field_is_for() {
    for settings in [
        format!("config.gateway.auth.tokn = \"{PASSWORD}\";"),
        format!("config.gateway.auth.pasword = \"{PASSWORD}\";"),
        format!("config.gateway.auth.mode = \"{PASSWORD}\";"),
        format!("config.models.providers.mine.apiKye = \"{PASSWORD}\";"),
        format!("config.channels.telegram.accounts.a.bottokn = \"{PASSWORD}\";"),
        "config.gateway.auth.token = \"$plumTrestle48marigold\";".to_string(),
        format!(
            "config.models.providers.mine.apiKey = {{ source = \"env\"; provider = \"default\"; id = \"{PASSWORD}\"; }};"
        ),
        format!(
            "config.models.providers.mine.apiKey = {{ source = \"file\"; provider = \"{PASSWORD}\"; id = \"value\"; }};"
        ),
        format!(
            "config.mcp.servers.a = {{ command = \"x\"; args = [ \"--token\" \"{PASSWORD}\" ]; }};"
        ),
        format!(
            "config.mcp.servers.a = {{ command = \"x\"; args = [ \"--token={PASSWORD}\" ]; }};"
        ),
        "config.mcp.servers.a = { command = \"x\"; args = [ \"--token=Trestle/marigold\" ]; };"
            .to_string(),
        "config.models.providers.mine = { baseUrl = \"https://bot:plum/Trestle@a.example/v1\"; models = [ ]; };"
            .to_string(),
    ] {
        check_module(&format!(
            "{{ programs.openclaw = {{ enable = true; {settings} config.agents.defaults.model = \"nosuch/x\"; }}; }}"
        ));
    }
    for around in [
        format!(
            "systemd.user.services.openclaw-gateway.Service.ExecStart = \"/x/openclaw gateway --token {PASSWORD}\";"
        ),
        format!(
            "systemd.user.services.openclaw-gateway.Service.Environment = [ \"OPENROUTER_API_KEY={PASSWORD}\" ];"
        ),
        format!(
            "launchd.agents.openclaw.config.ProgramArguments = [ \"/x/openclaw\" \"gateway\" \"--password\" \"{PASSWORD}\" ];"
        ),
        format!("home.file.\".openclaw/.env\".text = \"OPENROUTER_API_KEY={PASSWORD}\\n\";"),
        format!(
            "systemd.user.services.openclaw-gateway.Service.ExecStart = \"env OPENROUTER_API_KEY={PASSWORD} /x/openclaw gateway\";"
        ),
        format!(
            "systemd.user.services.openclaw-gateway.Service.SetCredential = [ \"key:{PASSWORD}\" ];"
        ),
        format!(
            "home.activation.key = {{ data = \"echo 'OPENROUTER_API_KEY={PASSWORD}' > $HOME/.openclaw/.env\"; }};"
        ),
        format!(
            "systemd.user.tmpfiles.rules = [ \"f %h/.openclaw/.env 0600 - - - OPENROUTER_API_KEY={PASSWORD}\" ];"
        ),
        format!(
            "programs.openclaw.customPlugins = [ {{ source = \"github:a/b\"; config.settings.apiKey = \"{PASSWORD}\"; }} ];"
        ),
        format!(
            "xdg.configFile.\"systemd/user/openclaw-gateway.service.d/x.conf\".text = ''\n[Service]\nEnvironment=\"OPENROUTER_API_KEY={PASSWORD}\"\n'';"
        ),
    ] {
        let module = format!(
            "{{ programs.openclaw = {{ enable = true; config.agents.defaults.model = \"openrouter/auto\"; }}; {around} }}"
        );
        check_module(&module);
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("home.nix"), &module).expect("a file");
        let told = printed(folder.path(), "home.nix --format concise");
        assert!(
            told.contains("error[hardcoded-secret]") || told.contains("error[secret-in-store]"),
            "{module}: {told}"
        );
    }
}

/// Keys of known formats in texts that Nix writes to the store, each told once and at its place; what has nothing to do with OpenClaw
/// is judged by the form of a key alone.
#[test]
fn keys_in_texts_that_go_to_the_store() {
    let key = PREFIXED[0].examples[0];
    let told = |setting: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let module =
            format!("{{ config, ... }}: {{ programs.openclaw.enable = true;\n{setting} }}");
        fs::write(folder.path().join("home.nix"), module).expect("a file");
        for way in ways_out("home.nix") {
            let text = printed(folder.path(), &way);
            assert!(!text.contains(key), "{way} shows it:\n{text}");
        }
        let printed = printed(folder.path(), "home.nix --format concise");
        let lines = printed.lines().map(str::to_string);
        lines
            .filter(|line| line.contains("secret]") || line.contains("store]"))
            .collect::<Vec<_>>()
    };
    for (setting, rule, line) in [
        (
            format!("home.file.\".env\".text = \"FOO={key}\";"),
            "secret-in-store",
            2,
        ),
        (
            format!("home.file.\".env\".text = ''\n  A=b\n  FOO={key}\n'';"),
            "secret-in-store",
            4,
        ),
        (
            format!("xdg.configFile.\"x/y\".text = \"${{config.home.homeDirectory}} {key}\";"),
            "secret-in-store",
            2,
        ),
        (
            format!(
                "sops.templates.x.content = ''\n  A=${{config.sops.placeholder.a}}\n  FOO={key}\n'';"
            ),
            "secret-in-store",
            4,
        ),
        (
            format!(
                "programs.openclaw.skills = [ {{ name = \"a\"; description = \"A\"; body = ''\n  curl -H 'X: {key}'\n''; }} ];"
            ),
            "secret-in-store",
            3,
        ),
        (
            format!("home.file.\".openclaw/.env\".text = \"KIMI_API_KEY={key}\";"),
            "hardcoded-secret",
            2,
        ),
    ] {
        let told = told(&setting);
        assert!(
            told.len() == 1
                && told[0].contains(&format!("error[{rule}]"))
                && told[0].starts_with(&format!("home.nix:{line}:")),
            "{setting}: {told:#?}"
        );
    }
    for setting in [
        "home.file.\".npmrc\".text = \"https://alice:hunter2x9@example.org --token plum-Trestle-48\";",
        "home.file.\".env\".text = \"FOO_TOKEN=plum48Trestle48Marigold\";",
        "home.file.\"x.lock\".text = \"sha256-47DEQpj8HBSaJ5TImW5JCeuQeRkm5NMpJWZG3hSuFU 9f86d081884c7d659a2feaa0c55ad015\";",
        "sops.templates.x.content = \"FOO=${config.sops.placeholder.foo}\";",
    ] {
        assert_eq!(told(setting), [""; 0], "{setting}");
    }
}

/// However the content of a file is trimmed or taken apart: it ends in the store.
#[test]
fn the_content_of_a_file_is_told_by_whatever_way_it_comes() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("key.txt"), format!("{PASSWORD}\n")).expect("a file");
    let mut seen = Vec::new();
    for file in [
        "./key.txt",
        "config.sops.secrets.key.path",
        "\"/run/secrets/key\"",
    ] {
        for way in [
            "builtins.readFile FILE",
            "lib.fileContents FILE",
            "lib.strings.fileContents FILE",
            "lib.removeSuffix \"\\n\" (builtins.readFile FILE)",
            "lib.strings.removeSuffix \"\\n\" (lib.readFile FILE)",
            "lib.removePrefix \"KEY=\" (lib.fileContents FILE)",
            "lib.trim (builtins.readFile FILE)",
            "lib.strings.trim (lib.fileContents FILE)",
            "lib.trimWith { end = true; } (builtins.readFile FILE)",
            "builtins.replaceStrings [ \"\\n\" ] [ \"\" ] (builtins.readFile FILE)",
            "lib.strings.replaceStrings [ \"\\n\" ] [ \"\" ] (lib.fileContents FILE)",
            "builtins.head (lib.splitString \"\\n\" (builtins.readFile FILE))",
            "lib.concatStrings (lib.splitString \"\\n\" (builtins.readFile FILE))",
            "builtins.elemAt (builtins.match \"([^\\n]*)\\n?\" (builtins.readFile FILE)) 0",
            "lib.pipe FILE [ builtins.readFile lib.trim ]",
            "\"${lib.fileContents FILE}\"",
            "(builtins.fromJSON (builtins.readFile FILE)).keys.kimi",
            "(lib.importJSON FILE).keys.kimi",
        ] {
            let value = way.replace("FILE", file);
            // Where it is seen it is no JSON.
            if file == "./key.txt" && way.contains("JSON") {
                continue;
            }
            let module = format!(
                "{{ config, lib, ... }}: {{ programs.openclaw.enable = true; programs.openclaw.config.gateway.auth = {{ mode = \"token\"; token = {value}; }}; }}"
            );
            fs::write(folder.path().join("home.nix"), module).expect("a file");
            let printed = openclaw_check()
                .args("--no-git --format json home.nix")
                .inside(folder.path())
                .run();
            let report: serde_json::Value = printed.json();
            let found: Vec<_> = report["findings"]
                .as_array()
                .expect("findings")
                .iter()
                .map(|finding| (finding["rule"].clone(), finding["severity"].clone()))
                .collect();
            if found != [("secret-in-store".into(), "error".into())]
                || report["unresolved"] != serde_json::json!([])
            {
                seen.push(format!("{value}: {found:?}, {}", report["unresolved"]));
            }
        }
    }
    assert!(seen.is_empty(), "{}", seen.join("\n"));
}

#[test]
fn in_files_that_are_read_beside_the_sources() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path();
    let home = "{ programs.openclaw = { enable = true; config.agents.defaults.model = \"nosuch/x\";
      config.channels.telegram.botToken = builtins.readFile ./token;
      config.models.providers.x.apiKey = \"\\${X_API_KEY}\"; }; }";
    fs::write(directory.join("home.nix"), home).expect("a file");
    fs::write(directory.join("token"), PASSWORD).expect("a file");
    fs::write(
        directory.join("keys.env"),
        format!("X_API_KEY={PASSWORD}\nexport Y='{PASSWORD}'\n{PASSWORD}\n"),
    )
    .expect("a file");
    fs::write(
        directory.join("evaluated.json"),
        format!("{{\"version\":1,\"entries\":[{{\"configuration\":\"home.nix\",\"module\":\"home-manager\",\"options\":{{\"enable\":true,\"config\":{{\"gateway\":{{\"auth\":{{\"token\":\"{PASSWORD}\"}}}}}}}}}}]}}"),
    )
    .expect("a file");
    fs::write(
        directory.join("broken.json"),
        format!("{{\"version\":\"{PASSWORD}\"}}"),
    )
    .expect("a file");
    fs::write(
        directory.join("flake.lock"),
        format!("{{\"version\":\"{PASSWORD}\"}}"),
    )
    .expect("a file");
    for way in ways_out("home.nix") {
        for option in [
            "",
            "--env-file keys.env",
            "--evaluated evaluated.json",
            "--evaluated broken.json",
        ] {
            if !option.is_empty()
                && ["show", "eval", "models"]
                    .iter()
                    .any(|word| way.starts_with(word))
            {
                continue;
            }
            let text = printed(directory, &format!("{way} {option}"));
            assert_eq!(leaks(&text), None, "{way} {option}:\n{text}");
        }
    }
    fs::write(
        directory.join("openclaw-check.toml"),
        format!("env-files = [\"keys.env\"]\ntoken = \"{PASSWORD}\"\n"),
    )
    .expect("a file");
    for way in ways_out("home.nix") {
        let text = printed(directory, &way);
        assert_eq!(leaks(&text), None, "{way} with settings:\n{text}");
    }
}

/// What is not hashed cannot be guessed from a hash: another secret of the same kind changes nothing.
#[test]
fn no_output_depends_on_what_the_secret_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |secret: &str| {
        let module = format!(
            "{{
  programs.openclaw.enable = true;
  programs.openclaw.config.gateway.auth.token = \"{secret}\"; programs.openclaw.config.agents.defaults.model = \"nosuch/x\";
  programs.openclaw.config.x = \"sk-ant-api03-{secret}\"; programs.openclaw.config.y = 1;
}}
"
        );
        fs::write(folder.path().join("home.nix"), module).expect("a file");
    };
    for way in ways_out("home.nix") {
        write("plum-Trestle-48-marigold-Anvil");
        let one = printed(folder.path(), &way);
        write("fern-Lantern-93-cinnabar-Quoit");
        assert_eq!(one, printed(folder.path(), &way), "{way}");
    }
}

/// What is written around a secret must not keep it from being recognised, nor what it is written as.
#[test]
fn written_in_unusual_ways() {
    const TOKEN: &str = "programs.openclaw.config.gateway.auth.token";
    const WRONG: &str = "programs.openclaw.config.agents.defaults.model = \"nosuch/x\";";
    for (before, lines) in [
        // Beside, inside and around a placeholder or something like it.
        ("", format!("{TOKEN} = \"\\${{X_Y}}{PASSWORD}\";")),
        ("", format!("{TOKEN} = \"\\${{X_Y:-{PASSWORD}}}\";")),
        ("", format!("{TOKEN} = \"\\${{{PASSWORD}}}\";")),
        ("", format!("{TOKEN} = \"<{PASSWORD}>\";")),
        ("", format!("{TOKEN} = \"$(echo {PASSWORD})\";")),
        ("", format!("{TOKEN} = \"oauth:{PASSWORD}\";")),
        ("", format!("{TOKEN} = \"$plumTrestle48marigold\";")),
        // Next to something unknown.
        ("{ x, ... }:", format!("{TOKEN} = \"{PASSWORD}-${{x}}\";")),
        ("{ x, ... }:", format!("{TOKEN} = \"${{x}}{PASSWORD}\";")),
        // Where a string belongs.
        ("", format!("{TOKEN} = [ \"{PASSWORD}\" ];")),
        ("", format!("{TOKEN} = {{ a = \"{PASSWORD}\"; }};")),
        ("", format!("{TOKEN} = {{ value = \"{PASSWORD}\"; }};")),
        (
            "",
            format!("programs.openclaw.config.gateway.auth = \"{PASSWORD}\";"),
        ),
        // In other words than those of the source.
        (
            "let t = \"plum\\-Tr\\estle-48-marigold-Anvil\"; in",
            format!("{TOKEN} = t; programs.openclaw.config.agents.defaults.model = t;"),
        ),
        (
            "let a = \"plum-Tre\"; b = \"stle-48-mari\"; c = \"gold-Anvil\"; in",
            format!(
                "{TOKEN} = a + b + c; programs.openclaw.config.agents.defaults.model = a + b + c;"
            ),
        ),
        (
            "let t = \"plum\\-Trestle-48-marigold-Anvil\"; in",
            format!(
                "{TOKEN} = t; programs.openclaw.config.agents.defaults.model = throw \"no ${{t}}\";"
            ),
        ),
        (
            "let t = \"plum\\-Trestle-48-marigold-Anvil\"; in",
            format!(
                "{TOKEN} = t; assertions = [ {{ assertion = false; message = \"no ${{t}}\"; }} ];"
            ),
        ),
        // In an address, a header, and variables without a word for it.
        (
            "",
            format!(
                "programs.openclaw.config.models.providers.x.baseUrl = \"ftp://example.org/?api_key={PASSWORD}\";"
            ),
        ),
        (
            "",
            format!(
                "programs.openclaw.config.models.providers.x.headers.X-Other = \"{PASSWORD}\";"
            ),
        ),
        (
            "",
            format!("programs.openclaw.environment.PGPASSWORD = \"{PASSWORD}\";"),
        ),
        // In comments, and without quotes.
        ("", format!("# old token: {PASSWORD}")),
        ("", format!("x = 1; /* apiKey = {PASSWORD} */")),
        ("", format!("# openclaw-check: ignore[token={PASSWORD}]")),
        ("", format!("{TOKEN} = {PASSWORD};")),
    ] {
        check_module(&format!(
            "{before} {{
  programs.openclaw.enable = true;
  {lines}
  {WRONG}
}}
"
        ));
    }
}

#[test]
fn in_a_document_that_is_written_in_unusual_ways() {
    for document in [
        // Without quotes: the document cannot be read.
        "{ gateway: { auth: { token: SECRET } } }",
        "{ gateway: { auth: { token: 'x' /* token: SECRET */ } }, // apiKey: SECRET\n agents: { defaults: { model: 'nosuch/x' } } }",
        "{ gateway: { auth: { token: 'plum-\\u0054restle-48-marigold-Anvil' } }, agents: { defaults: { model: 'SECRET/x' } } }",
        "{ gateway: { auth: { token: 'plum-\\\nTrestle-48-marigold-Anvil' } }, agents: { defaults: { model: 'nosuch/x' } } }",
        "{ gateway: { auth: { token: ['SECRET'], password: { x: 'SECRET' } } } }",
        "{ gateway: { auth: { token: 'a', token: 'SECRET' } } }",
        "{ '$include': './SECRET.json', gateway: { auth: { token: 'SECRET' } } }",
        "{ models: { providers: { x: { headers: { 'X-Other': 'SECRET' }, baseUrl: 'https://u:SECRET@example.org' } } } }",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(
            folder.path().join("openclaw.json"),
            document.replace("SECRET", PASSWORD),
        )
        .expect("a file");
        for way in ways_out("openclaw.json") {
            let text = printed(folder.path(), &way);
            assert_eq!(leaks(&text), None, "{way} of\n{document}:\n{text}");
        }
    }
}

#[test]
fn what_only_stands_for_a_secret_is_still_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(
        folder.path().join("home.nix"),
        "{ programs.openclaw.enable = true; programs.openclaw.config = {
  gateway.auth.token = \"\\${GATEWAY_TOKEN_2025}\";
  models.providers.mine = { baseUrl = \"https://example.org/v1?alt=sse\"; apiKey = { source = \"env\"; provider = \"default\"; id = \"MINE_API_KEY_2025\"; };
    headers = { \"anthropic-beta\" = \"context-1m-2025-08-07\"; Authorization = \"Bearer \\${MINE_TOKEN_2025}\"; }; };
  channels.telegram.tokenFile = \"/run/secrets/telegram-2025\"; }; }",
    )
    .expect("a file");
    for way in ["show home.nix", "eval home.nix --no-git --strict"] {
        let text = printed(folder.path(), way);
        assert!(!text.contains("redacted"), "{way}: {text}");
        for shown in [
            "GATEWAY_TOKEN_2025",
            "MINE_API_KEY_2025",
            "context-1m-2025-08-07",
            "MINE_TOKEN_2025",
            "telegram-2025",
            "alt=sse",
        ] {
            assert!(text.contains(shown), "{way} hides {shown}: {text}");
        }
    }
}
