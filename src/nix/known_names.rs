//! Names that sets out of sight are known to have: the options of Home Manager, the outputs of a well-known flake.
//!
//! What else is there is not known, so such a list only serves to tell slips of the pen: a name that nothing in sight has, and from which
//! one step leads to a name of the list.

use crate::nearest::is_one_step;

/// What is known of the names of a set.
#[derive(Debug)]
pub struct KnownNames {
    /// Names that it has.
    pub names: &'static [&'static str],
    /// What is known of the names below some of them.
    pub below: &'static [(&'static str, &'static KnownNames)],
    /// What other names it may have.
    pub others: OtherNames,
}

/// Which names a set may have besides those that are known.
#[derive(Debug)]
pub enum OtherNames {
    /// Few, and none that is one step from a known one.
    Few,
    /// Those of everybody who adds something there: what is asked of a misspelt one tells which was meant.
    OfEverybody,
    /// Those that the user makes up, each with these below it.
    MadeUp(&'static KnownNames),
}

impl KnownNames {
    /// Names below which nothing is of interest.
    pub const fn few(names: &'static [&'static str]) -> Self {
        KnownNames {
            names,
            below: &[],
            others: OtherNames::Few,
        }
    }

    /// Names of the user's own, each with these below it.
    pub const fn made_up(below: &'static KnownNames) -> Self {
        KnownNames {
            names: &[],
            below: &[],
            others: OtherNames::MadeUp(below),
        }
    }

    /// What is known of the names below one of the names.
    pub fn below(&self, name: &str) -> Option<&'static KnownNames> {
        match self.others {
            OtherNames::MadeUp(below) => Some(below),
            OtherNames::Few | OtherNames::OfEverybody => {
                let known = self.below.iter().find(|(known, _)| *known == name);
                known.map(|(_, below)| *below)
            }
        }
    }

    /// The name that is meant by one that is not among them, if it is surely misspelt; `next` is what is asked of it.
    pub fn misspelt(&self, name: &str, next: Option<&str>) -> Option<&'static str> {
        /// Shorter names have too many neighbours.
        const SHORTEST: usize = 5;
        if self.names.contains(&name) {
            return None;
        }
        let is_meant = |known: &str| match self.others {
            OtherNames::MadeUp(_) => false,
            OtherNames::Few => {
                known.eq_ignore_ascii_case(name)
                    || name.len() >= SHORTEST && is_one_step(name, known)
            }
            OtherNames::OfEverybody => {
                let has_next = |(below, next): (&KnownNames, &str)| below.names.contains(&next);
                is_one_step(name, known) && self.below(known).zip(next).is_some_and(has_next)
            }
        };
        let mut names = self.names.iter().copied();
        names.find(|known| is_meant(known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static HOME: KnownNames = KnownNames::few(&["homeDirectory", "file"]);
    static ROOT: KnownNames = KnownNames {
        names: &["home", "secrets"],
        below: &[("home", &HOME), ("secrets", &SECRETS)],
        others: OtherNames::OfEverybody,
    };
    static SECRETS: KnownNames = KnownNames::made_up(&SECRET);
    static SECRET: KnownNames = KnownNames::few(&["mode", "sopsFile"]);

    #[test]
    fn one_step_from_a_known_name_is_a_slip() {
        let meant = Some("homeDirectory");
        assert_eq!(HOME.misspelt("homeDirectry", None), meant);
        assert_eq!(HOME.misspelt("homedirectory", None), meant);
        for other in ["homeDirectory", "homeDir", "filo"] {
            assert_eq!(HOME.misspelt(other, None), None, "{other}");
        }
    }

    #[test]
    fn where_everybody_adds_names_what_is_asked_of_one_tells() {
        assert_eq!(ROOT.misspelt("hom", Some("homeDirectory")), Some("home"));
        assert_eq!(ROOT.misspelt("hom", Some("color")), None);
        assert_eq!(ROOT.misspelt("hom", None), None);
    }

    #[test]
    fn below_made_up_names_the_same_is_known() {
        let below = SECRETS.below("anything").expect("names below it");
        assert_eq!(below.misspelt("sopsfile", None), Some("sopsFile"));
        assert_eq!(SECRETS.misspelt("anythin", None), None);
    }
}
