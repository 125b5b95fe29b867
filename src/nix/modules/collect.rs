//! Reading modules: functions are called, imports followed, definitions and declarations gathered.

use super::definition::{Definition, Guard, children};
use super::types::OptionType;
use super::{Collected, Declarations, Module, ModuleSet, OptionDeclaration, Unseen};
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{ErrorKind, Stop};
use crate::nix::eval::value::{Attr, Attrs, Origin, Thunk, Val, Value};
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::Parameter;
use crate::workspace::path;
use crate::workspace::source::Span;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

/// Modules that one evaluation reads at most.
const MOST_MODULES: usize = 4_000;

struct Collector<'a> {
    set: &'a Rc<ModuleSet>,
    arguments: Rc<Thunk>,
    found: Collected,
    /// Files and keys already read: a module imported twice counts once.
    seen: HashSet<Rc<str>>,
    /// Files being imported at the moment, for cycles that never end.
    depth: usize,
    /// Options whose definitions go to another one: `mkAliasOptionModule` and its like.
    aliases: Vec<(Vec<Symbol>, Vec<Symbol>)>,
}

/// The attribute by which our `mkAliasOptionModule` says what it does.
const ALIAS: &str = "_openclawCheckAlias";

/// Reads all modules of a set.
pub(super) fn collect(evaluator: &mut Evaluator, set: &Rc<ModuleSet>) -> Collected {
    let arguments = arguments(evaluator, set);
    let mut collector = Collector {
        set,
        arguments,
        found: Collected {
            declarations: set.request.declarations.clone(),
            ..Collected::default()
        },
        seen: HashSet::new(),
        depth: 0,
        aliases: Vec::new(),
    };
    for module in &set.request.modules {
        collector.module(evaluator, module, &[], None);
    }
    let framework = collector.add_module("the framework", None);
    for (path, value) in &set.request.definitions {
        let mut value = Rc::clone(value);
        for name in path.iter().rev() {
            let attrs = Attrs::from_entries(vec![Attr {
                name: *name,
                name_span: None,
                definition: None,
                value,
            }]);
            value = Val::attrs(attrs).thunk();
        }
        collector
            .found
            .definitions
            .push(Definition::new(value, framework));
    }
    for (from, to) in std::mem::take(&mut collector.aliases) {
        let mut definitions = collector.found.definitions.clone();
        for name in &from {
            let discharged = evaluator.discharge(&definitions);
            definitions = children(&discharged, true).get(*name).to_vec();
        }
        for definition in definitions {
            let value = nested(&to, Rc::clone(&definition.value), &definition);
            collector.found.definitions.push(Definition {
                value,
                ..definition
            });
        }
    }
    collector.found
}

/// A value below a path of names, which stand where the definition stands.
fn nested(path: &[Symbol], value: Rc<Thunk>, definition: &Definition) -> Rc<Thunk> {
    path.iter().rev().fold(value, |value, name| {
        let attrs = Attrs::from_entries(vec![Attr {
            name: *name,
            name_span: definition.name_span,
            definition: definition.expression,
            value,
        }]);
        Val::attrs(attrs).thunk()
    })
}

/// The set that module functions are called with.
fn arguments(evaluator: &mut Evaluator, set: &Rc<ModuleSet>) -> Rc<Thunk> {
    let request = &set.request;
    let mut entries: Vec<(&str, Rc<Thunk>)> = Vec::new();
    let lib = evaluator.lib();
    entries.push(("lib", lib));
    entries.push(("config", set.config()));
    let options = evaluator.unknown_named("options", "`options` is not modelled", None, None);
    entries.push(("options", Thunk::unknown(options, Origin::default())));
    if let Some(packages) = &request.packages {
        entries.push(("pkgs", Rc::clone(packages)));
    }
    let mut attrs = Attrs::of(entries);
    for (name, value) in &request.special_arguments {
        attrs.insert(Attr {
            name: *name,
            name_span: None,
            definition: None,
            value: Rc::clone(value),
        });
    }
    // What `_module.args` defines is only known once all modules are read, so any other argument looks there.
    attrs.open = Some(match &request.unknown_arguments {
        Some(unknown) => Rc::clone(unknown),
        None => evaluator.unknown_named(
            "argument",
            "it is an argument of the module that is not known here",
            None,
            None,
        ),
    });
    Val::attrs(attrs).thunk()
}

