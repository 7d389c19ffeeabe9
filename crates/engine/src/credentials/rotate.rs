//! Changing the master key. Everything that it seals is sealed anew in one transaction, together with the fingerprint
//! by which the next start finds the key. The new key is on disk before that, and gets the name of the old one after it:
//! whenever the process ends, the key of which the database speaks is there.

use crate::{
    Engine, Result,
    audit::Subject,
    credentials::{
        master_key::forget_answers,
        seal::{Kind, MasterKey},
    },
    entity::{
        channel_secret,
        master_key::{self, ONLY},
        push_sender, second_factor, stored, webhook,
    },
    transaction::Transaction,
};
use domain::{
    access::Actor,
    ids::{ChannelId, UserId, WebhookId},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotated {
    /// How many secrets were sealed anew.
    Now(usize),
    /// The next key, which the settings name, is the master key already.
    Before,
}

/// Changes the master key. Servers may run meanwhile.
///
/// # Errors
/// [`Error::Setup`] when there is no next key, or when another process is changing the key; [`Error::Corrupt`] when a
/// secret does not open: then nothing has changed.
pub async fn rotate(engine: &Engine) -> Result<Rotated> {
    let source = &engine.keys.source;
    let held = source.hold()?;
    let next = source.next(&held)?;
    let tx = engine.transaction(&Actor::System).await?;
    // Whoever seals a secret waits here, and reads which key counts afterwards.
    let row = master_key::Entity::find_by_id(ONLY)
        .lock_exclusive()
        .one(&tx)
        .await?;
    let rotated = if row
        .as_ref()
        .is_some_and(|row| row.fingerprint == next.of_itself())
    {
        Rotated::Before
    } else {
        let old = engine.keys.of_row(row)?;
        let sealed = seal_anew(&tx, &old, &next).await?;
        tx.audit(
            "master_key.rotate",
            Subject::MasterKey,
            Some(format!("{sealed} secrets sealed anew")),
        );
        tx.commit().await?;
        Rotated::Now(sealed)
    };
    source.put_in_place(&next, &held)?;
    Ok(rotated)
}

/// Seals everything that is sealed in the database; returns how many secrets that are.
async fn seal_anew(tx: &Transaction, old: &MasterKey, next: &MasterKey) -> Result<usize> {
    let secrets = channel_secret::Entity::find().all(tx).await?;
    for row in &secrets {
        use channel_secret::Column;
        let (channel, kind) = (ChannelId::new(row.channel_id), stored::<Kind>(&row.kind)?);
        let secret = old.open(channel, kind, &row.sealed)?;
        channel_secret::Entity::update_many()
            .col_expr(Column::Sealed, Expr::value(next.seal(channel, kind, &secret)?))
            .col_expr(Column::KeyId, Expr::value(next.id()))
            .filter(Column::ChannelId.eq(row.channel_id))
            .filter(Column::Kind.eq(&row.kind))
            .exec(tx)
            .await?;
    }
    let push_key = push_sender::Entity::find_by_id(push_sender::ONLY).one(tx).await?;
    if let Some(row) = &push_key {
        use push_sender::Column;
        let pair = old.open_push_key(&row.sealed)?;
        push_sender::Entity::update_many()
            .col_expr(Column::Sealed, Expr::value(next.seal_push_key(&pair)?))
            .col_expr(Column::KeyId, Expr::value(next.id()))
            .exec(tx)
            .await?;
    }
    let factors = second_factor::Entity::find().all(tx).await?;
    for row in &factors {
        use second_factor::Column;
        let user = UserId::new(row.person_id);
        let secret = old.open_second_factor(user, &row.sealed)?;
        second_factor::Entity::update_many()
            .col_expr(
                Column::Sealed,
                Expr::value(next.seal_second_factor(user, &secret)?),
            )
            .col_expr(Column::KeyId, Expr::value(next.id()))
            .filter(Column::PersonId.eq(row.person_id))
            .exec(tx)
            .await?;
    }
    // There may be many, each for a day: sealing them anew would hold up everybody who seals.
    forget_answers(tx, next).await?;
    let webhooks = webhook::Entity::find().all(tx).await?;
    for row in &webhooks {
        use webhook::Column;
        let id = WebhookId::new(row.id);
        let anew = |sealed: &[u8]| next.seal_webhook_secret(id, &old.open_webhook_secret(id, sealed)?);
        let former = row.former_sealed.as_deref().map(anew).transpose()?;
        webhook::Entity::update_many()
            .col_expr(Column::Sealed, Expr::value(anew(&row.sealed)?))
            .col_expr(Column::FormerSealed, Expr::value(former))
            .col_expr(Column::KeyId, Expr::value(next.id()))
            .filter(Column::Id.eq(row.id))
            .exec(tx)
            .await?;
    }
    use master_key::Column;
    master_key::Entity::update_many()
        .col_expr(Column::Fingerprint, Expr::value(next.of_itself()))
        .col_expr(
            Column::FingerprintKey,
            Expr::value(next.seal_fingerprint_key(old)?),
        )
        .col_expr(Column::Since, Expr::value(tx.engine().clock().now().millis()))
        .exec(tx)
        .await?;
    Ok(secrets.len() + usize::from(push_key.is_some()) + factors.len() + webhooks.len())
}
