//! Parts of a file that can be evaluated although the whole cannot: a set of options deep inside the call of a framework that
//! is not modelled, or a value that is rendered as JSON.
//!
//! The file is walked from its root to such a part, with the frames of variables that it will see: what a `let` binds is known,
//! what a function takes is not, unless it is one of the arguments that every module gets. Branches whose condition is known
//! not to hold are left out.

use super::Evaluator;
use super::unknown::Stop;
use super::value::{Attr, Attrs, Closure, Env, Origin, Thunk, Val};
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::{
    AttributeName, BindingValue, Bindings, Expr, ExprId, Lambda, Parameter, SourceTree, StringPart,
};
use crate::workspace::source::Span;
use std::collections::HashSet;
use std::rc::Rc;

/// What a fragment is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FragmentKind {
    /// A set of options, as a module has it.
    Options,
    /// A value that `toJSON` or `generate` renders.
    Rendered,
}

/// A part of a file.
#[derive(Clone)]
pub struct Fragment {
    /// What it is.
    pub kind: FragmentKind,
    /// Its value.
    pub value: Rc<Thunk>,
    /// Where it stands.
    pub span: Span,
}

/// Says of an option, by its first two names, whether a set that defines it is looked for.
pub type IsWanted<'a> = &'a dyn Fn(Symbol, Symbol) -> bool;

/// Fragments of one file at most.
const MOST: usize = 50;

/// Where options that are looked for are named in a file, whether or not they can be evaluated.
pub fn named(tree: &SourceTree, wanted: IsWanted<'_>) -> Vec<Span> {
    let mut units = HashSet::new();
    for expression in &tree.expressions {
        if let Expr::Attributes(bindings) = expression {
            for value in values(bindings).filter(|(name, _)| is_of_units(*name)) {
                below(tree, value.1, &mut units);
            }
        }
    }
    tree.expressions
        .iter()
        .enumerate()
        .filter_map(|(index, expression)| match expression {
            Expr::Attributes(bindings) if !units.contains(&ExprId(index as u32)) => {
                wanted_name(tree, bindings, wanted)
            }
            _ => None,
        })
        .collect()
}

/// Where strings of a file have one of these words in them: for each string the first such place, or its whole line where escapes
/// stand before it.
pub fn texts_with(tree: &SourceTree, words: &[&str]) -> Vec<Span> {
    tree.expressions
        .iter()
        .filter_map(|expression| {
            let Expr::String(parts) = expression else {
                return None;
            };
            parts.iter().find_map(|part| match part {
                StringPart::Text { text, span } => words.iter().find_map(|word| {
                    let at = text.find(word)? as u32;
                    let verbatim = (span.1 - span.0) as usize == text.len();
                    Some(match verbatim {
                        true => Span::new(tree.file, span.0 + at, span.0 + at + word.len() as u32),
                        false => Span::new(tree.file, span.0, span.1),
                    })
                }),
                StringPart::Interpolation(_) => None,
            })
        })
        .collect()
}

/// Whether an option holds the units of a service manager, which have names like options but are none:
/// `systemd.services.openclaw-gateway`.
fn is_of_units(name: Symbol) -> bool {
    matches!(name.as_str(), "systemd" | "launchd")
}

fn values(bindings: &Bindings) -> impl Iterator<Item = (Symbol, ExprId)> + '_ {
    bindings
        .entries
        .iter()
        .filter_map(|binding| match binding.value {
            BindingValue::Expression(value) => Some((binding.name, value)),
            _ => None,
        })
}

/// The sets directly nested in each other from an expression on.
fn below(tree: &SourceTree, id: ExprId, found: &mut HashSet<ExprId>) {
    if let Expr::Attributes(bindings) = tree.expression(id)
        && found.insert(id)
    {
        for (_, value) in values(bindings) {
            below(tree, value, found);
        }
    }
}

