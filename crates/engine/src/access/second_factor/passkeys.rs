//! Passkeys as second factor of a log-in: a key of the user's device, phone or security key signs a challenge
//! (<https://www.w3.org/TR/webauthn-3/>). A page of another name gets no signature, so nobody can be tricked out of one.
//!
//! What belongs to a challenge is kept in the web session until its answer comes. It works once, for five minutes.

use crate::{
    Engine, Error, Result,
    access::{
        api_tokens::sha256,
        log_in::{Caller, attempted},
        login_throttle::{Attempt, Typed},
    },
    audit::Subject,
    entity::passkey::{ActiveModel, Column, Entity, Model},
};
use domain::{
    access::{Actor, Me, PasskeyRow, passkey_name},
    form::Problem,
    ids::{PasskeyId, UserId},
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;
use url::{Host, Url};
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{Passkey, PasskeyAuthentication, PasskeyRegistration},
};

/// Maximum number of a user's passkeys.
pub const MOST: usize = 20;
/// Maximum length of a device's name for a passkey in bytes: <https://www.w3.org/TR/webauthn-3/#credential-id>
const MAX_ID: usize = 1023;
/// How long a challenge waits for its answer.
const WITHIN: Duration = Duration::from_secs(5 * 60);

/// A challenge: what the browser gets, and what its web session keeps.
#[derive(Debug)]
pub struct Challenge {
    /// JSON of `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON`.
    pub options: String,
    pub kept: Kept,
}

/// What a web session keeps of a challenge.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    state: String,
    /// Of a new passkey.
    name: String,
    until: Timestamp,
}

impl Kept {
    fn new(engine: &Engine, state: &impl Serialize, name: String) -> Result<Self> {
        Ok(Self {
            state: json(state)?,
            name,
            until: engine.clock().now().plus(WITHIN),
        })
    }

    fn state<T: DeserializeOwned>(&self, engine: &Engine) -> Option<T> {
        let is_in_time = engine.clock().now() < self.until;
        is_in_time
            .then(|| serde_json::from_str(&self.state).ok())
            .flatten()
    }
}

/// The part that speaks WebAuthn; `None` where browsers have no passkeys: the address of the console is a number, or without
/// TLS.
pub(crate) fn webauthn(public_url: &Url) -> Result<Option<Webauthn>> {
    let Some(Host::Domain(name)) = public_url.host() else {
        return Ok(None);
    };
    if public_url.scheme() != "https" && name != "localhost" {
        return Ok(None);
    }
    let built =
        WebauthnBuilder::new(name, public_url).and_then(|builder| builder.rp_name("Switchboard").build());
    built
        .map(Some)
        .map_err(|error| Error::Setup(format!("http.public_url cannot have passkeys: {error}")))
}

/// Whether browsers have passkeys for the console's address.
pub fn work(engine: &Engine) -> bool {
    engine.webauthn.is_some()
}

/// The user's, the oldest first.
pub async fn of(engine: &Engine, user: UserId) -> Result<Vec<PasskeyRow>> {
    let rows = stored(engine.db.read(), user).await?.into_iter();
    Ok(rows
        .map(|row| PasskeyRow {
            id: PasskeyId::new(row.id),
            name: row.name,
            added_at: Timestamp::from_millis(row.added_at),
            used_at: row.used_at.map(Timestamp::from_millis),
        })
        .collect())
}

pub(super) async fn has_any(db: &impl ConnectionTrait, user: UserId) -> Result<bool> {
    let of_user = Entity::find().filter(Column::PersonId.eq(user.uuid()));
    Ok(of_user.count(db).await? > 0)
}

/// A challenge for a new passkey.
///
/// # Errors
/// [`Refusal::NoPasskeys`]; a problem of `name`.
pub async fn begin_adding(engine: &Engine, me: &Me, name: &str) -> Result<Challenge> {
    let name = passkey_name(name).map_err(|problem| Refusal::field("name", problem))?;
    let rows = stored(engine.db.read(), me.id).await?;
    if rows.len() >= MOST {
        return Err(Refusal::field("name", Problem::Enough).into());
    }
    let known = rows.iter().map(|row| Ok(passkey(row)?.cred_id().clone()));
    let known = known.collect::<Result<Vec<_>>>()?;
    let begun = speaker(engine)?.start_passkey_registration(me.id.uuid(), &me.login, &me.name, Some(known));
    let (options, state) = begun.map_err(unfit)?;
    Ok(Challenge {
        options: json(&options.public_key)?,
        kept: Kept::new(engine, &state, name)?,
    })
}

