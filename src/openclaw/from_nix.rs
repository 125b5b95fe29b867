//! Evaluated Nix to trees: values with their places, definitions merged.

use super::configuration::{Problem, ProblemKind};
use super::path::ConfigPath;
use super::tree::{
    Condition, List, Node, Object, PathLiteral, Place, Step, Text, TextPart, Unknown, Value,
};
use super::updates::opened;
use crate::nix::eval::Evaluator;
use crate::nix::eval::unknown::{self, ErrorKind, EvalError, Kind, Stop};
use crate::nix::eval::value::{
    self, Attrs, CallFrame, JsonText, Marker, NixString, Origin, Part, Thunk, TreePath,
};
use crate::nix::modules::ModuleSet;
use crate::nix::modules::definition::{Definition, Discharged, children};
use crate::nix::symbol::Symbol;
use crate::workspace::source::Span;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

/// How definitions of one thing come together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Merging {
    /// As options do: wrappers such as `mkIf` count at every level, lists are concatenated, different values contradict.
    Options,
    /// The options of nix-openclaw's NixOS service: as options, but its `config` is [`Merging::Deep`].
    Service,
    /// An option of that type of the service's own which merges its definitions with `lib.recursiveUpdate`: wrappers around
    /// a whole definition count, those within it do not.
    Deep,
    /// As `lib.recursiveUpdate` does: sets by attribute, else the later one.
    Update,
    /// A value as it is, without the module system.
    Plain,
}

impl Merging {
    /// Whether the module system takes wrappers off and compares priorities at this level.
    fn is_option(self) -> bool {
        matches!(self, Merging::Options | Merging::Service | Merging::Deep)
    }

    /// How the attribute of that name comes together in a set that comes together like this.
    fn below(self, name: &str) -> Self {
        match self {
            Merging::Service if name == "config" => Merging::Deep,
            Merging::Service => Merging::Options,
            Merging::Deep => Merging::Update,
            other => other,
        }
    }
}

/// As many alternatives a value has at most: those of six conditions that have nothing to do with each other. No more worlds are
/// told apart in any case.
const MOST_ALTERNATIVES: usize = 64;

/// Of so many conditions a message says that what it tells depends on them.
const MOST_CONDITIONS_TOLD: usize = 3;

/// So many conditions have so many alternatives.
const MOST_CONDITIONS: usize = 6;

/// Nodes that one conversion makes at most.
const MOST_NODES: usize = 400_000;
/// Levels that it goes down at most.
const DEEPEST: usize = 120;

/// Converts values and definitions, and collects what fails on the way.
pub struct Converter<'a> {
    evaluator: &'a mut Evaluator,
    /// Names of the modules, for "set in this module".
    set: Option<Rc<ModuleSet>>,
    nodes: usize,
    depth: usize,
    /// How many alternatives the value that is being read has so far.
    alternatives: usize,
    /// Whether what is being read is options of OpenClaw, of which `config` becomes JSON.
    pub is_of_openclaw: bool,
    /// How many values around this one become JSON: a file in one stands there as its path, elsewhere it is read.
    in_json: usize,
    /// How deep the innermost of them is: a text in it stays one, also where it is JSON.
    json_depth: usize,
    /// The names on the way to the option that is being read.
    names: Vec<Symbol>,
    /// What failed.
    failures: Vec<Failure>,
    /// Whether a `throw` or the like under a condition that is not known was taken not to be reached.
    assumes_no_stop: bool,
    /// What every value becomes where the tree is not wanted, only that it is evaluated.
    in_place_of_all: Option<Rc<Node>>,
}

/// On how many conditions the definitions depend.
fn conditions_of(definitions: &[Discharged]) -> usize {
    let guards = definitions.iter().flat_map(|one| &one.definition.guards);
    guards
        .map(|guard| guard.condition.id)
        .collect::<HashSet<u64>>()
        .len()
}

/// A problem that was met, and what has to be known of it where it turns out to depend on a condition.
struct Failure {
    problem: Problem,
    /// Whether it fails wherever the expression is needed, whatever the values are.
    is_of_source: bool,
    /// On how many conditions its message says that it depends, at its end and in brackets.
    conditions: usize,
}

impl Failure {
    /// Whether both are told of one place in the same words.
    fn is_same_mistake(&self, other: &Failure) -> bool {
        let (one, other) = (&self.problem, &other.problem);
        one.kind == other.kind && one.span == other.span && one.message == other.message
    }
}

impl<'a> Converter<'a> {
    /// A converter; `set` is where definitions come from.
    pub fn new(evaluator: &'a mut Evaluator, set: Option<&Rc<ModuleSet>>) -> Self {
        Converter {
            evaluator,
            set: set.cloned(),
            nodes: 0,
            depth: 0,
            alternatives: 0,
            is_of_openclaw: false,
            in_json: 0,
            json_depth: 0,
            names: Vec::new(),
            failures: Vec::new(),
            assumes_no_stop: false,
            in_place_of_all: None,
        }
    }

