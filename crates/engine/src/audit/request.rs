//! The request that a task works for. Audit rows take the client's address from here, so no use case has to pass it on.

use domain::access::Actor;
use std::{
    net::IpAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

tokio::task_local! {
    static REQUEST: Arc<Request>;
}

#[derive(Debug)]
struct Request {
    address: Option<IpAddr>,
    actor: OnceLock<Actor>,
    forbidden: AtomicBool,
}

/// Does the work of one request from this address.
pub async fn within<T>(address: Option<IpAddr>, work: impl Future<Output = T>) -> T {
    let request = Request {
        address,
        actor: OnceLock::new(),
        forbidden: AtomicBool::new(false),
    };
    REQUEST.scope(Arc::new(request), work).await
}

/// The same work for another task: it belongs to the request of this one.
pub fn carried<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let request = current();
    async move {
        match request {
            Some(request) => REQUEST.scope(request, work).await,
            None => work.await,
        }
    }
}

/// What this request asks for is not this actor's right. Whoever answers with status 403 need not say so.
pub fn forbidden() {
    if let Some(request) = current() {
        request.forbidden.store(true, Ordering::Relaxed);
    }
}

pub(super) fn was_forbidden() -> bool {
    current().is_some_and(|request| request.forbidden.load(Ordering::Relaxed))
}

pub(super) fn actor() -> Option<Actor> {
    current()?.actor.get().cloned()
}

/// The client's address; none for what the process does by itself.
pub(crate) fn address() -> Option<IpAddr> {
    current()?.address
}

/// Notes who makes this request. The first one counts: that is who was let in.
pub(crate) fn made_by(actor: &Actor) {
    if let Some(request) = current() {
        request.actor.get_or_init(|| actor.clone());
    }
}

fn current() -> Option<Arc<Request>> {
    REQUEST.try_with(Arc::clone).ok()
}
