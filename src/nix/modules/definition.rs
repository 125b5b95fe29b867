//! Definitions: what modules say about options, with priority, order and conditions.

use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{Condition, EvalError, Stop, Unknown};
use crate::nix::eval::value::{Attrs, Origin, Thunk, Val, Value};
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

/// A wrapper around a set of options, handed down to a definition in it.
#[derive(Clone, Debug)]
pub enum Wrapper {
    /// `mkIf`: the condition, which is not looked at before the definition is needed.
    If(Rc<Thunk>),
    /// `mkOverride` and its like: the priority.
    Override(Rc<Thunk>),
}

impl Wrapper {
    /// The set that a wrapper with something in it is in Nix.
    fn around(&self, content: Rc<Thunk>) -> Rc<Thunk> {
        let (kind, name, value) = match self {
            Wrapper::If(condition) => ("if", "condition", condition),
            Wrapper::Override(priority) => ("override", "priority", priority),
        };
        let origin = content.origin.clone();
        let attrs = Attrs::of([
            ("_type", Val::string(kind).thunk()),
            (name, Rc::clone(value)),
            ("content", content),
        ]);
        Val::new(Value::Attrs(Rc::new(attrs)), origin).thunk()
    }
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
    /// Lower wins; `None` where nothing is said, or nothing was looked at yet.
    pub priority: Option<i64>,
    /// Lower comes first in lists; `None` where nothing is said, or nothing was looked at yet.
    pub order: Option<i64>,
    /// It holds where all of these do.
    pub guards: Vec<Guard>,
    /// Wrappers of the sets that it stands in, the outermost first. They are around `value`.
    pub wrappers: Vec<Wrapper>,
    /// Whether an order that it gives counts for nothing: that of a definition which another option hands on.
    pub has_no_order: bool,
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
            wrappers: Vec::new(),
            has_no_order: false,
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

    /// The value with the wrappers of the sets around it, as it is in Nix.
    pub fn with_wrappers(&self) -> Rc<Thunk> {
        self.wrappers
            .iter()
            .rev()
            .fold(Rc::clone(&self.value), |value, wrapper| {
                wrapper.around(value)
            })
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
    /// The definition; what Nix takes off its value is taken off.
    pub definition: Definition,
    /// The value in weak head normal form, or why there is none. Never a split: those became guards.
    pub value: Result<Value, Stop>,
}

impl Discharged {
    /// Why Nix fails before it knows the priority of this definition, so that a stronger one does not help.
    pub fn fails_at_once(&self) -> Option<Stop> {
        match &self.value {
            Err(stop @ Stop::Error(_))
                if self.definition.priority.is_none() && self.definition.order.is_none() =>
            {
                Some(stop.clone())
            }
            _ => None,
        }
    }
}

/// At most so many definitions come out of one by its conditions.
const MOST: usize = 64;

/// What is defined, which decides how wrappers are taken off.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// An option: wrappers are taken off in the order that Nix knows, `mkIf` and `mkMerge`, then one `mkOverride`, then one
    /// `mkOrder`. Whatever else stands inside stays part of the value.
    Option(Stage),
    /// A set of options whose conditions can be looked at.
    Set,
    /// A set of options whose conditions are handed down to the options, because they may depend on options of the same set.
    LazySet,
}

/// Which wrappers of an option's definition come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Conditions,
    Priority,
    Order,
}

impl Evaluator {
    /// Takes `mkIf`, `mkMerge`, `mkOverride` and `mkOrder` off definitions of an option and turns every condition that is not
    /// known into a guard. A definition under a condition that is known to be false is gone.
    pub fn discharge(&mut self, definitions: &[Definition]) -> Vec<Discharged> {
        self.discharge_all(definitions, Purpose::Option(Stage::Conditions))
    }

    /// The same for definitions of a set of options: priorities are handed down to the options.
    pub fn discharge_set(&mut self, definitions: &[Definition]) -> Vec<Discharged> {
        self.discharge_all(definitions, Purpose::Set)
    }

    /// The same for definitions of a set of options, with conditions handed down too instead of being looked at.
    pub fn push_down(&mut self, definitions: &[Definition]) -> Vec<Discharged> {
        self.discharge_all(definitions, Purpose::LazySet)
    }

