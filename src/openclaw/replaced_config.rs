//! The top-level `config` where an instance's `config` is laid over it as a whole (nix-openclaw until 5 May 2026): no
//! openclaw.json shows what is wrong in it, and yet Nix types it, as far as it looks.
//!
//! The module of that time updates the top-level `config` recursively with the instance's and drops the nulls afterwards
//! (`nix/modules/home-manager/openclaw/config.nix` before commit 216f835). So Nix looks at a value of the top level wherever
//! the instance sets something in the set that holds it, and at every key of the first level. Recorded with Nix 2.34.8 and the
//! real module.

use super::configuration::{Configuration, Instance, Source};
use super::path::{ConfigPath, Segment};
use super::schema_check::{self, Environment, Issue, IssueKind};
use super::tree::{Lookup, Node, Object, Value};
use super::updates::without_nulls;
use crate::releases::Release;
use crate::releases::schema::{Kind, Rest, Schema};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What is wrong in the replaced `config`, as one instance has Nix see it.
#[derive(Debug)]
pub struct Replaced {
    /// The instance as if the top-level `config` were its own.
    pub instance: Instance,
    /// What the types of the module do not accept, in the order of the tree, each with whether Nix looks at it; `None` where
    /// that is not known.
    pub issues: Vec<(Issue, Option<bool>)>,
}

/// The issues of the top-level `config` that `instance` replaces; `None` where it replaces none, or the release has no schema.
pub fn replaced(
    configuration: &Configuration,
    instance: &Instance,
    release: &Release,
) -> Option<Replaced> {
    if !configuration.instance_replaces || configuration.source != Source::HomeManager {
        return None;
    }
    let options = configuration.options.as_ref()?;
    let written = options.get("instances")?.get(&instance.name)?;
    let config = without_nulls(options.get("config")?)?;
    let schema = release.schema()?;
    let instance = Instance {
        config,
        ..instance.clone()
    };
    let environment = Environment::of(&instance);
    let mut issues = schema_check::check(&instance.config, schema, &environment);
    issues.retain(|issue| issue.unless_set.is_empty() && issue.doubt.is_none());
    schema_check::look_elsewhere(&mut issues, schema);
    let issues = issues
        .into_iter()
        .filter_map(|issue| {
            let looked_at = match issue.kind {
                // A set complains of a key when it is looked at itself.
                IssueKind::UnknownKey { .. } => issue.path.parent()?,
                IssueKind::MissingKey { .. }
                | IssueKind::WrongType { .. }
                | IssueKind::NotAllowed { .. } => issue.path.clone(),
                _ => return None,
            };
            let seen = is_evaluated(&looked_at, schema, written);
            Some((issue, seen))
        })
        .collect();
    Some(Replaced { instance, issues })
}

/// Whether Nix evaluates the value at a path of the top-level `config`, given the options of the instance.
fn is_evaluated(path: &ConfigPath, schema: Schema, instance: &Node) -> Option<bool> {
    if path.0.len() <= 1 {
        return Some(true);
    }
    let mut over = match instance.lookup("config") {
        Lookup::Present(config) => config,
        Lookup::Absent => return Some(false),
        Lookup::Unknown(_) => return None,
    };
    let mut keys: Vec<&str> = Vec::new();
    for (depth, segment) in path.0.iter().enumerate() {
        let is_last = depth + 1 == path.0.len();
        // A list of the instance, or the null for none, replaces a list as a whole.
        let Segment::Key(key) = segment else {
            return Some(false);
        };
        match over.lookup(key) {
            _ if is_last => return Some(true),
            Lookup::Present(node) if matches!(node.value, Value::Object(_)) => over = node,
            Lookup::Present(_) => return Some(false),
            // Options that are not set are null; an entry of a map that the instance does not have stays.
            Lookup::Absent => return Some(is_map_entry(schema, &keys, key)),
            Lookup::Unknown(_) => return None,
        }
        keys.push(key);
    }
    Some(true)
}

/// The entries of the top-level `config` that stay beside that of an instance; `None` where nothing is lost, or that is not
/// known.
pub fn kept_entries(
    configuration: &Configuration,
    instance: &str,
    schema: Schema,
) -> Option<Vec<ConfigPath>> {
    let options = configuration.options.as_ref()?;
    let top = without_nulls(options.get("config")?)?;
    let Lookup::Present(written) = options.get("instances")?.lookup(instance) else {
        return None;
    };
    let kept = match written.lookup("config") {
        Lookup::Present(over) => staying(&top, &without_nulls(over)?, schema),
        Lookup::Absent => None,
        Lookup::Unknown(_) => return None,
    };
    let (mut entries, mut is_lossless) = (Vec::new(), true);
    compare(
        &top,
        kept.as_ref(),
        &ConfigPath::root(),
        &mut |path, stays| {
            if stays {
                entries.push(path.clone());
            }
            is_lossless &= stays;
        },
    );
    (!is_lossless).then_some(entries)
}

