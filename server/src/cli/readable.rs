//! Errors as they are read on the command line.

use domain::{
    form::{FieldProblem, Invalid},
    refusal::Refusal,
};

/// A refused form names its fields.
pub(super) fn readable(error: engine::Error) -> anyhow::Error {
    match error {
        engine::Error::Refused(Refusal::Invalid { fields }) => {
            let problems = fields
                .iter()
                .map(|field| format!("--{}: {:?}", field.field, field.problem));
            anyhow::anyhow!("{}", problems.collect::<Vec<_>>().join(", "))
        }
        other => other.into(),
    }
}

/// The fields of a refused form; none if the error is another.
pub(super) fn fields_of(error: &anyhow::Error) -> &[FieldProblem] {
    match error.downcast_ref() {
        Some(engine::Error::Refused(Refusal::Invalid { fields })) => fields.as_slice(),
        _ => {
            let invalid = error.downcast_ref::<Invalid>();
            invalid
                .map(|invalid| invalid.fields.as_slice())
                .unwrap_or_default()
        }
    }
}
