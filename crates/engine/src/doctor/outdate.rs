//! A change that makes what is being found out untrue.

use crate::transaction::Transaction;

/// Findings that are being gathered while this change is made count for nothing, whenever their examination ends.
pub(super) fn running_examinations(tx: &Transaction) {
    tx.engine().doctor_schedule.outdate();
    tx.then(|engine| engine.doctor_schedule.outdate());
}
