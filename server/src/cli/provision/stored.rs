//! What is stored, in the words of the file.

use super::file::{Channel, Extension, Queue, Token, Webhook};
use crate::http::api::time;
use domain::{
    access::{Actor, Bound, Role},
    channel::{Destination, DestinationRef, SendingForm},
    ids::{ChannelId, ExtensionId, QueueId, TokenId, WebhookId},
    page::{MAX_PAGE, PageRequest},
};
use engine::{
    Engine,
    access::{api_tokens, users},
    channels,
    directory::{extensions, queues},
    webhooks,
};
use std::{cmp::Reverse, collections::HashMap};

pub(super) struct Stored {
    pub(super) extensions: Vec<(ExtensionId, Extension)>,
    pub(super) queues: Vec<(QueueId, Queue)>,
    /// Without those that have no phone-number id yet.
    pub(super) channels: Vec<(ChannelId, Channel)>,
    pub(super) webhooks: Vec<(WebhookId, Webhook)>,
    /// Those that work, and of every other name the one that expired last.
    pub(super) tokens: Vec<(TokenId, Token)>,
    /// Somebody without an extension is an administrator.
    pub(super) has_other_admin: bool,
}

impl Stored {
    pub(super) async fn read(engine: &Engine) -> anyhow::Result<Self> {
        let actor = &Actor::System;
        let rows = extensions::list(engine, actor).await?.into_iter();
        let extensions: Vec<_> = rows
            .map(|row| {
                let extension = Extension {
                    number: row.number,
                    name: Some(row.name),
                    login: row.login,
                    role: row.role.map(|role| role.to_string()),
                    capacity: row.capacity,
                    disabled: row.disabled,
                    password: None,
                };
                (row.id, extension)
            })
            .collect();
        let channels = channels_of(engine, &extensions).await?;
        let rows = queues::list(engine, actor).await?.into_iter();
        let queues = rows.map(|row| {
            let mut members: Vec<_> = row.members.into_iter().map(|member| member.number).collect();
            members.sort_unstable();
            let queue = Queue {
                name: row.name,
                members: Some(members),
                pick_up: Some(row.pick_up.as_str().to_owned()),
                distributes: Some(row.distributes),
                disabled: row.disabled,
            };
            (row.id, queue)
        });
        let queues: Vec<_> = queues.collect();
        let webhooks = webhooks_of(engine, &channels, &queues).await?;
        let users = users::list(engine, actor).await?;
        Ok(Self {
            tokens: tokens_of(engine, &channels, &queues).await?,
            has_other_admin: users
                .iter()
                .any(|user| user.role == Role::Admin && !user.disabled && user.extension.is_none()),
            extensions,
            queues,
            channels,
            webhooks,
        })
    }
}

async fn channels_of(
    engine: &Engine,
    extensions: &[(ExtensionId, Extension)],
) -> anyhow::Result<Vec<(ChannelId, Channel)>> {
    let actor = &Actor::System;
    let numbers: HashMap<ExtensionId, &str> = extensions
        .iter()
        .map(|(id, extension)| (*id, extension.number.as_str()))
        .collect();
    let place = |to: Option<DestinationRef>| {
        to.map(|to| match to.destination {
            Destination::Queue(_) => format!("queue:{}", to.label),
            Destination::Extension(id) => {
                format!("extension:{}", numbers.get(&id).copied().unwrap_or_default())
            }
        })
    };
    let mut channels = Vec::new();
    for row in channels::list(engine, actor).await? {
        let Some(phone_number_id) = row.phone_number_id else {
            continue;
        };
        let view = channels::get(engine, actor, row.id).await?;
        let sending = SendingForm::from(view.sending);
        let channel = Channel {
            phone_number_id,
            name: Some(view.name),
            phone_number: view.phone_number,
            waba_id: view.waba_id,
            destination: place(view.destination),
            fallback: place(view.fallback),
            messages_per_second: Some(view.sending.messages_per_second),
            file_way: Some(sending.file_way),
            unconfirmed: Some(sending.unconfirmed),
            read_receipts: Some(sending.read_receipts),
            templates_allowed: Some(sending.templates_allowed),
            paused: Some(view.paused),
            version: view.version,
            ..Channel::default()
        };
        channels.push((row.id, channel));
    }
    Ok(channels)
}

/// There are fewer than a page holds.
async fn webhooks_of(
    engine: &Engine,
    channels: &[(ChannelId, Channel)],
    queues: &[(QueueId, Queue)],
) -> anyhow::Result<Vec<(WebhookId, Webhook)>> {
    let page = PageRequest {
        limit: Some(MAX_PAGE),
        cursor: None,
    };
    let rows = webhooks::list(engine, &Actor::System, &page).await?.items;
    let channel = |id| number_of(channels, id);
    let queue = |id| name_of(queues, id);
    let webhooks = rows.into_iter().rev().map(|row| {
        let webhook = Webhook {
            name: row.name,
            address: Some(row.address),
            types: Some(sorted(row.wanted.types)),
            channels: Some(sorted(row.wanted.channels.into_iter().map(channel).collect())),
            queues: Some(sorted(row.wanted.queues.into_iter().map(queue).collect())),
            disabled: row.off.is_some(),
            secret: None,
            version: row.version,
        };
        (row.id, webhook)
    });
    Ok(webhooks.collect())
}

async fn tokens_of(
    engine: &Engine,
    channels: &[(ChannelId, Channel)],
    queues: &[(QueueId, Queue)],
) -> anyhow::Result<Vec<(TokenId, Token)>> {
    let actor = &Actor::System;
    let mut rows = api_tokens::list(engine, actor).await?;
    let working = rows.len();
    let mut expired = api_tokens::expired(engine, actor).await?;
    expired.sort_by_key(|row| Reverse(row.expires_at));
    for row in expired {
        if rows.iter().all(|other| other.name != row.name) {
            rows.push(row);
        }
    }
    let tokens = rows.into_iter().enumerate().map(|(n, row)| {
        let bound = row.bound.map(|of| match of.bound {
            Bound::Channel(id) => format!("channel:{}", number_of(channels, id)),
            Bound::Queue(id) => format!("queue:{}", name_of(queues, id)),
        });
        let token = Token {
            name: row.name,
            scope: Some(row.scope.as_str().to_owned()),
            bound,
            expires_at: row.expires_at.map(time),
            expired: n >= working,
            ..Token::default()
        };
        (row.id, token)
    });
    Ok(tokens.collect())
}

/// A channel that is gone, or that has no phone-number id yet, keeps its id: without it, a webhook would get more than it
/// should, and a token reach more.
fn number_of(channels: &[(ChannelId, Channel)], id: ChannelId) -> String {
    let found = channels.iter().find(|(known, _)| *known == id);
    found.map_or_else(|| id.to_string(), |(_, channel)| channel.phone_number_id.clone())
}

fn name_of(queues: &[(QueueId, Queue)], id: QueueId) -> String {
    let found = queues.iter().find(|(known, _)| *known == id);
    found.map_or_else(|| id.to_string(), |(_, queue)| queue.name.clone())
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names.dedup();
    names
}
