//! Rule ids that a person typed.

use crate::nearest::nearest;
use crate::rules::registry;

/// What is wrong with a rule id that does not exist, naming the nearest one that does.
pub fn unknown(id: &str) -> String {
    let shown = crate::report::sanitize::line(id);
    let ids = registry::RULES.iter().map(|rule| rule.info.id);
    match nearest(id, ids) {
        Some(nearest) => format!("there is no rule `{shown}`; did you mean `{nearest}`?"),
        None => format!("there is no rule `{shown}`; `openclaw-check rules` lists them"),
    }
}

/// The first complaint about a list of ids.
pub fn complaint<'a>(ids: impl IntoIterator<Item = &'a String>) -> Option<String> {
    ids.into_iter()
        .find(|id| registry::find(id).is_none())
        .map(|id| unknown(id))
}
