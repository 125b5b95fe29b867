//! References to models: where a configuration holds them, and what they say.
//!
//! Which places hold one differs from release to release ([`Release::reference_places`]). The grammar: blanks
//! around the text and around its sides do not count; the first `/` separates provider from model, so a model
//! id may hold more of them; a text without `/` is an alias or a model id without provider; the first `@`
//! after the last `/` starts the name of an auth profile, unless a date or the name of a quantisation follows.

use super::path::{ConfigPath, Segment};
use super::tree::{Lookup, Node, Place, Text, Unknown, Value};
use crate::releases::{ReferenceForm, Release};
use crate::workspace::source::Span;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a reference is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// The model that is used: a text, or `primary` beside fallbacks.
    Primary,
    /// The n-th model to try when those before fail, from 0.
    Fallback(usize),
    /// A key of `models`: names a model, gives it an alias, restricts what may be chosen.
    Key,
    /// An element of a list of models that may be used.
    Allowed,
}

/// Whose model it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Owner {
    /// All agents that do not say otherwise: `agents.defaults`.
    Defaults,
    /// One agent: its id, or its position where it has none.
    Agent(String),
    /// Not an agent's: hooks, channels, tools, plugins.
    Other,
}

/// A part of a reference and where it stands in the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// The part, without blanks around it.
    pub text: String,
    /// Its bytes in the whole text.
    pub range: Range<usize>,
}

/// What a reference says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Form {
    /// Nothing but blanks: treated as if it were not there.
    Blank,
    /// `/model`, or only `/`.
    WithoutProviderName,
    /// `provider/`.
    WithoutModelName {
        /// The provider.
        provider: Piece,
    },
    /// No `/`: an alias, or a model id.
    Bare {
        /// The alias or id.
        name: Piece,
    },
    /// `provider/model`.
    Qualified {
        /// The provider as written.
        provider: Piece,
        /// The model as written.
        model: Piece,
    },
    /// `provider/*`, a key that stands for all models of a provider.
    Wildcard {
        /// The provider as written.
        provider: Piece,
    },
    /// `*`: any model.
    Any,
    /// The provider is known, the model is not.
    PartlyKnown {
        /// The provider as written.
        provider: Piece,
        /// Why the rest is not known.
        unknown: Unknown,
    },
    /// Not known.
    Unknown(Unknown),
}

/// One reference to a model.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Its path in the rendered configuration. A key of `models` is the last step of its path.
    pub path: ConfigPath,
    /// The pattern of the place, `agents.defaults.model` or `agents.list[].model`, without `primary` and
    /// `fallbacks`.
    pub pattern: String,
    /// Whether OpenClaw itself collects the reference when it validates.
    pub checked: bool,
    /// What it is for.
    pub role: Role,
    /// Whose it is.
    pub owner: Owner,
    /// As it was written.
    pub text: Text,
    /// Where it was written.
    pub place: Place,
    /// What it says, without the auth profile.
    pub form: Form,
    /// The auth profile behind `@`.
    pub profile: Option<Piece>,
}

impl Reference {
    /// The place to show for a part of it: these bytes where the source holds them verbatim, else the whole.
    pub fn locate(&self, piece: &Piece) -> Option<Span> {
        self.text
            .locate(piece.range.clone())
            .or_else(|| self.span())
    }

    /// The place to show for all of it.
    pub fn span(&self) -> Option<Span> {
        match self.role {
            Role::Key => self.place.key.or_else(|| self.place.primary()),
            _ => self.place.primary(),
        }
    }

    /// The span whose bytes are exactly the text, without quotes, if the source holds it verbatim and the
    /// value is used where it is written, so that a change there changes nothing else.
    pub fn editable(&self) -> Option<Span> {
        let all = self.text.known()?;
        if self.role != Role::Key && !self.place.via.is_empty() {
            return None;
        }
        self.text.locate(0..all.len())
    }

    /// The whole reference without blanks around it, if known.
    pub fn written(&self) -> Option<String> {
        Some(self.text.known()?.trim().to_string())
    }
}

