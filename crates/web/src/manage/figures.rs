//! The figures of a host: the hours that it offers, and what they earn, as plots and as a table.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{Datelike as _, Months, NaiveDate};
use chrono_tz::Tz;
use serde::Deserialize;

use super::parts::tabs;
use crate::catalogue::Choice;
use crate::page::{Explained, Frame, address, read_id, text};
use crate::sent::Parameters;
use crate::team::parts::Tab;
use crate::visit::Visit;
use crate::words;
use actions::figures::{self, Line, Object};
use actions::{Caller, organizations};
use api::caller::{View, ViewMoney};
use api::figures::write_csv;
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::{Fields, InvalidFields};
use domain::figures::{Figures, FiguresBy};
use domain::ids::OrganizationId;
use domain::limits::LONGEST_DAYS;
use domain::money::Currency;
use domain::paging::Paging;
use domain::said::said;
use domain::time::UtcTime;
use domain::wall_clock::local_time;
use storage::db::ReadTx;
use texts::amount::{amount, tenths};
use texts::catalogue::Texts;

/// The largest number of lines of a page.
const MOST: i64 = 50;

/// The parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Asked {
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    by: String,
    cursor: Option<String>,
}

/// The figures that are wanted.
#[derive(Clone, Copy)]
struct Wanted {
    from: NaiveDate,
    /// The last day.
    last: NaiveDate,
    by: FiguresBy,
}

impl Wanted {
    /// Reads the parameters. Those that cannot be read have their default: the last five months and this one, by month.
    fn of(asked: &Asked, now: UtcTime) -> Self {
        let today = local_time(Tz::UTC, now).date();
        let month = today.with_day(1).unwrap_or(today);
        let first = month.checked_sub_months(Months::new(5)).unwrap_or(month);
        let last = month.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(today);
        Self {
            from: asked.from.parse().unwrap_or(first),
            last: asked.to.parse().unwrap_or(last),
            by: asked.by.parse().unwrap_or(FiguresBy::Month),
        }
    }

    /// Returns the first date, and the one after the last.
    ///
    /// # Errors
    /// A period that is empty or too long.
    fn period(self) -> Result<(NaiveDate, NaiveDate), InvalidFields> {
        let mut fields = Fields::default();
        let most = LONGEST_DAYS;
        if !(0..most).contains(&(self.last - self.from).num_days()) {
            fields.refuse("to", "out_of_range", said!("must be the first day or later; a period has {most} days at most", most));
        }
        let (from, last) = (fields.date("from", self.from), fields.date("to", self.last));
        fields.finish(|| Some((from?, last?.succ_opt()?)))
    }

    /// Returns the address of a page with these figures.
    fn address(self, path: &str, cursor: Option<&str>) -> String {
        let (from, to) = (self.from.to_string(), self.last.to_string());
        let parameters = [("from", &*from), ("to", &*to), ("by", self.by.as_str())];
        address(path, &parameters.into_iter().chain(cursor.map(|cursor| ("cursor", cursor))).collect::<Vec<_>>())
    }
}

/// A line of the table.
struct Row {
    name: String,
    href: Option<String>,
    /// Hours offered, booked, used and idle, and the share of the offered ones that is booked.
    hours: [String; 5],
    bookings: i64,
    no_shows: i64,
    income: Vec<String>,
}

/// A bar of a plot.
struct Bar {
    class: &'static str,
    /// Its width, as a share of the plot.
    width: String,
    y: usize,
}

/// The bars of a line, below its name.
struct Group {
    name: String,
    y: usize,
    bars: Vec<Bar>,
}

/// A plot: bars from left to right.
struct Plot {
    id: String,
    title: String,
    about: String,
    groups: Vec<Group>,
    height: usize,
}

#[derive(Template)]
#[template(path = "manage_figures.html")]
struct FiguresPage {
    frame: Frame,
    organization: OrganizationId,
    tabs: Vec<Tab>,
    path: String,
    wanted: Wanted,
    groupings: Vec<Choice>,
    column: String,
    plots: Vec<Plot>,
    rows: Vec<Row>,
    total: Row,
    export: String,
    next: Option<String>,
    problem: Option<Explained>,
}

const HOURS: [&str; 4] = ["offered", "booked", "used", "idle"];

/// The minutes in the order of [`HOURS`].
fn minutes(figures: &Figures) -> [i64; 4] {
    [figures.offered_minutes(), figures.booked_minutes(), figures.used_minutes(), figures.idle_minutes()]
}

