//! The things that were put aside for a job, on the pages on which the next one is chosen.

use super::page::address;
use texts::catalogue::{Texts, variables};

/// The address of the page that books the things of a job.
pub(crate) const PATH: &str = "/booking-groups/new";

/// The things that were put aside.
pub(crate) struct Job {
    /// The things, each as the parameters of its booking form.
    pub(crate) rows: Vec<String>,
    /// The page of the job.
    pub(crate) href: String,
    /// How many things there are.
    pub(crate) about: String,
}

impl Job {
    /// Returns the job of a page with these rows in its address; none without rows.
    pub(crate) fn of(texts: &Texts, rows: &[String]) -> Option<Self> {
        let about = texts.attribute("web-job", "aside", &variables([("count", rows.len().into())]));
        (!rows.is_empty()).then(|| Self { rows: rows.to_vec(), href: with_rows(PATH, rows), about })
    }

    /// Adds the rows to the address of a page.
    pub(crate) fn carry(job: Option<&Self>, href: &str) -> String {
        job.map_or_else(|| href.to_owned(), |job| with_rows(href, &job.rows))
    }
}

fn with_rows(href: &str, rows: &[String]) -> String {
    let rows: Vec<_> = rows.iter().map(|row| ("row", row.as_str())).collect();
    let (path, part) = href.split_once('#').map_or((href, String::new()), |(path, part)| (path, format!("#{part}")));
    let rows = address("", &rows);
    let rows = if path.contains('?') { rows.replacen('?', "&", 1) } else { rows };
    format!("{path}{rows}{part}")
}
