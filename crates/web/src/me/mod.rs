//! The account of the visitor: a page with the name, the language and what else there is, and one page for each of the other things.

mod credentials;
mod data;
mod device;
mod done;
mod identities;
mod notifications;
mod qr;
mod second_factor;
mod sessions;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use self::done::Done;
use super::catalogue::Choice;
use super::page::{Explained, Frame, read_id, text};
use super::sent::{Parameters, Sent};
use super::team::parts::role_name;
use super::visit::Visit;
use actions::invitations::acceptance;
use actions::precondition::IfMatch;
use actions::{accounts, organizations};
use api::caller::View;
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::{Fields, InvalidFields};
use domain::ids::InvitationId;
use domain::invitation::Offer;
use domain::language::Language;
use domain::paging::Paging;
use domain::said::said;
use domain::user::{Profile, UserFields};
use storage::db::{ReadTx, Tx};
use storage::invitations::Invitation;
use storage::organizations::Organization;

/// A page of the account and its state.
struct Entry {
    href: &'static str,
    name: String,
    state: String,
}

/// The fields of the forms.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    name: String,
    /// Empty: the language of the browser.
    language: String,
    /// The invitation to accept, for the button of it.
    invitation: String,
}

/// An organization of the visitor, or one that invites the visitor.
struct Named {
    id: String,
    name: String,
    about: String,
}

#[derive(Template)]
#[template(path = "me.html")]
struct AccountPage {
    frame: Frame,
    done: String,
    problem: Option<Explained>,
    name: String,
    languages: Vec<Choice>,
    entries: Vec<Entry>,
    organizations: Vec<Named>,
    invitations: Vec<Named>,
}

/// Returns the name of a language in this language.
const fn name_of(language: Language) -> &'static str {
    match language {
        Language::English => "English",
        Language::Dutch => "Nederlands",
        Language::French => "Français",
        Language::German => "Deutsch",
    }
}

async fn show(visit: &Visit, done: Done, refused: Option<(Wanted, Problem)>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let load = move |tx: &mut ReadTx| {
        let all = Paging::of(Some(200), None)?;
        let organizations = organizations::list_mine(tx, caller, &all)?.items;
        Ok((accounts::get(tx, caller)?, organizations, acceptance::list_mine(tx, caller, &all)?.items))
    };
    let (user, organizations, invitations) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let t = |id: &str| text(&texts, id);
    let fields = user.fields();
    let (wanted, problem) = match refused {
        Some((wanted, problem)) if wanted.invitation.is_empty() => (wanted, Some(problem)),
        // The form of an invitation has neither name nor language.
        refused => {
            let language = fields.language.map(|language| language.as_str().to_owned()).unwrap_or_default();
            (Wanted { name: fields.name, language, ..Wanted::default() }, refused.map(|(_, problem)| problem))
        }
    };
    let choice = |value: &str, text: String| Choice { value: value.to_owned(), text, is_chosen: value == wanted.language };
    let named = Language::ALL.iter().map(|one| choice(one.as_str(), name_of(*one).to_owned()));
    let languages = std::iter::once(choice("", t("web-me.browser-language"))).chain(named).collect();
    let entry = |href, name: &str, state: String| Entry { href, name: t(name), state };
    let verified = if user.email_verified_at.is_some() { "web-me.verified" } else { "web-me.not-verified" };
    let factor = if user.second_factor_since.is_some() { "web-me.on" } else { "web-me.off" };
    let entries = vec![
        entry("/account/email", "web-me-email.title", format!("{} ({})", user.email, t(verified))),
        entry("/account/password", "web-me-password.title", t("web-me.change")),
        entry("/account/second-factor", "web-me-factor.title", t(factor)),
        entry("/account/sessions", "web-me-sessions.title", t("web-me.sessions")),
        entry("/account/identities", "web-me-identities.title", t("web-me.identities")),
        entry("/account/notifications", "web-me-notifications.title", t("web-me.notifications")),
        entry("/account/certifications", "web-certified.title", t("web-certified.about")),
        entry("/account/data", "web-me-data.title", t("web-me.data")),
    ];
    let organization = |organization: Organization| Named {
        id: organization.id.to_string(),
        name: organization.fields().name,
        about: texts.attribute_text("web-organization", organization.fields().kind.as_str()),
    };
    let invitation = |invitation: Invitation| Named {
        id: invitation.id.to_string(),
        about: match invitation.offer() {
            Some(Offer::Membership(role)) => role_name(&texts, role),
            _ => invitation.certification_kind_name.unwrap_or_default(),
        },
        name: invitation.organization_name,
    };
    let page = AccountPage {
        frame: visit.frame(t("web-me.title")),
        done: done.text(&texts),
        problem: problem.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        name: wanted.name,
        languages,
        entries,
        organizations: organizations.into_iter().map(organization).collect(),
        invitations: invitations.into_iter().map(invitation).collect(),
    };
    Ok(visit.show_form(problem.as_ref(), &page))
}

fn read_language(text: &str) -> Result<Option<Language>, InvalidFields> {
    let mut fields = Fields::default();
    let language = match text {
        "" => Some(None),
        text => fields.take("/language", text.parse::<Language>().map_err(|_| said!("must be one of the languages"))).map(Some),
    };
    fields.finish(|| language)
}

async fn save(visit: &Visit, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let typed = wanted.clone();
    let saved = async {
        if !typed.invitation.is_empty() {
            let id: InvitationId = read_id(&typed.invitation)?;
            visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| acceptance::accept_mine(tx, caller, id).map(drop)).await?;
            return Ok("/account?done=accepted");
        }
        let language = read_language(&typed.language)?;
        let save = move |tx: &mut Tx<'_>| {
            let edit = |stored: UserFields| Profile { name: typed.name.clone(), language, ..Profile::from(stored) }.read();
            accounts::update(tx, caller, &IfMatch::Any, edit).map(drop)
        };
        visit.page.write(Cost::Light, save).await?;
        Ok("/account?done=saved")
    };
    match saved.await {
        Ok(address) => Ok(visit.lead_to(address)),
        Err(problem) => show(visit, Done::default(), Some((wanted, problem))).await,
    }
}

/// Registers the pages.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/account")
            .get(async |visit: Visit, Parameters(done): Parameters<Done>| visit.shown(show(&visit, done, None).await))
            .post(async |visit: Visit, sent: Sent<Wanted>| {
                let made = async { save(&visit, sent.fields?).await }.await;
                visit.shown_after("/account", "", made)
            }),
    );
    credentials::configure(config);
    notifications::configure(config);
    sessions::configure(config);
    identities::configure(config);
    second_factor::configure(config);
    data::configure(config);
}
