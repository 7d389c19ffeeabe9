//! The allowed countries, kept in memory because every request is checked.

use crate::countries::{file::DatabaseFile, lookup::CountryDatabase, meta::Callers, rules::Rules};
use domain::countries::{Door, ShutOut, Unfit, Whereabouts, is_private};
use std::{
    collections::BTreeSet,
    net::IpAddr,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::Mutex;

/// What is kept in memory.
#[derive(Debug)]
pub(crate) struct Countries {
    pub(super) rules: Rules,
    pub(super) file: DatabaseFile,
    pub(super) database: RwLock<Result<Arc<CountryDatabase>, Unfit>>,
    pub(super) callers: Callers,
    /// Allows one change at a time, so that memory matches what the last change left in the database.
    pub(super) turn: Mutex<()>,
}

impl Countries {
    /// `named` is the file that a setting names, instead of the one in the data folder.
    pub(crate) fn new(data_dir: &std::path::Path, named: Option<PathBuf>) -> Self {
        Self {
            rules: Rules::default(),
            file: DatabaseFile::new(data_dir, named),
            database: RwLock::new(Err(Unfit::Missing)),
            callers: Callers::default(),
            turn: Mutex::default(),
        }
    }

    pub(super) fn database(&self) -> Result<Arc<CountryDatabase>, Unfit> {
        self.database
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn whereabouts(&self, address: IpAddr) -> Whereabouts {
        if is_private(address) {
            return Whereabouts::Private;
        }
        match self.database() {
            Ok(database) => database.whereabouts(address),
            Err(_) => Whereabouts::NoDatabase,
        }
    }

    /// Whether a rule is set but there is no database to check against: then every door is open.
    pub(crate) fn is_blind(&self) -> bool {
        self.database().is_err() && Door::ALL.iter().any(|door| self.rules.of(*door).only.is_some())
    }

    /// Which of WhatsApp's servers the rule of a door shuts out.
    pub(crate) fn shut_out(&self, door: Door, now: domain::time::Timestamp) -> Option<ShutOut> {
        let (rule, database) = (self.rules.of(door), self.database().ok()?);
        let lately = self.callers.lately(now).into_iter();
        let servers = lately.map(|address| self.whereabouts(address));
        let mut shut_out = ShutOut {
            countries: BTreeSet::new(),
            unknown: false,
        };
        for server in servers.chain(database.meta().iter().copied()) {
            match server {
                _ if rule.admits(server) => {}
                Whereabouts::In { country } => drop(shut_out.countries.insert(country)),
                _ => shut_out.unknown = true,
            }
        }
        (shut_out.unknown || !shut_out.countries.is_empty()).then_some(shut_out)
    }
}
