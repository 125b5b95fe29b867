//! Names for findings that stay the same from run to run, while lines move.
//!
//! A fingerprint is made from the rule, the file, the path in the configuration, the message and the text
//! of the line, all without secrets: what was never hashed cannot be guessed from a hash.

use super::printable::{Printable, PrintableFinding};
use std::collections::HashMap;

/// Makes fingerprints; findings that are alike in everything are told apart by their order.
#[derive(Default)]
pub(crate) struct Fingerprints {
    seen: HashMap<u128, u32>,
}

impl Fingerprints {
    /// The fingerprint of a finding: 32 hexadecimal digits.
    pub fn of_finding(&mut self, printable: &Printable<'_>, finding: &PrintableFinding) -> String {
        let file = finding.place.as_ref().map_or("", |place| &place.file);
        self.of(&[
            finding.rule,
            file,
            finding.path.as_deref().unwrap_or(""),
            &finding.message,
            &printable.line_for_fingerprint(finding),
        ])
    }

    /// The fingerprint of anything else, from texts without secrets.
    pub fn of(&mut self, parts: &[&str]) -> String {
        let base = hash(parts);
        let number = self.seen.entry(base).or_insert(0);
        *number += 1;
        let unique = if *number == 1 {
            base
        } else {
            hash(&[&format!("{base:032x}"), &number.to_string()])
        };
        format!("{unique:032x}")
    }
}

/// FNV-1a of 128 bits: stable over releases and machines; nothing depends on its strength.
fn hash(parts: &[&str]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let mut state = OFFSET;
    for part in parts {
        // A byte that no UTF-8 text holds keeps ("a", "b") and ("ab", "") apart.
        for byte in part.bytes().chain(std::iter::once(0xff)) {
            state = (state ^ u128::from(byte)).wrapping_mul(PRIME);
        }
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_parts_give_equal_names_and_repeats_are_told_apart() {
        let mut first = Fingerprints::default();
        let mut second = Fingerprints::default();
        let one = first.of(&["rule", "file"]);
        assert_eq!(one, second.of(&["rule", "file"]));
        assert_ne!(one, first.of(&["rule", "file"]));
        assert_ne!(one, first.of(&["rulefile", ""]));
        assert_eq!(one.len(), 32);
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // FNV-1a 128 of no bytes is the offset basis.
        assert_eq!(hash(&[]), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
    }
}
