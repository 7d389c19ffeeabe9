//! How updates reach a callback: one lane per business number, in order, signed, and retried until the answer is 200. A
//! retry leaves the lane, so later deliveries overtake a failing one, as at Meta.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};
use url::Url;

use crate::faults::WebhookFault;
use crate::payload::{Update, wire_text};
use crate::shared::Shared;
use crate::world::{Answer, Attempt, Delivery, DeliveryId, Outcome, Queued, Unknown};

/// How long a callback may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// How long the next delivery of a number waits for the previous one's first answer.
const ORDER_PATIENCE: Duration = Duration::from_secs(1);
/// How long a reordered delivery waits for another one to overtake it.
const REORDER_PATIENCE: Duration = Duration::from_secs(5);
/// How much of an answer the log keeps, in characters.
const KEPT_ANSWER: usize = 500;

impl Shared {
    /// Adds an update to the log and to its number's lane. Takes the next scripted fault, if any.
    pub(crate) fn queue(self: &Arc<Self>, phone_number_id: &str, update: Update) -> Result<(), Unknown> {
        let now = (self.options.now)();
        let queued = self.change(|world| {
            let number = world.number(phone_number_id)?.spec.clone();
            let messages = update.messages.clone();
            let fault = world.webhook_faults.pop_front();
            let updates = if fault == Some(WebhookFault::SplitOff) {
                update.split()
            } else {
                vec![update]
            };
            let mut bodies: Vec<Value> = updates.iter().map(|update| update.body(world, &number)).collect();
            if fault == Some(WebhookFault::Duplicate) {
                bodies.extend(bodies.clone());
            }
            let queued = bodies.into_iter().map(|body| {
                let delivery = DeliveryId(world.deliveries.len());
                world.pending += 1;
                world.deliveries.push(Delivery {
                    id: delivery,
                    phone_number_id: phone_number_id.to_owned(),
                    body,
                    attempts: Vec::new(),
                    outcome: Outcome::Pending,
                });
                Queued {
                    delivery,
                    fault: fault.clone(),
                }
            });
            let queued: Vec<Queued> = queued.collect();
            let deliveries: Vec<DeliveryId> = queued.iter().map(|queued| queued.delivery).collect();
            for message in &messages {
                world.remember(phone_number_id, message, now, &deliveries);
            }
            Ok(queued)
        })?;
        let lane = self.lane(phone_number_id);
        for queued in queued {
            // A lane ends only with the simulator, when nothing is delivered any more.
            let _ = lane.send(queued);
        }
        Ok(())
    }

    fn lane(self: &Arc<Self>, phone_number_id: &str) -> mpsc::UnboundedSender<Queued> {
        let mut lanes = self
            .lanes
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let open = lanes.entry(phone_number_id.to_owned()).or_insert_with(|| {
            let (sender, receiver) = mpsc::unbounded_channel();
            self.spawn(run_lane(Arc::clone(self), receiver));
            sender
        });
        open.clone()
    }

    /// Makes one attempt and records it; true if the delivery is finished.
    async fn attempt(&self, id: DeliveryId, properly_signed: bool) -> bool {
        let (route, text) = {
            let world = self.world();
            let delivery = &world.deliveries[id.0];
            (world.route(&delivery.phone_number_id), wire_text(&delivery.body))
        };
        let (callback, secret) = match route {
            Ok(route) => route,
            Err(reason) => {
                self.finish(
                    id,
                    Outcome::NotSent {
                        reason: reason.to_owned(),
                    },
                );
                return true;
            }
        };
        let at = (self.options.now)();
        let mut signature = whatsapp::signature::sign(&secret, text.as_bytes());
        if !properly_signed {
            signature = whatsapp::signature::sign(&secret, b"another body");
        }
        let answer = self.post(&callback, text.into_bytes(), Some(signature)).await;
        let arrived = matches!(answer, Answer::Http { status: 200, .. });
        self.change(|world| {
            world.deliveries[id.0].attempts.push(Attempt {
                at,
                callback,
                properly_signed,
                answer,
            });
        });
        if arrived {
            self.finish(id, Outcome::Arrived);
        }
        arrived
    }

    /// Posts a body as Meta does.
    pub(crate) async fn post(&self, callback: &Url, body: Vec<u8>, signature: Option<String>) -> Answer {
        let mut request = self
            .http
            .post(callback.clone())
            .header("content-type", "application/json")
            .timeout(ANSWER_WITHIN)
            .body(body);
        if let Some(signature) = signature {
            request = request.header("x-hub-signature-256", signature);
        }
        let answer = async {
            let response = request.send().await?;
            let status = response.status().as_u16();
            let body = response.text().await?.chars().take(KEPT_ANSWER).collect();
            Ok::<_, reqwest::Error>(Answer::Http { status, body })
        };
        match answer.await {
            Ok(answer) => answer,
            Err(error) if error.is_timeout() => Answer::TimedOut,
            Err(error) => Answer::NoConnection {
                reason: format!("{:#}", anyhow::Error::from(error)),
            },
        }
    }

    fn finish(&self, id: DeliveryId, outcome: Outcome) {
        tracing::debug!(delivery = id.0, ?outcome, "webhook delivery finished");
        self.change(|world| {
            world.pending -= 1;
            world.deliveries[id.0].outcome = outcome;
        });
    }
}

async fn run_lane(shared: Arc<Shared>, mut queue: mpsc::UnboundedReceiver<Queued>) {
    let mut held: Option<Queued> = None;
    loop {
        let next = match &held {
            None => queue.recv().await,
            Some(_) => timeout(REORDER_PATIENCE, queue.recv()).await.unwrap_or(None),
        };
        match next {
            Some(queued) if held.is_none() && queued.fault == Some(WebhookFault::Reorder) => {
                held = Some(queued);
                continue;
            }
            Some(queued) => begin(&shared, queued).await,
            None if held.is_none() => return,
            None => {}
        }
        if let Some(queued) = held.take() {
            begin(&shared, queued).await;
        }
    }
}

/// Starts a delivery and waits for its first answer before the lane continues.
async fn begin(shared: &Arc<Shared>, queued: Queued) {
    let late = matches!(queued.fault, Some(WebhookFault::Delay { .. }));
    let (answered, first_answer) = oneshot::channel();
    shared.spawn(carry(Arc::clone(shared), queued, answered));
    if !late {
        let _ = timeout(ORDER_PATIENCE, first_answer).await;
    }
}

async fn carry(shared: Arc<Shared>, queued: Queued, answered: oneshot::Sender<()>) {
    if let Some(WebhookFault::Delay { ms }) = queued.fault {
        sleep(Duration::from_millis(ms)).await;
    }
    let properly_signed = queued.fault != Some(WebhookFault::BadSignature);
    let finished = shared.attempt(queued.delivery, properly_signed).await;
    let _ = answered.send(());
    if finished {
        return;
    }
    for wait in &shared.options.retry.waits {
        sleep(*wait).await;
        if shared.attempt(queued.delivery, true).await {
            return;
        }
    }
    shared.finish(queued.delivery, Outcome::GivenUp);
}
