//! Allowed countries: which addresses may come in by which door. The rules are in the database, the country database is
//! a file; both are kept in memory, because every request is checked.
//!
//! | file | what it does |
//! |---|---|
//! | `change` | what an administrator changes |
//! | `rules` | the rules as they are stored |
//! | `lookup` | the country database: reads one, examines it, looks addresses up |
//! | `tree` | the tree of a country database |
//! | `file` | where the country database is, and how another replaces it |
//! | `meta` | where WhatsApp's servers are |

mod change;
mod file;
mod lookup;
pub(crate) mod memory;
mod meta;
mod rules;
mod tree;

pub use change::{off, replace_database, save};

use crate::{Engine, Result, metrics::REFUSED_BY_COUNTRY};
use domain::{
    access::{Actor, Permission},
    countries::{DatabaseView, Door, DoorView, Overview, RuleView, StoredRule, Unfit},
};
use std::{
    net::IpAddr,
    sync::{Arc, PoisonError},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// Largest database that may be uploaded, in bytes. Those of countries alone have about ten million bytes.
pub const MAX_DATABASE: usize = 32 * 1024 * 1024;
/// How often the file is checked: a program that updates it does not notify this process.
const PATROL: Duration = Duration::from_secs(60);

/// Reads the rules and the country database at the start. A database that cannot be read leaves every door open: no
/// address can be told from another, and whoever could repair it must not be shut out.
pub(crate) async fn load(engine: &Engine) -> Result<()> {
    engine.countries.rules.read(&engine.db, engine.clock()).await?;
    look_at_file(engine).await;
    if engine.countries.is_blind() {
        tracing::error!(
            file = %engine.countries.file.path().display(),
            "the allowed countries cannot be applied: there is no country database that can be read, \
             so everybody is let in until there is one"
        );
    }
    Ok(())
}

/// The worker that notices when the file has been replaced.
pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = tokio::time::sleep(PATROL) => look_at_file(&engine).await,
            () = stop.cancelled() => {}
        }
    }
}

/// Reads the file again when it has changed. An unreadable file does not replace a readable one.
async fn look_at_file(engine: &Engine) {
    let _turn = engine.countries.turn.lock().await;
    let Some(read) = engine.countries.file.read_if_changed().await else {
        return;
    };
    let mut kept = engine
        .countries
        .database
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    match (&*kept, read) {
        (_, Ok(database)) => {
            let DatabaseView { kind, nodes, .. } = database.view();
            tracing::info!(kind, nodes, "the country database is loaded");
            *kept = Ok(Arc::new(database));
        }
        (Ok(_), Err(why)) => {
            tracing::error!(
                why = why.as_str(),
                "the country database cannot be read; the one before stays in use"
            );
        }
        (Err(_), Err(why)) => *kept = Err(why),
    }
}

/// Whether an address may come in by a door. A refusal is counted.
pub async fn admits(engine: &Engine, door: Door, address: IpAddr) -> bool {
    let from = engine.countries.whereabouts(address);
    if engine.countries.rules.of(door).admits(from) {
        return true;
    }
    // The command line may have opened the doors meanwhile. Only a request that would be refused waits for this read.
    if let Err(error) = engine
        .countries
        .rules
        .read_if_old(&engine.db, engine.clock())
        .await
    {
        tracing::warn!(%error, "the allowed countries cannot be read again");
    }
    if engine.countries.rules.of(door).admits(from) {
        return true;
    }
    metrics::counter!(REFUSED_BY_COUNTRY, "door" => door.as_str()).increment(1);
    tracing::info!(door = door.as_str(), %address, ?from, "refused: not one of the allowed countries");
    false
}

/// Remembers the address from which a webhook signed by Meta came.
pub fn webhook_came_from(engine: &Engine, address: IpAddr) {
    engine.countries.callers.note(address, engine.clock().now());
}

/// What the page shows beside the form, for a request from this address.
///
/// # Errors
/// `Forbidden` for an actor who may not administer.
pub async fn overview(engine: &Engine, actor: &Actor, from: Option<IpAddr>) -> Result<Overview> {
    actor.require(Permission::CountryRead)?;
    engine.countries.rules.read(&engine.db, engine.clock()).await?;
    let (now, file) = (engine.clock().now(), &engine.countries.file);
    let door = |door| DoorView {
        door,
        countries: engine
            .countries
            .rules
            .of(door)
            .only
            .as_ref()
            .map(|only| u32::try_from(only.len()).unwrap_or(u32::MAX)),
        shut_out: match door {
            Door::Files | Door::Webhooks => engine.countries.shut_out(door, now),
            Door::Console | Door::Api => None,
        },
    };
    let database = engine.countries.database();
    let is_absent = !file.is_named() && database.as_ref().err() == Some(&Unfit::Missing);
    Ok(Overview {
        doors: Door::ALL.iter().copied().map(door).collect(),
        broken: database.as_ref().err().copied().filter(|_| !is_absent),
        database: database.ok().map(|database| database.view()),
        named_file: file.is_named().then(|| file.path().display().to_string()),
        you: from.map(|address| (address, engine.countries.whereabouts(address))),
    })
}

/// The rule of a door, for its form.
///
/// # Errors
/// `Forbidden` for an actor who may not administer.
pub async fn rule(engine: &Engine, actor: &Actor, door: Door) -> Result<RuleView> {
    actor.require(Permission::CountryRead)?;
    let StoredRule { rule, version, .. } = rules::stored(engine.db.read(), door).await?;
    let database = engine.countries.database();
    Ok(RuleView {
        door,
        rule,
        version,
        known: database
            .map(|database| database.view().countries)
            .unwrap_or_default(),
    })
}
