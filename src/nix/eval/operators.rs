//! Operators.

use super::strings::Coercion;
use super::unknown::{Equality, ErrorKind, Kind, Stop};
use super::value::{Attrs, Env, List, NixPath, NixString, Origin, Part, Thunk, Val, Value};
use super::{Evaluator, is_logical, stand_in};
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::{BinaryOperator, ExprId, SourceTree};
use crate::workspace::path;
use std::cmp::Ordering;
use std::rc::Rc;

impl Evaluator {
    pub(super) fn eval_binary(
        &mut self,
        tree: &Rc<SourceTree>,
        operator: BinaryOperator,
        left: ExprId,
        right: ExprId,
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<Val, Stop> {
        if is_logical(operator) {
            let boolean = self.eval_logical(tree, operator, left, right, env)?;
            return Ok(Val::new(Value::Bool(boolean), origin.clone()));
        }
        if operator == BinaryOperator::Update {
            return self.eval_update(tree, left, right, env, origin);
        }
        let left = self.eval(tree, left, env);
        let right = match &left {
            // Nix fails here whatever the right side is.
            Err(Stop::Error(_) | Stop::Split(_)) => return left,
            Ok(first) if operator == BinaryOperator::Add && !decides_sum(&first.value) => {
                // It is made a text before the right side is looked at.
                let mut text = NixString::default();
                self.append(&mut text, left, Coercion::PATH, origin)?;
                let right = self.eval(tree, right, env);
                return self.joined(text, right, Coercion::PATH, origin);
            }
            _ => self.eval(tree, right, env),
        };
        self.binary(operator, left, right, origin)
    }

    /// `left // right`. The right side comes first in newer Nix, which shows where both of them fail.
    fn eval_update(
        &mut self,
        tree: &Rc<SourceTree>,
        left: ExprId,
        right: ExprId,
        env: &Rc<Env>,
        origin: &Origin,
    ) -> Result<Val, Stop> {
        let right = self.eval(tree, right, env);
        let recursion = match &right {
            Err(Stop::Error(error))
                if self.leaves_updates_open && error.kind == ErrorKind::InfiniteRecursion =>
            {
                Some(error.span)
            }
            Err(Stop::Error(_) | Stop::Split(_)) => return right,
            Ok(value) if !matches!(value.value, Value::Attrs(_)) => {
                return Err(self.type_error(&value.value, "a set", origin));
            }
            _ => None,
        };
        let left = self.eval(tree, left, env);
        if let (Some(span), Ok(set)) = (recursion, &left)
            && let Value::Attrs(attrs) = &set.value
        {
            let mut attrs = (**attrs).clone();
            let unknown = self.unknown("it depends on the options", None, span);
            attrs.open.get_or_insert(unknown);
            return Ok(Val::new(Value::Attrs(Rc::new(attrs)), origin.clone()));
        }
        self.binary(BinaryOperator::Update, left, right, origin)
    }

    /// A text and what another operand of `+` becomes behind it.
    fn joined(
        &mut self,
        mut text: NixString,
        right: Result<Val, Stop>,
        coercion: Coercion,
        origin: &Origin,
    ) -> Result<Val, Stop> {
        self.append(&mut text, right, coercion, origin)?;
        Ok(Val::new(Value::String(Rc::new(text)), origin.clone()))
    }

    fn eval_logical(
        &mut self,
        tree: &Rc<SourceTree>,
        operator: BinaryOperator,
        left: ExprId,
        right: ExprId,
        env: &Rc<Env>,
    ) -> Result<bool, Stop> {
        let truth = |evaluator: &mut Self, operand: ExprId| {
            let outcome = evaluator.eval(tree, operand, env);
            let place = Origin {
                span: Some(tree.span(operand)),
                call: env.call.clone(),
            };
            evaluator.truth(outcome, &place)
        };
        let first = truth(self, left)?;
        match (operator, first) {
            (BinaryOperator::And, false) => Ok(false),
            (BinaryOperator::Or, true) | (BinaryOperator::Implication, false) => Ok(true),
            _ => truth(self, right),
        }
    }

    /// An operator on two outcomes. Failures and splits of the operands are handed on; what an unknown
    /// operand leaves known stays known.
    pub fn binary(
        &mut self,
        operator: BinaryOperator,
        left: Result<Val, Stop>,
        right: Result<Val, Stop>,
        origin: &Origin,
    ) -> Result<Val, Stop> {
        for outcome in [&left, &right] {
            if let Err(stop @ (Stop::Error(_) | Stop::Split(_))) = outcome {
                return Err(stop.clone());
            }
        }
        let made = |value| Ok(Val::new(value, origin.clone()));
        match operator {
            BinaryOperator::Update => {
                let attrs = self.update(left, right, origin)?;
                made(Value::Attrs(attrs))
            }
            BinaryOperator::Concat => {
                let list = self.concat(left, right, origin)?;
                made(Value::List(list))
            }
            BinaryOperator::Add => self.add(left, right, origin),
            BinaryOperator::Equal
            | BinaryOperator::NotEqual
            | BinaryOperator::Less
            | BinaryOperator::LessOrEqual
            | BinaryOperator::Greater
            | BinaryOperator::GreaterOrEqual => {
                // As Nix does it: `a <= b` is `!(b < a)`, which shows with a float that is no number.
                let (first, second) = match operator {
                    BinaryOperator::Greater | BinaryOperator::LessOrEqual => (right, left),
                    _ => (left, right),
                };
                let name = match operator {
                    BinaryOperator::Equal | BinaryOperator::NotEqual => "==",
                    _ => "<",
                };
                let outcome = match (first, second) {
                    (Ok(first), Ok(second)) => match name {
                        "==" => self.equal(&first, &second, origin),
                        _ => self.less(&first, &second, origin),
                    }
                    .map_err(|stop| self.comparison_of(name, &first, &second, stop)),
                    (first, second) => Err(self.unknown_comparison(name, first, second)),
                };
                match operator {
                    BinaryOperator::Equal | BinaryOperator::Less | BinaryOperator::Greater => {
                        made(Value::Bool(outcome?))
                    }
                    // The same condition as with the operator that it negates, and not another one.
                    _ => {
                        let holds =
                            outcome.map(|holds| Val::new(Value::Bool(holds), origin.clone()));
                        made(Value::Bool(!self.truth(holds, origin)?))
                    }
                }
            }
            BinaryOperator::Subtract | BinaryOperator::Multiply | BinaryOperator::Divide => {
                let (left, right) = (left?, right?);
                made(self.arithmetic(operator, &left.value, &right.value, origin)?)
            }
            BinaryOperator::And | BinaryOperator::Or | BinaryOperator::Implication => {
                let first = self.truth(left, origin)?;
                let boolean = match (operator, first) {
                    (BinaryOperator::And, false) => false,
                    (BinaryOperator::Or, true) | (BinaryOperator::Implication, false) => true,
                    _ => self.truth(right, origin)?,
                };
                made(Value::Bool(boolean))
            }
        }
    }

    /// What a comparison of values comes to that are only partly known: not what is unknown of them, but a condition of its own. The same
    /// comparison of texts is the same condition.
    fn comparison_of(&mut self, operator: &str, left: &Val, right: &Val, stop: Stop) -> Stop {
        let Stop::Unknown(unknown) = stop else {
            return stop;
        };
        if unknown.is_of_bound() {
            return Stop::Unknown(unknown);
        }
        let kind = Some(Kind::Boolean);
        let texts = match (&left.value, &right.value) {
            (Value::String(left), Value::String(right)) => identity(left)
                .zip(identity(right))
                .map(|(one, other)| ([one, other], [shown(left), shown(right)])),
            _ => None,
        };
        let Some((mut sides, shown)) = texts else {
            let fresh = self.unknown(Rc::clone(&unknown.reason), kind, unknown.span);
            return Stop::Unknown(fresh);
        };
        if operator == "==" {
            sides.sort_unstable();
        }
        let mut derived = (*unknown.derived(&format!("{operator} {sides:?}"), kind)).clone();
        if let [Some(left), Some(right)] = shown {
            derived.subject = Some(format!("{left} {operator} {right}").into());
        }
        Stop::Unknown(Rc::new(derived))
    }

    /// The unknown that a comparison with an unknown gives: the same comparison is the same unknown.
    fn unknown_comparison(
        &mut self,
        operator: &str,
        left: Result<Val, Stop>,
        right: Result<Val, Stop>,
    ) -> Stop {
        let (unknown, other, side) = match (left, right) {
            (Err(Stop::Unknown(unknown)), other) => (unknown, other, "left"),
            (other, Err(Stop::Unknown(unknown))) => (unknown, other, "right"),
            (Err(stop), _) | (_, Err(stop)) => return stop,
            (Ok(_), Ok(_)) => return self.limit("a comparison of known values was not made"),
        };
        if unknown.is_of_bound() {
            return Stop::Unknown(unknown);
        }
        let is_value = other.is_ok();
        let other = match other {
            Ok(Val {
                value: Value::String(text),
                ..
            }) => text.known().ok().map(|text| format!("\"{text}\"")),
            Ok(Val {
                value: Value::Int(integer),
                ..
            }) => Some(integer.to_string()),
            Ok(Val {
                value: Value::Bool(boolean),
                ..
            }) => Some(boolean.to_string()),
            Ok(Val {
                value: Value::Null, ..
            }) => Some("null".to_string()),
            Err(Stop::Unknown(other)) => Some(format!("#{}", other.id)),
            _ => None,
        };
        let Some(other) = other else {
            let fresh = self.unknown(
                Rc::clone(&unknown.reason),
                Some(Kind::Boolean),
                unknown.span,
            );
            return Stop::Unknown(fresh);
        };
        let symmetric = operator == "==";
        let side = if symmetric { "" } else { side };
        let mut derived =
            (*unknown.derived(&format!("{operator}{side}{other}"), Some(Kind::Boolean))).clone();
        if symmetric && is_value {
            let equality = Equality {
                unknown: unknown.id,
                value: other.as_str().into(),
            };
            self.equalities.insert(derived.id, equality);
        }
        // Shown to people, so no literal that might be a secret.
        derived.subject = unknown
            .subject
            .as_ref()
            .filter(|_| symmetric && other.len() < 40)
            .map(|subject| format!("{subject} == {other}").into());
        Stop::Unknown(Rc::new(derived))
    }

    /// `left // right`.
    pub fn update(
        &mut self,
        left: Result<Val, Stop>,
        right: Result<Val, Stop>,
        origin: &Origin,
    ) -> Result<Rc<Attrs>, Stop> {
        let attrs = |evaluator: &Self, value: &Val| match &value.value {
            Value::Attrs(attrs) => Ok(Rc::clone(attrs)),
            other => Err(evaluator.type_error(other, "a set", origin)),
        };
        match (left, right) {
            (Ok(left), Ok(right)) => {
                let (left, right) = (attrs(self, &left)?, attrs(self, &right)?);
                if right.unordered().is_empty() && right.open.is_none() {
                    return Ok(left);
                }
                if left.unordered().is_empty() && left.open.is_none() {
                    return Ok(right);
                }
                self.step((left.unordered().len() + right.unordered().len()) as u64 / 8)?;
                Ok(Rc::new(left.update(&right)))
            }
            (Ok(left), Err(Stop::Unknown(unknown))) => {
                let mut right = Attrs::new();
                right.open = Some(unknown);
                Ok(Rc::new(attrs(self, &left)?.update(&right)))
            }
            (Err(Stop::Unknown(unknown)), Ok(right)) => {
                let mut result = (*attrs(self, &right)?).clone();
                result.open.get_or_insert(unknown);
                Ok(Rc::new(result))
            }
            (Err(stop), _) | (_, Err(stop)) => Err(stop),
        }
    }

    fn concat(
        &mut self,
        left: Result<Val, Stop>,
        right: Result<Val, Stop>,
        origin: &Origin,
    ) -> Result<Rc<List>, Stop> {
        if let (Err(Stop::Unknown(unknown)), Err(Stop::Unknown(_))) = (&left, &right) {
            return Err(Stop::Unknown(Rc::clone(unknown)));
        }
        let mut result = List::default();
        for outcome in [left, right] {
            match outcome {
                Ok(value) => {
                    let Value::List(list) = &value.value else {
                        return Err(self.type_error(&value.value, "a list", origin));
                    };
                    self.step(list.items.len() as u64 / 8)?;
                    let before = result.items.len();
                    if before + list.items.len() > self.limits.elements {
                        return Err(self.limit("the list is too long"));
                    }
                    result.items.extend(list.items.iter().cloned());
                    result.gaps.extend(
                        list.gaps
                            .iter()
                            .map(|(index, unknown)| (before + index, Rc::clone(unknown))),
                    );
                }
                Err(Stop::Unknown(unknown)) => result.gaps.push((result.items.len(), unknown)),
                Err(stop) => return Err(stop),
            }
        }
        Ok(Rc::new(result))
    }

    fn add(
        &mut self,
        left: Result<Val, Stop>,
        right: Result<Val, Stop>,
        origin: &Origin,
    ) -> Result<Val, Stop> {
        let made = |value| Ok(Val::new(value, origin.clone()));
        // The left side decides what `+` does.
        let first = match &left {
            Ok(left) => left,
            Err(Stop::Unknown(unknown)) => match unknown.kind {
                Some(
                    Kind::String
                    | Kind::SecretPath
                    | Kind::FileContent
                    | Kind::StorePath
                    | Kind::Derivation,
                ) => {
                    let mut string = NixString::default();
                    self.append(&mut string, left.clone(), Coercion::INTERPOLATION, origin)?;
                    return self.joined(string, right, Coercion::INTERPOLATION, origin);
                }
                kind => {
                    let kind = kind.filter(|kind| matches!(kind, Kind::Path | Kind::Number));
                    let mut fresh = self.unknown(Rc::clone(&unknown.reason), kind, unknown.span);
                    let subject = unknown.subject.as_ref();
                    Rc::make_mut(&mut fresh).subject =
                        subject.map(|subject| format!("{subject} + …").into());
                    return Err(Stop::Unknown(fresh));
                }
            },
            Err(stop) => return Err(stop.clone()),
        };
        match &first.value {
            Value::Int(_) | Value::Float(_) => {
                let right = right?;
                made(self.arithmetic(BinaryOperator::Add, &first.value, &right.value, origin)?)
            }
            Value::Path(base) => {
                let mut string = NixString::default();
                self.append(&mut string, right, Coercion::PATH, origin)?;
                let absolute = format!("{}{}", base.absolute, string.known()?);
                made(Value::Path(NixPath {
                    absolute: path::normalize(&absolute).into(),
                    written: None,
                }))
            }
            other => {
                // A path is copied to the store only behind a string.
                let coercion = match other {
                    Value::String(_) => Coercion::INTERPOLATION,
                    _ => Coercion::PATH,
                };
                let mut string = NixString::default();
                self.append(&mut string, left.clone(), coercion, origin)?;
                self.joined(string, right, coercion, origin)
            }
        }
    }

    /// `+ - * /` on numbers.
    pub fn arithmetic(
        &mut self,
        operator: BinaryOperator,
        left: &Value,
        right: &Value,
        origin: &Origin,
    ) -> Result<Value, Stop> {
        let number = |evaluator: &Self, value: &Value| match value {
            Value::Int(integer) => Ok(*integer as f64),
            Value::Float(float) => Ok(*float),
            other => Err(evaluator.type_error(other, "a number", origin)),
        };
        if let (Value::Int(left), Value::Int(right)) = (left, right) {
            if operator == BinaryOperator::Divide && *right == 0 {
                return Err(self.error(ErrorKind::Arithmetic, "division by zero", origin));
            }
            let result = match operator {
                BinaryOperator::Add => left.checked_add(*right),
                BinaryOperator::Subtract => left.checked_sub(*right),
                BinaryOperator::Multiply => left.checked_mul(*right),
                _ => left.checked_div(*right),
            };
            return result.map(Value::Int).ok_or_else(|| {
                self.error(
                    ErrorKind::Arithmetic,
                    "the result does not fit 64 bits",
                    origin,
                )
            });
        }
        let (left, right) = (number(self, left)?, number(self, right)?);
        Ok(Value::Float(match operator {
            BinaryOperator::Add => left + right,
            BinaryOperator::Subtract => left - right,
            BinaryOperator::Multiply => left * right,
            _ if right == 0.0 => {
                return Err(self.error(ErrorKind::Arithmetic, "division by zero", origin));
            }
            _ => left / right,
        }))
    }

    /// `==`. Values of different types are unequal, except numbers; functions are unequal.
    pub fn equal(&mut self, left: &Val, right: &Val, origin: &Origin) -> Result<bool, Stop> {
        self.step(1)?;
        self.check_stack()?;
        Ok(match (&left.value, &right.value) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(left), Value::Bool(right)) => left == right,
            (Value::Int(left), Value::Int(right)) => left == right,
            (Value::Float(left), Value::Float(right)) => left == right,
            (Value::Int(integer), Value::Float(float))
            | (Value::Float(float), Value::Int(integer)) => *integer as f64 == *float,
            (Value::String(left), Value::String(right)) => {
                if Rc::ptr_eq(left, right) || same_parts(left, right) {
                    return Ok(true);
                }
                match (left.known(), right.known()) {
                    (Ok(left), Ok(right)) => left == right,
                    (Err(stop), _) | (_, Err(stop)) => {
                        if let Some(equal) =
                            stand_in::compare(left, right, |one, other| one == other)
                        {
                            return Ok(equal);
                        }
                        // A known beginning can already tell that they differ.
                        let (left, right) = (left.known_prefix(), right.known_prefix());
                        let shorter = left.len().min(right.len());
                        if left.as_bytes()[..shorter] != right.as_bytes()[..shorter] {
                            return Ok(false);
                        }
                        return Err(stop);
                    }
                }
            }
            (Value::Path(left), Value::Path(right)) => left.absolute == right.absolute,
            (Value::List(left), Value::List(right)) => {
                let (left, right) = (left.all()?, right.all()?);
                if left.len() != right.len() {
                    return Ok(false);
                }
                // In order, so that what follows a difference is not looked at, as in Nix.
                let mut unknown = None;
                for (left, right) in left.iter().zip(right) {
                    match self.equal_thunks(left, right, origin) {
                        Ok(true) => {}
                        Err(Stop::Unknown(reason)) => {
                            unknown.get_or_insert(reason);
                        }
                        // What is not known before it may differ already.
                        Err(Stop::Error(error)) if unknown.is_none() => {
                            return Err(Stop::Error(error));
                        }
                        Err(Stop::Error(_)) => break,
                        outcome => return outcome,
                    }
                }
                return unknown.map_or(Ok(true), |unknown| Err(Stop::Unknown(unknown)));
            }
            (Value::Attrs(left), Value::Attrs(right)) => {
                return self.equal_attrs(left, right, origin);
            }
            (Value::Lambda(_) | Value::Builtin(_), Value::Lambda(_) | Value::Builtin(_)) => false,
            _ => false,
        })
    }

    fn equal_attrs(
        &mut self,
        left: &Rc<Attrs>,
        right: &Rc<Attrs>,
        origin: &Origin,
    ) -> Result<bool, Stop> {
        let out_path = Symbol::new("outPath");
        let both_derivations = self.is_derivation(left)? && self.is_derivation(right)?;
        if both_derivations
            && let (Some(left), Some(right)) = (left.get(out_path), right.get(out_path))
        {
            let (left, right) = (Rc::clone(&left.value), Rc::clone(&right.value));
            return self.equal_thunks(&left, &right, origin);
        }
        let (left, right) = (left.closed()?, right.closed()?);
        if left.unordered().len() != right.unordered().len()
            || left
                .unordered()
                .iter()
                .any(|attr| right.get(attr.name).is_none())
        {
            return Ok(false);
        }
        // Nix compares in an order of its own and stops at the first difference. So a difference and a failure
        // together leave open which of them it comes to.
        let (mut unknown, mut failure) = (None, None);
        for attr in left.sorted() {
            let Some(other) = right.get(attr.name) else {
                return Ok(false);
            };
            let (first, second) = (Rc::clone(&attr.value), Rc::clone(&other.value));
            match self.equal_thunks(&first, &second, origin) {
                Ok(true) => {}
                Ok(false) if failure.is_some() => {
                    return Err(self.limit("one attribute differs and another one fails"));
                }
                Ok(false) => return Ok(false),
                Err(Stop::Unknown(reason)) => {
                    unknown.get_or_insert(reason);
                }
                Err(Stop::Error(error)) => {
                    failure.get_or_insert(error);
                }
                Err(stop @ Stop::Split(_)) => return Err(stop),
            }
        }
        match (unknown, failure) {
            (Some(unknown), _) => Err(Stop::Unknown(unknown)),
            (None, Some(error)) => Err(Stop::Error(error)),
            (None, None) => Ok(true),
        }
    }

    /// Whether a set says of itself that it is a derivation.
    pub(super) fn is_derivation(&mut self, attrs: &Attrs) -> Result<bool, Stop> {
        let Some(attr) = attrs.get(Symbol::new("type")) else {
            return Ok(false);
        };
        match self.force(&Rc::clone(&attr.value))?.value {
            Value::String(text) => Ok(&*text.known()? == "derivation"),
            _ => Ok(false),
        }
    }

    /// Equality of two elements.
    pub(super) fn equal_thunks(
        &mut self,
        left: &Rc<Thunk>,
        right: &Rc<Thunk>,
        origin: &Origin,
    ) -> Result<bool, Stop> {
        let first = self.force(left);
        // Nix takes the same value for equal without looking, which shows with functions in a set.
        if Rc::ptr_eq(left, right) {
            return match first {
                Err(stop @ (Stop::Error(_) | Stop::Split(_))) => Err(stop),
                Ok(_) | Err(Stop::Unknown(_)) => Ok(true),
            };
        }
        let first = match first {
            Err(stop @ (Stop::Error(_) | Stop::Split(_))) => return Err(stop),
            first => first,
        };
        match (first, self.force(right)) {
            (Ok(left), Ok(right)) => {
                self.deeper(origin, |evaluator| evaluator.equal(&left, &right, origin))
            }
            (Err(Stop::Unknown(left)), Err(Stop::Unknown(right)))
                if left.id == right.id && left.id != 0 && is_textual(left.kind) =>
            {
                Ok(true)
            }
            (_, Err(stop)) | (Err(stop), _) => Err(stop),
        }
    }

    /// `<` on numbers, strings, paths and lists.
    pub fn less(&mut self, left: &Val, right: &Val, origin: &Origin) -> Result<bool, Stop> {
        self.step(1)?;
        self.check_stack()?;
        Ok(match (&left.value, &right.value) {
            (Value::Int(left), Value::Int(right)) => left < right,
            (Value::Float(left), Value::Float(right)) => left < right,
            (Value::Int(left), Value::Float(right)) => (*left as f64) < *right,
            (Value::Float(left), Value::Int(right)) => *left < *right as f64,
            (Value::String(left), Value::String(right)) => match (left.known(), right.known()) {
                (Ok(left), Ok(right)) => left < right,
                (Err(stop), _) | (_, Err(stop)) => {
                    return stand_in::compare(left, right, |one, other| one < other).ok_or(stop);
                }
            },
            (Value::Path(left), Value::Path(right)) => left.absolute < right.absolute,
            (Value::List(left), Value::List(right)) => {
                let (left, right) = (left.all()?, right.all()?);
                for (first, second) in left.iter().zip(right) {
                    let (first, second) = (self.force(first)?, self.force(second)?);
                    if self.equal(&first, &second, origin)? {
                        continue;
                    }
                    return self.less(&first, &second, origin);
                }
                left.len() < right.len()
            }
            (left, right) => {
                return Err(self.error(
                    ErrorKind::Type,
                    format!(
                        "{} cannot be compared with {}",
                        left.type_phrase(),
                        right.type_phrase()
                    ),
                    origin,
                ));
            }
        })
    }

    /// The order of two values, for sorting.
    pub fn order(&mut self, left: &Val, right: &Val, origin: &Origin) -> Result<Ordering, Stop> {
        Ok(if self.less(left, right, origin)? {
            Ordering::Less
        } else if self.less(right, left, origin)? {
            Ordering::Greater
        } else {
            Ordering::Equal
        })
    }
}

