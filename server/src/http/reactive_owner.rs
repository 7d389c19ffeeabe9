//! One request's reactive state, apart from that of all others.
//!
//! Leptos keeps the current owner and the arena of the current signals with the thread, and not with the request. Work
//! that has waited may go on on another thread, where another request has left its own: then a page finds its signals
//! gone, and a server function finds itself below the owner of a page, which takes its contexts along when it ends.

use leptos::reactive::owner::{Owner, Sandboxed};
use std::{
    future::{Pending, pending},
    pin::Pin,
    task::{Context, Poll},
};

/// A future that finds owner and arena as it has left them, on whatever thread it goes on.
pub struct Apart<T> {
    owner: Owner,
    /// Holds the arena, and makes it the current one when it is polled.
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
