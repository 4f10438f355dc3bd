//! What conversations cost, added up from their logs.

use super::{Store, StoreError};
use crate::engine::id::ConvId;

impl Store {
    /// What the models of each of some conversations cost so far, in millionths
    /// of a dollar, in the order in which they are named. 0 where nothing has a
    /// price, and for one that is not there.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn costs(&self, conversations: &[&ConvId]) -> Result<Vec<u64>, StoreError> {
        let inner = self.inner();
        let added = || -> rusqlite::Result<Vec<u64>> {
            let mut get = inner.db.prepare_cached(
                "SELECT coalesce(sum(json_extract(envelope, '$.cost_micros')), 0) FROM event
                 WHERE conversation = ?1",
            )?;
            conversations
                .iter()
                .map(|id| get.query_row([&id.0], |row| row.get::<_, i64>(0)))
                .map(|cost| cost.map(i64::unsigned_abs))
                .collect()
        };
        added().map_err(|why| self.fail(&why))
    }
}
