//! Durations in kubectl's short form: `5m12s`, `3d`.

use chrono::TimeDelta;

/// A duration as `kubectl get` shows ages: the longer it is, the coarser. `None` for a negative duration, which can
/// result from clock skew.
#[must_use]
pub(crate) fn short(duration: TimeDelta) -> Option<String> {
    let seconds = u64::try_from(duration.num_seconds()).ok()?;
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let (days, years) = (hours / 24, hours / 24 / 365);
    Some(if seconds < 120 {
        format!("{seconds}s")
    } else if minutes < 10 {
        two(minutes, 'm', seconds % 60, 's')
    } else if minutes < 180 {
        format!("{minutes}m")
    } else if hours < 8 {
        two(hours, 'h', minutes % 60, 'm')
    } else if hours < 48 {
        format!("{hours}h")
    } else if days < 8 {
        two(days, 'd', hours % 24, 'h')
    } else if years < 2 {
        format!("{days}d")
    } else if years < 8 {
        two(years, 'y', days % 365, 'd')
    } else {
        format!("{years}y")
    })
}

/// Two units; the smaller one is left out if it is zero.
fn two(large: u64, unit: char, small: u64, small_unit: char) -> String {
    match small {
        0 => format!("{large}{unit}"),
        small => format!("{large}{unit}{small}{small_unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_those_of_kubectl() {
        for (seconds, shown) in [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (312, "5m12s"),
            (600, "10m"),
            (10_799, "179m"),
            (10_800, "3h"),
            (3 * 3600 + 60, "3h1m"),
            (8 * 3600, "8h"),
            (48 * 3600, "2d"),
            (50 * 3600, "2d2h"),
            (8 * 86_400, "8d"),
            (2 * 365 * 86_400, "2y"),
            (2 * 365 * 86_400 + 86_400, "2y1d"),
            (9 * 365 * 86_400, "9y"),
        ] {
            assert_eq!(short(TimeDelta::seconds(seconds)).as_deref(), Some(shown), "{seconds}");
        }
        assert_eq!(short(TimeDelta::seconds(-5)), None);
    }
}
