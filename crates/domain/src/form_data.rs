//! Forms with a file, as browsers send them: `multipart/form-data` (RFC 7578).

use std::collections::BTreeMap;
use std::ops::Range;

/// More fields than any form has.
const MOST_PARTS: usize = 16;

/// The fields of a form, and its file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FormData {
    texts: BTreeMap<String, String>,
    /// The bytes of the body that are the file. None are if no file was chosen.
    pub file: Range<usize>,
}

impl FormData {
    /// Reads a body. None: it is not of the format.
    pub fn read(boundary: &str, body: &[u8]) -> Option<Self> {
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        let mut read = Self::default();
        let mut at = delimiter.len() - 2;
        if !body.starts_with(&delimiter[2..]) {
            return None;
        }
        for _ in 0..MOST_PARTS {
            if body[at..].starts_with(b"--") {
                return Some(read);
            }
            let head = at + find(&body[at..], b"\r\n\r\n")?;
            let content = head + 4;
            let end = content + find(&body[content..], &delimiter)?;
            let lines = std::str::from_utf8(&body[at..head]).ok()?;
            let disposition = lines.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
            if disposition.contains("; filename=") {
                read.file = content..end;
            } else {
                let name = disposition.split("; name=\"").nth(1)?.split('"').next()?;
                // PostgreSQL takes no NUL in a text, and nobody has a use for one.
                let text = std::str::from_utf8(&body[content..end]).ok().filter(|text| !text.contains('\0'))?;
                read.texts.insert(name.to_owned(), text.to_owned());
            }
            at = end + delimiter.len();
        }
        None
    }

    /// Returns the text of a field. Empty if the form has no such field.
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }
}

/// Returns the first place of a text that begins a line.
fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\r').map(|(at, _)| at);
    ends.into_iter().find(|at| bytes[*at..].starts_with(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BODY: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\nabc\r\n--x\r\ncontent-disposition: form-data; name=\"file\"; \
        filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--y\r\n\r\n--x--\r\n";

    #[test]
    fn a_form_has_texts_and_a_file() {
        let read = FormData::read("x", BODY).unwrap();
        assert_eq!((read.text("form"), read.text("other"), &BODY[read.file.clone()]), ("abc", "", &b"\x89PNG\r\n--y\r\n"[..]));
    }

    #[test]
    fn a_body_that_is_cut_off_or_has_another_format_is_refused() {
        for length in 0..BODY.len() - 4 {
            assert_eq!(FormData::read("x", &BODY[..length]), None, "{length} bytes");
        }
        let many = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n".repeat(MOST_PARTS + 1) + "--x--";
        for body in [&b"a=b"[..], b"--x\r\n\r\n\r\n--x--", b"--x", many.as_bytes()] {
            assert_eq!(FormData::read("x", body), None, "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn no_body_is_too_strange(body in "(--x|\r\n|--|name=\"|; |Content-Disposition:|.){0,20}") {
            let _ = FormData::read("x", body.as_bytes());
        }
    }
}
