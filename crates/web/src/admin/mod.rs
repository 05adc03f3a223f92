//! The pages of operators of the installation. Each look is in the audit log.

mod found;
mod one;
mod parts;
mod queues;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use self::parts::tabs;
use super::catalogue::Choice;
use super::page::{Frame, text};
use super::sent::Parameters;
use super::team::audit::{Asked, Listed, PROPOSED};
use super::team::parts::Tab;
use super::visit::Visit;
use super::words;
use actions::administration::{self, Figures};
use api::caller::View;
use api::problem::Problem;
use api::turns::Cost;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::Paging;
use storage::db::Tx;
use texts::amount::amount;
use texts::catalogue::Texts;
use texts::when;

/// A figure with its name.
struct Figure {
    name: String,
    value: String,
    /// The page that shows more, if there is one.
    href: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "admin.html")]
struct AdminPage {
    frame: Frame,
    tabs: Vec<Tab>,
    figures: Vec<Figure>,
    resources: Vec<(String, i64)>,
    bookings: Vec<(String, i64)>,
    money: Vec<(String, String)>,
}

fn figures(texts: &Texts, found: &Figures) -> Vec<Figure> {
    let figure = |name: &str, value: String, href| Figure { name: text(texts, name), value, href };
    let (counts, queues) = (&found.counts, &found.queues);
    let oldest = queues.oldest_pending_at.map(|at| when::utc(texts, at)).unwrap_or_default();
    let all = [
        figure("web-admin.users", counts.users.to_string(), Some("/admin/users")),
        figure("web-admin.suspended-users", counts.suspended_users.to_string(), Some("/admin/users?suspended=yes")),
        figure("web-admin.organizations", counts.organizations.to_string(), Some("/admin/organizations")),
        figure(
            "web-admin.suspended-organizations",
            counts.suspended_organizations.to_string(),
            Some("/admin/organizations?suspended=yes"),
        ),
        figure("web-admin.queued-mails", queues.queued_mails.to_string(), Some("/admin/mails?status=queued")),
        figure("web-admin.failed-mails", queues.failed_mails.to_string(), Some("/admin/mails?status=failed")),
        figure("web-admin.pending-facts", queues.pending_facts.to_string(), Some("/admin/facts")),
        figure("web-admin.unreadable-facts", queues.unreadable_facts.to_string(), Some("/admin/facts?failed=yes")),
        figure("web-admin.waiting-webhooks", queues.waiting_webhooks.to_string(), None),
        figure("web-admin.failing-webhooks", queues.failing_webhooks.to_string(), None),
        figure("web-admin.disabled-webhooks", queues.disabled_webhooks.to_string(), None),
        figure("web-admin.failing-imports", queues.failing_imports.to_string(), None),
        figure("web-admin.oldest", oldest, None),
    ];
    all.into_iter().filter(|figure| !figure.value.is_empty()).collect()
}

async fn show(visit: &Visit) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let found = visit.page.look(Cost::Search, move |tx: &mut Tx<'_>| administration::figures(tx, caller)).await?;
    let texts = visit.page.texts();
    let balance = |sum: i128| i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX });
    let page = AdminPage {
        frame: visit.frame(text(&texts, "web-admin.title")),
        tabs: tabs(&texts, "web-admin.title"),
        figures: figures(&texts, &found),
        resources: found.counts.resources.iter().map(|(status, count)| (words::listing(&texts, *status), *count)).collect(),
        bookings: found.counts.bookings.iter().map(|(status, count)| (words::status(&texts, *status), *count)).collect(),
        money: (found.money.iter())
            .map(|((currency, account), sum)| {
                let balance = Money { amount: balance(sum.debits.saturating_sub(sum.credits)), currency: *currency };
                (account.as_str().to_owned(), amount(&texts, balance))
            })
            .collect(),
    };
    Ok(visit.show(StatusCode::OK, &page))
}

#[derive(Template)]
#[template(path = "admin_audit.html")]
struct AuditPage {
    frame: Frame,
    path: &'static str,
    tabs: Vec<Tab>,
    asked: Asked,
    people: Vec<Choice>,
    proposed: [&'static str; 12],
    entries: Vec<Listed>,
    next: Option<String>,
}

async fn show_audit(visit: &Visit, asked: Asked) -> Result<HttpResponse, Problem> {
    const PATH: &str = "/admin/audit";
    let caller = visit.signed_in::<View>()?;
    let wanted = asked.clone();
    let load = move |tx: &mut Tx<'_>| {
        let paging = Paging::of(None, wanted.cursor.as_deref())?;
        administration::list_audit(tx, caller, &wanted.filter(), CreationOrder::CreatedAtDescending, &paging)
    };
    let entries = visit.page.look(Cost::Search, load).await?;
    let texts = visit.page.texts();
    // The installation has too many users for a choice: the links in the list lead to those of one of them.
    let anybody = Choice { value: String::new(), text: text(&texts, "web-audit.anybody"), is_chosen: asked.who.is_empty() };
    let one = Choice { value: asked.who.clone(), text: asked.who.clone(), is_chosen: true };
    let page = AuditPage {
        frame: visit.frame(text(&texts, "web-audit.title")),
        path: PATH,
        tabs: tabs(&texts, "web-audit.title"),
        people: std::iter::once(anybody).chain((!asked.who.is_empty()).then_some(one)).collect(),
        proposed: PROPOSED,
        entries: entries.items.into_iter().map(|entry| Listed::of(&texts, PATH, entry)).collect(),
        next: entries.next_cursor.map(|cursor| asked.address(PATH, &[("cursor", &cursor)])),
        asked,
    };
    Ok(visit.show(StatusCode::OK, &page))
}

/// Registers the pages.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/admin", web::get().to(async |visit: Visit| visit.shown(show(&visit).await)));
    config.route(
        "/admin/audit",
        web::get().to(async |visit: Visit, Parameters(asked): Parameters<Asked>| visit.shown(show_audit(&visit, asked).await)),
    );
    queues::configure(config);
    found::configure(config);
    one::configure(config);
}
