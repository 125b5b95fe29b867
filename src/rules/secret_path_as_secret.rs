//! The path of a file where the secret itself is expected.

use super::secrets::{Site, visit_sites};
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Provision};
use crate::openclaw::credentials::written::is_file_path;
use crate::openclaw::credentials::{Role, Written, classify, is_unknown_path};
use crate::openclaw::tree::{TextPart, Value};
use crate::report::finding::{Consequence, Edit, Finding, Fix, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "secret-path-as-secret",
    summary: "The path of a file stands where the secret itself is expected",
    consequence: Consequence::FailsInUse,
    explanation: "\
OpenClaw does not open the file: the path itself becomes the token or key. Requests are refused, and a gateway token \
that is a well-known path protects nothing.

Some fields have a sibling that takes a path (`channels.telegram.tokenFile`). For all others hand the file over as an \
environment variable (the Home Manager module reads the file that `environment.NAME` points to) and write \
`\"\\${NAME}\"`, or use a reference to a secret provider with `source = \"file\"`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config = {
      gateway.auth.token = "/run/agenix/openclaw-gateway-token";
      channels.telegram.botToken = "/run/secrets/telegram-bot-token";
    };
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.OPENCLAW_GATEWAY_TOKEN = "/run/agenix/openclaw-gateway-token";
    config = {
      gateway.auth.token = "\${OPENCLAW_GATEWAY_TOKEN}";
      channels.telegram.tokenFile = "/run/secrets/telegram-bot-token";
    };
  };
}
"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    visit_sites(subject, instance, &mut |site| {
        if !site.role.is_secret() || site.is_read_from_file(subject) || !is_path(site) {
            return;
        }
        // Takes a path or the content; which of them, OpenClaw finds out.
        if site
            .field
            .is_some_and(|field| field.key() == "serviceAccount")
        {
            return;
        }
        if site.variable_name().is_some_and(is_for_a_path) {
            return;
        }
        let severity = match site.role {
            Role::Credential | Role::SecretHeader => Severity::Error,
            Role::SecretVariable if is_gateway_variable(site) => Severity::Error,
            _ => Severity::Warning,
        };
        let mut finding = Finding::new(
            INFO.id,
            Consequence::FailsInUse,
            format!(
                "{} gets the path of a file instead of the secret in it",
                site.name()
            ),
        )
        .at_most(severity)
        .at(site.span())
        .path(site.path())
        .help(site.how_to_provide(subject));
        if let (Some(sibling), Some(field)) = (site.file_sibling(), site.field)
            && let Some(key) = site.node.editable_name()
            && key.len() as usize == field.key().len()
            && matches!(site.node.value, Value::Text(_))
        {
            finding = finding
                .help(format!("write `{sibling}`, which takes the path"))
                .fix(Fix {
                    title: format!("Write `{sibling}`"),
                    safe: true,
                    edits: vec![Edit {
                        span: key,
                        text: sibling.to_string(),
                    }],
                });
        }
        sink.findings.push(finding);
    });
}

/// Whether a variable is the path of a file by what it is: Google's credentials, keys of TLS and SSH.
fn is_for_a_path(name: &str) -> bool {
    name == "GOOGLE_APPLICATION_CREDENTIALS"
        || name
            .split('_')
            .any(|word| matches!(word, "TLS" | "SSL" | "SSH" | "CERT" | "IDENTITY"))
}

/// A variable of the gateway's own process, not of a server that it starts.
fn is_gateway_variable(site: &Site<'_>) -> bool {
    match (site.field, site.variable) {
        (Some(field), _) => matches!(
            field.steps.first(),
            Some(crate::openclaw::credentials::Step::Key("env"))
        ),
        (None, Some(variable)) => variable.provision != Provision::SessionVariables,
        (None, None) => false,
    }
}

fn is_path(site: &Site<'_>) -> bool {
    match &site.node.value {
        Value::Path(_) => true,
        Value::Text(text) => match text.whole() {
            Some(text) => classify(&text) == Written::Path,
            None => {
                is_unknown_path(site.node)
                    || matches!(text.parts.first(), Some(TextPart::Known { text, .. }) if is_file_path(text))
            }
        },
        Value::Unknown(_) => is_unknown_path(site.node),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    use crate::openclaw::configuration::Provision;

    #[test]
    fn a_path_is_no_token() {
        let text = r#"{gateway: {auth: {token: "/run/agenix/gateway"}}, channels: {telegram: {botToken: "/run/secrets/telegram"}}}"#;
        let outcome = case(text).run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error channels.telegram.botToken: \"/run/secrets/telegram\"",
                "error gateway.auth.token: \"/run/agenix/gateway\"",
            ]
        );
        assert!(
            outcome
                .fixed()
                .contains(r#"tokenFile: "/run/secrets/telegram""#)
        );
    }

    #[test]
    fn no_systemd_unit_is_named_on_macos() {
        let text = r#"{gateway: {auth: {token: "/run/agenix/gateway"}}}"#;
        let help = |name: &str| {
            let outcome = case(text)
                .home_manager(&[])
                .era(crate::releases::Era::BundledPlugins)
                .configuration(|it| it.name = name.into())
                .run(&RULE);
            outcome.only().help.clone().unwrap_or_default()
        };
        let mac = help("darwinConfigurations.mac: home-manager.users.alice");
        assert!(
            mac.contains("`~/.openclaw/.env`") && !mac.contains("systemd"),
            "{mac}"
        );
        assert!(help("homeConfigurations.alice").contains("systemd.user.services"));
    }

    #[test]
    fn fields_for_paths_take_paths() {
        let outcome = case(
            r#"{channels: {telegram: {tokenFile: "/run/secrets/telegram"}}, secrets: {providers: {f: {source: "file", path: "/run/x"}}}}"#,
        )
        .run(&RULE);
        assert_eq!(outcome.lines(), [""; 0]);
    }

    #[test]
    fn the_home_manager_module_reads_files_and_the_nixos_service_does_not() {
        let path = "/run/secrets/kimi";
        let home = case("{}")
            .home_manager(&[])
            .variable_with("KIMI_API_KEY", Provision::ModuleEnvironment, path)
            .run(&RULE);
        assert_eq!(home.lines(), [""; 0]);
        let service = case("{}")
            .nixos()
            .variable_with("KIMI_API_KEY", Provision::ModuleEnvironment, path)
            .variable_with("KIMI_API_KEY_FILE", Provision::ModuleEnvironment, path)
            .run(&RULE);
        assert_eq!(
            service.lines(),
            ["error services.openclaw-gateway.environment.KIMI_API_KEY: /run/secrets/kimi"]
        );
    }
}