/// What [`collect`] found.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// The references in the order of the release's places, each list in its own order.
    pub all: Vec<Reference>,
    /// What could hold further references and is not known: by path.
    pub gaps: BTreeMap<ConfigPath, Unknown>,
}

impl References {
    /// Whether it is a key that is made of what another reference is made of too (`models.${default}`): what is wrong with that is
    /// wrong where it is written, and told there.
    pub fn repeats(&self, reference: &Reference) -> bool {
        if reference.role != Role::Key || reference.editable().is_some() {
            return false;
        }
        let written = reference.written();
        let mut others = self.all.iter().filter(|other| other.role != Role::Key);
        written.is_some() && others.any(|other| other.written() == written)
    }
}

impl References {
    /// Those of `agents.defaults.model` and `agents.list[].model`, with which agents talk.
    pub fn chat(&self) -> impl Iterator<Item = &Reference> {
        self.all
            .iter()
            .filter(|reference| is_chat_model(&reference.pattern))
    }
}

/// Whether a place holds the model with which an agent talks.
pub fn is_chat_model(pattern: &str) -> bool {
    matches!(
        pattern,
        "agents.defaults.model" | "agents.list[].model" | "agents.entries.*.model"
    )
}

/// Whether a place holds a model that makes pictures, videos, music or speech: plugins bring such models
/// without being providers of language models.
pub fn is_media_model(pattern: &str) -> bool {
    pattern.contains("mediaModels.")
        || pattern.ends_with("imageGenerationModel")
        || pattern.ends_with("videoGenerationModel")
        || pattern.ends_with("musicGenerationModel")
        || pattern.ends_with("voiceModel")
}

/// All references to models in a rendered configuration, as far as the release has places for them.
pub fn collect(config: &Node, release: &Release) -> References {
    let mut found = References::default();
    for (pattern, form, checked) in places(config, release) {
        let top = pattern.split(['.', '[']).next().unwrap_or_default();
        if top != "*" && matches!(config.lookup(top), Lookup::Absent) {
            continue;
        }
        let steps = steps(&pattern);
        let mut collector = Collector {
            pattern: &pattern,
            checked,
            form,
            config,
            found: &mut found,
        };
        collector.descend(config, &steps, &mut ConfigPath::root());
    }
    found
}

/// The places to look at: those of the release's schema, `channels.modelByChannel` that no schema types, and
/// `agents.list` where a release that has `agents.entries` still reads the older form.
fn places(config: &Node, release: &Release) -> Vec<(Cow<'static, str>, ReferenceForm, bool)> {
    const BY_CHANNEL: &str = "channels.modelByChannel.*.*";
    let mut places: Vec<(Cow<'static, str>, ReferenceForm, bool)> = release
        .reference_places()
        .map(|place| (Cow::Borrowed(place.pattern), place.form, place.checked))
        .collect();
    if places.is_empty() {
        // A release whose places could not be had: those that every release has.
        for (pattern, form) in [
            ("agents.defaults.model", ReferenceForm::TextOrFallbacks),
            ("agents.defaults.imageModel", ReferenceForm::TextOrFallbacks),
            ("agents.defaults.models", ReferenceForm::Keys),
            ("agents.defaults.heartbeat.model", ReferenceForm::Text),
            (
                "agents.defaults.subagents.model",
                ReferenceForm::TextOrFallbacks,
            ),
            ("agents.list[].model", ReferenceForm::TextOrFallbacks),
            (
                "agents.list[].subagents.model",
                ReferenceForm::TextOrFallbacks,
            ),
            ("hooks.mappings[].model", ReferenceForm::Text),
            ("hooks.gmail.model", ReferenceForm::Text),
        ] {
            places.push((Cow::Borrowed(pattern), form, false));
        }
    }
    if !places.iter().any(|(pattern, ..)| pattern == BY_CHANNEL) {
        places.push((Cow::Borrowed(BY_CHANNEL), ReferenceForm::Text, true));
    }
    let has_list = places
        .iter()
        .any(|(pattern, ..)| pattern.starts_with("agents.list[]"));
    if !has_list && config.at_keys("agents.entries").is_none() {
        let older: Vec<_> = places
            .iter()
            .filter_map(|(pattern, form, checked)| {
                let rest = pattern.strip_prefix("agents.entries.*")?;
                Some((Cow::Owned(format!("agents.list[]{rest}")), *form, *checked))
            })
            .collect();
        places.extend(older);
    }
    places
}

/// `agents.list[].model` as `agents`, `list`, `[]`, `model`.
fn steps(pattern: &str) -> Vec<&str> {
    let mut steps = Vec::new();
    for part in pattern.split('.') {
        let mut name = part;
        while let Some(before) = name.strip_suffix("[]") {
            name = before;
        }
        if !name.is_empty() {
            steps.push(name);
        }
        steps.extend(std::iter::repeat_n("[]", (part.len() - name.len()) / 2));
    }
    steps
}

struct Collector<'a> {
    pattern: &'a str,
    checked: bool,
    form: ReferenceForm,
    config: &'a Node,
    found: &'a mut References,
}

