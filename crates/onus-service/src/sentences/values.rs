//! The words for values that sentences of several kinds share: grades, facets, spans, moments, codes.

use crate::labels::words;
use onus_core::code::Code;
use onus_core::model::{Grade, Interval, Moment};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, GradeLevel};

/// The force's own label where it has one, which is what the room knows the grade by.
pub(super) fn grade(grade: &Grade) -> String {
    let label = match (&grade.local_code, grade.level) {
        (Some(code), _) => code.to_string(),
        (None, GradeLevel::Other) => "recorded as 'other'".into(),
        (None, GradeLevel::ResolvedWithoutDeployment) => "to be resolved without deployment".into(),
        (None, level) => words(level.as_str()),
    };
    // Where nobody is sent there is nothing to arrive in time.
    let target = grade.target_minutes.filter(|_| grade.level != GradeLevel::ResolvedWithoutDeployment);
    let target = target.map(|minutes| format!(" ({})", minutes_words(minutes))).unwrap_or_default();
    format!("{label}{target}")
}

pub(super) fn minutes_words(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// A facet on a page. Custody is named for what it also is where no police hold it: a person held under a power.
#[must_use]
pub fn facet(facet: Facet) -> String {
    match facet {
        Facet::Custody => "custody or detention".into(),
        facet => words(facet.as_str()),
    }
}

/// A facet within a sentence.
pub(super) fn the_facet(value: Facet) -> String {
    match value {
        Facet::Contact => "contact with the caller".into(),
        Facet::Response | Facet::FollowUp => format!("the {}", facet(value)),
        value => facet(value),
    }
}

/// A handover, and of what: `None` where no facet is named.
pub(super) fn handover_of(facets: &[Facet]) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for facet in facets {
        let name = format!("of {}", the_facet(*facet));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let (last, others) = names.split_last()?;
    Some(match others {
        [] => format!("a handover {last}"),
        others => format!("a handover {} and {last}", others.join(", ")),
    })
}

/// From when to when, beside the time of the entry that says so.
pub(super) fn interval(interval: &Interval, beside: Timestamp) -> String {
    let from = interval.from.london_beside(beside);
    match interval.to {
        // One day is enough for both.
        Some(to) if to.london_day() == interval.from.london_day() => {
            format!("from {} to {}", interval.from.london_beside(to), to.london_beside(beside))
        }
        Some(to) => format!("from {from} to {}", to.london_beside(beside)),
        None => format!("from {from} on"),
    }
}

/// The span within which something happened; `None` where its margin of error is not recorded.
pub(crate) fn window(moment: &Moment) -> Option<(Timestamp, Timestamp)> {
    let margin_us = i64::from(moment.uncertainty_s?) * 1_000_000;
    Some((moment.at.plus_us(-margin_us), moment.at.plus_us(margin_us)))
}

/// `between 02:00 and 12:00`.
pub(super) fn between(span: &Interval, beside: Timestamp) -> String {
    interval(span, beside).replacen("from ", "between ", 1).replacen(" to ", " and ", 1)
}

/// When, as exactly as is stated and no more.
pub(super) fn moment(moment: &Moment, beside: Timestamp) -> String {
    match window(moment) {
        None => format!("at {} (precision not recorded)", moment.at.london_beside(beside)),
        Some((from, to)) if from == to => format!("at {}", from.london_beside(beside)),
        Some((from, to)) => between(&Interval { from, to: Some(to) }, beside),
    }
}

/// An agency's own code in words: `concern-for-welfare` as `concern for welfare`; one with figures in it as it is.
pub(super) fn code(code: &Code) -> String {
    let text = code.to_string();
    let is_words = text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    if is_words { text.replace('-', " ") } else { text }
}
