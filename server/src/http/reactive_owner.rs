//! Isolates one request's reactive state from that of all others.
//!
//! Leptos keeps the current owner and the arena of the current signals in thread-locals, not per request. A task may
//! resume on another thread, on which another request has left its own: then a page finds its signals disposed, and a
//! server function runs under the owner of a page, which drops the function's contexts when it ends.

use leptos::reactive::owner::{Owner, Sandboxed};
use std::{
    future::{Pending, pending},
    pin::Pin,
    task::{Context, Poll},
};

/// A future that restores its owner and arena at each poll, whatever thread polls it.
pub struct Apart<T> {
    owner: Owner,
    /// Holds the arena; polling it makes the arena the current one.
    arena: Sandboxed<Pending<()>>,
    future: Pin<Box<dyn Future<Output = T> + Send>>,
}

impl<T> Apart<T> {
    pub fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        let owner = Owner::default();
        Self {
            arena: owner.with(|| Sandboxed::new(pending())),
            owner,
            future: Box::pin(future),
        }
    }
}

impl<T> Future for Apart<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Self { owner, arena, future } = self.get_mut();
        owner.with(|| {
            let _never = Pin::new(&mut *arena).poll(context);
            let polled = future.as_mut().poll(context);
            *arena = Sandboxed::new(pending());
            polled
        })
    }
}
