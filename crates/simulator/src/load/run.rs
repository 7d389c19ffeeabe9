//! The number that distinguishes load runs.

#[expect(
    clippy::disallowed_methods,
    reason = "messages of a load run carry the real time"
)]
pub fn now_seconds() -> u64 {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since_1970.unwrap_or_default().as_secs()
}

/// A number that no other run has.
pub fn run_number() -> u64 {
    let mut bytes = [0; 6];
    // If random numbers are unavailable, two runs against one database would collide, and the second would report that.
    let _ = getrandom::fill(&mut bytes);
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}
