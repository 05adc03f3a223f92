//! Rows of CSV (RFC 4180). The separator is a comma, a semicolon or a tab. Read here and not by the crate `csv`, which accepts quotes
//! that are not closed or not at the end of a value: a file is imported as it is meant, or not at all.

use crate::said::{Said, said};

/// The rows of a text.
pub(crate) struct Rows<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    separator: char,
}

impl<'a> Rows<'a> {
    /// Reads a text with the separator that its first line has most often.
    pub(crate) fn of(text: &'a str) -> Self {
        let head = text.lines().next().unwrap_or_default();
        let separator = [';', '\t', ','].into_iter().max_by_key(|one| head.matches(*one).count()).unwrap_or(',');
        Rows { text, at: 0, line: 1, separator }
    }

    /// Returns the next row with the number of its first line; none at the end.
    ///
    /// # Errors
    /// A sentence about a quote that is not closed, or that is not at the end of its value.
    pub(crate) fn next_row(&mut self) -> Result<Option<(usize, Vec<String>)>, Said> {
        let first = self.line;
        let rest = self.text.get(self.at..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(None);
        }
        let (mut cells, mut cell, mut is_quoted, mut was_quoted) = (Vec::new(), String::new(), false, false);
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            self.at += c.len_utf8();
            self.line += usize::from(c == '\n');
            match c {
                '"' if is_quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                    chars.next();
                    self.at += 1;
                    cell.push('"');
                }
                '"' if is_quoted => is_quoted = false,
                '"' if cell.trim().is_empty() && !was_quoted => {
                    cell.clear();
                    (is_quoted, was_quoted) = (true, true);
                }
                _ if is_quoted => cell.push(c),
                '\n' => {
                    cells.push(cell);
                    return Ok(Some((first, cells)));
                }
                '\r' => {}
                _ if c == self.separator => {
                    cells.push(std::mem::take(&mut cell));
                    was_quoted = false;
                }
                _ if was_quoted && !c.is_whitespace() => {
                    let near: String = rest.get(at..).unwrap_or_default().chars().take(20).collect();
                    return Err(said!(
                        "Line {line}: text after a closing quote: {near}.",
                        line = self.line,
                        near = format!("{near:?}")
                    ));
                }
                _ => cell.push(c),
            }
        }
        if is_quoted {
            return Err(said!("Line {first}: a quote is not closed.", first));
        }
        cells.push(cell);
        Ok(Some((first, cells)))
    }
}
