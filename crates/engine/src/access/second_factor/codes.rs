//! Codes as second factor of a log-in: an app computes them from a shared secret and the time
//! (<https://www.rfc-editor.org/rfc/rfc6238>), and there are ten recovery codes. Each code works once.
//!
//! Recovery codes are derived from the secret. Both are shown until a first code of the app turns the factor on, and
//! never again; whoever begins anew gets others. Only the web session that has begun sees them and turns the factor on:
//! somebody else who has the password must not learn the secret on the way.

use crate::{
    Engine, Error, Result,
    access::{
        api_tokens::sha256,
        log_in::{Caller, attempted},
        login_throttle::{Attempt, Typed},
        second_factor::passkeys,
    },
    audit::Subject,
    entity::second_factor::{ActiveModel, Column, Entity, Model},
    random,
};
use domain::{
    access::{Actor, Me, RECOVERY_CODES, RECOVERY_DIGITS, SecondFactorSetup, SecondFactorView, TypedCode},
    form::Problem,
    ids::UserId,
    refusal::Refusal,
    time::Timestamp,
};
use hmac::{Hmac, KeyInit, Mac as _};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait as _, IntoActiveModel, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use sha2::Sha256;
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use totp_rs::{Builder, Totp};

const ISSUER: &str = "Switchboard";
const SECRET_BYTES: usize = 20;
/// How long a set-up waits for the first code.
const SET_UP_WITHIN: Duration = Duration::from_secs(30 * 60);

/// What a code is typed for. A web session that has begun a factor says so as [`begin`] has told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFor<'a> {
    /// To log in. It turns on a factor that is being set up.
    LogIn(Option<&'a str>),
    TurningOn(Option<&'a str>),
    TurningOff,
}

impl<'a> CodeFor<'a> {
    fn begun(self) -> Option<&'a str> {
        match self {
            Self::LogIn(begun) | Self::TurningOn(begun) => begun,
            Self::TurningOff => None,
        }
    }

    pub(super) fn action(self) -> &'static str {
        match self {
            Self::LogIn(_) => "person.second_factor",
            Self::TurningOn(_) => ON,
            Self::TurningOff => "person.second_factor_off",
        }
    }
}

const ON: &str = "person.second_factor_on";

/// Without the passkeys. `begun`: what [`begin`] has returned to the web session that asks.
pub(super) async fn view(engine: &Engine, me: &Me, begun: Option<&str>) -> Result<SecondFactorView> {
    let Some(row) = stored(engine, me.id).await? else {
        return Ok(SecondFactorView::default());
    };
    let setup = match row.on_since.is_none() && is_by(engine, &row, begun) {
        true => Some(setup(&Secret::open(engine, &row).await?, &me.login)?),
        false => None,
    };
    Ok(SecondFactorView {
        on_since: row.on_since.map(Timestamp::from_millis),
        codes_left: RECOVERY_CODES.saturating_sub(row.used_codes.count_ones()),
        setup,
        ..SecondFactorView::default()
    })
}

pub(super) async fn are_on(db: &impl ConnectionTrait, user: UserId) -> Result<bool> {
    let row = Entity::find_by_id(user.uuid()).one(db).await?;
    Ok(row.is_some_and(|row| row.on_since.is_some()))
}

fn is_by(engine: &Engine, row: &Model, begun: Option<&str>) -> bool {
    let since = engine.clock().now().since(Timestamp::from_millis(row.begun_at));
    begun.is_some_and(|begun| sha256(begun) == row.begun_by) && since < SET_UP_WITHIN
}

fn setup(secret: &Secret, login: &str) -> Result<SecondFactorSetup> {
    let totp = secret.totp(login)?;
    Ok(SecondFactorSetup {
        secret: in_groups(&totp.secret().to_base32()),
        uri: totp.to_url().map_err(unfit)?,
        recovery_codes: (0..RECOVERY_CODES)
            .map(|number| in_groups(&secret.recovery_code(number)))
            .collect(),
    })
}

/// As people read codes aloud.
fn in_groups(code: &str) -> String {
    let groups = code
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group));
    groups.collect::<Vec<_>>().join("-")
}

/// Makes a new secret, in place of one that was not turned on. Returns what the web session that asks has to keep.
///
/// # Errors
/// [`Refusal::ChangedMeanwhile`] when the factor is on.
pub async fn begin(engine: &Engine, me: &Me) -> Result<String> {
    let tx = engine.transaction(&Actor::User(me.clone())).await?;
    let key = engine.keys.to_seal(&tx).await?;
    let secret = random::bytes::<SECRET_BYTES>();
    let begun = random::token();
    let row = Model {
        person_id: me.id.uuid(),
        key_id: key.id().to_owned(),
        sealed: key.seal_second_factor(me.id, &secret)?,
        begun_at: engine.clock().now().millis(),
        begun_by: sha256(&begun),
        on_since: None,
        used_step: 0,
        used_codes: 0,
    };
    let mut over = OnConflict::column(Column::PersonId);
    over.update_columns([
        Column::KeyId,
        Column::Sealed,
        Column::BegunAt,
        Column::BegunBy,
        Column::UsedStep,
        Column::UsedCodes,
    ])
    .action_and_where(Expr::col((Entity, Column::OnSince)).is_null());
    let rows = Entity::insert(row.into_active_model())
        .on_conflict(over)
        .exec_without_returning(&tx)
        .await?;
    if rows == 0 {
        return Err(Refusal::ChangedMeanwhile.into());
    }
    tx.commit().await?;
    Ok(begun)
}

