//! The message templates of an account, and what Meta makes of a message with one.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview>

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A template as Meta lists it; the states are Meta's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateSpec {
    pub id: String,
    pub name: String,
    pub language: String,
    pub status: String,
    pub category: String,
    /// Empty: Meta regards the category as right.
    pub correct_category: String,
    pub parameter_format: String,
    pub quality: String,
    pub rejected_reason: String,
    pub components: Value,
}

impl Default for TemplateSpec {
    /// An approved template without variables.
    fn default() -> Self {
        Self {
            id: "900000000000000".into(),
            name: "hello".into(),
            language: "en".into(),
            status: "APPROVED".into(),
            category: "UTILITY".into(),
            correct_category: String::new(),
            parameter_format: "POSITIONAL".into(),
            quality: "UNKNOWN".into(),
            rejected_reason: "NONE".into(),
            components: json!([{ "type": "BODY", "text": "Hello!" }]),
        }
    }
}

/// What happens to a template; Meta reports it by webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum TemplateEvent {
    Status {
        /// `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`, `PENDING_DELETION`, …
        status: String,
        #[serde(default)]
        reason: Option<String>,
        #[serde(default)]
        explanation: Option<String>,
        #[serde(default)]
        recommendation: Option<String>,
    },
    Quality {
        score: String,
    },
    /// The category is going to change, in so many seconds.
    CategoryAnnounced {
        to: String,
        in_seconds: i64,
    },
    Category {
        to: String,
    },
    Components {
        components: Value,
    },
}

impl TemplateSpec {
    /// The fields that Graph lists.
    pub(crate) fn listed(&self, fields: &[String]) -> Value {
        let all = json!({
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "correct_category": self.correct_category,
            "parameter_format": self.parameter_format,
            "quality_score": { "score": self.quality },
            "rejected_reason": self.rejected_reason,
            "components": self.components,
        });
        let mut listed = json!({ "id": self.id });
        for field in fields {
            if let Some(value) = all.get(field) {
                listed[field] = value.clone();
            }
        }
        listed
    }

    /// Changes the template; the webhook field and its value.
    pub(crate) fn happens(&mut self, event: TemplateEvent, now_seconds: i64) -> (&'static str, Value) {
        // Ids are numbers here, and texts everywhere else.
        let mut value = json!({
            "message_template_id": self.id.parse::<u64>().unwrap_or_default(),
            "message_template_name": self.name,
            "message_template_language": self.language,
        });
        let field = match event {
            TemplateEvent::Status {
                status,
                reason,
                explanation,
                recommendation,
            } => {
                value["event"] = json!(status);
                value["reason"] = json!(reason.clone().unwrap_or_else(|| "NONE".into()));
                if explanation.is_some() || recommendation.is_some() {
                    value["rejection_info"] =
                        json!({ "reason": explanation, "recommendation": recommendation });
                }
                self.status = match status.as_str() {
                    "REINSTATED" | "UNARCHIVED" => "APPROVED".into(),
                    "FLAGGED" => self.status.clone(),
                    _ => status,
                };
                self.rejected_reason = reason.unwrap_or_else(|| "NONE".into());
                "message_template_status_update"
            }
            TemplateEvent::Quality { score } => {
                value["previous_quality_score"] = json!(self.quality);
                value["new_quality_score"] = json!(score);
                self.quality = score;
                "message_template_quality_update"
            }
            TemplateEvent::CategoryAnnounced { to, in_seconds } => {
                value["new_category"] = json!(self.category);
                value["correct_category"] = json!(to);
                value["category_update_timestamp"] = json!(now_seconds + in_seconds);
                self.correct_category = to;
                "template_category_update"
            }
            TemplateEvent::Category { to } => {
                value["previous_category"] = json!(self.category);
                value["new_category"] = json!(to);
                self.category = to;
                self.correct_category.clear();
                "template_category_update"
            }
            TemplateEvent::Components { components } => {
                let part = |kind: &str| {
                    let parts = components.as_array().map(Vec::as_slice).unwrap_or_default();
                    parts
                        .iter()
                        .find(|part| part["type"] == kind)
                        .map(|part| part["text"].clone())
                };
                value["message_template_element"] = part("BODY").unwrap_or_default();
                value["message_template_footer"] = part("FOOTER").unwrap_or_default();
                self.components = components;
                "message_template_components_update"
            }
        };
        (field, value)
    }

    /// A part of the template, by Meta's word for it.
    pub(crate) fn part(&self, kind: &str) -> Option<&Value> {
        let parts = self.components.as_array()?;
        parts.iter().find(|part| {
            part["type"]
                .as_str()
                .is_some_and(|of| of.eq_ignore_ascii_case(kind))
        })
    }

    /// What the customer reads of a message with this template.
    pub(crate) fn filled(&self, template: &Value) -> String {
        let mut lines = Vec::new();
        for kind in ["header", "body", "footer"] {
            let Some(part) = self.part(kind) else {
                continue;
            };
            let text = part["text"].as_str().unwrap_or_default();
            match part["format"].as_str() {
                None | Some("TEXT") => lines.push(fill(text, values(template, kind))),
                Some(format) => lines.push(format!("[{}]", format.to_lowercase())),
            }
        }
        let buttons = self
            .part("buttons")
            .and_then(|part| part["buttons"].as_array().cloned());
        for button in buttons.unwrap_or_default() {
            lines.push(format!("[{}]", button["text"].as_str().unwrap_or_default()));
        }
        lines.join("\n")
    }
}

