//! Keeping unsaved input and answers, and recalling them.

use super::{
    form::{Keepable, Unsaved, fill, without_secrets},
    shelf::Slot,
};
use crate::api::{error::ApiResult, plain_form::is_plain_form};
use http::request::Parts;
use leptos::prelude::use_context;
use serde::{Serialize, de::DeserializeOwned};

/// Fills empty secret fields from the kept input.
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

/// Keeps a form's unsaved input when a button beside it does something else. A live page keeps the input itself.
pub async fn hold<F>(place: &str, version: i64, form: F) -> ApiResult<()>
where
    F: Keepable + Serialize + DeserializeOwned,
{
    if is_plain_form() {
        recall(place, version, form).await?.keep();
    }
    Ok(())
}

/// A form, completed with its kept secrets.
#[derive(Debug)]
pub struct Recalled<F> {
    pub form: F,
    version: i64,
    slot: Option<Slot>,
}

impl<F: Keepable + Serialize> Recalled<F> {
    /// Keeps a refused form for the next view of the page; forgets a saved one.
    pub fn settle<T, E>(self, outcome: Result<T, E>) -> Result<T, E> {
        if let Some(slot) = &self.slot {
            match &outcome {
                Ok(_) => slot.clear(),
                Err(_) => self.keep(),
            }
        }
        outcome
    }

    /// Keeps the form if something before its use is refused.
    pub fn or_keep<T>(&self, outcome: ApiResult<T>) -> ApiResult<T> {
        if outcome.is_err() {
            self.keep();
        }
        outcome
    }

    /// Keeps the form, whatever the outcome.
    pub fn keep(&self) {
        if let Some(slot) = &self.slot {
            slot.write(&(self.version, &self.form));
        }
    }
}

/// The kept form without its secrets, for the page. A view of the page that does not follow a post forgets the form.
pub async fn kept<F: Keepable + DeserializeOwned>(place: &str) -> ApiResult<Option<Unsaved<F>>> {
    let Some(slot) = Slot::of(place).await? else {
        return Ok(None);
    };
    if !follows_a_post() {
        slot.clear();
    }
    let kept = slot.read::<(i64, F)>();
    Ok(kept.map(|(version, form)| without_secrets(form, version)))
}

/// Keeps an answer for the page that a plain form post redirects to.
pub async fn leave(place: &str, answer: &impl Serialize) -> ApiResult<()> {
    if is_plain_form()
        && let Some(slot) = Slot::of(place).await?
    {
        slot.write(answer);
    }
    Ok(())
}

/// Takes a kept answer.
pub async fn take<T: DeserializeOwned>(place: &str) -> ApiResult<Option<T>> {
    let Some(slot) = Slot::of(place).await? else {
        return Ok(None);
    };
    let left = slot.read();
    slot.clear();
    Ok(left)
}

/// Whether the address has `?typed`, or the error that Leptos puts there.
pub fn follows_a_post() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let query = parts.uri.query().unwrap_or_default();
        query
            .split('&')
            .any(|pair| pair == "typed" || pair.starts_with("__err="))
    })
}
