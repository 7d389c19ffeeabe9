//! What an administrator changes, on the page or from the command line. Each change and its audit row are one
//! transaction. Then every channel is examined again, because Meta's servers may now be shut out, or let in again.

use super::{lookup, rules};
use crate::{Engine, Result, audit::Subject, doctor, events::Audience, transaction::Transaction};
use bytes::Bytes;
use domain::{
    access::{Actor, Permission},
    countries::{CountriesForm, DatabaseView, Door, Rule, StoredRule, Whereabouts, is_private},
    event::Change,
    refusal::Refusal,
};
use std::{
    net::IpAddr,
    sync::{Arc, PoisonError},
};

/// Saves the rule of a door, if the version that was read is still the stored one.
///
/// # Errors
/// What is wrong with the form; `NoCountryDatabase`; `LocksYouOut` when the rule would keep out whoever saves it;
/// `ChangedMeanwhile`.
pub async fn save(
    engine: &Engine,
    actor: &Actor,
    from: Option<IpAddr>,
    version: i64,
    form: &CountriesForm,
) -> Result<()> {
    actor.require(Permission::CountryChange)?;
    let (door, rule) = form.check()?;
    let _turn = engine.countries.turn.lock().await;
    if rule.only.is_some() && engine.countries.database().is_err() {
        return Err(Refusal::NoCountryDatabase.into());
    }
    if let (Door::Console, Some(address)) = (door, from) {
        lets_in(&rule, address, engine.countries.whereabouts(address))?;
    }
    let tx = engine.transaction(actor).await?;
    rules::write(&tx, door, &rule, version).await?;
    let detail = rules::spelt(door, &rule);
    tx.audit("countries.save", Subject::Countries, Some(detail));
    tx.then(move |engine| engine.countries.rules.put(door, rule));
    changed(&tx).await?;
    tx.commit().await
}

/// Opens every door to everybody: the way back for an administrator who is locked out. Returns the removed rules.
///
/// # Errors
/// `Forbidden` for an actor who may not administer.
pub async fn off(engine: &Engine, actor: &Actor) -> Result<Vec<StoredRule>> {
    actor.require(Permission::CountryChange)?;
    let _turn = engine.countries.turn.lock().await;
    let tx = engine.transaction(actor).await?;
    let mut gone = Vec::new();
    for &door in Door::ALL {
        let stored = rules::stored(&tx, door).await?;
        if stored.rule.only.is_some() {
            rules::write(&tx, door, &Rule::default(), stored.version).await?;
            gone.push(stored);
        }
    }
    let was: Vec<String> = gone.iter().map(|was| rules::spelt(was.door, &was.rule)).collect();
    let detail = format!("it was {}", was.join("; "));
    if !gone.is_empty() {
        tx.audit("countries.off", Subject::Countries, Some(detail));
        changed(&tx).await?;
    }
    tx.then(|engine| {
        for &door in Door::ALL {
            engine.countries.rules.put(door, Rule::default());
        }
    });
    tx.commit().await?;
    Ok(gone)
}

/// Replaces the country database.
///
/// # Errors
/// `UnfitDatabase`; `LocksYouOut` when this database would keep out whoever uploads it; `Forbidden` for an actor who
/// may not administer, and for everybody while a setting names the file.
pub async fn replace_database(
    engine: &Engine,
    actor: &Actor,
    from: Option<IpAddr>,
    bytes: Vec<u8>,
) -> Result<DatabaseView> {
    actor.require(Permission::CountryChange)?;
    if engine.countries.file.is_named() {
        return Err(Refusal::Forbidden.into());
    }
    let bytes = Bytes::from(bytes);
    let database = lookup::examine(bytes.clone())
        .await
        .map_err(|why| Refusal::UnfitDatabase { why })?;
    let _turn = engine.countries.turn.lock().await;
    if let Some(address) = from.filter(|address| !is_private(*address)) {
        let console = rules::stored(engine.db.read(), Door::Console).await?.rule;
        lets_in(&console, address, database.whereabouts(address))?;
    }
    let view = database.view();
    let tx = engine.transaction(actor).await?;
    let detail = format!("{}, {} nodes", view.kind, view.nodes);
    tx.audit("countries.database", Subject::Countries, Some(detail));
    tx.then(move |engine| {
        let kept = engine.countries.database.write();
        *kept.unwrap_or_else(PoisonError::into_inner) = Ok(Arc::new(database));
    });
    changed(&tx).await?;
    engine.countries.file.replace(bytes).await?;
    tx.commit().await?;
    Ok(view)
}

fn lets_in(console: &Rule, address: IpAddr, from: Whereabouts) -> std::result::Result<(), Refusal> {
    if console.admits(from) {
        return Ok(());
    }
    let country = match from {
        Whereabouts::In { country } => Some(country),
        _ => None,
    };
    Err(Refusal::LocksYouOut { address, country })
}

/// Tells the pages, and has every channel examined again.
async fn changed(tx: &Transaction) -> Result<()> {
    tx.changed(Change::Countries, Audience::Everybody);
    doctor::outdate_all(tx).await
}
