//! Advice on what to write, for a configuration that is written in JSON: `` `a.b = "x";` `` becomes `` `"a": { "b": "x" }` ``.

/// Options of modules stay as they are: they are nothing of a JSON file.
const OPTIONS: [&str; 4] = ["programs.", "services.", "systemd.", "home."];

/// A text in which each assignment between backquotes is written as JSON; anything else stays as it is.
pub(super) fn in_json(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for (index, piece) in text.split('`').enumerate() {
        if index > 0 {
            written.push('`');
        }
        match assignment(piece) {
            Some(json) if index % 2 == 1 => written.push_str(&json),
            _ => written.push_str(piece),
        }
    }
    written
}

/// `"a": { "b": 1 }` for `a.b = 1;`.
fn assignment(text: &str) -> Option<String> {
    if OPTIONS.iter().any(|option| text.starts_with(option)) {
        return None;
    }
    let mut reader = Reader { rest: text };
    let json = reader.binding()?;
    reader.skip();
    reader.rest.is_empty().then_some(json)
}

/// Reads literals of Nix, and `...` for a value that is left out.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, sign: &str) -> Option<()> {
        self.skip();
        self.rest = self.rest.strip_prefix(sign)?;
        Some(())
    }

    fn binding(&mut self) -> Option<String> {
        let mut names = vec![self.name()?];
        while self.eat(".").is_some() {
            names.push(self.name()?);
        }
        self.eat("=")?;
        let mut json = self.value()?;
        let _ = self.eat(";");
        let last = names.pop()?;
        json = format!("{last}: {json}");
        for name in names.iter().rev() {
            json = format!("{name}: {{ {json} }}");
        }
        Some(json)
    }

    fn name(&mut self) -> Option<String> {
        self.skip();
        if self.rest.starts_with('"') {
            return self.string();
        }
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!name.is_empty()).then(|| format!("\"{name}\""))
    }

    /// A string with its quotes; `\${` of Nix is `${` in JSON.
    fn string(&mut self) -> Option<String> {
        self.eat("\"")?;
        let end = self.rest.find('"')?;
        let (text, rest) = self.rest.split_at(end);
        self.rest = &rest[1..];
        Some(format!("\"{}\"", text.replace("\\${", "${")))
    }

    fn value(&mut self) -> Option<String> {
        self.skip();
        let (open, close) = match self.rest.chars().next()? {
            '"' => return self.string(),
            '[' => ("[", "]"),
            '{' => ("{", "}"),
            _ => {
                let end = self
                    .rest
                    .find(|c: char| c.is_whitespace() || matches!(c, ';' | ']' | '}'))
                    .unwrap_or(self.rest.len());
                let (word, rest) = self.rest.split_at(end);
                self.rest = rest;
                let is_literal = matches!(word, "true" | "false" | "null" | "...")
                    || word.bytes().all(|byte| byte.is_ascii_digit());
                return (is_literal && !word.is_empty()).then(|| word.to_string());
            }
        };
        self.eat(open)?;
        let mut parts = Vec::new();
        while self.eat(close).is_none() {
            parts.push(match open {
                "[" => self.value()?,
                _ => self.binding()?,
            });
        }
        Some(match parts.is_empty() {
            true => format!("{open}{close}"),
            false => format!("{open} {} {close}", parts.join(", ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_are_written_as_json() {
        for (nix, json) in [
            ("Write `api = \"ollama\"`.", "Write `\"api\": \"ollama\"`."),
            (
                "Declare it: `models.providers.x-ai = { baseUrl = \"...\"; models = [ ... ]; }`.",
                "Declare it: `\"models\": { \"providers\": { \"x-ai\": { \"baseUrl\": \"...\", \"models\": [ ... ] } } }`.",
            ),
            (
                "Add `models = [ { id = \"...\"; name = \"...\"; } ];`; it may be empty.",
                "Add `\"models\": [ { \"id\": \"...\", \"name\": \"...\" } ]`; it may be empty.",
            ),
            (
                "Write `hooks.token = \"\\${TOKEN}\"`.",
                "Write `\"hooks\": { \"token\": \"${TOKEN}\" }`.",
            ),
            (
                "Add `agents.defaults.models.\"a/b\" = { };`.",
                "Add `\"agents\": { \"defaults\": { \"models\": { \"a/b\": {} } } }`.",
            ),
        ] {
            assert_eq!(in_json(nix), json);
        }
        for other in [
            "Write `kimi` for `kimmi`.",
            "`programs.openclaw.runtimePlugins = [ \"x\" ];`",
            "`x == y` and `a = b c`, `",
            "A key of that name exists at `a.b`.",
        ] {
            assert_eq!(in_json(other), other);
        }
    }
}
