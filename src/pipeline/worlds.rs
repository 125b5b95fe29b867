//! Running the rules in every world, and saying in which a finding holds.

use crate::openclaw::blueprint::Blueprint;
use crate::openclaw::configuration::Configuration;
use crate::openclaw::render::Context;
use crate::openclaw::tree::{Node, Place, Step, World};
use crate::releases::selection::Selection;
use crate::releases::{self, Era, Release, Version};
use crate::report::finding::{Edit, Finding, Related, Severity};
use crate::rules::schema;
use crate::rules::shared::Shared;
use crate::rules::{Sink, Subject, run};
use crate::workspace::source::Span;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Worlds that are told apart at most: those of 6 conditions that have nothing to do with each other. What depends on further
/// conditions is unknown.
const MOST_WORLDS: usize = 64;

/// Runs all rules on a blueprint; gives the names of its instances, or `None` where OpenClaw is enabled in no world.
pub fn run(
    blueprint: &Blueprint,
    selection: &Selection,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Option<Vec<String>> {
    let context = &in_time(context, selection);
    let conditions = blueprint.conditions();
    let worlds = World::all(&conditions, MOST_WORLDS);
    let (release, exact) = selection.release();
    let plausible = plausible(selection);
    let mut results: Vec<(World, Configuration, Sink)> = Vec::new();
    for world in worlds {
        let Some(configuration) = blueprint.in_world(&world, context) else {
            continue;
        };
        let mut inner = Sink::default();
        check(
            &configuration,
            &release,
            &plausible,
            selection,
            exact,
            &mut inner,
        );
        results.push((world, configuration, inner));
    }
    if results.is_empty() {
        return None;
    }
    let mut names: Vec<String> = results
        .iter()
        .flat_map(|(_, configuration, _)| &configuration.instances)
        .map(|instance| instance.name.clone())
        .collect();
    names.sort();
    names.dedup();
    lower_guesses(selection, &release, &plausible, &mut results);
    combine(results, sink);
    Some(names)
}

/// The context for the module of a selection's time.
pub fn in_time<'a>(context: &Context<'a>, selection: &Selection) -> Context<'a> {
    // The commit that changed it came between the pins of 2026.5.2 and 2026.5.4.
    let changed = Version::new(2026, 5, 4);
    Context {
        workspace: context.workspace,
        variables: context.variables,
        instance_replaces: (selection.era_certain && selection.version < changed)
            .then(|| selection.release().0.schema())
            .flatten(),
        nulls_replace: selection.era_certain
            && selection.version < changed
            && selection.era >= Era::SchemaConfig,
        skills_by_load_path: selection.era >= Era::BootstrapFiles,
    }
}

/// Runs only the rules on configurations as a whole, where there are no instances.
pub fn run_configuration_rules(
    blueprint: &Blueprint,
    selection: &Selection,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    let Some(mut configuration) = blueprint.in_world(&World::default(), context) else {
        return;
    };
    configuration.instances.clear();
    let (release, exact) = selection.release();
    check(&configuration, &release, &[], selection, exact, sink);
}

/// The releases that may be meant; none where it is certain which one is.
fn plausible(selection: &Selection) -> Vec<Release> {
    if selection.certain {
        return Vec::new();
    }
    selection
        .plausible
        .iter()
        .filter_map(releases::load)
        .collect()
}

/// Runs the rules on a configuration in one world.
fn check(
    configuration: &Configuration,
    release: &Release,
    plausible: &[Release],
    selection: &Selection,
    exact: bool,
    sink: &mut Sink,
) {
    let subject = Subject {
        configuration,
        plausible,
        release,
        release_is_certain: selection.certain && exact,
        era: selection.era,
        era_is_certain: selection.era_certain,
        shared: &Shared::default(),
    };
    let before = sink.findings.len();
    run::run(subject, &|_| true, sink);
    explain_ways(configuration, &mut sink.findings[before..]);
    for finding in &mut sink.findings[before..] {
        let fits = |edit: &Edit| configuration.language.takes(&edit.text);
        finding.fix = finding.fix.take_if(|fix| fix.edits.iter().all(fits));
    }
    if configuration.name.is_empty() {
        for finding in &mut sink.findings {
            finding.configurations.retain(|name| !name.is_empty());
        }
        for unresolved in &mut sink.unresolved {
            unresolved.configurations.retain(|name| !name.is_empty());
        }
    }
}

