//! Derivations: their attributes can be used and are checked as Nix checks them, their paths are not known.

use crate::nix::eval::strings::Coercion;
use crate::nix::eval::unknown::{ErrorKind, Kind, Stop, Unknown, mix};
use crate::nix::eval::value::{Attrs, NixString, Origin, Part, Thunk, TreePath, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[Builtin {
    name: "derivationStrict",
    arity: 1,
    run: derivation_strict,
}];

/// `derivation`, which is a function written in Nix there too: that shows in `functionArgs` and in what is lazy.
const DERIVATION: &str = r#"
given@{ outputs ? [ "out" ], ... }:
let
  built = derivationStrict given;
  byName = builtins.listToAttrs (map (name: { inherit name; value = output name; }) outputs);
  output = name: given // byName // {
    inherit (built) drvPath;
    outPath = built.${name};
    outputName = name;
    type = "derivation";
    drvAttrs = given;
    all = map (name: byName.${name}) outputs;
  };
in
byName.${builtins.head outputs}
"#;

/// The value of `derivation`.
pub(super) fn derivation(evaluator: &mut Evaluator) -> Rc<Thunk> {
    evaluator.snippet(DERIVATION, &[], Vec::new())
}

fn derivation_strict(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
) -> Result<Val, Stop> {
    let given = evaluator.attrs(&arguments[0], origin)?;
    let name = evaluator.descend(&arguments[0], &["name"])?;
    let name = evaluator.plain_text(&name, origin)?;
    let mut check = Check {
        evaluator,
        origin,
        outputs: vec!["out".into()],
        identity: mix(0, "derivation"),
        known: true,
    };
    check_name(check.evaluator, &name, origin)?;
    check.all(&given)?;
    let Check {
        outputs,
        identity,
        known,
        ..
    } = check;
    let reason: Rc<str> = format!("the store path of `{name}` is made when it is built").into();
    let paths = outputs
        .iter()
        .map(|output| &**output)
        .chain(["drvPath"])
        .map(|output| {
            let mut unknown = Unknown::clone(&*evaluator.unknown(
                Rc::clone(&reason),
                Some(Kind::StorePath),
                origin.span,
            ));
            if known {
                // The same derivation has the same paths.
                unknown.id = mix(identity, output);
            }
            (output, Thunk::unknown(Rc::new(unknown), origin.clone()))
        })
        .collect::<Vec<_>>();
    Ok(Val::new(
        Value::Attrs(Rc::new(Attrs::of(paths))),
        origin.clone(),
    ))
}

/// Fails for what nothing in the store may be called.
pub(super) fn check_name(evaluator: &Evaluator, name: &str, origin: &Origin) -> Result<(), Stop> {
    let first = name.split('-').next().unwrap_or("");
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._?=".contains(&byte);
    if name.is_empty()
        || name.len() > 211
        || matches!(first, "." | "..")
        || !name.bytes().all(legal)
    {
        let message = format!("`{name}` is no name for anything in the store");
        return Err(evaluator.error(ErrorKind::Other, message, origin));
    }
    Ok(())
}

/// Goes through the attributes of a derivation.
struct Check<'e> {
    evaluator: &'e mut Evaluator,
    origin: &'e Origin,
    outputs: Vec<Rc<str>>,
    /// Of everything that the paths depend on, as far as it is known.
    identity: u64,
    known: bool,
}

