//! `lib.types`.

use crate::nix::eval::unknown::{ErrorKind, Stop, Unknown, mix};
use crate::nix::eval::value::{Attr, Attrs, Marker, Origin, PartialBuiltin, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::modules::Request;
use crate::nix::modules::types::{OptionType, Submodule};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// The set `lib.types`.
pub(super) fn types(evaluator: &mut Evaluator) -> Rc<Thunk> {
    let int = |least: Option<i64>, most: Option<i64>| OptionType::Int { least, most };
    let joined = |separator: &str| OptionType::Joined(separator.into());
    let plain: Vec<(&str, OptionType)> = vec![
        ("bool", OptionType::Bool),
        ("boolByOr", OptionType::AnyTrue),
        ("int", int(None, None)),
        ("float", OptionType::Float),
        ("number", OptionType::Number),
        ("str", OptionType::Str),
        ("string", joined("")),
        ("lines", joined("\n")),
        ("commas", joined(",")),
        ("envVar", joined(":")),
        ("path", OptionType::ABSOLUTE_PATH),
        ("package", OptionType::Package),
        ("shellPackage", OptionType::Package),
        ("raw", OptionType::Raw),
        ("optionType", OptionType::Type),
        ("anything", OptionType::Anything),
        ("unspecified", OptionType::Unspecified),
        ("attrs", OptionType::Attrs),
        ("deferredModule", OptionType::Deferred),
        ("json", OptionType::Json),
    ];
    let mut entries: Vec<(&str, Rc<Thunk>)> = plain
        .into_iter()
        .map(|(name, kind)| (name, type_value(name, kind).thunk()))
        .collect();
    for builtin in FUNCTIONS {
        entries.push((builtin.name, function(builtin, Vec::new())));
    }
    for (name, source) in IN_NIX {
        let source: &'static str = source;
        let value = Thunk::native(
            move |evaluator| {
                let lib = evaluator.lib();
                let value = evaluator.snippet(source, &[Symbol::new("lib")], vec![lib]);
                evaluator.force(&value)
            },
            Origin::default(),
        );
        entries.push((name, value));
    }
    let numbers = |least, most| type_value("", int(least, most)).thunk();
    let mut ints = Attrs::of([
        ("positive", numbers(Some(1), None)),
        ("unsigned", numbers(Some(0), None)),
        ("u8", numbers(Some(0), Some(255))),
        ("u16", numbers(Some(0), Some(65535))),
        ("u32", numbers(Some(0), Some(4_294_967_295))),
        ("s8", numbers(Some(-128), Some(127))),
        ("s16", numbers(Some(-32768), Some(32767))),
        ("s32", numbers(Some(-2_147_483_648), Some(2_147_483_647))),
        ("between", function(&BETWEEN, Vec::new())),
    ]);
    ints.open =
        Some(evaluator.unknown_named("lib.types.ints", "this type is not modelled", None, None));
    entries.push(("ints", Val::attrs(ints).thunk()));
    entries.push(("port", numbers(Some(0), Some(65535))));
    let mut attrs = Attrs::of(entries);
    attrs.open =
        Some(evaluator.unknown_named("lib.types", "this type is not modelled", None, None));
    attrs.marker = Some(Rc::new(Marker::Types));
    Val::attrs(attrs).thunk()
}

fn function(builtin: &'static Builtin, arguments: Vec<Rc<Thunk>>) -> Rc<Thunk> {
    Thunk::done(Val::bare(Value::Builtin(Rc::new(PartialBuiltin {
        builtin,
        arguments,
    }))))
}

/// Types that are made of others, in Nix; each is parsed when it is used.
pub(super) const IN_NIX: &[(&str, &str)] = &[
    (
        "nonEmptyStr",
        "lib.types.addCheck lib.types.str (text: builtins.match \"[ \\t\\n]*\" text == null) // { functor = { name = \"nonEmptyStr\"; }; }",
    ),
    (
        "singleLineStr",
        "lib.mkOptionType { name = \"singleLineStr\"; description = \"(optionally newline-terminated) single-line string\"; check = text: builtins.isString text && builtins.match \"[^\\n\\r]*\\n?\" text != null; merge = location: definitions: lib.removeSuffix \"\\n\" (lib.mergeEqualOption location definitions); }",
    ),
    (
        "strMatching",
        "pattern: lib.types.addCheck lib.types.str (text: builtins.match pattern text != null) // { name = \"strMatching ${lib.strings.escapeNixString pattern}\"; functor = { name = \"strMatching\"; payload = { inherit pattern; }; }; }",
    ),
    (
        "passwdEntry",
        "entry: lib.types.addCheck entry (text: !(lib.hasInfix \":\" text || lib.hasInfix \"\\n\" text))",
    ),
    ("pathInStore", "lib.types.pathWith { inStore = true; }"),
    (
        "externalPath",
        "lib.types.pathWith { absolute = true; inStore = false; }",
    ),
    (
        "numbers",
        "{ nonnegative = lib.types.addCheck lib.types.number (number: number >= 0); positive = lib.types.addCheck lib.types.number (number: number > 0); between = lowest: highest: lib.types.addCheck lib.types.number (number: number >= lowest && number <= highest); }",
    ),
    (
        "attrsWith",
        "{ elemType, lazy ? false, placeholder ? \"name\" }: let plain = if lazy then lib.types.lazyAttrsOf elemType else lib.types.attrsOf elemType; in if placeholder == \"name\" then plain else lib.types.addCheck plain builtins.isAttrs // { functor = { name = \"attrsWith\"; }; }",
    ),
    (
        "serializableValueWith",
        "{ typeName, nullable ? true }: if nullable then lib.types.json else lib.types.serializableValueWithoutNull",
    ),
    (
        "fileset",
        "lib.mkOptionType { name = \"fileset\"; description = \"fileset\"; descriptionClass = \"noun\"; check = lib.fileset.isFileset; merge = location: definitions: lib.fileset.unions (lib.getValues definitions); emptyValue.value = lib.fileset.empty; }",
    ),
    (
        "deferredModuleWith",
        "{ staticModules ? [ ] }: if staticModules == [ ] then lib.types.deferredModule else lib.types.deferredModuleWithModules",
    ),
    (
        "luaInline",
        "lib.mkOptionType { name = \"luaInline\"; description = \"inline lua\"; check = value: value._type or null == \"lua-inline\"; merge = lib.mergeEqualOption; }",
    ),
    (
        "pkgs",
        "lib.types.addCheck (lib.types.unique { message = \"\"; } lib.types.attrs) (value: value._type or null == \"pkgs\")",
    ),
];

/// A type as a Nix value. What is not modelled of it is unknown.
pub(crate) fn type_value(name: &str, kind: OptionType) -> Val {
    let description = kind.phrase();
    let modules = match &kind {
        OptionType::Submodule(submodule) => Val::list(submodule.modules.clone()),
        _ => Val::bare(Value::Null),
    };
    let mut attrs = Attrs::of([
        ("_type", Val::string("option-type").thunk()),
        ("getSubModules", modules.thunk()),
    ]);
    if !name.is_empty() {
        attrs.insert(Attr::unwritten(
            Symbol::new("name"),
            Val::string(name).thunk(),
        ));
    }
    let kind = Rc::new(kind);
    attrs.marker = Some(Rc::new(Marker::Type(Rc::clone(&kind))));
    let me = Val::attrs(attrs.clone()).thunk();
    for (name, method) in [("check", &CHECK), ("merge", &MERGE)] {
        attrs.insert(Attr::unwritten(
            Symbol::new(name),
            function(method, vec![Rc::clone(&me)]),
        ));
    }
    attrs.open = Some(Rc::new(Unknown {
        id: mix(3, &description),
        kind: None,
        subject: None,
        reason: "this part of a type is not modelled".into(),
        span: None,
        names: None,
    }));
    Val::attrs(attrs)
}

/// What makes one value of the results of functions: from a location and definitions to their value. `as_options` tells whether
/// the results are merged as definitions of an option are, or as the `merge` of the type does it by itself.
pub(crate) fn merge_function(kind: &Rc<OptionType>, as_options: bool) -> Rc<Thunk> {
    let method = if as_options { &MERGE_OPTION } else { &MERGE };
    function(method, vec![type_value("", (**kind).clone()).thunk()])
}

/// Whether a builtin is the `check` or `merge` of our types.
pub(crate) fn is_method(builtin: &Builtin) -> bool {
    std::ptr::eq(builtin, &CHECK) || std::ptr::eq(builtin, &MERGE)
}

/// The type that a method was given with its first argument, which lacks the methods themselves.
fn kind_of(evaluator: &mut Evaluator, me: &Rc<Thunk>) -> OptionType {
    match evaluator.force(me) {
        Ok(Val {
            value: Value::Attrs(attrs),
            ..
        }) => match attrs.marker.as_deref() {
            Some(Marker::Type(kind)) => (**kind).clone(),
            _ => OptionType::Unseen,
        },
        _ => OptionType::Unseen,
    }
}

static CHECK: Builtin = Builtin {
    name: "check",
    arity: 2,
    run: |evaluator, arguments, origin| {
        let kind = kind_of(evaluator, &arguments[0]);
        let value = evaluator.force(&arguments[1])?;
        match kind.accepts(evaluator, &value.value)? {
            Some(accepted) => Ok(Val::new(Value::Bool(accepted), origin.clone())),
            None => Err(Stop::Unknown(evaluator.unknown(
                "whether the value is of this type is not known",
                None,
                origin.span,
            ))),
        }
    },
};

static MERGE: Builtin = Builtin {
    name: "merge",
    arity: 3,
    run: |evaluator, arguments, origin| merge_definitions(evaluator, arguments, origin, false),
};

static MERGE_OPTION: Builtin = Builtin {
    name: "merge",
    arity: 3,
    run: |evaluator, arguments, origin| merge_definitions(evaluator, arguments, origin, true),
};

fn merge_definitions(
    evaluator: &mut Evaluator,
    arguments: &[Rc<Thunk>],
    origin: &Origin,
    as_option: bool,
) -> Result<Val, Stop> {
    let kind = kind_of(evaluator, &arguments[0]);
    let mut path = Vec::new();
    for name in evaluator.list(&arguments[1], origin)?.all()? {
        path.push(Symbol::new(&evaluator.text(name, origin)?));
    }
    let mut definitions = Vec::new();
    for definition in evaluator.list(&arguments[2], origin)?.all()? {
        definitions.push(evaluator.descend(definition, &["value"])?);
    }
    evaluator.merge_values(&kind, &path, definitions, as_option)
}

static BETWEEN: Builtin = Builtin {
    name: "between",
    arity: 2,
    run: |evaluator, arguments, origin| {
        let least = evaluator.integer(&arguments[0], origin)?;
        let most = evaluator.integer(&arguments[1], origin)?;
        Ok(type_value(
            "",
            OptionType::Int {
                least: Some(least),
                most: Some(most),
            },
        ))
    },
};

/// A function from one type to another.
macro_rules! wrapper {
    ($name:literal, $wrap:expr) => {
        wrapper!($name, $wrap, OptionType::from_nix)
    };
    ($name:literal, $wrap:expr, $read:expr) => {
        Builtin {
            name: $name,
            arity: 1,
            run: |evaluator, arguments, _| {
                let inner = Rc::new($read(evaluator, &arguments[0]));
                let wrap: fn(Rc<OptionType>) -> OptionType = $wrap;
                Ok(type_value($name, wrap(inner)))
            },
        }
    };
}

static IS_NOT_EMPTY: Builtin = Builtin {
    name: "nonEmpty",
    arity: 1,
    run: |evaluator, arguments, origin| {
        let list = evaluator.list(&arguments[0], origin)?;
        // A list with a gap may still be empty.
        let is_empty = list.items.is_empty() && list.all()?.is_empty();
        Ok(Val::bool(!is_empty))
    },
};

/// `lib.types.submodule` over modules, as `lib.evalModules` gives it in `type`.
pub(super) fn submodule_of(modules: Vec<Rc<Thunk>>, special_arguments: Option<Rc<Thunk>>) -> Val {
    type_value(
        "submodule",
        OptionType::Submodule(Rc::new(Submodule {
            modules,
            declarations: None,
            shorthand: None,
            special_arguments,
            class: None,
            other_shorthands: Vec::new(),
        })),
    )
}

/// `moduleType`, as the modules of a request get it: a submodule of the same modules.
pub(crate) fn module_type(request: &Request) -> Rc<Thunk> {
    let mut special = Attrs::new();
    let mut class = None;
    for (name, value) in &request.special_arguments {
        match name.as_str() {
            // Where it is used it has another name.
            "name" => {}
            "_class" => class = Some(Rc::clone(value)),
            _ => special.insert(Attr::unwritten(*name, Rc::clone(value))),
        }
    }
    let submodule = Submodule {
        modules: request.modules.clone(),
        declarations: None,
        shorthand: None,
        special_arguments: Some(Val::attrs(special).thunk()),
        class,
        other_shorthands: Vec::new(),
    };
    type_value("submodule", OptionType::Submodule(Rc::new(submodule))).thunk()
}

static FUNCTIONS: &[Builtin] = &[
    wrapper!("listOf", OptionType::ListOf, OptionType::of_part),
    wrapper!("nonEmptyListOf", |inner| OptionType::Checked {
        inner: Rc::new(OptionType::ListOf(inner)),
        check: function(&IS_NOT_EMPTY, Vec::new()),
        keeps_empty: false,
        is_own: false,
    }),
    wrapper!("attrsOf", OptionType::AttrsOf, OptionType::of_part),
    wrapper!("lazyAttrsOf", OptionType::LazyAttrsOf, OptionType::of_part),
    wrapper!("nullOr", OptionType::NullOr, OptionType::of_part),
    wrapper!("uniq", OptionType::Unique),
    wrapper!("functionTo", OptionType::Function),
    Builtin {
        name: "unique",
        arity: 2,
        run: |evaluator, arguments, _| {
            let inner = OptionType::from_nix(evaluator, &arguments[1]);
            Ok(type_value("unique", OptionType::Unique(Rc::new(inner))))
        },
    },
    Builtin {
        name: "either",
        arity: 2,
        run: |evaluator, arguments, _| {
            let first = OptionType::of_part(evaluator, &arguments[0]);
            let second = OptionType::of_part(evaluator, &arguments[1]);
            Ok(type_value(
                "either",
                OptionType::Either(Rc::new(first), Rc::new(second)),
            ))
        },
    },
    Builtin {
        name: "oneOf",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let list = evaluator.list(&arguments[0], origin)?;
            let mut kinds = Vec::new();
            for item in list.all()? {
                kinds.push(OptionType::of_part(evaluator, item));
            }
            let kind = kinds
                .into_iter()
                .reduce(|first, second| OptionType::Either(Rc::new(first), Rc::new(second)));
            Ok(type_value("either", kind.unwrap_or(OptionType::Unseen)))
        },
    },
    Builtin {
        name: "enum",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let list = evaluator.list(&arguments[0], origin)?;
            let values = list.all()?.to_vec();
            Ok(type_value("enum", OptionType::Enum(values)))
        },
    },
    Builtin {
        name: "separatedString",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let separator = evaluator.text(&arguments[0], origin)?;
            Ok(type_value("separatedString", OptionType::Joined(separator)))
        },
    },
    Builtin {
        name: "addCheck",
        arity: 2,
        run: |evaluator, arguments, _| {
            let inner = OptionType::from_nix(evaluator, &arguments[0]);
            let kind = OptionType::Checked {
                inner: Rc::new(inner),
                check: Rc::clone(&arguments[1]),
                keeps_empty: true,
                is_own: false,
            };
            Ok(type_value("", kind))
        },
    },
    Builtin {
        name: "coercedTo",
        arity: 3,
        run: |evaluator, arguments, origin| {
            let from = OptionType::from_nix(evaluator, &arguments[0]);
            if from.has_modules() {
                let message = "`coercedTo` takes no type with submodules as what is converted";
                return Err(evaluator.error(ErrorKind::Throw, message, origin));
            }
            let to = OptionType::from_nix(evaluator, &arguments[2]);
            Ok(type_value(
                "coercedTo",
                OptionType::Coerced {
                    from: Rc::new(from),
                    convert: Rc::clone(&arguments[1]),
                    to: Rc::new(to),
                },
            ))
        },
    },
    Builtin {
        name: "pathWith",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let given = evaluator.attrs(&arguments[0], origin)?;
            let mut wanted = |name: &str| -> Result<Option<bool>, Stop> {
                match evaluator.optional_attribute(&given, name)? {
                    None => Ok(None),
                    Some(wanted) => match evaluator.force(&wanted)?.value {
                        Value::Null => Ok(None),
                        _ => Ok(Some(evaluator.boolean(&wanted, origin)?)),
                    },
                }
            };
            let (in_store, absolute) = (wanted("inStore")?, wanted("absolute")?);
            if (in_store, absolute) == (Some(true), Some(false)) {
                return Err(evaluator.error(
                    ErrorKind::Throw,
                    "a path in the store is absolute",
                    origin,
                ));
            }
            Ok(type_value("path", OptionType::Path { in_store, absolute }))
        },
    },
    Builtin {
        name: "attrTag",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let given = evaluator.attrs(&arguments[0], origin)?;
            let mut tags = Vec::new();
            for attr in given.closed()?.sorted() {
                let value = evaluator.force(&attr.value)?;
                let option = match &value.value {
                    Value::Attrs(attrs) => evaluator.option_declaration(attrs, &value),
                    _ => None,
                };
                match option {
                    Some(option) => tags.push((attr.name, Rc::new(option))),
                    None => {
                        let message = format!("the tag `{}` of `attrTag` is no option", attr.name);
                        return Err(evaluator.error(ErrorKind::Throw, message, origin));
                    }
                }
            }
            Ok(type_value("attrTag", OptionType::AttrTag(tags.into())))
        },
    },
    Builtin {
        name: "submodule",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let value = evaluator.force(&arguments[0])?;
            let modules = match &value.value {
                Value::List(list) => list.all()?.to_vec(),
                _ => vec![Rc::clone(&arguments[0])],
            };
            let _ = origin;
            Ok(type_value(
                "submodule",
                OptionType::Submodule(Rc::new(Submodule {
                    modules,
                    shorthand: Some(Val::bool(true).thunk()),
                    ..Submodule::default()
                })),
            ))
        },
    },
    Builtin {
        name: "submoduleWith",
        arity: 1,
        run: |evaluator, arguments, origin| {
            let attrs = evaluator.attrs(&arguments[0], origin)?;
            let modules = evaluator.descend(&arguments[0], &["modules"])?;
            let modules = evaluator.list(&modules, origin)?.all()?.to_vec();
            let shorthand = evaluator.optional_attribute(&attrs, "shorthandOnlyDefinesConfig")?;
            let special_arguments = evaluator.optional_attribute(&attrs, "specialArgs")?;
            let class = evaluator.optional_attribute(&attrs, "class")?;
            Ok(type_value(
                "submodule",
                OptionType::Submodule(Rc::new(Submodule {
                    modules,
                    declarations: None,
                    shorthand,
                    special_arguments,
                    class,
                    other_shorthands: Vec::new(),
                })),
            ))
        },
    },
];
