//! An open incident with its needs as bytes, and back. Private to the views, as [`coding`](super::coding) says.

use super::coding::{fixed, put_incident, take_incident, take_text, text};
use crate::flags::{Code, Deadline, JudgedOn, Severity};
use crate::needs::{Need, OpenIncident};
use onus_core::ids::AgencyId;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;

/// Appends an open incident.
pub(super) fn put(out: &mut Vec<u8>, open: &OpenIncident) {
    put_incident(out, &open.incident);
    out.extend(open.began.as_us().to_le_bytes());
    out.extend(open.last.as_us().to_le_bytes());
    out.extend(open.entries.to_le_bytes());
    out.push(u8::from(open.is_open));
    list(out, &open.holders, |out, agency| text(out, &agency.to_string()));
    list(out, &open.needs, put_need);
}

fn put_need(out: &mut Vec<u8>, need: &Need) {
    out.extend(need.due.at.as_us().to_le_bytes());
    text(out, &need.due.who.to_string());
    out.push(need.code.number());
    text(out, need.severity.as_str());
    out.extend(need.seq.get().to_le_bytes());
    match &need.account {
        JudgedOn::Established => text(out, ""),
        JudgedOn::Agency(agency) => text(out, &agency.to_string()),
    }
    text(out, &need.due.act);
}

fn list<T>(out: &mut Vec<u8>, items: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    out.extend(u32::try_from(items.len()).unwrap_or(u32::MAX).to_le_bytes());
    for item in items {
        put(out, item);
    }
}

/// Takes an open incident off the front; `None` if the bytes are none.
pub(super) fn take(bytes: &mut &[u8]) -> Option<OpenIncident> {
    let incident = take_incident(bytes)?;
    let began = take_time(bytes)?;
    let last = take_time(bytes)?;
    let entries = u64::from_le_bytes(fixed(bytes)?);
    let [is_open] = fixed(bytes)?;
    let holders = take_list(bytes, |bytes| AgencyId::parse(take_text(bytes)?))?;
    let needs = take_list(bytes, take_need)?;
    Some(OpenIncident { incident, began, last, entries, is_open: is_open == 1, holders, needs })
}

fn take_need(bytes: &mut &[u8]) -> Option<Need> {
    let at = take_time(bytes)?;
    let who = AgencyId::parse(take_text(bytes)?)?;
    let [code] = fixed(bytes)?;
    let severity = Severity::parse(take_text(bytes)?)?;
    let seq = Seq::new(u64::from_le_bytes(fixed(bytes)?));
    let account = match take_text(bytes)? {
        "" => JudgedOn::Established,
        agency => JudgedOn::Agency(AgencyId::parse(agency)?),
    };
    let act = take_text(bytes)?.to_owned();
    Some(Need { due: Deadline { at, who, act }, code: Code::of_number(code)?, severity, seq, account })
}

fn take_time(bytes: &mut &[u8]) -> Option<Timestamp> {
    Timestamp::from_us(i64::from_le_bytes(fixed(bytes)?))
}

fn take_list<T>(bytes: &mut &[u8], mut take: impl FnMut(&mut &[u8]) -> Option<T>) -> Option<Vec<T>> {
    let count = u32::from_le_bytes(fixed(bytes)?);
    (0..count).map(|_| take(bytes)).collect()
}
