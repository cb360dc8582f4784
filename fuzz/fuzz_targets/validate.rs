//! Arbitrary bytes as a file of `validate`: no panic, no hang, no memory without bound.
//!
//! Start it with `cargo fuzz run validate -- -dict=fuzz/job.dict -max_len=8192 -timeout=5 -rss_limit_mb=1024`,
//! and with tests/data as its first inputs.
#![no_main]

use kubectl_arbtune::manifest::Text;
use kubectl_arbtune::validate::{Sources, Validator};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut validator = Validator::new(Sources { api: true, tuning: true });
    validator.add("fuzz.yaml", &Text::decode(bytes.to_vec()));
    for report in validator.finish() {
        for finding in report.findings {
            assert!(!finding.message.is_empty());
        }
    }
});
