//! What hardly any batch has to read: items that came before the message that they are about, sessions for messages that
//! open none, and accounts whose templates changed.

use crate::{
    Result,
    entity::{contact, dead_letter, message, message_status, session},
    inbound::batch::{
        state::distinct,
        wanted::{AT_ONCE, Wanted},
    },
    templates,
};
use domain::{message::is_by_whatsapp, session::State};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use std::collections::HashMap;
use uuid::Uuid;
use whatsapp::webhook::{Item, ItemKind};

/// Items that are about these messages and came before them. There are hardly ever any.
pub(super) async fn early(tx: &DatabaseTransaction, items: &[&Item]) -> Result<Vec<dead_letter::Model>> {
    // Spelt as in the condition of the index.
    let all = || dead_letter::Entity::find().filter(Expr::cust("reason = 'no_message'"));
    let wamids = incoming(items);
    let mut found = Vec::new();
    if wamids.is_empty() || all().one(tx).await?.is_none() {
        return Ok(found);
    }
    for wamids in wamids.chunks(AT_ONCE) {
        let of_these = all().filter(dead_letter::Column::Detail.is_in(wamids.iter().copied()));
        found.extend(of_these.order_by_asc(dead_letter::Column::Id).all(tx).await?);
    }
    Ok(found)
}

/// The ids of these messages' edits that came before them. Numbers without the phone app have none.
pub(super) async fn edits(tx: &DatabaseTransaction, items: &[&Item]) -> Result<Vec<Uuid>> {
    // Spelt as in the condition of the index.
    let all = || message::Entity::find().filter(Expr::cust("kind = 'edit'"));
    let wamids = incoming(items);
    let mut found = Vec::new();
    if wamids.is_empty() || all().one(tx).await?.is_none() {
        return Ok(found);
    }
    for wamids in wamids.chunks(AT_ONCE) {
        let of_these = all().filter(message::Column::TargetWamid.is_in(wamids.iter().copied()));
        let ids = of_these.select_only().column(message::Column::Id);
        let ids = ids.order_by_asc(message::Column::Id).into_tuple::<Uuid>();
        found.extend(ids.all(tx).await?);
    }
    Ok(found)
}

/// The wamids of the messages among these items.
fn incoming<'i>(items: &[&'i Item]) -> Vec<&'i str> {
    distinct(items.iter().filter_map(|item| match &item.kind {
        ItemKind::Message(message) | ItemKind::Echo(message) => Some(message.wamid.as_str()),
        _ => None,
    }))
}

/// Who may sign for the accounts whose templates changed.
pub(super) async fn accounts(
    tx: &DatabaseTransaction,
    items: &[&Item],
) -> Result<HashMap<String, Vec<String>>> {
    let mut accounts = HashMap::new();
    let of_templates = items
        .iter()
        .filter(|item| matches!(item.kind, ItemKind::Template(_)));
    for waba_id in distinct(of_templates.filter_map(|item| item.waba_id.as_deref())) {
        accounts.insert(
            waba_id.to_owned(),
            templates::webhook::signers(tx, waba_id).await?,
        );
    }
    Ok(accounts)
}

/// The ids of the newest closed sessions, for those messages that open none when none is open.
pub(super) async fn closed(
    tx: &DatabaseTransaction,
    items: &[&Item],
    contacts: &[contact::Model],
) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    let opens_none = |item: &&Item| match &item.kind {
        ItemKind::Echo(_) => true,
        ItemKind::Message(message) => is_by_whatsapp(message.content.kind()),
        _ => false,
    };
    if !items.iter().any(opens_none) {
        return Ok(found);
    }
    let newer = "NOT EXISTS (SELECT 1 FROM sessions newer WHERE newer.contact_id = sessions.contact_id \
                 AND newer.channel_id = sessions.channel_id \
                 AND newer.group_id IS NOT DISTINCT FROM sessions.group_id AND newer.id > sessions.id)";
    for contacts in contacts.chunks(AT_ONCE) {
        let query = session::Entity::find()
            .filter(session::Column::ContactId.is_in(contacts.iter().map(|row| row.id)))
            .filter(session::Column::State.eq(State::Closed.as_str()))
            .filter(Expr::cust(newer))
            .select_only()
            .column(session::Column::Id);
        found.extend(query.into_tuple::<Uuid>().all(tx).await?);
    }
    Ok(found)
}

/// The statuses that came before the echo of their message.
pub(super) async fn quicker(
    tx: &DatabaseTransaction,
    items: &[&Item],
    wanted: &Wanted,
) -> Result<Vec<message_status::Model>> {
    let mut found = Vec::new();
    if !items.iter().any(|item| matches!(item.kind, ItemKind::Echo(_))) {
        return Ok(found);
    }
    for (number, wamids) in &wanted.wamids {
        for wamids in wamids.chunks(AT_ONCE) {
            let query = message_status::Entity::find()
                .filter(message_status::Column::PhoneNumberId.eq(number.as_str()))
                .filter(message_status::Column::Wamid.is_in(wamids));
            found.extend(query.all(tx).await?);
        }
    }
    Ok(found)
}