/// Visits what is kept whole and what is lost whole.
fn compare(
    top: &Rc<Node>,
    kept: Option<&Rc<Node>>,
    path: &ConfigPath,
    visit: &mut dyn FnMut(&ConfigPath, bool),
) {
    match (kept, &top.value) {
        (Some(kept), _) if Rc::ptr_eq(top, kept) => visit(path, true),
        (Some(kept), Value::Object(object)) => {
            for (key, node) in &object.entries {
                let path = path.key(key);
                compare(node, kept.get(key), &path, visit);
            }
        }
        _ => visit(path, false),
    }
}

/// What of the top-level `config` stays beside an instance's: the entries with names of the user's own (a provider, a
/// header) of each set that the instance sets too. Neither has nulls; `None` where nothing stays. To be updated with the
/// instance's.
pub(super) fn staying(top: &Rc<Node>, instance: &Rc<Node>, schema: Schema) -> Option<Rc<Node>> {
    staying_below(top, instance, schema, &mut Vec::new())
}

fn staying_below<'a>(
    top: &'a Rc<Node>,
    instance: &Rc<Node>,
    schema: Schema,
    path: &mut Vec<&'a str>,
) -> Option<Rc<Node>> {
    let object = match (&top.value, &instance.value) {
        (Value::Object(object), Value::Object(_)) => object,
        (Value::Unknown(_), Value::Object(_)) => return Some(Rc::clone(top)),
        _ => return None,
    };
    let mut entries = BTreeMap::new();
    for (key, node) in &object.entries {
        let stays = match instance.lookup(key) {
            Lookup::Present(over) => {
                path.push(key);
                let below = staying_below(node, over, schema, path);
                path.pop();
                below
            }
            Lookup::Absent | Lookup::Unknown(_) => {
                is_map_entry(schema, path, key).then(|| Rc::clone(node))
            }
        };
        if let Some(node) = stays {
            entries.insert(key.clone(), node);
        }
    }
    if entries.is_empty() && object.open.is_none() {
        return None;
    }
    let object = Object {
        entries,
        open: object.open.clone(),
    };
    Some(Rc::new(Node {
        value: Value::Object(object),
        place: top.place.clone(),
        conditional: top.conditional,
    }))
}