impl Check<'_> {
    fn refuse<T>(&self, message: impl Into<String>) -> Result<T, Stop> {
        Err(self
            .evaluator
            .error(ErrorKind::Other, message.into(), self.origin))
    }

    fn all(&mut self, given: &Attrs) -> Result<(), Stop> {
        let structured = self.flag(given, "__structuredAttrs")?;
        let ignores_null = self.flag(given, "__ignoreNulls")?;
        let (mut builder, mut system) = (false, false);
        let mut fixed = false;
        for attr in given.sorted() {
            let name = attr.name.as_str();
            if name == "__ignoreNulls" {
                continue;
            }
            if ignores_null
                && matches!(
                    self.evaluator.force(&attr.value),
                    Ok(Val {
                        value: Value::Null,
                        ..
                    })
                )
            {
                continue;
            }
            self.identity = mix(self.identity, name);
            match name {
                "__contentAddressed" | "__impure" => {
                    if self.unless_unknown(|check| {
                        check.evaluator.boolean(&attr.value, check.origin)
                    })? == Some(true)
                    {
                        // Experimental features of Nix: refused unless they are on.
                        self.known = false;
                    }
                }
                "args" => {
                    let list = self
                        .unless_unknown(|check| check.evaluator.list(&attr.value, check.origin))?;
                    for item in list.iter().flat_map(|list| &list.items) {
                        self.text(item)?;
                    }
                    self.known &= list.is_some_and(|list| list.gaps.is_empty());
                }
                _ if structured => {
                    if name != "__structuredAttrs" {
                        self.structured(name, &attr.value)?;
                    }
                    builder |= name == "builder";
                    system |= name == "system";
                }
                _ => {
                    let text = self.text(&attr.value)?;
                    let empty = text.as_ref().is_some_and(|text| text.is_empty());
                    builder |= name == "builder" && !empty;
                    system |= name == "system" && !empty;
                    match (name, &text) {
                        ("outputs", Some(text)) => {
                            let names = text.split_ascii_whitespace().map(Rc::from).collect();
                            self.set_outputs(names)?;
                        }
                        ("outputHashMode", Some(mode)) => self.mode(mode)?,
                        _ => {}
                    }
                }
            }
            fixed |= name == "outputHash";
        }
        if given.open.is_some() {
            self.known = false;
            return Ok(());
        }
        for (there, name) in [(builder, "builder"), (system, "system")] {
            if !there {
                return self.refuse(format!("the derivation has no `{name}`"));
            }
        }
        if fixed && (self.outputs.len() != 1 || &*self.outputs[0] != "out") {
            return self.refuse("a derivation with `outputHash` has one output only");
        }
        Ok(())
    }

    /// A truth value that is false where it is not there.
    fn flag(&mut self, given: &Attrs, name: &str) -> Result<bool, Stop> {
        match given.get(Symbol::new(name)) {
            Some(attr) => self.evaluator.boolean(&Rc::clone(&attr.value), self.origin),
            None => Ok(false),
        }
    }

    /// What an attribute is passed to the builder as; `None` where that is not known.
    fn text(&mut self, value: &Rc<Thunk>) -> Result<Option<Rc<str>>, Stop> {
        let string = self.unless_unknown(|check| {
            check
                .evaluator
                .coerce(value, Coercion::DERIVATION, check.origin)
        })?;
        let Some(string) = string else {
            return Ok(None);
        };
        self.identify(&string);
        match string.known() {
            Ok(text) => Ok(Some(text)),
            Err(Stop::Error(error)) => Err(Stop::Error(error)),
            Err(_) => Ok(None),
        }
    }

    fn identify(&mut self, string: &NixString) {
        for part in &string.parts {
            self.identity = match part {
                Part::Text { text, .. } => mix(self.identity, text),
                Part::Unknown(unknown)
                | Part::Store(_, unknown)
                | Part::File(_, unknown)
                | Part::Tree(TreePath { unknown, .. })
                    if !unknown.is_of_bound() =>
                {
                    mix(self.identity, &format!("#{}", unknown.id))
                }
                Part::Json(json) if json.text.is_ok() => {
                    mix(self.identity, json.text.as_deref().unwrap_or_default())
                }
                _ => {
                    self.known = false;
                    self.identity
                }
            };
        }
        for item in &string.context {
            self.identity = mix(self.identity, item);
        }
    }

    /// An attribute of a derivation with structured attributes.
    fn structured(&mut self, name: &str, value: &Rc<Thunk>) -> Result<(), Stop> {
        let mut json = String::new();
        let mut context = NixString::default();
        let written = self.unless_unknown(|check| {
            super::json::write(
                check.evaluator,
                value,
                &mut json,
                &mut context,
                check.origin,
            )
        })?;
        self.known &= written.is_some();
        self.identity = mix(self.identity, &json);
        match name {
            "builder" => {
                self.unless_unknown(|check| check.evaluator.string(value, check.origin))?;
            }
            "system" | "outputHash" | "outputHashAlgo" => {
                self.unless_unknown(|check| check.evaluator.plain_text(value, check.origin))?;
            }
            "outputHashMode" => {
                let mode =
                    self.unless_unknown(|check| check.evaluator.plain_text(value, check.origin))?;
                if let Some(mode) = mode {
                    self.mode(&mode)?;
                }
            }
            "outputs" => {
                let names = self.unless_unknown(|check| {
                    let list = check.evaluator.list(value, check.origin)?;
                    let mut names = Vec::new();
                    for item in list.all()? {
                        names.push(check.evaluator.plain_text(item, check.origin)?);
                    }
                    Ok(names)
                })?;
                if let Some(names) = names {
                    self.set_outputs(names)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn mode(&mut self, mode: &str) -> Result<(), Stop> {
        match mode {
            "recursive" | "flat" | "nar" => Ok(()),
            "text" | "git" => {
                self.known = false;
                Ok(())
            }
            other => self.refuse(format!("`{other}` is no `outputHashMode`")),
        }
    }

    fn set_outputs(&mut self, names: Vec<Rc<str>>) -> Result<(), Stop> {
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                return self.refuse(format!("the derivation has the output `{name}` twice"));
            }
            if &**name == "drvPath" {
                return self.refuse("an output of a derivation cannot be called `drvPath`");
            }
        }
        if names.is_empty() {
            return self.refuse("a derivation has at least one output");
        }
        self.outputs = names;
        Ok(())
    }

    /// The result of `work`, or nothing where that is not known.
    fn unless_unknown<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<Option<T>, Stop> {
        match work(self) {
            Ok(result) => Ok(Some(result)),
            Err(Stop::Unknown(_)) => {
                self.known = false;
                Ok(None)
            }
            Err(stop) => Err(stop),
        }
    }
}
