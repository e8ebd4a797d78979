//! Which known spelling somebody may have meant.
//!
//! Promise: a hint never turns a *no* into a *yes*, nor a *yes* into a *no*: a refusal that is misspelt is never
//! suggested as an attendance.

/// The known spelling closest to what was given: one that holds it as a whole, else one that is close.
#[must_use]
pub fn nearest<'k>(known: &[&'k str], given: &str) -> Option<&'k str> {
    const GIVEN_BYTES_MAX: usize = 128;
    if given.is_empty() || given.len() > GIVEN_BYTES_MAX {
        return None;
    }
    let words = words(given);
    let folded = words.concat();
    let alike = || known.iter().copied().filter(|name| denies(name) == denies(given));
    let whole = |name: &&'k str| holds(&self::words(name), &words);
    let distance = |name: &str| strsim::damerau_levenshtein(&self::words(name).concat(), &folded);
    let close = |name: &&'k str| distance(name) <= name.len() / 3 + 1;
    let nearer = |name: &&'k str| (distance(name), *name);
    alike().filter(whole).min_by_key(nearer).or_else(|| alike().filter(close).min_by_key(nearer))
}

/// Lower-case words: `no_deploy`, `no deploy`, `NoDeploy` and `no-deploy` are the same two.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_small) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(last) = words.last_mut()
        {
            last.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a spelling holds these words, one after another.
fn holds(name: &[String], given: &[String]) -> bool {
    !given.is_empty() && name.windows(given.len()).any(|words| words == given)
}

/// Whether a spelling denies something, as far as its words show.
fn denies(text: &str) -> bool {
    const BEGINNINGS: [&str; 14] = [
        "no", "un", "dis", "never", "without", "dont", "wont", "cant", "cannot", "declin", "refus", "reject",
        "deny", "withdr",
    ];
    // The name of a line, not an answer.
    if text == "non_emergency_101" {
        return false;
    }
    words(text).iter().any(|word| BEGINNINGS.iter().any(|beginning| word.starts_with(beginning)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kind;
    use crate::vocabulary::{Attendance, ContactChannel, Informed, Judgement, VOCABULARY};

    #[test]
    fn the_nearest_known_spelling_is_named_and_only_a_near_one() {
        let known = &["no_deploy_signpost", "deploy"];
        assert_eq!(nearest(known, "no deploy signposted"), Some("no_deploy_signpost"));
        assert_eq!(nearest(known, "Deploy"), Some("deploy"));
        assert_eq!(nearest(known, "Jane Smith of 4 High Street"), None);
    }

    #[test]
    fn a_hint_never_crosses_a_negation() {
        for given in
            ["no_deploy", "no-deploy", "nodeploy", "undeploy", "not_deploy", "dont deploy", "NoDeploy"]
        {
            assert_eq!(nearest(&["deploy", "deploy_joint"], given), None, "{given}");
        }
        assert_eq!(nearest(&["no_deploy"], "deploy"), None);
        assert_eq!(nearest(Judgement::SPELLINGS, "disagreed"), Some("not_agreed"));
        assert_eq!(nearest(Informed::SPELLINGS, "notattending"), Some("not_attending"));
        assert_eq!(nearest(Attendance::SPELLINGS, "no deploy"), Some("no_deploy"));
        assert_eq!(nearest(&["HandoverAccepted"], "HandoverUnaccepted"), None);
    }

    #[test]
    fn a_spelling_with_a_denial_before_it_is_not_taken_for_the_spelling() {
        for (name, spellings) in VOCABULARY {
            for spelling in spellings.iter().filter(|spelling| !denies(spelling)) {
                for denial in ["no_", "not_", "no", "un", "non_", "never_"] {
                    let hint = nearest(spellings, &format!("{denial}{spelling}"));
                    assert_ne!(hint, Some(*spelling), "{name}: {denial}{spelling}");
                }
            }
        }
    }

    #[test]
    fn a_spelling_that_holds_the_words_given_comes_before_one_that_merely_looks_like_them() {
        assert_eq!(nearest(ContactChannel::SPELLINGS, "999"), Some("emergency_999"));
        assert_eq!(nearest(ContactChannel::SPELLINGS, "101"), Some("non_emergency_101"));
        assert_eq!(nearest(Kind::NAMES, "Closed"), Some("IncidentClosed"));
    }
}
