//! A variable that has to be a path and is given what is in the file.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::{Instance, Provision, Source};
use crate::openclaw::tree::{Node, Value};
use crate::releases::Era;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "content-for-path",
    summary: "A variable that has to be a path is given what is in the file",
    consequence: Consequence::FailsInUse,
    explanation: "\
The Home Manager module looks at each value of `environment`: where it is the path of a file, the process gets what is in the file. That is \
right for keys and tokens. `GOOGLE_APPLICATION_CREDENTIALS`, `NODE_EXTRA_CA_CERTS` and the like are paths that a program opens itself; what \
it gets is the text of the file, which is no path. Variables whose names end in `_FILE` stay paths.

Set such a variable in the unit, which hands it over as it is: `systemd.user.services.openclaw-gateway.Service.Environment`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    environment.GOOGLE_APPLICATION_CREDENTIALS = "/run/secrets/google.json";
    config.gateway.mode = "local";
  };
}
"#],
    accepted: &[r#"{
  systemd.user.services.openclaw-gateway.Service.Environment = [
    "GOOGLE_APPLICATION_CREDENTIALS=/run/secrets/google.json"
  ];
  programs.openclaw = {
    enable = true;
    config.gateway.mode = "local";
  };
}
"#],
};

/// Variables that hold the path of a file: of Google's libraries, of `kubectl` and of Node.js. The module leaves those that end in `_FILE`
/// as they are.
const PATHS: &[&str] = &[
    "GOOGLE_APPLICATION_CREDENTIALS",
    "KUBECONFIG",
    "NODE_EXTRA_CA_CERTS",
];

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    // Since `environment` is there, its values are read so (`config.nix`, `gatewayWrapper`).
    let is_read =
        subject.configuration.source == Source::HomeManager && subject.era >= Era::RuntimePackages;
    if !is_read {
        return;
    }
    for variable in &instance.variables {
        let Some(name) = variable.name.as_deref() else {
            continue;
        };
        let is_path = variable.value.as_ref().is_some_and(|value| is_path(value));
        if variable.provision != Provision::ModuleEnvironment || !PATHS.contains(&name) || !is_path
        {
            continue;
        }
        sink.findings.push(
            Finding::new(
                INFO.id,
                Consequence::FailsInUse,
                format!("`{name}` has to be the path of a file, and gets what is in it"),
            )
            .at(variable.span)
            .path(variable.path())
            .help("Set it in the unit: `systemd.user.services.openclaw-gateway.Service.Environment`, or `launchd.agents` on macOS."),
        );
    }
}

fn is_path(value: &Node) -> bool {
    match &value.value {
        Value::Path(_) => true,
        Value::Text(text) => text.known_prefix().starts_with('/'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    #[test]
    fn paths_that_are_to_stay_paths() {
        let run = |name: &str, provision: Provision, value: &str| {
            let case = case("{}").home_manager(&[]);
            let outcome = case.variable_with(name, provision, value).run(&RULE);
            outcome.findings.len()
        };
        let module = Provision::ModuleEnvironment;
        let file = "/run/secrets/google.json";
        assert_eq!(run("GOOGLE_APPLICATION_CREDENTIALS", module, file), 1);
        assert_eq!(run("KIMI_API_KEY", module, file), 0);
        assert_eq!(run("KUBECONFIG", module, "kubeconfig"), 0);
        let unit = Provision::ServiceEnvironment;
        assert_eq!(run("GOOGLE_APPLICATION_CREDENTIALS", unit, file), 0);
    }
}