    /// Why conditions fail under which definitions at paths of two names stand: the definitions count for nothing then, and Nix fails.
    pub fn failing_conditions(
        &mut self,
        definitions: &[Definition],
        paths: &[(&str, Vec<Symbol>)],
    ) -> Vec<Rc<EvalError>> {
        let pushed = self.push_down(definitions);
        let spaces = children(&pushed);
        let mut below = Vec::new();
        for (space, names) in paths {
            let definitions = spaces.get(Symbol::new(space));
            if definitions.is_empty() {
                continue;
            }
            let pushed = self.push_down(definitions);
            let options = children(&pushed);
            for name in names {
                below.extend_from_slice(options.get(*name));
            }
        }
        let mut found = Vec::new();
        for definition in &below {
            for wrapper in &definition.wrappers {
                let Wrapper::If(condition) = wrapper else {
                    continue;
                };
                let origin = condition.origin.clone();
                let outcome = self.in_world_of(definition, |evaluator| {
                    evaluator.boolean(condition, &origin)
                });
                match outcome {
                    Ok(true) => {}
                    Err(Stop::Error(error)) => {
                        found.push(error);
                        break;
                    }
                    _ => break,
                }
            }
        }
        found
    }

    /// An option's own default as a definition: weaker than all others.
    pub fn discharge_default(&mut self, default: &Rc<Thunk>) -> Vec<Discharged> {
        let mut definition = Definition::new(Rc::clone(default), usize::MAX);
        definition.priority = Some(OPTION_DEFAULT_PRIORITY);
        self.discharge_all(&[definition], Purpose::Option(Stage::Order))
    }

