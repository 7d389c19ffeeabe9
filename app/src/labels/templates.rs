//! The words of templates. A word of Meta's that is not known is shown as it is.

use super::problems::field_problem;
use crate::i18n::*;
use domain::{
    form::{FieldProblem, Problem},
    template::{Field, FieldKind, MediaKind, NotFillable, Status},
};

pub fn status(locale: Locale, status: &str) -> String {
    match status.parse() {
        Ok(Status::Approved) => td_string!(locale, templates.status.approved),
        Ok(Status::Pending) => td_string!(locale, templates.status.pending),
        Ok(Status::Rejected) => td_string!(locale, templates.status.rejected),
        Ok(Status::Paused) => td_string!(locale, templates.status.paused),
        Ok(Status::Disabled) => td_string!(locale, templates.status.disabled),
        Ok(Status::InAppeal) => td_string!(locale, templates.status.in_appeal),
        Ok(Status::LimitExceeded) => td_string!(locale, templates.status.limit_exceeded),
        Ok(Status::Archived) => td_string!(locale, templates.status.archived),
        Ok(Status::PendingDeletion) => td_string!(locale, templates.status.pending_deletion),
        Ok(Status::Deleted) => td_string!(locale, templates.status.deleted),
        Ok(Status::Locked) => td_string!(locale, templates.status.locked),
        Err(_) if status.is_empty() => td_string!(locale, templates.status.none),
        Err(_) => return status.to_owned(),
    }
    .to_owned()
}

/// What a status means, and what to do about it.
pub fn status_text(locale: Locale, status: &str) -> Option<&'static str> {
    Some(match status.parse() {
        Ok(Status::Paused) => td_string!(locale, templates.status_text.paused),
        Ok(Status::Disabled) => td_string!(locale, templates.status_text.disabled),
        Ok(Status::Archived) => td_string!(locale, templates.status_text.archived),
        _ => return None,
    })
}

pub fn category(locale: Locale, category: &str) -> String {
    match category {
        "MARKETING" => td_string!(locale, templates.category.marketing),
        "UTILITY" => td_string!(locale, templates.category.utility),
        "AUTHENTICATION" => td_string!(locale, templates.category.authentication),
        other => return other.to_owned(),
    }
    .to_owned()
}

pub fn quality(locale: Locale, quality: &str) -> String {
    match quality {
        "GREEN" => td_string!(locale, templates.quality.green),
        "YELLOW" => td_string!(locale, templates.quality.yellow),
        "RED" => td_string!(locale, templates.quality.red),
        "UNKNOWN" => td_string!(locale, templates.quality.unknown),
        other => return other.to_owned(),
    }
    .to_owned()
}

pub fn rejected(locale: Locale, reason: &str) -> String {
    match reason {
        "ABUSIVE_CONTENT" => td_string!(locale, templates.rejected.abusive_content),
        "INCORRECT_CATEGORY" => td_string!(locale, templates.rejected.incorrect_category),
        "INVALID_FORMAT" => td_string!(locale, templates.rejected.invalid_format),
        "PROMOTIONAL" => td_string!(locale, templates.rejected.promotional),
        "SCAM" => td_string!(locale, templates.rejected.scam),
        "TAG_CONTENT_MISMATCH" => td_string!(locale, templates.rejected.tag_content_mismatch),
        "CATEGORY_NOT_AVAILABLE" => td_string!(locale, templates.rejected.category_not_available),
        other => return other.to_owned(),
    }
    .to_owned()
}

/// Why a template cannot be filled in here.
pub fn not_fillable(locale: Locale, why: &NotFillable) -> String {
    match why {
        NotFillable::Authentication => td_string!(locale, templates.not_fillable.authentication),
        NotFillable::Carousel => td_string!(locale, templates.not_fillable.carousel),
        NotFillable::LimitedTimeOffer => td_string!(locale, templates.not_fillable.limited_time_offer),
        NotFillable::Catalog => td_string!(locale, templates.not_fillable.catalog),
        NotFillable::Flow => td_string!(locale, templates.not_fillable.flow),
        NotFillable::Call => td_string!(locale, templates.not_fillable.call),
        NotFillable::Unreadable => td_string!(locale, templates.not_fillable.unreadable),
        NotFillable::Unknown(what) => {
            return td_string!(locale, templates.not_fillable.unknown, what = what.as_str()).to_string();
        }
    }
    .to_owned()
}

pub fn field(locale: Locale, field: &Field) -> String {
    match &field.kind {
        FieldKind::HeaderText { variable } => {
            td_string!(locale, templates.field.header_text, variable = variable.as_str()).to_string()
        }
        FieldKind::BodyText { variable } => {
            td_string!(locale, templates.field.body, variable = variable.as_str()).to_string()
        }
        FieldKind::HeaderFile(kind) => media(locale, *kind).to_owned(),
        FieldKind::Latitude => td_string!(locale, templates.field.latitude).to_owned(),
        FieldKind::Longitude => td_string!(locale, templates.field.longitude).to_owned(),
        FieldKind::PlaceName => td_string!(locale, templates.field.place_name).to_owned(),
        FieldKind::PlaceAddress => td_string!(locale, templates.field.place_address).to_owned(),
        FieldKind::UrlEnding { button } => {
            td_string!(locale, templates.field.url, button = button.as_str()).to_string()
        }
        FieldKind::Code { button } => {
            td_string!(locale, templates.field.code, button = button.as_str()).to_string()
        }
    }
}

fn media(locale: Locale, kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => td_string!(locale, templates.field.image),
        MediaKind::Video => td_string!(locale, templates.field.video),
        MediaKind::Document => td_string!(locale, templates.field.document),
    }
}

/// What is wrong with a value, or with the filled text.
pub fn problem(locale: Locale, problem: &FieldProblem) -> String {
    match (problem.field.as_str(), problem.problem, problem.most) {
        ("header", _, Some(most)) => td_string!(locale, templates.problem.header, most = most).to_string(),
        ("body", _, Some(most)) => td_string!(locale, templates.problem.body, most = most).to_string(),
        ("header.file", Problem::Required, _) => td_string!(locale, templates.picker.file_missing).to_owned(),
        (_, Problem::NotAToken, _) => td_string!(locale, templates.problem.one_line).to_owned(),
        _ => field_problem(locale, problem),
    }
}
