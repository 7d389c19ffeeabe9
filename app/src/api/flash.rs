//! What was typed into a form that was refused, and what Meta answered, for the next view of the page. Without
//! JavaScript a post ends in a new page, and the browser forgets what stood in the old one.
//!
//! It is kept in this process' memory only, for the same web session and the same form, for a few minutes. Secrets
//! are kept with the rest and never sent back: the page says that they are there, and an empty field takes them.

use domain::{
    channel::{AuthenticationForm, MessagingForm},
    countries::CountriesForm,
    people::ExtensionForm,
    queue::QueueForm,
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub use self::process::{Recalled, hold, kept, leave, recall, take};

/// A form that can be kept.
pub trait Keepable {
    /// The fields that never go back to a browser, by their names.
    fn secrets(&mut self) -> Vec<(&'static str, &mut String)> {
        Vec::new()
    }
}

impl Keepable for MessagingForm {}

impl Keepable for CountriesForm {}

impl Keepable for QueueForm {}

impl Keepable for ExtensionForm {
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

/// A form as it was typed and not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsaved<F> {
    /// Its secrets are empty here.
    pub form: F,
    /// What was changed was this version; 0 where there are none.
    pub version: i64,
    /// The secrets that were typed.
    pub held: Vec<String>,
}

impl<F> Unsaved<F> {
    pub fn holds(&self, secret: &str) -> bool {
        self.held.iter().any(|held| held == secret)
    }
}

/// A secret that is typed again wins over the one that is kept.
#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "forms are kept in the process")
)]
fn fill<F: Keepable>(typed: &mut F, mut kept: F) {
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
fn without_secrets<F: Keepable>(mut form: F, version: i64) -> Unsaved<F> {
    let mut held = Vec::new();
    for (name, secret) in form.secrets() {
        if !std::mem::take(secret).is_empty() {
            held.push(name.to_owned());
        }
    }
    Unsaved { form, version, held }
}

#[cfg(feature = "ssr")]
mod process {
    use super::{Keepable, Unsaved, fill, without_secrets};
    use crate::api::{error::ApiResult, guard, plain_form::is_plain_form};
    use axum::http::request::Parts;
    use domain::time::Timestamp;
    use leptos::prelude::use_context;
    use serde::{Serialize, de::DeserializeOwned};
    use std::{
        collections::VecDeque,
        sync::{Mutex, PoisonError},
        time::Duration,
    };

    const FOR: Duration = Duration::from_secs(10 * 60);
    /// Of everybody; the oldest goes first.
    const MOST: usize = 200;
    const MOST_BYTES: usize = 32 * 1024;

    static SHELF: Mutex<Shelf> = Mutex::new(Shelf(VecDeque::new()));

    /// One form (or answer) of one web session.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Slot {
        session: String,
        place: String,
        now: Timestamp,
    }

    impl Slot {
        async fn of(place: &str) -> ApiResult<Option<Self>> {
            let session = guard::web_session().await?.id();
            Ok(session.map(|session| Self {
                session: session.to_string(),
                place: place.to_owned(),
                now: guard::now(),
            }))
        }

        fn read<T: DeserializeOwned>(&self) -> Option<T> {
            with_shelf(|shelf| serde_json::from_str(shelf.get(self)?).ok())
        }

        fn write(&self, value: &impl Serialize) {
            if let Ok(text) = serde_json::to_string(value) {
                with_shelf(|shelf| shelf.put(self.clone(), text));
            }
        }
    }

    /// What was typed before and is not saved comes to what is typed now: secrets whose fields are empty.
    ///
    /// Afterwards [`Recalled::settle`] keeps the form, or forgets it.
    pub async fn recall<F>(place: &str, version: i64, mut form: F) -> ApiResult<Recalled<F>>
    where
        F: Keepable + Serialize + DeserializeOwned,
    {
        let slot = Slot::of(place).await?;
        let kept = slot.as_ref().and_then(Slot::read::<(i64, F)>);
        let was_kept = kept.is_some();
        if let Some((_, kept)) = kept {
            fill(&mut form, kept);
        }
        let keeps = was_kept || is_plain_form();
        Ok(Recalled {
            form,
            version,
            slot: slot.filter(|_| keeps),
        })
    }

    /// Keeps what is typed into a form beside a button that does something else. A live page keeps it by itself.
    pub async fn hold<F>(place: &str, version: i64, form: F) -> ApiResult<()>
    where
        F: Keepable + Serialize + DeserializeOwned,
    {
        if is_plain_form() {
            recall(place, version, form).await?.keep();
        }
        Ok(())
    }

    /// A form with what was kept of it.
    #[derive(Debug)]
    pub struct Recalled<F> {
        pub form: F,
        version: i64,
        slot: Option<Slot>,
    }

    impl<F: Keepable + Serialize> Recalled<F> {
        /// Keeps what was refused for the next view of the page; forgets what was saved.
        pub fn settle<T, E>(self, outcome: Result<T, E>) -> Result<T, E> {
            if let Some(slot) = &self.slot {
                match &outcome {
                    Ok(_) => with_shelf(|shelf| shelf.remove(slot)),
                    Err(_) => self.keep(),
                }
            }
            outcome
        }

        /// Keeps it, whatever became of it.
        pub fn keep(&self) {
            if let Some(slot) = &self.slot {
                slot.write(&(self.version, &self.form));
            }
        }
    }

    /// What the page shows of a kept form. A view of the page that does not follow a post forgets it.
    pub async fn kept<F: Keepable + DeserializeOwned>(place: &str) -> ApiResult<Option<Unsaved<F>>> {
        let Some(slot) = Slot::of(place).await? else {
            return Ok(None);
        };
        if !follows_a_post() {
            with_shelf(|shelf| shelf.remove(&slot));
        }
        let kept = slot.read::<(i64, F)>();
        Ok(kept.map(|(version, form)| without_secrets(form, version)))
    }

    /// Leaves an answer for the page that a plain form post leads to.
    pub async fn leave(place: &str, answer: &impl Serialize) -> ApiResult<()> {
        if is_plain_form()
            && let Some(slot) = Slot::of(place).await?
        {
            slot.write(answer);
        }
        Ok(())
    }

    /// Takes an answer that was left.
    pub async fn take<T: DeserializeOwned>(place: &str) -> ApiResult<Option<T>> {
        let Some(slot) = Slot::of(place).await? else {
            return Ok(None);
        };
        let left = slot.read();
        with_shelf(|shelf| shelf.remove(&slot));
        Ok(left)
    }

    /// `?typed`, or the error that Leptos puts into the address.
    fn follows_a_post() -> bool {
        use_context::<Parts>().is_some_and(|parts| {
            let query = parts.uri.query().unwrap_or_default();
            query
                .split('&')
                .any(|pair| pair == "typed" || pair.starts_with("__err="))
        })
    }

    fn with_shelf<T>(act: impl FnOnce(&mut Shelf) -> T) -> T {
        act(&mut SHELF.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Not to be printed: there are secrets in it.
    struct Shelf(VecDeque<(Slot, String)>);

    impl Shelf {
        fn put(&mut self, slot: Slot, text: String) {
            self.sweep(slot.now);
            self.remove(&slot);
            if text.len() > MOST_BYTES {
                return;
            }
            self.0.push_back((slot, text));
            if self.0.len() > MOST {
                self.0.pop_front();
            }
        }

        fn get(&mut self, wanted: &Slot) -> Option<&str> {
            self.sweep(wanted.now);
            let found = self.0.iter().find(|(slot, _)| slot.is(wanted));
            found.map(|(_, text)| text.as_str())
        }

        fn sweep(&mut self, now: Timestamp) {
            self.0.retain(|(slot, _)| now.since(slot.now) < FOR);
        }

        fn remove(&mut self, unwanted: &Slot) {
            self.0.retain(|(slot, _)| !slot.is(unwanted));
        }
    }

    impl Slot {
        fn is(&self, other: &Self) -> bool {
            self.session == other.session && self.place == other.place
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn slot(session: &str, place: &str, millis: i64) -> Slot {
            Slot {
                session: session.to_owned(),
                place: place.to_owned(),
                now: Timestamp::from_millis(millis),
            }
        }

        fn shelf() -> Shelf {
            Shelf(VecDeque::new())
        }

        #[test]
        fn it_is_kept_for_the_same_session_and_form_and_no_other() {
            let mut shelf = shelf();
            shelf.put(slot("jana", "a", 0), "typed".to_owned());
            assert_eq!(shelf.get(&slot("jana", "a", 1)), Some("typed"));
            assert_eq!(shelf.get(&slot("petr", "a", 1)), None);
            assert_eq!(shelf.get(&slot("jana", "b", 1)), None);
            shelf.remove(&slot("jana", "a", 1));
            assert_eq!(shelf.get(&slot("jana", "a", 1)), None);
        }

        #[test]
        fn it_is_kept_for_a_few_minutes() {
            let mut shelf = shelf();
            shelf.put(slot("jana", "a", 0), "typed".to_owned());
            let late = i64::try_from(FOR.as_millis()).unwrap();
            assert_eq!(shelf.get(&slot("jana", "a", late - 1)), Some("typed"));
            assert_eq!(shelf.get(&slot("jana", "a", late)), None);
            assert_eq!(shelf.0.len(), 0, "it is gone from memory, too");
        }

        #[test]
        fn there_is_an_end_to_it() {
            let mut shelf = shelf();
            for person in 0..=MOST {
                shelf.put(slot(&person.to_string(), "a", 0), "typed".to_owned());
            }
            assert_eq!(shelf.0.len(), MOST);
            assert_eq!(shelf.get(&slot("0", "a", 0)), None, "the oldest has gone");
            shelf.put(slot("1", "a", 0), "x".repeat(MOST_BYTES + 1));
            assert_eq!(
                shelf.get(&slot("1", "a", 0)),
                None,
                "too much is not kept, nor what it was to replace"
            );
        }
    }
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