    /// What was assumed on the way, in plain words.
    pub fn assumption(&self) -> Option<String> {
        self.assumes_no_stop.then(|| {
            "where a `throw` or an `assert` stands under a condition that is not known, Nix does not stop there".to_string()
        })
    }

    /// What evaluates for it.
    pub fn evaluator(&self) -> &Evaluator {
        self.evaluator
    }

    /// What failed, and forgets it.
    pub fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.failures)
            .into_iter()
            .map(|failure| failure.problem)
            .collect()
    }

    /// Evaluates all that a tree of these definitions would hold, and makes none.
    pub fn evaluate(&mut self, definitions: &[Definition], merging: Merging) {
        self.in_place_of_all = Some(Node::new(Value::Null, Place::default()));
        self.definitions(definitions, merging);
        self.in_place_of_all = None;
    }

    /// The definitions below a path of option names, as the modules give them. Wrappers on the way are taken off.
    pub fn definitions_at(&mut self, set: &Rc<ModuleSet>, path: &[&str]) -> Vec<Definition> {
        let path: Vec<Symbol> = path.iter().map(|name| Symbol::new(name)).collect();
        for depth in 0..path.len() {
            let below = self.evaluator.below(set, &path[..depth]);
            for error in &below.errors {
                self.fail(error);
            }
            // Nothing further in.
            if below.children.by_name.is_empty() && below.children.open.is_none() {
                return Vec::new();
            }
        }
        self.evaluator.definitions_at(set, &path)
    }

    /// Remembers a failure, once.
    pub fn fail(&mut self, error: &Rc<EvalError>) {
        if error.kind == ErrorKind::Syntax {
            return;
        }
        self.remember(Failure {
            problem: problem(error),
            is_of_source: matches!(
                error.kind,
                ErrorKind::UndefinedVariable
                    | ErrorKind::MissingFile
                    | ErrorKind::UntrackedFile
                    | ErrorKind::FileInSubmodule
            ),
            conditions: 0,
        });
    }

    fn remember(&mut self, failure: Failure) {
        let is_known = |known: &Failure| known.problem == failure.problem;
        if !self.failures.iter().any(is_known) {
            self.failures.push(failure);
        }
    }

    /// What failed since `first`, all of it in a branch that another one may be taken instead of. What the sources mean to fail
    /// is no mistake there: they say themselves which case is not for them.
    fn fails_under(&mut self, first: usize, condition: &Condition, holds: bool) {
        let mut in_branch = self.failures.split_off(first);
        in_branch.retain(|failure| !failure.problem.is_deliberate);
        for mut failure in in_branch {
            let phrase = condition.phrase(holds);
            let problem = &mut failure.problem;
            if failure.conditions > 0 {
                if failure.conditions < MOST_CONDITIONS_TOLD {
                    problem.message.pop();
                    problem.message.push_str(&format!(", {phrase})"));
                    failure.conditions += 1;
                }
            } else if !failure.is_of_source && !problem.may_be_harmless {
                problem.may_be_harmless = true;
                problem.message = format!("{} ({phrase})", problem.message);
                failure.conditions = 1;
            }
            if let Some(span) = condition.span {
                let related = (span, format!("it is there {phrase}"));
                if !problem.related.contains(&related) {
                    problem.related.push(related);
                }
            }
            self.remember(failure);
        }
    }

    /// The tree of a thunk.
    pub fn value(&mut self, thunk: &Rc<Thunk>, merging: Merging) -> Rc<Node> {
        let definition = Definition::new(Rc::clone(thunk), usize::MAX);
        self.definitions(&[definition], merging)
            .unwrap_or_else(|| Node::new(Value::Null, Place::default()))
    }

    /// The tree of a value that becomes JSON.
    pub fn json_value(&mut self, thunk: &Rc<Thunk>) -> Rc<Node> {
        self.becoming_json(|converter| converter.value(thunk, Merging::Plain))
    }

    /// What a conversion of the next value gives, which becomes JSON.
    fn becoming_json<T>(&mut self, convert: impl FnOnce(&mut Self) -> T) -> T {
        let around = std::mem::replace(&mut self.json_depth, self.depth + 1);
        self.in_json += 1;
        let converted = convert(self);
        self.in_json -= 1;
        self.json_depth = around;
        converted
    }

    /// The tree of definitions; `None` where none of them holds.
    pub fn definitions(
        &mut self,
        definitions: &[Definition],
        merging: Merging,
    ) -> Option<Rc<Node>> {
        if self.depth >= DEEPEST || self.nodes >= MOST_NODES {
            let span = definitions.first().and_then(Definition::span);
            return Some(unknown_node("it is nested too deeply or too large", span));
        }
        self.depth += 1;
        self.nodes += 1;
        let discharged = if merging.is_option() {
            self.evaluator.discharge(definitions)
        } else {
            self.plain(definitions)
        };
        let around = std::mem::take(&mut self.alternatives);
        let node = self.discharged(discharged, merging);
        self.alternatives = around;
        self.depth -= 1;
        node
    }

    /// The values of definitions without the module system; a split becomes a pair of guards.
    fn plain(&mut self, definitions: &[Definition]) -> Vec<Discharged> {
        let mut found = Vec::new();
        let mut todo: Vec<Definition> = definitions.iter().rev().cloned().collect();
        while let Some(definition) = todo.pop() {
            let outcome = self
                .evaluator
                .in_world_of(&definition, |evaluator| evaluator.force(&definition.value));
            match outcome {
                Ok(value) => found.push(Discharged {
                    definition,
                    value: Ok(value.value),
                }),
                Err(Stop::Split(condition)) if found.len() < 64 => {
                    for holds in [false, true] {
                        let mut guarded = definition.clone();
                        guarded.guards.push(crate::nix::modules::definition::Guard {
                            condition: condition.clone(),
                            holds,
                        });
                        todo.push(guarded);
                    }
                }
                Err(stop) => found.push(Discharged {
                    definition,
                    value: Err(stop),
                }),
            }
        }
        found
    }

    fn discharged(&mut self, discharged: Vec<Discharged>, merging: Merging) -> Option<Rc<Node>> {
        // What the present world decides already.
        let mut active = Vec::with_capacity(discharged.len());
        'definitions: for mut one in discharged {
            let mut open = Vec::new();
            for guard in std::mem::take(&mut one.definition.guards) {
                match self.evaluator.assumed(guard.condition.id) {
                    Some(holds) if holds == guard.holds => {}
                    Some(_) => continue 'definitions,
                    None => open.push(guard),
                }
            }
            one.definition.guards = open;
            active.push(one);
        }
        let first_guard = active
            .iter()
            .find_map(|one| one.definition.guards.first().cloned());
        let Some(guard) = first_guard else {
            return self.merge(active, merging);
        };
        let is_many = conditions_of(&active) > MOST_CONDITIONS;
        let all_are = |is_such: fn(&value::Value) -> bool| {
            active.iter().all(|one| {
                matches!(&one.value, Ok(value) if is_such(value))
                    && one.definition.priority.is_none()
            })
        };
        let always_there = active.iter().any(|one| one.definition.guards.is_empty());
        if merging != Merging::Plain && all_are(is_plain_set) && (always_there || is_many) {
            // The set is there in any world, or in nearly any: only its attributes depend.
            return self.merge(active, merging);
        }
        if merging.is_option() && is_many && all_are(|value| matches!(value, value::Value::List(_)))
        {
            // The lists of so many worlds are not told apart: the elements of one depend.
            return self.merge(active, merging);
        }
        if self.alternatives >= MOST_ALTERNATIVES {
            let span = active.iter().find_map(|one| one.definition.span());
            return Some(unknown_node(
                "it depends on more conditions than are told apart",
                span,
            ));
        }
        self.alternatives += 1;
        self.nodes += 1;
        let condition = Condition {
            id: guard.condition.id,
            text: guard.condition.text.to_string(),
            span: guard.condition.span,
            equality: self.evaluator.equality(guard.condition.id).cloned(),
        };
        let first = self.failures.len();
        let mut second = first;
        let mut branches = [true, false].map(|holds| {
            second = self.failures.len();
            let again = active.clone();
            self.assume(guard.condition.id, holds, |converter| {
                converter.discharged(again, merging)
            })
        });
        let [then, otherwise] = &mut branches;
        if !(is_failure(then) && is_failure(otherwise)) {
            let of_second = self.failures.split_off(second);
            let of_first = self.failures.split_off(first);
            let (in_both, of_second): (Vec<Failure>, Vec<Failure>) = of_second
                .into_iter()
                .partition(|one| of_first.iter().any(|other| one.is_same_mistake(other)));
            let of_first = of_first
                .into_iter()
                .filter(|one| !in_both.iter().any(|other| one.is_same_mistake(other)));
            self.failures.extend(of_first);
            self.fails_under(first, &condition, true);
            let second = self.failures.len();
            self.failures.extend(of_second);
            self.fails_under(second, &condition, false);
            in_both
                .into_iter()
                .for_each(|failure| self.remember(failure));
            // Where Nix stops there is nothing to check, so what there is comes from the other branch.
            for (one, other) in [(&*then, &*otherwise), (&*otherwise, &*then)] {
                if is_deliberate_failure(one) {
                    self.assumes_no_stop = true;
                    return other.clone();
                }
            }
        }
        if then.is_none() && otherwise.is_none() {
            return None;
        }
        let place = then
            .as_ref()
            .or(otherwise.as_ref())
            .map(|node| node.place.clone())
            .unwrap_or_default();
        Some(Node::new(
            Value::Choice(condition, then.take(), otherwise.take()),
            place,
        ))
    }

    fn assume<T>(&mut self, id: u64, holds: bool, work: impl FnOnce(&mut Self) -> T) -> T {
        self.evaluator.push_assumption(id, holds);
        let result = work(self);
        self.evaluator.pop_assumption();
        result
    }

    /// Merges definitions that all hold (or are sets whose attributes carry the conditions).
    fn merge(&mut self, mut active: Vec<Discharged>, merging: Merging) -> Option<Rc<Node>> {
        if merging.is_option() {
            let strongest = active
                .iter()
                .map(|one| one.definition.effective_priority())
                .min()?;
            active.retain(|one| one.definition.effective_priority() == strongest);
            active.sort_by_key(|one| one.definition.effective_order());
        }
        if merging.is_option() && active.len() > 1 {
            // What fails is told. It contradicts nothing, and the others are what is left to look at.
            let (failing, holding): (Vec<Discharged>, Vec<Discharged>) = active
                .into_iter()
                .partition(|one| matches!(one.value, Err(Stop::Error(_))));
            if holding.is_empty() {
                return failing.first().map(|one| self.single(one, merging));
            }
            if let Some(first) = failing.first() {
                for one in &failing {
                    self.single(one, merging);
                }
                let failed = Unknown {
                    subject: None,
                    kind: None,
                    reason: "another definition of it fails".to_string(),
                    span: first.definition.span(),
                };
                let held = self.merge(holding, merging);
                return held.map(|node| opened(&node, &failed));
            }
            active = holding;
        }
        let (first, rest) = active.split_first()?;
        if active.iter().all(|one| match &one.value {
            Ok(value) => is_plain_set(value),
            Err(Stop::Unknown(_)) => !rest.is_empty(),
            Err(_) => false,
        }) && active.iter().any(|one| one.value.is_ok())
        {
            return Some(self.object(&active, merging));
        }
        if rest.is_empty() {
            return Some(self.single(first, merging));
        }
        if merging.is_option() {
            Some(self.contradicting(&active))
        } else {
            active.last().map(|last| self.single(last, merging))
        }
    }

    /// Several definitions that are not all sets.
    fn contradicting(&mut self, active: &[Discharged]) -> Rc<Node> {
        if active
            .iter()
            .all(|one| matches!(one.value, Ok(value::Value::List(_)) | Err(Stop::Unknown(_))))
        {
            let mut merged = List::default();
            let mut place = Place::default();
            for one in active {
                let node = self.single(one, Merging::Options);
                match &node.value {
                    Value::List(list) => {
                        merged.items.extend(list.items.iter().cloned());
                        merged.open = merged.open.or_else(|| list.open.clone());
                        if place.primary().is_none() {
                            place = node.place.clone();
                        }
                    }
                    Value::Unknown(unknown) => {
                        merged.open.get_or_insert_with(|| unknown.clone());
                    }
                    _ => {}
                }
            }
            return Node::new(Value::List(merged), place);
        }
        let nodes: Vec<Rc<Node>> = active
            .iter()
            .map(|one| self.single(one, Merging::Options))
            .collect();
        let known: Vec<&Rc<Node>> = nodes
            .iter()
            .filter(|node| !matches!(node.value, Value::Unknown(_) | Value::Failed(_)))
            .collect();
        let same = known
            .windows(2)
            .all(|pair| same_value(&pair[0].value, &pair[1].value));
        if !same {
            let spans: Vec<Span> = active
                .iter()
                .filter_map(|one| one.definition.span())
                .collect();
            let mut problem = Problem::new(
                ProblemKind::ConflictingDefinitions,
                match self.names.is_empty() {
                    true => "this option has definitions that contradict each other".to_string(),
                    false => format!(
                        "`{}` has definitions that contradict each other",
                        path_of(&self.names)
                    ),
                },
                spans.first().copied(),
            );
            problem.help = Some(
                "Leave out all but one, or say which counts: `lib.mkForce` for it, or `lib.mkDefault` for the others."
                    .to_string(),
            );
            problem.related = spans
                .iter()
                .skip(1)
                .map(|span| (*span, "another definition".to_string()))
                .collect();
            self.remember(Failure {
                problem,
                is_of_source: false,
                conditions: 0,
            });
        }
        known.first().copied().unwrap_or(&nodes[0]).clone()
    }

    /// A set, merged by attribute.
    fn object(&mut self, active: &[Discharged], merging: Merging) -> Rc<Node> {
        let grouped = children(active);
        let mut object = Object {
            entries: BTreeMap::new(),
            open: grouped.open.as_deref().map(unknown_of),
        };
        for (name, definitions) in &grouped.by_name {
            let becomes_json = self.is_of_openclaw && name.as_str() == "config";
            let merging = merging.below(name.as_str());
            self.names.push(*name);
            let child = match becomes_json {
                true => self.becoming_json(|converter| converter.definitions(definitions, merging)),
                false => self.definitions(definitions, merging),
            };
            self.names.pop();
            if let Some(child) = child
                && self.in_place_of_all.is_none()
            {
                object.entries.insert(name.as_str().to_string(), child);
            }
        }
        if let Some(nothing) = &self.in_place_of_all {
            return Rc::clone(nothing);
        }
        let place = match active {
            [one] => self.place(&one.definition, None),
            _ => active
                .iter()
                .find(|one| one.value.is_ok())
                .map(|one| self.place(&one.definition, None))
                .unwrap_or_default(),
        };
        Node::new(Value::Object(object), place)
    }

    /// One definition.
    fn single(&mut self, one: &Discharged, merging: Merging) -> Rc<Node> {
        let value = match &one.value {
            Ok(_) => {
                let forced = self.evaluator.in_world_of(&one.definition, |evaluator| {
                    evaluator.force(&one.definition.value)
                });
                match forced {
                    Ok(value) => value,
                    Err(stop) => return self.stopped(&one.definition, &stop),
                }
            }
            Err(stop) => return self.stopped(&one.definition, &stop.clone()),
        };
        if let Some(nothing) = &self.in_place_of_all
            && !holds_more(&value.value)
        {
            return Rc::clone(nothing);
        }
        let place = self.place(&one.definition, Some(&value.origin));
        match &value.value {
            value::Value::Null => Node::new(Value::Null, place),
            value::Value::Bool(boolean) => Node::new(Value::Boolean(*boolean), place),
            value::Value::Int(integer) => Node::new(Value::Integer(*integer), place),
            value::Value::Float(float) => Node::new(Value::Float(*float), place),
            value::Value::String(string) => self.string(string, place),
            value::Value::Path(path) => Node::new(
                Value::Path(PathLiteral {
                    absolute: path.absolute.to_string(),
                    written: path.written.as_deref().unwrap_or_default().to_string(),
                    is_string: false,
                }),
                place,
            ),
            value::Value::List(list) => {
                let list = Rc::clone(list);
                let items = list
                    .items
                    .iter()
                    .filter_map(|item| {
                        let mut definition =
                            Definition::new(Rc::clone(item), one.definition.module);
                        definition.guards = one.definition.guards.clone();
                        // Elements are no options: only sets in them are, and those see wrappers inside.
                        self.definitions(&[definition], merging)
                    })
                    .collect();
                let open = list.gaps.first().map(|(_, unknown)| unknown_of(unknown));
                Node::new(Value::List(List { items, open }), place)
            }
            value::Value::Attrs(attrs) => self.attrs(attrs, one, place, merging),
            value::Value::Lambda(_) | value::Value::Builtin(_) => Node::new(
                Value::Unknown(Unknown {
                    subject: None,
                    kind: Some(Kind::Function),
                    reason: "it is a function".into(),
                    span: place.primary(),
                }),
                place,
            ),
        }
    }

    fn attrs(
        &mut self,
        attrs: &Rc<Attrs>,
        one: &Discharged,
        place: Place,
        merging: Merging,
    ) -> Rc<Node> {
        if is_plain_set(&value::Value::Attrs(Rc::clone(attrs))) {
            return self.object(std::slice::from_ref(one), merging);
        }
        let is_text_file = match attrs.marker.as_deref() {
            Some(Marker::TextFile { contents, .. }) if self.in_json == 0 => {
                return self.file(&Rc::clone(contents), place);
            }
            marker => matches!(marker, Some(Marker::TextFile { .. })),
        };
        if let Some(attr) = attrs.get(Symbol::new("outPath")) {
            let out_path = Rc::clone(&attr.value);
            if let Ok(value::Value::String(string)) =
                self.evaluator.force(&out_path).map(|value| value.value)
                && (string.place().is_some() || is_text_file)
            {
                return self.string(&string, place);
            }
        }
        Node::new(
            Value::Unknown(Unknown {
                subject: None,
                kind: Some(Kind::Derivation),
                reason: "it is a package or another value that is built".into(),
                span: place.primary(),
            }),
            place,
        )
    }

    /// A file whose text is known: its contents are what matters.
    fn file(&mut self, contents: &Rc<Thunk>, place: Place) -> Rc<Node> {
        let mut node = (*self.value(contents, Merging::Plain)).clone();
        node.place.key = place.key;
        node.place.is_file = true;
        Rc::new(node)
    }

    fn string(&mut self, string: &NixString, place: Place) -> Rc<Node> {
        if let ([Part::File(contents, _)], 0) = (string.parts.as_slice(), self.in_json) {
            return self.file(contents, place);
        }
        let is_within_json = self.in_json > 0 && self.depth > self.json_depth;
        if let ([Part::Json(json)], false) = (string.parts.as_slice(), is_within_json) {
            // Rendered JSON: the value that it was made of says more than its text.
            let thunk = json.value.clone().thunk();
            let mut node = (*self.json_value(&thunk)).clone();
            node.place.key = node.place.key.or(place.key);
            node.place.is_rendered = true;
            return Rc::new(node);
        }
        if let Some(absolute) = string.place() {
            let written = match string.parts.first() {
                Some(Part::Store(path, _) | Part::Tree(TreePath { path, .. }))
                    if string.parts.len() == 1 =>
                {
                    path.written.as_deref().unwrap_or_default().to_string()
                }
                _ => String::new(),
            };
            return Node::new(
                Value::Path(PathLiteral {
                    absolute,
                    written,
                    is_string: true,
                }),
                place,
            );
        }
        let mut parts = Vec::with_capacity(string.parts.len());
        for part in &string.parts {
            match part {
                Part::Json(json) => parts.extend(self.json_text(json, &place)),
                part => parts.push(text_part(part)),
            }
        }
        Node::new(Value::Text(Text { parts }), place)
    }

    /// The pieces of the JSON that Nix makes of a value, each with the place of what it was made of.
    fn json_text(&mut self, json: &JsonText, place: &Place) -> Vec<TextPart> {
        let mut parts = Vec::new();
        let is_written = self.write_json(&json.value.clone().thunk(), 0, &mut parts);
        match &json.text {
            Ok(text) => {
                let mut rest = &**text;
                let is_same = is_written
                    && parts.iter().all(|part| match part {
                        TextPart::Known { text, .. } => {
                            let after = rest.strip_prefix(text.as_str());
                            rest = after.unwrap_or(rest);
                            after.is_some()
                        }
                        TextPart::Unknown(_) => false,
                    });
                if !is_same || !rest.is_empty() {
                    return vec![TextPart::Known {
                        text: text.to_string(),
                        span: None,
                    }];
                }
                parts
            }
            Err(_) if is_written => parts,
            Err(Stop::Unknown(unknown)) => vec![TextPart::Unknown(unknown_of(unknown))],
            Err(_) => vec![TextPart::Unknown(Unknown {
                subject: None,
                kind: Some(Kind::String),
                reason: "it is rendered from a value that is not known".into(),
                span: place.primary(),
            })],
        }
    }

    /// Adds the pieces of the JSON of a value. `false` where they cannot be told.
    fn write_json(&mut self, thunk: &Rc<Thunk>, depth: usize, parts: &mut Vec<TextPart>) -> bool {
        self.nodes += 1;
        if self.nodes >= MOST_NODES || depth >= DEEPEST {
            return false;
        }
        let known = |text: &str| TextPart::Known {
            text: text.to_string(),
            span: None,
        };
        let value = match self.evaluator.force(thunk) {
            Ok(value) => value,
            Err(Stop::Unknown(unknown)) => {
                parts.push(TextPart::Unknown(unknown_of(&unknown)));
                return true;
            }
            Err(_) => return false,
        };
        match &value.value {
            // What it says of itself is a text.
            value::Value::Attrs(attrs) if attrs.get(Symbol::new("__toString")).is_some() => {
                return false;
            }
            value::Value::Attrs(attrs) if is_plain_set(&value.value) => {
                if let Some(open) = &attrs.open {
                    parts.push(TextPart::Unknown(unknown_of(open)));
                    return true;
                }
                for (index, attr) in attrs.sorted().into_iter().enumerate() {
                    parts.push(known(if index == 0 { "{" } else { "," }));
                    let Some(name) = self.rendered(&value::Val::string(attr.name.as_str()).thunk())
                    else {
                        return false;
                    };
                    parts.push(self.placed(name, attr.name_span));
                    parts.push(known(":"));
                    if !self.write_json(&attr.value, depth + 1, parts) {
                        return false;
                    }
                }
                parts.push(known(match attrs.unordered().is_empty() {
                    true => "{}",
                    false => "}",
                }));
            }
            value::Value::List(list) => {
                if let Some((_, unknown)) = list.gaps.first() {
                    parts.push(TextPart::Unknown(unknown_of(unknown)));
                    return true;
                }
                parts.push(known("["));
                for (index, item) in list.items.iter().enumerate() {
                    if index > 0 {
                        parts.push(known(","));
                    }
                    if !self.write_json(item, depth + 1, parts) {
                        return false;
                    }
                }
                parts.push(known("]"));
            }
            value::Value::String(string) if string.known().is_err() => {
                parts.push(known("\""));
                for part in &string.parts {
                    match part {
                        Part::Text { text, .. } => {
                            let Some(text) = self.rendered(&value::Val::string(text).thunk())
                            else {
                                return false;
                            };
                            let inside = text
                                .strip_prefix('"')
                                .and_then(|text| text.strip_suffix('"'));
                            parts.push(known(inside.unwrap_or_default()));
                        }
                        Part::Json(_) => return false,
                        part => parts.push(text_part(part)),
                    }
                }
                parts.push(known("\""));
            }
            _ => match self.rendered(thunk) {
                Some(text) => parts.push(self.placed(text, value.origin.span)),
                None => return false,
            },
        }
        true
    }

    /// The JSON of a value, if all of it is known.
    fn rendered(&mut self, thunk: &Rc<Thunk>) -> Option<String> {
        let to_json = self.evaluator.global(Symbol::new("__toJSON"));
        let json = Thunk::apply(to_json, vec![Rc::clone(thunk)], Origin::default());
        self.evaluator
            .text(&json, &Origin::default())
            .ok()
            .map(|text| text.to_string())
    }

    /// A text that was made of what stands at a place. A place with as many bytes would claim to hold the same.
    fn placed(&self, text: String, span: Option<Span>) -> TextPart {
        let span = span.filter(|span| {
            let sources = self.evaluator.workspace.sources();
            let source = &sources.get(span.file).text;
            let there = source.get(span.start as usize..span.end as usize);
            span.len() as usize != text.len() || there == Some(&*text)
        });
        TextPart::Known { text, span }
    }

    fn stopped(&mut self, definition: &Definition, stop: &Stop) -> Rc<Node> {
        if let Some(nothing) = &self.in_place_of_all {
            return Rc::clone(nothing);
        }
        let place = self.place(definition, None);
        match stop {
            Stop::Unknown(unknown) => {
                let mut unknown = unknown_of(unknown);
                unknown.span = unknown.span.or(place.primary());
                Node::new(Value::Unknown(unknown), place)
            }
            Stop::Error(error) => {
                self.fail(error);
                Node::new(Value::Failed(Rc::new(problem(error))), place)
            }
            Stop::Split(condition) => Node::new(
                Value::Unknown(Unknown {
                    subject: None,
                    kind: None,
                    reason: format!("it depends on whether {}", condition.text),
                    span: condition.span,
                }),
                place,
            ),
        }
    }

    fn place(&self, definition: &Definition, origin: Option<&Origin>) -> Place {
        let span = origin
            .and_then(|origin| origin.span)
            .or(definition.value.origin.span)
            .or(definition.expression);
        let mut via = Vec::new();
        let call = origin.and_then(|origin| origin.call.as_ref()).or(definition
            .value
            .origin
            .call
            .as_ref());
        calls(call, &mut via);
        if let (Some(used), Some(written)) = (definition.expression, span)
            && !used.contains(written)
            && via.iter().all(|step| step.span != used)
        {
            via.insert(
                0,
                Step {
                    span: used,
                    what: "used here".into(),
                },
            );
        }
        let module = self
            .set
            .as_ref()
            .and_then(|set| set.collected())
            .and_then(|collected| collected.modules.get(definition.module))
            .and_then(|module| module.span);
        if let (Some(module), Some(written)) = (module, span)
            && module.file != written.file
            && definition
                .expression
                .is_none_or(|used| used.file != module.file)
        {
            let start = Span::new(module.file, module.start, module.start);
            via.push(Step {
                span: start,
                what: "set in this module".into(),
            });
        }
        Place {
            span,
            key: definition.name_span,
            definition: definition.expression,
            via,
            is_rendered: false,
            is_file: false,
        }
    }
}

