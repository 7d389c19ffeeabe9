//! The choice of a user's role, in the forms of extensions and users.

use crate::{i18n::*, labels, ui::field::FieldProblem};
use domain::access::Role;
use leptos::prelude::*;

#[component]
pub fn RoleChoice(role: String) -> impl IntoView {
    let i18n = use_i18n();
    let roles = [Role::Operator, Role::Supervisor, Role::Admin]
        .into_iter()
        .map(|option| {
            view! {
                <label class="choice">
                    <input type="radio" name="form[role]" value=option.as_str() checked=option.as_str() == role />
                    <span>
                        <strong>{move || labels::role(i18n.get_locale(), option)}</strong>
                        <span class="hint">{move || labels::role_text(i18n.get_locale(), option)}</span>
                    </span>
                </label>
            }
        })
        .collect_view()
        .into_any();
    view! {
        <fieldset class="field">
            <legend>{move || t_string!(i18n, directory.extensions.role)}</legend>
            {roles}
            <FieldProblem name="role" />
        </fieldset>
    }
    .into_any()
}