impl Collector<'_> {
    fn add_module(&mut self, name: &str, span: Option<Span>) -> usize {
        self.found.modules.push(Module {
            name: name.into(),
            span,
        });
        self.found.modules.len() - 1
    }

    /// Reads one module. `guards` tell in which worlds it takes part; `importer` is the module that imports it.
    fn module(
        &mut self,
        evaluator: &mut Evaluator,
        thunk: &Rc<Thunk>,
        guards: &[Guard],
        importer: Option<usize>,
    ) {
        if self.found.modules.len() >= MOST_MODULES || self.depth > 200 {
            return;
        }
        let outcome = evaluator.assume_all(guards, |evaluator| evaluator.force(thunk));
        let value = match outcome {
            Ok(value) => value,
            Err(stop) => return self.stopped(evaluator, stop, thunk, guards, importer, None),
        };
        self.depth += 1;
        self.value(evaluator, &value, thunk, guards, importer);
        self.depth -= 1;
    }

    /// A module that gives no value: unseen, failing, or there in some worlds only.
    fn stopped(
        &mut self,
        evaluator: &mut Evaluator,
        stop: Stop,
        thunk: &Rc<Thunk>,
        guards: &[Guard],
        importer: Option<usize>,
        _name: Option<&str>,
    ) {
        match stop {
            Stop::Unknown(unknown) => self.found.unseen.push(Unseen {
                span: thunk.origin.span.or(unknown.span),
                unknown,
            }),
            Stop::Error(error) => self.found.failures.push(error),
            Stop::Split(condition) => {
                if guards.len() >= evaluator.limits.conditions {
                    let unknown = evaluator.unknown(
                        "it depends on too many conditions that are not known",
                        None,
                        condition.span,
                    );
                    self.found.unseen.push(Unseen {
                        span: thunk.origin.span,
                        unknown,
                    });
                    return;
                }
                for holds in [true, false] {
                    let mut guards = guards.to_vec();
                    guards.push(Guard {
                        condition: condition.clone(),
                        holds,
                    });
                    self.module(evaluator, thunk, &guards, importer);
                }
            }
        }
    }

    fn value(
        &mut self,
        evaluator: &mut Evaluator,
        value: &Val,
        thunk: &Rc<Thunk>,
        guards: &[Guard],
        importer: Option<usize>,
    ) {
        match &value.value {
            Value::Path(path) => self.file(evaluator, &path.absolute, &value.origin, thunk, guards),
            Value::String(text) => match text.path_text() {
                Ok(text) if text.starts_with('/') => {
                    self.file(evaluator, &text, &value.origin, thunk, guards)
                }
                Ok(text) => {
                    let error = evaluator.error(
                        ErrorKind::Module,
                        format!("a string is imported as a module: `{text}` is no absolute path"),
                        &value.origin,
                    );
                    self.stopped(evaluator, error, thunk, guards, importer, None);
                }
                Err(stop) => self.stopped(evaluator, stop, thunk, guards, importer, None),
            },
            Value::Lambda(_) | Value::Builtin(_) => {
                let arguments = self.arguments_of(evaluator, value);
                let function = value.clone();
                let body = Thunk::native(
                    move |evaluator| {
                        evaluator.apply(&function, Rc::clone(&arguments), &Origin::default())
                    },
                    value.origin.clone(),
                );
                self.module(evaluator, &body, guards, importer);
            }
            Value::List(list) => {
                for item in &list.items {
                    self.module(evaluator, item, guards, importer);
                }
                for (_, unknown) in &list.gaps {
                    self.found.unseen.push(Unseen {
                        unknown: Rc::clone(unknown),
                        span: unknown.span.or(thunk.origin.span),
                    });
                }
            }
            Value::Attrs(attrs) if attrs.get(Symbol::new("__functor")).is_some() => {
                let arguments = Rc::clone(&self.arguments);
                let function = value.clone();
                let body = Thunk::native(
                    move |evaluator| {
                        evaluator.apply(&function, Rc::clone(&arguments), &Origin::default())
                    },
                    value.origin.clone(),
                );
                self.module(evaluator, &body, guards, importer);
            }
            Value::Attrs(attrs) => {
                let attrs = Rc::clone(attrs);
                self.attributes(evaluator, &attrs, value, thunk, guards);
            }
            other => {
                let error = evaluator.type_error(other, "a module", &value.origin);
                self.stopped(evaluator, error, thunk, guards, importer, None);
            }
        }
    }

    /// The arguments for a module function: besides the common ones each that it names, as `_module.args` defines
    /// it.
    fn arguments_of(&self, evaluator: &mut Evaluator, function: &Val) -> Rc<Thunk> {
        let Value::Lambda(closure) = &function.value else {
            return Rc::clone(&self.arguments);
        };
        let Parameter::Formals { formals, .. } = &closure.lambda.parameter else {
            return Rc::clone(&self.arguments);
        };
        let Ok(Value::Attrs(common)) = evaluator.force(&self.arguments).map(|value| value.value)
        else {
            return Rc::clone(&self.arguments);
        };
        let missing: Vec<_> = formals
            .iter()
            .filter(|formal| common.get(formal.name).is_none())
            .collect();
        if missing.is_empty() && closure.lambda.takes_only_formals() {
            let mut attrs = (*common).clone();
            // The module system passes what the function names and nothing else.
            attrs.open = None;
            let wanted: Vec<Attr> = attrs
                .unordered()
                .iter()
                .filter(|attr| formals.iter().any(|formal| formal.name == attr.name))
                .cloned()
                .collect();
            return Val::attrs(Attrs::from_entries(wanted)).thunk();
        }
        let mut attrs = (*common).clone();
        for formal in missing {
            let name = formal.name;
            let config = self.set.config();
            let span = Span::new(closure.tree.file, formal.span.0, formal.span.1);
            let reason = match &self.set.request.unknown_arguments {
                Some(unknown) => Rc::clone(&unknown.reason),
                None => format!("argument `{name}` of the module is not known here").into(),
            };
            let value = Thunk::native(
                move |evaluator| {
                    let arguments = evaluator.descend(&config, &["_module", "args"]);
                    let given = arguments.and_then(|arguments| {
                        evaluator.select_attribute(&arguments, name, &Origin::at(Some(span)))
                    });
                    let missing = match &given {
                        Err(Stop::Unknown(_)) => true,
                        // Needed while modules are still being read, so it is a special argument if it is anything.
                        Err(Stop::Error(error)) => error.kind == ErrorKind::InfiniteRecursion,
                        _ => false,
                    };
                    match given {
                        Err(_) if missing => Err(Stop::Unknown(evaluator.unknown_named(
                            name.as_str(),
                            Rc::clone(&reason),
                            None,
                            Some(span),
                        ))),
                        other => other,
                    }
                },
                Origin::at(Some(span)),
            );
            attrs.insert(Attr {
                name,
                name_span: None,
                definition: None,
                value,
            });
        }
        Val::attrs(attrs).thunk()
    }

    fn file(
        &mut self,
        evaluator: &mut Evaluator,
        absolute: &str,
        origin: &Origin,
        thunk: &Rc<Thunk>,
        guards: &[Guard],
    ) {
        let normal = path::normalize(absolute);
        // In another world the same file takes part again.
        let key = format!(
            "{normal}{}",
            guards
                .iter()
                .map(|guard| format!(" {}{}", guard.condition.id, guard.holds))
                .collect::<String>()
        );
        if !self.seen.insert(key.into()) {
            return;
        }
        match evaluator.import(&normal, origin) {
            Ok(file) => self.module(evaluator, &file, guards, None),
            Err(stop) => self.stopped(evaluator, stop, thunk, guards, None, None),
        }
    }

    /// A module that is a set.
    fn attributes(
        &mut self,
        evaluator: &mut Evaluator,
        attrs: &Rc<Attrs>,
        value: &Val,
        thunk: &Rc<Thunk>,
        guards: &[Guard],
    ) {
        let get = |name: &str| {
            attrs
                .get(Symbol::new(name))
                .map(|attr| Rc::clone(&attr.value))
        };
        if let Some(key) = get("key")
            && let Ok(Value::String(key)) = evaluator.force(&key).map(|value| value.value)
            && let Ok(key) = key.known()
            && !self.seen.insert(format!("key {key}").into())
        {
            return;
        }
        let span = value.origin.span.or(thunk.origin.span);
        let name = match get("_file").map(|file| evaluator.force(&file)) {
            Some(Ok(Val {
                value: Value::String(text),
                ..
            })) => text.known_prefix(),
            Some(Ok(Val {
                value: Value::Path(path),
                ..
            })) => evaluator.workspace.relative(&path.absolute),
            _ => span
                .and_then(|span| evaluator.path_of(span.file))
                .map_or_else(
                    || "an inline module".to_string(),
                    |path| evaluator.workspace.relative(&path),
                ),
        };
        let module = self.add_module(&name, span);
        if let Some(imports) = get("imports") {
            self.imports(evaluator, &imports, guards, module);
        }
        let structured = attrs.get(Symbol::new("config")).is_some()
            || attrs.get(Symbol::new(ALIAS)).is_some()
            || attrs.get(Symbol::new("options")).is_some();
        if let Some(options) = get("options") {
            let declared = declarations(evaluator, &options, 0);
            merge_declarations(&mut self.found.declarations, declared);
        }
        if let Some(alias) = get(ALIAS) {
            let ends = |evaluator: &mut Evaluator, end: &str| -> Result<Vec<Symbol>, Stop> {
                let names = evaluator.descend(&alias, &[end])?;
                let names = evaluator.list(&names, &Origin::default())?;
                names
                    .all()?
                    .iter()
                    .map(|name| Ok(Symbol::new(&evaluator.text(name, &Origin::default())?)))
                    .collect()
            };
            if let (Ok(from), Ok(to)) = (ends(evaluator, "from"), ends(evaluator, "to")) {
                self.aliases.push((from, to));
            }
        }
        if let Some(freeform) = get("freeformType") {
            self.found.freeform = Some(OptionType::from_nix(evaluator, &freeform));
        }
        let definition = if structured {
            if let Some(stray) = self.beside_config(evaluator, attrs, value, module) {
                self.found.definitions.push(Definition {
                    guards: guards.to_vec(),
                    ..stray
                });
            }
            get("config").map(|config| Definition::new(config, module))
        } else {
            let mut plain = (**attrs).clone();
            for name in [
                "_file",
                "_class",
                "key",
                "disabledModules",
                "imports",
                "freeformType",
                "meta",
            ] {
                plain.remove(Symbol::new(name));
            }
            let empty = plain.unordered().is_empty() && plain.open.is_none();
            (!empty).then(|| {
                let plain = Val::new(Value::Attrs(Rc::new(plain)), value.origin.clone());
                Definition::new(plain.thunk(), module)
            })
        };
        if let Some(mut definition) = definition {
            definition.guards = guards.to_vec();
            self.found.definitions.push(definition);
        }
    }

    /// What stands beside `config` or `options` and would have to stand in `config`: Nix refuses such a module. What is
    /// written there is taken as it was meant.
    fn beside_config(
        &mut self,
        evaluator: &mut Evaluator,
        attrs: &Rc<Attrs>,
        value: &Val,
        module: usize,
    ) -> Option<Definition> {
        // `unifyModuleSyntax` in nixpkgs' lib/modules.nix.
        const STRUCTURE: [&str; 9] = [
            "_class",
            "_file",
            "key",
            "disabledModules",
            "imports",
            "options",
            "config",
            "meta",
            "freeformType",
        ];
        let strays: Vec<Attr> = attrs
            .unordered()
            .iter()
            .filter(|attr| !STRUCTURE.contains(&attr.name.as_str()) && attr.name.as_str() != ALIAS)
            .cloned()
            .collect();
        let first = strays
            .iter()
            .min_by_key(|attr| attr.name_span.map(|span| span.start))?;
        let beside = match attrs.get(Symbol::new("options")) {
            Some(_) => "options",
            None => "config",
        };
        let origin = Origin::at(first.name_span.or(value.origin.span));
        if let Stop::Error(error) = evaluator.error(
            ErrorKind::Module,
            format!(
                "a module with a top-level `{beside}` takes no `{}` beside it: move it into `config = {{ ... }};`",
                first.name
            ),
            &origin,
        ) {
            self.found.failures.push(error);
        }
        let set = Val::new(
            Value::Attrs(Rc::new(Attrs::from_entries(strays))),
            value.origin.clone(),
        );
        Some(Definition::new(set.thunk(), module))
    }

    fn imports(
        &mut self,
        evaluator: &mut Evaluator,
        imports: &Rc<Thunk>,
        guards: &[Guard],
        module: usize,
    ) {
        let outcome = evaluator.assume_all(guards, |evaluator| {
            evaluator.list(imports, &imports.origin.clone())
        });
        match outcome {
            Ok(list) => {
                for item in &list.items {
                    self.module(evaluator, item, guards, Some(module));
                }
                for (_, unknown) in &list.gaps {
                    self.found.unseen.push(Unseen {
                        unknown: Rc::clone(unknown),
                        span: unknown.span.or(imports.origin.span),
                    });
                }
            }
            Err(Stop::Split(condition)) if guards.len() < evaluator.limits.conditions => {
                for holds in [true, false] {
                    let mut guards = guards.to_vec();
                    guards.push(Guard {
                        condition: condition.clone(),
                        holds,
                    });
                    self.imports(evaluator, imports, &guards, module);
                }
            }
            Err(stop) => {
                let stop = super::unsplit(evaluator, stop);
                self.stopped(evaluator, stop, imports, guards, Some(module), None);
            }
        }
    }
}

