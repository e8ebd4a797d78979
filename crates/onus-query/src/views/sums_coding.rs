//! Sums by day as bytes, and back: first how many incidents began on which day, so that days which nobody asks for are
//! passed over.

use super::coding::{byte, fixed, take_number, take_text, text};
use crate::figures::{DaySums, Figure, Figures, Group, Met, Metric, Sums};
use onus_core::ids::{AgencyId, Token};
use onus_core::time::{LocalDate, Timestamp};
use onus_core::vocabulary::{AgeBand, Strand};

/// The sums of one agency and date, as far as they were read.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) owner: AgencyId,
    pub(super) date: LocalDate,
    /// Of all days.
    pub(super) incidents: u64,
    pub(super) sums: Sums,
}

pub(super) fn put(owner: &AgencyId, date: LocalDate, sums: &Sums) -> Vec<u8> {
    let mut out = Vec::new();
    text(&mut out, &owner.to_string());
    out.extend(date.days_since_1970().to_le_bytes());
    count(&mut out, sums.days.len());
    for (day, sums) in &sums.days {
        let mut body = Vec::new();
        put_day(&mut body, sums);
        out.extend(day.days_since_1970().to_le_bytes());
        out.extend(sums.incidents.to_le_bytes());
        count(&mut out, body.len());
        out.extend(body);
    }
    out
}

fn put_day(out: &mut Vec<u8>, sums: &DaySums) {
    out.extend(sums.officers_assumed.to_le_bytes());
    count(out, sums.policies.len());
    sums.policies.iter().for_each(|policy| text(out, policy));
    count(out, sums.strands.len());
    for (strand, group) in &sums.strands {
        byte(out, strand.map(Strand::number));
        put_group(out, group);
    }
    count(out, sums.ages.len());
    for (age_band, group) in &sums.ages {
        byte(out, age_band.map(AgeBand::number));
        put_group(out, group);
    }
    count(out, sums.met.len());
    for met in &sums.met {
        out.extend(met.began.as_us().to_le_bytes());
        byte(out, met.strand.map(Strand::number));
        byte(out, met.age_band.map(AgeBand::number));
        let has = [met.counts, met.subject.is_some(), met.location.is_some()];
        out.push(has.iter().fold(0, |bits, has| bits << 1 | u8::from(*has)));
        [met.subject, met.location].iter().flatten().for_each(|token| out.extend(token.as_bytes()));
    }
}

fn put_group(out: &mut Vec<u8>, group: &Group) {
    count(out, group.unowned.len());
    for (since, before_us) in &group.unowned {
        out.extend(since.as_us().to_le_bytes());
        out.extend(before_us.to_le_bytes());
    }
    let nothing = Figure::default();
    let some: Vec<(usize, &Figure)> =
        group.figures.iter().map(|(_, figure)| figure).enumerate().filter(|(_, f)| **f != nothing).collect();
    count(out, some.len());
    for (place, figure) in some {
        out.push(u8::try_from(place).unwrap_or(u8::MAX));
        for number in [figure.hits, figure.of, figure.excluded, figure.never_carried] {
            out.extend(number.to_le_bytes());
        }
        out.extend(figure.total_us.to_le_bytes());
        count(out, figure.times_us().len());
        figure.times_us().iter().for_each(|us| out.extend(us.to_le_bytes()));
    }
}

fn count(out: &mut Vec<u8>, count: usize) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

/// Takes the days that are needed; `None` if the bytes are no sums.
pub(super) fn take(mut bytes: &[u8], needed: &dyn Fn(LocalDate) -> bool) -> Option<Taken> {
    let bytes = &mut bytes;
    let owner = AgencyId::parse(take_text(bytes)?)?;
    let date = day(bytes)?;
    let mut taken = Taken { owner, date, incidents: 0, sums: Sums::default() };
    for _ in 0..take_count(bytes)? {
        let day = day(bytes)?;
        let incidents = u32::from_le_bytes(fixed(bytes)?);
        taken.incidents += u64::from(incidents);
        let length = take_count(bytes)?;
        let (mut body, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        if needed(day) {
            let sums = take_day(&mut body, incidents)?;
            taken.sums.days.insert(day, sums);
        }
    }
    Some(taken)
}

fn take_day(bytes: &mut &[u8], incidents: u32) -> Option<DaySums> {
    let mut sums =
        DaySums { incidents, officers_assumed: u32::from_le_bytes(fixed(bytes)?), ..DaySums::default() };
    for _ in 0..take_count(bytes)? {
        sums.policies.insert(take_text(bytes)?.to_owned());
    }
    for _ in 0..take_count(bytes)? {
        let strand = take_number(bytes, Strand::ALL)?;
        sums.strands.insert(strand, take_group(bytes)?);
    }
    for _ in 0..take_count(bytes)? {
        let age_band = take_number(bytes, AgeBand::ALL)?;
        sums.ages.insert(age_band, take_group(bytes)?);
    }
    for _ in 0..take_count(bytes)? {
        sums.met.push(take_met(bytes)?);
    }
    Some(sums)
}

fn take_met(bytes: &mut &[u8]) -> Option<Met> {
    let began = time(bytes)?;
    let strand = take_number(bytes, Strand::ALL)?;
    let age_band = take_number(bytes, AgeBand::ALL)?;
    let [has] = fixed(bytes)?;
    let mut token = |bit: u8| match has & bit {
        0 => Some(None),
        _ => fixed(bytes).map(|token| Some(Token::from_bytes(token))),
    };
    let (subject, location) = (token(2)?, token(1)?);
    Some(Met { began, subject, location, strand, age_band, counts: has & 4 != 0 })
}

fn take_group(bytes: &mut &[u8]) -> Option<Group> {
    let mut group = Group::default();
    for _ in 0..take_count(bytes)? {
        group.unowned.push((time(bytes)?, i64::from_le_bytes(fixed(bytes)?)));
    }
    let mut figures = vec![Figure::default(); Metric::ALL.len()];
    for _ in 0..take_count(bytes)? {
        let [place] = fixed(bytes)?;
        let figure = figures.get_mut(usize::from(place))?;
        figure.hits = u64::from_le_bytes(fixed(bytes)?);
        figure.of = u64::from_le_bytes(fixed(bytes)?);
        figure.excluded = u64::from_le_bytes(fixed(bytes)?);
        figure.never_carried = u64::from_le_bytes(fixed(bytes)?);
        figure.total_us = i128::from_le_bytes(fixed(bytes)?);
        let times = (0..take_count(bytes)?).map(|_| fixed(bytes).map(i64::from_le_bytes));
        figure.set_times_us(times.collect::<Option<_>>()?);
    }
    group.figures = Figures::of_each(figures);
    Some(group)
}

fn take_count(bytes: &mut &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(fixed(bytes)?)).ok()
}

fn day(bytes: &mut &[u8]) -> Option<LocalDate> {
    LocalDate::from_days(i32::from_le_bytes(fixed(bytes)?))
}

fn time(bytes: &mut &[u8]) -> Option<Timestamp> {
    Timestamp::from_us(i64::from_le_bytes(fixed(bytes)?))
}
