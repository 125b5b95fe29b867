//! Definitions: what modules say about options, with priority, order and conditions.

use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{Condition, Stop, Unknown};
use crate::nix::eval::value::{Attrs, Origin, Thunk, Value};
use crate::nix::symbol::{Symbol, SymbolMap};
use crate::workspace::source::Span;
use std::collections::hash_map::Entry;
use std::rc::Rc;

/// Priority of a definition that says nothing about it (`lib.modules.defaultOverridePriority`).
pub const DEFAULT_PRIORITY: i64 = 100;
/// Priority of an option's own default.
pub const OPTION_DEFAULT_PRIORITY: i64 = 1500;
/// Order of a definition that says nothing about it (`lib.modules.defaultOrderPriority`).
pub const DEFAULT_ORDER: i64 = 1000;

/// A definition holds only where this condition has this truth value.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The condition.
    pub condition: Condition,
    /// Its truth value.
    pub holds: bool,
}

/// One definition of an option or of a set of options.
#[derive(Clone, Debug)]
pub struct Definition {
    /// What is defined; may still be wrapped in `mkIf`, `mkMerge`, `mkOverride`, `mkOrder`.
    pub value: Rc<Thunk>,
    /// Where the name is written.
    pub name_span: Option<Span>,
    /// The expression on the right side.
    pub expression: Option<Span>,
    /// Index of the module in [`super::ModuleSet::modules`].
    pub module: usize,
    /// Lower wins; `None` where nothing is said.
    pub priority: Option<i64>,
    /// Lower comes first in lists; `None` where nothing is said.
    pub order: Option<i64>,
    /// It holds where all of these do.
    pub guards: Vec<Guard>,
    /// Conditions of `mkIf` around the set that it stands in, which are not looked at before its value is needed.
    pub conditions: Vec<Rc<Thunk>>,
}

