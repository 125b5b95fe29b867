//! Fields whose names are nearly those of credentials: `tokn`, `apiKye`.
//!
//! OpenClaw does not have them, so no list of its fields says that they hold a secret; what is written in them is one
//! all the same, and it would be shown in the very message that tells of the misspelt name.

use super::fields::{REFERENCE_FIELDS, TEXT_CREDENTIALS};
use super::names::{Spelling, is_public_part};
use super::{Step, matches};
use std::sync::OnceLock;

/// A name of credentials, and the sets in which one of that name stands.
struct Known {
    name: &'static str,
    spelling: Spelling,
    /// The patterns of those sets.
    parents: Vec<&'static str>,
}

fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut known: Vec<Known> = Vec::new();
        for pattern in REFERENCE_FIELDS.iter().chain(TEXT_CREDENTIALS) {
            let Some((parent, name)) = pattern.rsplit_once('.') else {
                continue;
            };
            if name == "*" || name.len() <= 3 || is_public_part(name) {
                continue;
            }
            match known.iter_mut().find(|known| known.name == name) {
                Some(known) => known.parents.push(parent),
                None => known.push(Known {
                    name,
                    spelling: Spelling::of(name),
                    parents: vec![parent],
                }),
            }
        }
        known
    })
}

/// The credential that the field `last` at the end of `steps` was meant to be: one of the same set, under a name that is a slip
/// of the pen away.
pub fn credential_meant(steps: &[Step<'_>], last: &str) -> Option<&'static str> {
    let above = &steps[..steps.len() - 1];
    let spelling = Spelling::of(last);
    known()
        .iter()
        .find(|known| {
            known.name != last
                && spelling.is_nearly(&known.spelling)
                && known.parents.iter().any(|parent| matches(parent, above))
        })
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
            "channels.googlechat.serviceAccountId",
            "channels.telegram.name",
            "channels.slack.appId",
            "tokn",
        ] {
            assert_eq!(meant(path), None, "{path}");
        }
    }
}