impl Collector<'_> {
    fn gap(&mut self, path: &ConfigPath, unknown: &Unknown) {
        self.found
            .gaps
            .entry(path.clone())
            .or_insert_with(|| unknown.clone());
    }

    fn descend(&mut self, node: &Node, steps: &[&str], path: &mut ConfigPath) {
        let Some((step, rest)) = steps.split_first() else {
            return self.read(node, path);
        };
        if let Value::Unknown(unknown) = &node.value {
            return self.gap(path, unknown);
        }
        match *step {
            "[]" => {
                let Some(list) = node.as_list() else { return };
                if let Some(unknown) = &list.open {
                    self.gap(path, unknown);
                }
                for (index, item) in list.items.iter().enumerate() {
                    path.0.push(Segment::Index(index));
                    self.descend(item, rest, path);
                    path.0.pop();
                }
            }
            "*" => {
                let Some(object) = node.as_object() else {
                    return;
                };
                if let Some(unknown) = &object.open {
                    self.gap(path, unknown);
                }
                for (key, item) in &object.entries {
                    path.0.push(Segment::Key(key.clone()));
                    self.descend(item, rest, path);
                    path.0.pop();
                }
            }
            key => match node.lookup(key) {
                Lookup::Present(child) => {
                    path.0.push(Segment::Key(key.to_string()));
                    self.descend(child, rest, path);
                    path.0.pop();
                }
                Lookup::Unknown(unknown) => match node.get(key) {
                    Some(child) => {
                        path.0.push(Segment::Key(key.to_string()));
                        self.descend(child, rest, path);
                        path.0.pop();
                    }
                    None => self.gap(path, unknown),
                },
                Lookup::Absent => {}
            },
        }
    }

    fn read(&mut self, node: &Node, path: &ConfigPath) {
        match self.form {
            ReferenceForm::Text => self.text(node, path, Role::Primary),
            ReferenceForm::TextOrFallbacks => {
                let Some(object) = node.as_object() else {
                    return self.text(node, path, Role::Primary);
                };
                if let Some(unknown) = &object.open {
                    self.gap(path, unknown);
                }
                if let Some(primary) = object.entries.get("primary") {
                    self.text(primary, &path.key("primary"), Role::Primary);
                }
                let Some(fallbacks) = object.entries.get("fallbacks") else {
                    return;
                };
                let path = path.key("fallbacks");
                if let Value::Unknown(unknown) = &fallbacks.value {
                    return self.gap(&path, unknown);
                }
                if let Some(list) = fallbacks.as_list() {
                    if let Some(unknown) = &list.open {
                        self.gap(&path, unknown);
                    }
                    for (index, item) in list.items.iter().enumerate() {
                        self.text(item, &path.index(index), Role::Fallback(index));
                    }
                }
            }
            ReferenceForm::Keys => {
                if let Value::Unknown(unknown) = &node.value {
                    return self.gap(path, unknown);
                }
                let Some(object) = node.as_object() else {
                    return;
                };
                if let Some(unknown) = &object.open {
                    self.gap(path, unknown);
                }
                for (key, entry) in &object.entries {
                    let text = Text::plain(key.clone(), key_text_span(key, entry.place.key));
                    self.push(path.key(key.clone()), Role::Key, text, entry.place.clone());
                }
            }
            ReferenceForm::List => {
                if let Value::Unknown(unknown) = &node.value {
                    return self.gap(path, unknown);
                }
                let Some(list) = node.as_list() else {
                    // A pattern that ends in `[]` has come down to an element already.
                    return self.text(node, path, Role::Allowed);
                };
                if let Some(unknown) = &list.open {
                    self.gap(path, unknown);
                }
                for (index, item) in list.items.iter().enumerate() {
                    self.text(item, &path.index(index), Role::Allowed);
                }
            }
        }
    }

    fn text(&mut self, node: &Node, path: &ConfigPath, role: Role) {
        match &node.value {
            Value::Text(text) => self.push(path.clone(), role, text.clone(), node.place.clone()),
            Value::Unknown(unknown) => {
                let text = Text {
                    parts: vec![super::tree::TextPart::Unknown(unknown.clone())],
                };
                self.push(path.clone(), role, text, node.place.clone());
            }
            // Null counts as absent; another type is the schema's affair.
            _ => {}
        }
    }

    fn push(&mut self, path: ConfigPath, role: Role, text: Text, place: Place) {
        let (form, profile) = parse(&text, role);
        let owner = self.owner(&path);
        self.found.all.push(Reference {
            path,
            pattern: self.pattern.to_string(),
            checked: self.checked,
            role,
            owner,
            text,
            place,
            form,
            profile,
        });
    }

    fn owner(&self, path: &ConfigPath) -> Owner {
        match path.0.as_slice() {
            [Segment::Key(agents), Segment::Key(defaults), ..]
                if agents == "agents" && defaults == "defaults" =>
            {
                Owner::Defaults
            }
            [
                Segment::Key(agents),
                Segment::Key(list),
                Segment::Index(index),
                ..,
            ] if agents == "agents" && list == "list" => {
                let id = self
                    .config
                    .at_keys("agents.list")
                    .and_then(|list| list.as_list()?.items.get(*index)?.get("id")?.as_str());
                Owner::Agent(id.unwrap_or_else(|| format!("#{}", index + 1)))
            }
            [
                Segment::Key(agents),
                Segment::Key(entries),
                Segment::Key(id),
                ..,
            ] if agents == "agents" && entries == "entries" => Owner::Agent(id.clone()),
            _ => Owner::Other,
        }
    }
}

