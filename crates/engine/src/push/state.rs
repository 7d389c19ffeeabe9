//! The HTTP client for push services, and what this process remembers.

use crate::{
    config::PushServices,
    push::identity::Identity,
    web::{self, guard::Guard},
};
use reqwest::Client;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::OnceCell;

/// A push service that does not answer keeps a place for this long.
const WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Push {
    pub(super) services: PushServices,
    pub(super) web: Client,
    pub(super) identity: OnceCell<Arc<Identity>>,
    /// The number of the newest event up to which the worker has looked for news.
    looked: AtomicU64,
    is_idle: AtomicBool,
}

impl Push {
    /// # Errors
    /// The process has no TLS.
    pub(crate) fn new(services: PushServices) -> reqwest::Result<Self> {
        let builder = match services {
            PushServices::Any => web::client(WITHIN).no_proxy(),
            PushServices::Public | PushServices::None => Guard::public().client(WITHIN),
        };
        Ok(Self {
            services,
            web: builder.build()?,
            identity: OnceCell::new(),
            looked: AtomicU64::new(0),
            is_idle: AtomicBool::new(true),
        })
    }

    /// Notes that the worker has looked, and whether it has nothing to push.
    pub(super) fn looked(&self, looked: u64, is_idle: bool) {
        self.is_idle(is_idle);
        self.looked.store(looked, Ordering::SeqCst);
    }

    pub(super) fn is_idle(&self, is_idle: bool) {
        self.is_idle.store(is_idle, Ordering::SeqCst);
    }

    /// Whether everything up to this event has been pushed.
    pub(crate) fn is_done(&self, newest: u64) -> bool {
        self.looked.load(Ordering::SeqCst) >= newest && self.is_idle.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_called() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_called = async |services| {
            let push = Push::new(services).unwrap();
            let call = push.web.post(format!("https://localhost:{port}/")).send();
            tokio::select! {
                answer = call => {
                    assert!(answer.is_err());
                    false
                }
                accepted = listener.accept() => accepted.is_ok(),
            }
        };
        assert!(!is_called(PushServices::Public).await);
        assert!(is_called(PushServices::Any).await);
    }
}
