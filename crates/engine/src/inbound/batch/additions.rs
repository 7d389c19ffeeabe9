//! Rows that a batch only adds, and changes to rows that it never read.

use crate::{
    channels::traffic::Traffic,
    entity::{dead_letter, delivery, file, message_payload, message_status},
    receipts::waiting::Receipt,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use whatsapp::webhook::TemplateUpdate;

/// Rows that are only added, and changes to rows that were never read.
#[derive(Debug, Default)]
pub(crate) struct Additions {
    pub(super) payloads: Vec<message_payload::Model>,
    /// What replaces the payload of a call that is over.
    pub(super) calls_over: BTreeMap<Uuid, String>,
    pub(super) files: Vec<file::Model>,
    pub(super) statuses: Vec<message_status::Model>,
    pub(super) dead: Vec<dead_letter::Model>,
    /// Messages that Meta has, so that nothing is left to be sent.
    pub(super) sent: Vec<Uuid>,
    pub(super) deliveries: Vec<delivery::Model>,
    /// Sessions whose newest message has to be looked up again.
    pub(super) newest: BTreeSet<Uuid>,
    /// Dead letters whose content is applied.
    pub(super) letters_done: Vec<Uuid>,
    /// Contacts that became part of another: from, to.
    pub(super) merged: Vec<(Uuid, Uuid)>,
    /// Sessions whose messages went into another: from, to.
    pub(super) moved: Vec<(Uuid, Uuid)>,
    /// Sessions that a message has come into from another.
    pub(super) joined: BTreeSet<Uuid>,
    /// Contacts whose conversation goes on in a new session.
    pub(super) opened: BTreeSet<Uuid>,
    /// Messages that are new.
    pub(super) new: BTreeSet<Uuid>,
    pub(super) traffic: Traffic,
    /// Messages that count as read at once, each with its session.
    pub(super) receipts: Vec<(Uuid, Receipt)>,
    /// Changes of templates, by their account.
    pub(super) templates: Vec<(String, TemplateUpdate)>,
}

impl Additions {
    pub(super) fn payload(&mut self, message: Uuid, payload: &str) {
        self.payloads.push(message_payload::Model {
            message_id: message,
            payload: payload.to_owned(),
        });
    }

    /// Meta tells of a call when it begins, and again when it is over; the second tells all.
    pub(crate) fn call_over(&mut self, message: Uuid, payload: &str) {
        match self.payloads.iter_mut().find(|row| row.message_id == message) {
            Some(row) => payload.clone_into(&mut row.payload),
            None => {
                self.calls_over.insert(message, payload.to_owned());
            }
        }
    }

    pub(crate) fn file(&mut self, row: file::Model) {
        self.files.push(row);
    }

    pub(crate) fn receipt(&mut self, session: Uuid, receipt: Receipt) {
        self.receipts.push((session, receipt));
    }

    pub(crate) fn template(&mut self, waba_id: &str, update: TemplateUpdate) {
        self.templates.push((waba_id.to_owned(), update));
    }

    pub(super) fn traffic(&mut self, channel: Uuid, direction: &str, at: i64) {
        self.traffic.add(channel, direction, at);
    }

    pub(crate) fn status(&mut self, row: message_status::Model) {
        self.statuses.push(row);
    }

    pub(crate) fn dead(&mut self, row: dead_letter::Model) {
        self.dead.push(row);
    }

    pub(crate) fn sent(&mut self, message: Uuid) {
        self.sent.push(message);
    }

    pub(super) fn delivery(&mut self, row: delivery::Model) {
        self.deliveries.push(row);
    }

    pub(super) fn look_for_newest(&mut self, session: Uuid) {
        self.newest.insert(session);
    }

    pub(super) fn statuses(&self) -> &[message_status::Model] {
        &self.statuses
    }

    pub(super) fn letter_done(&mut self, letter: Uuid) {
        self.letters_done.push(letter);
    }

    pub(super) fn merged(&mut self, gone: Uuid, kept: Uuid) {
        self.merged.push((gone, kept));
    }

    pub(super) fn moved(&mut self, from: Uuid, to: Uuid) {
        self.moved.push((from, to));
    }
}
