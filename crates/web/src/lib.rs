//! The web site: pages where people find, book and look after their bookings. A page calls the same actions as the API.
//!
//! Each page is whole without a script; one script shows on the day of a site what changes elsewhere. A page that shows a form is at the
//! address to which the form is sent, and reads the same fields from its query: so a form keeps its values when its sender has to sign in
//! first.

mod accounts;
mod admin;
mod aside;
mod assets;
mod book;
mod bookings;
mod calendar_feeds;
mod catalogue;
mod certifications;
mod free_times;
mod front;
mod hosts;
mod invoices;
mod job;
mod manage;
mod me;
mod moves;
mod my_bookings;
mod openid;
mod organizations;
mod page;
mod pictures;
mod repeat;
mod resources;
mod rules_in_words;
mod sent;
mod sent_file;
mod session;
mod sign_in;
mod team;
mod terms;
mod together;
mod trainings;
mod versions;
mod visit;
mod waitlist;
mod wanted;
mod words;

use actix_web::web::ServiceConfig;

/// Registers the pages.
pub fn configure(config: &mut ServiceConfig) {
    assets::configure(config);
    front::configure(config);
    catalogue::configure(config);
    resources::configure(config);
    pictures::configure(config);
    hosts::configure(config);
    terms::configure(config);
    accounts::configure(config);
    sign_in::configure(config);
    openid::configure(config);
    me::configure(config);
    certifications::configure(config);
    trainings::configure(config);
    organizations::configure(config);
    team::configure(config);
    admin::configure(config);
    book::configure(config);
    waitlist::configure(config);
    // The pages of new series and groups come before those of one.
    repeat::configure(config);
    job::configure(config);
    together::configure(config);
    moves::configure(config);
    my_bookings::configure(config);
    bookings::configure(config);
    invoices::configure(config);
    calendar_feeds::configure(config);
    manage::configure(config);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// The identifiers of texts in the sources and templates, such as `web-front` and `web-front.lead`.
    fn used() -> BTreeSet<String> {
        let folders = ["src", "src/admin", "src/manage", "src/me", "src/team", "src/templates"]
            .map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
        let files = folders.iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
        let sources = files.filter_map(|file| fs::read_to_string(file.path()).ok());
        let strings = sources.flat_map(|source| source.split('"').map(str::to_owned).collect::<Vec<_>>());
        strings.filter(|string| string.starts_with("web-") && string.len() > 4 && !string.contains(' ')).collect()
    }

    #[test]
    fn pages_use_each_text_of_the_site_and_no_other() {
        let mut known = BTreeSet::new();
        let mut message = "";
        for line in include_str!("../../texts/locales/en/web.ftl").lines() {
            if let Some((id, _)) = line.split_once(" =").filter(|_| line.starts_with("web-")) {
                message = id;
                known.insert(id.to_owned());
            } else if let Some((attribute, _)) = line.strip_prefix("    .").and_then(|line| line.split_once(" =")) {
                known.insert(format!("{message}.{attribute}"));
            }
        }
        let used = used();
        let unknown: Vec<_> = used.iter().filter(|id| !known.contains(*id)).collect();
        assert!(unknown.is_empty(), "the catalogue lacks {unknown:?}");
        let named: BTreeSet<&str> = used.iter().map(|id| id.split('.').next().unwrap_or_default()).collect();
        let unused: Vec<_> = known.iter().filter(|id| !named.contains(id.split('.').next().unwrap_or_default())).collect();
        assert!(unused.is_empty(), "no page uses {unused:?}");
    }
}
