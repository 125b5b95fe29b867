//! What the users of one host get in each other's way with: rules see one user at a time.

use crate::openclaw::blueprint::Blueprint;
use crate::openclaw::configuration::{Reach, Source};
use crate::releases::Era;
use crate::report::finding::Finding;
use crate::rules::instance_clash::{Port, of_two_users, ports};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The hosts whose users were checked.
#[derive(Default)]
pub(super) struct Hosts {
    /// Who took a port first, by the host and the port.
    ports: HashMap<(String, i64), (String, Port)>,
}

impl Hosts {
    /// Adds a configuration, and tells what it takes that another user of its host has already.
    pub(super) fn add(&mut self, blueprint: &Blueprint, era: Era) -> Vec<Finding> {
        let mut findings = Vec::new();
        let is_user = blueprint.source == Source::HomeManager
            && blueprint.reach == Reach::Whole
            && blueprint.option_root == "programs.openclaw";
        let Some((host, _)) = blueprint
            .name
            .split_once(": home-manager.users.")
            .filter(|_| is_user)
        else {
            return findings;
        };
        for port in ports(&blueprint.options, era) {
            match self.ports.entry((host.to_string(), port.number)) {
                Entry::Vacant(free) => {
                    free.insert((blueprint.name.clone(), port));
                }
                Entry::Occupied(taken) => {
                    let (other, first) = taken.get();
                    if *other != blueprint.name {
                        findings.push(of_two_users((other, first), (&blueprint.name, &port)));
                    }
                }
            }
        }
        findings
    }
}
