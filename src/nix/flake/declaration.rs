//! What Nix refuses in flake.nix before it evaluates any output: the description and the inputs have to be written out, as they
//! are read without evaluation.
//!
//! All of it is measured with Nix 2.8.0 and 2.34.8 on flakes that have nothing else wrong; the order and the conditions are those
//! of `readFlake` in Nix (src/libflake/flake.cc, release 2.34).

use crate::nearest::{alternatives, nearest};
use crate::nix::syntax::ast::{
    Binding, BindingValue, Bindings, Expr, ExprId, Parameter, Resolution, SourceTree, StringPart,
};
use crate::workspace::flake_lock::FlakeLock;
use crate::workspace::source::Span;

/// Something that Nix refuses in flake.nix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which kind.
    pub kind: RefusalKind,
    /// In plain words.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Where.
    pub span: Span,
    /// Whether that is certain. What a registry of the machine or an input that is not here decides is not.
    pub is_certain: bool,
}

/// Kinds of [`Refusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// flake.nix does not have the form of a flake.
    Form,
    /// An input is named that is not declared.
    UndeclaredInput,
}

/// The attributes of a flake.
const OF_A_FLAKE: [&str; 4] = ["description", "inputs", "nixConfig", "outputs"];

/// The attributes of an input that is given by its `url`. One that has `type` may have more.
const OF_AN_INPUT: [&str; 4] = ["flake", "follows", "inputs", "url"];

/// The ids in the global registry of Nix (github:NixOS/flake-registry, June 2026): inputs of these names need no declaration.
const GLOBAL_REGISTRY: [&str; 39] = [
    "agda",
    "agenix",
    "arion",
    "blender-bin",
    "bundlers",
    "cachix",
    "composable",
    "disko",
    "dreampkgs",
    "dwarffs",
    "emacs-overlay",
    "fenix",
    "flake-parts",
    "flake-utils",
    "helix",
    "hercules-ci-agent",
    "hercules-ci-effects",
    "home-manager",
    "hydra",
    "mach-nix",
    "ngipkgs",
    "nickel",
    "nix",
    "nix-darwin",
    "nix-serve",
    "nixops",
    "nixos-anywhere",
    "nixos-hardware",
    "nixos-homepage",
    "nixos-search",
    "nixpkgs",
    "nixvim",
    "nur",
    "patchelf",
    "poetry2nix",
    "pridefetch",
    "sops-nix",
    "systems",
    "templates",
];

/// Everything that Nix refuses in a flake.nix, in source order. `lock` is the flake.lock beside it.
pub fn refusals(tree: &SourceTree, lock: Option<&FlakeLock>) -> Vec<Refusal> {
    let mut reader = Reader {
        tree,
        lock,
        inputs: Vec::new(),
        found: Vec::new(),
    };
    reader.flake();
    reader.found.sort_by_key(|refusal| refusal.span.start);
    reader.found
}

/// What Nix wants to have at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Text,
    TextOrPath,
    Truth,
    Set,
    Function,
    /// Any value that is written out.
    Written,
}

impl Wanted {
    fn words(self) -> &'static str {
        match self {
            Wanted::Text => "a string",
            Wanted::TextOrPath => "a string or a path",
            Wanted::Truth => "a truth value",
            Wanted::Set => "a set",
            Wanted::Function => "a function",
            Wanted::Written => "a value",
        }
    }
}

/// What an expression is without evaluation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Path,
    Number,
    Set,
    List,
    Function,
    /// `true` or `false`.
    Truth,
    Null,
    /// Another variable, which a `rec` binds.
    Variable,
    /// Nix would have to evaluate it.
    Computed,
    /// It did not parse.
    Missing,
}

impl Form {
    fn words(self) -> &'static str {
        match self {
            Form::Text => "a string",
            Form::Path => "a path",
            Form::Number => "a number",
            Form::Set => "a set",
            Form::List => "a list",
            Form::Function => "a function",
            Form::Truth => "a truth value",
            Form::Null => "null",
            Form::Variable => "a variable",
            Form::Computed => "computed",
            Form::Missing => "missing",
        }
    }

    fn is(self, wanted: Wanted) -> bool {
        match wanted {
            Wanted::Text => self == Form::Text,
            Wanted::TextOrPath => matches!(self, Form::Text | Form::Path),
            Wanted::Truth => self == Form::Truth,
            Wanted::Set => self == Form::Set,
            Wanted::Function => self == Form::Function,
            Wanted::Written => self != Form::Computed,
        }
    }
}

