//! Running programs and taking their times.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The medians of commands that run in turn.
pub fn medians<const N: usize>(commands: [&mut Command; N], runs: usize) -> [Duration; N] {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    let warm_up = if runs > 20 { 5 } else { 1 };
    let mut commands = commands;
    for run in 0..runs + warm_up {
        for (command, times) in commands.iter_mut().zip(&mut times) {
            let start = Instant::now();
            quiet(command).status().expect("it starts");
            if run >= warm_up {
                times.push(start.elapsed());
            }
        }
    }
    times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    })
}

/// The median of one command.
pub fn median(command: &mut Command, runs: usize) -> Duration {
    medians([command], runs)[0]
}

fn quiet(command: &mut Command) -> &mut Command {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}

/// The most memory that a run has in use, in megabytes, as the system counts it; `None` where it does not tell.
pub fn peak_memory(command: &mut Command) -> Option<f64> {
    let mut child = quiet(command).spawn().expect("it starts");
    let mut peak = None;
    while !has_ended(&mut child) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok();
        let now = status.as_deref().and_then(|status| {
            let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        });
        peak = now.map(|kilobytes| kilobytes / 1024.0).or(peak);
        std::thread::sleep(Duration::from_micros(200));
    }
    peak
}

fn has_ended(child: &mut Child) -> bool {
    child.try_wait().expect("it can be waited for").is_some()
}

/// A program on PATH or at one of the places below the repository.
pub fn find(name: &str, places: &[&str]) -> Option<PathBuf> {
    let below = places.iter().map(|place| crate::repository().join(place));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(name));
    below.chain(on_path).find(|path| path.is_file())
}

/// Whether a command succeeds.
pub fn works(command: &mut Command) -> bool {
    quiet(command).status().is_ok_and(|status| status.success())
}

/// `1.23 ms`.
pub fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// Cells for a quarter, a half and all of something, and how many times as long all of it takes as a quarter.
pub fn growth(times: [Duration; 3]) -> Vec<String> {
    let growth = ratio(times[2], times[0]);
    let times = times.map(milliseconds).into_iter();
    times.chain([format!("{growth:.1}")]).collect()
}

/// How many times as long, with two digits.
pub fn ratio(time: Duration, other: Duration) -> f64 {
    time.as_secs_f64() / other.as_secs_f64()
}

/// The flake, module or file given to a check that prints in the format.
pub fn check(path: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(crate::program());
    command.args(arguments).arg(path);
    command
}
