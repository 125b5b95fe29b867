//! Instances that get in each other's way.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Configuration, Source};
use crate::openclaw::tree::{Lookup, Node, Value};
use crate::releases::Era;
use crate::report::finding::{Consequence, Finding, Severity};
use crate::workspace::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Configuration(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "instance-clash",
    summary: "Two instances have the same port, the same file or the same service",
    consequence: Consequence::GatewayRefuses,
    explanation: "Each instance is a gateway of its own, with a port, an openclaw.json and a service. `gatewayPort` is 18789 for all of them \
unless it is set: the second gateway finds the port taken and does not start. With one `configPath` (or `stateDir`) for two, the file of one is lost \
without a word; with one `stateDir` they write over each other's sessions. What is not set has its default, `~/.openclaw` for the instance \
`default`. Two services of one name stop `home-manager switch` with \"conflicting definition values\". A service that is \
switched off (`systemd.enable`, `launchd.enable`) takes no port.

The service is started with `--port` and `gatewayPort`; `gateway.port` of the configuration is what `openclaw` on the command line looks \
for. Where the two differ it finds no gateway, or that of another instance.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    instances.default = { };
    instances.work = { };
  };
}"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    instances.default = { };
    instances.work.gatewayPort = 18790;
  };
}"#],
};

/// The port of an instance that sets none.
const DEFAULT_PORT: i64 = 18789;

/// What an instance takes for itself.
struct Taken<'a> {
    name: &'a str,
    place: Option<Span>,
    /// With the place where it was set; `None` where it is not known, or where no service runs.
    port: Option<(i64, Option<Span>)>,
    folder: Option<(String, Option<Span>)>,
    file: Option<(String, Option<Span>)>,
    service: Option<(String, Option<Span>)>,
}

fn check(subject: Subject<'_>, sink: &mut Sink) {
    let configuration = subject.configuration;
    if configuration.source != Source::HomeManager || subject.era < Era::SchemaConfig {
        return;
    }
    let Some(options) = &configuration.options else {
        return;
    };
    let home = configuration.home_directory.as_deref();
    let Some(instances) = options
        .get("instances")
        .and_then(|instances| instances.as_object())
        .filter(|instances| !instances.entries.is_empty())
    else {
        // Then there is the instance `default` alone, which the options at the top describe.
        other_port(configuration, &taken("default", options, home), sink);
        return;
    };
    let all: Vec<Taken<'_>> = instances
        .entries
        .iter()
        .filter(|(_, instance)| is_on(instance, "enable"))
        .map(|(name, instance)| taken(name, instance, home))
        .collect();
    let root = &configuration.option_root;
    for (index, one) in all.iter().enumerate() {
        other_port(configuration, one, sink);
        let clash = |consequence: Consequence, option: &str, message: String, help: String| {
            Finding::new(INFO.id, consequence, message)
                .path(format!("{root}.instances.{}.{option}", one.name))
                .help(help)
        };
        for other in &all[..index] {
            if let (Some((port, span)), Some((taken, first))) = (one.port, other.port)
                && port == taken
            {
                sink.findings.push(
                    clash(
                        Consequence::GatewayRefuses,
                        "gatewayPort",
                        format!(
                            "`{}` and `{}` both take the port {port}",
                            other.name, one.name
                        ),
                        format!("Set `gatewayPort` of `{}` to another one.", one.name),
                    )
                    .at(span.or(one.place))
                    .related(first.or(other.place), format!("`{}`", other.name)),
                );
            }
            if let (Some((file, span)), Some((taken, first))) = (&one.file, &other.file)
                && file == taken
            {
                sink.findings.push(
                    clash(
                        Consequence::FailsInUse,
                        "configPath",
                        format!(
                            "`{}` and `{}` both write `{file}`, and one is lost",
                            other.name, one.name
                        ),
                        format!(
                            "Give `{}` a `stateDir` or a `configPath` of its own.",
                            one.name
                        ),
                    )
                    .at(span.or(one.place))
                    .related(first.or(other.place), format!("`{}`", other.name)),
                );
            }
            if let (Some((folder, span)), Some((taken, first))) = (&one.folder, &other.folder)
                && folder == taken
                && one.file.as_ref().map(|(file, _)| file)
                    != other.file.as_ref().map(|(file, _)| file)
            {
                sink.findings.push(
                    clash(
                        Consequence::Degrades,
                        "stateDir",
                        format!(
                            "`{}` and `{}` both keep their state in `{folder}`",
                            other.name, one.name
                        ),
                        format!("Give `{}` a `stateDir` of its own.", one.name),
                    )
                    .at(span.or(one.place))
                    .related(first.or(other.place), format!("`{}`", other.name)),
                );
            }
            if let (Some((service, span)), Some((taken, first))) = (&one.service, &other.service)
                && service == taken
            {
                sink.findings.push(
                    clash(
                        Consequence::NixRejects,
                        "systemd.unitName",
                        format!(
                            "`{}` and `{}` are both the service `{service}`",
                            other.name, one.name
                        ),
                        format!("Give `{}` a `systemd.unitName` of its own.", one.name),
                    )
                    .at(span.or(one.place))
                    .related(first.or(other.place), format!("`{}`", other.name)),
                );
            }
        }
    }
}