/// Names as a path, each in quotes where it would not be read as one otherwise.
fn path_of(names: &[Symbol]) -> String {
    let mut path = ConfigPath(Vec::new());
    for name in names {
        path = path.key(name.as_str());
    }
    path.to_string()
}

fn calls(call: Option<&Rc<CallFrame>>, via: &mut Vec<Step>) {
    let mut call = call;
    while let Some(frame) = call {
        if via.len() >= 4 {
            return;
        }
        via.push(Step {
            span: frame.span,
            what: match frame.name {
                Some(name) => format!("in this call of `{name}`"),
                None => "in this call".into(),
            },
        });
        call = frame.parent.as_ref();
    }
}

/// What helps where git does not track a file.
pub const TRACK: &str = "run `git add` on it (staged is enough)";

/// What helps where a file lies in a git submodule. Whoever calls Nix may say so as well, so nothing is certain there.
pub const SEE_SUBMODULES: &str = "set `inputs.self.submodules = true;` in flake.nix (Nix 2.27 or later), or call Nix with `?submodules=1` behind the path of the flake";

/// A failure as a problem.
pub fn problem(error: &EvalError) -> Problem {
    let kind = match error.kind {
        ErrorKind::InfiniteRecursion => ProblemKind::InfiniteRecursion,
        ErrorKind::UndefinedVariable => ProblemKind::UndefinedVariable,
        ErrorKind::MissingFile | ErrorKind::UntrackedFile | ErrorKind::FileInSubmodule => {
            ProblemKind::MissingFile
        }
        ErrorKind::Syntax => ProblemKind::Syntax,
        ErrorKind::MissingInput => ProblemKind::UndeclaredInput,
        _ => ProblemKind::Evaluation,
    };
    let mut problem = Problem::new(kind, error.message.clone(), error.span);
    problem.related = error.trace.clone();
    problem.is_deliberate = matches!(
        error.kind,
        ErrorKind::Throw | ErrorKind::Abort | ErrorKind::Assertion
    );
    match error.kind {
        ErrorKind::UntrackedFile => problem.help = Some(TRACK.into()),
        ErrorKind::FileInSubmodule => {
            problem.help = Some(SEE_SUBMODULES.into());
            problem.may_be_harmless = true;
        }
        _ => {}
    }
    problem
}