/// Whether `key` is a free name in the object at a path, and no option.
fn is_map_entry(schema: Schema, path: &[&str], key: &str) -> bool {
    schema
        .at(path.iter().copied())
        .iter()
        .any(|node| match node.kind() {
            Kind::Object(rules) => {
                rules.property(key).is_none() && !matches!(rules.rest(), Rest::Forbidden)
            }
            // Types with no options of their own.
            Kind::Any | Kind::All(_) => true,
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::configuration::Language;
    use crate::openclaw::testing;
    use crate::openclaw::updates::update;
    use serde_json::{Value as Json, json};

    fn schema() -> Schema {
        crate::releases::load(&"2026.4.15".parse().expect("a version"))
            .and_then(Release::schema)
            .expect("a schema")
    }

    fn seen(top: Json, instance: Json) -> Vec<(String, Option<bool>)> {
        let mut configuration = testing::configuration(&json!({}));
        configuration.source = Source::HomeManager;
        configuration.language = Language::Nix;
        configuration.option_root = "programs.openclaw".into();
        configuration.instance_replaces = true;
        configuration.options = Some(testing::node(
            &json!({"config": top, "instances": {"default": {"config": instance}}}),
        ));
        let release =
            crate::releases::load(&"2026.4.15".parse().expect("a version")).expect("a release");
        replaced(&configuration, &configuration.instances[0], &release)
            .expect("a replaced config")
            .issues
            .into_iter()
            .map(|(issue, seen)| (issue.path.to_string(), seen))
            .collect()
    }

    #[test]
    fn nix_looks_where_the_instance_sets_something_beside_it() {
        // Each as real Nix had it, with the module before commit 216f835.
        let mode = json!({"gateway": {"mode": "local"}});
        let model = json!({"agents": {"defaults": {"model": {"primary": "a/b"}}}});
        let token_file = json!({"gateway": {"auth": {"tokenFile": "/x"}}});
        for (top, instance, path, looked_at) in [
            (token_file.clone(), &mode, "gateway.auth.tokenFile", true),
            (token_file, &model, "gateway.auth.tokenFile", false),
            (json!({"modles": {}}), &mode, "modles", true),
            (
                json!({"agents": {"defalts": {}}}),
                &mode,
                "agents.defalts",
                true,
            ),
            (
                json!({"gateway": {"bind": "LAN"}}),
                &mode,
                "gateway.bind",
                true,
            ),
            (
                json!({"gateway": {"bind": "LAN"}}),
                &model,
                "gateway.bind",
                false,
            ),
            (json!({"gateway": "x"}), &model, "gateway", true),
        ] {
            assert_eq!(
                seen(top, instance.clone()),
                [(path.to_string(), Some(looked_at))]
            );
        }
    }

    #[test]
    fn an_entry_of_a_map_stays_beside_those_of_the_instance() {
        let top = json!({"models": {"providers": {"x": {"baseURL": "https://x", "baseUrl": "https://x", "models": []}}}});
        let path = "models.providers.x.baseURL".to_string();
        let mode = json!({"gateway": {"mode": "local"}});
        assert_eq!(seen(top.clone(), mode), [(path.clone(), Some(false))]);
        let other = json!({"models": {"providers": {"y": {"baseUrl": "https://y", "models": []}}}});
        assert_eq!(seen(top, other), [(path, Some(true))]);
    }

    #[test]
    fn what_stays_beside_an_instance_is_what_nix_keeps() {
        // The answer of real Nix, with the module before commit 216f835.
        let top = json!({
            "gateway": {"mode": "local"},
            "models": {"mode": "merge", "providers": {
                "x": {"baseUrl": "https://x", "models": []},
                "both": {"baseUrl": "https://top", "apiKey": "k", "models": [], "headers": {"A": "1"}},
            }},
            "agents": {"defaults": {"models": {"x/y": {"alias": "z"}}}},
            "env": {"vars": {"A": "1"}},
            "auth": {"profiles": {"p": {"provider": "x", "mode": "api_key"}}},
            "plugins": {"entries": {"foo": {"enabled": true, "config": {"a": 1, "b": {"c": 2}}}}},
        });
        let instance = json!({
            "models": {"providers": {
                "y": {"baseUrl": "https://y", "models": []},
                "both": {"baseUrl": "https://inst", "models": [], "headers": {"B": "2"}},
            }},
            "agents": {"defaults": {"model": {"primary": "x/y"}}},
            "env": {"shellEnv": {"enabled": true}},
            "auth": {"order": {"x": ["p"]}},
            "plugins": {"entries": {"foo": {"config": {"b": {"d": 3}}}}},
        });
        let (schema, over) = (schema(), testing::node(&instance));
        let stays = staying(&testing::node(&top), &over, schema).expect("something stays");
        let merged = update(&stays, &over);
        let expected = testing::node(&json!({
            "models": {"providers": {
                "both": {"baseUrl": "https://inst", "headers": {"A": "1", "B": "2"}, "models": []},
                "x": {"baseUrl": "https://x", "models": []},
                "y": {"baseUrl": "https://y", "models": []},
            }},
            "agents": {"defaults": {"model": {"primary": "x/y"}}},
            "env": {"shellEnv": {"enabled": true}},
            "auth": {"order": {"x": ["p"]}},
            "plugins": {"entries": {"foo": {"config": {"a": 1, "b": {"c": 2, "d": 3}}}}},
        }));
        assert!(merged.is_same_as(&expected), "{merged:#?}");
    }

    #[test]
    fn what_is_not_known_of_the_top_level_may_add_entries() {
        let unknown = testing::node(&json!({"$unknown": "an argument"}));
        let over = testing::node(&json!({"models": {"providers": {"y": {"models": []}}}}));
        let stays = staying(&unknown, &over, schema()).expect("it stays unknown");
        let merged = update(&stays, &over);
        let providers = merged.at_keys("models.providers").expect("providers");
        assert!(matches!(providers.lookup("y"), Lookup::Present(_)));
        assert!(matches!(providers.lookup("kimi"), Lookup::Unknown(_)));
    }

    #[test]
    fn nothing_is_lost_where_all_are_entries_beside_others() {
        let kept = |top: Json, instance: Json| {
            let mut configuration = testing::configuration(&json!({}));
            configuration.options = Some(testing::node(
                &json!({"config": top, "instances": {"default": {"config": instance}}}),
            ));
            kept_entries(&configuration, "default", schema()).map(|paths| {
                let paths = paths.iter().map(ToString::to_string);
                paths.collect::<Vec<_>>()
            })
        };
        let providers = json!({"models": {"providers": {"x": {"models": []}}}});
        let beside = json!({"models": {"providers": {"y": {"models": []}}}});
        assert_eq!(kept(providers.clone(), beside.clone()), None);
        let more = json!({"gateway": {"mode": "local"}, "models": providers["models"]});
        assert_eq!(
            kept(more, beside),
            Some(vec!["models.providers.x".to_string()])
        );
        assert_eq!(kept(providers, json!({"gateway": {}})), Some(vec![]));
    }

    #[test]
    fn nulls_are_no_mistake_and_what_is_unknown_is_not_said() {
        let mode = json!({"gateway": {"mode": "local"}});
        assert_eq!(seen(json!({"gateway": {"port": null}}), mode), []);
        let unknown = json!({"gateway": {"$unknown": "an argument"}});
        let top = json!({"gateway": {"auth": {"tokenFile": "/x"}}});
        assert_eq!(
            seen(top, unknown),
            [("gateway.auth.tokenFile".to_string(), None)]
        );
    }
}
