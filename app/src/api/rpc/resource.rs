//! What a page reads from the process. The process sends it with the page, and the browser takes it from there.

use super::{
    held::{Held, Value},
    protocol::Coming,
};
use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use std::{any::Any, fmt, future::Future, marker::PhantomData, sync::Arc};

#[expect(clippy::disallowed_types, reason = "this is the one")]
type AnyResource = leptos::prelude::Resource<Held, AsJson>;

/// A value that is read again whenever its source changes.
pub struct Resource<T> {
    any: AnyResource,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Resource<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Resource<T> {}

impl<T> fmt::Debug for Resource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource").finish_non_exhaustive()
    }
}

impl<T: Value> Resource<T> {
    #[track_caller]
    pub fn new<S, F>(
        source: impl Fn() -> S + Send + Sync + 'static,
        read: impl Fn(S) -> F + Send + Sync + 'static,
    ) -> Self
    where
        S: PartialEq + Clone + Send + Sync + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let source = Box::new(move || Source(Arc::new(source())));
        let read = Box::new(move |from: Source| -> Coming<Held> {
            let coming = from.get::<S>().map(|from| read(from.clone()));
            Box::pin(async move {
                match coming {
                    Some(coming) => Held::of(coming.await),
                    None => std::future::pending().await,
                }
            })
        });
        Self::erased(source, read)
    }
}

impl<T> Resource<T> {
    #[track_caller]
    fn erased(
        source: Box<dyn Fn() -> Source + Send + Sync>,
        read: Box<dyn Fn(Source) -> Coming<Held> + Send + Sync>,
    ) -> Self {
        Self {
            any: AnyResource::new_with_options(source, read, false),
            of: PhantomData,
        }
    }

    /// Reads it again.
    pub fn refetch(self) {
        self.any.refetch();
    }

    /// Follows it without a look at it.
    pub fn track(self) {
        self.any.track();
    }

    #[track_caller]
    fn tracked(self) -> Option<Option<Held>> {
        self.any.try_get()
    }

    #[track_caller]
    fn untracked(self) -> Option<Option<Held>> {
        self.any.try_get_untracked()
    }
}

/// As of Leptos' signals; `None` until it is read for the first time. The methods that begin with `try` return `None`
/// when the resource has gone, and the others take it for not read.
impl<T: Value> Resource<T> {
    #[track_caller]
    pub fn with<U>(self, look: impl FnOnce(&Option<T>) -> U) -> U {
        look(typed(&self.tracked().flatten()))
    }

    #[track_caller]
    pub fn get(self) -> Option<T> {
        self.with(Clone::clone)
    }

    #[track_caller]
    pub fn try_with<U>(self, look: impl FnOnce(&Option<T>) -> U) -> Option<U> {
        self.tracked().map(|held| look(typed(&held)))
    }

    #[track_caller]
    pub fn with_untracked<U>(self, look: impl FnOnce(&Option<T>) -> U) -> U {
        look(typed(&self.untracked().flatten()))
    }

    #[track_caller]
    pub fn try_with_untracked<U>(self, look: impl FnOnce(&Option<T>) -> U) -> Option<U> {
        self.untracked().map(|held| look(typed(&held)))
    }

    #[track_caller]
    pub fn try_get_untracked(self) -> Option<Option<T>> {
        self.try_with_untracked(Clone::clone)
    }

    pub fn try_set(self, value: Option<T>) {
        let _ = self.any.try_set(value.map(Held::of));
    }

    pub fn try_update<U>(self, change: impl FnOnce(&mut Option<T>) -> U) -> Option<U> {
        self.try_maybe_update(|value| (true, change(value)))
    }

    /// Nobody hears of it if `change` returns `false` first.
    pub fn try_maybe_update<U>(self, change: impl FnOnce(&mut Option<T>) -> (bool, U)) -> Option<U> {
        let mut done = None;
        let _ = self.any.try_maybe_update(|slot| {
            let mut value = slot.take().and_then(Held::into_inner);
            let (changed, returned) = change(&mut value);
            *slot = value.map(Held::of);
            done = Some(returned);
            (changed, ())
        });
        done
    }
}

fn typed<T: Value>(held: &Option<Held>) -> &Option<T> {
    held.as_ref().map_or(&None, Held::get)
}

/// What a resource is read for.
#[derive(Clone)]
struct Source(Arc<dyn Comparable>);

trait Comparable: Any + Send + Sync {
    fn equals(&self, other: &dyn Any) -> bool;
}

impl<S: PartialEq + Send + Sync + 'static> Comparable for S {
    fn equals(&self, other: &dyn Any) -> bool {
        other.downcast_ref() == Some(self)
    }
}

impl Source {
    fn get<S: 'static>(&self) -> Option<&S> {
        let any: &dyn Any = &*self.0;
        any.downcast_ref()
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(&*other.0)
    }
}

/// The process writes the value as JSON into the page; the browser keeps the text until the value is asked for.
struct AsJson;

impl Encoder<Held> for AsJson {
    type Error = serde_json::Error;
    type Encoded = String;

    #[cfg(feature = "ssr")]
    fn encode(held: &Held) -> serde_json::Result<String> {
        held.json()
    }

    #[cfg(not(feature = "ssr"))]
    fn encode(_: &Held) -> serde_json::Result<String> {
        unreachable!("a browser sends no page")
    }
}

impl Decoder<Held> for AsJson {
    type Error = std::convert::Infallible;
    type Encoded = str;

    fn decode(json: &str) -> Result<Held, Self::Error> {
        Ok(Held::of_json(json))
    }
}
