//! Attribute paths: `subject.path` and `subject ? path`.

use super::Evaluator;
use super::place::site;
use super::unknown::{Kind, Stop};
use super::value::{Env, Origin, Val, Value};
use crate::nix::syntax::ast::{AttributeName, ExprId, SourceTree};
use std::rc::Rc;

impl Evaluator {
    /// `subject.path`: the value, or `None` where an attribute is missing and there is a default.
    pub(super) fn eval_select(
        &mut self,
        tree: &Rc<SourceTree>,
        subject: ExprId,
        path: &[AttributeName],
        env: &Rc<Env>,
        has_default: bool,
    ) -> Result<Option<Val>, Stop> {
        let mut current = self.eval(tree, subject, env);
        for (position, name) in path.iter().enumerate() {
            let next = match path.get(position + 1) {
                Some(AttributeName::Static(next, _)) => Some(*next),
                _ => None,
            };
            let origin = Origin {
                span: site(tree, name.span(), env),
                call: env.call.clone(),
            };
            let value = match current {
                Ok(value) => value,
                Err(Stop::Unknown(unknown)) => {
                    // Nix evaluates a computed name too, but it cannot make the result known.
                    current = Err(Stop::Unknown(match name {
                        AttributeName::Static(name, _) => {
                            let meant = unknown.misspelt(*name, next).filter(|_| !has_default);
                            if let Some(meant) = meant {
                                return Err(self.no_attribute(*name, &[meant], &origin));
                            }
                            unknown.attribute(*name)
                        }
                        AttributeName::Dynamic(..) => match self.attribute_name(tree, name, env) {
                            Ok(name) => unknown.attribute(name),
                            Err(Stop::Unknown(_)) => {
                                self.unknown(Rc::clone(&unknown.reason), None, unknown.span)
                            }
                            Err(stop) => return Err(stop),
                        },
                    }));
                    continue;
                }
                Err(stop) => return Err(stop),
            };
            let name = self.attribute_name(tree, name, env)?;
            let Value::Attrs(attrs) = &value.value else {
                if has_default {
                    return Ok(None);
                }
                return Err(self.type_error(
                    &value.value,
                    &format!("a set with the attribute `{name}`"),
                    &origin,
                ));
            };
            match attrs.get(name) {
                Some(attr) => {
                    let thunk = Rc::clone(&attr.value);
                    current = self.force(&thunk);
                }
                None => match &attrs.open {
                    Some(open) => {
                        let meant = attrs.misspelt(name, next).filter(|_| !has_default);
                        if let Some(meant) = meant {
                            return Err(self.no_attribute(name, &[meant], &origin));
                        }
                        current = Err(Stop::Unknown(open.attribute(name)));
                        continue;
                    }
                    None if has_default => return Ok(None),
                    None => return Err(self.missing_attribute(attrs, name, &origin)),
                },
            }
        }
        current.map(Some)
    }

    pub(super) fn eval_has_attribute(
        &mut self,
        tree: &Rc<SourceTree>,
        subject: ExprId,
        path: &[AttributeName],
        env: &Rc<Env>,
    ) -> Result<bool, Stop> {
        let mut current = self.eval(tree, subject, env);
        for (position, name) in path.iter().enumerate() {
            let value = match current {
                Ok(value) => value,
                Err(Stop::Unknown(unknown)) => {
                    let what = format!("? {position} {}", self.attribute_name(tree, name, env)?);
                    return Err(Stop::Unknown(unknown.derived(&what, Some(Kind::Boolean))));
                }
                Err(stop) => return Err(stop),
            };
            let name = self.attribute_name(tree, name, env)?;
            let Value::Attrs(attrs) = &value.value else {
                return Ok(false);
            };
            match attrs.get(name) {
                Some(attr) if position + 1 < path.len() => {
                    let thunk = Rc::clone(&attr.value);
                    current = self.force(&thunk);
                }
                _ => {
                    return match attrs.has(name) {
                        // What has a name of its own is that question already.
                        Err(Stop::Unknown(asked)) if asked.kind == Some(Kind::Boolean) => {
                            Err(Stop::Unknown(asked))
                        }
                        Err(Stop::Unknown(open)) => Err(Stop::Unknown(
                            open.derived(&format!("? {name}"), Some(Kind::Boolean)),
                        )),
                        outcome => outcome,
                    };
                }
            }
        }
        Ok(true)
    }
}
