//! What the file does not name: tokens are revoked, webhooks and channels deleted, queues and extensions disabled. The last
//! administrator stays, and so does a token that has expired: there is nothing to take from it.

use super::{
    file::{Extension, File},
    stored::Stored,
    thing::Thing as _,
};
use domain::access::{Actor, Role};
use engine::{
    Engine,
    access::api_tokens,
    channels,
    directory::{extensions, queues},
    webhooks,
};
use std::io::Write;

/// Each before what it leads to.
pub(super) async fn prune(
    engine: &Engine,
    stored: &Stored,
    file: &File,
    dry_run: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let actor = &Actor::System;
    let tokens = stored.tokens.iter().filter(|(_, token)| !token.expired);
    for (id, token) in tokens {
        if file.tokens.iter().all(|named| named.name != token.name) {
            if !dry_run {
                api_tokens::revoke(engine, actor, *id).await?;
            }
            writeln!(out, "- token {}", token.name)?;
        }
    }
    for (id, webhook) in &stored.webhooks {
        if file.webhooks.iter().all(|named| named.name != webhook.name) {
            if !dry_run {
                webhooks::delete(engine, actor, *id, None).await?;
            }
            writeln!(out, "- webhook {}", webhook.name)?;
        }
    }
    for (id, channel) in &stored.channels {
        let key = channel.key();
        if file.channels.iter().all(|named| named.key() != key) {
            if !dry_run {
                let name = channel.name.as_deref().unwrap_or_default();
                channels::delete(engine, actor, *id, None, name).await?;
            }
            writeln!(out, "- channel {key}")?;
        }
    }
    for (id, queue) in &stored.queues {
        if !queue.disabled && file.queues.iter().all(|named| named.name != queue.name) {
            if !dry_run {
                queues::set_disabled(engine, actor, *id, true).await?;
            }
            writeln!(out, "- queue {} (disabled)", queue.name)?;
        }
    }
    let mut has_admin = stored.has_other_admin || names_an_admin(stored, file);
    let others = stored.extensions.iter().filter(|(_, extension)| {
        let is_named = file
            .extensions
            .iter()
            .any(|named| named.number == extension.number);
        !is_named && !extension.disabled
    });
    for (id, extension) in others {
        let number = &extension.number;
        if is_admin(extension) && !has_admin {
            has_admin = true;
            writeln!(out, "= extension {number}: its user is the last administrator")?;
            continue;
        }
        if !dry_run {
            extensions::set_disabled(engine, actor, *id, true).await?;
        }
        writeln!(out, "- extension {number} (disabled)")?;
    }
    Ok(())
}

/// Whether an administrator logs in at an extension that the file names.
fn names_an_admin(stored: &Stored, file: &File) -> bool {
    file.extensions.iter().any(|named| {
        let before = stored
            .extensions
            .iter()
            .find(|(_, extension)| extension.number == named.number);
        let before = before.map(|(_, extension)| extension.clone()).unwrap_or_default();
        let after = Extension {
            login: named.login.clone().or(before.login),
            role: named.role.clone().or(before.role),
            ..named.clone()
        };
        is_admin(&after) && !after.disabled
    })
}

fn is_admin(extension: &Extension) -> bool {
    let logs_in = extension.login.as_ref().is_some_and(|login| !login.is_empty());
    logs_in && extension.role.as_deref() == Some(Role::Admin.as_str())
}
