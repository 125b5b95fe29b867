//! Where expressions stand.

use super::Evaluator;
use super::value::{Attrs, Env, NixPath, NixString, Origin, Thunk, Val, Value};
use crate::nix::syntax::ast::{ExprId, SourceTree};
use crate::workspace::source::{FileId, Span};
use std::rc::Rc;

/// Where an expression stands. What the prelude makes has the place of the call into it: its own text is nobody's
/// source.
pub(super) fn place(tree: &SourceTree, id: ExprId, env: &Env) -> Origin {
    Origin {
        span: site(tree, tree.spans[id.0 as usize], env),
        call: env.call.clone(),
    }
}

pub(super) fn site(tree: &SourceTree, range: (u32, u32), env: &Env) -> Option<Span> {
    if tree.file == FileId::INTERNAL {
        return env.call.as_ref().map(|call| call.span);
    }
    Some(Span::new(tree.file, range.0, range.1))
}

impl Evaluator {
    /// A place as `__curPos` and `builtins.unsafeGetAttrPos` give it; `null` where there is none.
    pub(super) fn position(&mut self, span: Option<Span>, origin: &Origin) -> Value {
        let Some((span, path)) = span.and_then(|span| Some((span, self.path_of(span.file)?)))
        else {
            return Value::Null;
        };
        let position = self.workspace.sources().get(span.file).position(span.start);
        let path = NixPath {
            absolute: path,
            written: None,
        };
        let file = NixString {
            parts: vec![self.path_text(&path, origin)],
            context: Vec::new(),
        };
        let number = |number: u32| Val::bare(Value::Int(i64::from(number))).thunk();
        Value::Attrs(Rc::new(Attrs::of([
            ("file", Thunk::done(Val::bare(Value::String(Rc::new(file))))),
            ("line", number(position.line)),
            ("column", number(position.column)),
        ])))
    }
}
