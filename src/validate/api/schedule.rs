//! When a `CronJob` starts its Jobs: the schedule and its time zone.

use k8s_openapi::api::batch::v1::CronJobSpec;

use super::cron;
use super::prelude::*;

rules! {
    Api;

    /// A schedule has five fields: minute (0-59), hour (0-23), day of the month (1-31), month (1-12 or JAN-DEC) and day
    /// of the week (0-6 or SUN-SAT), each of them * or a list of numbers and ranges, with an optional /STEP.
    /// Alternatively, it is one of @yearly, @annually, @monthly, @weekly, @daily, @midnight and @hourly, or @every with
    /// a duration such as 1h30m.
    SCHEDULE = "cron-job-schedule" in CronJob: "spec:\n  schedule: 30 2 * *", "spec:\n  schedule: 30 2 * * *";
    /// A schedule does not start with TZ= or CRON_TZ=; the time zone is set with timeZone.
    ZONE_IN_SCHEDULE = "cron-job-schedule-time-zone" in CronJob:
        "spec:\n  schedule: TZ=Asia/Seoul 30 2 * * *", "spec:\n  schedule: 30 2 * * *\n  timeZone: Asia/Seoul";
    /// timeZone is a name from the IANA time zone database, such as Asia/Seoul or Etc/UTC, and not Local.
    ZONE = "cron-job-time-zone" in CronJob: "spec:\n  timeZone: Seoul", "spec:\n  timeZone: Asia/Seoul";
}

/// The schedule of a `CronJob` whose spec is at `path`.
pub(super) fn check(spec: &CronJobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let field = path!(path.schedule);
    let schedule = spec.schedule.as_str();
    if schedule.is_empty() {
        findings.required(&SCHEDULE, &field, "Write a schedule, such as 30 2 * * *.");
    } else {
        if let Err(fault) = cron::check(schedule) {
            findings.invalid(&SCHEDULE, &field, format!("{schedule:?} is not a valid schedule: {fault}."));
        }
        if schedule.contains("TZ") {
            let wording = ("A schedule cannot contain a time zone.", "Move it to timeZone.");
            findings.invalid(&ZONE_IN_SCHEDULE, &field, wording);
        }
    }
    let Some(zone) = &spec.time_zone else { return };
    let field = path!(path.timeZone);
    if zone.eq_ignore_ascii_case("Local") {
        findings.invalid(&ZONE, &field, ("Local would be the server's time zone.", "Write the name of a time zone."));
    } else if !is_well_spelled(zone) || !cron::is_zone(zone) {
        let wording = (format!("{zone:?} is not a valid time zone."), "Write a name such as Asia/Seoul or Etc/UTC.");
        findings.invalid(&ZONE, &field, wording);
    }
}

/// Whether each part of a zone's name has the characters that the database allows.
fn is_well_spelled(zone: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+');
    let part = |part: &str| {
        (1..=14).contains(&part.len())
            && part.bytes().all(plain)
            && !matches!(part, "." | "..")
            && !part.starts_with('-')
    };
    zone.split('/').all(part)
}
