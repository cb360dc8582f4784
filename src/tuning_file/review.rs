//! Checks a tuning file against the session that uses it: values that the worker rejects, conflicts, and parameters
//! that workers with the same start would run twice.

use std::fs;
use std::path::Path;

use super::file::TuningFile;
use super::grid;
use super::proposals::Proposals;
use super::remark::{Remark, Remarks};
use super::settings::{Placed, Seed, Settings};
use crate::config::Optimizer;
use crate::plan::share_sizes;
use crate::printable::printable;

/// The session that uses a tuning file.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'s> {
    /// How parameters are chosen, which overrides the file's method.
    pub optimizer: Optimizer,
    /// Iterations of the whole session.
    pub total_iterations: u64,
    /// The number of workers that share them.
    pub workers: u32,
    /// Whether each worker gets its own seed.
    pub has_own_seeds: bool,
    /// The directory that the paths in the file are relative to.
    pub root: &'s Path,
}

/// The result of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Remarks in the file's order.
    pub remarks: Vec<Remark>,
    /// Parameters that the workers try more than once.
    pub repeats: Option<Repeats>,
}

/// Parameters that the workers of a session try more than once, because they have the same start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeats {
    /// The numbers.
    pub proposals: Proposals,
    /// Their meaning, as a sentence.
    pub message: String,
    /// What to do about it, as a sentence.
    pub help: String,
}

impl Review {
    /// Reviews a file.
    #[must_use]
    pub fn of(file: &TuningFile, situation: &Situation<'_>) -> Self {
        let mut remarks = Remarks::default();
        let Some(settings) = Settings::read(file, &mut remarks) else {
            return Self { remarks: remarks.finish(), repeats: None };
        };
        let grid = match situation.optimizer {
            Optimizer::Grid => grid_of(&settings, situation, &mut remarks),
            Optimizer::Random | Optimizer::Bayesian => None,
        };
        method(&settings, situation, &mut remarks);
        scenarios(&settings.scenarios, situation.root, &mut remarks);
        Self { remarks: remarks.finish(), repeats: repeats(&settings, situation, grid) }
    }
}

fn method(settings: &Settings, situation: &Situation<'_>, remarks: &mut Remarks) {
    let optimizer = situation.optimizer.to_string();
    if let Some(method) = settings.method.as_ref().filter(|method| method.value != optimizer) {
        let message = format!(
            "method is {} here, but the workers use the session's optimizer, which is {optimizer}.",
            printable(&method.value)
        );
        remarks.add(method.position, message, "Write the same value in both files.");
    }
}

/// The number of points of the workers' grid.
fn grid_of(settings: &Settings, situation: &Situation<'_>, remarks: &mut Remarks) -> Option<u128> {
    let grid_points = settings.grid_points?;
    if grid_points < 2 {
        let message = format!("grid_points is {grid_points}, but a grid needs at least 2 points in each direction.");
        remarks.add(settings.grid_position, message, "Write a whole number of at least 2.");
        return None;
    }
    let points = grid::points(settings.parameters.as_deref()?, grid_points)?;
    let [(more, with_more), (each, _)] = share_sizes(situation.total_iterations, situation.workers);
    let largest = if with_more > 0 { more } else { each };
    if points < u128::from(largest) {
        let message = format!(
            "The grid has {points} points, but a worker runs {largest} iterations: it repeats the last point at the end."
        );
        remarks.add(settings.grid_position, message, "Raise grid_points, or run fewer iterations.");
    }
    Some(points)
}

/// Parameters that the workers try more than once. None if that cannot be known: a newer worker may use its seed
/// differently, but it still has no other start.
fn repeats(settings: &Settings, situation: &Situation<'_>, grid: Option<u128>) -> Option<Repeats> {
    let sizes = share_sizes(situation.total_iterations, situation.workers);
    let (start, at_most, help) = match situation.optimizer {
        _ if situation.workers < 2 => return None,
        Optimizer::Grid => {
            let help = "A seed does not affect a grid. Write workers: 1, or use another optimizer.";
            ("walk the same grid from the start".to_owned(), false, help)
        }
        Optimizer::Random | Optimizer::Bayesian if situation.has_own_seeds => return None,
        Optimizer::Random | Optimizer::Bayesian => {
            let seed = match &settings.seed {
                Seed::Absent => return None,
                Seed::Number(seed) => seed.to_string(),
                Seed::Other(seed) => seed.clone(),
            };
            let is_finite = settings.parameters.as_deref().is_some_and(|found| grid::all_sets(found).is_some());
            let help = "Give each its own seed with tuning_config: {mount: true, seed: per-worker}.";
            (format!("start from the seed {seed} and so propose the same parameters"), is_finite, help)
        }
    };
    let proposals = Proposals::shared(sizes, grid);
    let untried = grid.map_or(0, |points| points.saturating_sub(u128::from(proposals.distinct)));
    let end = match (untried, grid) {
        (1.., Some(points)) => format!(", and {untried} of the grid's {points} points are never tried."),
        _ => ".".to_owned(),
    };
    let message = format!("{} {start}: {}{end}", proposals.subject(), proposals.sentence_part(at_most));
    Some(Repeats { proposals, message, help: help.to_owned() })
}

