//! Views give the rows and sums of folding from scratch, whatever happened to their files.

use crate::figures::{append, folded, ledger, reader};
use crate::policy::{policy, published};
use onus_core::bodies::closing::EntryWithdrawn;
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::time::LocalDate;
use onus_core::vocabulary::{Role, Strand};
use onus_query::figures::{Days, Incidents, report_of_sums};
use onus_query::views::{Differences, Opened, Views, ViewsError, Why};
use onus_testkit::events::{Event, incident, ledger_wide, time};
use onus_testkit::workload::Workload;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const BOOT: &str = "this boot";

fn events(workload: &mut Workload, count: usize) -> Vec<Event> {
    (0..count).map(|_| workload.event()).collect()
}

fn open(dir: &Path, boot: &str) -> (Views, Opened) {
    Views::open(dir, &reader(dir), boot, &|_| {}).unwrap()
}

/// Rows and sums are those of folding every incident from scratch, by the code and by `verify`.
fn assert_as_folded(dir: &Path, views: &Views) {
    let reader = reader(dir);
    let rows = folded(&reader);
    assert_eq!(views.rows().unwrap(), rows);
    let (day, as_of) = (|text| LocalDate::parse(text).unwrap(), time("2024-06-01T00:00Z"));
    let mut owners: Vec<Option<AgencyId>> = vec![None];
    owners.extend(rows.iter().map(|row| Some(row.incident.owner.clone())).collect::<BTreeSet<_>>());
    let incidents = Incidents::new(rows, as_of);
    for (from, to) in
        [("1900-01-01", "2199-12-31"), ("2023-11-01", "2023-11-01"), ("2023-11-02", "2024-01-05")]
    {
        let period = Days::new(day(from), day(to)).unwrap();
        let summed = views.sums(&[period]).unwrap();
        for owner in &owners {
            let (owner, expected) = (owner.as_ref(), incidents.report(period, owner.as_ref()));
            assert_eq!(report_of_sums(&summed.sums, period, owner, as_of), expected, "{from} {owner:?}");
        }
        assert_eq!(summed.owners.len() + 1, owners.len());
    }
    assert_eq!(views.differences(&reader, &|_| {}).unwrap(), Differences::default());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A ledger of some hundred events, with views of it.
fn with_views() -> (tempfile::TempDir, PathBuf, Workload) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    let mut workload = Workload::new(3, 20);
    ledger(&dir, &events(&mut workload, 400));
    let (views, opened) = open(&dir, BOOT);
    assert_eq!(opened, Opened::Rebuilt(Why::New));
    drop(views);
    (folder, dir, workload)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn following_a_ledger_that_grows_gives_what_folding_from_scratch_gives(
        seed in any::<u64>(), open_incidents in 1_usize..40, growths in prop::collection::vec(1_usize..300, 1..4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("ledger");
        let mut workload = Workload::new(seed, open_incidents);
        ledger(&dir, &events(&mut workload, 50));
        drop(open(&dir, BOOT));
        for count in growths {
            append(&dir, &events(&mut workload, count));
            let (views, opened) = open(&dir, BOOT);
            prop_assert_eq!(opened, Opened::CaughtUp(u64::try_from(count).unwrap()));
            assert_as_folded(&dir, &views);
        }
    }
}

#[test]
fn what_the_figures_need_of_rare_records_is_kept_whole() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    let mut workload = Workload::new(5, 10);
    let mut all = events(&mut workload, 100);
    for case in ["sussex-2018", "sussex-2019-upgraded", "suffolk-2021", "sussex-2023", "west-yorkshire-2023"]
    {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../onus/cases/{case}.ndjson"));
        let entries = onus_testkit::histories::case_entries(&fs::read_to_string(path).unwrap());
        all.extend(entries.into_iter().map(|entry| {
            let record = onus_core::record::Record { common: entry.common, body: entry.body.unwrap() };
            Event::new(record, onus_core::entry::IdOrigin::Source)
        }));
    }
    for (number, kinds) in
        [(1, &[][..]), (2, &["ResourceArrived"]), (3, &["HandoverAccepted", "TriageAssessed"])]
    {
        let mut call = incident(&format!("police:mps/2023-11-02/{number}"));
        let opened = call.opened().with(|record| {
            let onus_core::kinds::Body::IncidentOpened(body) = &mut record.body else { panic!("an opening") };
            body.silent = kinds.iter().map(|kind| onus_testkit::events::code(kind)).collect();
        });
        all.extend([opened, call.closed()]);
    }
    ledger(&dir, &all);
    let (views, _) = open(&dir, BOOT);
    assert_as_folded(&dir, &views);
    let rows = views.rows().unwrap();
    assert_eq!(rows.iter().filter(|row| !row.never_carried.kinds().is_empty()).count(), 2);
}

