//! Hands the answers of a commit to those who wait for them.
//!
//! Waking many threads takes as long as a sync. So many answers go out from a thread of their own, while the
//! writer is at the next commit; few are quicker sent at once.

use crate::writer::{Answer, Request};
use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

/// From so many on.
pub(super) const MANY: usize = 8;

type Answered = Vec<(Request, Answer)>;

/// Where answers go out.
#[derive(Debug)]
pub(super) struct Answers {
    apart: Option<(Sender<Answered>, JoinHandle<()>)>,
}

impl Answers {
    pub(super) fn new(threads: bool) -> io::Result<Self> {
        if !threads {
            return Ok(Self { apart: None });
        }
        let (sender, inbox) = channel::<Answered>();
        let run = move || inbox.into_iter().for_each(send);
        let thread = std::thread::Builder::new().name("onus-answer".into()).spawn(run)?;
        Ok(Self { apart: Some((sender, thread)) })
    }

    /// Answers each request.
    pub(super) fn give(&self, answered: Answered) {
        match &self.apart {
            Some((apart, _)) if answered.len() >= MANY => {
                if let Err(unsent) = apart.send(answered) {
                    send(unsent.0);
                }
            }
            _ => send(answered),
        }
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.apart.take() {
            drop(sender);
            // A thread that panicked has nothing left to say.
            drop(thread.join());
        }
    }
}

fn send(answered: Answered) {
    for (request, answer) in answered {
        request.answer(answer);
    }
}