/// The options that a module's `options` declares.
fn declarations(evaluator: &mut Evaluator, options: &Rc<Thunk>, depth: usize) -> Declarations {
    let Ok(value) = evaluator.force(options) else {
        return Declarations::default();
    };
    let Value::Attrs(attrs) = &value.value else {
        return Declarations::default();
    };
    if depth > 60 {
        return Declarations::default();
    }
    let mut set = BTreeMap::new();
    if let Some(option) = option(evaluator, attrs, &value) {
        return Declarations::Option(Rc::new(option));
    }
    for attr in attrs.unordered() {
        let declared = match declarations(evaluator, &attr.value, depth + 1) {
            Declarations::Option(option) => {
                let mut option = (*option).clone();
                option.span = attr.name_span.or(option.span);
                Declarations::Option(Rc::new(option))
            }
            set => set,
        };
        set.insert(attr.name.as_str(), declared);
    }
    Declarations::Set(Rc::new(set))
}

/// The option that a `mkOption { ... }` declares, if the set is one.
fn option(evaluator: &mut Evaluator, attrs: &Attrs, value: &Val) -> Option<OptionDeclaration> {
    let get = |name: &str| {
        attrs
            .get(Symbol::new(name))
            .map(|attr| Rc::clone(&attr.value))
    };
    let kind = get("_type")?;
    match evaluator.force(&kind).ok()?.value {
        Value::String(text) if &*text.known().ok()? == "option" => {}
        _ => return None,
    }
    Some(OptionDeclaration {
        kind: match get("type") {
            Some(kind) => OptionType::from_nix(evaluator, &kind),
            None => OptionType::Unspecified,
        },
        default: get("default"),
        apply: get("apply"),
        span: value.origin.span,
    })
}

/// Adds declarations to others; of two declarations of one option the later counts, except that submodules merge.
fn merge_declarations(into: &mut Declarations, from: Declarations) {
    match (into, from) {
        (Declarations::Set(into), Declarations::Set(from)) => {
            let into = Rc::make_mut(into);
            for (name, declared) in from.iter() {
                match into.get_mut(name) {
                    Some(known) => merge_declarations(known, declared.clone()),
                    None => {
                        into.insert(name, declared.clone());
                    }
                }
            }
        }
        (Declarations::Option(into), Declarations::Option(from)) => {
            let kind = into.kind.with_further_modules(&from.kind);
            *into = Rc::new(OptionDeclaration {
                kind,
                default: from.default.clone().or_else(|| into.default.clone()),
                apply: from.apply.clone().or_else(|| into.apply.clone()),
                span: into.span,
            });
        }
        (into, from) => *into = from,
    }
}
