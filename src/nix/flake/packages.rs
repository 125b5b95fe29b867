//! What configurations read of `pkgs` without building anything.

use crate::nix::eval::unknown::{Kind, Stop};
use crate::nix::eval::value::{
    Attr, Attrs, Marker, NixString, Origin, Part, PartialBuiltin, Rendered, Thunk, Val, Value,
};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::lib::types::type_value;
use crate::nix::modules::types::OptionType;
use crate::nix::symbol::Symbol;
use std::rc::Rc;

/// A builtin as a value, with arguments that it has already.
pub(super) fn function(builtin: &'static Builtin, captured: Vec<Rc<Thunk>>) -> Rc<Thunk> {
    Thunk::done(Val::bare(Value::Builtin(Rc::new(PartialBuiltin {
        builtin,
        arguments: captured,
    }))))
}

/// What is modelled of nixpkgs for a system, before anything is added to it.
pub(super) fn attributes(evaluator: &mut Evaluator, system: &Rc<Thunk>) -> Attrs {
    let lib = evaluator.lib();
    let platform = {
        let system = Rc::clone(system);
        Thunk::native(
            move |evaluator| platform(evaluator, &system),
            Origin::default(),
        )
    };
    let mut standard = Attrs::of([
        ("hostPlatform", Rc::clone(&platform)),
        ("buildPlatform", Rc::clone(&platform)),
        ("targetPlatform", Rc::clone(&platform)),
        ("system", Rc::clone(system)),
    ]);
    for name in ["isLinux", "isDarwin", "isAarch64", "isx86_64", "isAarch32"] {
        standard.insert(Attr::unwritten(
            Symbol::new(name),
            Thunk::select(Rc::clone(&platform), Symbol::new(name), Origin::default()),
        ));
    }
    standard.open = Some(evaluator.unknown_named(
        "pkgs.stdenv",
        "it belongs to nixpkgs, which is not evaluated here",
        Some(Kind::Derivation),
        None,
    ));
    let mut formats = Attrs::of([
        ("json", function(&FORMAT_JSON, Vec::new())),
        ("yaml", function(&FORMAT_YAML, Vec::new())),
    ]);
    formats.open =
        Some(evaluator.unknown_named("pkgs.formats", "this format is not modelled", None, None));
    let mut writers = Attrs::of([("writeJSON", function(&GENERATE_JSON, Vec::new()))]);
    writers.open = Some(evaluator.unknown_named(
        "pkgs.writers",
        "this writer is not modelled",
        Some(Kind::Derivation),
        None,
    ));
    let mut attrs = Attrs::of([
        ("lib", lib),
        ("writers", Val::attrs(writers).thunk()),
        ("system", Rc::clone(system)),
        ("stdenv", Val::attrs(standard).thunk()),
        ("formats", Val::attrs(formats).thunk()),
        ("writeText", function(&WRITE_TEXT, Vec::new())),
        ("writeTextFile", function(&WRITE_TEXT_FILE, Vec::new())),
        ("writeScript", function(&WRITE_SCRIPT, Vec::new())),
        ("writeScriptBin", function(&WRITE_SCRIPT, Vec::new())),
        ("writeShellScript", function(&WRITE_SCRIPT, Vec::new())),
        ("writeShellScriptBin", function(&WRITE_SCRIPT, Vec::new())),
        ("writeTextDir", function(&WRITE_SCRIPT, Vec::new())),
        ("runCommand", function(&RUN_COMMAND, Vec::new())),
        ("runCommandLocal", function(&RUN_COMMAND, Vec::new())),
        ("replaceVars", function(&REPLACE_VARS, Vec::new())),
        (
            "writeShellApplication",
            function(&WRITE_SHELL_APPLICATION, Vec::new()),
        ),
    ]);
    attrs.open = Some(evaluator.unknown_named(
        "pkgs",
        "it belongs to nixpkgs, which is not evaluated here",
        Some(Kind::Derivation),
        None,
    ));
    attrs
}

