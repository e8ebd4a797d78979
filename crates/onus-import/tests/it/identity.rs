//! Ids: the same row makes the same ones, another row, template or revision never does.

use crate::support::{DISPATCHED, SENT, import, mapping_on, mapping_with, shipped};
use onus_core::stage::Given;
use onus_import::Planned;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn id(planned: &Planned) -> [u8; 16] {
    match planned.draft.common.event_id {
        Given::Source(id) => *id.as_bytes(),
        Given::Nobody => panic!("an event without an id"),
    }
}

fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

proptest! {
    #[test]
    fn ids_are_stable_and_distinct_over_key_template_and_revision(
        keys in prop::collection::btree_set("[a-z\",; é]{1,12}[0-9]", 1..20),
        revisions in 1_u32..5,
    ) {
        let keys: BTreeSet<String> = keys.into_iter().map(|key| key.trim().to_owned()).collect();
        let rest = format!(
            "{SENT}{DISPATCHED}[[event]]\nname = \"arrived\"\nkind = \"ResourceArrived\"\nat = \"sent\"\n\
             body.agency = \"police:x\"\n"
        );
        let top = "ignore = [\"note\"]";
        let mapping = mapping_on("day = \"sent\"\nnumber = { column = \"number\" }", top, &rest).unwrap();
        let rows = |keys: &mut dyn Iterator<Item = &String>| -> String {
            keys.map(|key| [cell(key), ",12/11/2023 20:31,7,\n".to_owned()].concat()).collect()
        };
        let header = "id,sent,number,note\n";
        let there = import(&mapping, format!("{header}{}", rows(&mut keys.iter())));
        let back = import(&mapping, format!("{header}{}", rows(&mut keys.iter().rev())));
        let ids = |outcomes: &crate::support::Outcomes| -> Vec<[u8; 16]> {
            outcomes.iter().flat_map(|outcome| outcome.as_ref().unwrap()).map(id).collect()
        };
        let distinct: BTreeSet<_> = ids(&there).into_iter().collect();
        prop_assert_eq!(distinct.len(), keys.len() * 2);
        prop_assert_eq!(&distinct, &ids(&back).into_iter().collect());

        let mut bound = mapping.bind(&onus_import::Header::of_csv(
            header.trim().split(',').map(str::to_owned).collect())).unwrap();
        let mut all = distinct;
        for planned in there.iter().flat_map(|outcome| outcome.as_ref().unwrap()) {
            let mut before = planned.clone();
            for revision in 1..=revisions {
                let next = bound.revise(planned, revision);
                prop_assert!(all.insert(id(&next)), "revision {} has an id of its own", revision);
                let corrects = next.draft.common.corrects.as_ref().unwrap();
                prop_assert_eq!(corrects.event_id.as_bytes(), &id(&before));
                prop_assert_eq!(&next.draft.body, &planned.draft.body);
                before = next;
            }
        }
        for id in &all {
            prop_assert_eq!(id[6] >> 4, 8, "a UUID of version 8");
            prop_assert_eq!(id[8] >> 6, 0b10);
        }
    }
}

#[test]
fn a_source_of_another_name_has_other_ids() {
    let file = "id,sent\n7,12/11/2023 20:31\n";
    let rest = format!("{SENT}{DISPATCHED}");
    let one = mapping_with("", &rest).unwrap();
    let first = id(&import(&one, file)[0].as_ref().unwrap()[0]);
    let again = id(&import(&one, "sent,id\r\n\"12/11/2023 20:31\",\" 7 \"\r\n")[0].as_ref().unwrap()[0]);
    assert_eq!(first, again, "neither order nor quoting nor outer spaces are part of a row's name");
    let toml = format!(
        "mapping = 1\nsource = \"other\"\nzone = \"Europe/London\"\nkey = [\"id\"]\n\
         [actor]\nagency = \"police:x\"\nrole = \"unknown\"\n\
         [incident]\nowner = \"police:x\"\nday = \"sent\"\nnumber = {{ column = \"id\" }}\n{rest}"
    );
    let other = onus_import::Mapping::parse(&toml).unwrap();
    assert_ne!(first, id(&import(&other, file)[0].as_ref().unwrap()[0]));
}

#[test]
fn the_shipped_mappings_name_their_events_for_good() {
    // A template's name is part of every id: renaming one imports everything a second time.
    let names = |mapping: &str| shipped(mapping).templates().map(str::to_owned).collect::<Vec<_>>().join(" ");
    assert_eq!(names("mcslc.toml"), "opened dispatched arrived engaged left closed");
    assert_eq!(names("slopd.toml"), "opened dispatched arrived closed");
    assert_eq!(
        names("cad-generic.toml"),
        "contact opened triaged decided informed notified acknowledged offered accepted declined dispatched arrived \
         stood_down closed"
    );
}
