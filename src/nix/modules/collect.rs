//! Reading modules: functions are called, imports followed, definitions and declarations gathered.

use super::accepts::is_tagged;
use super::aliases::{Alias, definitions_at, handed_on};
use super::definition::{Definition, Guard};
use super::types::OptionType;
use super::users::SYSTEMS_AROUND;
use super::{
    Class, Collected, Declarations, FRAMEWORK, Module, ModuleSet, OptionDeclaration, Unseen,
};
use crate::nearest::is_slip;
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{ErrorKind, EvalError, Stop};
use crate::nix::eval::value::{Attr, Attrs, List, Origin, Thunk, Val, Value};
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::Parameter;
use crate::workspace::path;
use crate::workspace::source::Span;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::rc::Rc;

/// How deep modules import each other at most; a module given by its path counts twice.
const DEEPEST_IMPORT: usize = 200;

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
    /// Options whose definitions go to another one.
    aliases: Vec<Alias>,
    /// Keys of modules that are left out.
    disabled: HashSet<Rc<str>>,
    /// Keys that `disabledModules` names.
    to_disable: HashSet<Rc<str>>,
    /// Modules that are still to be read: each with the worlds in which it takes part and the module that imports it.
    waiting: VecDeque<(Rc<Thunk>, Vec<Guard>, Option<usize>)>,
}

/// The attribute by which our `mkAliasOptionModule` says what it does.
const ALIAS: &str = "_openclawCheckAlias";

/// Reads all modules of a set.
pub(super) fn collect(evaluator: &mut Evaluator, set: &Rc<ModuleSet>) -> Collected {
    let arguments = arguments(evaluator, set);
    let mut collector = Collector::read(evaluator, set, &arguments, HashSet::new());
    if !collector.to_disable.is_empty() {
        // Which modules are left out is only known once all are read, those that are left out included.
        let disabled = std::mem::take(&mut collector.to_disable);
        collector = Collector::read(evaluator, set, &arguments, disabled);
    }
    let framework = collector.add_module(FRAMEWORK, None, None);
    for (path, value) in &set.request.definitions {
        let mut value = Rc::clone(value);
        for name in path.iter().rev() {
            let attrs = Attrs::from_entries(vec![Attr::unwritten(*name, value)]);
            value = Val::attrs(attrs).thunk();
        }
        collector
            .found
            .definitions
            .push(Definition::new(value, framework));
    }
    let aliases = std::mem::take(&mut collector.aliases);
    collector.found.alias_targets = aliases.iter().map(|alias| alias.to.clone()).collect();
    let definitions = std::mem::take(&mut collector.found.definitions);
    let declared = &collector.found.declarations;
    let warns = matches!(declared, Declarations::Set(set) if set.contains_key("warnings"));
    collector.found.definitions = handed_on(evaluator, definitions, aliases, warns);
    let mut found = collector.found;
    if set.request.class == Class::Generic {
        for definition in own_definitions(evaluator, &found.definitions, "freeformType") {
            let kind = OptionType::from_nix(evaluator, &definition.value);
            found.freeform = match &found.freeform {
                Some(known) => known.merged_with(&kind).or(Some(OptionType::Unseen)),
                None => Some(kind),
            };
        }
        for definition in own_definitions(evaluator, &found.definitions, "check") {
            let value = evaluator.force(&definition.value).map(|value| value.value);
            found.unchecked |= !matches!(value, Ok(Value::Bool(true)));
        }
    }
    found
}

/// The definitions of `_module.name`.
fn own_definitions(
    evaluator: &mut Evaluator,
    definitions: &[Definition],
    name: &str,
) -> Vec<Definition> {
    // Conditions cannot be looked at yet: they may depend on what is being read.
    let module = Symbol::new("_module");
    let writing: Vec<Definition> = definitions
        .iter()
        .filter(|definition| match evaluator.force(&definition.value) {
            Ok(Val {
                value: Value::Attrs(attrs),
                ..
            }) => attrs.get(module).is_some(),
            _ => false,
        })
        .cloned()
        .collect();
    let below = definitions_at(evaluator, &writing, &[module, Symbol::new(name)]);
    evaluator
        .discharge(&below)
        .into_iter()
        .map(|one| one.definition)
        .collect()
}

