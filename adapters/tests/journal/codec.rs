//! The encoding of records: what goes in comes out, and no damage passes.

use clara_actors::ports::journal::{NewRecord, ReadError, RecordHash, StreamId, Version};
use clara_adapters::journal::codec::{Chain, MAX_RECORD_BYTES, Prepared, decode};
use clara_domain::ids::{ClientId, PersonId};
use clara_domain::person::PersonRef;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

fn stream() -> StreamId {
    StreamId::Client(ClientId::new("harbour").unwrap())
}

fn body() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn record() -> impl Strategy<Value = NewRecord> {
    let at = (-1_000_000_000_000_000_000i128..4_000_000_000_000_000_000)
        .prop_map(|nanos| Timestamp::from_nanosecond(nanos).unwrap());
    let by = prop::option::of(
        ("[0-9]{1,20}", any::<String>()).prop_map(|(id, name)| PersonRef {
            id: PersonId::new(id).unwrap(),
            name,
        }),
    );
    (at, by, any::<u16>(), body()).prop_map(|(at, by, schema, body)| NewRecord {
        at,
        by,
        schema,
        body,
    })
}

fn sample(body: Value) -> NewRecord {
    NewRecord {
        at: Timestamp::UNIX_EPOCH,
        by: None,
        schema: 1,
        body,
    }
}

fn damage(error: ReadError) -> String {
    match error {
        ReadError::Corrupt {
            stream: name,
            version,
            what,
        } => {
            assert_eq!((name, version), (stream(), Version(3)));
            what
        }
        ReadError::Failed { reason } => panic!("not named as damage: {reason}"),
    }
}

proptest! {
    #[test]
    fn what_goes_in_comes_out(record in record(), version in 1u64.., previous in any::<[u8; 32]>()) {
        let (version, previous) = (Version(version), RecordHash(previous));
        let encoded = Prepared::new(&stream(), &record).unwrap().encode(version, previous);
        let read = decode(&stream(), version, Chain::After(previous), &encoded.bytes).unwrap();
        prop_assert_eq!(read.record, record);
        prop_assert_eq!((read.version, read.previous, read.hash), (version, previous, encoded.hash));
    }

    #[test]
    fn no_flipped_bit_and_no_cut_passes(record in record(), place in any::<prop::sample::Index>()) {
        let encoded = Prepared::new(&stream(), &record).unwrap().encode(Version(3), RecordHash::default());
        let at = place.index(encoded.bytes.len());
        for bit in 0..8 {
            let mut flipped = encoded.bytes.clone();
            flipped[at] ^= 1 << bit;
            damage(decode(&stream(), Version(3), Chain::Unknown, &flipped).unwrap_err());
        }
        damage(decode(&stream(), Version(3), Chain::Unknown, &encoded.bytes[..at]).unwrap_err());
    }

    #[test]
    fn arbitrary_bytes_are_damage_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        damage(decode(&stream(), Version(3), Chain::Unknown, &bytes).unwrap_err());
    }
}

#[test]
fn a_record_in_the_wrong_place_is_found() {
    let prepared = Prepared::new(&stream(), &sample(json!({"kind": "paused"}))).unwrap();
    let previous = RecordHash([7; 32]);
    let fourth = prepared.encode(Version(4), previous).bytes;
    let third = prepared.encode(Version(3), previous).bytes;
    let elsewhere = Prepared::new(&StreamId::Engine, &sample(json!(null))).unwrap();
    let elsewhere = elsewhere.encode(Version(3), previous).bytes;
    let read = |bytes: &[u8], chain| decode(&stream(), Version(3), chain, bytes);

    assert!(read(&third, Chain::After(previous)).is_ok());
    let found = [
        damage(read(&fourth, Chain::After(previous)).unwrap_err()),
        damage(read(&third, Chain::After(RecordHash::default())).unwrap_err()),
        damage(read(&elsewhere, Chain::After(previous)).unwrap_err()),
    ];
    assert_eq!(
        found,
        [
            "it is record 4 of its stream",
            "it does not follow the record before it: the hashes differ",
            "it belongs to the stream engine",
        ]
    );
}

#[test]
fn a_format_of_a_later_version_is_named() {
    let encoded = Prepared::new(&stream(), &sample(json!(1))).unwrap();
    let mut bytes = encoded.encode(Version(3), RecordHash::default()).bytes;
    bytes[0] = 2;
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&bytes[..1]);
    hasher.update(&bytes[5..]);
    let sum = hasher.finalize().to_le_bytes();
    bytes[1..5].copy_from_slice(&sum);
    let what = damage(decode(&stream(), Version(3), Chain::Unknown, &bytes).unwrap_err());
    assert_eq!(what, "format 2 is not known to this version");
}

#[test]
fn the_bytes_of_format_1_stay_as_they_are() {
    let record = NewRecord {
        by: Some(PersonRef {
            id: PersonId::new("42").unwrap(),
            name: "maya".to_owned(),
        }),
        ..sample(json!({"kind": "paused"}))
    };
    let encoded = Prepared::new(&stream(), &record).unwrap();
    let encoded = encoded.encode(Version(3), RecordHash([0xab; 32]));
    let json = std::str::from_utf8(&encoded.bytes[45..]).unwrap();
    assert_eq!(
        json,
        r#"{"stream":"client/harbour","at":"1970-01-01T00:00:00Z","by":{"id":"42","name":"maya"},"schema":1,"body":{"kind":"paused"}}"#
    );
    assert_eq!(encoded.bytes[0], 1);
    assert_eq!(encoded.bytes[5..13], 3u64.to_be_bytes());
    assert_eq!(encoded.bytes[13..45], [0xab; 32]);
    let hash = encoded.hash.to_string();
    assert_eq!(
        hash,
        "63ebe56c05c67321d75eb1abc692c7571c94dd08ad146ed6e0c58cfb28ac826f"
    );
}

#[test]
fn a_record_that_is_too_large_is_refused_with_its_size() {
    let fixed = 45 + r#"{"stream":"client/harbour","at":"1970-01-01T00:00:00Z","by":null,"schema":1,"body":""}"#.len();
    let of_size = |size: usize| Prepared::new(&stream(), &sample(json!("x".repeat(size - fixed))));
    assert!(of_size(MAX_RECORD_BYTES).is_ok());
    let refusal = of_size(MAX_RECORD_BYTES + 1).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "a record of 98305 bytes is more than the 98304 that one may have"
    );
}
