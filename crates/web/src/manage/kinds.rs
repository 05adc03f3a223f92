//! The kinds of certification of a host, and the page of one: edit it, end it, grant it, and revoke what was granted.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::Deserialize;

use super::parts::{read_day, read_number, tabs};
use crate::page::{Explained, Frame, address, form_name, read_id, read_ids, text};
use crate::sent::{Parameters, Sent};
use crate::team::parts::Tab;
use crate::visit::Visit;
use crate::words;
use actions::certifications::{self, Granted, Holder};
use actions::error::Error;
use actions::precondition::IfMatch;
use actions::{Caller, certification_kinds};
use api::caller::{ManageCertifications, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::certification::{CertificationKindFields, CertificationStatus, NewCertificationKind};
use domain::email::Email;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{CertificationId, CertificationKindId, OrganizationId};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::permissions::Permission;
use domain::problem::Code;
use domain::time::UtcTime;
use storage::certification_kinds::CertificationKind;
use storage::certifications::Certification;
use storage::db::{ReadTx, Tx};
use texts::catalogue::Texts;
use texts::when;

/// The permissions of these pages.
type Grants = (View, ManageCertifications);

/// The fields of the forms, and the parameters of the pages.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    /// The button: `create`, `edit`, `retire`, `restore`, `grant` or `revoke`.
    action: String,
    name: String,
    description: String,
    days: String,
    email: String,
    until: String,
    certification: String,
    reason: String,
    form: String,
    done: String,
    cursor: Option<String>,
}

impl Wanted {
    /// Returns the kind, with what the form does not have from another one.
    fn read(&self, base: Option<CertificationKindFields>) -> Result<CertificationKindFields, InvalidFields> {
        let mut fields = Fields::default();
        let valid_days = fields.take("/valid_days", read_number(&self.days));
        let valid_days = fields.finish(|| valid_days)?;
        let (shared_with, is_retired) = base.map(|base| (base.shared_with, base.is_retired)).unwrap_or_default();
        let (name, description) = (self.name.clone(), self.description.clone());
        NewCertificationKind { name, description, valid_days, shared_with, is_retired }.read()
    }

    /// Returns the user to certify, and the end of the certification: that of the day, in UTC.
    fn read_grant(&self) -> Result<(Holder, Option<UtcTime>), InvalidFields> {
        let mut fields = Fields::default();
        let email = fields.take("/email", self.email.trim().parse::<Email>());
        let until = fields.take("/expires_at", read_day(&self.until));
        let (email, until) = fields.finish(|| Some((email?, until?)))?;
        let end = until.and_then(|day| day.succ_opt()).map(|day| UtcTime::from(day.and_time(NaiveTime::MIN).and_utc()));
        Ok((Holder::Email(email), end))
    }
}

/// A kind in the list.
struct Listed {
    href: String,
    name: String,
    valid: String,
    owner: String,
    is_retired: bool,
}

#[derive(Template)]
#[template(path = "manage_kinds.html")]
struct KindsPage {
    frame: Frame,
    path: String,
    tabs: Vec<Tab>,
    problem: Option<Explained>,
    kinds: Vec<Listed>,
    next: Option<String>,
    wanted: Wanted,
    form: String,
}

fn path(id: OrganizationId) -> String {
    format!("/manage/{id}/certifications")
}

/// Returns how long a certification is valid.
fn validity(texts: &Texts, kind: &CertificationKindFields) -> String {
    kind.valid_days.map_or_else(|| text(texts, "web-kinds.for-ever"), |days| words::length(texts, i64::from(days) * 1440))
}

async fn list(visit: &Visit, id: OrganizationId, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Grants>()?;
    let cursor = wanted.cursor.clone();
    let load = move |tx: &mut ReadTx| {
        actions::authorize(tx, caller, id, Permission::ManageCertifications, false)?;
        Ok(certification_kinds::list(tx, Some(caller), id, &Paging::of(None, cursor.as_deref())?)?.0)
    };
    let kinds = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let listed = |kind: &CertificationKind| Listed {
        href: format!("{}/{}", path(id), kind.id),
        name: kind.fields.name.clone(),
        valid: validity(&texts, &kind.fields),
        owner: if kind.organization_id == id { String::new() } else { kind.organization_name.clone() },
        is_retired: kind.fields.is_retired,
    };
    let page = KindsPage {
        frame: visit.frame(text(&texts, "web-kinds.title")),
        path: path(id),
        tabs: tabs(&texts, id, "web-kinds.title"),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        kinds: kinds.items.iter().map(listed).collect(),
        next: kinds.next_cursor.map(|cursor| address(&path(id), &[("cursor", &cursor)])),
        form: form_name(&wanted.form),
        wanted,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn create(visit: &Visit, id: OrganizationId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Grants>()?;
    let made = async {
        let fields = wanted.read(None)?;
        let create = move |tx: &mut Tx<'_>| {
            let kind = certification_kinds::create(tx, caller, id, &fields)?;
            Ok(format!("{}/{}?done=saved", path(id), kind.id))
        };
        visit.create(Cost::Light, &wanted.form, create).await
    };
    match made.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => list(visit, id, wanted, Some(problem)).await,
    }
}

/// A certification in the list of its kind.
struct Held {
    id: CertificationId,
    name: String,
    email: String,
    granted: String,
    expires: String,
    status: String,
    reason: String,
    is_valid: bool,
}

#[derive(Template)]
#[template(path = "manage_kind.html")]
struct KindPage {
    frame: Frame,
    path: String,
    back: String,
    trainings: String,
    tabs: Vec<Tab>,
    done: String,
    problem: Option<Explained>,
    /// The host that defines the kind, if it is another one.
    owner: String,
    valid: String,
    is_retired: bool,
    wanted: Wanted,
    held: Vec<Held>,
    next: Option<String>,
    form: String,
}

