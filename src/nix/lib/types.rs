//! `lib.types`.

use crate::nix::eval::unknown::Stop;
use crate::nix::eval::value::{Attr, Attrs, Marker, PartialBuiltin, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::modules::types::{OptionType, Submodule};
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// The set `lib.types`.
pub(super) fn types(evaluator: &mut Evaluator) -> Rc<Thunk> {
    let int = |least: Option<i64>, most: Option<i64>| OptionType::Int { least, most };
    let joined = |separator: &str| OptionType::Joined(separator.into());
    let plain: Vec<(&str, OptionType)> = vec![
        ("bool", OptionType::Bool),
        ("boolByOr", OptionType::Bool),
        ("int", int(None, None)),
        ("float", OptionType::Float),
        ("number", OptionType::Number),
        ("port", int(Some(0), Some(65535))),
        ("str", OptionType::Str),
        ("singleLineStr", OptionType::Str),
        ("nonEmptyStr", OptionType::Str),
        ("passwdEntry", OptionType::Str),
        ("string", joined("")),
        ("lines", joined("\n")),
        ("commas", joined(",")),
        ("envVar", joined(":")),
        ("path", OptionType::Path),
        ("pathInStore", OptionType::Path),
        ("externalPath", OptionType::Path),
        ("package", OptionType::Package),
        ("shellPackage", OptionType::Package),
        ("pkgs", OptionType::Raw),
        ("raw", OptionType::Raw),
        ("optionType", OptionType::Raw),
        ("anything", OptionType::Anything),
        ("unspecified", OptionType::Unspecified),
        ("attrs", OptionType::Attrs),
        ("deferredModule", OptionType::Deferred),
    ];
    let mut entries: Vec<(&str, Rc<Thunk>)> = plain
        .into_iter()
        .map(|(name, kind)| (name, type_value(name, kind).thunk()))
        .collect();
    for builtin in FUNCTIONS {
        entries.push((builtin.name, function(builtin, Vec::new())));
    }
    let numbers = |least, most| type_value("int", int(least, most)).thunk();
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
    let mut attrs = Attrs::of(entries);
    attrs.open =
        Some(evaluator.unknown_named("lib.types", "this type is not modelled", None, None));
    Val::attrs(attrs).thunk()
}

fn function(builtin: &'static Builtin, arguments: Vec<Rc<Thunk>>) -> Rc<Thunk> {
    Thunk::done(Val::bare(Value::Builtin(Rc::new(PartialBuiltin {
        builtin,
        arguments,
    }))))
}

/// A type as a Nix value.
fn type_value(name: &str, kind: OptionType) -> Val {
    let description = kind.phrase();
    let mut attrs = Attrs::of([
        ("_type", Val::string("option-type").thunk()),
        ("name", Val::string(name).thunk()),
        ("description", Val::string(&description).thunk()),
    ]);
    attrs.marker = Some(Rc::new(Marker::Type(Rc::new(kind))));
    let me = Val::attrs(attrs.clone()).thunk();
    attrs.insert(Attr {
        name: Symbol::new("check"),
        name_span: None,
        definition: None,
        value: function(&CHECK, vec![me]),
    });
    Val::attrs(attrs)
}

static CHECK: Builtin = Builtin {
    name: "check",
    arity: 2,
    run: |evaluator, arguments, origin| {
        let kind = OptionType::from_nix(evaluator, &arguments[0]);
        let value = evaluator.force(&arguments[1])?;
        match kind.accepts(evaluator, &value.value) {
            Some(accepted) => Ok(Val::new(Value::Bool(accepted), origin.clone())),
            None => Err(Stop::Unknown(evaluator.unknown(
                "whether the value is of this type is not known",
                None,
                origin.span,
            ))),
        }
    },
};

static BETWEEN: Builtin = Builtin {
    name: "between",
    arity: 2,
    run: |evaluator, arguments, origin| {
        let least = evaluator.integer(&arguments[0], origin)?;
        let most = evaluator.integer(&arguments[1], origin)?;
        Ok(type_value(
            "int",
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
        Builtin {
            name: $name,
            arity: 1,
            run: |evaluator, arguments, _| {
                let inner = Rc::new(OptionType::from_nix(evaluator, &arguments[0]));
                let wrap: fn(Rc<OptionType>) -> OptionType = $wrap;
                Ok(type_value($name, wrap(inner)))
            },
        }
    };
}

static FUNCTIONS: &[Builtin] = &[
    wrapper!("listOf", OptionType::ListOf),
    wrapper!("nonEmptyListOf", OptionType::ListOf),
    wrapper!("attrsOf", OptionType::AttrsOf),
    wrapper!("lazyAttrsOf", OptionType::AttrsOf),
    wrapper!("nullOr", OptionType::NullOr),
    wrapper!("uniq", OptionType::Unique),
    wrapper!("functionTo", |_| OptionType::Function),
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
            let first = OptionType::from_nix(evaluator, &arguments[0]);
            let second = OptionType::from_nix(evaluator, &arguments[1]);
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
                kinds.push(OptionType::from_nix(evaluator, item));
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
        name: "strMatching",
        arity: 1,
        // Whether a text matches is not checked here.
        run: |_, _, _| Ok(type_value("strMatching", OptionType::Str)),
    },
    Builtin {
        name: "addCheck",
        arity: 2,
        run: |evaluator, arguments, _| {
            let kind = OptionType::from_nix(evaluator, &arguments[0]);
            Ok(type_value("addCheck", kind))
        },
    },
    Builtin {
        name: "coercedTo",
        arity: 3,
        run: |evaluator, arguments, _| {
            let from = OptionType::from_nix(evaluator, &arguments[0]);
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
                    shorthand: true,
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
            let shorthand =
                match evaluator.optional_attribute(&attrs, "shorthandOnlyDefinesConfig")? {
                    Some(shorthand) => evaluator.boolean(&shorthand, origin)?,
                    None => false,
                };
            let special_arguments = evaluator.optional_attribute(&attrs, "specialArgs")?;
            Ok(type_value(
                "submodule",
                OptionType::Submodule(Rc::new(Submodule {
                    modules,
                    declarations: None,
                    shorthand,
                    special_arguments,
                })),
            ))
        },
    },
];
