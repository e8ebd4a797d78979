//! Columns and cells of every kind come from one declaration, and agree.

use onus_core::cell::{Cell, Holds};
use onus_core::entry::EntryHead;
use onus_core::field_no::FieldNo;
use onus_core::flat::{cells, columns};
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_testkit::samples::{Fullness, head, record};
use std::collections::BTreeSet;

#[test]
fn every_kind_has_as_many_cells_as_columns_each_of_its_columns_type() {
    for kind in Kind::ALL {
        let columns = columns(*kind);
        let names: BTreeSet<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names.len(), columns.len(), "{}: two columns of one name", kind.name());

        for fullness in [Fullness::Bare, Fullness::Full] {
            let head = EntryHead { seq: Seq::new(7), incident_version: 1, ..head(*kind) };
            let mut found = 0;
            cells(&head, &record(*kind, fullness), &mut |cell| {
                let column = columns.get(found).unwrap();
                let fits = matches!(
                    (cell, column.holds),
                    (Cell::Absent, _)
                        | (Cell::Bool(_), Holds::Bool)
                        | (Cell::Number(_), Holds::Number)
                        | (Cell::Text(_), Holds::Text)
                        | (Cell::List(_), Holds::List)
                        | (Cell::Instant(_), Holds::Instant)
                        | (Cell::Day(_), Holds::Day)
                        | (Cell::Sealed(_), Holds::Sealed(_))
                );
                assert!(fits, "{}.{}: {cell:?}", kind.name(), column.name);
                found += 1;
            });
            assert_eq!(found, columns.len(), "{} {fullness:?}", kind.name());
        }
    }
}

#[test]
fn the_sealed_columns_of_a_kind_are_its_sealed_fields() {
    for kind in Kind::ALL {
        let stated: Vec<FieldNo> =
            record(*kind, Fullness::Full).sealed_texts().into_iter().map(|(field, _)| field).collect();
        let columns = columns(*kind);
        let held: Vec<FieldNo> = columns
            .iter()
            .filter_map(|column| match column.holds {
                Holds::Sealed(field) => Some(field),
                _ => None,
            })
            .collect();
        assert_eq!(held, stated, "{}", kind.name());
    }
}
