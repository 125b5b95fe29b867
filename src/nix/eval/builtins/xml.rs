//! `toXML`.

use crate::nix::eval::unknown::Stop;
use crate::nix::eval::value::{Attrs, NixString, Origin, Part, Thunk, Val, Value};
use crate::nix::eval::{Builtin, Evaluator};
use crate::nix::number;
use crate::nix::symbol::Symbol;
use crate::nix::syntax::ast::Parameter;
use std::collections::HashSet;
use std::rc::Rc;

/// The builtins of this subject.
pub(super) static TABLE: &[Builtin] = &[Builtin {
    name: "toXML",
    arity: 1,
    run: |evaluator, arguments, origin| {
        let mut writer = Writer {
            text: "<?xml version='1.0' encoding='utf-8'?>\n<expr>\n".to_string(),
            context: NixString::default(),
            derivations: HashSet::new(),
            origin,
        };
        writer.value(evaluator, &arguments[0], 1)?;
        writer.text.push_str("</expr>\n");
        let mut string = writer.context;
        string.parts = vec![Part::Text {
            text: writer.text.into(),
            origin: origin.clone(),
        }];
        Ok(Val::new(Value::String(Rc::new(string)), origin.clone()))
    },
}];

struct Writer<'o> {
    text: String,
    /// Only its context counts.
    context: NixString,
    /// The paths of derivations that were written out.
    derivations: HashSet<Rc<str>>,
    origin: &'o Origin,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize, line: &str) {
        for _ in 0..depth {
            self.text.push_str("  ");
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn value(
        &mut self,
        evaluator: &mut Evaluator,
        thunk: &Rc<Thunk>,
        depth: usize,
    ) -> Result<(), Stop> {
        evaluator.step(1)?;
        if self.text.len() > evaluator.limits.string {
            return Err(evaluator.limit("the string is too long"));
        }
        let origin = self.origin;
        evaluator.deeper(origin, |evaluator| self.write(evaluator, thunk, depth))
    }

    fn write(
        &mut self,
        evaluator: &mut Evaluator,
        thunk: &Rc<Thunk>,
        depth: usize,
    ) -> Result<(), Stop> {
        let value = evaluator.force(thunk)?;
        match &value.value {
            Value::Null => self.line(depth, "<null />"),
            Value::Bool(boolean) => self.line(depth, &format!("<bool value=\"{boolean}\" />")),
            Value::Int(integer) => self.line(depth, &format!("<int value=\"{integer}\" />")),
            Value::Float(float) => {
                let text = number::general(*float);
                self.line(depth, &format!("<float value=\"{text}\" />"));
            }
            Value::String(string) => {
                let text = escaped(&string.known()?);
                self.context.add_context(&string.context);
                self.line(depth, &format!("<string value=\"{text}\" />"));
            }
            Value::Path(path) => {
                if evaluator.store_paths && evaluator.workspace.is_in_tree(&path.absolute) {
                    evaluator
                        .coerce(
                            thunk,
                            crate::nix::eval::strings::Coercion::TO_STRING,
                            self.origin,
                        )?
                        .known()?;
                }
                let text = escaped(&path.absolute);
                self.line(depth, &format!("<path value=\"{text}\" />"));
            }
            Value::List(list) => {
                let items = list.all()?;
                self.line(depth, "<list>");
                for item in items {
                    self.value(evaluator, item, depth + 1)?;
                }
                self.line(depth, "</list>");
            }
            Value::Attrs(attrs) => self.set(evaluator, attrs, depth)?,
            Value::Lambda(closure) => {
                self.line(depth, "<function>");
                self.parameter(&closure.lambda.parameter, depth + 1);
                self.line(depth, "</function>");
            }
            Value::Builtin(_) => self.line(depth, "<unevaluated />"),
        }
        Ok(())
    }

    fn set(&mut self, evaluator: &mut Evaluator, attrs: &Attrs, depth: usize) -> Result<(), Stop> {
        attrs.closed()?;
        if !evaluator.is_derivation(attrs)? {
            self.line(depth, "<attrs>");
            self.attributes(evaluator, attrs, depth + 1)?;
            self.line(depth, "</attrs>");
            return Ok(());
        }
        let mut paths = Vec::new();
        for name in ["drvPath", "outPath"] {
            let path = match attrs.get(Symbol::new(name)) {
                Some(attr) => match evaluator.force(&attr.value)?.value {
                    Value::String(text) => Some(text.known()?),
                    _ => None,
                },
                None => None,
            };
            paths.push(path);
        }
        let mut tag = "<derivation".to_string();
        for (name, path) in ["drvPath", "outPath"].iter().zip(&paths) {
            if let Some(path) = path {
                tag.push_str(&format!(" {name}=\"{}\"", escaped(path)));
            }
        }
        self.line(depth, &format!("{tag}>"));
        let derivation = paths.swap_remove(0).filter(|path| !path.is_empty());
        match derivation {
            Some(path) if self.derivations.insert(Rc::clone(&path)) => {
                self.attributes(evaluator, attrs, depth + 1)?;
            }
            _ => self.line(depth + 1, "<repeated />"),
        }
        self.line(depth, "</derivation>");
        Ok(())
    }

    fn attributes(
        &mut self,
        evaluator: &mut Evaluator,
        attrs: &Attrs,
        depth: usize,
    ) -> Result<(), Stop> {
        for attr in attrs.sorted() {
            let name = escaped(attr.name.as_str());
            self.line(depth, &format!("<attr name=\"{name}\">"));
            self.value(evaluator, &attr.value, depth + 1)?;
            self.line(depth, "</attr>");
        }
        Ok(())
    }

    fn parameter(&mut self, parameter: &Parameter, depth: usize) {
        let (formals, ellipsis, whole) = match parameter {
            Parameter::Name(name) => {
                let name = escaped(name.as_str());
                return self.line(depth, &format!("<varpat name=\"{name}\" />"));
            }
            Parameter::Formals {
                formals,
                ellipsis,
                whole,
            } => (formals, *ellipsis, whole),
        };
        let mut tag = "<attrspat".to_string();
        if ellipsis {
            tag.push_str(" ellipsis=\"1\"");
        }
        if let Some(whole) = whole {
            tag.push_str(&format!(" name=\"{}\"", escaped(whole.as_str())));
        }
        self.line(depth, &format!("{tag}>"));
        let mut names: Vec<&str> = formals.iter().map(|formal| formal.name.as_str()).collect();
        names.sort_unstable();
        for name in names {
            self.line(depth + 1, &format!("<attr name=\"{}\" />", escaped(name)));
        }
        self.line(depth, "</attrspat>");
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => escaped.push_str("&quot;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A line feed in an attribute would be read as a blank.
            '\n' => escaped.push_str("&#xA;"),
            other => escaped.push(other),
        }
    }
    escaped
}