/// Adds the passkey that answers the challenge.
///
/// # Errors
/// [`Refusal::WrongPasskey`].
pub async fn add(engine: &Engine, me: &Me, kept: Option<Kept>, answer: &str) -> Result<()> {
    let wrong = || Error::from(Refusal::WrongPasskey);
    let kept = kept.ok_or_else(wrong)?;
    let state: PasskeyRegistration = kept.state(engine).ok_or_else(wrong)?;
    let answer = serde_json::from_str(answer).map_err(|_| wrong())?;
    let passkey = speaker(engine)?.finish_passkey_registration(&answer, &state);
    let passkey = passkey.map_err(|error| {
        tracing::info!(%error, login = me.login, "a passkey was not added");
        wrong()
    })?;
    if passkey.cred_id().len() > MAX_ID {
        return Err(wrong());
    }
    let tx = engine.transaction_alone(&Actor::User(me.clone())).await?;
    let credential_id = hex::encode(passkey.cred_id().as_slice());
    let others = stored(&tx, me.id).await?;
    if others.len() >= MOST {
        return Err(Refusal::ChangedMeanwhile.into());
    }
    let same = Entity::find().filter(Column::CredentialId.eq(&credential_id));
    if same.count(&tx).await? > 0 {
        return Err(wrong());
    }
    let row = Model {
        id: engine.clock().new_id(),
        person_id: me.id.uuid(),
        credential_id,
        name: kept.name.clone(),
        credential: json(&passkey)?,
        counter: 0,
        answered: None,
        added_at: engine.clock().now().millis(),
        used_at: None,
    };
    Entity::insert(row.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    tx.audit(
        "person.passkey_added",
        Subject::User(me.id.uuid()),
        Some(kept.name),
    );
    tx.commit().await
}

/// Deletes one of the user's own. Returns its name.
pub(super) async fn delete(tx: &impl ConnectionTrait, user: UserId, id: PasskeyId) -> Result<String> {
    let row = Entity::find_by_id(id.uuid()).one(tx).await?;
    let row = row
        .filter(|row| row.person_id == user.uuid())
        .ok_or(Refusal::NotFound)?;
    Entity::delete_by_id(row.id).exec(tx).await?;
    Ok(row.name)
}

/// A challenge for the passkeys of somebody who logs in.
pub async fn begin_log_in(engine: &Engine, me: &Me) -> Result<Challenge> {
    let rows = stored(engine.db.read(), me.id).await?;
    let passkeys = rows.iter().map(passkey).collect::<Result<Vec<_>>>()?;
    if passkeys.is_empty() {
        return Err(Refusal::NotFound.into());
    }
    let begun = speaker(engine)?.start_passkey_authentication(&passkeys);
    let (options, state) = begun.map_err(unfit)?;
    Ok(Challenge {
        options: json(&options.public_key)?,
        kept: Kept::new(engine, &state, String::new())?,
    })
}

/// Checks the answer of somebody who logs in. Wrong ones are counted, like codes.
///
/// # Errors
/// [`Refusal::WrongPasskey`]; [`Refusal::TooManyAttempts`].
pub async fn check(
    engine: &Engine,
    me: &Me,
    kept: Option<&Kept>,
    answer: &str,
    caller: Caller<'_>,
) -> Result<()> {
    let attempt = Attempt {
        typed: Typed::Passkey,
        login: &me.login,
        from: caller.address,
        browser: None,
    };
    let subject = Subject::User(me.id.uuid());
    let right = async {
        let right = is_right(engine, me, kept, answer).await?;
        Ok(right.then_some(()).ok_or(subject))
    };
    match attempted(engine, "person.passkey", attempt, right).await? {
        Some(()) => Ok(()),
        None => Err(Refusal::WrongPasskey.into()),
    }
}

async fn is_right(engine: &Engine, me: &Me, kept: Option<&Kept>, answer: &str) -> Result<bool> {
    let Some(kept) = kept else { return Ok(false) };
    let state: Option<PasskeyAuthentication> = kept.state(engine);
    let (Some(state), Ok(answer)) = (state, serde_json::from_str(answer)) else {
        return Ok(false);
    };
    let result = speaker(engine)?.finish_passkey_authentication(&answer, &state);
    let result = match result {
        Ok(result) => result,
        Err(error) => {
            tracing::info!(%error, login = me.login, "the answer of a passkey was refused");
            return Ok(false);
        }
    };
    let tx = engine.transaction(&Actor::User(me.clone())).await?;
    // One that was removed meanwhile opens nothing. Of many who bring one answer, or answers of a copy, one gets in: the others
    // wait for the row.
    let row = Entity::find()
        .filter(Column::PersonId.eq(me.id.uuid()))
        .filter(Column::CredentialId.eq(hex::encode(result.cred_id().as_slice())))
        .lock_exclusive()
        .one(&tx)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let mut used = passkey(&row)?;
    used.update_credential(&result);
    let answered = Some(sha256(&kept.state));
    let counter = i64::from(result.counter());
    if row.answered == answered || (counter > 0 && counter <= row.counter) {
        return Ok(false);
    }
    let change = ActiveModel {
        credential: Set(json(&used)?),
        counter: Set(counter),
        answered: Set(answered),
        used_at: Set(Some(engine.clock().now().millis())),
        ..ActiveModel::default()
    };
    Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(row.id))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// Removes all of a user's. Returns how many there were.
pub(super) async fn delete_all(tx: &impl ConnectionTrait, user: UserId) -> Result<u64> {
    let deleted = Entity::delete_many().filter(Column::PersonId.eq(user.uuid()));
    Ok(deleted.exec(tx).await?.rows_affected)
}

async fn stored(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<Model>> {
    let of_user = Entity::find().filter(Column::PersonId.eq(user.uuid()));
    Ok(of_user
        .order_by_asc(Column::AddedAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

fn passkey(row: &Model) -> Result<Passkey> {
    serde_json::from_str(&row.credential)
        .map_err(|error| Error::Corrupt(format!("a passkey cannot be read: {error}")))
}

fn speaker(engine: &Engine) -> Result<&Webauthn> {
    Ok(engine.webauthn.as_ref().ok_or(Refusal::NoPasskeys)?)
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::Corrupt(format!("a passkey cannot be written: {error}")))
}

fn unfit(error: webauthn_rs::prelude::WebauthnError) -> Error {
    Error::Corrupt(format!("a passkey cannot be asked for: {error}"))
}