/// Whether the type of a left operand says by itself what `+` does; any other is made a text.
fn decides_sum(value: &Value) -> bool {
    matches!(
        value,
        Value::Int(_) | Value::Float(_) | Value::Path(_) | Value::String(_)
    )
}

/// Whether what is not known of this kind equals itself: a function does not, nor does a float that is no number.
fn is_textual(kind: Option<Kind>) -> bool {
    matches!(
        kind,
        Some(Kind::String | Kind::Path | Kind::SecretPath | Kind::FileContent | Kind::StorePath)
    )
}

/// What tells a part of a string from others.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
enum PartIdentity<'s> {
    Text(&'s str),
    Unknown(u64),
    Tree(&'s str),
}

/// What tells a part from others. `None` where nothing does: JSON that is not known may be of different values with the same unknown in
/// them, and what a bound left unknown may be anything.
fn part_identity(part: &Part) -> Option<PartIdentity<'_>> {
    match part {
        Part::Text { text, .. } => Some(PartIdentity::Text(text)),
        Part::Unknown(unknown) | Part::Store(_, unknown) | Part::File(_, unknown) => {
            (!unknown.is_of_bound()).then_some(PartIdentity::Unknown(unknown.id))
        }
        Part::Tree(tree) => Some(PartIdentity::Tree(tree.below())),
        Part::Json(json) => json.text.as_deref().ok().map(PartIdentity::Text),
    }
}

/// What tells a string from others: its known texts, and which unknowns are between them.
fn identity(string: &NixString) -> Option<Vec<PartIdentity<'_>>> {
    string.parts.iter().map(part_identity).collect()
}

/// A string as it may be shown in a condition: `"${host}.x"`; not where it is long, for it might be a secret.
fn shown(string: &NixString) -> Option<String> {
    let mut text = String::from("\"");
    for part in &string.parts {
        match part {
            Part::Text { text: known, .. } => text.push_str(known),
            Part::Unknown(unknown) => {
                text.push_str(&format!("${{{}}}", unknown.subject.as_deref()?));
            }
            Part::Store(..) | Part::File(..) | Part::Tree(_) | Part::Json(_) => return None,
        }
    }
    text.push('"');
    (text.len() < 40).then_some(text)
}

/// Whether two strings consist of the same known texts and the same unknowns.
fn same_parts(left: &NixString, right: &NixString) -> bool {
    left.parts.len() == right.parts.len()
        && left.parts.iter().zip(&right.parts).all(|(left, right)| {
            part_identity(left).is_some_and(|left| Some(left) == part_identity(right))
        })
}
