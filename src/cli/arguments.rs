//! The arguments, as `--help`, completions and the man page show them.

use crate::report::{self, finding::Severity};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  openclaw-check                         check the flake in this directory
  openclaw-check ~/dotfiles home.nix     check a flake and a module by itself
  openclaw-check --format concise        one line per finding
  openclaw-check --strict --deny-warnings
                                         for a gate: nothing unchecked, nothing doubtful
  openclaw-check --diff                  show what --fix would change
  cat openclaw.json | openclaw-check - --stdin-filename openclaw.json
  openclaw-check show --instance default what OpenClaw will be given
  openclaw-check explain unknown-model   what a rule is about

Exit codes:
  0  nothing that counts
  1  findings (errors; with --deny-warnings warnings, with --strict what could not be checked)
  2  wrong usage, or an openclaw-check.toml that was refused
  3  something named or needed could not be read or checked at all";

const FLAKE_INPUTS: &str = "What is known of the surroundings";
const RULES: &str = "Which rules";
const OUTPUT: &str = "Output";
const VERDICT: &str = "What counts";
const FIXES: &str = "Fixes";

/// Tells before deployment whether the OpenClaw configuration in a Nix flake will work.
///
/// Reads the Nix sources as Nix would see them, works out the openclaw.json that each instance will get,
/// and checks it against what the pinned OpenClaw release accepts. Runs neither Nix nor OpenClaw, and
/// needs no network.
#[derive(Parser, Debug)]
#[command(
    name = "openclaw-check",
    version,
    max_term_width = 100,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    subcommand_precedence_over_arg = true
)]
pub struct Arguments {
    /// What to do; `check` where nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Arguments of `check`.
    #[command(flatten)]
    pub check: CheckArguments,
}

/// The names of the subcommands.
const SUBCOMMANDS: [&str; 9] = [
    "check",
    "show",
    "eval",
    "models",
    "explain",
    "rules",
    "releases",
    "completions",
    "man",
];

impl Arguments {
    /// The arguments of this process.
    ///
    /// # Errors
    /// Wrong usage, and what `--help` and `--version` print.
    pub fn of_process() -> Result<Self, clap::Error> {
        match Self::of_paths(std::env::args_os().skip(1)) {
            Some(arguments) => Ok(arguments),
            None => Self::try_parse(),
        }
    }

    /// The arguments where all of them are paths, which is how the program is mostly called: describing all subcommands and options to the
    /// parser takes longer than reading and parsing a flake. `None` where the parser has to look.
    fn of_paths(arguments: impl Iterator<Item = OsString>) -> Option<Self> {
        let paths = arguments
            .map(|argument| {
                let text = argument.to_str()?;
                let is_path =
                    !text.is_empty() && !text.starts_with('-') && !SUBCOMMANDS.contains(&text);
                is_path.then(|| PathBuf::from(argument))
            })
            .collect::<Option<Vec<PathBuf>>>()?;
        Some(Arguments {
            command: None,
            check: CheckArguments {
                source: SourceArguments {
                    paths,
                    ..SourceArguments::default()
                },
                ..CheckArguments::default()
            },
        })
    }
}

/// The subcommands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Check flakes, modules and openclaw.json files (what happens without a subcommand)
    Check(Box<CheckArguments>),
    /// Print the openclaw.json that an instance will get; what is unknown is marked with its reason
    Show(Box<ShowArguments>),
    /// Print what a Nix expression evaluates to
    Eval(EvalArguments),
    /// List the models that can be referenced, or show which one each agent uses
    Models(Box<ModelsArguments>),
    /// Explain a rule, with examples
    Explain(ExplainArguments),
    /// List all rules
    Rules(RulesArguments),
    /// List the OpenClaw releases that are known
    Releases(ReleasesArguments),
    /// Print a completion script for a shell
    Completions(CompletionsArguments),
    /// Print the manual page
    Man,
}

