//! What Meta tells of templates by itself. It is applied at once, and Meta is asked again soon: a webhook tells only a
//! part, and webhooks may come in any order.

use crate::{
    Result,
    credentials::secrets,
    entity::{template, template_account},
    events::{Audience, Deed, deeds::About},
    templates::{rows::channels_of, sync::PAUSE},
    transaction::Transaction,
    wakes::Worker,
};
use domain::{event::Change, ids::ChannelId, template::Status, time::Timestamp};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::Expr,
};
use whatsapp::webhook::{TemplateChange, TemplateUpdate};

/// Fingerprints of the app secrets that may sign for an account: those of its channels. Empty: no channel has it.
pub(crate) async fn signers(db: &impl ConnectionTrait, waba_id: &str) -> Result<Vec<String>> {
    let mut signers = Vec::new();
    for channel in channels_of(db, waba_id).await? {
        let own = secrets::signers(db, ChannelId::new(channel.id)).await?;
        signers.extend(own.into_iter().map(|(_, row)| row.fingerprint));
    }
    Ok(signers)
}

/// Applies a change of a template. One that is not known here comes with the next sync, which tells scripts of it.
pub(crate) async fn apply(tx: &Transaction, waba_id: &str, update: TemplateUpdate) -> Result<()> {
    use template_account::Column;
    let Some(account) = template_account::Entity::find_by_id(waba_id)
        .lock_exclusive()
        .one(tx)
        .await?
    else {
        // Nobody has looked at its templates yet.
        return Ok(());
    };
    let now = tx.engine().clock().now();
    let soon = account
        .tried_at
        .map(|tried| Timestamp::from_millis(tried).plus(PAUSE));
    let due_at = soon.unwrap_or(now).max(now).millis();
    template_account::Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(due_at))
        .filter(Column::WabaId.eq(waba_id))
        .exec(tx)
        .await?;
    let known = template::Entity::find_by_id((waba_id.to_owned(), update.id.clone()))
        .one(tx)
        .await?;
    if let Some(known) = known {
        let mut row = known.into_active_model();
        put(&mut row, update.change);
        template::Entity::update(row).exec(tx).await?;
        let (waba_id, id) = (waba_id.to_owned(), update.id);
        tx.did(About::Templates, Deed::Template { waba_id, id });
    }
    tx.wake(Worker::Templates);
    tx.changed(Change::Templates, Audience::Everybody);
    Ok(())
}

fn put(row: &mut template::ActiveModel, change: TemplateChange) {
    match change {
        TemplateChange::Status {
            event,
            reason,
            explanation,
            recommendation,
        } => {
            match event.as_str() {
                "REINSTATED" | "UNARCHIVED" => row.status = Set(Status::Approved.as_str().to_owned()),
                // A warning: Meta still sends it.
                "FLAGGED" => {}
                _ => row.status = Set(event),
            }
            row.rejected_reason = Set(reason);
            row.explanation = Set(explanation);
            row.recommendation = Set(recommendation);
        }
        TemplateChange::Quality { new } => row.quality = Set(new),
        TemplateChange::Category { new, announced, at } => {
            if new.is_some() {
                row.category = Set(new);
            }
            row.category_changes_at = Set(at
                .filter(|_| announced.is_some())
                .map(|seconds| Timestamp::from_seconds(seconds).millis()));
            row.coming_category = Set(announced);
        }
        // The sync reads the new ones.
        TemplateChange::Components => {}
    }
}
