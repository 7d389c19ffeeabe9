//! A customer's avatar: the first letter of the name, on a colour that the customer keeps.

use domain::ids::ContactId;
use leptos::prelude::*;

/// Colours in `inbox-list.css`.
const HUES: u128 = 12;

pub fn avatar(contact: ContactId, label: &str) -> AnyView {
    view! {
        <span class="avatar" data-hue=hue(contact) aria-hidden="true" translate="no">
            {initial(label)}
        </span>
    }
    .into_any()
}

/// The colour of a contact.
fn hue(contact: ContactId) -> String {
    hue_of(contact.uuid().as_u128())
}

/// The end of an id is random.
pub fn hue_of(id: u128) -> String {
    (id % HUES).to_string()
}

/// A number has no letter.
fn initial(label: &str) -> String {
    match label.chars().find(|c| c.is_alphanumeric()) {
        Some(c) if c.is_alphabetic() => c.to_uppercase().collect(),
        _ => "#".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn avatars_have_a_letter_or_a_hash() {
        assert_eq!(initial("čeněk Dvořák"), "Č");
        assert_eq!(initial("🌻 Eva"), "E");
        assert_eq!(initial("+420 777"), "#");
    }
}
