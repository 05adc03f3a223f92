//! Forms with a file. The file is a part of the body, between two lines.
#![no_main]

use domain::form_data::FormData;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let Some(form) = FormData::read("x", body) else { return };
    assert!(!form.text("form").contains('\0'));
    if !form.file.is_empty() {
        assert!(body[..form.file.start].ends_with(b"\r\n\r\n") && body[form.file.end..].starts_with(b"\r\n--x"));
    }
});
