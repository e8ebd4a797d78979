//! A ledger in which one offer after another is answered with a note, and each note is another thing than it should
//! be, but for those that count. Texts and signatures are made here, by none of the code that is tested.

use crate::setting::{DISPUTE, INCIDENT, ORIGIN, Setting, TestKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use onus_core::bytes::NoteBytes;
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::seq::Seq;
use onus_core::vocabulary::{Facet, KeyPurpose, Role};
use onus_proof::Hash;
use onus_query::handover::{CounterSignature, Unsigned};
use onus_testkit::events::incident;
use sha2::{Digest as _, Sha256};

const RECEIVER: &str = "mh_trust:RV5";
const ELSEWHERE: &str = "other.example/ledger";
const AT: &str = "2024-06-12T15:00:00+01:00";

/// How a note differs from the one that counts.
enum Change {
    Nothing,
    /// Fields with other values, signed so.
    Fields(&'static [(&'static str, &'static str)]),
    /// The same, and the offer's entry with it.
    WithEntry(&'static [(&'static str, &'static str)]),
    /// Signed with another key.
    Key(&'static str),
    /// Changed after it was signed.
    After(&'static str, &'static str),
    /// Something else altogether.
    Instead(&'static str),
}

/// What each note is, and what it is worth.
fn table() -> [(&'static str, Change, CounterSignature); 15] {
    use Change::{After, Fields, Instead, Key, Nothing, WithEntry};
    let signed = |in_origin: Option<&str>| CounterSignature::Signed {
        by: AgencyId::parse(RECEIVER).unwrap(),
        in_origin: in_origin.map(|origin| onus_core::code::Origin::new(origin).unwrap()),
    };
    let alone = CounterSignature::Alone;
    let zeros = &[("entry-sha256", "0000000000000000000000000000000000000000000000000000000000000000")];
    [
        ("as it should be", Nothing, signed(None)),
        ("with its entry", WithEntry(&[]), signed(None)),
        ("under a key that was never registered", Key("stranger"), alone(Unsigned::UnknownKey)),
        ("under a key that was revoked before", Key("old"), alone(Unsigned::KeyRevoked)),
        ("over another entry", Fields(zeros), alone(Unsigned::OtherOffer)),
        ("of another reference", Fields(&[("reference", "RV5-2")]), alone(Unsigned::OtherAnswer)),
        (
            "of another time",
            Fields(&[("time", "2024-06-12T15:00:00.000001+01:00")]),
            alone(Unsigned::OtherAnswer),
        ),
        (
            "of a time spelt otherwise",
            Fields(&[("time", "2024-06-12T14:00:00+00:00")]),
            alone(Unsigned::NotANote),
        ),
        ("of a refusal", Fields(&[("answer", "refused")]), alone(Unsigned::OtherAnswer)),
        ("of more facets", Fields(&[("facets", "custody,care")]), alone(Unsigned::OtherOffer)),
        ("no note", Instead("accepted, signed: the ward\n"), alone(Unsigned::NotANote)),
        ("changed after it was signed", After("RV5-1", "RV5-9"), alone(Unsigned::BadSignature)),
        (
            "of an offer elsewhere, brought along",
            WithEntry(&[("origin", ELSEWHERE)]),
            signed(Some(ELSEWHERE)),
        ),
        (
            "of an offer elsewhere, not brought along",
            Fields(&[("origin", ELSEWHERE)]),
            alone(Unsigned::OfferElsewhere),
        ),
        (
            "by another agency than was asked",
            Fields(&[("by", "ambulance:las")]),
            alone(Unsigned::NotTheReceiver),
        ),
    ]
}

/// What each answer is, in the order of the ledger, and what it is worth.
pub(crate) fn answered() -> (Setting, Vec<(&'static str, CounterSignature)>) {
    use Change::{After, Fields, Instead, Key, WithEntry};
    let setting = Setting::of(DISPUTE);
    let of_receiver = format!("{RECEIVER}/handover");
    let (own, old) = (TestKey::new(&of_receiver, 1, 11), TestKey::new(&of_receiver, 1, 12));
    let stranger = TestKey::new(&of_receiver, 1, 13);
    let ambulance = TestKey::new("ambulance:las/handover", 1, 14);
    for key in [&own, &old, &ambulance] {
        setting.register(key, KeyPurpose::Handover);
    }
    setting.revoke(&old, KeyPurpose::Handover);

    let mut call = incident(INCIDENT);
    let mut told = Vec::new();
    for (name, change, worth) in table() {
        let offer = call.offered(&[Facet::Care], RECEIVER).occurred_at(AT);
        let seq = setting.append(&offer);
        let bytes = setting.ledger.read().unwrap().entry(Seq::new(seq)).unwrap().bytes().to_vec();
        let (changes, with_entry): (&[(&str, &str)], bool) = match &change {
            Fields(changes) => (changes, false),
            WithEntry(changes) => (changes, true),
            _ => (&[], false),
        };
        let entry = if with_entry { STANDARD.encode(&bytes) } else { "-".to_owned() };
        // A `Hash` is shown as its hexadecimal digits.
        let digest = Hash::from_bytes(Sha256::digest(&bytes).into()).to_string();
        let id = offer.id().to_string();
        let fields = [
            ("origin", ORIGIN),
            ("incident", INCIDENT),
            ("offer", id.as_str()),
            ("entry-sha256", digest.as_str()),
            ("facets", "care"),
            ("answer", "accepted"),
            ("by", RECEIVER),
            ("role", "nurse_in_charge"),
            ("reference", "RV5-1"),
            ("reason", "-"),
            ("time", AT),
            ("conditions-sha256", "-"),
            ("entry", entry.as_str()),
        ];
        let lines = fields.map(|(name, value)| {
            let other = changes.iter().find(|(changed, _)| *changed == name);
            format!("{name} {}\n", other.map_or(value, |(_, value)| *value))
        });
        let by = changes.iter().find(|(name, _)| *name == "by");
        let key = match &change {
            Key("old") => &old,
            Key(_) => &stranger,
            _ if by.is_some() => &ambulance,
            _ => &own,
        };
        let note = key.sign(&format!("onus/handover/v1\n{}", lines.concat()));
        let note = match change {
            After(from, to) => note.replacen(from, to, 1),
            Instead(text) => text.to_owned(),
            _ => note,
        };
        let answer = call.accepted(&offer).by(RECEIVER, Role::NurseInCharge).occurred_at(AT).with(|record| {
            if let Body::HandoverAccepted(body) = &mut record.body {
                body.by_role = Some(Role::NurseInCharge);
                body.reference = onus_core::code::Code::new("RV5-1");
                body.signed_note = NoteBytes::new(note.into_bytes());
            }
        });
        setting.append(&answer);
        told.push((name, worth));
    }
    (setting, told)
}