/// The span of a key's text without its quotes.
fn key_text_span(key: &str, span: Option<Span>) -> Option<Span> {
    let span = span?;
    if span.len() as usize == key.len() + 2 {
        return Some(Span::new(span.file, span.start + 1, span.end - 1));
    }
    Some(span)
}

fn piece(text: &str, range: Range<usize>) -> Piece {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    let trimmed = part.trim();
    Piece {
        text: trimmed.to_string(),
        range: start..start + trimmed.len(),
    }
}

/// Reads a reference: what it says, and the auth profile behind it.
pub fn parse(text: &Text, role: Role) -> (Form, Option<Piece>) {
    let Some(all) = text.known() else {
        let unknown = text.unknown().cloned().unwrap_or_else(|| Unknown {
            subject: None,
            kind: None,
            reason: "it is not known here".to_string(),
            span: None,
        });
        return (partly_known(&text.known_prefix(), unknown), None);
    };
    if let Some(start) = placeholder(&all) {
        let name: String = all[start + 2..]
            .chars()
            .take_while(|character| *character != '}')
            .collect();
        let unknown = Unknown {
            subject: None,
            kind: None,
            reason: format!("the environment variable `{name}` fills it in at start"),
            span: None,
        };
        return (partly_known(&all[..start], unknown), None);
    }
    let whole = piece(&all, 0..all.len());
    if whole.text.is_empty() {
        return (Form::Blank, None);
    }
    if matches!(role, Role::Key | Role::Allowed) {
        if whole.text == "*" {
            return (Form::Any, None);
        }
        if let Some(provider) = whole.text.strip_suffix("/*")
            && !provider.is_empty()
        {
            let start = whole.range.start;
            let provider = piece(&all, start..start + provider.len());
            return (Form::Wildcard { provider }, None);
        }
    }
    let (end, profile) = match profile_delimiter(&whole.text) {
        Some(at) => {
            let at = whole.range.start + at;
            (at, Some(piece(&all, at + 1..whole.range.end)))
        }
        None => (whole.range.end, None),
    };
    let name = piece(&all, whole.range.start..end);
    if name.text.eq_ignore_ascii_case("openrouter:auto") {
        let colon = name.range.start + "openrouter".len();
        return (
            Form::Qualified {
                provider: piece(&all, name.range.start..colon),
                model: piece(&all, colon + 1..name.range.end),
            },
            profile,
        );
    }
    let Some(slash) = name.text.find('/') else {
        return (Form::Bare { name }, profile);
    };
    let slash = name.range.start + slash;
    let provider = piece(&all, name.range.start..slash);
    let model = piece(&all, slash + 1..name.range.end);
    let form = match (provider.text.is_empty(), model.text.is_empty()) {
        (true, _) => Form::WithoutProviderName,
        (false, true) => Form::WithoutModelName { provider },
        (false, false) => Form::Qualified { provider, model },
    };
    (form, profile)
}

