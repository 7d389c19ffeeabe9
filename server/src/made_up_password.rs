//! A password that nobody has chosen.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// 18 random bytes: 24 characters.
///
/// # Errors
/// When the operating system has no random numbers.
pub fn made_up_password() -> anyhow::Result<String> {
    let mut bytes = [0; 18];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
