//! Names the circle of files where evaluation does not end because they import each other.
//!
//! Evaluation only knows that a value needs itself. Which `import`s lead in a circle stands in the sources.

use crate::nix::eval::Evaluator;
use crate::nix::syntax::ast::{Expr, SourceTree, StringPart};
use crate::openclaw::blueprint::Blueprint;
use crate::openclaw::configuration::{Problem, ProblemKind};
use crate::workspace::source::{FileId, Span};
use crate::workspace::{Workspace, path};
use std::collections::HashMap;

/// An `import` with a path that is written out: where it stands and the file that it reads.
type Import = (Span, FileId);

/// Gives each problem of recursion in a file that takes part in a circle of imports the places of that circle. Where the value of
/// such a file as a whole needs itself, the circle is the problem.
pub(super) fn name(
    evaluator: &Evaluator,
    workspace: &Workspace,
    problems: &mut [Problem],
    blueprints: &mut [Blueprint],
) {
    let is_recursion = |problem: &Problem| problem.kind == ProblemKind::InfiniteRecursion;
    let any = problems.iter().any(is_recursion)
        || blueprints
            .iter()
            .any(|blueprint| blueprint.problems.iter().any(is_recursion));
    if !any {
        return;
    }
    let files: HashMap<String, FileId> = evaluator
        .trees()
        .iter()
        .filter_map(|tree| Some((evaluator.path_of(tree.file)?.to_string(), tree.file)))
        .collect();
    let imports: HashMap<FileId, Vec<Import>> = evaluator
        .trees()
        .iter()
        .map(|tree| (tree.file, imports_of(tree, evaluator, &files)))
        .collect();
    let problems = problems.iter_mut().chain(
        blueprints
            .iter_mut()
            .flat_map(|blueprint| &mut blueprint.problems),
    );
    for problem in problems.filter(|problem| is_recursion(problem)) {
        let Some(span) = problem.span else { continue };
        let Some(circle) = circle(span.file, &imports) else {
            continue;
        };
        let shown: Vec<String> = circle
            .iter()
            .map(|(place, _)| format!("`{}`", workspace.sources().get(place.file).path))
            .collect();
        let is_whole = evaluator
            .trees()
            .iter()
            .any(|tree| tree.file == span.file && tree.span(tree.root) == span);
        if is_whole {
            problem.kind = ProblemKind::ImportCycle;
            problem.message = match shown.as_slice() {
                [only] => format!("{only} imports itself, so its value needs itself"),
                several => format!(
                    "{} import each other in a circle, so their values need themselves",
                    several.join(" and ")
                ),
            };
            problem.span = circle.first().map(|(place, _)| *place);
            problem.help = Some(
                "move what both need into a file of its own, or take it as an argument".into(),
            );
            problem.related = Vec::new();
        }
        for (place, file) in &circle {
            if Some(*place) != problem.span {
                let target = &workspace.sources().get(*file).path;
                problem
                    .related
                    .push((*place, format!("`{target}` is imported here")));
            }
        }
    }
}

fn imports_of(
    tree: &SourceTree,
    evaluator: &Evaluator,
    files: &HashMap<String, FileId>,
) -> Vec<Import> {
    let Some(own) = evaluator.path_of(tree.file) else {
        return Vec::new();
    };
    tree.expressions
        .iter()
        .filter_map(|expression| {
            let Expr::Apply { function, argument } = expression else {
                return None;
            };
            let Expr::Variable(name, _) = tree.expression(*function) else {
                return None;
            };
            let Expr::Path(parts) = tree.expression(*argument) else {
                return None;
            };
            let [StringPart::Text { text, .. }] = &**parts else {
                return None;
            };
            let target = path::normalize(&format!("{}/{text}", path::parent(&own)));
            let file = files
                .get(&target)
                .or_else(|| files.get(&path::join(&target, "default.nix")))?;
            (name.as_str() == "import").then(|| (tree.span(*argument), *file))
        })
        .collect()
}

/// The shortest way from a file through imports back to it.
fn circle(start: FileId, imports: &HashMap<FileId, Vec<Import>>) -> Option<Vec<Import>> {
    let mut ways: Vec<Vec<Import>> = vec![Vec::new()];
    let mut seen: Vec<FileId> = Vec::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let at = way.last().map_or(start, |(_, file)| *file);
            for import in imports.get(&at).into_iter().flatten() {
                let mut next = way.clone();
                next.push(*import);
                if import.1 == start {
                    return Some(next);
                }
                if !seen.contains(&import.1) {
                    seen.push(import.1);
                    longer.push(next);
                }
            }
        }
        ways = longer;
    }
    None
}
