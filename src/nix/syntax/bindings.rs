//! Attribute paths and partial definitions, merged as Nix's parser merges them.
//!
//! Merging moves an expression into another set, and with it into another scope. So a set is first planned
//! without looking at the values, and the values are lowered when it is known where they end up.

use super::ast::{StaticProblem, StaticProblemKind};
use super::green::{Element, Names, Node};
use super::strings;
use crate::nix::symbol::{Symbol, SymbolMap};
use crate::workspace::source::{FileId, Span};
use rnix::SyntaxKind::*;

/// From how many entries on a set gets an index of its names.
const INDEX_FROM: usize = 12;

/// A set or `let` before its values are lowered.
pub(super) struct SetPlan<'t> {
    pub(super) recursive: bool,
    /// Where the set stands; for one that only an attribute path implies, from the rest of the path to the value.
    pub(super) span: (u32, u32),
    pub(super) entries: Vec<EntryPlan<'t>>,
    pub(super) dynamic: Vec<DynamicPlan<'t>>,
    pub(super) inherit_sources: Vec<Node<'t>>,
    index: Option<Box<SymbolMap<u32>>>,
}

/// A binding with a static name.
pub(super) struct EntryPlan<'t> {
    pub(super) name: Symbol,
    pub(super) name_span: (u32, u32),
    pub(super) value: ValuePlan<'t>,
}

/// A binding whose name is computed.
pub(super) struct DynamicPlan<'t> {
    pub(super) name: Node<'t>,
    pub(super) value: ValuePlan<'t>,
}

/// What a binding binds.
pub(super) enum ValuePlan<'t> {
    Expression(Node<'t>),
    Set(Box<SetPlan<'t>>),
    Inherit,
    InheritFrom(u32),
}

/// A component of an attribute path.
#[derive(Clone, Copy)]
pub(super) enum Component<'t> {
    Static(Symbol, (u32, u32)),
    /// A node that gives the name: `${...}` or a string with interpolations.
    Dynamic(Node<'t>),
}

impl Component<'_> {
    pub(super) fn span(self) -> (u32, u32) {
        match self {
            Component::Static(_, span) => span,
            Component::Dynamic(node) => node.span(),
        }
    }
}

impl<'t> SetPlan<'t> {
    fn new(recursive: bool, span: (u32, u32)) -> Self {
        SetPlan {
            recursive,
            span,
            entries: Vec::new(),
            dynamic: Vec::new(),
            inherit_sources: Vec::new(),
            index: None,
        }
    }

    fn find(&self, name: Symbol) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(&name).map(|position| *position as usize),
            None => self.entries.iter().position(|entry| entry.name == name),
        }
    }

    fn push(&mut self, entry: EntryPlan<'t>) -> usize {
        let position = self.entries.len();
        if let Some(index) = &mut self.index {
            index.insert(entry.name, position as u32);
        }
        self.entries.push(entry);
        if self.entries.len() == INDEX_FROM {
            let names = self.entries.iter().enumerate();
            self.index = Some(Box::new(
                names
                    .map(|(position, entry)| (entry.name, position as u32))
                    .collect(),
            ));
        }
        position
    }
}

/// Plans sets and records what Nix refuses in them.
pub(super) struct Planner<'a> {
    pub(super) file: FileId,
    pub(super) problems: &'a mut Vec<StaticProblem>,
    pub(super) names: &'a mut Names,
}