/// The variables of a text, each once.
pub(crate) fn variables(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else {
            break;
        };
        let name = name.trim().to_owned();
        if !found.contains(&name) {
            found.push(name);
        }
        rest = behind;
    }
    found
}

/// The values of a part of a message.
pub(crate) fn values<'t>(template: &'t Value, kind: &str) -> &'t [Value] {
    let components = template["components"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let own = components.iter().find(|component| {
        component["type"]
            .as_str()
            .is_some_and(|of| of.eq_ignore_ascii_case(kind))
    });
    own.and_then(|own| own["parameters"].as_array())
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn fill(text: &str, values: &[Value]) -> String {
    let mut filled = text.to_owned();
    for (n, name) in variables(text).into_iter().enumerate() {
        let named = values
            .iter()
            .find(|value| value["parameter_name"] == name.as_str());
        let value = named.or(values.get(n)).and_then(|value| value["text"].as_str());
        if let Some(value) = value {
            filled = filled.replace(&format!("{{{{{name}}}}}"), value);
        }
    }
    filled
}

/// The templates of an account for which nobody has set others.
pub fn example_templates() -> Vec<TemplateSpec> {
    let template = |n: u32, name: &str, language: &str, components: Value| TemplateSpec {
        id: format!("90000000000000{n}"),
        name: name.into(),
        language: language.into(),
        components,
        ..TemplateSpec::default()
    };
    let body = |text: &str, example: &[&str]| match example {
        [] => json!({ "type": "BODY", "text": text }),
        example => json!({ "type": "BODY", "text": text, "example": { "body_text": [example] } }),
    };
    vec![
        template(
            1,
            "hello_world",
            "en_US",
            json!([
                { "type": "HEADER", "format": "TEXT", "text": "Hello World" },
                body("Welcome and congratulations! This message demonstrates your ability to send a message.", &[]),
                { "type": "FOOTER", "text": "WhatsApp Business Platform sample message" }
            ]),
        ),
        TemplateSpec {
            quality: "GREEN".into(),
            ..template(
                2,
                "pripominka_navstevy",
                "cs",
                json!([
                    { "type": "HEADER", "format": "TEXT", "text": "Návštěva technika {{1}}",
                        "example": { "header_text": ["zítra"] } },
                    body("Dobrý den, {{1}}. Technik přijede {{2}}. Vyhovuje vám to?", &["paní Nováková", "mezi 9 a 11"]),
                    { "type": "FOOTER", "text": "Příklad s.r.o." },
                    { "type": "BUTTONS", "buttons": [
                        { "type": "QUICK_REPLY", "text": "Ano" }, { "type": "QUICK_REPLY", "text": "Jiný čas" }] }
                ]),
            )
        },
        TemplateSpec {
            parameter_format: "NAMED".into(),
            ..template(
                3,
                "order_shipped",
                "en",
                json!([
                    { "type": "BODY", "text": "Hello {{customer_name}}, your order {{order_number}} is on its way.",
                        "example": { "body_text_named_params": [
                            { "param_name": "customer_name", "example": "Jana" },
                            { "param_name": "order_number", "example": "2026-118" }] } },
                    { "type": "BUTTONS", "buttons": [
                        { "type": "URL", "text": "Track", "url": "https://example.com/orders/{{1}}",
                            "example": ["https://example.com/orders/118"] },
                        { "type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+420800555010" }] }
                ]),
            )
        },
        template(
            4,
            "faktura",
            "cs",
            json!([
                { "type": "HEADER", "format": "DOCUMENT",
                    "example": { "header_handle": ["https://scontent.whatsapp.net/v/sample.pdf"] } },
                body("Dobrý den, posíláme fakturu {{1}}. Děkujeme.", &["2026118"])
            ]),
        ),
        TemplateSpec {
            category: "MARKETING".into(),
            quality: "YELLOW".into(),
            ..template(
                5,
                "letni_sleva",
                "cs",
                json!([
                    { "type": "HEADER", "format": "IMAGE",
                        "example": { "header_handle": ["https://scontent.whatsapp.net/v/sample.jpg"] } },
                    body("Jen do neděle: sleva {{1}} % na servis. Odhlášení: odpovězte STOP.", &["20"]),
                    { "type": "BUTTONS", "buttons": [
                        { "type": "COPY_CODE", "text": "Zkopírovat kód", "example": "LETO20" }] }
                ]),
            )
        },
        TemplateSpec {
            status: "REJECTED".into(),
            category: "MARKETING".into(),
            rejected_reason: "PROMOTIONAL".into(),
            ..template(6, "vyhra", "cs", json!([body("Vyhráli jste!", &[])]))
        },
        TemplateSpec {
            status: "PAUSED".into(),
            category: "MARKETING".into(),
            quality: "RED".into(),
            ..template(
                7,
                "winter_offer",
                "en",
                json!([body("Winter is coming, and so is our offer.", &[])]),
            )
        },
        TemplateSpec {
            category: "AUTHENTICATION".into(),
            ..template(
                8,
                "login_code",
                "en",
                json!([
                    { "type": "BODY", "text": "*{{1}}* is your verification code." },
                    { "type": "BUTTONS", "buttons": [
                        { "type": "URL", "text": "Copy code", "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}" }] }
                ]),
            )
        },
    ]
}
