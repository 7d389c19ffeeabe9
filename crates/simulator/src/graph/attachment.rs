//! The file of a message, as Graph looks at it before it answers. What only the file itself shows comes later, as the
//! status `failed`.

use serde_json::Value;
use url::Url;

use super::error::GraphError;
use crate::fate::{Attachment, File};
use crate::kinds::FileKind;
use crate::world::{FileSource, SentFile, World, values};

/// In characters.
const LONGEST_CAPTION: usize = 1024;

/// The file of a message of the number, if the message has a kind that carries one.
pub(super) fn of(
    world: &World,
    phone_number_id: &str,
    body: &Value,
    now: i64,
) -> Result<Option<Attachment>, GraphError> {
    // The file of a template is a value of its header.
    let of_header = match body["type"] == "template" {
        true => values(&body["template"], "header").first(),
        false => None,
    };
    let place = of_header.unwrap_or(body);
    let Some(kind) = place["type"].as_str().and_then(FileKind::named) else {
        return Ok(None);
    };
    let (name, content) = (kind.name(), &place[kind.name()]);
    check_words(kind, content)?;
    let text = |key: &str| content[key].as_str().filter(|text| !text.is_empty());
    let file = match (text("id"), text("link")) {
        (Some(id), _) => {
            let number = world.numbers.get(phone_number_id);
            let owner = |waba: &str| number.is_some_and(|number| number.spec.waba_id == waba);
            let media = world.living_media(id, now, owner).ok_or_else(|| {
                GraphError::parameter(format_args!(
                    "Param {name}['id'] is not a valid whatsapp business account media attachment ID"
                ))
            })?;
            let source = FileSource::Id(id.to_owned());
            let stored = media.file.clone();
            File::Here(SentFile::new(kind, source, &media.mime_type, stored))
        }
        (None, Some(link)) => {
            let url = Url::parse(link).ok();
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
            let url = url.ok_or_else(|| {
                GraphError::parameter(format_args!("Param {name}['link'] is not a valid URI."))
            })?;
            File::At(url)
        }
        (None, None) => {
            return Err(GraphError::parameter(
                "Either one of media ID or link must be present",
            ));
        }
    };
    Ok(Some(Attachment { kind, file }))
}

fn check_words(kind: FileKind, content: &Value) -> Result<(), GraphError> {
    let name = kind.name();
    for (key, allowed) in [
        ("caption", kind.has_caption()),
        ("filename", kind == FileKind::Document),
    ] {
        if !allowed && !content[key].is_null() {
            return Err(GraphError::parameter(format_args!(
                "Unexpected key \"{key}\" on param \"{name}\"."
            )));
        }
    }
    let caption = content["caption"].as_str().unwrap_or_default();
    if caption.chars().count() > LONGEST_CAPTION {
        return Err(GraphError::parameter(format_args!(
            "Param {name}['caption'] must be at most {LONGEST_CAPTION} characters long."
        )));
    }
    Ok(())
}
