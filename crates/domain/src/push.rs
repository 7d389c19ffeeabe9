//! A browser's subscription to pushes, as its page sends it.

use crate::form::{Invalid, Problem, Problems};
use serde::{Deserialize, Serialize};

/// The longest address of a push service, in bytes. Those of browsers have some hundreds.
pub const MAX_ENDPOINT: usize = 1024;

/// [`PushSubscription.toJSON()`](https://w3c.github.io/push-api/#dom-pushsubscription-tojson) of a browser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Where the browser's push service takes messages for this browser.
    pub endpoint: String,
    /// The browser's public key, as base64url.
    pub p256dh: String,
    /// The secret that the browser shares with whoever pushes to it, as base64url.
    pub auth: String,
}

impl Subscription {
    /// Checks what can be checked without the push service.
    ///
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut problems = Problems::default();
        if self.endpoint.len() > MAX_ENDPOINT {
            problems.add_too_long("endpoint", MAX_ENDPOINT);
        }
        // 65 and 16 bytes.
        for (field, text, length) in [("p256dh", &self.p256dh, 87), ("auth", &self.auth, 22)] {
            let is_base64url = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if text.len() != length || !text.chars().all(is_base64url) {
                problems.add(field, Problem::Malformed);
            }
        }
        problems.unless_any(())
    }
}
