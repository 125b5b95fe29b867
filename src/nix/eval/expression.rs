//! The value of an expression.

use super::Evaluator;
use super::call::Entered;
use super::place::{place, site};
use super::strings::Coercion;
use super::unknown::{ErrorKind, Kind, Stop};
use super::value::{Closure, Env, List, NixPath, NixString, Origin, Part, Thunk, Val, Value};
use crate::nearest::is_one_step;
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::{Expr, ExprId, Resolution, SourceTree, StringPart};
use std::rc::Rc;

impl Evaluator {
    /// The value of an expression.
    pub fn eval(&mut self, tree: &Rc<SourceTree>, id: ExprId, env: &Rc<Env>) -> Result<Val, Stop> {
        self.check_stack()?;
        let calls = self.calls;
        let outcome = self.eval_inside(tree, id, env);
        self.calls = calls;
        outcome
    }

    /// Like [`Evaluator::eval`]; leaves the calls that it is in the tail of counted.
    fn eval_inside(
        &mut self,
        tree: &Rc<SourceTree>,
        id: ExprId,
        env: &Rc<Env>,
    ) -> Result<Val, Stop> {
        let mut tree = Rc::clone(tree);
        let mut env = Rc::clone(env);
        let mut id = id;
        // The loop makes calls in tail position cost no stack.
        loop {
            self.step(1)?;
            let origin = place(&tree, id, &env);
            let value = match tree.expression(id) {
                Expr::Integer(integer) => Value::Int(*integer),
                Expr::Float(float) => Value::Float(*float),
                Expr::String(parts) => {
                    Value::String(self.eval_string(&tree, parts, &env, &origin)?)
                }
                Expr::Path(parts) => Value::Path(self.eval_path(&tree, parts, &env, &origin)?),
                Expr::SearchPath(text) => {
                    let subject = format!("<{text}>");
                    return Err(Stop::Unknown(self.unknown_named(
                        &subject,
                        format!("`{subject}` is looked up in Nix's search path"),
                        Some(Kind::Path),
                        origin.span,
                    )));
                }
                Expr::Variable(name, Resolution::Global) if *name == self.current_position => {
                    self.position(origin.span, &origin)
                }
                Expr::Variable(name, resolution) => {
                    let thunk = self.variable(*name, resolution, &env, &origin)?;
                    return self.force(&thunk);
                }
                Expr::Select {
                    subject,
                    path,
                    default,
                } => match self.eval_select(&tree, *subject, path, &env, default.is_some())? {
                    Some(value) => return Ok(value),
                    None => match default {
                        Some(default) => {
                            id = *default;
                            continue;
                        }
                        None => {
                            return Err(self.error(
                                ErrorKind::MissingAttribute,
                                "the attribute is missing",
                                &origin,
                            ));
                        }
                    },
                },
                Expr::HasAttribute { subject, path } => {
                    Value::Bool(self.eval_has_attribute(&tree, *subject, path, &env)?)
                }
                Expr::Attributes(bindings) => {
                    let (attrs, _) = self.eval_set(&tree, bindings, &env, &origin)?;
                    Value::Attrs(Rc::new(attrs))
                }
                Expr::List(items) => {
                    self.step(items.len() as u64)?;
                    let items = items
                        .iter()
                        .map(|item| self.thunk(&tree, *item, &env))
                        .collect();
                    Value::List(Rc::new(List::closed(items)))
                }
                Expr::Lambda(lambda) => Value::Lambda(Rc::new(Closure {
                    tree: Rc::clone(&tree),
                    lambda: Rc::clone(lambda),
                    env: Rc::clone(&env),
                })),
                Expr::Apply { function, argument } => {
                    let function = match self.eval(&tree, *function, &env) {
                        Ok(function) => function,
                        Err(Stop::Unknown(unknown)) => {
                            return Err(self.unknown_call(&unknown, &origin));
                        }
                        Err(stop) => return Err(stop),
                    };
                    let argument = self.thunk(&tree, *argument, &env);
                    match self.enter(&function, argument, &origin)? {
                        Entered::Value(value) => return Ok(value),
                        Entered::Body(closure, body_env) => {
                            // As deep as in Nix, though such a call costs no stack here.
                            self.calls += 1;
                            id = closure.lambda.body;
                            tree = Rc::clone(&closure.tree);
                            env = body_env;
                            continue;
                        }
                    }
                }
                Expr::Let { bindings, body } => {
                    let (_, frame) = self.eval_bindings(&tree, bindings, &env, &origin)?;
                    id = *body;
                    env = frame;
                    continue;
                }
                Expr::With { scope, body } => {
                    let scope = self.thunk(&tree, *scope, &env);
                    id = *body;
                    let call = env.call.clone();
                    env = Env::filled(vec![scope], Some(env), call);
                    continue;
                }
                Expr::Assert { condition, body } => {
                    let outcome = self.eval(&tree, *condition, &env);
                    let place = place(&tree, *condition, &env);
                    if !self.truth(outcome, &place)? {
                        return Err(self.error(
                            ErrorKind::Assertion,
                            "this assertion does not hold",
                            &place,
                        ));
                    }
                    id = *body;
                    continue;
                }
                Expr::If {
                    condition,
                    consequent,
                    alternative,
                } => {
                    let outcome = self.eval(&tree, *condition, &env);
                    let place = place(&tree, *condition, &env);
                    id = if self.truth(outcome, &place)? {
                        *consequent
                    } else {
                        *alternative
                    };
                    continue;
                }
                Expr::Binary {
                    operator,
                    left,
                    right,
                } => {
                    return self.eval_binary(&tree, *operator, *left, *right, &env, &origin);
                }
                Expr::Not(operand) => {
                    let outcome = self.eval(&tree, *operand, &env);
                    Value::Bool(!self.truth(outcome, &origin)?)
                }
                Expr::Negate(operand) => {
                    let operand = self.eval(&tree, *operand, &env)?;
                    match operand.value {
                        Value::Int(integer) => {
                            Value::Int(integer.checked_neg().ok_or_else(|| {
                                self.error(
                                    ErrorKind::Arithmetic,
                                    "the result does not fit 64 bits",
                                    &origin,
                                )
                            })?)
                        }
                        // `-x` is `0 - x` in Nix: there is no negative zero this way.
                        Value::Float(float) => Value::Float(0.0 - float),
                        other => return Err(self.type_error(&other, "a number", &origin)),
                    }
                }
                Expr::Missing => {
                    return Err(self.error(
                        ErrorKind::Syntax,
                        "the file does not parse here",
                        &origin,
                    ));
                }
            };
            return Ok(Val { value, origin });
        }
    }

