//! What one call takes, noted by whoever makes it and read by whoever began it.
//!
//! A call may be made of several requests; what is certain of each is added up, and one whose answer was lost makes
//! the whole uncertain.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clara_domain::metering::{Item, Spent, Used};

/// See the module. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter(Arc<Mutex<Reading>>);

#[derive(Debug, Default)]
struct Reading {
    used: Used,
    lost: bool,
}

impl Meter {
    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something was billed.
    pub(crate) fn item(&self, item: Item) {
        self.reading().used.items.push(item);
    }

    /// An account was read.
    pub(crate) fn user(&self, id: impl ToString) {
        self.reading().used.users.push(id.to_string());
    }

    /// Posts were read.
    pub(crate) fn posts(&self, ids: impl IntoIterator<Item = impl ToString>) {
        let ids = ids.into_iter().map(|id| id.to_string());
        self.reading().used.posts.extend(ids);
    }

    /// Nobody knows what a request took.
    pub(crate) fn lost(&self) {
        self.reading().lost = true;
    }

    /// What it comes to.
    pub(crate) fn spent(&self) -> Spent {
        let reading = self.reading();
        if reading.lost {
            Spent::Unknown
        } else {
            Spent::Known(reading.used.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_lost_answer_makes_the_call_uncertain() {
        let meter = Meter::default();
        assert_eq!(meter.spent(), Spent::nothing());
        meter.clone().user("7");
        let Spent::Known(used) = meter.spent() else {
            panic!("it is known");
        };
        assert_eq!(used.users, ["7"]);
        meter.lost();
        assert_eq!(meter.spent(), Spent::Unknown);
    }
}
