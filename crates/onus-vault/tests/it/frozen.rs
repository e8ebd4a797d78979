//! Vaults written once, to be opened for ever: `tests/frozen/<name>/`.
//!
//! `sealed` holds one text sealed under slot 1 in the order of `docs/format.md` §8, `token` the 16 bytes of
//! the token of [`IDENTIFIER`]. Slot 2 is erased. A change that breaks this test needs a new version number
//! and keeps reading these files.

use crate::disk;
use crate::slots::*;
use onus_core::field_no::FieldNo;
use onus_core::sealed::{Bytes, Sealed};
use onus_core::storage::{Audience, Storage};
use onus_testkit::fault_fs::FaultFs;
use onus_vault::*;
use std::path::PathBuf;

const IDENTIFIER: &str = "nominal/4471";

fn frozen(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/frozen").join(name)
}

fn thaw(name: &str, files: &[&str]) -> (FaultFs, Sealed, Vec<u8>) {
    let fs = disk::empty();
    fs.create_dir(&disk::of(""), Audience::Private).unwrap();
    for file in files {
        fs.put(&disk::of(file), std::fs::read(frozen(name).join(file)).unwrap());
    }
    let bytes = std::fs::read(frozen(name).join("sealed")).unwrap();
    let sealed = Sealed {
        key_id: u64::from_le_bytes(bytes[..8].try_into().unwrap()),
        chars: u32::from_le_bytes(bytes[8..12].try_into().unwrap()),
        salt: bytes[12..28].try_into().unwrap(),
        commitment: bytes[28..60].try_into().unwrap(),
        ciphertext: Bytes::new(bytes[60..].to_vec()),
    };
    (fs, sealed, std::fs::read(frozen(name).join("token")).unwrap())
}

fn check(vault: &Vault, sealed: &Sealed, token: &[u8], generation: u64) {
    assert_eq!(vault.open_text(sealed, &event(), FieldNo::new(1)).unwrap(), plain());
    assert_eq!(seal(&vault.slot(id(1)).unwrap()), *sealed);
    assert_eq!(vault.token(IDENTIFIER).as_bytes().as_slice(), token);
    assert!(matches!(vault.slot(id(2)), Err(SlotError::Erased { key_id: 2 })));
    let status = vault.status().unwrap();
    assert_eq!((status.live, status.free, status.erased, status.damaged), (3, 252, 1, 0));
    assert_eq!(status.generation, generation);
    assert_eq!(vault.allocate().unwrap().id(), id(5));
}

#[test]
fn a_vault_of_version_1_under_a_key_file_opens() {
    let (fs, sealed, token) = thaw("v1-key-file", &["MASTER", "slots.1", "keyfile.1"]);
    check(&open(&fs).unwrap(), &sealed, &token, 1);
}

#[test]
fn a_vault_of_version_1_under_a_passphrase_and_once_rotated_opens() {
    let (fs, sealed, token) = thaw("v1-passphrase", &["MASTER", "slots.2"]);
    let passphrase = passphrase("frozen in Sussex");
    check(&open_with(&fs, Unlock::Passphrase(&passphrase)).unwrap(), &sealed, &token, 2);
}

#[test]
#[ignore = "by hand alone: the frozen vaults are written once"]
fn by_hand_write_the_frozen_vaults() {
    for name in ["v1-key-file", "v1-passphrase"] {
        let fs = disk::empty();
        let mut vault = create(&fs);
        let sealed = seal(&vault.allocate().unwrap());
        for _ in 0..2 {
            vault.allocate().unwrap();
        }
        drop(open(&fs).unwrap().allocate().unwrap());
        vault.erase(&[id(2)]).unwrap();
        if name == "v1-passphrase" {
            let passphrase = passphrase("frozen in Sussex");
            vault.change_wrapping(Wrapping::Passphrase { passphrase: &passphrase, costs: cheap() }).unwrap();
            vault.rotate(Unlock::Passphrase(&passphrase)).unwrap();
        }
        std::fs::create_dir_all(frozen(name).parent().unwrap()).unwrap();
        std::fs::create_dir(frozen(name)).unwrap();
        for file in disk::names(&fs) {
            std::fs::write(frozen(name).join(&file), disk::read(&fs, &file)).unwrap();
        }
        let bytes = [
            sealed.key_id.to_le_bytes().as_slice(),
            &sealed.chars.to_le_bytes(),
            &sealed.salt,
            &sealed.commitment,
            sealed.ciphertext.as_slice(),
        ]
        .concat();
        std::fs::write(frozen(name).join("sealed"), bytes).unwrap();
        std::fs::write(frozen(name).join("token"), vault.token(IDENTIFIER).as_bytes()).unwrap();
    }
}
