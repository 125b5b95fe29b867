//! A gateway that does not start because its configuration is not that of one.

use super::consequence::absence;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Provision, Source};
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::{Lookup, Node, Value};
use crate::report::finding::{Consequence, Finding, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "gateway-mode",
    summary: "The gateway does not start, for `gateway.mode` is not `local`",
    consequence: Consequence::GatewayRefuses,
    explanation: "\
`openclaw gateway` starts only with `gateway.mode = \"local\"`: \"Gateway start blocked: existing config is missing gateway.mode\", or \
\"set gateway.mode=local (current: remote)\". `config validate` accepts both. (Seen with the gateways of 2026.2.26, 2026.6.11 and \
2026.9.6.)

The Home Manager module writes `local` where nothing else is set; the NixOS service writes nothing. `remote` is for a machine that \
only talks to the gateway of another one: there the service is to be switched off (`launchd.enable` or `systemd.enable`). With a \
start command of your own, which may say `--allow-unconfigured`, nothing is reported.",
    refused: &[
        r#"{
  services.openclaw-gateway = {
    enable = true;
    environmentFiles = [ "/run/secrets/openclaw.env" ];
    config.channels.telegram.tokenFile = "/run/secrets/telegram-bot-token";
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "remote";
    config.gateway.remote.url = "wss://gateway.example.org";
  };
}
"#,
    ],
    accepted: &[
        r#"{
  services.openclaw-gateway = {
    enable = true;
    environmentFiles = [ "/run/secrets/openclaw.env" ];
    config.gateway.mode = "local";
    config.channels.telegram.tokenFile = "/run/secrets/telegram-bot-token";
  };
}
"#,
        r#"{
  programs.openclaw = {
    enable = true;
    systemd.enable = false;
    launchd.enable = false;
    config.gateway.mode = "remote";
    config.gateway.remote.url = "wss://gateway.example.org";
  };
}
"#,
    ],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    if instance.config.as_object().is_none() || !starts_gateway(subject, instance) {
        return;
    }
    // Another file may have it.
    let includes = |node: &Node| node.get("$include").is_some();
    if includes(&instance.config) {
        return;
    }
    let gateway = match instance.config.lookup("gateway") {
        Lookup::Present(gateway) => Some(gateway),
        Lookup::Absent => None,
        Lookup::Unknown(_) => return,
    };
    if gateway.is_some_and(|gateway| includes(gateway)) {
        return;
    }
    let mode = gateway.map_or(Lookup::Absent, |gateway| gateway.lookup("mode"));
    let path = ConfigPath::keys("gateway.mode");
    let finding = match mode {
        Lookup::Unknown(_) => return,
        Lookup::Present(mode) => {
            // Whether such a file is for a gateway at all, or for its client, nothing tells.
            if mode.as_str().as_deref() != Some("remote")
                || subject.configuration.source == Source::RenderedFile
            {
                return;
            }
            Finding::new(
                INFO.id,
                Consequence::GatewayRefuses,
                "`gateway.mode` is `remote`, and the service starts a gateway here: it does not start",
            )
            .at(mode.place.primary())
            .help(match subject.configuration.source {
                Source::HomeManager => {
                    "Write `local`; or, where this machine only uses the gateway of another one, switch the service off: `systemd.enable = false;`, with macOS `launchd.enable = false;`."
                }
                _ => "Write `local`.",
            })
        }
        Lookup::Absent => {
            let finding = Finding::new(
                INFO.id,
                Consequence::GatewayRefuses,
                "nothing sets `gateway.mode`, without which the gateway does not start",
            )
            .at(instance
                .config
                .place_of(&path)
                .or(subject.configuration.span));
            let replaces = subject.configuration.instance_replaces
                && subject.configuration.source == Source::HomeManager;
            let name = &instance.name;
            let finding = match lost_remote(subject).filter(|_| replaces) {
                Some(remote) => finding
                    .help(format!(
                        "`instances.{name}.config` replaces everything else here, and so `remote` is lost: set it there. Where this machine only uses the gateway of another one, switch the service off as well: `instances.{name}.systemd.enable = false;`, with macOS `launchd.enable`."
                    ))
                    .related(remote.place.primary(), "the mode that is lost"),
                None if replaces => finding.help(format!(
                    "Set `gateway.mode` to `local` in `instances.{name}.config`, which replaces everything else here."
                )),
                None => finding.help("Set `gateway.mode` to `local`."),
            };
            absence(subject, finding)
        }
    };
    let finding = finding.path(path);
    sink.findings.push(match subject.configuration.source {
        Source::RenderedFile => finding.at_most(Severity::Warning),
        _ => finding,
    });
}

/// The `remote` of the top-level `config`.
fn lost_remote<'a>(subject: Subject<'a>) -> Option<&'a Node> {
    let options = subject.configuration.options.as_ref()?;
    let mode = options.at_keys("config.gateway.mode")?;
    (mode.as_str().as_deref() == Some("remote")).then_some(&**mode)
}

/// Whether a service starts a gateway with this configuration, as far as the sources tell, and with the command of the module.
fn starts_gateway(subject: Subject<'_>, instance: &Instance) -> bool {
    let config = &instance.config;
    let has_own_command = instance.variables.iter().any(|variable| {
        variable.name.is_none() && variable.provision == Provision::ServiceEnvironment
    });
    match subject.configuration.source {
        // What a gateway is for is there.
        Source::RenderedFile => ["channels", "gateway", "agents"]
            .iter()
            .any(|key| config.get(key).is_some()),
        _ if has_own_command => false,
        Source::NixosService => subject
            .configuration
            .options
            .as_ref()
            .is_some_and(|options| matches!(options.lookup("execStart"), Lookup::Absent)),
        Source::HomeManager => {
            let Some(options) = &subject.configuration.options else {
                return false;
            };
            let own = options
                .get("instances")
                .and_then(|instances| instances.get(&instance.name));
            // An instance has settings of its own, with defaults of their own.
            let holder = own.unwrap_or(options);
            ["launchd", "systemd"].iter().all(|manager| {
                match holder.get(manager).map(|manager| manager.lookup("enable")) {
                    None | Some(Lookup::Absent) => true,
                    Some(Lookup::Present(enable)) => matches!(enable.value, Value::Boolean(true)),
                    Some(Lookup::Unknown(_)) => false,
                }
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    #[test]
    fn of_a_file_only_what_is_for_a_gateway_is_told() {
        for (text, lines) in [
            (
                "{channels: {}}",
                vec!["warning gateway.mode: {channels: {}}"],
            ),
            (
                "{gateway: {port: 1}}",
                vec!["warning gateway.mode: gateway"],
            ),
            ("{gateway: {mode: 'local'}}", vec![]),
            ("{gateway: {mode: 'remote'}}", vec![]),
            ("{gateway: {mode: {$unknown: 'u'}}}", vec![]),
            ("{models: {}}", vec![]),
        ] {
            assert_eq!(case(text).run(&RULE).lines(), lines, "{text}");
        }
    }
}
