//! How a channel sends: its Sending tab.

use crate::{
    Engine, Result,
    channels::{
        change::{changed, current, note},
        reservation,
        save::begin,
    },
    entity::{channel, stored},
    events::Audience,
    transaction::Transaction,
    wakes::Worker,
};
use domain::{
    access::{Actor, Permission},
    channel::{AuditDetail, Changed, NewValue, Sending, SendingForm},
    event::Change,
    ids::ChannelId,
};
use sea_orm::{ActiveValue::Set, EntityTrait, IntoActiveModel};

impl channel::Model {
    pub(crate) fn sending(&self) -> Result<Sending> {
        Ok(Sending {
            messages_per_second: u32::try_from(self.messages_per_second).unwrap_or(1).max(1),
            file_way: stored(&self.file_way)?,
            unconfirmed: stored(&self.unconfirmed)?,
            read_receipts: self.read_receipts()?,
            templates_allowed: self.templates_allowed,
        })
    }
}

/// Saves the Sending tab.
///
/// # Errors
/// `ChangedMeanwhile` when somebody saved the channel since.
pub async fn save_sending(
    engine: &Engine,
    actor: &Actor,
    id: ChannelId,
    version: i64,
    form: &SendingForm,
) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let form = form.check()?;
    let tx = engine.transaction(actor).await?;
    begin(&tx, id, version, reservation::NAME).await?;
    write_sending(&tx, id, form).await?;
    changed(&tx, id);
    tx.commit().await
}

pub(super) async fn write_sending(tx: &Transaction, id: ChannelId, form: Sending) -> Result<()> {
    let row = current(tx, id).await?;
    let row_version = row.version;
    let before = row.sending()?;
    let detail = AuditDetail::Fields {
        changed: differences(before, form),
    };
    let mut change = row.into_active_model();
    change.version = Set(row_version + 1);
    change.messages_per_second = Set(form.messages_per_second.into());
    change.file_way = Set(form.file_way.as_str().to_owned());
    change.unconfirmed = Set(form.unconfirmed.as_str().to_owned());
    change.read_receipts = Set(form.read_receipts.as_str().to_owned());
    change.templates_allowed = Set(form.templates_allowed);
    channel::Entity::update(change).exec(tx).await?;
    note(tx, id, "channel.sending", Some(detail))?;
    tx.wake(Worker::Outbound);
    if before.templates_allowed != form.templates_allowed {
        tx.wake(Worker::Templates);
        tx.changed(Change::Templates, Audience::Everybody);
    }
    Ok(())
}

fn differences(before: Sending, after: Sending) -> Vec<Changed> {
    let fields = |sending: Sending| {
        [
            ("messages_per_second", sending.messages_per_second.to_string()),
            ("file_way", sending.file_way.as_str().to_owned()),
            ("unconfirmed", sending.unconfirmed.as_str().to_owned()),
            ("read_receipts", sending.read_receipts.as_str().to_owned()),
            ("templates_allowed", sending.templates_allowed.to_string()),
        ]
    };
    let pairs = fields(before).into_iter().zip(fields(after));
    let different = pairs.filter(|(old, new)| old != new);
    different
        .map(|(_, (field, now))| Changed {
            field: field.to_owned(),
            now: NewValue::Text(now),
        })
        .collect()
}