fn partly_known(prefix: &str, unknown: Unknown) -> Form {
    match prefix.find('/') {
        Some(slash) => {
            let provider = piece(prefix, 0..slash);
            if provider.text.is_empty() {
                Form::Unknown(unknown)
            } else {
                Form::PartlyKnown { provider, unknown }
            }
        }
        None => Form::Unknown(unknown),
    }
}

/// Where the first placeholder `${NAME}` that OpenClaw would fill in starts.
fn placeholder(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text[from..].find("${") {
        let start = from + found;
        let escaped = text[..start].ends_with('$');
        let name: &str = text[start + 2..].split('}').next().unwrap_or_default();
        let closed = text[start + 2..].contains('}');
        let valid = name.starts_with(|first: char| first.is_ascii_uppercase() || first == '_')
            && name.chars().all(|character| {
                character.is_ascii_uppercase() || character.is_ascii_digit() || character == '_'
            });
        if closed && valid && !escaped {
            return Some(start);
        }
        from = start + 2;
    }
    None
}

/// Where the `@` of an auth profile stands: the first one after the last `/` that does not start a date
/// (`@20251001`) or the name of a quantisation (`@q4_k_m`, `@8bit`), with something on both of its sides.
fn profile_delimiter(text: &str) -> Option<usize> {
    let after_slash = text.rfind('/').map_or(0, |slash| slash + 1);
    let mut at = after_slash + text[after_slash..].find('@')?;
    if at == 0 {
        return None;
    }
    if starts_with_date(&text[at + 1..]) {
        at = at + 9 + text[at + 9..].find('@')?;
    }
    if starts_with_quantisation(&text[at + 1..]) {
        at = at + 1 + text[at + 1..].find('@')?;
    }
    let both = !text[..at].trim().is_empty() && !text[at + 1..].trim().is_empty();
    both.then_some(at)
}

fn starts_with_date(text: &str) -> bool {
    let digits = text
        .bytes()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    digits == 8 && matches!(text.as_bytes().get(8), None | Some(b'@'))
}