/// Adds how a value came from where it was written to where it is used: the use of a `let` or an option, the call, the
/// module.
fn explain_ways(configuration: &Configuration, findings: &mut [Finding]) {
    if findings.iter().all(|finding| finding.span.is_none()) {
        return;
    }
    let mut ways = Ways::default();
    let mut collect = |node: &Rc<Node>| node.walk(&mut |_, node| ways.add(&node.place));
    for instance in &configuration.instances {
        collect(&instance.config);
    }
    if let Some(options) = &configuration.options {
        collect(options);
    }
    ways.sort();
    for finding in findings {
        let Some(place) = finding.span else {
            continue;
        };
        let Some(steps) = ways.to(place) else {
            continue;
        };
        for step in steps {
            let known = step.span == place
                || finding
                    .related
                    .iter()
                    .any(|related| related.span == step.span);
            if !known {
                finding.related.push(Related {
                    span: step.span,
                    message: step.what.clone(),
                });
            }
        }
    }
}

/// The ways by which values came to where they are used, by the place of the value.
#[derive(Default)]
struct Ways {
    by_place: HashMap<Span, Vec<Step>>,
    /// The places in order, each with the position of the smallest one around it. Expressions lie in one another or apart.
    places: Vec<(Span, Option<usize>)>,
}

impl Ways {
    fn add(&mut self, place: &Place) {
        if let (Some(span), false) = (place.span, place.via.is_empty()) {
            self.by_place
                .entry(span)
                .or_insert_with(|| place.via.clone());
        }
    }

    fn sort(&mut self) {
        let mut places: Vec<Span> = self.by_place.keys().copied().collect();
        places.sort_by_key(|span| (span.file, span.start, Reverse(span.end)));
        for place in places {
            let mut around = self.places.len().checked_sub(1);
            while let Some(position) = around
                && !self.places[position].0.contains(place)
            {
                around = self.places[position].1;
            }
            self.places.push((place, around));
        }
    }

    /// The way of the smallest value that holds the place.
    fn to(&self, place: Span) -> Option<&Vec<Step>> {
        let behind = self
            .places
            .partition_point(|(span, _)| (span.file, span.start) <= (place.file, place.start));
        let mut nearest = behind.checked_sub(1);
        while let Some(position) = nearest
            && !self.places[position].0.contains(place)
        {
            nearest = self.places[position].1;
        }
        self.by_place.get(&self.places[nearest?].0)
    }
}

/// What tells one finding from another, whichever world it is from.
type Key = (&'static str, Option<Span>, Option<String>);

fn key(finding: &Finding) -> Key {
    (finding.rule, finding.span, finding.path.clone())
}

/// A release that was only guessed never yields an error that another plausible release would not.
fn lower_guesses(
    selection: &Selection,
    release: &Release,
    plausible: &[Release],
    results: &mut [(World, Configuration, Sink)],
) {
    if selection.certain {
        return;
    }
    for (_, configuration, sink) in results {
        if sink
            .findings
            .iter()
            .all(|finding| finding.severity < Severity::Error)
        {
            continue;
        }
        for other in plausible {
            if other.version() == release.version() {
                continue;
            }
            let mut there = Sink::default();
            check(configuration, other, plausible, selection, true, &mut there);
            let errors: HashSet<Key> = there
                .findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error)
                .map(key)
                .collect();
            for finding in &mut sink.findings {
                // What releases refuse by their schema was compared when it was found.
                let is_settled = schema::RULE_IDS.contains(&finding.rule);
                if finding.severity == Severity::Error
                    && !is_settled
                    && !errors.contains(&key(finding))
                {
                    finding.severity = Severity::Warning;
                }
            }
        }
    }
}

