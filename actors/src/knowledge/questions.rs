//! The vectors of the latest questions. A brief is looked up again only while its text is written anew, so there is no use
//! in keeping its vector for good, as those of what is known are kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clara_domain::knowledge::NoteHash;

/// More briefs than are written at a time.
const MOST: usize = 256;

/// See the module.
#[derive(Default)]
pub(super) struct Questions(Mutex<VecDeque<(NoteHash, Arc<[f32]>)>>);

impl Questions {
    pub(super) fn get(&self, text: NoteHash) -> Option<Arc<[f32]>> {
        let latest = self.lock();
        let mut found = latest.iter().filter(|(key, _)| *key == text);
        found.next().map(|(_, vector)| vector.clone())
    }

    pub(super) fn put(&self, text: NoteHash, vector: Arc<[f32]>) {
        let mut latest = self.lock();
        latest.retain(|(key, _)| *key != text);
        latest.push_front((text, vector));
        latest.truncate(MOST);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(NoteHash, Arc<[f32]>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_are_kept() {
        let questions = Questions::default();
        let key = |number: usize| NoteHash::of(&number.to_string());
        for number in 0..=MOST {
            questions.put(key(number), Arc::from([number as f32]));
        }
        assert_eq!(questions.get(key(0)), None);
        assert_eq!(questions.get(key(1)).as_deref(), Some(&[1.0][..]));
        questions.put(key(1), Arc::from([0.5]));
        assert_eq!(questions.get(key(1)).as_deref(), Some(&[0.5][..]));
    }
}
