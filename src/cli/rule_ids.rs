//! Rule ids that a person typed.

use crate::rules::registry;

/// What is wrong with a rule id that does not exist, naming the nearest one that does.
pub fn unknown(id: &str) -> String {
    let shown = crate::report::sanitize::line(id);
    let nearest = registry::RULES
        .iter()
        .map(|rule| (strsim::damerau_levenshtein(id, rule.info.id), rule.info.id))
        .min();
    match nearest {
        Some((distance, nearest)) if distance <= 2 + nearest.len() / 4 => {
            format!("there is no rule `{shown}`; did you mean `{nearest}`?")
        }
        _ => format!("there is no rule `{shown}`; `openclaw-check rules` lists them"),
    }
}

/// The first complaint about a list of ids.
pub fn complaint<'a>(ids: impl IntoIterator<Item = &'a String>) -> Option<String> {
    ids.into_iter()
        .find(|id| registry::find(id).is_none())
        .map(|id| unknown(id))
}