/// The organization and the kind in the address of the page.
type Ids = (OrganizationId, CertificationKindId);

/// Returns a kind that the organization can grant, to its managers.
fn get(tx: &mut ReadTx, caller: Caller, (id, kind): Ids) -> Result<CertificationKind, Error> {
    actions::authorize(tx, caller, id, Permission::ManageCertifications, false)?;
    let (kind, _) = certification_kinds::get(tx, Some(caller), kind)?;
    if kind.hosts().any(|host| host == id) { Ok(kind) } else { Err(Error::not_found()) }
}

async fn show(visit: &Visit, ids: Ids, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Grants>()?;
    let cursor = wanted.cursor.clone();
    let load = move |tx: &mut ReadTx| {
        let kind = get(tx, caller, ids)?;
        let (order, paging) = (CreationOrder::CreatedAtDescending, Paging::of(None, cursor.as_deref())?);
        Ok((kind, certifications::list(tx, caller, ids.1, &[], order, &paging)?, tx.now))
    };
    let (kind, held, now) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let CertificationKindFields { name, description, valid_days, is_retired, .. } = &kind.fields;
    let own = format!("{}/{}", path(ids.0), ids.1);
    let one = |held: &Certification| {
        let status = held.validity.status(now);
        Held {
            id: held.id,
            name: held.user_name.clone(),
            email: held.user_email.to_string(),
            granted: when::day(&texts, held.validity.granted_at.to_chrono().date_naive()),
            expires: words::expiry(&texts, held.validity.expires_at),
            status: words::certification(&texts, status),
            reason: held.reason.clone(),
            is_valid: status == CertificationStatus::Valid,
        }
    };
    // The form of the kind shows what is stored, unless it was refused.
    let edited = wanted.action == "edit" && refused.is_some();
    let wanted = match edited {
        true => wanted,
        false => Wanted {
            name: name.clone(),
            description: description.clone(),
            days: valid_days.map(|days| days.to_string()).unwrap_or_default(),
            ..wanted
        },
    };
    let page = KindPage {
        frame: visit.frame(name.clone()),
        back: path(ids.0),
        trainings: address(&format!("/manage/{}/trainings/new", ids.0), &[("kind", ids.1.as_str())]),
        tabs: tabs(&texts, ids.0, "web-kinds.title"),
        done: texts.attribute_text("web-kinds-done", &wanted.done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        owner: if kind.organization_id == ids.0 { String::new() } else { kind.organization_name.clone() },
        valid: validity(&texts, &kind.fields),
        is_retired: *is_retired,
        held: held.items.iter().map(one).collect(),
        next: held.next_cursor.map(|cursor| address(&own, &[("cursor", &cursor)])),
        form: form_name(&wanted.form),
        path: own,
        wanted,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn press(visit: &Visit, ids: Ids, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Grants>()?;
    let own = format!("{}/{}", path(ids.0), ids.1);
    let sent = wanted.clone();
    let made = async {
        if sent.action == "grant" {
            let (holder, expires_at) = sent.read_grant()?;
            let grant = move |tx: &mut Tx<'_>| {
                get(tx, caller, ids)?;
                Ok(match certifications::grant(tx, caller, ids.1, &holder, expires_at)? {
                    Granted::Certification(_) => format!("{own}?done=granted"),
                    Granted::Invitation(_) => format!("{own}?done=invited"),
                })
            };
            return visit.create(Cost::Light, &sent.form, grant).await;
        }
        let mut fields = Fields::default();
        let reason = fields.text("/reason", &sent.reason, limits::Note::RANGE);
        let reason = fields.finish(|| reason)?;
        let form = sent.clone();
        let act = move |tx: &mut Tx<'_>| {
            get(tx, caller, ids)?;
            let any = &IfMatch::Any;
            let retire = |is_retired| move |fields: CertificationKindFields| Ok(CertificationKindFields { is_retired, ..fields });
            match form.action.as_str() {
                "edit" => certification_kinds::update(tx, caller, ids.1, any, |fields| form.read(Some(fields))).map(drop),
                "retire" => certification_kinds::update(tx, caller, ids.1, any, retire(true)).map(drop),
                "restore" => certification_kinds::update(tx, caller, ids.1, any, retire(false)).map(drop),
                "revoke" => {
                    let id: CertificationId = form.certification.parse().map_err(|_| Error::not_found())?;
                    if certifications::get(tx, caller, id)?.certification_kind_id != ids.1 {
                        return Err(Error::not_found());
                    }
                    certifications::revoke(tx, caller, id, &reason).map(drop)
                }
                _ => Err(Error::refused(Code::MalformedRequest)),
            }
        };
        visit.page.write(Cost::Light, act).await?;
        Ok(format!("{own}?done={}", if sent.action == "revoke" { "revoked" } else { "saved" }))
    };
    match made.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => show(visit, ids, wanted, Some(problem)).await,
    }
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/manage/{id}/certifications")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { list(&visit, read_id(&id)?, wanted, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { create(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/manage/{id}/certifications"), &sent.query, made)
            }),
    );
    config.service(
        web::resource("/manage/{id}/certifications/{kind}")
            .get(async |visit: Visit, ids: web::Path<(String, String)>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { show(&visit, read_ids(&ids)?, wanted, None).await }.await)
            })
            .post(async |visit: Visit, ids: web::Path<(String, String)>, sent: Sent<Wanted>| {
                let made = async { press(&visit, read_ids(&ids)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/manage/{}/certifications/{}", ids.0, ids.1), &sent.query, made)
            }),
    );
}
