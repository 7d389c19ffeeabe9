//! A value of any type, or its JSON until somebody asks for the value.

use crate::wire;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    any::Any,
    sync::{Arc, OnceLock},
};

/// What can be held.
pub trait Value: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static> Value for T {}

/// A value of a type that only its reader knows.
#[derive(Clone)]
pub(super) struct Held(Arc<Slot>);

#[derive(Default)]
struct Slot {
    json: String,
    value: OnceLock<Box<dyn Erased>>,
}

/// An `Option` of a value; `None` is JSON that could not be read.
trait Erased: Any + Send + Sync {
    #[cfg(feature = "ssr")]
    fn json(&self) -> serde_json::Result<String>;
}

impl<T: Value> Erased for Option<T> {
    #[cfg(feature = "ssr")]
    fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

impl Held {
    pub(super) fn of<T: Value>(value: T) -> Self {
        Self::erased(Box::new(Some(value)))
    }

    fn erased(value: Box<dyn Erased>) -> Self {
        Self(Arc::new(Slot {
            value: value.into(),
            ..Slot::default()
        }))
    }

    pub(super) fn of_json(json: &str) -> Self {
        Self(Arc::new(Slot {
            json: json.to_owned(),
            ..Slot::default()
        }))
    }

    #[cfg(feature = "ssr")]
    pub(super) fn json(&self) -> serde_json::Result<String> {
        match self.0.value.get() {
            Some(value) => value.json(),
            None => Ok(self.0.json.clone()),
        }
    }

    pub(super) fn get<T: Value>(&self) -> &Option<T> {
        let value = self.value(|json| Box::new(wire::read::<T>(json).ok()));
        value.downcast_ref().unwrap_or(&None)
    }

    /// The value, taken out if nobody else has it.
    pub(super) fn into_inner<T: Value>(self) -> Option<T> {
        self.get::<T>();
        match Arc::try_unwrap(self.0) {
            Ok(slot) => {
                let value: Box<dyn Any> = slot.value.into_inner()?;
                *value.downcast::<Option<T>>().ok()?
            }
            Err(shared) => Self(shared).get().clone(),
        }
    }

    fn value(&self, read: fn(&str) -> Box<dyn Erased>) -> &dyn Any {
        let value: &dyn Erased = &**self.0.value.get_or_init(|| read(&self.0.json));
        value
    }
}