impl Definition {
    /// A plain definition.
    pub fn new(value: Rc<Thunk>, module: usize) -> Self {
        Definition {
            expression: value.origin.span,
            value,
            name_span: None,
            module,
            priority: None,
            order: None,
            guards: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// The priority, or the one of a definition that says nothing.
    pub fn effective_priority(&self) -> i64 {
        self.priority.unwrap_or(DEFAULT_PRIORITY)
    }

    /// The order, or the one of a definition that says nothing.
    pub fn effective_order(&self) -> i64 {
        self.order.unwrap_or(DEFAULT_ORDER)
    }

    /// Where to point for it.
    pub fn span(&self) -> Option<Span> {
        self.name_span.or(self.expression)
    }

    fn guarded(&self, condition: &Condition, holds: bool) -> Option<Definition> {
        for guard in &self.guards {
            if guard.condition.id == condition.id {
                return (guard.holds == holds).then(|| self.clone());
            }
        }
        let mut definition = self.clone();
        definition.guards.push(Guard {
            condition: condition.clone(),
            holds,
        });
        Some(definition)
    }

    fn with_value(&self, value: Rc<Thunk>) -> Definition {
        Definition {
            expression: value.origin.span.or(self.expression),
            value,
            ..self.clone()
        }
    }
}

/// A definition after its wrappers were taken off, and what its value turned out to be.
#[derive(Clone, Debug)]
pub struct Discharged {
    /// The definition; its value is no `mkIf` and the like any more.
    pub definition: Definition,
    /// The value in weak head normal form, or why there is none. Never a split: those became guards.
    pub value: Result<Value, Stop>,
}

/// At most so many definitions come out of one by its conditions.
const MOST: usize = 64;

impl Evaluator {
    /// Takes `mkIf`, `mkMerge`, `mkOverride` and `mkOrder` off definitions and turns every condition that is not
    /// known into a guard. A definition under a condition that is known to be false is gone.
    pub fn discharge(&mut self, definitions: &[Definition]) -> Vec<Discharged> {
        self.discharge_all(definitions, false)
    }

    /// The same for definitions of a set of options: conditions are handed down to the options instead of being looked at,
    /// because they may depend on options of the same set.
    pub fn push_down(&mut self, definitions: &[Definition]) -> Vec<Discharged> {
        self.discharge_all(definitions, true)
    }

    fn discharge_all(&mut self, definitions: &[Definition], lazy: bool) -> Vec<Discharged> {
        let mut found = Vec::with_capacity(definitions.len());
        for definition in definitions {
            let budget = found.len() + MOST;
            self.discharge_into(definition.clone(), &mut found, budget, lazy);
        }
        found
    }

    /// Looks at a condition of a definition and goes on with what is under it where it holds.
    fn discharge_under(
        &mut self,
        condition: &Rc<Thunk>,
        outer: Definition,
        inner: Definition,
        found: &mut Vec<Discharged>,
        budget: usize,
        lazy: bool,
    ) {
        let outcome = self.in_world_of(&outer, |evaluator| {
            evaluator.boolean(condition, &condition.origin.clone())
        });
        match outcome {
            Ok(true) => self.discharge_into(inner, found, budget, lazy),
            Ok(false) => {}
            Err(Stop::Split(condition)) => {
                if found.len() >= budget {
                    return;
                }
                for holds in [true, false] {
                    if let Some(definition) = outer.guarded(&condition, holds) {
                        self.discharge_into(definition, found, budget, lazy);
                    }
                }
            }
            Err(stop) => found.push(Discharged {
                definition: outer,
                value: Err(stop),
            }),
        }
    }

    fn discharge_into(
        &mut self,
        definition: Definition,
        found: &mut Vec<Discharged>,
        budget: usize,
        lazy: bool,
    ) {
        if let (false, Some((condition, rest))) = (lazy, definition.conditions.split_first()) {
            let condition = Rc::clone(condition);
            let mut inner = definition.clone();
            inner.conditions = rest.to_vec();
            return self.discharge_under(&condition, definition, inner, found, budget, lazy);
        }
        let outcome = self.in_world_of(&definition, |evaluator| evaluator.force(&definition.value));
        let value = match outcome {
            Ok(value) => value,
            Err(Stop::Split(condition)) => {
                if found.len() >= budget {
                    let unknown = self.unknown(
                        "it depends on too many conditions that are not known",
                        None,
                        condition.span,
                    );
                    found.push(Discharged {
                        definition,
                        value: Err(Stop::Unknown(unknown)),
                    });
                    return;
                }
                for holds in [true, false] {
                    if let Some(definition) = definition.guarded(&condition, holds) {
                        self.discharge_into(definition, found, budget, lazy);
                    }
                }
                return;
            }
            Err(stop) => {
                found.push(Discharged {
                    definition,
                    value: Err(stop),
                });
                return;
            }
        };
        let Value::Attrs(attrs) = &value.value else {
            found.push(Discharged {
                definition: with_origin(definition, &value.origin),
                value: Ok(value.value),
            });
            return;
        };
        let property = match self.property(attrs) {
            // Nix looks for this one in what modules say only, not in the default of an option.
            Some(Property::Definition(_)) if definition.module == usize::MAX => None,
            property => property,
        };
        match property {
            None => found.push(Discharged {
                definition: with_origin(definition, &value.origin),
                value: Ok(value.value),
            }),
            Some(Property::Merge(contents)) => {
                match self.in_world_of(&definition, |evaluator| {
                    evaluator.list(&contents, &value.origin)
                }) {
                    Ok(list) => {
                        for item in &list.items {
                            self.discharge_into(
                                definition.with_value(Rc::clone(item)),
                                found,
                                budget + list.items.len(),
                                lazy,
                            );
                        }
                        for (_, unknown) in &list.gaps {
                            found.push(Discharged {
                                definition: definition.clone(),
                                value: Err(Stop::Unknown(Rc::clone(unknown))),
                            });
                        }
                    }
                    Err(Stop::Split(condition)) => {
                        for holds in [true, false] {
                            if let Some(definition) = definition.guarded(&condition, holds) {
                                self.discharge_into(definition, found, budget, lazy);
                            }
                        }
                    }
                    Err(stop) => found.push(Discharged {
                        definition,
                        value: Err(stop),
                    }),
                }
            }
            Some(Property::If(condition, content)) => {
                let mut inner = definition.with_value(content);
                if lazy {
                    inner.conditions.push(condition);
                    self.discharge_into(inner, found, budget, lazy);
                } else {
                    self.discharge_under(&condition, definition, inner, found, budget, lazy);
                }
            }
            Some(Property::Definition(value)) => {
                self.discharge_into(definition.with_value(value), found, budget, lazy);
            }
            Some(Property::Override(priority, content)) => {
                let mut inner = definition.with_value(content);
                let priority = self.in_world_of(&definition, |evaluator| {
                    evaluator.integer(&priority, &value.origin)
                });
                // Of two nested overrides Nix heeds the outer one.
                if let Ok(priority) = priority {
                    inner.priority.get_or_insert(priority);
                }
                self.discharge_into(inner, found, budget, lazy);
            }
            Some(Property::Order(order, content)) => {
                let mut inner = definition.with_value(content);
                let order = self.in_world_of(&definition, |evaluator| {
                    evaluator.integer(&order, &value.origin)
                });
                if let Ok(order) = order {
                    inner.order.get_or_insert(order);
                }
                self.discharge_into(inner, found, budget, lazy);
            }
        }
    }

    /// Runs `work` in the worlds in which a definition holds.
    pub fn in_world_of<T>(
        &mut self,
        definition: &Definition,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.assume_all(&definition.guards, work)
    }

    /// Runs `work` in the worlds in which all guards hold.
    pub fn assume_all<T>(&mut self, guards: &[Guard], work: impl FnOnce(&mut Self) -> T) -> T {
        match guards.split_first() {
            None => work(self),
            Some((guard, rest)) => self.assume(guard.condition.id, guard.holds, |evaluator| {
                evaluator.assume_all(rest, work)
            }),
        }
    }

    /// Whether a set is a `mkIf`, `mkMerge`, `mkOverride` or `mkOrder`.
    pub fn is_wrapper(&mut self, attrs: &Attrs) -> bool {
        self.property(attrs).is_some()
    }

    /// Which wrapper of the module system a set is, if any.
    fn property(&mut self, attrs: &Attrs) -> Option<Property> {
        let kind = Rc::clone(&attrs.get(Symbol::new("_type"))?.value);
        let Value::String(kind) = self.force(&kind).ok()?.value else {
            return None;
        };
        let part = |name: &str| {
            attrs
                .get(Symbol::new(name))
                .map(|attr| Rc::clone(&attr.value))
        };
        Some(match &*kind.known().ok()? {
            "if" => Property::If(part("condition")?, part("content")?),
            "merge" => Property::Merge(part("contents")?),
            "override" => Property::Override(part("priority")?, part("content")?),
            "order" => Property::Order(part("priority")?, part("content")?),
            "definition" => Property::Definition(part("value")?),
            _ => return None,
        })
    }
}

fn with_origin(mut definition: Definition, origin: &Origin) -> Definition {
    // A thunk that stands for a variable keeps the place of its use as the definition's expression.
    if definition.expression.is_none() {
        definition.expression = origin.span;
    }
    definition
}

enum Property {
    If(Rc<Thunk>, Rc<Thunk>),
    Merge(Rc<Thunk>),
    Override(Rc<Thunk>, Rc<Thunk>),
    Order(Rc<Thunk>, Rc<Thunk>),
    Definition(Rc<Thunk>),
}

/// The definitions of the attributes of sets, by name, in the order of the definitions.
#[derive(Debug, Default)]
pub struct Children {
    /// Sorted by name.
    pub by_name: Vec<(Symbol, Vec<Definition>)>,
    /// Set where further names may be defined that are not known.
    pub open: Option<Rc<Unknown>>,
}

impl Children {
    /// The definitions of a name.
    pub fn get(&self, name: Symbol) -> &[Definition] {
        self.by_name
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(&[], |(_, definitions)| definitions)
    }
}

/// Groups the attributes of discharged definitions by name. `keep_priority` hands a definition's priority down to its
/// attributes (a set of options); otherwise it has done its work (an option whose value is a set). Definitions that are not
/// sets are passed over; unknown ones make the result open.
pub fn children(discharged: &[Discharged], keep_priority: bool) -> Children {
    let mut result = Children::default();
    // Names of a single definition are different already.
    let several = discharged.len() > 1;
    let mut index: SymbolMap<usize> = SymbolMap::default();
    for Discharged { definition, value } in discharged {
        let attrs = match value {
            Ok(Value::Attrs(attrs)) => attrs,
            Err(Stop::Unknown(unknown)) => {
                result.open.get_or_insert_with(|| Rc::clone(unknown));
                continue;
            }
            _ => continue,
        };
        if let Some(open) = &attrs.open {
            result.open.get_or_insert_with(|| Rc::clone(open));
        }
        for attr in attrs.unordered() {
            let child = Definition {
                value: Rc::clone(&attr.value),
                name_span: attr.name_span,
                expression: attr.definition,
                module: definition.module,
                priority: definition.priority.filter(|_| keep_priority),
                order: definition.order.filter(|_| keep_priority),
                guards: definition.guards.clone(),
                conditions: definition.conditions.clone(),
            };
            if several {
                match index.entry(attr.name) {
                    Entry::Occupied(known) => {
                        result.by_name[*known.get()].1.push(child);
                        continue;
                    }
                    Entry::Vacant(new) => {
                        new.insert(result.by_name.len());
                    }
                }
            }
            result.by_name.push((attr.name, vec![child]));
        }
    }
    result.by_name.sort_by_key(|(name, _)| name.as_str());
    result
}
