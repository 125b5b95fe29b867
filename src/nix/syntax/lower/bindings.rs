//! Sets, `let` and attribute paths: plans become bindings.

use super::Lowering;
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::*;
use crate::nix::syntax::bindings::{Component, DynamicPlan, Planner, SetPlan, ValuePlan};
use crate::nix::syntax::green::Node;
use rnix::SyntaxKind::*;

impl Lowering {
    pub(super) fn let_in(&mut self, node: Node) -> ExprId {
        let plan = self.plan(node);
        for binding in &plan.dynamic {
            self.problem(
                StaticProblemKind::Syntax,
                "`let` takes no computed names",
                binding.name.span(),
                Some("bind an attribute set to a name, and select from it"),
            );
        }
        let body = node
            .nodes()
            .filter(|child| !matches!(child.kind(), NODE_ATTRPATH_VALUE | NODE_INHERIT))
            .last();
        let bindings = self.bindings(plan);
        let body = self.optional(body, node);
        self.scope.pop();
        self.push(
            Expr::Let {
                bindings: Box::new(bindings),
                body,
            },
            node.span(),
        )
    }

    pub(super) fn plan<'t>(&mut self, node: Node<'t>) -> SetPlan<'t> {
        Planner {
            file: self.file,
            problems: &mut self.problems,
            names: &mut self.names,
        }
        .plan(node)
    }

    pub(super) fn set(&mut self, plan: SetPlan) -> ExprId {
        let (span, recursive) = (plan.span, plan.recursive);
        let bindings = self.bindings(plan);
        if recursive {
            self.scope.pop();
        }
        self.push(Expr::Attributes(Box::new(bindings)), span)
    }

    /// Lowers bindings. The frame of recursive ones is left open.
    pub(super) fn bindings(&mut self, plan: SetPlan) -> Bindings {
        // Plain `inherit` means what is outside of the frame.
        let inherited: Vec<ExprId> = plan
            .entries
            .iter()
            .filter(|entry| matches!(entry.value, ValuePlan::Inherit))
            .map(|entry| self.variable(entry.name, entry.name_span, None))
            .collect();
        let mut inherited = inherited.into_iter();
        if plan.recursive {
            self.scope
                .push_names(plan.entries.iter().map(|entry| entry.name));
        }
        let inherit_sources = plan
            .inherit_sources
            .into_iter()
            .map(|source| self.expression(source))
            .collect();
        let entries = plan
            .entries
            .into_iter()
            .map(|entry| Binding {
                name: entry.name,
                name_span: entry.name_span,
                value: match entry.value {
                    ValuePlan::InheritFrom(index) => BindingValue::InheritFrom(index),
                    ValuePlan::Inherit => {
                        let variable = inherited.next();
                        BindingValue::Inherit(
                            variable.unwrap_or_else(|| self.push(Expr::Missing, entry.name_span)),
                        )
                    }
                    value => BindingValue::Expression(self.planned_value(value, Some(entry.name))),
                },
            })
            .collect();
        let dynamic = plan
            .dynamic
            .into_iter()
            .map(|binding| self.dynamic_binding(binding))
            .collect();
        Bindings {
            recursive: plan.recursive,
            entries,
            dynamic,
            inherit_sources,
        }
    }

    pub(super) fn planned_value(&mut self, value: ValuePlan, name: Option<Symbol>) -> ExprId {
        match value {
            ValuePlan::Expression(node) => self.named_expression(node, name),
            ValuePlan::Set(plan) => self.set(*plan),
            // Inherited names have been lowered by the caller.
            ValuePlan::Inherit | ValuePlan::InheritFrom(_) => self.push(Expr::Missing, (0, 0)),
        }
    }

    pub(super) fn dynamic_binding(&mut self, binding: DynamicPlan) -> DynamicBinding {
        DynamicBinding {
            name_span: binding.name.span(),
            name: self.dynamic_name(binding.name),
            value: self.planned_value(binding.value, None),
        }
    }

    /// `${expression}` or a string with interpolations, as a name.
    pub(super) fn dynamic_name(&mut self, node: Node) -> ExprId {
        if node.kind() == NODE_DYNAMIC {
            self.optional(node.first_node(), node)
        } else {
            self.expression(node)
        }
    }

    pub(super) fn attribute_path(&mut self, node: Node) -> Box<[AttributeName]> {
        let components = Planner {
            file: self.file,
            problems: &mut self.problems,
            names: &mut self.names,
        }
        .path(node);
        components
            .into_iter()
            .map(|component| match component {
                Component::Static(name, span) => AttributeName::Static(name, span),
                Component::Dynamic(name) => {
                    AttributeName::Dynamic(self.dynamic_name(name), name.span())
                }
            })
            .collect()
    }
}