impl Planner<'_> {
    /// Plans `{ ... }`, `rec { ... }`, `let ... in` or `let { ... }`.
    pub(super) fn plan<'t>(&mut self, node: Node<'t>) -> SetPlan<'t> {
        let recursive = node.kind() != NODE_ATTR_SET
            || node
                .tokens()
                .next()
                .is_some_and(|token| token.kind == TOKEN_REC);
        let mut set = SetPlan::new(recursive, node.span());
        set.entries.reserve(node.capacity());
        for child in node.nodes() {
            match child.kind() {
                NODE_ATTRPATH_VALUE => self.binding(&mut set, child),
                NODE_INHERIT => self.inherit(&mut set, child),
                _ => {}
            }
        }
        set
    }

    /// The components of an attribute path.
    pub(super) fn path<'t>(&mut self, node: Node<'t>) -> Vec<Component<'t>> {
        node.nodes()
            .filter_map(|component| self.component(component))
            .collect()
    }

    /// One name in an attribute path. A name that is a plain string inside of `${}` is as static as any other.
    fn component<'t>(&mut self, node: Node<'t>) -> Option<Component<'t>> {
        match node.kind() {
            NODE_IDENT => Some(Component::Static(self.names.symbol(node), node.span())),
            NODE_STRING => {
                if strings::is_indented(node) {
                    self.problem(
                        StaticProblemKind::Syntax,
                        "an attribute name cannot be written with `''`".to_string(),
                        node.span(),
                        Some("write it with `\"`".to_string()),
                    );
                }
                Some(match strings::plain_text(node) {
                    Some(text) => Component::Static(Symbol::new(&text), node.span()),
                    None => Component::Dynamic(node),
                })
            }
            NODE_DYNAMIC => {
                let inner = node.first_node()?.without_parentheses();
                let text = match inner.kind() {
                    NODE_STRING => strings::plain_text(inner),
                    NODE_LITERAL => inner
                        .tokens()
                        .next()
                        .filter(|token| token.kind == TOKEN_URI)
                        .map(|token| token.text.to_string()),
                    _ => None,
                };
                Some(match text {
                    Some(text) => Component::Static(Symbol::new(&text), node.span()),
                    None => Component::Dynamic(node),
                })
            }
            _ => None,
        }
    }

    /// `path = value;`
    fn binding<'t>(&mut self, set: &mut SetPlan<'t>, node: Node<'t>) {
        let mut nodes = node.nodes();
        let (Some(path), Some(value)) = (nodes.next(), nodes.next()) else {
            return;
        };
        // Most paths are one name that nothing else defines.
        let mut components = path.nodes();
        if let (Some(name), None) = (components.next(), components.next())
            && name.kind() == NODE_IDENT
        {
            let symbol = self.names.symbol(name);
            if set.find(symbol).is_none() {
                set.push(EntryPlan {
                    name: symbol,
                    name_span: name.span(),
                    value: ValuePlan::Expression(value),
                });
                return;
            }
        }
        let path = self.path(path);
        let Some((last, parents)) = path.split_last() else {
            return;
        };
        let end = value.span().1;
        let mut target = set;
        for (index, component) in parents.iter().enumerate() {
            let implied = || SetPlan::new(false, (path[index + 1].span().0, end));
            match *component {
                Component::Static(name, span) => {
                    let position = match target.find(name) {
                        Some(position) => position,
                        None => target.push(EntryPlan {
                            name,
                            name_span: span,
                            value: ValuePlan::Set(Box::new(implied())),
                        }),
                    };
                    let first = target.entries[position].name_span;
                    match self.as_set(&mut target.entries[position].value) {
                        Some(nested) => target = nested,
                        None => {
                            self.duplicate(&path[..=index], path_span(&path[..=index]), first);
                            return;
                        }
                    }
                }
                Component::Dynamic(name) => {
                    target.dynamic.push(DynamicPlan {
                        name,
                        value: ValuePlan::Set(Box::new(implied())),
                    });
                    match target.dynamic.last_mut().map(|binding| &mut binding.value) {
                        Some(ValuePlan::Set(nested)) => target = nested,
                        _ => return,
                    }
                }
            }
        }
        match *last {
            Component::Static(name, span) => {
                let entry = EntryPlan {
                    name,
                    name_span: span,
                    value: ValuePlan::Expression(value),
                };
                let span = path_span(&path);
                let mut path = path;
                self.add(target, &mut path, entry, span);
            }
            Component::Dynamic(name) => target.dynamic.push(DynamicPlan {
                name,
                value: ValuePlan::Expression(value),
            }),
        }
    }

    /// Adds a binding to a set; where the name is taken, two sets are merged and anything else is a duplicate.
    /// `path` leads to the binding, which is written at `span`.
    fn add<'t>(
        &mut self,
        set: &mut SetPlan<'t>,
        path: &mut Vec<Component<'t>>,
        mut entry: EntryPlan<'t>,
        span: (u32, u32),
    ) {
        let Some(position) = set.find(entry.name) else {
            set.push(entry);
            return;
        };
        let earlier = &mut set.entries[position];
        if !is_set(&earlier.value) || !is_set(&entry.value) {
            self.duplicate(path, span, earlier.name_span);
            return;
        }
        let Some(target) = self.as_set(&mut earlier.value) else {
            return;
        };
        if self.as_set(&mut entry.value).is_none() {
            return;
        }
        let ValuePlan::Set(added) = entry.value else {
            return;
        };
        // As in Nix, `rec` of the set that is added is lost, and `rec` of the first one covers what is added.
        let displacement = target.inherit_sources.len() as u32;
        for mut entry in added.entries {
            if let ValuePlan::InheritFrom(index) = &mut entry.value {
                *index += displacement;
            }
            let span = entry.name_span;
            path.push(Component::Static(entry.name, span));
            self.add(target, path, entry, span);
            path.pop();
        }
        target.dynamic.extend(added.dynamic);
        target.inherit_sources.extend(added.inherit_sources);
    }

    /// The set that a value is, planned now if it was not yet.
    fn as_set<'p, 't>(&mut self, value: &'p mut ValuePlan<'t>) -> Option<&'p mut SetPlan<'t>> {
        if let ValuePlan::Expression(node) = value {
            let inner = node.without_parentheses();
            if inner.kind() != NODE_ATTR_SET {
                return None;
            }
            *value = ValuePlan::Set(Box::new(self.plan(inner)));
        }
        match value {
            ValuePlan::Set(set) => Some(set),
            _ => None,
        }
    }

    /// `inherit a b;`, `inherit (source) a b;`
    fn inherit<'t>(&mut self, set: &mut SetPlan<'t>, node: Node<'t>) {
        let mut source = None;
        for element in node.elements() {
            let Element::Node(child) = element else {
                continue;
            };
            if child.kind() == NODE_INHERIT_FROM {
                if let Some(expression) = child.first_node() {
                    source = Some(set.inherit_sources.len() as u32);
                    set.inherit_sources.push(expression);
                }
                continue;
            }
            match self.component(child) {
                Some(Component::Static(name, span)) => {
                    if let Some(position) = set.find(name) {
                        let first = set.entries[position].name_span;
                        self.duplicate(&[Component::Static(name, span)], span, first);
                        continue;
                    }
                    set.push(EntryPlan {
                        name,
                        name_span: span,
                        value: match source {
                            Some(index) => ValuePlan::InheritFrom(index),
                            None => ValuePlan::Inherit,
                        },
                    });
                }
                Some(Component::Dynamic(name)) => self.problem(
                    StaticProblemKind::Syntax,
                    "`inherit` takes no computed names".to_string(),
                    name.span(),
                    Some("write a binding: `${name} = source.${name};`".to_string()),
                ),
                None => {}
            }
        }
    }

    fn duplicate(&mut self, path: &[Component], span: (u32, u32), first: (u32, u32)) {
        let name = path_text(path);
        self.problems.push(StaticProblem {
            kind: StaticProblemKind::DuplicateAttribute,
            message: format!("attribute `{name}` is defined twice"),
            help: None,
            span: Span::new(self.file, span.0, span.1),
            related: Some((
                Span::new(self.file, first.0, first.1),
                "first defined here".to_string(),
            )),
        });
    }

    fn problem(
        &mut self,
        kind: StaticProblemKind,
        message: String,
        span: (u32, u32),
        help: Option<String>,
    ) {
        self.problems.push(StaticProblem {
            kind,
            message,
            help,
            span: Span::new(self.file, span.0, span.1),
            related: None,
        });
    }
}

/// Whether a value is an attribute set literal.
fn is_set(value: &ValuePlan) -> bool {
    match value {
        ValuePlan::Set(_) => true,
        ValuePlan::Expression(node) => node.without_parentheses().kind() == NODE_ATTR_SET,
        ValuePlan::Inherit | ValuePlan::InheritFrom(_) => false,
    }
}

fn path_span(path: &[Component]) -> (u32, u32) {
    match (path.first(), path.last()) {
        (Some(first), Some(last)) => (first.span().0, last.span().1),
        _ => (0, 0),
    }
}

/// An attribute path as Nix writes it.
fn path_text(path: &[Component]) -> String {
    let mut text = String::new();
    for component in path {
        if !text.is_empty() {
            text.push('.');
        }
        match component {
            Component::Static(name, _) => push_name(&mut text, name.as_str()),
            Component::Dynamic(_) => text.push_str("${...}"),
        }
    }
    text
}

fn push_name(text: &mut String, name: &str) {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'\''))
        && name
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if plain {
        text.push_str(name);
    } else {
        text.push_str(&format!("{name:?}"));
    }
}