/// Scenario files that are missing where the worker will look for them, relative to the tuning file's project. Absolute
/// paths are inside the image and cannot be checked.
fn scenarios(scenarios: &[Placed<String>], root: &Path, remarks: &mut Remarks) {
    for Placed { value: scenario, position } in scenarios {
        if Path::new(scenario).is_absolute() {
            continue;
        }
        let help = "Correct the path. The worker logs a scenario that it cannot read and continues without it.";
        match fs::metadata(root.join(scenario)) {
            Ok(found) if found.is_dir() => {
                remarks.add(*position, format!("The scenario {} is a directory.", printable(scenario)), help);
            }
            Err(error) if is_absent(&error) => {
                remarks.add(*position, format!("There is no scenario file {}.", printable(scenario)), help);
            }
            _ => {}
        }
    }
}

/// Whether the file does not exist, as opposed to being inaccessible.
fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as Kind;
    matches!(error.kind(), Kind::NotFound | Kind::NotADirectory | Kind::InvalidInput | Kind::InvalidFilename)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASELINE: &str = include_str!("../../configs/d23_tuning/advanced_baseline.yaml");

    fn review(text: &str, optimizer: Optimizer, total_iterations: u64, workers: u32) -> Review {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = TuningFile::parse(Path::new("tuning.yaml"), text.into()).unwrap();
        Review::of(&file, &Situation { optimizer, total_iterations, workers, has_own_seeds: false, root })
    }

    /// The remarks on the baseline after a replacement: line, column and text.
    fn said(from: &str, to: &str, optimizer: Optimizer) -> Vec<(u32, u32, String)> {
        assert!(BASELINE.contains(from), "{from}");
        let text = BASELINE.replacen(from, to, 1);
        let remarks = review(&text, optimizer, 6, 2).remarks.into_iter();
        remarks
            .map(|remark| {
                let words = format!("{} {}", remark.message, remark.help.unwrap_or_default());
                (remark.position.line, remark.position.column, words)
            })
            .collect()
    }

    #[test]
    fn the_baseline_is_as_it_should_be() {
        assert_eq!(review(BASELINE, Optimizer::Bayesian, 6, 2).remarks, []);
    }

    #[test]
    fn each_remark_has_its_place_and_its_mend() {
        use Optimizer::{Bayesian, Grid};
        for (from, to, optimizer, line, column, words) in [
            ("seed: 42", "sead: 42", Bayesian, 18, 3, "does not read the key sead. Did you mean seed?"),
            ("seed: 42", "seed: \"42\"", Bayesian, 18, 9, "must be a whole number, not text. Write"),
            ("seed: 42", "seed: 1e3", Bayesian, 18, 9, "not text"),
            ("seed: 42", "seed:", Bayesian, 18, 3, "There is no seed: each worker starts at random"),
            ("seed: 42", "seed: [1]", Bayesian, 18, 3, "not a list"),
            ("seed: 42", "seed: 1\n  seed: 2", Bayesian, 19, 3, "(first on line 18); the worker uses the last one"),
            ("method: bayesian", "method: grid", Bayesian, 3, 11, "optimizer, which is bayesian"),
            ("method: bayesian", "method: bayesan", Bayesian, 3, 11, "Did you mean bayesian?"),
            (
                "tuning:",
                "tunning:",
                Bayesian,
                2,
                1,
                "no key tuning, so the worker finds nothing to tune. Did you mean tuning?",
            ),
            ("tuning:", "seed: 1\ntuning:", Bayesian, 2, 1, "seed is next to tuning"),
            (
                "bounds: [0.05, 0.50]",
                "bounds: [0.50, 0.05]",
                Bayesian,
                10,
                16,
                "are 0.50 and 0.05: the first must be below",
            ),
            ("bounds: [0.05, 0.50]", "bounds: [0.5, 0.5]", Bayesian, 10, 16, "must be below the second"),
            ("bounds: [0.05, 0.50]", "bounds: [1e-3, 0.50]", Bayesian, 10, 16, "reads 1e-3 as text. Write 0.001."),
            ("bounds: [0.05, 0.50]", "bounds: [0.05]", Bayesian, 10, 7, "must be a list of two numbers."),
            ("bounds: [0.05, 0.50]", "bounds: 0.05", Bayesian, 10, 15, "a list of two numbers"),
            (
                "bounds: [0.05, 0.50]",
                "bound: [0.05, 0.50]",
                Bayesian,
                10,
                7,
                "key bound of min_spread_pct. Did you mean bounds?",
            ),
            (
                "bounds: [1, 30]",
                "bounds: [1.5, 30]",
                Bayesian,
                13,
                16,
                "slippage_bps is an int, but 1.5 is not a whole number",
            ),
            (
                "type: int",
                "type: integer",
                Bayesian,
                12,
                13,
                "\"integer\", and the worker treats everything but float as int. Did you mean int?",
            ),
            (
                "type: float",
                "log: true",
                Bayesian,
                9,
                7,
                "does not read the key log of min_spread_pct. It reads type, bounds.",
            ),
            (
                "    - configs/d17_scenarios/choppy_market.yaml",
                "    - configs/d17_scenarios/choppy.yaml",
                Bayesian,
                6,
                7,
                "no scenario file configs/d17_scenarios/choppy.yaml",
            ),
            ("    - configs/d17_scenarios/choppy_market.yaml", "    - configs", Bayesian, 6, 7, "is a directory"),
            ("    - configs/d17_scenarios/choppy_market.yaml", "    - 17", Bayesian, 6, 7, "not a whole number"),
            ("acquisition_fn: ucb", "acquisition_fn: uvb", Bayesian, 20, 19, "the worker accepts only ucb, ei and poi"),
            ("grid_points: 3", "grid_points: 1", Grid, 19, 16, "needs at least 2 points"),
            ("grid_points: 3", "grid_points: x", Grid, 19, 16, "not text"),
        ] {
            let said = said(from, to, optimizer);
            assert!(
                said.iter().any(|(l, c, text)| (*l, *c) == (line, column) && text.contains(words)),
                "{to}: {said:?}"
            );
        }
        assert_eq!(said("grid_points: 3", "grid_points: 1", Bayesian), []);
        assert_eq!(said("seed: 42", "sead: 42", Bayesian).len(), 1, "A mistyped key is not also a missing one.");
        assert_eq!(said("scenarios/choppy_market", "../../app/x", Bayesian).len(), 1);
        assert_eq!(said("configs/d17_scenarios/choppy_market", "/app/x", Bayesian), [], "That is inside the image.");
    }

    #[test]
    fn a_grid_may_be_smaller_than_the_iterations() {
        let grid = BASELINE.replace("method: bayesian", "method: grid");
        assert_eq!(review(&grid, Optimizer::Grid, 54, 2).remarks, []);
        let remarks = review(&grid, Optimizer::Grid, 55, 2).remarks;
        assert_eq!(remarks.len(), 1);
        assert_eq!(
            remarks[0].message,
            "The grid has 27 points, but a worker runs 28 iterations: it repeats the last point at the end."
        );
    }

    #[test]
    fn what_workers_share_is_said_in_numbers() {
        let message = |text: &str, optimizer, total, workers| {
            review(text, optimizer, total, workers).repeats.map(|repeats| repeats.message).unwrap_or_default()
        };
        let same = "start from the seed 42 and so propose the same parameters";
        for optimizer in [Optimizer::Random, Optimizer::Bayesian] {
            assert_eq!(
                message(BASELINE, optimizer, 6, 2),
                format!("Both workers {same}: the 6 iterations are 3 distinct ones, each run twice.")
            );
        }
        assert_eq!(
            message(BASELINE, Optimizer::Grid, 7, 3),
            "All 3 workers walk the same grid from the start: the 7 iterations are 3 distinct ones, 2 run 3 times and \
             1 run once, and 24 of the grid's 27 points are never tried."
        );
        let whole = BASELINE.replace("type: float", "type: int").replace("[0.05, 0.50]", "[0, 1]");
        assert!(message(&whole, Optimizer::Random, 6, 2).contains("are at most 3 distinct ones"));
        assert_eq!(message(BASELINE, Optimizer::Random, 6, 1), "");
        assert_eq!(message(&BASELINE.replace("seed: 42", "x: 42"), Optimizer::Random, 6, 2), "");
        assert_eq!(message("a: 1", Optimizer::Random, 6, 2), "");
    }

    #[test]
    fn a_file_with_many_mistakes_is_told_briefly() {
        let text = format!("tuning:\n{}", "  x: 1\n".repeat(10_000));
        let remarks = review(&text, Optimizer::Random, 6, 2).remarks;
        assert_eq!(remarks.len(), 21);
        assert!(remarks[20].message.ends_with("more problems."), "{:?}", remarks[20]);
    }

    proptest! {
        #[test]
        fn no_file_is_too_odd(text in "(tuning|seed|bounds|search_space|scenarios|[a-z:{}\\[\\], \\n0-9.&*!'\"-]){0,40}", workers in 1_u32..9) {
            if let Ok(file) = TuningFile::parse(Path::new("x"), text.into()) {
                for optimizer in [Optimizer::Grid, Optimizer::Random] {
                    let situation = Situation { optimizer, total_iterations: 9, workers, has_own_seeds: false, root: Path::new("/") };
                    let _ = Review::of(&file, &situation);
                }
            }
        }
    }
}
