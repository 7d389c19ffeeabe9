#![no_main]

#[path = "../media_targets.rs"]
#[expect(dead_code, reason = "each target is one of them")]
mod media_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| media_targets::media_inspect(data));
