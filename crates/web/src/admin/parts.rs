//! The parts that the pages of operators share.

use crate::page::text;
use crate::team::parts::Tab;
use texts::catalogue::Texts;

/// Returns the pages of operators, as the tabs of each of them.
pub(super) fn tabs(texts: &Texts, current: &str) -> Vec<Tab> {
    let all = [
        ("/admin", "web-admin.title"),
        ("/admin/organizations", "web-admin.organizations"),
        ("/admin/users", "web-admin.users"),
        ("/admin/mails", "web-admin.mails"),
        ("/admin/facts", "web-admin.facts"),
        ("/admin/audit", "web-audit.title"),
    ];
    let tab = |(href, name): (&str, &str)| Tab { href: href.to_owned(), name: text(texts, name), is_current: name == current };
    all.into_iter().map(tab).collect()
}
