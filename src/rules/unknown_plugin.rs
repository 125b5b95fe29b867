//! Settings for a plugin that does not exist under that name.

use super::consequence::by_release;
use super::{Check, Rule, RuleInfo, Sink, Subject};
use crate::nearest::nearest;
use crate::openclaw::configuration::Instance;
use crate::openclaw::path::ConfigPath;
use crate::openclaw::tree::Node;
use crate::report::finding::{Consequence, Edit, Finding, Fix};
use crate::workspace::source::Span;

/// The rule.
pub const RULE: Rule = Rule {
    info: &INFO,
    check: Check::Instance(check),
};

static INFO: RuleInfo = RuleInfo {
    id: "unknown-plugin",
    summary: "Settings name a plugin that nearly is one of the release, and is none",
    consequence: Consequence::Degrades,
    explanation: "\
What stands below `plugins.entries` for a plugin that is not there, or in `plugins.allow` and `plugins.deny`, has no effect: \"plugin not \
found: ... (stale config entry ignored)\". OpenClaw starts all the same; only `config validate` says so. (Seen with 2026.6.11 and \
2026.9.6.)

A plugin may come from elsewhere under any name, so only names that differ by a slip of the pen from a plugin of the release are \
reported, and none where `plugins.load.paths` loads others.",
    refused: &[r#"{
  programs.openclaw = {
    enable = true;
    config.plugins.entries.broswer.enabled = false;
  };
}
"#],
    accepted: &[r#"{
  programs.openclaw = {
    enable = true;
    config.plugins.entries.browser.enabled = false;
  };
}
"#],
};

fn check(subject: Subject<'_>, instance: &Instance, sink: &mut Sink) {
    let Some(plugins) = instance.config.get("plugins") else {
        return;
    };
    if plugins.get("load").is_some() {
        return;
    }
    let Some(installed) = &instance.runtime_plugins else {
        return;
    };
    let mut known: Vec<&'static str> = Vec::new();
    for plugin in subject.release.plugins() {
        known.push(plugin.id());
        known.extend(plugin.former_ids());
    }
    if known.is_empty() {
        return;
    }
    known.extend(subject.release.runtime_plugins().into_iter().flatten());
    let mut known: Vec<&str> = known;
    known.extend(installed.iter().map(|(id, _)| id.as_str()));
    let path = ConfigPath::keys("plugins");
    if let Some(entries) = plugins.get("entries").and_then(|it| it.as_object()) {
        for (id, entry) in &entries.entries {
            let span = entry.place.key.or(entry.place.primary());
            let exact = entry.place.key.filter(|key| key.len() as usize == id.len());
            let path = path.key("entries").key(id.clone());
            sink.findings
                .extend(finding(subject, id, &known, span, exact, &path));
        }
    }
    for key in ["allow", "deny"] {
        let Some(list) = plugins.get(key).and_then(|it| it.as_list()) else {
            continue;
        };
        for (index, item) in list.items.iter().enumerate() {
            let Some(id) = item.as_str() else {
                continue;
            };
            let path = path.key(key).index(index);
            let (span, exact) = (item.place.primary(), exact_place(item, &id));
            sink.findings
                .extend(finding(subject, &id, &known, span, exact, &path));
        }
    }
}

/// Where a text stands without its quotes.
fn exact_place(node: &Node, text: &str) -> Option<Span> {
    node.as_text()?.locate(0..text.len())
}

fn finding(
    subject: Subject<'_>,
    id: &str,
    known: &[&str],
    span: Option<Span>,
    exact: Option<Span>,
    path: &ConfigPath,
) -> Option<Finding> {
    let written = id.trim().to_lowercase();
    if known.contains(&written.as_str()) {
        return None;
    }
    let near = nearest(&written, known.iter().copied())?;
    let finding = Finding::new(
        INFO.id,
        Consequence::Degrades,
        format!(
            "{} has no plugin `{id}`, so this has no effect",
            subject.openclaw()
        ),
    )
    .at(span)
    .path(path);
    let finding = match exact {
        Some(span) => finding.fix(Fix {
            title: format!("Write `{near}`"),
            safe: false,
            edits: vec![Edit {
                span,
                text: near.to_string(),
            }],
        }),
        None => finding.help(format!("write `{near}`")),
    };
    Some(by_release(subject, finding))
}

#[cfg(test)]
mod tests {
    use super::super::testing::case;
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_told() {
        for (plugins, told) in [
            (
                "entries: {broswer: {enabled: false}}",
                vec!["warning plugins.entries.broswer: broswer"],
            ),
            (
                "allow: ['telegramm', 'telegram']",
                vec!["warning plugins.allow[0]: 'telegramm'"],
            ),
            ("entries: {browser: {}, slack: {}, Browser: {}}", vec![]),
            ("entries: {'my-own-thing': {}}", vec![]),
            ("entries: {broswer: {}}, load: {paths: ['/x']}", vec![]),
        ] {
            let text = format!("{{plugins: {{{plugins}}}}}");
            let text: &'static str = Box::leak(text.into_boxed_str());
            let outcome = case(text)
                .home_manager(&[])
                .configuration(|configuration| {
                    configuration.instances[0].runtime_plugins = Some(Vec::new());
                })
                .run(&RULE);
            assert_eq!(outcome.lines(), told, "{plugins}");
        }
    }
}