/// Where a set names an option that is looked for.
fn wanted_name(tree: &SourceTree, bindings: &Bindings, wanted: IsWanted<'_>) -> Option<Span> {
    bindings.entries.iter().find_map(|binding| {
        let BindingValue::Expression(value) = binding.value else {
            return None;
        };
        let Expr::Attributes(inner) = tree.expression(value) else {
            return None;
        };
        inner.entries.iter().find_map(|option| {
            let (start, end) = option.name_span;
            wanted(binding.name, option.name).then(|| Span::new(tree.file, start, end))
        })
    })
}

struct Walk<'a> {
    tree: &'a Rc<SourceTree>,
    arguments: &'a [(Symbol, Rc<Thunk>)],
    wanted: IsWanted<'a>,
    /// How many sets of units the walk is in.
    in_units: usize,
    found: Vec<Fragment>,
}

impl Evaluator {
    /// The fragments of a file. `arguments` are what functions get by these names.
    pub fn fragments(
        &mut self,
        tree: &Rc<SourceTree>,
        arguments: &[(Symbol, Rc<Thunk>)],
        wanted: IsWanted<'_>,
    ) -> Vec<Fragment> {
        let mut walk = Walk {
            tree,
            arguments,
            wanted,
            in_units: 0,
            found: Vec::new(),
        };
        if !tree.is_unusable() {
            let env = Env::filled(Vec::new(), None, None);
            // Running out of steps or stack ends the walk; what was found stays.
            let _ = walk.expression(self, tree.root, &env);
        }
        walk.found
    }
}

