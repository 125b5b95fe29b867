//! Fields whose names are nearly those of credentials: `tokn`, `apiKye`.
//!
//! OpenClaw does not have them, so no list of its fields says that they hold a secret; what is written in them is one
//! all the same, and it would be shown in the very message that tells of the misspelt name.

use super::fields::{REFERENCE_FIELDS, TEXT_CREDENTIALS};
use super::{Step, matches};
use crate::openclaw::secret_names::{Spelling, is_public_part};
use std::sync::OnceLock;

/// A name of credentials.
struct Known {
    name: &'static str,
    spelling: Spelling,
}

/// The patterns of all credentials.
fn patterns() -> impl Iterator<Item = &'static str> {
    REFERENCE_FIELDS.iter().chain(TEXT_CREDENTIALS).copied()
}

fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut known: Vec<Known> = Vec::new();
        for pattern in patterns() {
            let Some((_, name)) = pattern.rsplit_once('.') else {
                continue;
            };
            let is_other = name != "*" && name.len() > 3 && !is_public_part(name);
            if is_other && known.iter().all(|known| known.name != name) {
                known.push(Known {
                    name,
                    spelling: Spelling::of(name),
                });
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
                && is_credential_of(above, known.name)
        })
        .map(|known| known.name)
}

/// Whether a set has a credential of that name.
fn is_credential_of(set: &[Step<'_>], name: &str) -> bool {
    patterns()
        .filter_map(|pattern| pattern.strip_suffix(name)?.strip_suffix('.'))
        .any(|parent| matches(parent, set))
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