    pub(super) fn variable(
        &mut self,
        name: Symbol,
        resolution: &Resolution,
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<Rc<Thunk>, Stop> {
        match resolution {
            Resolution::Local { up, slot } => match env.lookup(*up, *slot) {
                Some(thunk) => Ok(Rc::clone(thunk)),
                None => Err(self.error(
                    ErrorKind::Other,
                    format!("the variable `{name}` has no value"),
                    origin,
                )),
            },
            Resolution::Global => Ok(self.global(name)),
            Resolution::With(scopes) => {
                let mut first_open = None;
                let mut meant = None;
                for up in scopes.iter() {
                    let Some(scope) = env.lookup(*up, 0).cloned() else {
                        continue;
                    };
                    let scope = match self.force(&scope) {
                        Ok(scope) => scope,
                        Err(Stop::Unknown(unknown)) => {
                            return Err(Stop::Unknown(unknown.attribute(name)));
                        }
                        Err(stop) => return Err(stop),
                    };
                    let Value::Attrs(attrs) = &scope.value else {
                        return Err(self.type_error(&scope.value, "a set", origin));
                    };
                    if let Some(attr) = attrs.get(name) {
                        return Ok(Rc::clone(&attr.value));
                    }
                    if let Some(open) = &attrs.open {
                        let unknown = open.attribute(name);
                        if !matches!(attrs.has(name), Ok(false)) {
                            return Err(Stop::Unknown(unknown));
                        }
                        // `lib` and `lib.types` are known not to have it, unless a newer one does.
                        first_open.get_or_insert(unknown);
                        meant = meant.or_else(|| attrs.misspelt(name, None));
                    }
                }
                // No newer one has a name that is nearly one of these.
                let nearly_global = || {
                    let globals = ["true", "false", "null"];
                    globals
                        .into_iter()
                        .find(|global| is_one_step(name.as_str(), global))
                };
                match (first_open, meant) {
                    (Some(unknown), None) => match nearly_global() {
                        Some(meant) => Err(self.undefined_but_near(name, meant, origin)),
                        None => Err(Stop::Unknown(unknown)),
                    },
                    (Some(_), Some(meant)) => Err(self.undefined_but_near(name, meant, origin)),
                    (None, _) => Err(self.undefined(name, origin)),
                }
            }
            Resolution::Undefined => Err(self.undefined(name, origin)),
        }
    }

    fn undefined_but_near(&self, name: Symbol, meant: &str, origin: &Origin) -> Stop {
        self.error(
            ErrorKind::UndefinedVariable,
            format!("nothing defines the variable `{name}` (did you mean `{meant}`?)"),
            origin,
        )
    }

    pub(super) fn undefined(&self, name: Symbol, origin: &Origin) -> Stop {
        self.error(
            ErrorKind::UndefinedVariable,
            format!("nothing defines the variable `{name}`"),
            origin,
        )
    }

    /// `"...${...}..."`: unknown parts stay parts.
    pub(super) fn eval_string(
        &mut self,
        tree: &Rc<SourceTree>,
        parts: &[StringPart],
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<Rc<NixString>, Stop> {
        let mut string = NixString::default();
        for part in parts {
            match part {
                StringPart::Text { text, span } => string.parts.push(Part::Text {
                    text: Rc::clone(text),
                    origin: Origin {
                        span: site(tree, *span, env),
                        call: origin.call.clone(),
                    },
                }),
                StringPart::Interpolation(expression) => {
                    let outcome = self.eval(tree, *expression, env);
                    let place = Origin {
                        span: place(tree, *expression, env).span,
                        call: origin.call.clone(),
                    };
                    self.append(&mut string, outcome, Coercion::INTERPOLATION, &place)?;
                }
            }
        }
        Ok(Rc::new(string))
    }

    pub(super) fn eval_path(
        &mut self,
        tree: &Rc<SourceTree>,
        parts: &[StringPart],
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<NixPath, Stop> {
        let mut written = String::new();
        for part in parts {
            match part {
                StringPart::Text { text, .. } => written.push_str(text),
                StringPart::Interpolation(expression) => {
                    let mut string = NixString::default();
                    let outcome = self.eval(tree, *expression, env);
                    self.append(&mut string, outcome, Coercion::PATH, origin)?;
                    written.push_str(&string.known()?);
                }
            }
        }
        self.resolve_path(&written, tree.file, origin)
    }
}
