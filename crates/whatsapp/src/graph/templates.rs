//! The message templates of a WhatsApp Business Account, page by page.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-account/template-api>

use secrecy::SecretString;

use super::{client::Graph, error::GraphError};
use crate::json::{Object, storable};

/// Templates of one page. A template of the largest kind has about ten thousand characters.
const PAGE: &str = "50";

/// A template. Meta guarantees its id only; the values are Meta's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    pub id: String,
    pub name: Option<String>,
    pub language: Option<String>,
    /// `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, …
    pub status: Option<String>,
    /// `AUTHENTICATION`, `MARKETING`, `UTILITY`.
    pub category: Option<String>,
    /// The category that Meta regards as right, if it is another one.
    pub correct_category: Option<String>,
    /// `POSITIONAL` or `NAMED`.
    pub parameter_format: Option<String>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub quality: Option<String>,
    pub rejected_reason: Option<String>,
    /// The JSON of the list of components.
    pub components: Option<String>,
}

/// A part of an account's templates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplatePage {
    pub templates: Vec<Template>,
    /// Where the next page begins; `None`: this is the last one.
    pub after: Option<String>,
}

impl Graph {
    /// The templates of an account, from the beginning or after a place that an earlier page named.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn templates(
        &self,
        token: &SecretString,
        waba_id: &str,
        after: Option<&str>,
    ) -> Result<TemplatePage, GraphError> {
        let url = self.at(waba_id, &["message_templates"])?;
        let mut query = vec![("fields", Template::FIELDS), ("limit", PAGE)];
        query.extend(after.map(|after| ("after", after)));
        let answer = self
            .call("templates", self.http.get(url).query(&query), token)
            .await?;
        answer.read(answer.unreadable(), TemplatePage::read)
    }
}

impl TemplatePage {
    /// An answer without `data` is none; a template without an id is left out.
    fn read(body: &Object<'_>) -> Option<Self> {
        body.raw("data")?;
        let paging = body.object("paging");
        let after = paging
            .filter(|paging| paging.text("next").is_some())
            .and_then(|paging| paging.object("cursors")?.text("after"));
        Some(Self {
            templates: body
                .objects("data")
                .filter_map(|template| Template::read(&template))
                .collect(),
            after,
        })
    }
}

impl Template {
    const FIELDS: &str = "id,name,language,status,category,correct_category,parameter_format,quality_score,\
        rejected_reason,components";

    fn read(object: &Object<'_>) -> Option<Self> {
        let quality = object.object("quality_score");
        let quality = quality.and_then(|quality| quality.text("score"));
        Some(Self {
            id: object.text("id")?,
            name: object.text("name"),
            language: object.text("language"),
            status: object.text("status"),
            category: object.text("category"),
            correct_category: object.text("correct_category"),
            parameter_format: object.text("parameter_format"),
            quality: quality.or_else(|| object.text("quality_score")),
            // Meta's word for no reason.
            rejected_reason: object.text("rejected_reason").filter(|reason| reason != "NONE"),
            components: object
                .raw("components")
                .map(|raw| storable(raw.get()).into_owned()),
        })
    }
}
