//! A change that outdates examinations under way.

use crate::transaction::Transaction;

/// Discards the findings of examinations that run while this change is made, whenever they end.
pub(super) fn running_examinations(tx: &Transaction) {
    tx.engine().doctor_schedule.outdate();
    tx.then(|engine| engine.doctor_schedule.outdate());
}
