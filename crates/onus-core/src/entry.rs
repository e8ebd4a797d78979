//! An entry: the exact bytes that are hashed. A head of 28 bytes that only the writer can fill, then
//! the common record and the body (`docs/format.md` §4).
//!
//! Hashes are taken over these bytes as stored, never over a re-encoding.

use crate::codec::{self, DecodeError};
use crate::ids::{EventId, Incident, IncidentKey};
use crate::limits::{ENTRY_BYTES_MAX, ENTRY_HEAD_BYTES, RECORD_BYTES_MAX};
use crate::seq::Seq;
use crate::time::Timestamp;

/// The version byte: fixes the head and the common record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryVersion {
    /// `submitted_by` names an agency and a channel.
    One,
    /// `submitted_by` names the operator as well.
    Two,
    /// `source` says whether the event is told again.
    Three,
}

impl EntryVersion {
    /// Every version that this release reads, the oldest first.
    pub const ALL: [Self; 3] = [Self::One, Self::Two, Self::Three];
    /// The version that this release writes.
    pub const CURRENT: Self = Self::Three;

    /// The byte.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
        }
    }

    /// The version of that byte.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            3 => Some(Self::Three),
            _ => None,
        }
    }
}

/// The codec byte: bincode 1.3.3 `DefaultOptions`.
pub const CODEC_BINCODE: u8 = 1;

/// What stands before every common record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryHead {
    /// How head and common record are written.
    pub version: EntryVersion,
    /// The event type's number: assigned once, never reused.
    pub kind: u16,
    /// The version of that kind's body.
    pub schema: u16,
    /// The place in the ledger, from 0.
    pub seq: Seq,
    /// The ledger's clock.
    pub recorded_at: Timestamp,
    /// 1, 2, 3 … within the incident; 0 for ledger-wide events.
    pub incident_version: u32,
}

impl EntryHead {
    /// The head as it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; ENTRY_HEAD_BYTES] {
        let [k0, k1] = self.kind.to_le_bytes();
        let [s0, s1] = self.schema.to_le_bytes();
        let [q0, q1, q2, q3, q4, q5, q6, q7] = self.seq.get().to_le_bytes();
        let [t0, t1, t2, t3, t4, t5, t6, t7] = self.recorded_at.as_us().to_le_bytes();
        let [v0, v1, v2, v3] = self.incident_version.to_le_bytes();
        #[rustfmt::skip]
        let bytes = [
            self.version.number(), CODEC_BINCODE, k0, k1, s0, s1, 0, 0,
            q0, q1, q2, q3, q4, q5, q6, q7,
            t0, t1, t2, t3, t4, t5, t6, t7,
            v0, v1, v2, v3,
        ];
        bytes
    }

    /// Reads the head of an entry and returns it with the record that follows.
    pub fn parse(entry: &[u8]) -> Result<(Self, &[u8]), DecodeError> {
        if entry.len() > ENTRY_BYTES_MAX {
            return Err(DecodeError::TooLong);
        }
        let (head, record) = entry.split_first_chunk::<ENTRY_HEAD_BYTES>().ok_or(DecodeError::Truncated)?;
        let [
            version,
            codec,
            k0,
            k1,
            s0,
            s1,
            r0,
            r1,
            q0,
            q1,
            q2,
            q3,
            q4,
            q5,
            q6,
            q7,
            t0,
            t1,
            t2,
            t3,
            t4,
            t5,
            t6,
            t7,
            v0,
            v1,
            v2,
            v3,
        ] = *head;
        let version = EntryVersion::from_number(version).ok_or(DecodeError::UnknownVersion)?;
        if codec != CODEC_BINCODE {
            return Err(DecodeError::UnknownCodec);
        }
        if [r0, r1] != [0, 0] {
            return Err(DecodeError::ReservedNotZero);
        }
        let recorded_at = i64::from_le_bytes([t0, t1, t2, t3, t4, t5, t6, t7]);
        let head = Self {
            version,
            kind: u16::from_le_bytes([k0, k1]),
            schema: u16::from_le_bytes([s0, s1]),
            seq: Seq::new(u64::from_le_bytes([q0, q1, q2, q3, q4, q5, q6, q7])),
            recorded_at: Timestamp::from_us(recorded_at).ok_or(DecodeError::Malformed)?,
            incident_version: u32::from_le_bytes([v0, v1, v2, v3]),
        };
        Ok((head, record))
    }
}

/// Who chose an event's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdOrigin {
    /// The source did: the event can be retried.
    Source,
    /// The software did, at random, just now: there is nothing to retry.
    Software,
}

/// An event that was checked, sealed and encoded on its caller's thread and waits for its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedEvent {
    kind: u16,
    schema: u16,
    event_id: EventId,
    incident: IncidentKey,
    id_origin: IdOrigin,
    record: Vec<u8>,
}

impl EncodedEvent {
    /// Of its parts; `None` if the record is over `RECORD_BYTES_MAX`. Only the codec makes one.
    pub(crate) fn new(
        (kind, schema): (u16, u16),
        event_id: EventId,
        incident: IncidentKey,
        id_origin: IdOrigin,
        record: Vec<u8>,
    ) -> Option<Self> {
        (record.len() <= RECORD_BYTES_MAX).then_some(Self {
            kind,
            schema,
            event_id,
            incident,
            id_origin,
            record,
        })
    }

    /// The event type's number.
    #[must_use]
    pub fn kind(&self) -> u16 {
        self.kind
    }

    /// The version of the body.
    #[must_use]
    pub fn schema(&self) -> u16 {
        self.schema
    }

    /// The head of the entry that it becomes: of the version that this release writes.
    #[must_use]
    pub fn head(&self, seq: Seq, recorded_at: Timestamp, incident_version: u32) -> EntryHead {
        let (version, kind, schema) = (EntryVersion::CURRENT, self.kind, self.schema);
        EntryHead { version, kind, schema, seq, recorded_at, incident_version }
    }

    /// Its name within the incident.
    #[must_use]
    pub fn event_id(&self) -> EventId {
        self.event_id
    }

    /// The incident it belongs to, or the ledger as a whole.
    #[must_use]
    pub fn incident(&self) -> &IncidentKey {
        &self.incident
    }

    /// Who chose its id.
    #[must_use]
    pub fn id_origin(&self) -> IdOrigin {
        self.id_origin
    }

    /// Common record and body, as they will be stored.
    #[must_use]
    pub fn record(&self) -> &[u8] {
        &self.record
    }
}

/// What the log needs to know of an entry, without decoding its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryOutline {
    /// The head.
    pub head: EntryHead,
    /// The event's name.
    pub event_id: EventId,
    /// Its incident, if it is not ledger-wide.
    pub incident: Option<Incident>,
}

impl EntryOutline {
    /// Reads head, event id and incident. The rest of the record is not looked at, so this works for
    /// kinds that this release does not know.
    pub fn parse(entry: &[u8]) -> Result<Self, DecodeError> {
        let (head, record) = EntryHead::parse(entry)?;
        let (event_id, incident) = codec::decode_outline(record)?;
        Ok(Self { head, event_id, incident })
    }

    /// The incident's key, empty for ledger-wide events.
    #[must_use]
    pub fn incident_key(&self) -> IncidentKey {
        self.incident.as_ref().map_or_else(IncidentKey::ledger_wide, Incident::key)
    }
}
