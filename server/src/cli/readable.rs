//! Errors as they are read on the command line.

use domain::refusal::Refusal;

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
