#![no_main]

#[path = "../targets.rs"]
#[expect(dead_code, reason = "each target is one of them")]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::body(data));