/// `stdenv.hostPlatform`, as far as the system's name tells.
fn platform(evaluator: &mut Evaluator, system: &Rc<Thunk>) -> Result<Val, Stop> {
    let name = match evaluator.text(system, &Origin::default()) {
        Ok(name) => Some(name),
        Err(Stop::Unknown(_)) => None,
        Err(stop) => return Err(stop),
    };
    let open = evaluator.unknown_named(
        "pkgs.stdenv.hostPlatform",
        "the system is not known here",
        None,
        None,
    );
    let mut attrs = Attrs::of([("system", Rc::clone(system))]);
    if let Some(name) = name {
        let (cpu, kernel) = name.split_once('-').unwrap_or((&name, ""));
        for (attribute, holds) in [
            ("isLinux", kernel == "linux"),
            ("isDarwin", kernel == "darwin"),
            ("isMacOS", kernel == "darwin"),
            ("isx86_64", cpu == "x86_64"),
            ("isAarch64", cpu == "aarch64"),
            ("isx86", cpu == "x86_64" || cpu == "i686"),
            ("isAarch", cpu == "aarch64"),
            ("is64bit", cpu == "x86_64" || cpu == "aarch64"),
            ("isUnix", true),
            ("isWindows", false),
        ] {
            attrs.insert(Attr::unwritten(
                Symbol::new(attribute),
                Val::bool(holds).thunk(),
            ));
        }
    }
    attrs.open = Some(open);
    Ok(Val::attrs(attrs))
}

/// A derivation that is a file with a known text.
fn text_file(
    evaluator: &mut Evaluator,
    name: Rc<str>,
    contents: Rc<Thunk>,
    origin: &Origin,
) -> Val {
    let rendered = Rendered::File(Rc::clone(&name), Rc::clone(&contents), origin.span);
    evaluator.rendered.push(rendered);
    let unknown = evaluator.unknown(
        format!("the store path of `{name}` is made when it is built"),
        Some(Kind::StorePath),
        origin.span,
    );
    let path = Value::String(Rc::new(NixString {
        parts: vec![Part::Unknown(Rc::clone(&unknown))],
        context: Vec::new(),
    }));
    let mut attrs = Attrs::of([
        ("type", Val::string("derivation").thunk()),
        ("name", Val::string(&name).thunk()),
        ("outPath", Val::new(path, origin.clone()).thunk()),
        ("text", Rc::clone(&contents)),
        // It is there, whatever it makes of it.
        (
            "overrideAttrs",
            Thunk::unknown(
                unknown.attribute(Symbol::new("overrideAttrs")),
                origin.clone(),
            ),
        ),
    ]);
    attrs.open = Some(unknown);
    attrs.marker = Some(Rc::new(Marker::TextFile { name, contents }));
    Val::new(Value::Attrs(Rc::new(attrs)), origin.clone())
}

fn name_of(evaluator: &mut Evaluator, thunk: &Rc<Thunk>, origin: &Origin) -> Result<Rc<str>, Stop> {
    match evaluator.string(thunk, origin) {
        Ok(name) => Ok(name.known_prefix().into()),
        Err(Stop::Unknown(_)) => Ok("".into()),
        Err(stop) => Err(stop),
    }
}

static WRITE_TEXT: Builtin = Builtin {
    name: "writeText",
    arity: 2,
    run: |evaluator, arguments, origin| {
        let name = name_of(evaluator, &arguments[0], origin)?;
        Ok(text_file(evaluator, name, Rc::clone(&arguments[1]), origin))
    },
};

static WRITE_TEXT_FILE: Builtin = Builtin {
    name: "writeTextFile",
    arity: 1,
    run: |evaluator, arguments, origin| {
        let attrs = evaluator.attrs(&arguments[0], origin)?;
        let name = match evaluator.optional_attribute(&attrs, "name")? {
            Some(name) => name_of(evaluator, &name, origin)?,
            None => "".into(),
        };
        let text = evaluator.descend(&arguments[0], &["text"])?;
        Ok(text_file(evaluator, name, text, origin))
    },
};

