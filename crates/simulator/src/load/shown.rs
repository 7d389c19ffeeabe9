//! What pages and lists show.

use std::time::Duration;

use super::burst::{Burst, Pace};
use super::gauges::{Gauges, PATIENCE};
use super::target::{Api, Target};
use super::text::Texts;

/// Customers and messages: one long conversation, which has waited longest, and a full list.
const SHOWN: [(u64, u64); 2] = [(1, 200), (60, 60)];

/// Has customers write what is shown; returns once it is applied.
pub async fn fill(api: &Api<'_>) -> anyhow::Result<Gauges> {
    let target = Target::connect(api, &[]).await?;
    let gauges = Gauges::of(api.server, api.token);
    for (customers, messages) in SHOWN {
        let burst = Burst {
            target: &target,
            texts: &Texts::new(&target, customers),
            connections: 1,
            pace: Pace::PerSecond(messages),
            length: Duration::from_secs(1),
            moments: false,
        };
        burst.run().await?;
    }
    gauges.drained(PATIENCE).await?;
    Ok(gauges)
}