fn unknown_node(reason: &str, span: Option<Span>) -> Rc<Node> {
    Node::new(
        Value::Unknown(Unknown {
            subject: None,
            kind: None,
            reason: reason.into(),
            span,
        }),
        Place {
            span,
            ..Place::default()
        },
    )
}

/// The domain's unknown for the evaluator's.
pub fn unknown_of(unknown: &unknown::Unknown) -> Unknown {
    let reason = match &unknown.subject {
        Some(subject) if !unknown.reason.contains(&**subject) => {
            format!("`{subject}`: {}", unknown.reason)
        }
        _ => unknown.reason.to_string(),
    };
    Unknown {
        kind: unknown.kind,
        subject: unknown.subject.as_deref().map(str::to_string),
        reason,
        span: unknown.span,
    }
}

fn is_failure(branch: &Option<Rc<Node>>) -> bool {
    branch
        .as_ref()
        .is_some_and(|node| matches!(node.value, Value::Failed(_)))
}

fn is_deliberate_failure(branch: &Option<Rc<Node>>) -> bool {
    branch
        .as_ref()
        .is_some_and(|node| matches!(&node.value, Value::Failed(problem) if problem.is_deliberate))
}

/// Whether a value is a set of attributes and nothing more: no package, no function, no wrapper.
/// A piece of a string that is no rendered JSON.
fn text_part(part: &Part) -> TextPart {
    match part {
        Part::Text { text, origin } => TextPart::Known {
            text: text.to_string(),
            span: origin.span,
        },
        Part::Unknown(unknown)
        | Part::Store(_, unknown)
        | Part::File(_, unknown)
        | Part::Tree(TreePath { unknown, .. }) => TextPart::Unknown(unknown_of(unknown)),
        Part::Json(json) => TextPart::Known {
            text: json.text.as_deref().unwrap_or_default().to_string(),
            span: None,
        },
    }
}

