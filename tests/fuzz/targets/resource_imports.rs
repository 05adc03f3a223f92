//! Resources in a table. A resource that is read has valid fields, and they are the same if they are written and read again.
#![no_main]

use domain::resource::NewResource;
use domain::resource_import::{MOST_ROWS, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Ok(rows) = read(file) else { return };
    assert!((1..=MOST_ROWS).contains(&rows.len()));
    assert!(rows.windows(2).all(|pair| pair[0].row < pair[1].row));
    for fields in rows.into_iter().filter_map(|row| row.resource.ok()) {
        assert_eq!(NewResource::from(fields.clone()).read(), Ok(fields));
    }
});
