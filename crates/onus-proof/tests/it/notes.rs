//! Keys, notes, checkpoints, cosignatures and statements: what is believed, and what is not.

use crate::grown::{Grown, log_key, signer, witness_key};
use onus_proof::*;

const LOG: &str = "sentinel.example/ledger";

#[test]
fn a_key_is_read_back_as_it_was_written_and_any_change_to_it_is_noticed() {
    let key = log_key(&signer(LOG, 1));
    let text = key.to_string();
    assert_eq!(text.parse(), Ok(key.clone()));

    let [name, id, typed] = text.splitn(3, '+').collect::<Vec<_>>()[..] else { panic!() };
    let refusals = [
        (format!("{name}x+{id}+{typed}"), KeyError::Id),
        (format!("{name}+00000000+{typed}"), KeyError::Id),
        (format!("{name}+{}+{typed}", id.to_uppercase() + "A"), KeyError::Id),
        (format!("{name}+{id}"), KeyError::Shape),
        (format!("{name}+{id}+{}", &typed[4..]), KeyError::Algorithm { found: 0 }),
        (format!("+{id}+{typed}"), KeyError::Name),
        (format!("two words+{id}+{typed}"), KeyError::Name),
    ];
    for (changed, refusal) in refusals {
        let found = changed.parse::<VerifierKey>().unwrap_err();
        let same = matches!(refusal, KeyError::Algorithm { .. }) || found == refusal;
        assert!(same, "{changed}: {found:?}");
    }
    assert_ne!(witness_key(&signer(LOG, 1)).id(), key.id(), "one pair has one id for each purpose");
}

#[test]
fn a_public_key_under_which_anybody_can_sign_is_refused() {
    let identity = {
        let mut point = [0; 32];
        point[0] = 1;
        point
    };
    assert_eq!(VerifierKey::new(LOG, Algorithm::Ed25519, &identity), Err(KeyError::Point));
    assert_eq!(VerifierKey::new(LOG, Algorithm::Ed25519, &[0; 32]), Err(KeyError::Point));
}

#[test]
fn a_signer_never_shows_its_secret() {
    let shown = format!("{:?}", signer(LOG, 0x41));
    assert_eq!(shown, format!("NoteSigner {{ name: {LOG:?}, .. }}"));
}