impl Walk<'_> {
    fn expression(
        &mut self,
        evaluator: &mut Evaluator,
        id: ExprId,
        env: &Rc<Env>,
    ) -> Result<(), Stop> {
        evaluator.check_stack()?;
        evaluator.step(1)?;
        if self.found.len() >= MOST {
            return Ok(());
        }
        let tree = Rc::clone(self.tree);
        match tree.expression(id) {
            Expr::Attributes(bindings) => {
                if self.in_units == 0 && wanted_name(&tree, bindings, self.wanted).is_some() {
                    self.found.push(Fragment {
                        kind: FragmentKind::Options,
                        value: evaluator.thunk(&tree, id, env),
                        span: tree.span(id),
                    });
                    return Ok(());
                }
                // What a module declares is no definition.
                self.bindings(evaluator, bindings, env, |name| name.as_str() != "options")?;
            }
            Expr::Let { bindings, body } => {
                let frame = self.bindings(evaluator, bindings, env, |_| true)?;
                self.expression(evaluator, *body, &frame)?;
            }
            Expr::Lambda(lambda) => {
                if let Some(frame) = self.called(evaluator, lambda, env) {
                    self.expression(evaluator, lambda.body, &frame)?;
                }
            }
            Expr::With { scope, body } => {
                let scope = evaluator.thunk(&tree, *scope, env);
                let frame = Env::filled(vec![scope], Some(Rc::clone(env)), env.call.clone());
                self.expression(evaluator, *body, &frame)?;
            }
            Expr::If {
                condition,
                consequent,
                alternative,
            } => {
                let holds = self.truth(evaluator, *condition, env);
                if holds != Some(false) {
                    self.expression(evaluator, *consequent, env)?;
                }
                if holds != Some(true) {
                    self.expression(evaluator, *alternative, env)?;
                }
            }
            Expr::Apply { function, argument } => {
                if self.is_switched_off(evaluator, *function, env) {
                    return Ok(());
                }
                if renders(&tree, *function) {
                    self.found.push(Fragment {
                        kind: FragmentKind::Rendered,
                        value: evaluator.thunk(&tree, *argument, env),
                        span: tree.span(*argument),
                    });
                    return Ok(());
                }
                self.expression(evaluator, *function, env)?;
                self.expression(evaluator, *argument, env)?;
            }
            Expr::List(items) => {
                for item in items {
                    self.expression(evaluator, *item, env)?;
                }
            }
            Expr::Select {
                subject, default, ..
            } => {
                self.expression(evaluator, *subject, env)?;
                if let Some(default) = default {
                    self.expression(evaluator, *default, env)?;
                }
            }
            Expr::Assert { body, .. } => self.expression(evaluator, *body, env)?,
            Expr::Binary { left, right, .. } => {
                self.expression(evaluator, *left, env)?;
                self.expression(evaluator, *right, env)?;
            }
            Expr::String(parts) => {
                for part in parts {
                    if let StringPart::Interpolation(inner) = part {
                        self.expression(evaluator, *inner, env)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Walks those values of a set or `let` whose names are `wanted`; gives the frame that they see.
    fn bindings(
        &mut self,
        evaluator: &mut Evaluator,
        bindings: &Bindings,
        env: &Rc<Env>,
        wanted: fn(Symbol) -> bool,
    ) -> Result<Rc<Env>, Stop> {
        let tree = Rc::clone(self.tree);
        let (_, frame) = evaluator.eval_bindings(&tree, bindings, env, &Origin::default())?;
        for (name, value) in values(bindings).filter(|(name, _)| wanted(*name)) {
            let units = usize::from(is_of_units(name));
            self.in_units += units;
            let walked = self.expression(evaluator, value, &frame);
            self.in_units -= units;
            walked?;
        }
        for binding in &bindings.dynamic {
            self.expression(evaluator, binding.value, &frame)?;
        }
        Ok(frame)
    }

    /// The frame of a function's body where its arguments are not known.
    fn called(
        &self,
        evaluator: &mut Evaluator,
        lambda: &Rc<Lambda>,
        env: &Rc<Env>,
    ) -> Option<Rc<Env>> {
        let known = |name: Symbol| {
            self.arguments
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| Rc::clone(value))
        };
        let unknown = |evaluator: &Evaluator, name: Symbol| {
            let unknown = evaluator.unknown_named(
                name.as_str(),
                format!("argument `{name}` is not known here"),
                None,
                None,
            );
            Thunk::unknown(unknown, Origin::default())
        };
        let argument = match &lambda.parameter {
            Parameter::Name(name) => known(*name).unwrap_or_else(|| unknown(evaluator, *name)),
            Parameter::Formals { formals, .. } => {
                let entries = formals.iter().map(|formal| {
                    Attr::unwritten(
                        formal.name,
                        known(formal.name).unwrap_or_else(|| unknown(evaluator, formal.name)),
                    )
                });
                Val::attrs(Attrs::from_entries(entries.collect())).thunk()
            }
        };
        let closure = Closure {
            tree: Rc::clone(self.tree),
            lambda: Rc::clone(lambda),
            env: Rc::clone(env),
        };
        evaluator.bind(&closure, argument, &Origin::default()).ok()
    }

    fn truth(&self, evaluator: &mut Evaluator, id: ExprId, env: &Rc<Env>) -> Option<bool> {
        let outcome = evaluator.eval(self.tree, id, env);
        evaluator.truth(outcome, &Origin::default()).ok()
    }

    /// Whether a function is `mkIf` or the like with a condition that does not hold.
    fn is_switched_off(&self, evaluator: &mut Evaluator, function: ExprId, env: &Rc<Env>) -> bool {
        let Expr::Apply { function, argument } = self.tree.expression(function) else {
            return false;
        };
        matches!(
            last_name(self.tree, *function),
            Some("mkIf" | "optionalAttrs" | "optional" | "optionals")
        ) && self.truth(evaluator, *argument, env) == Some(false)
    }
}

/// Whether a function renders its argument: `toJSON`, `generate "name"`, `generators.toJSON { }`.
fn renders(tree: &SourceTree, function: ExprId) -> bool {
    if last_name(tree, function) == Some("toJSON") {
        return true;
    }
    let Expr::Apply { function, .. } = tree.expression(function) else {
        return false;
    };
    matches!(last_name(tree, *function), Some("generate" | "toJSON"))
}

/// The last name of a variable or a selection.
fn last_name(tree: &SourceTree, id: ExprId) -> Option<&'static str> {
    match tree.expression(id) {
        Expr::Variable(name, _) => Some(name.as_str()),
        Expr::Select { path, .. } => match path.last()? {
            AttributeName::Static(name, _) => Some(name.as_str()),
            AttributeName::Dynamic(..) => None,
        },
        _ => None,
    }
}