/// Puts the findings of all worlds together: what holds in all of them as it is, the rest with its condition.
fn combine(results: Vec<(World, Configuration, Sink)>, sink: &mut Sink) {
    let count = results.len();
    let mut places: Vec<Option<HashSet<Span>>> = vec![None; count];
    let mut order: Vec<(Key, String)> = Vec::new();
    let mut found: HashMap<(Key, String), (Finding, Vec<usize>)> = HashMap::new();
    for (index, (_, _, inner)) in results.iter().enumerate() {
        for finding in &inner.findings {
            let key = (key(finding), finding.message.clone());
            match found.get_mut(&key) {
                Some((known, worlds)) => {
                    for name in &finding.instances {
                        if !known.instances.contains(name) {
                            known.instances.push(name.clone());
                        }
                    }
                    if worlds.last() != Some(&index) {
                        worlds.push(index);
                    }
                }
                None => {
                    order.push(key.clone());
                    found.insert(key, (finding.clone(), vec![index]));
                }
            }
        }
    }
    for key in order {
        let Some((mut finding, holds_in)) = found.remove(&key) else {
            continue;
        };
        if holds_in.len() < count {
            let conditional = finding.span.is_some_and(|span| {
                (0..count)
                    .filter(|index| !holds_in.contains(index))
                    .all(|index| {
                        let spans = places[index].get_or_insert_with(|| spans(&results[index].1));
                        !spans.contains(&span)
                    })
            });
            qualify(&mut finding, &holds_in, &results, conditional);
        }
        sink.findings.push(finding);
    }
    for (index, (_, _, inner)) in results.into_iter().enumerate() {
        sink.secret_spans.extend(inner.secret_spans);
        sink.secret_texts.extend(inner.secret_texts);
        for unresolved in inner.unresolved {
            if !sink.unresolved.contains(&unresolved) {
                sink.unresolved.push(unresolved);
            }
        }
        // Counts are those of the world that has most, not their sum.
        if index == 0 {
            sink.model_references += inner.model_references;
            sink.secrets += inner.secrets;
            sink.documents += inner.documents;
        }
    }
}

/// Says in which worlds a finding holds. What stands under the condition itself keeps its weight: it is wrong
/// whenever it is there. A claim about something else is at most a warning, since that world may not come about.
fn qualify(
    finding: &mut Finding,
    holds_in: &[usize],
    results: &[(World, Configuration, Sink)],
    conditional: bool,
) {
    let all: Vec<&World> = results.iter().map(|(world, _, _)| world).collect();
    let decisive = all.first().and_then(|world| {
        world.0.keys().find_map(|condition| {
            [true, false].into_iter().find_map(|holds| {
                let exactly = all.iter().enumerate().all(|(index, world)| {
                    (world.0.get(condition) == Some(&holds)) == holds_in.contains(&index)
                });
                exactly.then_some((condition, holds))
            })
        })
    });
    let (text, span) = match decisive {
        Some((condition, holds)) => (condition.phrase(holds), condition.span),
        None => {
            let condition = all.first().and_then(|world| world.0.keys().next());
            (
                "under some of the conditions that are not known here".to_string(),
                condition.and_then(|condition| condition.span),
            )
        }
    };
    if conditional {
        if let Some(span) = span {
            finding.related.push(Related {
                span,
                message: format!("it is there {text}"),
            });
        }
        return;
    }
    finding.severity = finding.severity.min(Severity::Warning);
    finding.message = format!("{} ({text})", finding.message);
    if let Some(span) = span {
        finding.related.push(Related {
            span,
            message: "the condition".to_string(),
        });
    }
}

/// All places of a configuration's trees.
fn spans(configuration: &Configuration) -> HashSet<Span> {
    let mut found = HashSet::new();
    let mut collect = |node: &Node| {
        node.walk(&mut |_, node| {
            found.extend(node.place.span);
            found.extend(node.place.key);
            found.extend(node.place.definition);
        });
    };
    for instance in &configuration.instances {
        collect(&instance.config);
    }
    if let Some(options) = &configuration.options {
        collect(options);
    }
    found
}
