//! A user's own account: the form of a new password, and the browsers that are logged in.

use super::user::password;
use crate::{
    form::{Invalid, Problem, Problems},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is typed to change one's own password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    /// The current one.
    pub old: String,
    pub new: String,
}

impl fmt::Debug for PasswordForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordForm").finish_non_exhaustive()
    }
}

impl PasswordForm {
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut problems = Problems::default();
        if self.old.is_empty() {
            problems.add("old", Problem::Required);
        }
        problems.take("new", password(&self.new));
        problems.unless_any(())
    }
}

/// A browser in which a user is logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginView {
    /// Names it where it is ended. It opens nothing.
    pub id: String,
    /// As the browser named itself; `None`: it did not, or it has been logged in since before this was kept.
    pub device: Option<String>,
    /// From where it logged in.
    pub address: Option<String>,
    pub begun_at: Option<Timestamp>,
    /// To five minutes.
    pub seen_at: Option<Timestamp>,
    /// The one that asks.
    pub current: bool,
}

/// The browser and the system that a `User-Agent` names, as in `Firefox, Windows`. `None`: it is unknown.
pub fn device_name(user_agent: &str) -> Option<String> {
    // Most browsers also name those that they want to be taken for.
    const BROWSERS: [(&str, &str); 8] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Vivaldi/", "Vivaldi"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let named = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(token, _)| user_agent.contains(token));
        found.map(|(_, name)| *name)
    };
    let parts: Vec<_> = [named(&BROWSERS), named(&SYSTEMS)]
        .into_iter()
        .flatten()
        .collect();
    Some(parts.join(", ")).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_as_people_call_it() {
        for (user_agent, name) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
                Some("Firefox, Windows"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                Some("Edge, Windows"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
                Some("Chrome, Android"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                Some("Safari, iPhone"),
            ),
            ("curl/8.5.0", None),
            ("", None),
        ] {
            assert_eq!(device_name(user_agent).as_deref(), name, "{user_agent}");
        }
    }

    #[test]
    fn a_new_password_needs_the_old_one() {
        let form = PasswordForm {
            old: String::new(),
            new: "short".into(),
        };
        let fields = form.check().unwrap_err().fields;
        let problems: Vec<_> = fields.iter().map(|f| (f.field.as_str(), f.problem)).collect();
        assert_eq!(problems, [("old", Problem::Required), ("new", Problem::TooShort)]);
    }
}
