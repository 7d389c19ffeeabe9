//! What can be wrong with a field.

use crate::i18n::*;
use domain::form::{FieldProblem, Problem};

/// What is wrong with a field, and who has its value already.
pub fn field_problem(locale: Locale, field: &FieldProblem) -> String {
    match (field.problem, &field.by) {
        (Problem::Taken, Some(name)) if field.field == "phone_number_id" => {
            td_string!(locale, common.problem.taken_by_channel, name = name.clone())
        }
        (Problem::Malformed, _) if field.field == "address" => {
            td_string!(locale, system.webhooks.address_wrong).to_owned()
        }
        (Problem::Taken, Some(name)) => td_string!(locale, common.problem.taken_by, name = name.clone()),
        (other, _) => match field.most {
            Some(most) => td_string!(locale, common.problem.at_most, most = most),
            None => problem(locale, other).to_owned(),
        },
    }
}

/// What can be wrong with any field.
pub fn problem(locale: Locale, problem: Problem) -> &'static str {
    match problem {
        Problem::Required => td_string!(locale, common.problem.required),
        Problem::TooLong => td_string!(locale, common.problem.too_long),
        Problem::TooShort => td_string!(locale, common.problem.too_short),
        Problem::NotAPhoneNumber => td_string!(locale, common.problem.not_a_phone_number),
        Problem::NotNumeric => td_string!(locale, common.problem.not_numeric),
        Problem::NotAToken => td_string!(locale, common.problem.not_a_token),
        Problem::Taken => td_string!(locale, common.problem.taken),
        Problem::Unknown => td_string!(locale, common.problem.unknown),
        Problem::WrongType => td_string!(locale, common.problem.wrong_type),
        Problem::NotALogin => td_string!(locale, common.problem.not_a_login),
        Problem::MixedScripts => td_string!(locale, common.problem.mixed_scripts),
        Problem::LooksTaken => td_string!(locale, common.problem.looks_taken),
        Problem::WrongCode => td_string!(locale, common.problem.wrong_code),
        Problem::WrongPassword => td_string!(locale, common.problem.wrong_password),
        Problem::OwnPassword => td_string!(locale, common.problem.own_password),
        Problem::TooHigh => td_string!(locale, common.problem.too_high),
        Problem::Guessable => td_string!(locale, common.problem.guessable),
        Problem::NotAnAmount => td_string!(locale, common.problem.not_an_amount),
        Problem::NotACurrency => td_string!(locale, common.problem.not_a_currency),
        Problem::NotAPercentage => td_string!(locale, common.problem.not_a_percentage),
        Problem::NotARate => td_string!(locale, common.problem.not_a_rate),
        Problem::NotADate => td_string!(locale, common.problem.not_a_date),
        Problem::NotATimeAhead => td_string!(locale, common.problem.not_a_time_ahead),
        Problem::Malformed => td_string!(locale, common.problem.malformed),
        Problem::Enough => td_string!(locale, common.problem.enough),
        Problem::NotBound => td_string!(locale, common.problem.not_bound),
    }
}
