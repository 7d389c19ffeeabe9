//! Secrets that nobody can guess, and the jitter of retries.

use std::time::Duration;

/// `N` bytes from the operating system.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// 128 random bits in hexadecimal, for addresses and tokens.
pub(crate) fn token() -> String {
    hex::encode(bytes::<16>())
}

/// Between half of `delay` and all of it, so that retries do not come in waves.
pub(crate) fn jittered(delay: Duration) -> Duration {
    let share = f64::from(u16::from_le_bytes(bytes())) / f64::from(u16::MAX);
    delay.mul_f64(0.5 + share / 2.0)
}