/// The set that module functions are called with.
fn arguments(evaluator: &mut Evaluator, set: &Rc<ModuleSet>) -> Rc<Thunk> {
    let request = &set.request;
    let mut entries: Vec<(&str, Rc<Thunk>)> = Vec::new();
    let library = match (&request.library, request.class) {
        (Some(library), _) => Rc::clone(library),
        (None, Class::HomeManager) => {
            let library = evaluator.lib();
            super::library_of_modules(evaluator, library)
        }
        (None, _) => evaluator.lib(),
    };
    entries.push(("lib", library));
    entries.push(("config", set.config()));
    entries.push(("options", set.options()));
    if let Some(packages) = &request.packages {
        entries.push(("pkgs", Rc::clone(packages)));
    }
    let mut attrs = Attrs::of(entries);
    for (name, value) in &request.special_arguments {
        attrs.insert(Attr::unwritten(*name, Rc::clone(value)));
    }
    if request.class == Class::Generic {
        let mut own = vec![("_prefix", super::by_type::location(&request.prefix))];
        let is_of_modules_only = !request.partial
            && request.definitions.is_empty()
            && matches!(&request.declarations, Declarations::Set(set) if set.is_empty());
        if is_of_modules_only {
            // `extendModules` is not given: the types that it makes can nest without end, and declarations are read at once.
            own.push(("moduleType", crate::nix::lib::types::module_type(request)));
        }
        for (name, value) in own {
            let name = Symbol::new(name);
            if attrs.get(name).is_none() {
                attrs.insert(Attr::unwritten(name, value));
            }
        }
        let special = Attrs::from_entries(
            request
                .special_arguments
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "name" | "_class"))
                .map(|(name, value)| Attr::unwritten(*name, Rc::clone(value)))
                .collect(),
        );
        attrs.insert(Attr::unwritten(
            Symbol::new("specialArgs"),
            Val::attrs(special).thunk(),
        ));
    }
    let open = match &request.unknown_arguments {
        Some(unknown) => Rc::clone(unknown),
        None => evaluator.unknown_named(
            "argument",
            "it is an argument of the module that is not known here",
            None,
            None,
        ),
    };
    let is_in_sight =
        request.class == Class::Generic && request.unknown_arguments.is_none() && !request.partial;
    if is_in_sight {
        // What `_module.args` defines only those get who name it.
        for name in ["_class", "extendModules"].map(Symbol::new) {
            if attrs.get(name).is_none() {
                let unknown = Thunk::unknown(open.attribute(name), Origin::default());
                attrs.insert(Attr::unwritten(name, unknown));
            }
        }
    } else {
        attrs.open = Some(open);
    }
    Val::attrs(attrs).thunk()
}

impl<'a> Collector<'a> {
    fn read(
        evaluator: &mut Evaluator,
        set: &'a Rc<ModuleSet>,
        arguments: &Rc<Thunk>,
        disabled: HashSet<Rc<str>>,
    ) -> Self {
        let mut collector = Collector {
            set,
            arguments: Rc::clone(arguments),
            found: Collected {
                declarations: set.request.declarations.clone(),
                ..Collected::default()
            },
            seen: HashSet::new(),
            depth: 0,
            aliases: Vec::new(),
            disabled,
            to_disable: HashSet::new(),
            waiting: VecDeque::new(),
        };
        for module in &set.request.modules {
            let waiting = (Rc::clone(module), Vec::new(), None);
            collector.waiting.push_back(waiting);
        }
        // As Nix does: all modules of one level before those that they import, and then the other way round, so that
        // what is imported comes first and of two neighbours the later one.
        while let Some((module, guards, importer)) = collector.waiting.pop_front() {
            collector.module(evaluator, &module, &guards, importer);
        }
        collector.found.definitions.reverse();
        collector
    }

