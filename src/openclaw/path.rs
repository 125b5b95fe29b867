//! Paths in a rendered configuration.

use std::fmt;

/// One step of a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Segment {
    /// A key of an object.
    Key(String),
    /// An element of a list, from 0.
    Index(usize),
}

/// A path such as `models.providers.kimi.models[0].id`. The empty path is the configuration itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ConfigPath(pub Vec<Segment>);

impl ConfigPath {
    /// The configuration itself.
    pub fn root() -> Self {
        ConfigPath::default()
    }

    /// The path of the keys in `dotted`, split at `.`; no quoting is understood.
    pub fn keys(dotted: &str) -> Self {
        ConfigPath(
            dotted
                .split('.')
                .filter(|key| !key.is_empty())
                .map(|key| Segment::Key(key.to_string()))
                .collect(),
        )
    }

    /// This path and one key below.
    pub fn key(&self, key: impl Into<String>) -> Self {
        let mut path = self.clone();
        path.0.push(Segment::Key(key.into()));
        path
    }

    /// This path and one element below.
    pub fn index(&self, index: usize) -> Self {
        let mut path = self.clone();
        path.0.push(Segment::Index(index));
        path
    }

    /// The path without its last step; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, init) = self.0.split_last()?;
        Some(ConfigPath(init.to_vec()))
    }

    /// The last step as a key.
    pub fn last_key(&self) -> Option<&str> {
        match self.0.last() {
            Some(Segment::Key(key)) => Some(key),
            _ => None,
        }
    }

    /// Whether the path matches a pattern of keys in which `*` stands for any one key and `[]` for any index:
    /// `models.providers.*.models[].id`.
    pub fn matches(&self, pattern: &str) -> bool {
        let mut wanted = Vec::new();
        for part in pattern.split('.') {
            let name = part.trim_end_matches("[]");
            if !name.is_empty() {
                wanted.push(name);
            }
            wanted.extend(std::iter::repeat_n("[]", (part.len() - name.len()) / 2));
        }
        wanted.len() == self.0.len()
            && wanted.iter().zip(&self.0).all(|(want, have)| match have {
                Segment::Key(key) => *want == "*" || want == key,
                Segment::Index(_) => *want == "[]",
            })
    }
}

impl fmt::Display for ConfigPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(out, "[{index}]")?,
                Segment::Key(key) => {
                    if position > 0 {
                        out.write_str(".")?;
                    }
                    let plain = !key.is_empty()
                        && key.chars().all(|character| {
                            character.is_alphanumeric() || matches!(character, '_' | '-' | '\'')
                        });
                    if plain {
                        out.write_str(key)?;
                    } else {
                        write!(out, "\"{}\"", key.escape_debug())?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_people_write_it() {
        let path = ConfigPath::keys("models.providers")
            .key("my.provider")
            .key("models")
            .index(2)
            .key("id");
        assert_eq!(
            path.to_string(),
            "models.providers.\"my.provider\".models[2].id"
        );
        assert!(path.matches("models.providers.*.models[].id"));
        assert!(!path.matches("models.providers.*.models.id"));
    }
}