fn grouping(texts: &Texts, by: FiguresBy) -> String {
    text(
        texts,
        match by {
            FiguresBy::Resource => "web-manage.resource",
            FiguresBy::Site => "web-manage.site",
            FiguresBy::Kind => "web-catalogue.kind",
            FiguresBy::Month => "web-figures.month",
        },
    )
}

fn name_of(texts: &Texts, object: &Object) -> String {
    match object {
        Object::Resource(_, name) | Object::Site(_, name) => name.clone(),
        Object::Kind(kind) => words::kind(texts, *kind),
        Object::Month(first) => words::month(texts, *first),
    }
}

fn row(texts: &Texts, name: String, href: Option<String>, figures: &Figures) -> Row {
    let hours = |minutes: i64| tenths(texts, minutes as f64 / 60.0);
    let [offered, booked, used, idle] = minutes(figures);
    let share = if offered > 0 { format!("{}\u{a0}%", i128::from(booked) * 100 / i128::from(offered)) } else { String::new() };
    Row {
        name,
        href,
        hours: [hours(offered), hours(booked), hours(used), hours(idle), share],
        bookings: figures.bookings,
        no_shows: figures.no_shows,
        income: figures.amounts().into_iter().map(|money| amount(texts, money)).collect(),
    }
}

/// The length of a bar that takes the whole width.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// The largest value of the plot.
    Common,
    /// The largest value of the same line: the hours of a large floor would leave nothing to see of those of a machine.
    Own,
}

