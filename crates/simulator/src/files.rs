//! Files that tests and the demo bring into the simulated Meta without HTTP.

use crate::simulator::Simulator;
use crate::store::StoredFile;
use crate::world::{CustomerFile, CustomerId};

impl Simulator {
    /// A customer sends a file to a number. Returns the message's wamid; the delivery follows, and the file can be
    /// fetched by its id.
    ///
    /// # Errors
    /// The customer or the number is unknown, or the file cannot be stored.
    pub async fn customer_sends(
        &self,
        customer: CustomerId,
        phone_number_id: &str,
        file: &CustomerFile,
        bytes: &[u8],
    ) -> anyhow::Result<String> {
        let stored = StoredFile::of(bytes).await?;
        Ok(self
            .shared
            .customer_sends(customer, phone_number_id, file, stored)?)
    }

    /// Keeps a file as if the business had uploaded it for a number. Returns the file's id.
    ///
    /// # Errors
    /// The number is unknown, or the file cannot be stored.
    pub async fn business_uploads(
        &self,
        phone_number_id: &str,
        mime_type: &str,
        bytes: &[u8],
    ) -> anyhow::Result<String> {
        let stored = StoredFile::of(bytes).await?;
        self.shared.world().number(phone_number_id)?;
        Ok(self.shared.keep_upload(phone_number_id, mime_type, stored))
    }
}
