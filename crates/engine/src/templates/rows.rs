//! The rows of templates: whose they are, how they are shown, and when they go.

use crate::{
    Result,
    entity::{channel, template, template_account},
};
use domain::{
    template::{Definition, TemplateView},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::Query,
};
use serde_json::Value;

/// Deletes the copies of accounts that no channel has any more.
pub(crate) async fn forget(tx: &DatabaseTransaction) -> Result<()> {
    let used = || {
        Query::select()
            .column(channel::Column::WabaId)
            .from(channel::Entity)
            .and_where(channel::Column::WabaId.is_not_null())
            .and_where(channel::Column::DeletedAt.is_null())
            .to_owned()
    };
    template::Entity::delete_many()
        .filter(template::Column::WabaId.not_in_subquery(used()))
        .exec(tx)
        .await?;
    template_account::Entity::delete_many()
        .filter(template_account::Column::WabaId.not_in_subquery(used()))
        .exec(tx)
        .await?;
    Ok(())
}

/// The channels of an account that are not deleted.
pub(super) async fn channels_of(db: &impl ConnectionTrait, waba_id: &str) -> Result<Vec<channel::Model>> {
    let found = channel::Entity::find()
        .filter(channel::Column::WabaId.eq(waba_id))
        .filter(channel::Column::DeletedAt.is_null());
    Ok(found.all(db).await?)
}

impl template::Model {
    /// One whose components cannot be read is listed, too, and cannot be filled in.
    pub(super) fn view(self) -> TemplateView {
        let components: Value = serde_json::from_str(&self.components).unwrap_or_default();
        let definition = Definition::read(
            self.category.as_deref(),
            self.parameter_format.as_deref(),
            &components,
        );
        TemplateView {
            id: self.template_id,
            name: self.name,
            language: self.language,
            category: self.category,
            coming_category: self.coming_category,
            category_changes_at: self.category_changes_at.map(Timestamp::from_millis),
            status: self.status,
            quality: self.quality,
            rejected_reason: self.rejected_reason,
            explanation: self.explanation,
            recommendation: self.recommendation,
            definition,
            parameter_format: self.parameter_format,
            synced_at: Timestamp::from_millis(self.synced_at),
            components,
        }
    }

    /// Whether scripts would be told the same of both. Examples do not count: Meta signs the addresses of their files anew
    /// for each answer.
    pub(super) fn is_told_like(&self, other: &Self) -> bool {
        self.status == other.status
            && self.category == other.category
            && self.quality == other.quality
            && self.rejected_reason == other.rejected_reason
            && are_alike(&self.components, &other.components)
    }
}

fn are_alike(one: &str, other: &str) -> bool {
    one == other || without_examples(one).is_some_and(|one| Some(one) == without_examples(other))
}

fn without_examples(components: &str) -> Option<Value> {
    let mut components = serde_json::from_str(components).ok()?;
    leave_out_examples(&mut components);
    Some(components)
}

fn leave_out_examples(part: &mut Value) {
    match part {
        Value::Array(parts) => parts.iter_mut().for_each(leave_out_examples),
        Value::Object(fields) => {
            fields.remove("example");
            fields.values_mut().for_each(leave_out_examples);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_and_the_order_of_fields_do_not_count() {
        let one = r#"[{"type":"HEADER","example":{"header_handle":["https://example.com/1"]}}]"#;
        let other = r#"[{"example":{"header_handle":["https://example.com/2"]},"type":"HEADER"}]"#;
        assert!(are_alike(one, other));
        assert!(!are_alike(one, &other.replace("HEADER", "FOOTER")));
        assert!(!are_alike(one, "no JSON"));
        assert!(!are_alike("no JSON", "other JSON"));
    }
}
