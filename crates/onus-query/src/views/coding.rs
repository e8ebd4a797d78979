//! A row as bytes, and back. The bytes are derived and private to the views: a change of form is a new
//! [`SCHEMA`](super::SCHEMA), and everything is folded again.

use crate::figures::Row;
use crate::never_carried::NeverCarried;
use onus_core::code::IncidentNumber;
use onus_core::ids::{AgencyId, Incident, Token};
use onus_core::kinds::Kind;
use onus_core::time::{LocalDate, Timestamp};
use onus_core::vocabulary::{AgeBand, Strand};

/// Appends a row.
pub(super) fn put(out: &mut Vec<u8>, row: &Row) {
    put_incident(out, &row.incident);
    out.extend(row.began.as_us().to_le_bytes());
    out.extend(row.day.days_since_1970().to_le_bytes());
    byte(out, row.strand.map(Strand::number));
    byte(out, row.age_band.map(AgeBand::number));
    let answers = [
        row.attended,
        row.sent,
        row.police_arrived,
        row.declined,
        row.onward_owner,
        row.place_of_safety,
        row.police_sent,
        row.officers_stated,
    ];
    out.push(answers.iter().fold(0, |bits, answer| bits << 1 | u8::from(*answer)));
    let more = [
        row.contacted,
        row.contact_day_only,
        row.graded,
        row.target_met.is_some(),
        row.target_met == Some(true),
        row.deferred,
        row.refused,
    ];
    out.push(more.iter().fold(0, |bits, answer| bits << 1 | u8::from(*answer)));
    out.extend(row.unowned_us.to_le_bytes());
    for time in [
        row.unowned_since.map(Timestamp::as_us),
        row.decided.map(Timestamp::as_us),
        row.arrival_us,
        row.contact_us,
        row.handover_us,
        row.release_us,
        row.adverse_us,
        row.officer_us,
    ] {
        out.push(u8::from(time.is_some()));
        out.extend(time.unwrap_or_default().to_le_bytes());
    }
    for count in [row.escalated, row.overturned, row.help_added, row.help_withdrawn] {
        out.extend(count.to_le_bytes());
    }
    for token in [row.subject, row.location] {
        out.push(u8::from(token.is_some()));
        out.extend(token.as_ref().map_or([0; 16], |token| *token.as_bytes()));
    }
    out.push(u8::try_from(row.policies.len()).unwrap_or(u8::MAX));
    row.policies.iter().take(usize::from(u8::MAX)).for_each(|policy| text(out, policy));
    let never = row.never_carried.kinds();
    out.push(u8::try_from(never.len()).unwrap_or(u8::MAX));
    never.iter().take(usize::from(u8::MAX)).for_each(|kind| out.extend(kind.number().to_le_bytes()));
}

pub(super) fn put_incident(out: &mut Vec<u8>, incident: &Incident) {
    text(out, &incident.owner.to_string());
    out.extend(incident.date.days_since_1970().to_le_bytes());
    text(out, incident.number.as_str());
}

/// Every code of a row is shorter than 256 bytes.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes().get(..text.len().min(255)).unwrap_or_default();
    out.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
    out.extend(bytes);
}

pub(super) fn byte(out: &mut Vec<u8>, number: Option<u8>) {
    out.push(number.unwrap_or(u8::MAX));
}

/// Takes a row off the front; `None` if the bytes are no row.
pub(super) fn take(bytes: &mut &[u8]) -> Option<Row> {
    let incident = take_incident(bytes)?;
    let began = Timestamp::from_us(i64::from_le_bytes(fixed(bytes)?))?;
    let day = LocalDate::from_days(i32::from_le_bytes(fixed(bytes)?))?;
    let strand = take_number(bytes, Strand::ALL)?;
    let age_band = take_number(bytes, AgeBand::ALL)?;
    let [answers] = fixed(bytes)?;
    let answer = |place: u8| answers >> (7 - place) & 1 == 1;
    let [more] = fixed(bytes)?;
    let further = |place: u8| more >> (6 - place) & 1 == 1;
    let unowned_us = i64::from_le_bytes(fixed(bytes)?);
    let mut time = || -> Option<Option<i64>> {
        let [is_some] = fixed(bytes)?;
        let us = i64::from_le_bytes(fixed(bytes)?);
        Some((is_some == 1).then_some(us))
    };
    let (unowned_since, decided) = (time()?, time()?);
    let (arrival_us, contact_us) = (time()?, time()?);
    let (handover_us, release_us) = (time()?, time()?);
    let (adverse_us, officer_us) = (time()?, time()?);
    let mut number = || fixed(bytes).map(u32::from_le_bytes);
    let (escalated, overturned) = (number()?, number()?);
    let (help_added, help_withdrawn) = (number()?, number()?);
    let mut token = || -> Option<Option<Token>> {
        let [is_some] = fixed(bytes)?;
        let token = Token::from_bytes(fixed(bytes)?);
        Some((is_some == 1).then_some(token))
    };
    let (subject, location) = (token()?, token()?);
    let [count] = fixed(bytes)?;
    let policies = (0..count).map(|_| take_text(bytes).map(str::to_owned)).collect::<Option<_>>()?;
    let [count] = fixed(bytes)?;
    let never_carried = (0..count).map(|_| fixed(bytes).map(u16::from_le_bytes).and_then(Kind::from_number));
    let never_carried = NeverCarried::of_kinds(never_carried.collect::<Option<_>>()?);
    Some(Row {
        incident,
        began,
        day,
        strand,
        age_band,
        attended: answer(0),
        sent: answer(1),
        arrival_us,
        contacted: further(0),
        contact_us,
        contact_day_only: further(1),
        graded: further(2),
        target_met: further(3).then_some(further(4)),
        police_arrived: answer(2),
        declined: answer(3),
        deferred: further(5),
        refused: further(6),
        onward_owner: answer(4),
        unowned_us,
        unowned_since: unowned_since.and_then(Timestamp::from_us),
        handover_us,
        release_us,
        place_of_safety: answer(5),
        escalated,
        overturned,
        help_added,
        help_withdrawn,
        decided: decided.and_then(Timestamp::from_us),
        adverse_us,
        police_sent: answer(6),
        officer_us,
        officers_stated: answer(7),
        subject,
        location,
        policies,
        never_carried,
    })
}

pub(super) fn take_incident(bytes: &mut &[u8]) -> Option<Incident> {
    let owner = AgencyId::parse(take_text(bytes)?)?;
    let date = LocalDate::from_days(i32::from_le_bytes(fixed(bytes)?))?;
    Some(Incident { owner, date, number: IncidentNumber::new(take_text(bytes)?)? })
}

pub(super) fn fixed<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}

pub(super) fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let [len] = fixed(bytes)?;
    let (text, rest) = bytes.split_at_checked(usize::from(len))?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

#[expect(clippy::option_option, reason = "the outer one is damage, the inner one a value that is not there")]
pub(super) fn take_number<T: Copy>(bytes: &mut &[u8], all: &[T]) -> Option<Option<T>> {
    match fixed(bytes)? {
        [u8::MAX] => Some(None),
        [number] => all.get(usize::from(number)).map(|value| Some(*value)),
    }
}
