//! Whether a template may be sent, and what the customer reads of it.

use crate::{
    Result,
    entity::{channel, template},
};
use domain::{message::content::Template, refusal::Refusal, template::Status};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// The template with what the customer reads. One that is not known here is left to Meta, without a text.
///
/// # Errors
/// `TemplatesOff` on a channel that may not send any; `TemplateNotApproved`; `Invalid` with the values that are missing
/// or wrong.
pub(crate) async fn prepared(
    db: &impl ConnectionTrait,
    channel: &channel::Model,
    template: &Template,
) -> Result<Template> {
    if !channel.templates_allowed {
        return Err(Refusal::TemplatesOff.into());
    }
    let bare = Template {
        text: None,
        ..template.clone()
    };
    let Some(known) = known(db, channel, template).await? else {
        return Ok(bare);
    };
    let known = known.view();
    if !known.is_approved() {
        return Err(Refusal::TemplateNotApproved { status: known.status }.into());
    }
    let Ok(definition) = known.definition else {
        return Ok(bare);
    };
    definition.check(template)?;
    Ok(Template {
        text: Some(definition.text_of(template)),
        ..bare
    })
}

/// The stored template of this name and language, an approved one if there are several.
async fn known(
    db: &impl ConnectionTrait,
    channel: &channel::Model,
    template: &Template,
) -> Result<Option<template::Model>> {
    use template::Column;
    let Some(waba_id) = &channel.waba_id else {
        return Ok(None);
    };
    let found = template::Entity::find()
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::Name.eq(&template.name))
        .filter(Column::Language.eq(&template.language.code))
        .all(db)
        .await?;
    let approved = |row: &template::Model| row.status == Status::Approved.as_str();
    Ok(found.into_iter().max_by_key(approved))
}