#[test]
fn views_that_are_as_the_log_is_are_used_under_any_boot() {
    let (_folder, dir, _) = with_views();
    let (views, opened) = open(&dir, "another boot");
    assert_eq!(opened, Opened::Current);
    assert_as_folded(&dir, &views);
}

#[test]
fn an_interrupted_follower_is_caught_up_in_the_same_boot_and_thrown_away_after_another() {
    let (_folder, dir, mut workload) = with_views();
    let watermark = dir.join("views/watermark");
    let unclean = fs::read_to_string(&watermark).unwrap().replace("\"clean\":true", "\"clean\":false");
    append(&dir, &events(&mut workload, 200));
    drop(open(&dir, BOOT));
    // As if it had been killed after its last step: the store is ahead of the watermark.
    fs::write(&watermark, &unclean).unwrap();
    let (views, opened) = open(&dir, BOOT);
    assert_eq!(opened, Opened::CaughtUp(200));
    assert_as_folded(&dir, &views);
    drop(views);

    fs::write(&watermark, &unclean).unwrap();
    let (views, opened) = open(&dir, "another boot");
    assert_eq!(opened, Opened::Rebuilt(Why::Restarted));
    assert_as_folded(&dir, &views);
}

#[test]
fn open_incidents_are_read_alone_only_while_the_views_are_as_far_as_the_log_and_in_order() {
    let (_folder, dir, mut workload) = with_views();
    let alone = || Views::current_waiting(&dir, &reader(&dir)).unwrap();
    let (views, _) = open(&dir, BOOT);
    let kept = views.waiting().unwrap();
    drop(views);
    assert!(!kept.incidents.is_empty());
    assert_eq!(alone(), Some(kept));

    append(&dir, &events(&mut workload, 10));
    assert_eq!(alone(), None, "the log has grown");
    drop(open(&dir, BOOT));
    assert!(alone().is_some());
    let watermark = dir.join("views/watermark");
    let clean = fs::read_to_string(&watermark).unwrap();
    fs::write(&watermark, clean.replace("\"clean\":true", "\"clean\":false")).unwrap();
    assert_eq!(alone(), None, "something was being written");
    fs::write(&watermark, clean).unwrap();
    fs::remove_dir_all(dir.join("views/tree/open")).unwrap();
    assert_eq!(alone(), None, "there is nothing to read");
    let (views, opened) = open(&dir, BOOT);
    assert_eq!(opened, Opened::Rebuilt(Why::Behind));
    assert_as_folded(&dir, &views);
}

#[test]
fn an_older_copy_of_the_store_under_a_new_boot_is_found_out() {
    let (folder, dir, mut workload) = with_views();
    let older = folder.path().join("older");
    copy(&dir.join("views/tree"), &older);
    append(&dir, &events(&mut workload, 200));
    drop(open(&dir, BOOT));

    fs::remove_dir_all(dir.join("views/tree")).unwrap();
    copy(&older, &dir.join("views/tree"));
    let (views, opened) = open(&dir, "another boot");
    assert_eq!(opened, Opened::Rebuilt(Why::Behind));
    assert_as_folded(&dir, &views);
}

#[test]
fn files_over_which_the_store_fails_or_panics_are_moved_aside() {
    for ruin in ["days/conf", "days/db", "open/db"] {
        let (_folder, dir, _) = with_views();
        let file = dir.join("views/tree").join(ruin);
        let mut bytes = fs::read(&file).unwrap();
        bytes.iter_mut().enumerate().for_each(|(place, byte)| *byte = u8::try_from(place * 7 % 251).unwrap());
        fs::write(&file, bytes).unwrap();
        let (views, opened) = open(&dir, BOOT);
        assert!(matches!(opened, Opened::Rebuilt(Why::Failed(_) | Why::Behind)), "{ruin}: {opened:?}");
        assert_as_folded(&dir, &views);
        assert!(dir.join("views/tree.aside").is_dir());
    }
}

