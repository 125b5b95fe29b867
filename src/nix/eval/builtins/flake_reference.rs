//! Flake references as text and as sets, for the kinds that need nothing but their text.

use crate::nix::eval::unknown::{ErrorKind, Kind, Stop};
use crate::nix::eval::value::{Attrs, Origin, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[
    Builtin {
        name: "parseFlakeRef",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let text = evaluator.plain_text(&arguments[0], origin)?;
            let Some(attrs) = parse(&text) else {
                return Err(Stop::Unknown(evaluator.unknown(
                    "this kind of flake reference is not taken apart here",
                    Some(Kind::Attributes),
                    origin.span,
                )));
            };
            let attrs = Attrs::of(
                attrs
                    .into_iter()
                    .map(|(name, text)| (name, Val::string(text).thunk())),
            );
            Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin.clone()))
        },
    },
    Builtin {
        name: "flakeRefToString",
        arity: 1,
        run: flake_ref_to_string,
    },
];

/// Hosts of repositories with references of the same form.
const FORGES: &[&str] = &["github", "gitlab", "sourcehut"];

/// `github:owner/repo[/ref-or-rev][?dir=...]` and `[flake:]name[/ref[/rev]]`, without anything that would have to be decoded.
fn parse(text: &str) -> Option<Vec<(&'static str, &str)>> {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    let mut attrs: Vec<(&'static str, &str)> = Vec::new();
    let forge = path
        .split_once(':')
        .and_then(|(scheme, rest)| Some((*FORGES.iter().find(|forge| **forge == scheme)?, rest)));
    let segments: Vec<&str> = match forge {
        Some((forge, rest)) => {
            attrs.push(("type", forge));
            rest.split('/').collect()
        }
        None => path
            .strip_prefix("flake:")
            .unwrap_or(path)
            .split('/')
            .collect(),
    };
    if !segments.iter().all(|segment| plain(segment)) {
        return None;
    }
    match (forge, segments.as_slice()) {
        (Some(_), [owner, repo]) => attrs.extend([("owner", *owner), ("repo", *repo)]),
        (Some(_), [owner, repo, version]) => {
            attrs.extend([("owner", *owner), ("repo", *repo)]);
            let name = if is_revision(version) { "rev" } else { "ref" };
            attrs.push((name, version));
        }
        (None, [id]) if query.is_none() && is_identifier(id) => {
            attrs.extend([("type", "indirect"), ("id", *id)]);
        }
        (None, [id, version]) if query.is_none() && is_identifier(id) => {
            let name = if is_revision(version) { "rev" } else { "ref" };
            attrs.extend([("type", "indirect"), ("id", *id), (name, *version)]);
        }
        _ => return None,
    }
    match query.map(|query| query.split_once('=')) {
        None => {}
        Some(Some(("dir", directory))) if directory.split('/').all(plain) => {
            attrs.push(("dir", directory));
        }
        Some(_) => return None,
    }
    Some(attrs)
}

fn is_revision(text: &str) -> bool {
    text.len() == 40
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && !text.contains('.')
}

fn flake_ref_to_string(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let given = evaluator.attrs(&arguments[0], origin)?;
    for attr in given.closed()?.unordered() {
        let value: &Rc<Thunk> = &attr.value;
        match evaluator.force(value)?.value {
            Value::Int(integer) if integer < 0 => {
                let message = format!("`{}` of a flake reference is negative", attr.name);
                return Err(evaluator.error(ErrorKind::Other, message, origin));
            }
            Value::Int(_) | Value::Bool(_) | Value::String(_) => {}
            other => return Err(evaluator.type_error(&other, "a string", origin)),
        }
    }
    let mut text = |name: &str| -> Result<Option<Rc<str>>, Stop> {
        match given.get(Symbol::new(name)) {
            Some(attr) => match evaluator.force(&Rc::clone(&attr.value))?.value {
                Value::String(text) => Ok(Some(text.known()?)),
                _ => Ok(None),
            },
            None => Ok(None),
        }
    };
    let kind = text("type")?;
    let (owner, repo, id) = (text("owner")?, text("repo")?, text("id")?);
    let version = match text("ref")? {
        Some(version) => Some(version),
        None => text("rev")?,
    };
    let directory = text("dir")?;
    let mut written = match (kind.as_deref(), owner, repo, id) {
        (Some(kind), Some(owner), Some(repo), None) if FORGES.contains(&kind) => {
            format!("{kind}:{owner}/{repo}")
        }
        (Some("indirect"), None, None, Some(id)) => format!("flake:{id}"),
        _ => String::new(),
    };
    if let Some(version) = &version {
        written.push_str(&format!("/{version}"));
    }
    if let Some(directory) = &directory {
        written.push_str(&format!("?dir={directory}"));
    }
    // Only what reads back as the same is certain: anything else would have to be encoded or is refused.
    let count = parse(&written).map(|attrs| attrs.len());
    if count != Some(given.unordered().len()) {
        return Err(Stop::Unknown(evaluator.unknown(
            "this kind of flake reference is not put together here",
            Some(Kind::String),
            origin.span,
        )));
    }
    Ok(Val::new(Val::string(&written).value, origin.clone()))
}