/// Checks what a user typed as a code. Wrong ones are counted, like passwords.
///
/// # Errors
/// [`Problem::WrongCode`] of `code`; [`Refusal::TooManyAttempts`].
pub async fn check(
    engine: &Engine,
    me: &Me,
    what_for: CodeFor<'_>,
    code: &str,
    caller: Caller<'_>,
) -> Result<()> {
    let attempt = Attempt {
        typed: Typed::Code,
        login: &me.login,
        from: caller.address,
        browser: None,
    };
    let subject = Subject::User(me.id.uuid());
    let used = async {
        let used = use_up(engine, me, what_for, code).await?;
        Ok(used.then_some(()).ok_or(subject))
    };
    match attempted(engine, what_for.action(), attempt, used).await? {
        Some(()) => Ok(()),
        None => Err(Refusal::field("code", Problem::WrongCode).into()),
    }
}

/// Whether the code is right. Then it does not work any more.
async fn use_up(engine: &Engine, me: &Me, what_for: CodeFor<'_>, code: &str) -> Result<bool> {
    let (Some(row), Some(code)) = (stored(engine, me.id).await?, TypedCode::read(code)) else {
        return Ok(false);
    };
    let turns_on = row.on_since.is_none();
    if turns_on && !is_by(engine, &row, what_for.begun()) {
        return Ok(false);
    }
    let secret = Secret::open(engine, &row).await?;
    let mut change = ActiveModel::default();
    let is_recovery = match code {
        TypedCode::OfApp(digits) => {
            let now = u64::try_from(engine.clock().now().millis() / 1000).unwrap_or(0);
            let step = secret.totp(&me.login)?.check(&digits, now);
            match step.and_then(|step| i64::try_from(step).ok()) {
                Some(step) if step > row.used_step => change.used_step = Set(step),
                _ => return Ok(false),
            }
            false
        }
        TypedCode::Recovery(code) => {
            let number = (0..RECOVERY_CODES).find(|number| secret.is_recovery_code(*number, &code));
            match number.map(|number| 1 << number) {
                Some(bit) if !turns_on && row.used_codes & bit == 0 => {
                    change.used_codes = Set(row.used_codes | bit);
                }
                _ => return Ok(false),
            }
            true
        }
    };
    if turns_on {
        change.on_since = Set(Some(engine.clock().now().millis()));
    }
    let tx = engine.transaction_alone(&Actor::User(me.clone())).await?;
    // Whoever has added a passkey meanwhile gives that.
    if turns_on && matches!(what_for, CodeFor::LogIn(_)) && passkeys::has_any(&tx, me.id).await? {
        return Ok(false);
    }
    // As it was read: of two who type one code at once, one is refused.
    let used = Entity::update_many()
        .set(change)
        .filter(Column::PersonId.eq(row.person_id))
        .filter(Column::BegunBy.eq(&row.begun_by))
        .filter(Column::UsedStep.eq(row.used_step))
        .filter(Column::UsedCodes.eq(row.used_codes))
        .exec(&tx)
        .await?;
    if used.rows_affected == 0 {
        return Ok(false);
    }
    let subject = Subject::User(me.id.uuid());
    if turns_on {
        tx.audit(ON, subject, None);
    }
    if is_recovery {
        tx.audit("person.recovery_code", subject, None);
    }
    tx.commit().await?;
    Ok(true)
}

/// Returns how many there were.
pub(super) async fn delete(tx: &impl ConnectionTrait, user: UserId) -> Result<u64> {
    Ok(Entity::delete_by_id(user.uuid()).exec(tx).await?.rows_affected)
}

async fn stored(engine: &Engine, user: UserId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(user.uuid()).one(engine.db.read()).await?)
}

/// What a user's app knows, too.
struct Secret(Vec<u8>);

impl Secret {
    async fn open(engine: &Engine, row: &Model) -> Result<Self> {
        let key = engine.keys.that_sealed(engine.db.read(), &row.key_id).await?;
        Ok(Self(
            key.open_second_factor(UserId::new(row.person_id), &row.sealed)?,
        ))
    }

    /// A step of 30 seconds, six digits, and one step early or late: the only ones that all apps know.
    fn totp(&self, login: &str) -> Result<Totp> {
        Builder::new()
            .with_secret(self.0.clone())
            .with_issuer(Some(ISSUER))
            .with_account_name(login)
            .build()
            .map_err(unfit)
    }

    fn recovery_code(&self, number: u32) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(b"switchboard recovery code");
        mac.update(&number.to_be_bytes());
        hex::encode(&mac.finalize().into_bytes()[..RECOVERY_DIGITS / 2])
    }

    fn is_recovery_code(&self, number: u32, code: &str) -> bool {
        self.recovery_code(number)
            .as_bytes()
            .ct_eq(code.as_bytes())
            .into()
    }
}

fn unfit(error: totp_rs::TotpError) -> Error {
    Error::Corrupt(format!("a second factor cannot be used: {error}"))
}