/// Draws a plot.
fn plot(
    (id, title, about): (String, String, String),
    scale: Scale,
    names: &[String],
    values: &[Vec<(&'static str, i128)>],
) -> Plot {
    const BAR: usize = 8;
    let longest = |values: &[(&str, i128)]| values.iter().map(|(_, value)| *value).max().unwrap_or_default().max(1);
    let of_all = values.iter().map(|values| longest(values)).max().unwrap_or(1);
    let (mut groups, mut y) = (Vec::new(), 0);
    for (name, values) in names.iter().zip(values) {
        let largest = if scale == Scale::Common { of_all } else { longest(values) };
        let bar = |(index, (class, value)): (usize, &(&'static str, i128))| {
            let share = (*value).max(0) * 1000 / largest;
            Bar { class, width: format!("{}.{}%", share / 10, share % 10), y: y + 20 + index * BAR }
        };
        groups.push(Group { name: name.clone(), y: y + 15, bars: values.iter().enumerate().map(bar).collect() });
        y += 32 + values.len() * BAR;
    }
    Plot { id, title, about, groups, height: y }
}

/// Draws the hours, and the income in each currency.
fn plots(texts: &Texts, by: FiguresBy, lines: &[Line]) -> Vec<Plot> {
    let names: Vec<_> = lines.iter().map(|line| name_of(texts, &line.object)).collect();
    let of_line = |line: &Line| HOURS.into_iter().zip(minutes(&line.figures).map(i128::from)).collect();
    let hours: Vec<Vec<_>> = lines.iter().map(of_line).collect();
    let (scale, about) = match by {
        FiguresBy::Month => (Scale::Common, "web-figures.about-hours"),
        _ => (Scale::Own, "web-figures.about-own-hours"),
    };
    let hours_title = ("hours".to_owned(), text(texts, "web-figures.hours"), text(texts, about));
    let mut plots = vec![plot(hours_title, scale, &names, &hours)];
    let currencies: BTreeSet<Currency> = lines.iter().flat_map(|line| line.figures.income.keys().copied()).collect();
    for currency in currencies {
        let of_line = |line: &Line| vec![("income", line.figures.income.get(&currency).copied().unwrap_or_default())];
        let income: Vec<Vec<_>> = lines.iter().map(of_line).collect();
        let title = format!("{}, {currency}", text(texts, "web-figures.income"));
        let about = text(texts, "web-figures.about-income");
        plots.push(plot((format!("income-{currency}"), title, about), Scale::Common, &names, &income));
    }
    plots
}

/// Loads all lines of the figures.
fn load(tx: &mut ReadTx, caller: Caller, id: OrganizationId, wanted: Wanted) -> Result<Vec<Line>, actions::error::Error> {
    figures::list_all(tx, caller, id, wanted.period()?, wanted.by)
}

async fn show(visit: &Visit, id: OrganizationId, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ViewMoney)>()?;
    let wanted = Wanted::of(&asked, visit.page.state.clock.now());
    let refused = wanted.period().err().map(Problem::from);
    let is_refused = refused.is_some();
    let look = move |tx: &mut ReadTx| {
        let (organization, _) = organizations::get(tx, Some(caller), id)?;
        actions::authorize(tx, caller, id, domain::permissions::Permission::ViewMoney, false)?;
        let lines = if is_refused { Vec::new() } else { load(tx, caller, id, wanted)? };
        let mut total = Figures::default();
        lines.iter().for_each(|line| total.add(&line.figures));
        let page = figures::page(lines, &Paging::of(Some(MOST), asked.cursor.as_deref())?);
        Ok((organization.fields().name, page, total))
    };
    let (name, lines, total) = visit.page.read_at(Cost::Search, look).await?;
    let texts = visit.page.texts();
    let path = format!("/manage/{id}/figures");
    let choice = |by: FiguresBy| Choice { value: by.as_str().to_owned(), text: grouping(&texts, by), is_chosen: by == wanted.by };
    let line = |line: &Line| {
        let href = match &line.object {
            Object::Resource(id, _) => Some(format!("/resources/{id}")),
            _ => None,
        };
        row(&texts, name_of(&texts, &line.object), href, &line.figures)
    };
    let page = FiguresPage {
        frame: visit.frame(name),
        organization: id,
        tabs: tabs(&texts, id, "web-figures.title"),
        wanted,
        groupings: [FiguresBy::Month, FiguresBy::Resource, FiguresBy::Site, FiguresBy::Kind].map(choice).into(),
        column: grouping(&texts, wanted.by),
        plots: plots(&texts, wanted.by, &lines.items),
        rows: lines.items.iter().map(line).collect(),
        total: row(&texts, text(&texts, "web-figures.total"), None, &total),
        export: wanted.address(&format!("{path}.csv"), None),
        next: lines.next_cursor.map(|cursor| wanted.address(&path, Some(&cursor))),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        path,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn export(visit: &Visit, id: OrganizationId, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ViewMoney)>()?;
    let wanted = Wanted::of(&asked, visit.page.state.clock.now());
    let look = move |tx: &mut ReadTx| write_csv(load(tx, caller, id, wanted)?);
    let sheet = visit.page.read_at(Cost::Search, look).await?;
    Ok(visit.file("text/csv; charset=utf-8; header=present", "figures.csv", sheet))
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/manage/{id}/figures",
        web::get().to(async |visit: Visit, id: web::Path<String>, Parameters(asked): Parameters<Asked>| {
            visit.shown(async { show(&visit, read_id(&id)?, asked).await }.await)
        }),
    );
    config.route(
        "/manage/{id}/figures.csv",
        web::get().to(async |visit: Visit, id: web::Path<String>, Parameters(asked): Parameters<Asked>| {
            visit.shown(async { export(&visit, read_id(&id)?, asked).await }.await)
        }),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_bar_takes_the_whole_width_and_no_bar_covers_another() {
        let names = ["A".to_owned(), "B".to_owned()];
        let values = [vec![("offered", 300), ("booked", 100)], vec![("offered", 100), ("booked", -5)]];
        let drawn = |scale| plot((String::new(), String::new(), String::new()), scale, &names, &values);
        let drawn_each = drawn(Scale::Own);
        let own: Vec<_> = drawn_each.groups.iter().flat_map(|group| &group.bars).map(|bar| &*bar.width).collect();
        let drawn = drawn(Scale::Common);
        let bars: Vec<_> = drawn.groups.iter().flat_map(|group| &group.bars).collect();
        assert_eq!(bars.iter().map(|bar| &*bar.width).collect::<Vec<_>>(), ["100.0%", "33.3%", "33.3%", "0.0%"]);
        assert_eq!(own, ["100.0%", "33.3%", "100.0%", "0.0%"]);
        assert!(bars.windows(2).all(|two| two[0].y + 8 <= two[1].y) && bars.last().is_some_and(|bar| bar.y + 8 <= drawn.height));
    }

    #[test]
    fn a_period_is_half_a_year_unless_another_one_is_asked_for() {
        let now = UtcTime::parse("2026-02-10T12:00:00Z").unwrap();
        let of = |from: &str, to: &str| {
            let asked = Asked { from: from.to_owned(), to: to.to_owned(), ..Asked::default() };
            Wanted::of(&asked, now).period().map(|(from, to)| format!("{from} {to}"))
        };
        assert_eq!(of("", "x").unwrap(), "2025-09-01 2026-03-01");
        assert_eq!(of("2026-02-10", "2026-02-10").unwrap(), "2026-02-10 2026-02-11");
        assert_eq!(of("2024-01-01", "2024-12-31").unwrap(), "2024-01-01 2025-01-01");
        for (from, to) in [("2026-02-10", "2026-02-09"), ("2024-01-01", "2025-01-01"), ("0001-01-01", "0001-01-01")] {
            assert!(of(from, to).is_err(), "{from} {to}");
        }
    }
}