struct Reader<'a> {
    tree: &'a SourceTree,
    lock: Option<&'a FlakeLock>,
    /// The inputs of the flake: those that `inputs` declares, then those that only `outputs` names.
    inputs: Vec<&'a str>,
    found: Vec<Refusal>,
}

impl<'a> Reader<'a> {
    fn flake(&mut self) {
        let root = self.tree.root;
        let Expr::Attributes(flake) = self.tree.expression(root) else {
            if self.form(root) != Form::Missing {
                self.refuse(
                    self.tree.span(root),
                    "flake.nix has to be a set that is written out: Nix reads its inputs without evaluating anything",
                    Some("let the file begin with `{`, and compute inside of `outputs`".to_string()),
                );
            }
            return;
        };
        for binding in &flake.entries {
            let name = binding.name.as_str();
            if !OF_A_FLAKE.contains(&name) {
                let help = match nearest(name, OF_A_FLAKE) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "what a flake offers stands in `outputs`".to_string(),
                };
                let message = format!(
                    "a flake has no attribute `{name}`, only {}",
                    alternatives(OF_A_FLAKE)
                );
                self.refuse(self.span(binding.name_span), message, Some(help));
            }
        }
        self.attribute(flake, "description", Wanted::Text);
        self.attribute(flake, "outputs", Wanted::Function);
        if let Some(settings) = self.attribute(flake, "nixConfig", Wanted::Set) {
            for setting in self.entries(settings) {
                self.expect(setting, Wanted::Written);
            }
        }
        let declared = match self.attribute(flake, "inputs", Wanted::Set) {
            Some(inputs) => self.entries(inputs),
            None if flake.entries.iter().any(|it| it.name.as_str() == "inputs") => return,
            None => &[],
        };
        let taken = self.taken(flake);
        self.inputs = declared
            .iter()
            .map(|input| input.name.as_str())
            .chain(taken.iter().map(|(name, _)| *name))
            .collect();
        for input in declared {
            // The attributes of `self` change with the releases of Nix.
            if input.name.as_str() != "self" {
                self.input(input, &mut Vec::new());
            }
        }
        self.undeclared(declared, &taken);
    }

    /// The bindings of a set that is written out.
    fn entries(&self, id: ExprId) -> &'a [Binding] {
        match self.tree.expression(id) {
            Expr::Attributes(bindings) => &bindings.entries,
            _ => &[],
        }
    }

    /// The formals of `outputs`, with their places.
    fn taken(&self, flake: &'a Bindings) -> Vec<(&'a str, (u32, u32))> {
        let mut entries = flake.entries.iter();
        let outputs = entries.find(|binding| binding.name.as_str() == "outputs");
        let Some(BindingValue::Expression(id)) = outputs.map(|binding| binding.value) else {
            return Vec::new();
        };
        let Expr::Lambda(lambda) = self.tree.expression(id) else {
            return Vec::new();
        };
        match &lambda.parameter {
            Parameter::Formals { formals, .. } => formals
                .iter()
                .map(|formal| (formal.name.as_str(), formal.span))
                .filter(|(name, _)| *name != "self")
                .collect(),
            Parameter::Name(_) => Vec::new(),
        }
    }

    /// One input, or what is overridden of an input of an input: `outer` are the names of those that it is an input of.
    fn input(&mut self, input: &'a Binding, outer: &mut Vec<&'a str>) {
        let Some(id) = self.expect(input, Wanted::Set) else {
            return;
        };
        let attributes = self.entries(id);
        let find = |name: &str| attributes.iter().find(|it| it.name.as_str() == name);
        let has_type = find("type").is_some();
        // One that is misspelt is told as that.
        let is_misspelt = |it: &Binding| !OF_AN_INPUT.contains(&it.name.as_str());
        let leads_somewhere = find("url").or(find("follows")).is_some()
            || has_type
            || attributes.iter().any(is_misspelt);
        if outer.is_empty() && !leads_somewhere {
            self.unaddressed(input.name.as_str(), self.span(input.name_span));
        }
        outer.push(input.name.as_str());
        for attribute in attributes {
            match attribute.name.as_str() {
                "url" => {
                    self.expect(attribute, Wanted::TextOrPath);
                }
                "flake" => {
                    self.expect(attribute, Wanted::Truth);
                }
                "follows" => self.follows(attribute, outer),
                "inputs" => {
                    if let Some(inner) = self.expect(attribute, Wanted::Set) {
                        for input in self.entries(inner) {
                            self.input(input, outer);
                        }
                    }
                }
                _ if has_type => {
                    self.expect(attribute, Wanted::Written);
                }
                name => {
                    let help = match nearest(name, OF_AN_INPUT) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("it may have {}", alternatives(OF_AN_INPUT)),
                    };
                    self.refuse(
                        self.span(attribute.name_span),
                        format!("an input has no attribute `{name}`"),
                        Some(help),
                    );
                }
            }
        }
        outer.pop();
    }

    /// What an input follows: an input of this flake. `path` are the names of the input and of those that it is an input of.
    fn follows(&mut self, attribute: &Binding, path: &[&str]) {
        let Some(id) = self.expect(attribute, Wanted::Text) else {
            return;
        };
        let Some(target) = self.text(id) else {
            return;
        };
        let first = target.split('/').next().unwrap_or_default();
        // An empty path is the flake itself.
        if first.is_empty() || self.inputs.contains(&first) {
            return;
        }
        // Nix only warns where the input has no such input of its own.
        let is_certain = match path.split_last() {
            Some((name, outer)) if !outer.is_empty() => self
                .lock
                .and_then(|lock| lock.resolve(outer))
                .is_some_and(|(_, node)| node.inputs.contains_key(*name)),
            _ => true,
        };
        let others = self.inputs.iter().copied();
        let others = others.filter(|name| Some(name) != path.first());
        let help = match nearest(first, others) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("declare `{first}` in `inputs`"),
        };
        self.found.push(Refusal {
            kind: RefusalKind::UndeclaredInput,
            message: format!("this flake has no input `{first}` that could be followed"),
            help: Some(help),
            span: self.tree.span(id),
            is_certain,
        });
    }

    /// Inputs that only `outputs` names: Nix looks them up in its registries.
    fn undeclared(&mut self, declared: &[Binding], taken: &[(&str, (u32, u32))]) {
        for (name, span) in taken {
            let is_declared = declared.iter().any(|input| input.name.as_str() == *name);
            if is_declared || self.is_from_a_registry(name) {
                continue;
            }
            let unused = declared
                .iter()
                .map(|input| input.name.as_str())
                .filter(|input| !taken.iter().any(|(name, _)| name == input));
            let help = match nearest(name, unused) {
                Some(meant) => format!("`inputs` declares `{meant}`: use one name for both"),
                None if *name == "nix-openclaw" => {
                    "add `nix-openclaw.url = \"github:openclaw/nix-openclaw\";` to `inputs`"
                        .to_string()
                }
                None => format!("add `{name}.url = \"...\";` to `inputs`"),
            };
            self.found.push(Refusal {
                kind: RefusalKind::UndeclaredInput,
                message: format!(
                    "`outputs` takes `{name}`, which neither `inputs` nor the flake registry has"
                ),
                help: Some(help),
                span: self.span(*span),
                // Without a lock, a registry of the machine may have it.
                is_certain: self.lock.is_some(),
            });
        }
    }

    /// An input that says nothing about where it is: Nix looks its name up in the registries.
    fn unaddressed(&mut self, name: &str, span: Span) {
        if self.is_from_a_registry(name) {
            return;
        }
        self.found.push(Refusal {
            kind: RefusalKind::UndeclaredInput,
            message: format!(
                "the input `{name}` has no `url`, and the flake registry does not have it"
            ),
            help: Some(format!("write `{name}.url = \"...\";`")),
            span,
            is_certain: self.lock.is_some(),
        });
    }

    /// Whether the global registry has an input of that name, or one of the machine had it when the flake was locked.
    fn is_from_a_registry(&self, name: &str) -> bool {
        if GLOBAL_REGISTRY.contains(&name) {
            return true;
        }
        let node = self.lock.and_then(|lock| lock.resolve(&[name]));
        node.and_then(|(_, node)| node.original.as_ref())
            .is_some_and(|original| original.kind == "indirect")
    }

    /// The value of an attribute, if it is there and of the form that Nix wants.
    fn attribute(&mut self, set: &'a Bindings, name: &str, wanted: Wanted) -> Option<ExprId> {
        let binding = set.entries.iter().find(|it| it.name.as_str() == name)?;
        self.expect(binding, wanted)
    }

    /// The value of a binding, if it has the form that Nix wants.
    fn expect(&mut self, binding: &Binding, wanted: Wanted) -> Option<ExprId> {
        let (form, place, id) = match binding.value {
            BindingValue::Expression(id) => (self.form(id), self.tree.span(id), Some(id)),
            BindingValue::Inherit(_) => (Form::Variable, self.span(binding.name_span), None),
            BindingValue::InheritFrom(_) => (Form::Computed, self.span(binding.name_span), None),
        };
        if matches!(form, Form::Variable | Form::Missing) {
            return None;
        }
        if form.is(wanted) {
            return id;
        }
        let name = binding.name.as_str();
        let message = match form {
            Form::Computed => format!(
                "`{name}` is computed, and Nix reads it without evaluating anything: it has to be {} that is written out",
                wanted.words()
            ),
            _ => format!(
                "`{name}` has to be {}, not {}",
                wanted.words(),
                form.words()
            ),
        };
        let help = match (wanted, form) {
            (Wanted::Set, Form::Text) if !OF_A_FLAKE.contains(&name) => {
                Some(format!("write `{name}.url = ...;`"))
            }
            _ => None,
        };
        self.refuse(place, message, help);
        None
    }

    fn form(&self, id: ExprId) -> Form {
        match self.tree.expression(id) {
            Expr::String(parts) => match is_constant(parts) {
                true => Form::Text,
                false => Form::Computed,
            },
            Expr::Path(parts) => match is_constant(parts) {
                true => Form::Path,
                false => Form::Computed,
            },
            Expr::Integer(_) | Expr::Float(_) => Form::Number,
            Expr::Attributes(bindings) => match bindings.dynamic.is_empty() {
                true => Form::Set,
                false => Form::Computed,
            },
            Expr::List(_) => Form::List,
            Expr::Lambda(_) => Form::Function,
            Expr::Variable(name, Resolution::Global) => match name.as_str() {
                "true" | "false" => Form::Truth,
                "null" => Form::Null,
                _ => Form::Variable,
            },
            Expr::Variable(..) => Form::Variable,
            Expr::Missing => Form::Missing,
            Expr::SearchPath(_)
            | Expr::Select { .. }
            | Expr::HasAttribute { .. }
            | Expr::Apply { .. }
            | Expr::Let { .. }
            | Expr::With { .. }
            | Expr::Assert { .. }
            | Expr::If { .. }
            | Expr::Binary { .. }
            | Expr::Not(_)
            | Expr::Negate(_) => Form::Computed,
        }
    }

    /// A string without interpolation.
    fn text(&self, id: ExprId) -> Option<String> {
        let Expr::String(parts) = self.tree.expression(id) else {
            return None;
        };
        parts
            .iter()
            .map(|part| match part {
                StringPart::Text { text, .. } => Some(&**text),
                StringPart::Interpolation(_) => None,
            })
            .collect()
    }

    fn span(&self, (start, end): (u32, u32)) -> Span {
        Span::new(self.tree.file, start, end)
    }

    fn refuse(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.found.push(Refusal {
            kind: RefusalKind::Form,
            message: message.into(),
            help,
            span,
            is_certain: true,
        });
    }
}

/// Whether it has no interpolation. To Nix an indented string with an escape in it is computed, too; that is let pass.
fn is_constant(parts: &[StringPart]) -> bool {
    !parts
        .iter()
        .any(|part| matches!(part, StringPart::Interpolation(_)))
}
