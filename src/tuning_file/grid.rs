//! The grid that the worker makes of a search space: parameters come in, the number of its points goes out.

use super::settings::Parameter;

/// How many points the worker's grid has with `grid_points` in each direction; a number beyond `u128` is its largest.
/// None where the worker makes no grid: with fewer than two points it would divide by zero, or have none.
#[must_use]
pub fn points(parameters: &[Parameter], grid_points: i128) -> Option<u128> {
    let wanted = u128::try_from(grid_points).ok().filter(|points| *points >= 2)?;
    let product = parameters.iter().map(|parameter| values(parameter, wanted)).fold(1, u128::saturating_mul);
    Some(product)
}

/// How many values of a parameter stand in the grid. Whole numbers are taken in equal steps, rounded down, from the
/// least one on.
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

/// How many sets of parameters there are at all, if all of them are whole numbers.
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
        /// The worker's own way: every `step`th number from the least to the greatest, and of these the first ones.
        #[test]
        fn whole_numbers_are_counted_as_the_worker_lists_them(low in -50_i128..50, span in 1_i128..300, wanted in 2_u16..40) {
            let step = (span / (i128::from(wanted) - 1)).max(1);
            let listed = (low..=low + span).step_by(usize::try_from(step).unwrap()).take(usize::from(wanted)).count();
            prop_assert_eq!(values(&Parameter::Int { low, high: low + span }, wanted.into()), listed as u128);
        }
    }
}