/// A file with its `@name@` replaced. What is null stays.
static REPLACE_VARS: Builtin = Builtin {
    name: "replaceVars",
    arity: 2,
    run: |evaluator, arguments, origin| {
        let names = ["source", "given"].map(Symbol::new);
        let values = vec![Rc::clone(&arguments[0]), Rc::clone(&arguments[1])];
        let contents = evaluator.snippet(
            "let names = builtins.filter (name: given.${name} != null) (builtins.attrNames given); in builtins.replaceStrings (map (name: \"@${name}@\") names) (map (name: toString given.${name}) names) (builtins.readFile source)",
            &names,
            values,
        );
        let name = match evaluator.force(&arguments[0])?.value {
            Value::Path(path) => path.absolute.rsplit('/').next().unwrap_or_default().into(),
            _ => "".into(),
        };
        Ok(text_file(evaluator, name, contents, origin))
    },
};

/// A package with a text of ours in it; only what is rendered into the text matters.
fn script(evaluator: &mut Evaluator, text: Rc<Thunk>, origin: &Origin) -> Stop {
    let rendered = Rendered::File("".into(), text, origin.span);
    evaluator.rendered.push(rendered);
    Stop::Unknown(evaluator.unknown(
        "it belongs to nixpkgs, which is not evaluated here",
        Some(Kind::Derivation),
        origin.span,
    ))
}

static WRITE_SCRIPT: Builtin = Builtin {
    name: "writeScript",
    arity: 2,
    run: |evaluator, arguments, origin| Err(script(evaluator, Rc::clone(&arguments[1]), origin)),
};

/// What a command makes is not known; what is rendered into it is.
static RUN_COMMAND: Builtin = Builtin {
    name: "runCommand",
    arity: 3,
    run: |evaluator, arguments, origin| {
        let text = Rc::clone(&arguments[2]);
        let rendered = Rendered::File("".into(), text, origin.span);
        evaluator.rendered.push(rendered);
        Err(Stop::Unknown(evaluator.unknown_named(
            "pkgs.runCommand … … …",
            "it belongs to nixpkgs, which is not evaluated here",
            Some(Kind::Derivation),
            origin.span,
        )))
    },
};

static WRITE_SHELL_APPLICATION: Builtin = Builtin {
    name: "writeShellApplication",
    arity: 1,
    run: |evaluator, arguments, origin| {
        let text = Thunk::select(
            Rc::clone(&arguments[0]),
            Symbol::new("text"),
            origin.clone(),
        );
        Err(script(evaluator, text, origin))
    },
};

static FORMAT_JSON: Builtin = Builtin {
    name: "formats.json",
    arity: 1,
    run: |evaluator, _, _| {
        let mut attrs = Attrs::of([
            ("generate", function(&GENERATE_JSON, Vec::new())),
            ("type", type_value("nullOr", OptionType::Json).thunk()),
        ]);
        attrs.open = Some(evaluator.unknown_named(
            "(pkgs.formats.json { })",
            "it belongs to nixpkgs, which is not evaluated here",
            None,
            None,
        ));
        Ok(Val::attrs(attrs))
    },
};

/// YAML has the same values. Which text it makes of them is not modelled.
static FORMAT_YAML: Builtin = Builtin {
    name: "formats.yaml",
    arity: 1,
    run: |evaluator, _, _| {
        let mut attrs = Attrs::of([("type", type_value("nullOr", OptionType::Json).thunk())]);
        attrs.open = Some(evaluator.unknown_named(
            "(pkgs.formats.yaml { })",
            "it belongs to nixpkgs, which is not evaluated here",
            Some(Kind::Derivation),
            None,
        ));
        Ok(Val::attrs(attrs))
    },
};

static GENERATE_JSON: Builtin = Builtin {
    name: "generate",
    arity: 2,
    run: |evaluator, arguments, origin| {
        let name = name_of(evaluator, &arguments[0], origin)?;
        let to_json = evaluator.global(Symbol::new("__toJSON"));
        let contents = Thunk::apply(to_json, vec![Rc::clone(&arguments[1])], origin.clone());
        Ok(text_file(evaluator, name, contents, origin))
    },
};
