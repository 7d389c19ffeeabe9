//! `ETag` and `If-Match` (<https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1>): a change that is made only if nobody has
//! saved since the thing was read.

use super::problem::Problem;
use axum::{
    extract::FromRequestParts,
    http::{HeaderName, header, request::Parts},
};
use domain::refusal::Refusal;
use engine::saved::{self, Expected, Saved};
use std::fmt::Display;
use utoipa::{
    IntoParams,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
    },
};

const ABOUT: &str = "The `ETag` of the answer that was read: the change is made only if nobody has saved since, and is \
    refused with 412 otherwise. Tags are weak, because they name what was saved and not each byte of an answer; they count with \
    or without `W/`.";

/// The header of an answer.
type Tag = [(HeaderName, String); 1];
/// An answer with its header.
pub type Tagged<T> = (Tag, axum::Json<T>);

/// The header of an answer that shows this version. It is weak: answers of one version differ in what nobody has saved, such as
/// a status, and in how they are packed.
pub fn tag(version: i64) -> Tag {
    weak(version)
}

/// The same for a thing that has no version: what is saved of it names itself.
pub fn tag_of(thing: &impl Saved) -> Result<Tag, Problem> {
    Ok(weak(saved::tag(thing)?))
}

/// An answer that is the thing itself.
pub fn tagged<T: Saved>(thing: T) -> Result<Tagged<T>, Problem> {
    Ok((tag_of(&thing)?, axum::Json(thing)))
}

fn weak(word: impl Display) -> Tag {
    [(header::ETAG, format!("W/{}", spelled(word)))]
}

fn spelled(word: impl Display) -> String {
    format!("\"{word}\"")
}

/// The versions that the caller is content with; without the header, any.
#[derive(Debug)]
pub struct IfMatch(Option<Vec<String>>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let lines = parts.headers.get_all(header::IF_MATCH).iter();
        let tags: Vec<String> = lines
            // A line that is no text names no version of ours.
            .flat_map(|line| line.to_str().unwrap_or_default().split(','))
            // The RFC compares only strong tags here, because others may leave out a change. A version leaves out none.
            .map(str::trim)
            .map(|tag| tag.strip_prefix("W/").unwrap_or(tag).to_owned())
            .collect();
        Ok(Self((!tags.is_empty()).then_some(tags)))
    }
}

impl IfMatch {
    /// # Errors
    /// 412 if the caller has read another version.
    pub fn allow(&self, version: i64) -> Result<(), Problem> {
        let is_fine = |tags: &Vec<String>| tags.iter().any(|tag| tag == "*" || *tag == spelled(version));
        match self.0.as_ref().is_none_or(is_fine) {
            true => Ok(()),
            false => Err(Problem::precondition_failed()),
        }
    }

    /// The version that a change has to find, if the caller names any: the current one, which [`Self::allow`] allowed.
    pub fn version(&self, current: i64) -> Option<i64> {
        let mut named = self.0.iter().flatten();
        named.any(|tag| tag != "*").then_some(current)
    }

    /// What a change of a thing without a version has to find.
    pub fn expected(&self) -> Expected {
        match &self.0 {
            Some(tags) if tags.iter().all(|tag| tag != "*") => {
                let bare = tags
                    .iter()
                    .filter_map(|tag| tag.strip_prefix('"')?.strip_suffix('"'));
                Expected::OneOf(bare.map(str::to_owned).collect())
            }
            _ => Expected::Any,
        }
    }

    /// Why a change failed: what somebody saved while it was made is told as what they saved before.
    pub fn failed(&self, error: engine::Error) -> Problem {
        match error.into_refusal() {
            Ok(Refusal::ChangedMeanwhile) if self.0.is_some() => Problem::precondition_failed(),
            Ok(refusal) => refusal.into(),
            Err(internal) => internal.into(),
        }
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let header = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(ABOUT))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .build();
        vec![header]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    async fn asked(lines: &[&str]) -> IfMatch {
        let mut request = Request::builder();
        for line in lines {
            request = request.header(header::IF_MATCH, *line);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        IfMatch::from_request_parts(&mut parts, &()).await.unwrap()
    }

    #[tokio::test]
    async fn a_version_is_compared_only_if_the_caller_asks_for_it() {
        for (lines, allowed) in [
            (&[][..], true),
            (&["*"], true),
            (&["\"7\""], true),
            (&["W/\"7\""], true),
            (&["\"6\", \"7\""], true),
            (&["\"6\"", "\"7\""], true),
            (&["\"6\""], false),
            (&["7"], false),
            (&[""], false),
        ] {
            assert_eq!(asked(lines).await.allow(7).is_ok(), allowed, "{lines:?}");
        }
        assert_eq!(asked(&["\"7\""]).await.version(7), Some(7));
        for lines in [&[][..], &["*"]] {
            assert_eq!(asked(lines).await.version(7), None);
        }
    }

    #[tokio::test]
    async fn a_state_is_compared_only_if_the_caller_asks_for_it() {
        let one_of = |tags: &[&str]| Expected::OneOf(tags.iter().map(ToString::to_string).collect());
        for (lines, expected) in [
            (&[][..], Expected::Any),
            (&["*"], Expected::Any),
            (&["\"a\", *"], Expected::Any),
            (&["\"a\""], one_of(&["a"])),
            (&["W/\"a\", \"b\""], one_of(&["a", "b"])),
            (&["\"a\"", "W/\"b\""], one_of(&["a", "b"])),
            (&["a", "\""], one_of(&[])),
            (&[""], one_of(&[])),
        ] {
            assert_eq!(asked(lines).await.expected(), expected, "{lines:?}");
        }
    }
}