/// The port that the service of an instance takes.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its number.
    pub number: i64,
    /// The instance.
    pub instance: String,
    /// Where it is set, or else the instance.
    pub span: Option<Span>,
}

/// The ports that the services of a user take for certain: of `programs.openclaw` with these options, choices among them or not.
pub fn ports(options: &Node, era: Era) -> Vec<Port> {
    if era < Era::SchemaConfig {
        return Vec::new();
    }
    let port = |instance: &Taken<'_>| {
        let (number, span) = instance.port?;
        Some(Port {
            number,
            instance: instance.name.to_string(),
            span: span.or(instance.place),
        })
    };
    match options.lookup("instances") {
        Lookup::Present(instances) => instances
            .as_object()
            .into_iter()
            .flat_map(|instances| &instances.entries)
            .filter(|(_, instance)| is_on(instance, "enable"))
            .filter_map(|(name, instance)| port(&taken(name, instance, None)))
            .collect(),
        Lookup::Absent
            if options.at_keys("enable").and_then(|flag| flag.as_bool()) == Some(true) =>
        {
            port(&taken("default", options, None)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What is told of a port that the services of two users of one host take.
pub fn of_two_users(first: (&str, &Port), second: (&str, &Port)) -> Finding {
    let (other, taken) = first;
    let (name, port) = second;
    let user = |name: &str| name.rsplit('.').next().unwrap_or_default().to_string();
    let mut finding = Finding::new(
        INFO.id,
        Consequence::GatewayRefuses,
        format!(
            "`{}` and `{}` of one host both take the port {}",
            user(other),
            user(name),
            port.number
        ),
    )
    .at_most(Severity::Warning)
    .at(port.span)
    .path(format!(
        "programs.openclaw.instances.{}.gatewayPort",
        port.instance
    ))
    .help("Set `gatewayPort` of one of them to another one; the services of both may run at once.");
    if taken.span != port.span {
        finding = finding.related(taken.span, format!("`{}`", user(other)));
    }
    finding.configurations = vec![name.to_string()];
    finding
}

/// Tells of a port in an instance's configuration that its service does not have.
fn other_port(configuration: &Configuration, one: &Taken<'_>, sink: &mut Sink) {
    let Some((taken, span)) = one.port else {
        return;
    };
    let instance = configuration
        .instances
        .iter()
        .find(|instance| instance.name == one.name);
    let written = instance.and_then(|instance| instance.config.at_keys("gateway.port"));
    let Some(written) = written else { return };
    let Some(port) = written.as_integer().filter(|port| *port != taken) else {
        return;
    };
    sink.findings.push(
        Finding::new(
            INFO.id,
            Consequence::Degrades,
            format!(
                "the service of `{}` is started with the port {taken}, and `gateway.port` is {port}",
                one.name
            ),
        )
        .at(written.place.primary().or(one.place))
        .path("gateway.port")
        .related(span.or(one.place), format!("`gatewayPort` is {taken}"))
        .help(format!(
            "Set `{}.instances.{}.gatewayPort` to {port}, or leave one of them out.",
            configuration.option_root, one.name
        )),
    );
}

/// Whether a switch is on; one that is not known counts as off, so that nothing is claimed on the strength of it.
fn is_on(instance: &Node, switch: &str) -> bool {
    match instance.at_keys(switch) {
        None => true,
        Some(flag) => flag.as_bool() == Some(true),
    }
}

fn taken<'a>(name: &'a str, instance: &'a Node, home: Option<&str>) -> Taken<'a> {
    let is_closed = instance
        .as_object()
        .is_some_and(|object| object.open.is_none());
    let runs = is_closed && is_on(instance, "systemd.enable") && is_on(instance, "launchd.enable");
    // Without a text of its own it is the default, which `None` stands for; a text that is not known is no text.
    let text = |option: &str, default: Option<String>| match instance.at_keys(option) {
        None => default.filter(|_| is_closed).map(|text| (text, None)),
        Some(node) => node.as_str().map(|text| (text, node.place.primary())),
    };
    let suffix = if name == "default" {
        String::new()
    } else {
        format!("-{name}")
    };
    // The defaults lie below the home directory, which the module writes out.
    let default = match home {
        Some(home) => format!("{}/.openclaw{suffix}", home.trim_end_matches('/')),
        None => format!("~/.openclaw{suffix}"),
    };
    let folder = text("stateDir", Some(default))
        .map(|(folder, span)| (folder.trim_end_matches('/').to_string(), span));
    let file = match instance.at_keys("configPath") {
        Some(_) => text("configPath", None),
        None => folder
            .as_ref()
            .map(|(folder, span)| (format!("{folder}/openclaw.json"), *span)),
    };
    Taken {
        name,
        place: instance.place.key.or(instance.place.primary()),
        port: match instance
            .get("gatewayPort")
            .map(|port| (&port.value, port.place.primary()))
        {
            _ if !runs => None,
            None => Some((DEFAULT_PORT, None)),
            Some((Value::Integer(port), span)) => Some((*port, span)),
            Some(_) => None,
        },
        folder,
        file,
        service: text(
            "systemd.unitName",
            Some(format!("openclaw-gateway{suffix}")),
        )
        .filter(|_| runs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::module;

    #[test]
    fn the_port_is_the_same_unless_it_is_set() {
        let outcome = module(r#"{instances: {default: {}, work: {}}}"#).run(&RULE);
        assert_eq!(outcome.findings.len(), 1);
        assert_eq!(
            outcome.findings[0].message,
            "`default` and `work` both take the port 18789"
        );
        for other in [
            "{gatewayPort: 18790}",
            "{gatewayPort: {$unknown: \"?\"}}",
            "{enable: false}",
            "{systemd: {enable: false}}",
            "{$open: \"?\"}",
        ] {
            let text = format!("{{instances: {{default: {{}}, work: {other}}}}}");
            assert_eq!(module(&text).run(&RULE).lines(), [""; 0], "{other}");
        }
    }

    #[test]
    fn files_and_services_are_taken_once() {
        let outcome = module(
            r#"{instances: {
                 a: {gatewayPort: 1, stateDir: "/srv/claw"},
                 b: {gatewayPort: 2, configPath: "/srv/claw/openclaw.json"},
                 c: {gatewayPort: 3, systemd: {unitName: "openclaw-gateway-a"}}}}"#,
        )
        .run(&RULE);
        assert_eq!(
            outcome.lines(),
            [
                "error programs.openclaw.instances.b.configPath: \"/srv/claw/openclaw.json\"",
                "error programs.openclaw.instances.c.systemd.unitName: \"openclaw-gateway-a\"",
            ]
        );
    }

    #[test]
    fn defaults_are_compared_with_what_is_written() {
        let lines = |text: &str| {
            module(text)
                .configuration(|it| it.home_directory = Some("/home/a".to_string()))
                .run(&RULE)
                .lines()
        };
        assert_eq!(
            lines(
                r#"{instances: {default: {}, work: {gatewayPort: 18790, configPath: "/home/a/.openclaw/openclaw.json"}}}"#
            ),
            [
                r#"error programs.openclaw.instances.work.configPath: "/home/a/.openclaw/openclaw.json""#
            ]
        );
        assert_eq!(
            lines(
                r#"{instances: {default: {}, work: {gatewayPort: 18790, stateDir: "/home/a/.openclaw/"}}}"#
            ),
            [r#"error programs.openclaw.instances.work.configPath: "/home/a/.openclaw/""#]
        );
        // With a file of its own they still share the state.
        assert_eq!(
            lines(
                r#"{instances: {default: {}, work: {gatewayPort: 18790, stateDir: "/home/a/.openclaw", configPath: "/x.json"}}}"#
            ),
            [r#"warning programs.openclaw.instances.work.stateDir: "/home/a/.openclaw""#]
        );
        // Whose home it is that is written there is not known.
        let elsewhere = r#"{instances: {default: {}, work: {gatewayPort: 18790, stateDir: "/home/b/.openclaw"}}}"#;
        assert_eq!(lines(elsewhere), [""; 0]);
        assert_eq!(module(elsewhere).run(&RULE).lines(), [""; 0]);
    }

    #[test]
    fn the_port_of_the_configuration_is_that_of_the_service() {
        let found = |instance: &str| {
            let text = format!(
                "{{instances: {{default: {instance}}}, config: {{gateway: {{port: 18790}}}}}}"
            );
            module(&text).run(&RULE).lines()
        };
        assert_eq!(found("{}"), ["warning gateway.port: 18790"]);
        for fine in [
            "{gatewayPort: 18790}",
            "{systemd: {enable: false}}",
            "{$open: \"?\"}",
        ] {
            assert_eq!(found(fine), [""; 0], "{fine}");
        }
        let alone = module("{config: {gateway: {port: 18790}}}").run(&RULE);
        assert_eq!(
            alone.only().message,
            "the service of `default` is started with the port 18789, and `gateway.port` is 18790"
        );
    }
}
