//! The connections that are open, and which of them gives way when there is no room for another.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Between two that are sent away, while there is no room.
const AGAIN: Duration = Duration::from_millis(1);

/// Room for so many connections. Whoever opens many and says nothing keeps nobody out: of those that have not asked for
/// anything yet, the oldest gives way.
#[derive(Debug, Clone)]
pub struct Room {
    free: Arc<Semaphore>,
    silent: Arc<Mutex<VecDeque<Arc<Silence>>>>,
}

#[derive(Debug, Default)]
struct Silence {
    /// Something was asked, or the connection has ended.
    over: AtomicBool,
    give_way: Notify,
}

/// A connection's place.
#[derive(Debug)]
pub struct Place {
    silence: Arc<Silence>,
    _permit: OwnedSemaphorePermit,
}

impl Room {
    pub fn for_connections(most: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            silent: Arc::default(),
        }
    }

    /// A place for the next connection. Where all of them are taken by connections that have asked for something, it
    /// waits until one of them ends.
    pub async fn place(&self) -> Place {
        let permit = loop {
            // Whoever is sent away may ask for something at the same moment, and stay.
            match timeout(AGAIN, self.free.clone().acquire_owned()).await {
                Ok(permit) => break permit.expect("nobody closes the semaphore"),
                Err(_) => self.send_the_oldest_away(),
            }
        };
        let silence = Arc::new(Silence::default());
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        while silent.front().is_some_and(|oldest| oldest.over.load(Relaxed)) {
            silent.pop_front();
        }
        silent.push_back(silence.clone());
        Place {
            silence,
            _permit: permit,
        }
    }

    fn send_the_oldest_away(&self) {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(oldest) = silent.pop_front() {
            if !oldest.over.load(Relaxed) {
                oldest.give_way.notify_one();
                return;
            }
        }
    }
}

impl Place {
    /// The connection has asked for something, so it does not give way any more.
    pub fn has_asked(&self) {
        self.silence.over.store(true, Relaxed);
    }

    /// Resolves when the connection has to give way.
    pub async fn gives_way(&self) {
        loop {
            self.silence.give_way.notified().await;
            if !self.silence.over.load(Relaxed) {
                return;
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.has_asked();
    }
}
