//! The demo's folder, and in it a ledger with every key and every case.

use super::case::Case;
use super::cases::CASES;
use super::countersign;
use crate::exit::{Cause, Failure};
use crate::terminal;
use onus_core::code::Origin;
use onus_core::ids::AgencyId;
use onus_core::record::Draft;
use onus_core::stage::Asserted;
use onus_core::vocabulary::{Channel, KeyPurpose};
use onus_ledger::{Account, Caller, Identity, Ledger, Machine, NewLedger, Profiles};
use onus_proof::VerifierKey;
use onus_service::Session;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

const MARK: &str = "MADE-BY-ONUS-DEMO";
/// The page of evidence.
pub(super) const EVIDENCE: &str = "evidence.html";
pub(super) const ORIGIN: &str = "demo.onus.example/ledger";
const AGENCY: &str = "inspectorate:demo";
/// As whom the demo asks.
pub(super) const INSPECTOR: &str = "inspectorate:demo/inspector";
const WAIT: Duration = Duration::from_secs(5);

/// What the demo built.
pub(super) struct Built {
    /// The inspector's.
    pub(super) session: Session,
    /// How many events were recorded.
    pub(super) recorded: u64,
    /// By which anyone checks what the ledger signs.
    pub(super) checkpoint_key: VerifierKey,
}

/// Builds all of it. A folder of an earlier demo is built again.
pub(super) fn build(folder: &Path) -> Result<Built, Failure> {
    make_folder(folder)?;
    let agency = AgencyId::parse(AGENCY).ok_or_else(malformed)?;
    let new = NewLedger { origin: Origin::new(ORIGIN).ok_or_else(malformed)?, agency };
    let dir = folder.join("ledger");
    let owner = Session::create(Machine::this(), by(None), &dir, &new, None, WAIT)?;
    allow_all_agencies(owner.ledger(), &new.agency)?;
    name_agencies(owner.ledger())?;
    let checkpoint_key = owner.generate_key(KeyPurpose::Checkpoint)?;
    for purpose in [KeyPurpose::Manifest, KeyPurpose::Handover, KeyPurpose::Witness] {
        owner.generate_key(purpose)?;
    }
    let session = Session::new(owner.ledger().clone(), by(Some(identity(INSPECTOR)?)));
    let mut recorded = 0;
    for case in CASES {
        recorded += record(&owner, &session, &checkpoint_key, case)?;
    }
    Ok(Built { session, recorded, checkpoint_key })
}

/// An empty folder that carries the demo's mark.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    let cannot = |what: &str| {
        let what = format!("cannot {what} {}", folder.display());
        move |e: std::io::Error| Failure::new(Cause::Environment, format_args!("{what}: {e}"))
    };
    let mark = folder.join(MARK);
    if mark.is_file() {
        let names = fs::read_dir(folder).map_err(cannot("read"))?.flatten().map(|entry| entry.file_name());
        let known = [MARK, EVIDENCE, "ledger", "ledger.private"];
        if let Some(name) = names.filter(|name| known.iter().all(|known| name != known)).last() {
            let problem =
                format!("{} holds {}, which the demo did not make", folder.display(), name.display());
            return Err(Failure::new(Cause::Refused, problem)
                .hint("move it away, or name another folder: onus demo FOLDER"));
        }
        terminal::note(&format!("{} is of an earlier demo, and is built again", folder.display()));
        fs::remove_dir_all(folder).map_err(cannot("clear"))?;
    } else if folder.exists() {
        return Err(Failure::new(
            Cause::Refused,
            format_args!("{} exists and the demo did not make it", folder.display()),
        )
        .hint("name another folder: onus demo FOLDER"));
    }
    fs::create_dir_all(folder).map_err(cannot("make"))?;
    fs::write(mark, "This folder was made by `onus demo`, which may remove it.\n").map_err(cannot("write in"))
}

/// One account plays every agency here, so its profile allows it to.
fn allow_all_agencies(ledger: &Ledger, owner: &AgencyId) -> Result<(), Failure> {
    let account = Account::of_this_process();
    let agencies: BTreeSet<AgencyId> =
        CASES.iter().flat_map(Case::drafts).map(|draft| asserting(&draft)).collect();
    let profiles = agencies.into_iter().fold(Profiles::for_creator(&account, owner), |profiles, agency| {
        profiles.with(&account, Identity::agency_alone(agency))
    });
    fs::write(ledger.profiles_path(), profiles.to_toml())
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot write the profiles: {e}")))
}

/// Agencies by name on every page.
fn name_agencies(ledger: &Ledger) -> Result<(), Failure> {
    let names = include_str!("../../../cases/agencies.toml");
    fs::write(ledger.agency_names_path(), names)
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot write the agencies' names: {e}")))
}

/// Whose statement a draft is.
fn asserting(draft: &Draft) -> AgencyId {
    match &draft.common.asserted_by {
        Asserted::By(agency) => agency.clone(),
        Asserted::BySubmitter => draft.common.actor.agency.clone(),
    }
}

/// Records a case: each run of lines of one agency is submitted by that agency.
fn record(
    owner: &Session,
    inspector: &Session,
    checkpoint_key: &VerifierKey,
    case: &Case,
) -> Result<u64, Failure> {
    let mut count = 0;
    let mut drafts = case.drafts();
    if case.counter_signed {
        // Up to the offer first: what is signed is the offer as it is in the ledger.
        let answered = drafts.iter().position(countersign::is_acceptance).unwrap_or(0);
        let rest = drafts.split_off(answered);
        count += submit(owner.ledger(), &drafts)?;
        drafts = countersign::signed(owner, inspector, checkpoint_key, rest)?;
    }
    Ok(count + submit(owner.ledger(), &drafts)?)
}

fn submit(ledger: &Ledger, drafts: &[Draft]) -> Result<u64, Failure> {
    let mut count = 0;
    for run in drafts.chunk_by(|a, b| asserting(a) == asserting(b)) {
        let Some(first) = run.first() else { continue };
        let session = Session::new(ledger.clone(), by(Some(Identity::agency_alone(asserting(first)))));
        let (recording, _) = session.recording(false)?;
        let receipts = recording.drafts(run.to_vec())?;
        count += u64::try_from(receipts.len()).unwrap_or(u64::MAX);
        recording.close()?;
    }
    Ok(count)
}

/// This process's account, as this identity.
fn by(identity: Option<Identity>) -> Caller {
    Caller::of_this_process(identity, Channel::Cli)
}

fn identity(text: &str) -> Result<Identity, Failure> {
    Identity::parse(text).ok_or_else(malformed)
}

/// A name or a draft of the demo's own is not one; the tests hold that it is.
pub(super) fn malformed() -> Failure {
    Failure::new(Cause::Refused, "a name or a draft in the demo is malformed: this program is at fault")
}
