//! What is stored, in the words of the file.

use super::file::{Channel, Extension, Queue, Token};
use domain::{
    access::{Actor, Role},
    channel::{Badge, Destination, DestinationRef, SendingForm},
    ids::{ChannelId, ExtensionId, QueueId, TokenId},
};
use engine::{
    Engine,
    access::{api_tokens, users},
    channels,
    directory::{extensions, queues},
};
use std::collections::HashMap;

pub(super) struct Stored {
    pub(super) extensions: Vec<(ExtensionId, Extension)>,
    pub(super) queues: Vec<(QueueId, Queue)>,
    /// Without those that have no phone-number id yet.
    pub(super) channels: Vec<(ChannelId, Channel)>,
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
        let rows = api_tokens::list(engine, actor).await?.into_iter();
        let tokens = rows.map(|row| {
            let scope = Some(row.scope.as_str().to_owned());
            (
                row.id,
                Token {
                    name: row.name,
                    scope,
                    ..Token::default()
                },
            )
        });
        let users = users::list(engine, actor).await?;
        Ok(Self {
            queues: queues.collect(),
            tokens: tokens.collect(),
            has_other_admin: users
                .iter()
                .any(|user| user.role == Role::Admin && !user.disabled && user.extension.is_none()),
            extensions,
            channels,
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
            paused: Some(view.badge == Badge::Paused),
            ..Channel::default()
        };
        channels.push((row.id, channel));
    }
    Ok(channels)
}
