//! The number of points of the worker's grid over a search space.

use super::settings::Parameter;

/// The number of points of the worker's grid with `grid_points` in each direction, saturating at `u128::MAX`. None if
/// the worker makes no grid: with fewer than two points, it would divide by zero or have none.
#[must_use]
pub fn points(parameters: &[Parameter], grid_points: i128) -> Option<u128> {
    let wanted = u128::try_from(grid_points).ok().filter(|points| *points >= 2)?;
    let product = parameters.iter().map(|parameter| values(parameter, wanted)).fold(1, u128::saturating_mul);
    Some(product)
}

/// The number of values of a parameter in the grid. Whole numbers are taken in equal steps, rounded down, from the
/// minimum on.
fn values(parameter: &Parameter, wanted: u128) -> u128 {
    match parameter {
        Parameter::Float => wanted,
        Parameter::Int { low, high } => {
            let span = high.abs_diff(*low);
            let step = (span / (wanted - 1)).max(1);
            (span / step).saturating_add(1).min(wanted)
        }
    }
}

/// The number of possible parameter sets, if all parameters are whole numbers.
#[must_use]
pub fn all_sets(parameters: &[Parameter]) -> Option<u128> {
    parameters.iter().try_fold(1_u128, |product, parameter| match parameter {
        Parameter::Float => None,
        Parameter::Int { low, high } => Some(product.saturating_mul(high.abs_diff(*low).saturating_add(1))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_baseline_has_27_points() {
        let parameters =
            [Parameter::Float, Parameter::Int { low: 1, high: 30 }, Parameter::Int { low: 300_000, high: 2_000_000 }];
        assert_eq!(points(&parameters, 3), Some(27));
        assert_eq!((points(&parameters, 1), points(&parameters, 0), points(&parameters, -3)), (None, None, None));
        assert_eq!(points(&[Parameter::Float; 200], 10), Some(u128::MAX));
        assert_eq!(points(&[Parameter::Int { low: i128::MIN, high: i128::MAX }], i128::MAX), Some(i128::MAX as u128));
        assert_eq!(all_sets(&parameters), None);
        assert_eq!(all_sets(&parameters[1..]), Some(30 * 1_700_001));
    }

    proptest! {
        /// The worker's algorithm: every `step`th number from the minimum to the maximum, of which it takes the first
        /// ones.
        #[test]
        fn whole_numbers_are_counted_as_the_worker_lists_them(low in -50_i128..50, span in 1_i128..300, wanted in 2_u16..40) {
            let step = (span / (i128::from(wanted) - 1)).max(1);
            let listed = (low..=low + span).step_by(usize::try_from(step).unwrap()).take(usize::from(wanted)).count();
            prop_assert_eq!(values(&Parameter::Int { low, high: low + span }, wanted.into()), listed as u128);
        }
    }
}
