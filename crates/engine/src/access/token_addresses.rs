//! Addresses that API tokens were used from and that are known to be in the database, so that few requests look there.

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// Maximum number of pairs in memory.
const MOST: usize = 10_000;

/// Tokens and the networks of their addresses.
#[derive(Debug, Default)]
pub(crate) struct TokenAddresses(Mutex<HashSet<(Uuid, IpAddr)>>);

impl TokenAddresses {
    pub(super) fn has(&self, token: Uuid, network: IpAddr) -> bool {
        self.known().contains(&(token, network))
    }

    pub(super) fn add(&self, token: Uuid, network: IpAddr) {
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert((token, network));
    }

    fn known(&self) -> MutexGuard<'_, HashSet<(Uuid, IpAddr)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
