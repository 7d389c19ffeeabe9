//! Forms whose unsaved input can be kept, and the part of it that a page shows.

use domain::{
    access::UserForm,
    canned_reply::CannedReplyForm,
    channel::{AuthenticationForm, MessagingForm, SendingForm},
    cost::{BudgetForm, RatesForm},
    countries::CountriesForm,
    directory::{ExtensionForm, QueueForm},
    label::LabelForm,
    webhook::WebhookForm,
};
use serde::{Deserialize, Serialize};

/// A form whose unsaved input can be kept.
pub trait Keepable {
    /// The secret fields with their names: they are never sent back to a browser.
    fn secrets(&mut self) -> Vec<(&'static str, &mut String)> {
        Vec::new()
    }
}

impl Keepable for MessagingForm {}

impl Keepable for SendingForm {}

impl Keepable for CountriesForm {}

impl Keepable for BudgetForm {}

impl Keepable for RatesForm {}

impl Keepable for QueueForm {}

impl Keepable for LabelForm {}

impl Keepable for CannedReplyForm {}

impl Keepable for WebhookForm {}

impl Keepable for ExtensionForm {
    fn secrets(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![("password", &mut self.password)]
    }
}

impl Keepable for UserForm {
    fn secrets(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![("password", &mut self.password)]
    }
}

impl Keepable for AuthenticationForm {
    fn secrets(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![
            ("access_token", &mut self.access_token),
            ("app_secret", &mut self.app_secret),
            ("next_app_secret", &mut self.next_app_secret),
        ]
    }
}

/// A form with its unsaved input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsaved<F> {
    /// Its secrets are empty here.
    pub form: F,
    /// The version that the input is based on; 0 for a form without versions.
    pub version: i64,
    /// The names of the secrets that were typed.
    pub held: Vec<String>,
}

impl<F> Unsaved<F> {
    pub fn holds(&self, secret: &str) -> bool {
        self.held.iter().any(|held| held == secret)
    }
}

/// Fills empty secrets from the kept input: a secret that is typed again wins.
#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "forms are kept in the process")
)]
pub(super) fn fill<F: Keepable>(typed: &mut F, mut kept: F) {
    for ((_, new), (_, old)) in typed.secrets().into_iter().zip(kept.secrets()) {
        if new.is_empty() {
            *new = std::mem::take(old);
        }
    }
}

#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "forms are kept in the process")
)]
pub(super) fn without_secrets<F: Keepable>(mut form: F, version: i64) -> Unsaved<F> {
    let mut held = Vec::new();
    for (name, secret) in form.secrets() {
        if !std::mem::take(secret).is_empty() {
            held.push(name.to_owned());
        }
    }
    Unsaved { form, version, held }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_stay_and_everything_else_goes_back() {
        let typed = AuthenticationForm {
            name: "Podpora".to_owned(),
            access_token: "EAAGsecret".to_owned(),
            ..Default::default()
        };
        let shown = without_secrets(typed, 3);
        assert_eq!(shown.form.name, "Podpora");
        assert_eq!(shown.form.access_token, "");
        assert!(shown.holds("access_token") && !shown.holds("app_secret"));
    }

    #[test]
    fn an_empty_secret_takes_the_kept_one_and_a_typed_one_wins() {
        let kept = AuthenticationForm {
            name: "old".to_owned(),
            access_token: "kept".to_owned(),
            app_secret: "kept".to_owned(),
            ..Default::default()
        };
        let mut typed = AuthenticationForm {
            name: "new".to_owned(),
            app_secret: "typed".to_owned(),
            ..Default::default()
        };
        fill(&mut typed, kept);
        assert_eq!(
            (&*typed.name, &*typed.access_token, &*typed.app_secret),
            ("new", "kept", "typed")
        );
    }
}
