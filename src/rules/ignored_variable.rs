//! A variable of `env` that OpenClaw does not set.

use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::Node;
use crate::releases::Version;
use crate::report::finding::{Consequence, Finding};

/// The rule.
pub static RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "ignored-variable",
    summary: "A variable in `env` is one that OpenClaw does not take from there",
    consequence: Consequence::Degrades,
    explanation: "\
What `env.vars` sets is for variables that the process does not have yet. `PATH` it always has, so the one that is written there is never used. \
And some names are left out without a word, because they change which programs run or whom they trust: `SHELL`, `NODE_OPTIONS`, `LD_...`, \
and with 2026.6.11 and later also proxies, certificates and the keys of other programs, such as `GITHUB_TOKEN`, `HTTPS_PROXY` or \
`GOOGLE_APPLICATION_CREDENTIALS`. A placeholder for such a variable stays empty as well.

Set it in the environment of the process that runs OpenClaw; nix-openclaw's `runtimePackages` are what extends its `PATH`.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.env.vars.PATH = "/opt/tools/bin:/usr/bin";
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.env.vars.TZ = "Europe/Berlin";
  };
}
"#],
};

/// Names that OpenClaw does not take from its configuration, in capitals: those that people write of the lists in
/// `src/infra/host-env-security.ts` of 2026.2.26, and what 2026.6.11 and 2026.9.6 have added to them. `openclaw config validate` of the
/// latter two calls such a variable missing where a placeholder names it.
static ALWAYS: &[&str] = &[
    "BASH_ENV",
    "ENV",
    "GIT_EXTERNAL_DIFF",
    "HOME",
    "IFS",
    "NODE_OPTIONS",
    "NODE_PATH",
    "PERL5LIB",
    "PERL5OPT",
    "PYTHONHOME",
    "PYTHONPATH",
    "RUBYLIB",
    "RUBYOPT",
    "SHELL",
    "SSLKEYLOGFILE",
    "ZDOTDIR",
];
static SINCE_JUNE: &[&str] = &[
    "ALL_PROXY",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONFIG_FILE",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "BROWSER",
    "CARGO_HOME",
    "CURL_CA_BUNDLE",
    "DATABASE_URL",
    "DOCKER_CONTEXT",
    "DOCKER_HOST",
    "EDITOR",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GITLAB_TOKEN",
    "GIT_ASKPASS",
    "GIT_EDITOR",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOPATH",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "JAVA_TOOL_OPTIONS",
    "KUBECONFIG",
    "MONGODB_URI",
    "NODE_AUTH_TOKEN",
    "NODE_EXTRA_CA_CERTS",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "NO_PROXY",
    "NPM_TOKEN",
    "PAGER",
    "PIP_INDEX_URL",
    "REDIS_URL",
    "REQUESTS_CA_BUNDLE",
    "SSH_ASKPASS",
    "SSH_AUTH_SOCK",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "UV_INDEX_URL",
    "VIRTUAL_ENV",
    "VISUAL",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_STATE_HOME",
];
static PREFIXES_ALWAYS: &[&str] = &["DYLD_", "LD_", "BASH_FUNC_"];
static PREFIXES_SINCE_JUNE: &[&str] = &["GIT_CONFIG_", "NPM_CONFIG_"];

/// The first release that was seen to leave any out.
const FIRST: Version = Version::new(2026, 2, 26);
/// The first release that was seen to have the longer list.
const JUNE: Version = Version::new(2026, 6, 11);

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let Some(env) = instance.config.get("env") else {
        return;
    };
    if let Some(vars) = env.get("vars") {
        each(subject, vars, &ConfigPath::keys("env.vars"), sink);
    }
    each(subject, env, &ConfigPath::keys("env"), sink);
}

fn each(subject: Subject<'_>, holder: &Node, path: &ConfigPath, sink: &mut Sink) {
    let Some(object) = holder.as_object() else {
        return;
    };
    for (name, value) in &object.entries {
        if value.as_text().is_none() || value.as_str().is_some_and(|text| text.trim().is_empty()) {
            continue;
        }
        let name = name.trim();
        let message = if name == "PATH" {
            "OpenClaw sets variables of `env` only where the process does not have them, and `PATH` it always has: this one is never used".to_string()
        } else if releases(subject).all(|version| is_left_out(version, name)) {
            format!("OpenClaw does not take `{name}` from its configuration: it stays unset")
        } else {
            continue;
        };
        sink.findings.push(
            Finding::new(INFO.id, Consequence::Degrades, message)
                .at(value.place.key.or(value.place.primary()))
                .path(path.key(name))
                .help("set it in the environment of the process that runs OpenClaw"),
        );
    }
}

/// The releases that may be meant.
fn releases(subject: Subject<'_>) -> impl Iterator<Item = Version> {
    let others = match subject.release_is_certain {
        true => &[],
        false => subject.plausible,
    };
    std::iter::once(subject.release.version()).chain(others.iter().map(|other| other.version()))
}

fn is_left_out(version: Version, name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let in_lists = |names: &[&str], prefixes: &[&str]| {
        names.contains(&name.as_str()) || prefixes.iter().any(|prefix| name.starts_with(prefix))
    };
    version >= FIRST && in_lists(ALWAYS, PREFIXES_ALWAYS)
        || version >= JUNE && in_lists(SINCE_JUNE, PREFIXES_SINCE_JUNE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::case;

    const TEXT: &str = r#"{env: {vars: {PATH: "/x", GITHUB_TOKEN: "${A}", SHELL: "/bin/sh", TZ: "UTC", HTTP_PROXY: ""}, LD_PRELOAD: "/y"}}"#;

    #[test]
    fn what_the_releases_leave_out() {
        assert_eq!(
            case(TEXT).run(&RULE).lines(),
            [
                "warning env.vars.GITHUB_TOKEN: GITHUB_TOKEN",
                "warning env.vars.PATH: PATH",
                "warning env.vars.SHELL: SHELL",
                "warning env.LD_PRELOAD: LD_PRELOAD",
            ]
        );
        let earlier = [
            "warning env.vars.PATH: PATH",
            "warning env.vars.SHELL: SHELL",
            "warning env.LD_PRELOAD: LD_PRELOAD",
        ];
        assert_eq!(case(TEXT).release("2026.2.26").run(&RULE).lines(), earlier);
        assert_eq!(
            case(TEXT).guessed().run(&RULE).lines(),
            ["warning env.vars.PATH: PATH"]
        );
    }
}