    /// Remembers which modules `disabledModules` names.
    fn disable(&mut self, evaluator: &mut Evaluator, list: &Rc<Thunk>) {
        let origin = list.origin.clone();
        let Ok(list) = evaluator.list(list, &origin) else {
            return;
        };
        for item in &list.items {
            let key = match evaluator.force(item).map(|value| value.value) {
                Ok(Value::Attrs(attrs)) => match attrs.get(Symbol::new("key")) {
                    Some(key) => key_text(evaluator, &key.value.clone()),
                    None if attrs.get(Symbol::new("outPath")).is_some() => {
                        key_text(evaluator, item)
                    }
                    None => {
                        let error = evaluator.error(
                            ErrorKind::Module,
                            "`disabledModules` holds a set without a `key`",
                            &origin,
                        );
                        if let Stop::Error(error) = error {
                            self.found.failures.push(error);
                        }
                        None
                    }
                },
                Ok(Value::String(text)) => match text.path_text() {
                    Ok(text) if text.starts_with('/') => Some(path::normalize(&text).into()),
                    Ok(text) => self.below_modules_path(evaluator, &text),
                    Err(_) => None,
                },
                _ => key_text(evaluator, item),
            };
            self.to_disable.extend(key);
        }
    }

    /// A module by its name below `modulesPath`.
    fn below_modules_path(&self, evaluator: &mut Evaluator, text: &str) -> Option<Rc<str>> {
        let (_, root) = self
            .set
            .request
            .special_arguments
            .iter()
            .find(|(name, _)| name.as_str() == "modulesPath")?;
        let root = key_text(evaluator, &Rc::clone(root))?;
        Some(path::normalize(&format!("{root}/{text}")).into())
    }