/// What is checked, and what is known of its surroundings.
#[derive(Args, Debug, Default)]
pub struct SourceArguments {
    /// A flake directory, a flake.nix, a module, or an openclaw.json; `-` is standard input
    /// [default: the current directory]
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// The name that standard input is reported under; its ending tells Nix from JSON
    #[arg(long, value_name = "NAME", help_heading = FLAKE_INPUTS)]
    pub stdin_filename: Option<String>,
    /// The OpenClaw release to check against, or `latest`
    /// [default: what flake.lock pins]
    #[arg(long, value_name = "VERSION", help_heading = FLAKE_INPUTS)]
    pub openclaw_version: Option<String>,
    /// Option values that Nix evaluated; findings still point into the sources
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = FLAKE_INPUTS)]
    pub evaluated: Option<PathBuf>,
    /// The real source of a flake input
    #[arg(long, value_name = "NAME=DIR", value_parser = name_and_directory, help_heading = FLAKE_INPUTS)]
    pub input: Vec<(String, PathBuf)>,
    /// The names of the variables in this file are known to exist; their values are not looked at
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = FLAKE_INPUTS)]
    pub env_file: Vec<PathBuf>,
    /// The root of the source tree [default: git's top level, or the flake's directory]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, help_heading = FLAKE_INPUTS)]
    pub root: Option<PathBuf>,
    /// See every file of the tree, not only those that git tracks
    #[arg(long, help_heading = FLAKE_INPUTS)]
    pub no_git: bool,
    /// Take names and contents from git's index: check what is about to be committed
    #[arg(long, conflicts_with = "no_git", help_heading = FLAKE_INPUTS)]
    pub staged: bool,
    /// Read the settings from this file instead of the openclaw-check.toml at the root of the flake
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = FLAKE_INPUTS)]
    pub config: Option<PathBuf>,
}

/// Arguments of `check`.
#[derive(Args, Debug, Default)]
pub struct CheckArguments {
    /// What is checked.
    #[command(flatten)]
    pub source: SourceArguments,
    /// Check only this configuration, such as homeConfigurations.alice; of a host, its users as well; may be given
    /// several times
    #[arg(long, value_name = "NAME", help_heading = FLAKE_INPUTS)]
    pub configuration: Vec<String>,
    /// Run only this rule; may be given several times, or several ids with commas
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = RULES)]
    pub select: Vec<String>,
    /// Do not run this rule; may be given several times, or several ids with commas
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = RULES)]
    pub ignore: Vec<String>,
    /// What could not be checked is an error
    #[arg(long, help_heading = VERDICT)]
    pub strict: bool,
    /// Warnings count for the exit code too
    #[arg(long, help_heading = VERDICT)]
    pub deny_warnings: bool,
    /// How findings are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, hide_default_value = false, help_heading = OUTPUT)]
    pub format: CheckFormat,
    /// Show findings of this severity and above; the exit code does not change
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t, help_heading = OUTPUT)]
    pub min_severity: SeverityArgument,
    /// Print findings and errors only: no summary, no list of what could not be checked
    #[arg(long, short, help_heading = OUTPUT)]
    pub quiet: bool,
    /// Whether to colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, help_heading = OUTPUT)]
    pub color: ColorArgument,
    /// Apply the safe fixes to the files, then report what is left
    #[arg(long, conflicts_with = "diff", help_heading = FIXES)]
    pub fix: bool,
    /// Print what --fix would change, as a patch; nothing is written
    #[arg(long, help_heading = FIXES)]
    pub diff: bool,
}

/// Arguments of `show`.
#[derive(Args, Debug)]
pub struct ShowArguments {
    /// What is shown.
    #[command(flatten)]
    pub source: SourceArguments,
    /// Only the instance of this name
    #[arg(long, value_name = "NAME")]
    pub instance: Option<String>,
    /// How it is printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, help_heading = OUTPUT)]
    pub format: ListFormat,
    /// Whether to colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, help_heading = OUTPUT)]
    pub color: ColorArgument,
}

/// Arguments of `eval`.
#[derive(Args, Debug)]
pub struct EvalArguments {
    /// A Nix file; `-` is standard input
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub file: PathBuf,
    /// The attribute to print, such as `outputs.packages`
    #[arg(value_name = "ATTRPATH")]
    pub attribute: Option<String>,
    /// Print JSON; what is unknown is {"$unknown": "reason"}
    #[arg(long)]
    pub json: bool,
    /// Evaluate everything: exit 0 for a value, 1 where Nix would fail, 3 where the answer is not known
    #[arg(long)]
    pub strict: bool,
    /// The real source of a flake input
    #[arg(long, value_name = "NAME=DIR", value_parser = name_and_directory, help_heading = FLAKE_INPUTS)]
    pub input: Vec<(String, PathBuf)>,
    /// The root of the source tree [default: git's top level, or the file's directory]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, help_heading = FLAKE_INPUTS)]
    pub root: Option<PathBuf>,
    /// See every file of the tree, not only those that git tracks
    #[arg(long, help_heading = FLAKE_INPUTS)]
    pub no_git: bool,
}

