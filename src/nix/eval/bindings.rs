//! The names of sets and `let`, and those in attribute paths.

use super::Evaluator;
use super::place::{place, site};
use super::unknown::{ErrorKind, Stop};
use super::value::{Attr, Attrs, Env, Origin, State, Thunk, Value};
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::{
    AttributeName, Binding, BindingValue, Bindings, Expr, ExprId, Resolution, SourceTree,
};
use std::rc::Rc;

impl Evaluator {
    /// A set; a recursive one may be changed by its `__overrides`.
    pub(super) fn eval_set(
        &mut self,
        tree: &Rc<SourceTree>,
        bindings: &Bindings,
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<(Attrs, Rc<Env>), Stop> {
        let overrides = bindings
            .entries
            .iter()
            .find(|binding| bindings.recursive && binding.name.as_str() == "__overrides");
        let Some(overrides) = overrides else {
            return self.eval_bindings(tree, bindings, env, origin);
        };
        // Computed names come after them.
        let (mut attrs, inner) = self.eval_static_bindings(tree, bindings, env)?;
        let value = attrs
            .get(overrides.name)
            .map(|attr| Rc::clone(&attr.value))
            .ok_or_else(|| self.limit("`__overrides` is not there"))?;
        let given = self.attrs(&value, origin)?;
        for attr in given.closed()?.unordered() {
            if let Some(known) = attrs.get(attr.name) {
                // The others see the new value too.
                let new = Rc::clone(&attr.value);
                *known.value.state.borrow_mut() =
                    State::Native(Rc::new(move |evaluator| evaluator.force(&new)));
            }
            attrs.insert(attr.clone());
        }
        self.add_dynamic_bindings(tree, bindings, &inner, &mut attrs, env, origin)?;
        Ok((attrs, inner))
    }

    /// Evaluates the names of a set or `let`; the values stay lazy. Gives the set and, for a recursive one, the frame that
    /// its values see (otherwise `env` itself).
    pub(super) fn eval_bindings(
        &mut self,
        tree: &Rc<SourceTree>,
        bindings: &Bindings,
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<(Attrs, Rc<Env>), Stop> {
        let (mut attrs, inner) = self.eval_static_bindings(tree, bindings, env)?;
        self.add_dynamic_bindings(tree, bindings, &inner, &mut attrs, env, origin)?;
        Ok((attrs, inner))
    }

    fn eval_static_bindings(
        &mut self,
        tree: &Rc<SourceTree>,
        bindings: &Bindings,
        env: &Rc<Env>,
    ) -> Result<(Attrs, Rc<Env>), Stop> {
        self.step(bindings.entries.len() as u64)?;
        let inner = if bindings.recursive {
            Env::unfilled(Some(Rc::clone(env)), env.call.clone())
        } else {
            Rc::clone(env)
        };
        let at = |span: (u32, u32)| site(tree, span, env);
        let sources: Vec<Rc<Thunk>> = bindings
            .inherit_sources
            .iter()
            .map(|source| self.suspend(tree, *source, &inner, bindings.recursive))
            .collect();
        let mut slots = Vec::with_capacity(bindings.entries.len());
        for Binding {
            name,
            name_span,
            value,
        } in &bindings.entries
        {
            slots.push(match value {
                BindingValue::Expression(expression) => {
                    self.suspend(tree, *expression, &inner, bindings.recursive)
                }
                BindingValue::Inherit(variable) => self.thunk(tree, *variable, env),
                BindingValue::InheritFrom(index) => {
                    let origin = Origin {
                        span: at(*name_span),
                        call: env.call.clone(),
                    };
                    match sources.get(*index as usize) {
                        Some(source) => {
                            let subject = Rc::clone(source);
                            self.made(
                                State::Select {
                                    subject,
                                    name: *name,
                                },
                                origin,
                            )
                        }
                        None => {
                            return Err(self.error(
                                ErrorKind::Other,
                                "an inherited name has no source",
                                &origin,
                            ));
                        }
                    }
                }
            });
        }
        let mut entries = Vec::with_capacity(slots.len());
        for (binding, slot) in bindings.entries.iter().zip(&slots) {
            entries.push(Attr {
                name: binding.name,
                name_span: at(binding.name_span),
                definition: match binding.value {
                    BindingValue::Expression(expression) | BindingValue::Inherit(expression) => {
                        place(tree, expression, env).span
                    }
                    BindingValue::InheritFrom(_) => at(binding.name_span),
                },
                value: Rc::clone(slot),
            });
        }
        if bindings.recursive {
            inner.fill(slots);
        }
        Ok((Attrs::from_entries(entries), inner))
    }

    fn add_dynamic_bindings(
        &mut self,
        tree: &Rc<SourceTree>,
        bindings: &Bindings,
        inner: &Rc<Env>,
        attrs: &mut Attrs,
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<(), Stop> {
        let at = |span: (u32, u32)| site(tree, span, env);
        for binding in &bindings.dynamic {
            let name = match self.eval(tree, binding.name, inner) {
                Ok(name) => name,
                Err(Stop::Unknown(unknown)) => {
                    attrs.open = Some(unknown);
                    continue;
                }
                Err(stop) => return Err(stop),
            };
            let name = match &name.value {
                Value::Null => continue,
                Value::String(name) => match name.known() {
                    Ok(name) => Symbol::new(&name),
                    Err(Stop::Unknown(unknown)) => {
                        attrs.open = Some(unknown);
                        continue;
                    }
                    Err(stop) => return Err(stop),
                },
                other => return Err(self.type_error(other, "a string (a name)", origin)),
            };
            if attrs.get(name).is_some() {
                return Err(self.error(
                    ErrorKind::Other,
                    format!("the attribute `{name}` is defined twice"),
                    &Origin::at(at(binding.name_span)),
                ));
            }
            let value = self.suspend(tree, binding.value, inner, bindings.recursive);
            attrs.insert(Attr {
                name,
                name_span: at(binding.name_span),
                definition: place(tree, binding.value, env).span,
                value,
            });
        }
        Ok(())
    }

    /// Like [`Evaluator::thunk`]; in a frame that is not filled yet, variables must wait.
    pub(super) fn suspend(
        &mut self,
        tree: &Rc<SourceTree>,
        id: ExprId,
        env: &Rc<Env>,
        unfilled: bool,
    ) -> Rc<Thunk> {
        if unfilled
            && matches!(
                tree.expression(id),
                Expr::Variable(_, Resolution::Local { .. })
            )
        {
            return self.made(
                State::Suspended {
                    tree: Rc::clone(tree),
                    expression: id,
                    env: Rc::clone(env),
                },
                place(tree, id, env),
            );
        }
        self.thunk(tree, id, env)
    }

    /// The name that an attribute path's element stands for.
    pub(super) fn attribute_name(
        &mut self,
        tree: &Rc<SourceTree>,
        name: &AttributeName,
        env: &Rc<Env>,
    ) -> Result<Symbol, Stop> {
        match name {
            AttributeName::Static(name, _) => Ok(*name),
            AttributeName::Dynamic(expression, _) => {
                let value = self.eval(tree, *expression, env)?;
                match &value.value {
                    Value::String(text) => Ok(Symbol::new(&text.known()?)),
                    other => Err(self.type_error(other, "a string (a name)", &value.origin)),
                }
            }
        }
    }
}
