//! The detail of an audit entry: JSON of `domain::channel::AuditDetail` in the row's text.

use crate::{Error, Result};
use domain::channel::{AuditDetail, Badge, BadgeChange, Reason};

pub(crate) fn write(detail: &AuditDetail) -> Result<String> {
    serde_json::to_string(detail).map_err(|error| Error::Corrupt(error.to_string()))
}

/// Also reads what was written before details were structured.
pub(crate) fn read(text: &str) -> AuditDetail {
    serde_json::from_str(text).unwrap_or_else(|_| match old_badge(text) {
        Some(change) => AuditDetail::Badge(change),
        None => AuditDetail::Text {
            text: text.to_owned(),
        },
    })
}

/// `active → degraded: quality, callback`
fn old_badge(text: &str) -> Option<BadgeChange> {
    let badge = |name: &str| serde_json::from_value::<Badge>(name.into()).ok();
    let (change, why) = text.split_once(": ").unwrap_or((text, ""));
    let (from, to) = change.split_once(" → ")?;
    let (from, to) = (badge(from)?, badge(to)?);
    let why = match to {
        Badge::TokenRefused => vec![Reason::TokenRefused {
            answer: Some(why.to_owned()).filter(|why| !why.is_empty()),
        }],
        _ => {
            let checks = why.split(", ").filter_map(|name| name.parse().ok());
            checks.map(|check| Reason::Check { check }).collect()
        }
    };
    Some(BadgeChange { from, to, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        channel::{Badge, Changed, NewValue, Reason, Step},
        doctor::{Check, MetaAction, Outcome},
    };

    fn badge(from: Badge, to: Badge, why: Vec<Reason>) -> AuditDetail {
        AuditDetail::Badge(BadgeChange { from, to, why })
    }

    #[test]
    fn details_read_back_as_written() {
        let changed = [
            NewValue::Text("Support".into()),
            NewValue::Secret,
            NewValue::Empty,
        ]
        .map(|now| Changed {
            field: "name".into(),
            now,
        });
        let meta_action = MetaAction {
            called: "POST /200/subscribed_apps".into(),
            outcome: Outcome::Refused {
                code: 200,
                message: "no".into(),
                details: None,
            },
        };
        for detail in [
            AuditDetail::Name {
                name: "Support".into(),
            },
            AuditDetail::Fields {
                changed: changed.to_vec(),
            },
            AuditDetail::Meta {
                step: Step::SubscribeWaba,
                meta_action: meta_action.clone(),
            },
            AuditDetail::Meta {
                step: Step::Register,
                meta_action: MetaAction {
                    outcome: Outcome::Done(()),
                    ..meta_action
                },
            },
            badge(Badge::Draft, Badge::Active, vec![Reason::Complete]),
        ] {
            let text = write(&detail).unwrap();
            assert_eq!(read(&text), detail, "{text}");
        }
    }

    #[test]
    fn what_an_older_version_wrote_is_still_read() {
        let checks = [Check::Quality, Check::Callback].map(|check| Reason::Check { check });
        for (text, detail) in [
            (
                "active → degraded: quality, callback",
                badge(Badge::Active, Badge::Degraded, checks.to_vec()),
            ),
            ("degraded → active", badge(Badge::Degraded, Badge::Active, vec![])),
            (
                "active → token_refused: (190) expired: log in",
                badge(
                    Badge::Active,
                    Badge::TokenRefused,
                    vec![Reason::TokenRefused {
                        answer: Some("(190) expired: log in".into()),
                    }],
                ),
            ),
            (
                "Support; new access_token",
                AuditDetail::Text {
                    text: "Support; new access_token".into(),
                },
            ),
        ] {
            assert_eq!(read(text), detail);
        }
    }
}