    fn discharge_all(&mut self, definitions: &[Definition], purpose: Purpose) -> Vec<Discharged> {
        let mut found = Vec::with_capacity(definitions.len());
        for definition in definitions {
            let budget = found.len() + MOST;
            self.discharge_into(definition.clone(), &mut found, budget, purpose);
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
        purpose: Purpose,
    ) {
        let outcome = self.in_world_of(&outer, |evaluator| {
            evaluator.boolean(condition, &condition.origin.clone())
        });
        match outcome {
            Ok(true) => self.discharge_into(inner, found, budget, purpose),
            Ok(false) => {}
            Err(Stop::Split(condition)) => {
                if found.len() >= budget {
                    return;
                }
                for holds in [true, false] {
                    if let Some(definition) = outer.guarded(&condition, holds) {
                        self.discharge_into(definition, found, budget, purpose);
                    }
                }
            }
            Err(stop) => found.push(Discharged {
                definition: outer,
                value: Err(stop),
            }),
        }
    }

    /// Goes on inside of an override.
    fn discharge_overridden(
        &mut self,
        priority: &Rc<Thunk>,
        outer: Definition,
        mut inner: Definition,
        found: &mut Vec<Discharged>,
        budget: usize,
    ) {
        let outcome = self.in_world_of(&outer, |evaluator| {
            evaluator.integer(priority, &priority.origin.clone())
        });
        match outcome {
            Ok(priority) => {
                inner.priority = Some(priority);
                self.discharge_into(inner, found, budget, Purpose::Option(Stage::Order));
            }
            Err(stop) => {
                let stop = super::unsplit(self, stop);
                found.push(Discharged {
                    definition: outer,
                    value: Err(stop),
                });
            }
        }
    }

    fn discharge_into(
        &mut self,
        definition: Definition,
        found: &mut Vec<Discharged>,
        budget: usize,
        purpose: Purpose,
    ) {
        // First what stands around the set that the definition is in.
        if let (false, Some((wrapper, rest))) = (
            purpose == Purpose::LazySet,
            definition.wrappers.split_first(),
        ) {
            let wrapper = wrapper.clone();
            let mut inner = definition.clone();
            match (&wrapper, purpose) {
                (Wrapper::If(condition), _) => {
                    inner.wrappers = rest.to_vec();
                    return self
                        .discharge_under(condition, definition, inner, found, budget, purpose);
                }
                (Wrapper::Override(priority), Purpose::Option(_)) => {
                    // What stands inside of an override is part of the value.
                    inner.value = rest
                        .iter()
                        .rev()
                        .fold(Rc::clone(&inner.value), |value, wrapper| {
                            wrapper.around(value)
                        });
                    inner.wrappers.clear();
                    return self.discharge_overridden(priority, definition, inner, found, budget);
                }
                (Wrapper::Override(_), _) => {}
            }
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
                        self.discharge_into(definition, found, budget, purpose);
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
            Some(property) if property.is_looked_for(purpose) => property,
            _ => {
                found.push(Discharged {
                    definition: with_origin(definition, &value.origin),
                    value: Ok(value.value),
                });
                return;
            }
        };
        match property {
            Property::Merge(contents) => {
                match self.in_world_of(&definition, |evaluator| {
                    evaluator.list(&contents, &value.origin)
                }) {
                    Ok(list) => {
                        for item in &list.items {
                            self.discharge_into(
                                definition.with_value(Rc::clone(item)),
                                found,
                                budget + list.items.len(),
                                purpose,
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
                                self.discharge_into(definition, found, budget, purpose);
                            }
                        }
                    }
                    Err(stop) => found.push(Discharged {
                        definition,
                        value: Err(stop),
                    }),
                }
            }
            Property::If(condition, content) => {
                let mut inner = definition.with_value(content);
                if purpose == Purpose::LazySet || !definition.wrappers.is_empty() {
                    inner.wrappers.push(Wrapper::If(condition));
                    self.discharge_into(inner, found, budget, purpose);
                } else {
                    self.discharge_under(&condition, definition, inner, found, budget, purpose);
                }
            }
            Property::Definition(content) => {
                let inner = definition.with_value(content);
                let purpose = Purpose::Option(Stage::Priority);
                self.discharge_into(inner, found, budget, purpose);
            }
            Property::Override(priority, content) => {
                let mut inner = definition.with_value(content);
                if matches!(purpose, Purpose::Option(_)) {
                    self.discharge_overridden(&priority, definition, inner, found, budget);
                } else {
                    inner.wrappers.push(Wrapper::Override(priority));
                    self.discharge_into(inner, found, budget, purpose);
                }
            }
            Property::Order(order, content) => {
                let mut inner = definition.with_value(content);
                if inner.has_no_order {
                    inner.has_no_order = false;
                    return self.discharge_into(
                        inner,
                        found,
                        budget,
                        Purpose::Option(Stage::Order),
                    );
                }
                let outcome = self.in_world_of(&definition, |evaluator| {
                    let order = evaluator.integer(&order, &order.origin.clone())?;
                    let content = evaluator.force(&inner.value);
                    Ok((order, content))
                });
                let (value, origin) = match outcome {
                    Ok((order, content)) => {
                        inner.order = Some(order);
                        match content {
                            Err(Stop::Split(condition)) => {
                                for holds in [true, false] {
                                    if let Some(definition) = definition.guarded(&condition, holds)
                                    {
                                        self.discharge_into(definition, found, budget, purpose);
                                    }
                                }
                                return;
                            }
                            Ok(content) => (Ok(content.value), content.origin),
                            Err(stop) => (Err(stop), Origin::default()),
                        }
                    }
                    Err(stop) => (Err(super::unsplit(self, stop)), Origin::default()),
                };
                found.push(Discharged {
                    definition: with_origin(inner, &origin),
                    value,
                });
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

impl Property {
    /// Whether Nix takes this wrapper off; otherwise it is part of the value.
    fn is_looked_for(&self, purpose: Purpose) -> bool {
        match (self, purpose) {
            (Property::If(..) | Property::Merge(_), Purpose::Option(stage)) => {
                stage == Stage::Conditions
            }
            (Property::Definition(_), purpose) => purpose == Purpose::Option(Stage::Conditions),
            (Property::Override(..), Purpose::Option(stage)) => stage != Stage::Order,
            (Property::Order(..), purpose) => matches!(purpose, Purpose::Option(_)),
            (Property::If(..) | Property::Merge(_) | Property::Override(..), _) => true,
        }
    }
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

/// Groups the attributes of discharged definitions by name. What is still around them is handed down to the attributes. Definitions that are not
/// sets are passed over; unknown ones make the result open.
pub fn children(discharged: &[Discharged]) -> Children {
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
                priority: None,
                order: None,
                guards: definition.guards.clone(),
                wrappers: definition.wrappers.clone(),
                has_no_order: definition.has_no_order,
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