fn is_plain_set(value: &value::Value) -> bool {
    match value {
        value::Value::Attrs(attrs) => {
            !matches!(attrs.marker.as_deref(), Some(Marker::TextFile { .. }))
                && attrs.get(Symbol::new("outPath")).is_none()
                && attrs.get(Symbol::new("__functor")).is_none()
        }
        _ => false,
    }
}

/// Whether there is more to evaluate in a value.
fn holds_more(value: &value::Value) -> bool {
    match value {
        value::Value::String(string) => {
            matches!(string.parts.as_slice(), [Part::File(..) | Part::Json(_)])
        }
        value::Value::List(_) | value::Value::Attrs(_) => true,
        _ => false,
    }
}

fn same_value(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Boolean(left), Value::Boolean(right)) => left == right,
        (Value::Integer(left), Value::Integer(right)) => left == right,
        (Value::Float(left), Value::Float(right)) => left == right,
        (Value::Text(left), Value::Text(right)) => match (left.known(), right.known()) {
            (Some(left), Some(right)) => left == right,
            // Whether they are the same is not known.
            _ => true,
        },
        (Value::Path(left), Value::Path(right)) => left.absolute == right.absolute,
        (Value::Choice(..), _) | (_, Value::Choice(..)) => true,
        _ => false,
    }
}
