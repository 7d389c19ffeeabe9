//! A number's block list. Meta blocks only who has written to the number within 24 hours, and at most 64,000 people.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users>

use reqwest::RequestBuilder;
use secrecy::SecretString;
use serde_json::json;

use super::{client::Graph, error::GraphError};
use crate::ids::WaId;

impl Graph {
    /// Puts a person on the number's block list: neither side can write to the other any more.
    ///
    /// # Errors
    /// [`GraphError`], with Meta's reason for this person.
    pub async fn block(
        &self,
        token: &SecretString,
        phone_number_id: &str,
        who: &WaId,
    ) -> Result<(), GraphError> {
        let url = self.at(phone_number_id, &["block_users"])?;
        let request = self.http.post(url);
        self.change_blocks("block", request, token, who, "added_users")
            .await
    }

    /// Takes a person off the list.
    ///
    /// # Errors
    /// [`GraphError`], with Meta's reason for this person.
    pub async fn unblock(
        &self,
        token: &SecretString,
        phone_number_id: &str,
        who: &WaId,
    ) -> Result<(), GraphError> {
        let url = self.at(phone_number_id, &["block_users"])?;
        let request = self.http.delete(url);
        self.change_blocks("unblock", request, token, who, "removed_users")
            .await
    }

    async fn change_blocks(
        &self,
        name: &str,
        request: RequestBuilder,
        token: &SecretString,
        who: &WaId,
        changed: &str,
    ) -> Result<(), GraphError> {
        let body = json!({
            "messaging_product": "whatsapp",
            "block_users": [{ "user": format!("+{}", who.as_str()) }],
        });
        self.call(name, request.json(&body), token)
            .await?
            .user_changed(changed)
    }
}
