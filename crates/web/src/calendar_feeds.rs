//! The calendar feeds of the visitor: the form that makes one, its address, which is shown once, and the button that ends it.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::catalogue::Choice;
use super::page::{Explained, Frame, form_name, read_id, text};
use super::sent::{Parameters, Sent};
use super::visit::Visit;
use actions::error::Error;
use actions::{Caller, calendar_feeds, organizations};
use api::calendar_feeds::url;
use api::caller::{ManageBookings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::calendar_feed::{CalendarFeed, Subject};
use domain::fields::InvalidFields;
use domain::ids::{CalendarFeedId, OrganizationId};
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use texts::catalogue::{Texts, or_none, variables};
use texts::when;

/// The address of the page.
const PATH: &str = "/calendar-feeds";

/// The fields of the form.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Fields {
    /// The organization whose bookings the feed contains; empty for those of the visitor.
    organization: String,
    form: String,
}

/// A feed in the list.
struct Listed {
    id: CalendarFeedId,
    name: String,
    about: String,
}

#[derive(Template)]
#[template(path = "calendar_feeds.html")]
struct FeedsPage {
    frame: Frame,
    /// The address of the feed that was made.
    made: Option<String>,
    feeds: Vec<Listed>,
    organizations: Vec<Choice>,
    form: String,
    problem: Option<Explained>,
}

/// The feeds of the visitor, and the organizations whose bookings a new one can contain.
struct Loaded {
    feeds: Vec<CalendarFeed>,
    names: Vec<Option<String>>,
    organizations: Vec<(OrganizationId, String)>,
}

fn load(tx: &mut ReadTx, caller: Caller) -> Result<Loaded, Error> {
    let all = Paging::of(Some(200), None)?;
    let feeds = calendar_feeds::list(tx, caller, CreationOrder::CreatedAt, &all)?.items;
    let names = feeds.iter().map(|feed| calendar_feeds::name(tx, caller, feed.subject)).collect::<Result<_, Error>>()?;
    let organizations = organizations::list_mine(tx, caller, &all)?.items.into_iter();
    Ok(Loaded { feeds, names, organizations: organizations.map(|one| (one.id, one.fields().name)).collect() })
}

fn listed(texts: &Texts, feed: &CalendarFeed, name: Option<String>) -> Listed {
    let used = feed.last_used_at.map_or_else(String::new, |at| when::utc(texts, at));
    let variables =
        variables([("created", when::utc(texts, feed.created_at).into()), ("used", or_none(&used).to_owned().into())]);
    let name = match (feed.subject, name) {
        (Subject::User, _) => text(texts, "web-feeds.own"),
        (_, Some(name)) => name,
        (_, None) => text(texts, "web-feeds.ended"),
    };
    Listed { id: feed.id, name, about: texts.attribute("web-feeds", "used", &variables) }
}

async fn show(visit: &Visit, fields: Fields, made: Option<String>, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageBookings)>()?;
    let texts = visit.page.texts();
    let Loaded { feeds, names, organizations } = visit.page.read(move |tx: &mut ReadTx| load(tx, caller)).await?;
    let choice = |(id, name): (OrganizationId, String)| Choice {
        is_chosen: id.as_str() == fields.organization,
        value: id.to_string(),
        text: name,
    };
    let page = FeedsPage {
        frame: visit.frame(text(&texts, "web-feeds.title")),
        made,
        feeds: feeds.iter().zip(names).map(|(feed, name)| listed(&texts, feed, name)).collect(),
        organizations: organizations.into_iter().map(choice).collect(),
        form: form_name(&fields.form),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

/// Makes a feed, and shows its address: once, because its secret is not stored. The same form, sent again, makes nothing.
async fn create(visit: &Visit, fields: Fields) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageBookings)>()?;
    let subject = match fields.organization.as_str() {
        "" => Ok(Subject::User),
        organization => organization.parse().map(Subject::Organization),
    };
    let subject = subject.map_err(|_| InvalidFields::one("/organization", "invalid", said!("must be one of your organizations")));
    let base = visit.page.state.config.public_url.clone();
    let created = async {
        let subject = subject?;
        let create = move |tx: &mut Tx<'_>| {
            let (feed, secret) = calendar_feeds::create(tx, caller, subject)?;
            Ok((PATH.to_owned(), url(&base, feed.subject, &secret)))
        };
        visit.create_secret(&fields.form, create).await
    };
    match created.await {
        Ok((_, made @ Some(_))) => show(visit, Fields::default(), made, None).await,
        Ok((path, None)) => Ok(visit.lead_to(&path)),
        Err(problem) => show(visit, Fields { form: String::new(), ..fields }, None, Some(problem)).await,
    }
}

async fn delete(visit: &Visit, id: &str, sent: Result<Fields, Problem>) -> Result<HttpResponse, Problem> {
    sent?;
    let id: CalendarFeedId = read_id(id)?;
    let caller = visit.signed_in::<View>()?;
    visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| calendar_feeds::delete(tx, caller, id)).await?;
    Ok(visit.lead_to(PATH))
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .get(async |visit: Visit, Parameters(fields): Parameters<Fields>| visit.shown(show(&visit, fields, None, None).await))
            .post(async |visit: Visit, sent: Sent<Fields>| {
                let created = async { create(&visit, sent.fields?).await }.await;
                visit.shown_after(PATH, &sent.query, created)
            }),
    );
    config.service(
        web::resource("/calendar-feeds/{id}/delete").get(async |visit: Visit, _: web::Path<String>| visit.lead_to(PATH)).post(
            async |visit: Visit, id: web::Path<String>, sent: Sent<Fields>| {
                visit.shown_after(PATH, "", delete(&visit, &id, sent.fields).await)
            },
        ),
    );
}
