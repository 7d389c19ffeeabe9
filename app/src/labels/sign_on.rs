//! Why single sign-on lets somebody not in.

use crate::i18n::*;
use domain::sign_on::SignOnProblem;

pub fn sign_on_problem(locale: Locale, why: SignOnProblem) -> &'static str {
    match why {
        SignOnProblem::Cancelled => td_string!(locale, auth.sign_on.cancelled),
        SignOnProblem::Expired => td_string!(locale, auth.sign_on.expired),
        SignOnProblem::Unavailable => td_string!(locale, auth.sign_on.unavailable),
        SignOnProblem::Busy => td_string!(locale, auth.sign_on.busy),
        SignOnProblem::Invalid => td_string!(locale, auth.sign_on.invalid),
        SignOnProblem::NotAgain => td_string!(locale, auth.sign_on.not_again),
        SignOnProblem::NoEmail => td_string!(locale, auth.sign_on.no_email),
        SignOnProblem::UnknownUser => td_string!(locale, auth.sign_on.unknown_user),
        SignOnProblem::Disabled => td_string!(locale, auth.sign_on.disabled),
        SignOnProblem::NoRole => td_string!(locale, auth.sign_on.no_role),
        SignOnProblem::AnotherIdentity => td_string!(locale, auth.sign_on.another_identity),
        SignOnProblem::AnotherUser => td_string!(locale, auth.sign_on.another_user),
    }
}