#[test]
fn views_of_another_history_or_ahead_of_the_log_are_thrown_away() {
    let (folder, dir, mut workload) = with_views();
    let before = folder.path().join("before");
    copy(&dir, &before);
    append(&dir, &events(&mut workload, 100));
    drop(open(&dir, BOOT));

    // The log of before, under the views of after.
    fs::remove_dir_all(before.join("views")).unwrap();
    copy(&dir.join("views"), &before.join("views"));
    let (views, opened) = open(&before, BOOT);
    assert_eq!(opened, Opened::Rebuilt(Why::Ahead));
    assert_as_folded(&before, &views);
    drop(views);

    // As many entries, but others.
    let others: Vec<Event> =
        (0..100).map(|n| incident(&format!("police:mps/2024-01-01/{n}")).contact()).collect();
    append(&before, &others);
    fs::remove_dir_all(before.join("views")).unwrap();
    copy(&dir.join("views"), &before.join("views"));
    let (views, opened) = open(&before, BOOT);
    assert_eq!(opened, Opened::Rebuilt(Why::OtherLink));
    assert_as_folded(&before, &views);
    drop(views);

    let watermark = dir.join("views/watermark");
    let text = fs::read_to_string(&watermark).unwrap();
    let form = format!("\"schema\":{}", onus_query::views::SCHEMA);
    // As the release before wrote them: another form, with a member more.
    fs::write(&watermark, text.replace(&form, "\"schema\":3,\"policies\":2")).unwrap();
    assert_eq!(open(&dir, BOOT).1, Opened::Rebuilt(Why::OtherForm));
    let text = fs::read_to_string(&watermark).unwrap();
    let ledger = text.split("\"ledger\":\"").nth(1).unwrap().split('"').next().unwrap();
    fs::write(&watermark, text.replace(ledger, &"0".repeat(ledger.len()))).unwrap();
    assert_eq!(open(&dir, BOOT).1, Opened::Rebuilt(Why::OtherLedger));
    fs::write(&watermark, "{").unwrap();
    assert_eq!(open(&dir, BOOT).1, Opened::Rebuilt(Why::NoWatermark));
}

#[test]
fn a_policy_published_later_changes_no_row_and_is_followed() {
    let (_folder, dir, _) = with_views();
    append(&dir, &[published("2023-11-01T00:00Z", policy("v1", "2023-11-01T00:00Z"))]);
    let (views, opened) = open(&dir, BOOT);
    assert_eq!(opened, Opened::CaughtUp(1));
    assert_as_folded(&dir, &views);
    drop(views);
    assert_eq!(open(&dir, BOOT).1, Opened::Current);
}

/// What open incidents need hangs on the limits in force, and an entry that published them may be withdrawn.
#[test]
fn what_is_needed_follows_a_policy_and_the_withdrawal_of_its_entry() {
    let (_folder, dir, _) = with_views();
    let mut call = incident("police:met/2024-05-01/1");
    append(&dir, &[call.contact(), call.triage(Strand::ConcernForWelfare)]);
    let dues = || {
        let (views, _) = open(&dir, BOOT);
        assert_as_folded(&dir, &views);
        let open = views.open_incidents().unwrap();
        let ours =
            open.into_iter().find(|open| open.incident.date == LocalDate::parse("2024-05-01").unwrap());
        ours.unwrap().needs.into_iter().map(|need| (need.code, need.due.at)).collect::<Vec<_>>()
    };
    let before = dues();
    let mut stricter = policy("v1", "2023-11-01T00:00Z");
    stricter.thresholds.retriage_minutes = Some(7);
    let published = published("2023-11-01T00:00Z", stricter);
    append(&dir, std::slice::from_ref(&published));
    assert_ne!(dues(), before, "the policy counts for what was recorded before it");
    let body = EntryWithdrawn { event_id: published.record().common.event_id, reason: None };
    let entered = time("2023-12-01T00:00Z");
    let withdrawn = ledger_wide("police:met", entered, 2, Body::EntryWithdrawn(body)).with(|record| {
        record.common.actor.role = Role::Sro;
        record.common.entered_at = Some(entered);
    });
    append(&dir, &[withdrawn]);
    assert_eq!(dues(), before, "and no longer once its entry is withdrawn");
}

#[test]
fn one_follower_at_a_time() {
    let (_folder, dir, _) = with_views();
    let (views, _) = open(&dir, BOOT);
    let second = Views::open(&dir, &reader(&dir), BOOT, &|_| {});
    assert!(matches!(second, Err(ViewsError::Busy { .. })));
    drop(views);
    assert_eq!(open(&dir, BOOT).1, Opened::Current);
}

/// Not a test: what the one below starts and kills.
#[test]
fn child_that_rebuilds_without_end() {
    let Some(dir) = std::env::var_os("ONUS_VIEWS_CHILD").map(PathBuf::from) else { return };
    loop {
        drop(Views::rebuild(&dir, &reader(&dir), BOOT, &|_| {}).unwrap());
    }
}

#[test]
fn a_follower_that_is_killed_leaves_views_that_can_be_used_or_made_anew() {
    let (_folder, dir, mut workload) = with_views();
    append(&dir, &events(&mut workload, 6_000));
    for wait_ms in [30, 120, 310, 700] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "views::child_that_rebuilds_without_end"])
            .env("ONUS_VIEWS_CHILD", &dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait_ms));
        child.kill().unwrap();
        child.wait().unwrap();
        let (views, _) = open(&dir, BOOT);
        assert_as_folded(&dir, &views);
    }
}