fn starts_with_quantisation(text: &str) -> bool {
    let head = text.split('@').next().unwrap_or_default().to_lowercase();
    if let Some(bits) = head.strip_suffix("bit") {
        return !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
    }
    let Some(rest) = head.strip_prefix("iq").or_else(|| head.strip_prefix('q')) else {
        return false;
    };
    let mut groups = rest.split('_');
    let level = groups.next().unwrap_or_default();
    !level.is_empty()
        && level.bytes().all(|byte| byte.is_ascii_digit())
        && groups.all(|group| {
            !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openclaw::tree::TextPart;

    fn form(text: &str) -> Form {
        parse(&Text::plain(text, None), Role::Primary).0
    }

    fn qualified(text: &str) -> (String, String) {
        match form(text) {
            Form::Qualified { provider, model } => (provider.text, model.text),
            other => panic!("{text}: {other:?}"),
        }
    }

    fn profile(text: &str) -> Option<String> {
        Some(parse(&Text::plain(text, None), Role::Primary).1?.text)
    }

    #[test]
    fn the_first_slash_separates_provider_and_model() {
        assert_eq!(
            qualified("openrouter/anthropic/claude-x"),
            ("openrouter".into(), "anthropic/claude-x".into())
        );
        assert_eq!(
            qualified(" kimi / kimi-k2p5 "),
            ("kimi".into(), "kimi-k2p5".into())
        );
        assert_eq!(
            qualified("OpenRouter:Auto"),
            ("OpenRouter".into(), "Auto".into())
        );
    }

    #[test]
    fn an_empty_side_is_malformed() {
        assert_eq!(form("/gpt-5.5"), Form::WithoutProviderName);
        assert_eq!(form("/"), Form::WithoutProviderName);
        assert!(
            matches!(form("openai/ "), Form::WithoutModelName { provider } if provider.text == "openai")
        );
        assert_eq!(form("  "), Form::Blank);
        assert!(matches!(form("gpt-5.5"), Form::Bare { name } if name.text == "gpt-5.5"));
    }

    #[test]
    fn an_auth_profile_is_split_off_but_dates_and_quantisations_stay() {
        assert_eq!(
            profile("anthropic/claude-opus-4-6@anthropic:work").as_deref(),
            Some("anthropic:work")
        );
        assert_eq!(profile("anthropic/claude-opus-4-6@20260101"), None);
        assert_eq!(
            profile("anthropic/claude-opus-4-6@20260101@work").as_deref(),
            Some("work")
        );
        assert_eq!(profile("lmstudio/qwen@q4_k_m"), None);
        assert_eq!(profile("lmstudio/qwen@8bit"), None);
        assert_eq!(profile("lmstudio/qwen@iq3_xs@me").as_deref(), Some("me"));
        assert_eq!(profile("cloudflare/@cf/meta/llama@p").as_deref(), Some("p"));
        assert_eq!(profile("cloudflare/@cf/meta/llama"), None);
        assert_eq!(qualified("cloudflare/@cf/meta/llama").1, "@cf/meta/llama");
    }

    #[test]
    fn keys_may_be_wildcards_and_lists_may_allow_all() {
        let parsed = |text: &str, role| parse(&Text::plain(text, None), role).0;
        assert!(
            matches!(parsed("openai/*", Role::Key), Form::Wildcard { provider } if provider.text == "openai")
        );
        assert_eq!(parsed("*", Role::Allowed), Form::Any);
        assert!(matches!(
            parsed("openai/*", Role::Primary),
            Form::Qualified { .. }
        ));
    }

    #[test]
    fn a_known_provider_survives_an_unknown_model() {
        let unknown = Unknown {
            subject: None,
            kind: None,
            reason: "an argument".into(),
            span: None,
        };
        let text = Text {
            parts: vec![
                TextPart::Known {
                    text: "kimi/".into(),
                    span: None,
                },
                TextPart::Unknown(unknown),
            ],
        };
        assert!(
            matches!(parse(&text, Role::Primary).0, Form::PartlyKnown { provider, .. } if provider.text == "kimi")
        );
        assert!(
            matches!(form("kimi/${KIMI_MODEL}"), Form::PartlyKnown { provider, unknown }
                if provider.text == "kimi" && unknown.reason.contains("KIMI_MODEL"))
        );
        assert!(matches!(form("${MODEL}"), Form::Unknown(_)));
        assert!(matches!(form("kimi/${model}"), Form::Qualified { .. }));
    }
}
