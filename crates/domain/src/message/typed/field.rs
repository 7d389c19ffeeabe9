//! The fields of a form: where each is, and the name under which its problems are told.

use super::form::{Typed, TypedKind};

/// One field. Those of which there may be several have their number, beginning with 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TypedField {
    Header,
    Body,
    Footer,
    Button(usize),
    Label,
    Url,
    SectionTitle(usize),
    RowTitle(usize, usize),
    RowDescription(usize, usize),
    Latitude,
    Longitude,
    Name,
    Address,
    ContactName(usize),
    ContactPhone(usize, usize),
    ContactEmail(usize),
    ContactCompany(usize),
}

impl TypedField {
    /// Its text; `None` if there is no such field.
    pub fn text(self, typed: &Typed) -> Option<&str> {
        let contact = |n: usize| typed.contacts.get(n);
        let row = |n: usize, m: usize| typed.sections.get(n)?.rows.get(m);
        Some(match self {
            Self::Header => &typed.header,
            Self::Body => &typed.body,
            Self::Footer => &typed.footer,
            Self::Button(n) => typed.buttons.get(n)?,
            Self::Label => &typed.label,
            Self::Url => &typed.url,
            Self::SectionTitle(n) => &typed.sections.get(n)?.title,
            Self::RowTitle(n, m) => &row(n, m)?.title,
            Self::RowDescription(n, m) => &row(n, m)?.description,
            Self::Latitude => &typed.latitude,
            Self::Longitude => &typed.longitude,
            Self::Name => &typed.name,
            Self::Address => &typed.address,
            Self::ContactName(n) => &contact(n)?.name,
            Self::ContactPhone(n, m) => contact(n)?.phones.get(m)?,
            Self::ContactEmail(n) => &contact(n)?.email,
            Self::ContactCompany(n) => &contact(n)?.company,
        })
    }

    /// Changes its text, if there is such a field.
    pub fn set(self, typed: &mut Typed, text: String) {
        let field = match self {
            Self::Header => Some(&mut typed.header),
            Self::Body => Some(&mut typed.body),
            Self::Footer => Some(&mut typed.footer),
            Self::Button(n) => typed.buttons.get_mut(n),
            Self::Label => Some(&mut typed.label),
            Self::Url => Some(&mut typed.url),
            Self::SectionTitle(n) => typed.sections.get_mut(n).map(|section| &mut section.title),
            Self::RowTitle(n, m) | Self::RowDescription(n, m) => {
                let row = typed
                    .sections
                    .get_mut(n)
                    .and_then(|section| section.rows.get_mut(m));
                row.map(|row| match self {
                    Self::RowTitle(..) => &mut row.title,
                    _ => &mut row.description,
                })
            }
            Self::Latitude => Some(&mut typed.latitude),
            Self::Longitude => Some(&mut typed.longitude),
            Self::Name => Some(&mut typed.name),
            Self::Address => Some(&mut typed.address),
            Self::ContactName(n) => typed.contacts.get_mut(n).map(|contact| &mut contact.name),
            Self::ContactPhone(n, m) => {
                let contact = typed.contacts.get_mut(n);
                contact.and_then(|contact| contact.phones.get_mut(m))
            }
            Self::ContactEmail(n) => typed.contacts.get_mut(n).map(|contact| &mut contact.email),
            Self::ContactCompany(n) => typed.contacts.get_mut(n).map(|contact| &mut contact.company),
        };
        if let Some(field) = field {
            *field = text;
        }
    }

    /// The field of the message that it becomes, as [`Content::check`](crate::message::content::Content::check) names it.
    pub fn path(self, kind: TypedKind) -> String {
        const ACTION: &str = "interactive.action";
        match self {
            Self::Header => "interactive.header.text".to_owned(),
            Self::Body => "interactive.body.text".to_owned(),
            Self::Footer => "interactive.footer.text".to_owned(),
            Self::Button(n) => format!("{ACTION}.buttons[{n}].reply.title"),
            Self::Label if kind == TypedKind::Link => format!("{ACTION}.parameters.display_text"),
            Self::Label => format!("{ACTION}.button"),
            Self::Url => format!("{ACTION}.parameters.url"),
            Self::SectionTitle(n) => format!("{ACTION}.sections[{n}].title"),
            Self::RowTitle(n, m) => format!("{ACTION}.sections[{n}].rows[{m}].title"),
            Self::RowDescription(n, m) => format!("{ACTION}.sections[{n}].rows[{m}].description"),
            Self::Latitude => "location.latitude".to_owned(),
            Self::Longitude => "location.longitude".to_owned(),
            Self::Name => "location.name".to_owned(),
            Self::Address => "location.address".to_owned(),
            Self::ContactName(n) => format!("contacts[{n}].name.formatted_name"),
            Self::ContactPhone(n, _) => format!("contacts[{n}].phones"),
            Self::ContactEmail(n) => format!("contacts[{n}].emails"),
            Self::ContactCompany(n) => format!("contacts[{n}].org"),
        }
    }
}
