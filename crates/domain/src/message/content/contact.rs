//! A contact card. An inbound card may lack any part.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/contacts-messages>

use serde::{Deserialize, Serialize};

/// A contact card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentContact))]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    #[cfg_attr(feature = "openapi", schema(required))]
    pub name: ContactName,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<Organization>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    /// The vCard from the sender's phone; only in inbound messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vcard: Option<String>,
    /// Any other inbound fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Fact>,
}

/// The name on a contact card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentContactName))]
#[serde(deny_unknown_fields, default)]
pub struct ContactName {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
}

/// A phone number on a contact card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentContactPhone))]
#[serde(deny_unknown_fields, default)]
pub struct Phone {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The sender's label for the type: `WORK`, `HOME`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The WhatsApp id that belongs to the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
}

/// An e-mail address on a contact card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentContactEmail))]
#[serde(deny_unknown_fields)]
pub struct Email {
    pub email: String,
    /// The sender's label for the type: `WORK`, `HOME`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// The company on a contact card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentContactOrganization))]
#[serde(deny_unknown_fields, default)]
pub struct Organization {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// A postal address on a contact card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentContactAddress))]
#[serde(deny_unknown_fields, default)]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// The sender's label for the type: `WORK`, `HOME`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A web page on a contact card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentContactUrl))]
#[serde(deny_unknown_fields)]
pub struct Url {
    pub url: String,
    /// The sender's label for the type: `WORK`, `HOME`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// One line of a contact card, as shown and as in the vCard file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentContactFact))]
pub struct Fact {
    pub what: FactKind,
    /// The sender's label for the type: `WORK`, `HOME`.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub which: Option<String>,
    pub value: String,
}

/// What a line of a contact card tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentContactFactKind))]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    Phone,
    Email,
    Organisation,
    Department,
    Title,
    Address,
    Url,
    Birthday,
    /// Meta's name for the field.
    Other(String),
}

impl ContactName {
    /// The whole name, or else its parts in the order in which people write them.
    pub fn whole(&self) -> Option<String> {
        let parts = [
            &self.prefix,
            &self.first_name,
            &self.middle_name,
            &self.last_name,
            &self.suffix,
        ];
        let parts: Vec<&str> = parts.into_iter().filter_map(|part| part.as_deref()).collect();
        self.formatted_name
            .clone()
            .or(Some(parts.join(" ")))
            .filter(|name| !name.is_empty())
    }
}

impl Contact {
    /// A label for the card: the name, or else its first fact.
    pub fn label(&self) -> Option<String> {
        let company = || self.org.as_ref()?.company.clone();
        let phone = || self.phones.iter().find_map(|phone| phone.phone.clone());
        let email = || self.emails.first().map(|email| email.email.clone());
        let url = || self.urls.first().map(|url| url.url.clone());
        self.name
            .whole()
            .or_else(company)
            .or_else(phone)
            .or_else(email)
            .or_else(url)
    }

    /// All facts of the card except the name.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut fact = |what: FactKind, which: Option<&String>, value: Option<String>| {
            facts.extend(value.map(|value| Fact {
                what,
                which: which.cloned(),
                value,
            }));
        };
        for phone in &self.phones {
            let number = phone.phone.clone();
            let number = number.or_else(|| phone.wa_id.as_ref().map(|id| format!("+{id}")));
            fact(FactKind::Phone, phone.kind.as_ref(), number);
        }
        for email in &self.emails {
            fact(FactKind::Email, email.kind.as_ref(), Some(email.email.clone()));
        }
        if let Some(org) = &self.org {
            fact(FactKind::Organisation, None, org.company.clone());
            fact(FactKind::Department, None, org.department.clone());
            fact(FactKind::Title, None, org.title.clone());
        }
        for address in &self.addresses {
            fact(FactKind::Address, address.kind.as_ref(), address.in_a_line());
        }
        for url in &self.urls {
            fact(FactKind::Url, url.kind.as_ref(), Some(url.url.clone()));
        }
        fact(FactKind::Birthday, None, self.birthday.clone());
        facts.extend(self.more.iter().cloned());
        facts
    }
}

impl Address {
    fn in_a_line(&self) -> Option<String> {
        let place = [&self.zip, &self.city].map(|part| part.as_deref().unwrap_or_default());
        let place = Some(place.join(" ").trim().to_owned());
        let country = self.country.as_ref().or(self.country_code.as_ref());
        let parts = [self.street.as_ref(), place.as_ref(), self.state.as_ref(), country];
        let parts: Vec<&str> = parts
            .into_iter()
            .filter_map(|part| part.map(String::as_str))
            .filter(|part| !part.is_empty())
            .collect();
        Some(parts.join(", ")).filter(|whole| !whole.is_empty())
    }
}