/// Arguments of `models`.
#[derive(Args, Debug)]
pub struct ModelsArguments {
    /// Only this provider
    #[arg(value_name = "PROVIDER")]
    pub provider: Option<String>,
    /// For each agent: primary and fallbacks, with endpoint, key variable and source line
    #[arg(long)]
    pub route: bool,
    /// The flake, module or openclaw.json that declares the models [default: the current directory]
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::AnyPath, help_heading = FLAKE_INPUTS)]
    pub flake: Option<PathBuf>,
    /// The OpenClaw release, or `latest` [default: what flake.lock pins]
    #[arg(long, value_name = "VERSION", help_heading = FLAKE_INPUTS)]
    pub openclaw_version: Option<String>,
    /// How they are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, help_heading = OUTPUT)]
    pub format: ListFormat,
}

/// Arguments of `explain`.
#[derive(Args, Debug)]
pub struct ExplainArguments {
    /// The rule's id
    #[arg(value_name = "RULE")]
    pub rule: String,
    /// Whether to colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, help_heading = OUTPUT)]
    pub color: ColorArgument,
}

/// Arguments of `rules`.
#[derive(Args, Debug)]
pub struct RulesArguments {
    /// How they are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: ListFormat,
}

/// Arguments of `releases`.
#[derive(Args, Debug)]
pub struct ReleasesArguments {
    /// How they are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: ListFormat,
}

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// The formats of `check`.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CheckFormat {
    /// For people: code frames and explanations
    #[default]
    Human,
    /// One line per finding
    Concise,
    /// JSON, version 1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations in a GitHub workflow
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// A job summary in Markdown
    Markdown,
}

impl From<CheckFormat> for report::Format {
    fn from(format: CheckFormat) -> Self {
        match format {
            CheckFormat::Human => report::Format::Human,
            CheckFormat::Concise => report::Format::Concise,
            CheckFormat::Json => report::Format::Json,
            CheckFormat::Sarif => report::Format::Sarif,
            CheckFormat::Github => report::Format::Github,
            CheckFormat::Gitlab => report::Format::Gitlab,
            CheckFormat::Markdown => report::Format::Markdown,
        }
    }
}

/// The formats of lists.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ListFormat {
    /// For people
    #[default]
    Human,
    /// JSON
    Json,
}

/// Severities.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SeverityArgument {
    /// Will not work
    Error,
    /// Probably not what was meant
    Warning,
    /// Good to know
    #[default]
    Note,
}

impl From<SeverityArgument> for Severity {
    fn from(severity: SeverityArgument) -> Self {
        match severity {
            SeverityArgument::Error => Severity::Error,
            SeverityArgument::Warning => Severity::Warning,
            SeverityArgument::Note => Severity::Note,
        }
    }
}

/// When to colour.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ColorArgument {
    /// On a terminal, unless NO_COLOR is set; CLICOLOR_FORCE asks for it
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn name_and_directory(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, directory)) if !name.is_empty() && !directory.is_empty() => {
            Ok((name.to_string(), PathBuf::from(directory)))
        }
        _ => Err("expected NAME=DIR, such as nixpkgs=../nixpkgs".to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn of_paths(arguments: &[&str]) -> Option<Arguments> {
        Arguments::of_paths(arguments.iter().map(OsString::from))
    }

    #[test]
    fn paths_alone_are_taken_as_the_parser_takes_them() {
        for arguments in [
            &[][..],
            &["."],
            &["~/dotfiles", "home.nix", "a=b"],
            &["checks"],
        ] {
            let quick = of_paths(arguments).expect("paths");
            let parsed = Arguments::try_parse_from(
                std::iter::once("openclaw-check").chain(arguments.iter().copied()),
            )
            .expect("paths");
            assert_eq!(format!("{quick:?}"), format!("{parsed:?}"));
        }
    }

    #[test]
    fn the_parser_looks_at_everything_else() {
        for arguments in [
            &["-"][..],
            &["--help"],
            &["a", "--strict"],
            &[""],
            &["a", "check"],
        ] {
            assert!(of_paths(arguments).is_none(), "{arguments:?}");
        }
        let command = Arguments::command();
        let names: Vec<&str> = command
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        assert_eq!(names, SUBCOMMANDS);
    }
}