    fn add_module(&mut self, name: &str, span: Option<Span>, file: Option<Rc<Thunk>>) -> usize {
        self.found.modules.push(Module {
            name: name.into(),
            span,
            file,
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
        let too_much = if self.found.modules.len() >= MOST_MODULES {
            Some("there are too many modules")
        } else if self.depth > DEEPEST_IMPORT {
            Some("its modules import each other too deeply")
        } else {
            None
        };
        if let Some(reason) = too_much {
            let stop = evaluator.limit(reason);
            let place = (reason, thunk.origin.span);
            self.found.cut_short.get_or_insert(place);
            return self.stopped(evaluator, stop, thunk, guards, importer, None);
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
            Value::Path(path) => {
                if guards.is_empty() {
                    evaluator.note_outside(path, &value.origin, true);
                }
                self.file(evaluator, &path.absolute, &value.origin, thunk, guards)
            }
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
                let body = called(function, arguments, &value.origin);
                self.module(evaluator, &body, guards, importer);
            }
            Value::List(list) => {
                for item in &list.items {
                    let waiting = (Rc::clone(item), guards.to_vec(), importer);
                    self.waiting.push_back(waiting);
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
                let body = called(function, arguments, &value.origin);
                self.module(evaluator, &body, guards, importer);
            }
            Value::Attrs(attrs) => {
                let attrs = match tag(evaluator, attrs).as_deref() {
                    None | Some("module") => Rc::clone(attrs),
                    // Taken for what stands in `config`.
                    Some("if" | "override") => {
                        let config = Val::new(value.value.clone(), value.origin.clone());
                        Rc::new(Attrs::of([("config", config.thunk())]))
                    }
                    Some(tag) => {
                        let error = evaluator.error(
                            ErrorKind::Module,
                            format!("a value of type `{tag}` is imported, which is no module"),
                            &value.origin,
                        );
                        return self.stopped(evaluator, error, thunk, guards, importer, None);
                    }
                };
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
            let request = &self.set.request;
            let is_null = request.class == Class::HomeManager
                && request.unknown_arguments.is_none()
                && SYSTEMS_AROUND.contains(&name.as_str());
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
                        Err(Stop::Unknown(_)) if is_null => Ok(Val::bare(Value::Null)),
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
            attrs.insert(Attr::unwritten(name, value));
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
        if self.disabled.contains(normal.as_str()) && !self.has_key(evaluator, &normal, origin) {
            return;
        }
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
            Ok(file) => {
                let file = match evaluator.force(&file) {
                    Ok(value) => in_config(evaluator, &value).map_or(file, Val::thunk),
                    Err(_) => file,
                };
                self.module(evaluator, &file, guards, None);
            }
            Err(stop) => self.stopped(evaluator, stop, thunk, guards, None, None),
        }
    }

    /// Whether the module in a file says what its key is, which is then not the path of the file.
    fn has_key(&self, evaluator: &mut Evaluator, absolute: &str, origin: &Origin) -> bool {
        let module = evaluator
            .import(absolute, origin)
            .and_then(|file| evaluator.force(&file));
        let module = match module {
            Ok(function) if matches!(function.value, Value::Lambda(_)) => {
                let arguments = self.arguments_of(evaluator, &function);
                let origin = function.origin.clone();
                evaluator.force(&called(function, arguments, &origin))
            }
            module => module,
        };
        matches!(module, Ok(Val { value: Value::Attrs(attrs), .. }) if attrs.get(Symbol::new("key")).is_some())
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
        if let Some(class) = get("_class") {
            self.class(evaluator, &class);
        }
        if let Some(key) = get("key")
            && let Some(key) = key_text(evaluator, &key)
            && (self.disabled.contains(&key) || !self.seen.insert(format!("key {key}").into()))
        {
            return;
        }
        if let Some(list) = get("disabledModules") {
            self.disable(evaluator, &list);
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
        let module = self.add_module(&name, span, get("_file"));
        for name in ["require", "imports"] {
            if let Some(imports) = get(name) {
                self.imports(evaluator, &imports, guards, module);
            }
        }
        let structured = attrs.get(Symbol::new("config")).is_some()
            || attrs.get(Symbol::new(ALIAS)).is_some()
            || attrs.get(Symbol::new("options")).is_some();
        if let Some(options) = get("options") {
            let declared = declarations(evaluator, &options, 0, &mut self.found.unseen);
            merge_declarations(
                evaluator,
                &mut self.found.declarations,
                declared,
                &mut Vec::new(),
                guards.last(),
            );
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
                let warnings = match evaluator.attrs(&alias, &Origin::default()) {
                    Ok(alias) => alias
                        .get(Symbol::new("warnings"))
                        .map(|attr| Rc::clone(&attr.value)),
                    Err(_) => None,
                };
                self.aliases.push(Alias {
                    from,
                    to,
                    module,
                    warnings,
                });
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
                "require",
                "freeformType",
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
        let is_config =
            attrs.get(Symbol::new("config")).is_none() && is_slip(first.name.as_str(), "config");
        let instead = match is_config {
            true => "write `config`",
            false => "move it into `config = { ... };`",
        };
        if let Stop::Error(error) = evaluator.error(
            ErrorKind::Module,
            format!(
                "a module with a top-level `{beside}` takes no `{}` beside it: {instead}",
                first.name
            ),
            &origin,
        ) {
            self.found.failures.push(error);
        }
        if is_config {
            return Some(Definition::new(Rc::clone(&first.value), module));
        }
        let set = Val::new(
            Value::Attrs(Rc::new(Attrs::from_entries(strays))),
            value.origin.clone(),
        );
        Some(Definition::new(set.thunk(), module))
    }

    /// Refuses a module that says that it is of another class.
    fn class(&mut self, evaluator: &mut Evaluator, class: &Rc<Thunk>) {
        let origin = class.origin.clone();
        let own: Option<Rc<str>> = match self.set.request.class {
            Class::HomeManager => Some("homeManager".into()),
            Class::Nixos => Some("nixos".into()),
            Class::Darwin => Some("darwin".into()),
            Class::FlakeParts => Some("flake".into()),
            Class::Generic => self
                .set
                .request
                .special_arguments
                .iter()
                .find(|(name, _)| name.as_str() == "_class")
                .map(|(_, class)| Rc::clone(class))
                .and_then(|class| evaluator.text(&class, &origin).ok()),
        };
        let (Some(own), Ok(class)) = (own, evaluator.text(class, &origin)) else {
            return;
        };
        if own != class {
            let error = evaluator.error(
                ErrorKind::Module,
                format!("this is a module for `{class}`, and it is imported into a configuration of `{own}`"),
                &origin,
            );
            if let Stop::Error(error) = error {
                self.found.failures.push(error);
            }
        }
    }

    fn imports(
        &mut self,
        evaluator: &mut Evaluator,
        imports: &Rc<Thunk>,
        guards: &[Guard],
        module: usize,
    ) {
        let mut worlds = Vec::new();
        self.lists(evaluator, imports, guards, &mut worlds);
        // What is imported whichever way the conditions go is imported once.
        let everywhere = |item: &Rc<Thunk>| {
            worlds.len() > 1
                && worlds.iter().all(|(_, outcome)| match outcome {
                    Ok(list) => list.items.iter().any(|other| Rc::ptr_eq(item, other)),
                    Err(_) => false,
                })
        };
        let always: Vec<Rc<Thunk>> = match worlds.first() {
            Some((_, Ok(list))) => list
                .items
                .iter()
                .filter(|item| everywhere(item))
                .cloned()
                .collect(),
            _ => Vec::new(),
        };
        // In their order, which is that of the definitions.
        let mut done = vec![0; worlds.len()];
        for item in always.iter().map(Some).chain([None]) {
            for ((guards, outcome), done) in worlds.iter().zip(&mut done) {
                let Ok(list) = outcome else {
                    continue;
                };
                let rest = &list.items[*done..];
                let position = match item {
                    Some(item) => rest.iter().position(|other| Rc::ptr_eq(item, other)),
                    None => Some(rest.len()),
                };
                let Some(position) = position else {
                    continue;
                };
                for other in &rest[..position] {
                    if !always.iter().any(|known| Rc::ptr_eq(known, other)) {
                        let waiting = (Rc::clone(other), guards.clone(), Some(module));
                        self.waiting.push_back(waiting);
                    }
                }
                *done += (position + 1).min(rest.len());
            }
            if let Some(item) = item {
                let waiting = (Rc::clone(item), guards.to_vec(), Some(module));
                self.waiting.push_back(waiting);
            }
        }
        for (guards, outcome) in worlds {
            self.not_imported(evaluator, imports, &guards, module, outcome);
        }
    }

    /// The lists that imports come to, in each of the worlds that they depend on.
    fn lists(
        &mut self,
        evaluator: &mut Evaluator,
        imports: &Rc<Thunk>,
        guards: &[Guard],
        found: &mut Vec<InWorld>,
    ) {
        let outcome = evaluator.assume_all(guards, |evaluator| {
            let outcome = evaluator.list(imports, &imports.origin.clone());
            match outcome {
                Err(Stop::Error(error)) if is_condition(evaluator, imports) => {
                    let mut error = (*error).clone();
                    error.message = "`imports` takes a list, and `mkIf` makes none: what is imported cannot depend on options, so the condition goes into the imported module".into();
                    Err(Stop::Error(Rc::new(error)))
                }
                outcome => outcome,
            }
        });
        match outcome {
            Err(Stop::Split(condition)) if guards.len() < evaluator.limits.conditions => {
                for holds in [true, false] {
                    let mut guards = guards.to_vec();
                    guards.push(Guard {
                        condition: condition.clone(),
                        holds,
                    });
                    self.lists(evaluator, imports, &guards, found);
                }
            }
            outcome => found.push((guards.to_vec(), outcome)),
        }
    }

    /// What of a list of imports is not known, or why there is none.
    fn not_imported(
        &mut self,
        evaluator: &mut Evaluator,
        imports: &Rc<Thunk>,
        guards: &[Guard],
        module: usize,
        outcome: Result<Rc<List>, Stop>,
    ) {
        match outcome {
            Ok(list) => {
                for (_, unknown) in &list.gaps {
                    self.found.unseen.push(Unseen {
                        unknown: Rc::clone(unknown),
                        span: unknown.span.or(imports.origin.span),
                    });
                }
            }
            Err(stop) => {
                let stop = match super::unsplit(evaluator, stop) {
                    // What needs `config` to tell the imports has no place of its own.
                    Stop::Error(error) if error.span.is_none() => evaluator.error(
                        error.kind,
                        error.message.clone(),
                        &Origin::at(imports.origin.span),
                    ),
                    stop => stop,
                };
                self.stopped(evaluator, stop, imports, guards, Some(module), None);
            }
        }
    }
}

/// A list of imports in a world.
type InWorld = (Vec<Guard>, Result<Rc<List>, Stop>);

/// What a module's function gives for these arguments.
fn called(function: Val, arguments: Rc<Thunk>, origin: &Origin) -> Rc<Thunk> {
    Thunk::native(
        move |evaluator| {
            let value = evaluator.apply(&function, Rc::clone(&arguments), &Origin::default())?;
            Ok(in_config(evaluator, &value).unwrap_or(value))
        },
        origin.clone(),
    )
}

/// The module for a `mkMerge` or `mkOrder` that a function gives or a file holds: it is taken for what stands in `config`, while
/// one that is imported itself is no module (`loadModule` in nixpkgs' lib/modules.nix).
fn in_config(evaluator: &mut Evaluator, value: &Val) -> Option<Val> {
    let Value::Attrs(attrs) = &value.value else {
        return None;
    };
    matches!(tag(evaluator, attrs).as_deref(), Some("merge" | "order")).then(|| {
        let config = [("config", value.clone().thunk())];
        Val::new(
            Value::Attrs(Rc::new(Attrs::of(config))),
            value.origin.clone(),
        )
    })
}

/// What a set says that it is (`_type`).
fn tag(evaluator: &mut Evaluator, attrs: &Attrs) -> Option<Rc<str>> {
    let tag = Rc::clone(&attrs.get(Symbol::new("_type"))?.value);
    match evaluator.force(&tag).ok()?.value {
        Value::String(text) => text.known().ok(),
        _ => None,
    }
}

/// A module's key, or a path that names a module, as text.
fn key_text(evaluator: &mut Evaluator, key: &Rc<Thunk>) -> Option<Rc<str>> {
    match evaluator.force(key).ok()?.value {
        Value::Path(given) => Some(path::normalize(&given.absolute).into()),
        Value::String(text) => text.path_text().ok(),
        Value::Int(number) => Some(number.to_string().into()),
        Value::Attrs(_) => {
            let text = evaluator
                .coerce(
                    key,
                    crate::nix::eval::strings::Coercion::PATH,
                    &Origin::default(),
                )
                .ok()?;
            text.path_text().ok()
        }
        _ => None,
    }
}

/// The options that a module's `options` declares. What is not known of them goes to `unseen`.
fn declarations(
    evaluator: &mut Evaluator,
    options: &Rc<Thunk>,
    depth: usize,
    unseen: &mut Vec<Unseen>,
) -> Declarations {
    let mut outcome = evaluator.force(options);
    if matches!(&outcome, Err(Stop::Error(error)) if error.kind == ErrorKind::InfiniteRecursion) {
        // `mkRenamedOptionModule` adds the type of the other option, which is not yet known: that there is an option is.
        let before = std::mem::replace(&mut evaluator.leaves_updates_open, true);
        outcome = evaluator.force(options);
        evaluator.leaves_updates_open = before;
    }
    let value = match outcome {
        Ok(value) => value,
        Err(Stop::Error(error)) if error.kind != ErrorKind::InfiniteRecursion => {
            return broken(options.origin.span, error);
        }
        // It depends on the configuration, which cannot be read yet.
        Err(Stop::Error(error)) => {
            let unknown = evaluator.unknown(
                "which options there are depends on the configuration",
                None,
                error.span,
            );
            unseen.push(Unseen {
                span: options.origin.span,
                unknown,
            });
            return Declarations::default();
        }
        Err(stop) => {
            if let Stop::Unknown(unknown) = super::unsplit(evaluator, stop) {
                unseen.push(Unseen {
                    span: options.origin.span.or(unknown.span),
                    unknown,
                });
            }
            return Declarations::default();
        }
    };
    let not_an_option = |evaluator: &mut Evaluator| {
        let error = evaluator.error(
            ErrorKind::Module,
            format!(
                "{} stands where an option is to be declared (`mkOption`)",
                value.value.type_phrase()
            ),
            &value.origin,
        );
        match error {
            Stop::Error(error) => broken(value.origin.span, error),
            _ => Declarations::default(),
        }
    };
    let Value::Attrs(attrs) = &value.value else {
        return not_an_option(evaluator);
    };
    if depth > 60 {
        return Declarations::default();
    }
    if let Some(option) = evaluator.option_declaration(attrs, &value) {
        return Declarations::Option(Rc::new(option));
    }
    if let Some(kind) = attrs.get(Symbol::new("_type"))
        && let Ok(Value::String(_)) = evaluator.force(&kind.value.clone()).map(|kind| kind.value)
    {
        return not_an_option(evaluator);
    }
    if let Some(unknown) = &attrs.open {
        unseen.push(Unseen {
            span: value.origin.span.or(unknown.span),
            unknown: Rc::clone(unknown),
        });
    }
    let mut set = BTreeMap::new();
    for attr in attrs.unordered() {
        let known = unseen.len();
        let declared = match declarations(evaluator, &attr.value, depth + 1, unseen) {
            Declarations::Option(option) => {
                let mut option = (*option).clone();
                option.span = attr.name_span.or(option.span);
                Declarations::Option(Rc::new(option))
            }
            // An option or a set of options: that is not known.
            Declarations::Set(inner) if inner.is_empty() && unseen.len() > known => continue,
            set => set,
        };
        set.insert(attr.name.as_str(), declared);
    }
    Declarations::Set(Rc::new(set))
}

/// A declaration that fails when its option is read.
fn broken(span: Option<Span>, error: Rc<EvalError>) -> Declarations {
    Declarations::Option(Rc::new(OptionDeclaration {
        kind: OptionType::Unseen,
        default: None,
        apply: None,
        span,
        read_only: false,
        written: None,
        problem: Some(Stop::Error(error)),
    }))
}

impl Evaluator {
    /// The option that a `mkOption { ... }` declares, if the set is one.
    pub(in crate::nix) fn option_declaration(
        &mut self,
        attrs: &Rc<Attrs>,
        value: &Val,
    ) -> Option<OptionDeclaration> {
        let get = |name: &str| {
            attrs
                .get(Symbol::new(name))
                .map(|attr| Rc::clone(&attr.value))
        };
        let kind = get("_type")?;
        match self.force(&kind).ok()?.value {
            Value::String(text) if &*text.known().ok()? == "option" => {}
            _ => return None,
        }
        let read_only = match get("readOnly") {
            Some(read_only) => matches!(
                self.force(&read_only).map(|value| value.value),
                Ok(Value::Bool(true))
            ),
            None => false,
        };
        let kind = match get("type") {
            Some(kind) => OptionType::of_option(self, &kind),
            None if attrs.open.is_some() => OptionType::Unseen,
            None => OptionType::Unspecified,
        };
        Some(OptionDeclaration {
            problem: kind.failure().map(Stop::Error),
            kind,
            default: get("default"),
            apply: get("apply"),
            span: value.origin.span,
            read_only,
            written: Some(Rc::clone(attrs)),
        })
    }
}

/// Adds declarations to others. Two declarations of one option are one as long as they do not contradict each other. Those of a module
/// that is there only in some worlds (`world` is a condition of it) may be the same as in another, or take their place.
fn merge_declarations(
    evaluator: &mut Evaluator,
    into: &mut Declarations,
    from: Declarations,
    path: &mut Vec<Symbol>,
    world: Option<&Guard>,
) {
    match (into, from) {
        (Declarations::Set(into), Declarations::Set(from)) => {
            let into = Rc::make_mut(into);
            for (name, declared) in from.iter() {
                match into.get_mut(name) {
                    Some(known) => {
                        path.push(Symbol::new(name));
                        merge_declarations(evaluator, known, declared.clone(), path, world);
                        path.pop();
                    }
                    None => {
                        into.insert(name, declared.clone());
                    }
                }
            }
        }
        (Declarations::Option(into), Declarations::Option(from)) => {
            *into = Rc::new(merged_option(evaluator, into, &from, path, world));
        }
        (into, from) => {
            // Options below an option: those of its submodule, or a mistake.
            let (option, set) = match (&*into, from) {
                (Declarations::Option(option), set @ Declarations::Set(_)) => {
                    (Rc::clone(option), set)
                }
                (set, Declarations::Option(option)) => (option, set.clone()),
                _ => return,
            };
            let mut option = (*option).clone();
            match &option.kind {
                OptionType::Submodule(submodule) => {
                    let mut submodule = (**submodule).clone();
                    match &mut submodule.declarations {
                        Some(known) => merge_declarations(evaluator, known, set, path, world),
                        None => submodule.declarations = Some(set),
                    }
                    option.kind = OptionType::Submodule(Rc::new(submodule));
                }
                OptionType::Unseen | OptionType::Custom(_) => option.kind = OptionType::Unseen,
                _ => {
                    let error = evaluator.error(
                        ErrorKind::Module,
                        format!(
                            "the option `{}` has options below it, and its type takes none",
                            super::show_path(path)
                        ),
                        &Origin::at(option.span),
                    );
                    option.problem.get_or_insert(error);
                }
            }
            *into = Declarations::Option(Rc::new(option));
        }
    }
}

/// What only one of several declarations of an option may give.
const ONLY_ONCE: &[&str] = &["default", "example", "description", "apply"];

fn merged_option(
    evaluator: &mut Evaluator,
    first: &OptionDeclaration,
    second: &OptionDeclaration,
    path: &[Symbol],
    world: Option<&Guard>,
) -> OptionDeclaration {
    if world.is_some() && first.span.is_some() && first.span == second.span {
        return first.clone();
    }
    let has = |option: &OptionDeclaration, name: &str| {
        option
            .written
            .as_ref()
            .is_some_and(|written| written.get(Symbol::new(name)).is_some())
    };
    let both = ONLY_ONCE
        .iter()
        .any(|name| has(first, name) && has(second, name));
    let has_type = |option: &OptionDeclaration| {
        has(option, "type") || !matches!(option.kind, OptionType::Unspecified)
    };
    let kind = match (has_type(first), has_type(second)) {
        (false, true) => Some(second.kind.clone()),
        (true, false) => Some(first.kind.clone()),
        _ => first.kind.merged_with(&second.kind),
    };
    let mut problem = first.problem.clone().or_else(|| second.problem.clone());
    if let (Some(guard), None, true) = (world, &problem, both || kind.is_none()) {
        let reason = format!(
            "how the option `{}` is declared depends on whether {}",
            super::show_path(path),
            guard.condition.text
        );
        problem = Some(Stop::Unknown(evaluator.unknown(reason, None, second.span)));
    }
    if (both || kind.is_none()) && problem.is_none() {
        let error = evaluator.error(
            ErrorKind::Module,
            format!("the option `{}` is declared twice", super::show_path(path)),
            &Origin::at(second.span),
        );
        if let Stop::Error(error) = error {
            let mut error = (*error).clone();
            error.trace.extend(
                first
                    .span
                    .map(|span| (span, "declared here too".to_string())),
            );
            problem = Some(Stop::Error(Rc::new(error)));
        }
    }
    if let (None, Some(unknown)) = (&problem, kind.as_ref().and_then(OptionType::undecided)) {
        problem = Some(Stop::Unknown(unknown));
    }
    let written = match (&first.written, &second.written) {
        (Some(first), Some(second)) => Some(Rc::new(second.update(first))),
        (first, second) => first.clone().or_else(|| second.clone()),
    };
    OptionDeclaration {
        kind: kind.unwrap_or_else(|| first.kind.clone()),
        default: first.default.clone().or_else(|| second.default.clone()),
        apply: first.apply.clone().or_else(|| second.apply.clone()),
        span: first.span,
        read_only: first.read_only || second.read_only,
        written,
        problem,
    }
}
/// Whether a value is what `mkIf` makes.
fn is_condition(evaluator: &mut Evaluator, value: &Rc<Thunk>) -> bool {
    evaluator.force(value).is_ok_and(|value| {
        matches!(
            is_tagged(evaluator, &value.value, "_type", "if"),
            Ok(Some(true))
        )
    })
}
