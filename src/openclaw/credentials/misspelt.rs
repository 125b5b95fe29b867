//! Fields whose names are nearly those of credentials: `tokn`, `apiKye`.
//!
//! OpenClaw does not have them, so no list of its fields says that they hold a secret; what is written in them is one
//! all the same, and it would be shown in the very message that tells of the misspelt name.

use super::fields::{REFERENCE_FIELDS, TEXT_CREDENTIALS};
use super::names::{is_nearly, is_public_part};
use super::{Step, matches};
use std::sync::OnceLock;

/// A credential by the fields around it and its own name.
struct Known {
    /// The pattern of the set that it stands in.
    parent: &'static str,
    name: &'static str,
}

fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        REFERENCE_FIELDS
            .iter()
            .chain(TEXT_CREDENTIALS)
            .filter_map(|pattern| pattern.rsplit_once('.'))
            .filter(|(_, name)| *name != "*" && name.len() > 3 && !is_public_part(name))
            .map(|(parent, name)| Known { parent, name })
            .collect()
    })
}

/// The credential that the field `last` at the end of `steps` was meant to be: one of the same set, under a name that is a slip
/// of the pen away.
pub fn credential_meant(steps: &[Step<'_>], last: &str) -> Option<&'static str> {
    let above = &steps[..steps.len() - 1];
    known()
        .iter()
        .find(|known| is_nearly(last, known.name) && matches(known.parent, above))
        .map(|known| known.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(path: &str) -> Option<&'static str> {
        let steps: Vec<Step<'_>> = path.split('.').map(Step::Key).collect();
        let Some(Step::Key(last)) = steps.last() else {
            return None;
        };
        credential_meant(&steps, last)
    }

    #[test]
    fn names_that_are_a_slip_away() {
        for (path, credential) in [
            ("gateway.auth.tokn", "token"),
            ("gateway.auth.Token", "token"),
            ("gateway.auth.pasword", "password"),
            ("gateway.auth.passwort", "password"),
            ("models.providers.kimi.apiKye", "apiKey"),
            ("models.providers.kimi.apikey", "apiKey"),
            ("models.providers.kimi.api_key", "apiKey"),
            ("channels.telegram.bottoken", "botToken"),
            ("channels.slack.accounts.work.sigingSecret", "signingSecret"),
        ] {
            assert_eq!(meant(path), Some(credential), "{path}");
        }
    }

    #[test]
    fn names_of_other_fields() {
        for path in [
            "gateway.auth.mode",
            "gateway.tokn",
            "gateway.auth.tokens",
            "models.providers.kimi.api",
            "models.providers.kimi.baseUrl",
            "models.providers.kimi.models",
            "channels.telegram.tokenFile",
            "channels.googlechat.serviceAccountRef",
            "channels.googlechat.serviceAccountFile",
            "channels.telegram.name",
            "channels.slack.appId",
            "tokn",
        ] {
            assert_eq!(meant(path), None, "{path}");
        }
    }
}