#[test]
fn a_note_changed_in_any_byte_is_malformed_or_not_believed() {
    let ours = signer(LOG, 1);
    let note = Note::sign("One line.\n\nAnother.\n", &ours).unwrap().to_string();
    let keys = [log_key(&ours)];
    assert!(Note::parse(note.as_bytes()).unwrap().verify(&keys).is_ok());

    for at in 0..note.len() {
        let mut bytes = note.clone().into_bytes();
        bytes[at] ^= 1;
        let believed = Note::parse(&bytes).is_ok_and(|note| note.verify(&keys).is_ok());
        assert!(!believed, "byte {at} changed: {}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_false_signature_of_a_known_key_refuses_the_note_even_beside_a_good_one() {
    let (ours, theirs) = (signer(LOG, 1), signer("partner.example", 2));
    let mut note = Note::sign("Text.\n", &ours).unwrap();
    let stray = Note::sign("Another text.\n", &theirs).unwrap().signatures().to_vec();
    note.add(stray).unwrap();

    let known = note.clone().verify(&[log_key(&ours), log_key(&theirs)]);
    assert!(matches!(known, Err(UntrustedNote::BadSignature { name, .. }) if name == "partner.example"));
    assert!(note.clone().verify(&[log_key(&ours)]).is_ok(), "an unknown key's signature is left alone");
    assert_eq!(note.verify(&[log_key(&signer(LOG, 9))]).unwrap_err(), UntrustedNote::NoKnownKey);
}

#[test]
fn what_cannot_be_read_back_is_never_signed() {
    for text in ["no line feed", "", "a tab\tin it\n", "a return\r\n"] {
        assert!(Note::sign(text, &signer(LOG, 1)).is_err(), "{text:?}");
    }
}

#[test]
fn more_signatures_than_the_limit_are_refused_and_repeated_lines_are_not_kept() {
    let mut note = Note::sign("Text.\n", &signer(LOG, 1)).unwrap();
    let again = note.signatures().to_vec();
    note.add(again).unwrap();
    assert_eq!(note.signatures().len(), 1);

    let many = (0..=u8::MAX).take(SIGNATURES_MAX).flat_map(|seed| {
        let signer = NoteSigner::from_seed(&format!("k{seed}"), &[seed; 32]).unwrap();
        Note::sign("Text.\n", &signer).unwrap().signatures().to_vec()
    });
    assert_eq!(note.add(many), Err(NoteError::TooManySignatures));
    assert_eq!(note.signatures().len(), 1, "a refusal changes nothing");
}

#[test]
fn a_checkpoint_is_believed_by_its_own_logs_key_alone() {
    let (ours, theirs) = (signer(LOG, 1), signer("partner.example", 2));
    let head = Grown::new(5).head(5);
    let good = Checkpoint::new(LOG, head).unwrap().sign(&ours).unwrap();
    assert_eq!(good.clone().verify(&[log_key(&ours), log_key(&theirs)]).unwrap().head(), head);

    // Another log's key, trusted for its own origin, speaks about ours.
    let usurped = Checkpoint::new(LOG, head).unwrap().sign(&theirs).unwrap();
    assert_eq!(usurped.verify(&[log_key(&ours), log_key(&theirs)]).unwrap_err(), UntrustedNote::NoKnownKey);
    // A witness of the log's name is not the log.
    assert_eq!(good.verify(&[witness_key(&ours)]).unwrap_err(), UntrustedNote::NoKnownKey);
}

#[test]
fn no_two_texts_are_one_checkpoint() {
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let good = format!("{LOG}\n0\n{root}\n");
    assert_eq!(Checkpoint::parse(&good).unwrap().to_string(), good);
    assert_eq!(Checkpoint::parse(&format!("{good}more\n")).unwrap().extensions(), ["more"]);

    for bad in [
        format!("{LOG}\n00\n{root}\n"),
        format!("{LOG}\n+0\n{root}\n"),
        format!("{LOG}\n9223372036854775808\n{root}\n"),
        format!("{LOG}\n0\n{root}"),
        format!("{LOG}\n0\n{}\n", root.trim_end_matches('=')),
        format!("{LOG}\n0\n{}\n", root.replace("FU=", "FV=")),
        format!("\n0\n{root}\n"),
        format!("{LOG}\n0\n{root}\n\n"),
        format!("{LOG}\n0\n"),
    ] {
        assert_eq!(Checkpoint::parse(&bad), Err(CheckpointError::Shape), "{bad:?}");
    }
    assert_eq!(
        Checkpoint::parse(&format!("onus/receipt/v1\n0\n{root}\n")),
        Err(CheckpointError::OtherPurpose)
    );
}

#[test]
fn a_cosignature_binds_its_time_and_is_no_plain_signature() {
    let (log, witness) = (signer(LOG, 1), signer("witness.example", 2));
    let signed = Grown::new(5).checkpoint(&log, 5);
    let verified = signed.clone().verify(&[log_key(&log)]).unwrap();
    let mut cosigned = signed.clone();
    cosigned.add([verified.cosign(&witness, 1_679_315_147)]).unwrap();

    let keys = [log_key(&log), witness_key(&witness)];
    let checked = cosigned.clone().verify(&keys).unwrap();
    let times: Vec<_> = checked.note().signers().iter().map(|signer| signer.time_s).collect();
    assert_eq!(times, [None, Some(1_679_315_147)]);

    // Backdated: the eight bytes of the time are changed.
    let line = cosigned.note().signatures()[1].to_string();
    let backdated = {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let (front, blob) = line.rsplit_once(' ').unwrap();
        let mut blob = STANDARD.decode(blob).unwrap();
        blob[11] -= 1;
        format!("{front} {}", STANDARD.encode(blob))
    };
    let changed = cosigned.to_string().replace(&line, &backdated);
    let refused = SignedCheckpoint::parse(changed.as_bytes()).unwrap().verify(&keys).unwrap_err();
    assert!(matches!(refused, UntrustedNote::BadSignature { .. }));

    // Past the greatest time the format allows.
    let mut late = signed;
    late.add([verified.cosign(&witness, 1 << 63)]).unwrap();
    assert!(late.verify(&keys).is_err());
}

#[test]
fn a_statement_is_never_a_checkpoint_nor_a_statement_for_another_purpose() {
    let statement = Statement::new("receipt").unwrap().with("origin", LOG).unwrap().with("seq", 7).unwrap();
    let text = statement.to_string();
    assert_eq!(text, format!("onus/receipt/v1\norigin {LOG}\nseq 7\n"));
    assert_eq!(Statement::parse(&text, "receipt"), Ok(statement.clone()));
    assert_eq!(statement.read::<u64>("seq"), Ok(7));
    assert!(statement.read::<u64>("origin").is_err());

    assert!(matches!(Statement::parse(&text, "handover"), Err(StatementError::OtherPurpose { .. })));
    assert!(Checkpoint::parse(&text).is_err());
    let head = Grown::new(1).head(1);
    let checkpoint = Checkpoint::new(LOG, head).unwrap().to_string();
    assert!(Statement::parse(&checkpoint, "receipt").is_err());
    assert!(Checkpoint::new("onus/receipt/v1", head).is_err());

    for bad in [
        format!("{text}seq 8\n"),
        format!("{text}\n"),
        format!("{text}Upper x\n"),
        format!("{text}bare\n"),
        text.trim_end().to_owned(),
    ] {
        assert!(Statement::parse(&bad, "receipt").is_err(), "{bad:?}");
    }
    assert!(statement.with("two", "lines\nin one").is_err());
}
