//! A contact card, as typed.

use crate::form::owned;
use crate::message::content::{Contact, ContactName, Email, Organization, Phone};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedContact {
    pub name: String,
    pub phones: Vec<String>,
    pub email: String,
    pub company: String,
}

impl Default for TypedContact {
    fn default() -> Self {
        Self {
            name: String::new(),
            phones: vec![String::new()],
            email: String::new(),
            company: String::new(),
        }
    }
}

impl TypedContact {
    /// WhatsApp shows the whole name and wants a part of it, too. Without `wa_id` it offers to invite the person: whether
    /// the number is on WhatsApp is not known here.
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/contacts-messages>
    pub(super) fn contact(&self) -> Contact {
        let name = owned(&self.name);
        let parts = name
            .as_deref()
            .map(|name| name.split_once(' ').unwrap_or((name, "")));
        let phones = self.phones.iter().filter_map(|phone| owned(phone));
        let company = owned(&self.company);
        Contact {
            name: ContactName {
                first_name: parts.and_then(|(first, _)| owned(first)),
                last_name: parts.and_then(|(_, last)| owned(last)),
                formatted_name: name,
                ..ContactName::default()
            },
            phones: phones
                .map(|phone| Phone {
                    phone: Some(phone),
                    ..Phone::default()
                })
                .collect(),
            emails: owned(&self.email)
                .map(|email| Email { email, kind: None })
                .into_iter()
                .collect(),
            org: company.map(|company| Organization {
                company: Some(company),
                ..Organization::default()
            }),
            ..Contact::default()
        }
    }
}
