//! To whom something may be pushed now: users who are logged in, may work, and have no page open that tells them.

use crate::{
    Engine, Result,
    access::users::me_of,
    entity::{extension, push_subscription, queue_member, session, stored, user, web_session},
    events::Audience,
    presence::attentive,
};
use domain::{access::Actor, ids::ExtensionId, language::Language};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Query};
use std::collections::HashMap;
use uuid::Uuid;

/// A browser, and who they are for whom it listens.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) subscription: push_subscription::Model,
    pub(super) own: ExtensionId,
    pub(super) language: Language,
    pub(super) actor: Actor,
    queues: Vec<Uuid>,
}

impl Listener {
    /// Whether they may see the session now.
    pub(super) fn sees(&self, of: &session::Model) -> bool {
        Audience::of_session(of).includes(&self.actor, &self.queues)
    }
}

pub(super) async fn all(engine: &Engine) -> Result<Vec<Listener>> {
    listeners(engine, Condition::all()).await
}

pub(super) async fn one(engine: &Engine, subscription: Uuid) -> Result<Option<Listener>> {
    let this = Condition::all().add(push_subscription::Column::Id.eq(subscription));
    Ok(listeners(engine, this).await?.pop())
}

async fn listeners(engine: &Engine, which: Condition) -> Result<Vec<Listener>> {
    let db = engine.db.read();
    let now = engine.clock().now().millis();
    let logged_in = Query::select()
        .column(web_session::Column::IdHash)
        .from(web_session::Entity)
        .and_where(web_session::Column::ExpiresAt.gt(now))
        .to_owned();
    let found = push_subscription::Entity::find()
        .filter(which)
        .filter(push_subscription::Column::LoginHash.in_subquery(logged_in))
        .all(db)
        .await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let users: HashMap<_, _> = user::Entity::find()
        .filter(user::Column::Id.is_in(found.iter().map(|of| of.user_id)))
        .filter(user::Column::DisabledAt.is_null())
        .all(db)
        .await?
        .into_iter()
        .map(|user| (user.id, user))
        .collect();
    let extensions: HashMap<_, _> = extension::Entity::find()
        .filter(extension::Column::Id.is_in(users.values().filter_map(|user| user.extension_id)))
        .filter(extension::Column::DisabledAt.is_null())
        .all(db)
        .await?
        .into_iter()
        .map(|extension| (extension.id, extension))
        .collect();
    let mut queues: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for member in queue_member::Entity::find()
        .filter(queue_member::Column::ExtensionId.is_in(extensions.keys().copied()))
        .all(db)
        .await?
    {
        queues
            .entry(member.extension_id)
            .or_default()
            .push(member.queue_id);
    }
    let attentive = attentive(engine).await?;
    let mut listeners = Vec::new();
    for subscription in found {
        let Some(user) = users.get(&subscription.user_id) else {
            continue;
        };
        // Nothing calls for a user without an extension.
        let Some(extension) = user.extension_id.and_then(|id| extensions.get(&id)) else {
            continue;
        };
        if attentive.contains(&extension.id) {
            continue;
        }
        let me = me_of(user.clone(), Some(extension.clone()))?;
        let language = match me.language {
            Some(chosen) => chosen,
            None => stored(&subscription.language)?,
        };
        listeners.push(Listener {
            subscription,
            own: ExtensionId::new(extension.id),
            language,
            actor: Actor::User(me),
            queues: queues.get(&extension.id).cloned().unwrap_or_default(),
        });
    }
    Ok(listeners)
}
