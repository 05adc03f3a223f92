//! The public catalogue: what is on offer to everybody, by words, place and kind.

use diesel::dsl::{avg, count_star, max, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::connection::{Conn, MultiBackend, SameText};
use super::error::StorageError;
use super::schema::{resources, sites};
use domain::country::Country;
use domain::geo::{BoundingBox, Position};
use domain::ids::{OrganizationId, ResourceId, SiteId};
use domain::resource::{ResourceKind, Unit};
use domain::words::{self, Query, Term};

/// Filters of the catalogue; a filter that is left out matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The words to find.
    pub words: Query,
    /// The words that do not find it.
    pub except: Query,
    /// The kind of resource.
    pub kind: Option<ResourceKind>,
    /// The category, in upper or lower case.
    pub category: Option<String>,
    /// The unit of the capacity.
    pub unit: Option<Unit>,
    /// How much of it there is at least.
    pub capacity: i32,
    /// The host.
    pub organization_id: Option<OrganizationId>,
    /// The site.
    pub site_id: Option<SiteId>,
    /// The city, in whatever case and with or without accents.
    pub city: Option<String>,
}

impl Filter {
    fn is_empty(&self) -> bool {
        let Self { words, except, kind, category, unit, capacity, organization_id, site_id, city } = self;
        let finds_all = words.is_empty() && except.is_empty() && kind.is_none() && category.is_none() && unit.is_none();
        finds_all && *capacity <= 1 && organization_id.is_none() && site_id.is_none() && city.is_none()
    }
}

/// Stands for the query for all that is on offer in a box on one side of the date line.
struct AroundAPlace;

diesel::define_sql_function! {
    /// Beyond ASCII each database has its own idea of lower case.
    fn lower(text: Text) -> Text;
}

/// Where to look.
#[derive(Debug, Clone, Copy)]
pub enum Area<'a> {
    /// Within a box: all there is, in no order.
    Within(&'a BoundingBox),
    /// Anywhere: so many, by identifier, after this one.
    Anywhere {
        /// The last one before.
        after: Option<ResourceId>,
        /// How many at most.
        limit: i64,
    },
}

/// Whether a site lies in a box.
pub(super) fn is_within<QS>(area: &BoundingBox) -> Box<dyn BoxableExpression<QS, MultiBackend, SqlType = Bool>>
where
    sites::latitude: SelectableExpression<QS>,
    sites::longitude: SelectableExpression<QS>,
    QS: 'static,
{
    let BoundingBox { latitudes, longitudes } = area;
    let is_as_far_north = sites::latitude.between(*latitudes.start(), *latitudes.end());
    match longitudes.as_slice() {
        [one] => Box::new(is_as_far_north.and(sites::longitude.between(*one.start(), *one.end()))),
        [one, other] => {
            let one = sites::longitude.between(*one.start(), *one.end());
            Box::new(is_as_far_north.and(one.or(sites::longitude.between(*other.start(), *other.end()))))
        }
        _ => Box::new(is_as_far_north),
    }
}

/// Whether a resource is found by words.
fn is_found_by<QS: 'static>(words: &Query, is_sqlite: bool) -> Box<dyn BoxableExpression<QS, MultiBackend, SqlType = Bool>> {
    // Terms have no character that means something to either database; that they are bound and quoted keeps it so.
    let (before, beginning, or, and) = match is_sqlite {
        true => ("resources.number IN (SELECT rowid FROM resource_words WHERE resource_words MATCH ", "*", " OR ", " AND "),
        false => ("resources.search_words @@ to_tsquery('simple', ", ":*", " | ", " & "),
    };
    let quote = if is_sqlite { '"' } else { '\'' };
    let term = |Term { word, is_beginning }: &Term| format!("{quote}{word}{quote}{}", if *is_beginning { beginning } else { "" });
    let clause = |clause: &Vec<Term>| format!("({})", clause.iter().map(term).collect::<Vec<_>>().join(or));
    let query = words.clauses().iter().map(clause).collect::<Vec<_>>().join(and);
    Box::new(sql::<Bool>(before).bind::<Text, _>(query).sql(")"))
}

/// The resources on offer that match the filter, with their positions.
///
/// # Errors
/// When the database fails.
pub fn list_offered(conn: &mut Conn, filter: &Filter, area: Area<'_>) -> Result<Vec<(ResourceId, Position)>, StorageError> {
    let mut query = resources::table
        .inner_join(sites::table)
        .filter(super::visibility::is_visible_to_all())
        .select((resources::id, sites::latitude, sites::longitude))
        .into_boxed();
    match area {
        Area::Within(area) => query = query.filter(is_within(area)),
        Area::Anywhere { after, limit } => {
            query = query.order(resources::id).limit(limit);
            if let Some(after) = after {
                query = query.filter(resources::id.gt(after));
            }
        }
    }
    let is_sqlite = conn.is_sqlite();
    if !filter.words.is_empty() {
        query = query.filter(is_found_by(&filter.words, is_sqlite));
    }
    if !filter.except.is_empty() {
        query = query.filter(not(is_found_by(&filter.except, is_sqlite)));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(resources::kind.eq(kind));
    }
    if let Some(category) = &filter.category {
        query = query.filter(lower(resources::category).eq(lower(category.clone())));
    }
    if let Some(unit) = filter.unit {
        query = query.filter(resources::unit.eq(unit));
    }
    if filter.capacity > 1 {
        query = query.filter(resources::capacity.ge(filter.capacity));
    }
    if let Some(organization) = filter.organization_id {
        query = query.filter(resources::organization_id.eq(organization));
    }
    if let Some(site) = filter.site_id {
        query = query.filter(resources::site_id.eq(site));
    }
    if let Some(city) = &filter.city {
        query = query.filter(sites::folded_city.eq(words::fold([city.as_str()])));
    }
    // Diesel writes the text of a query with parts anew each time, which took a fifteenth of a whole search.
    let rows: Vec<(ResourceId, f64, f64)> = match area {
        Area::Within(area) if area.longitudes.len() == 1 && filter.is_empty() => {
            SameText::<AroundAPlace, _>::new(query).load(conn)?
        }
        _ => query.load(conn)?,
    };
    let place = |(id, latitude, longitude)| Ok((id, Position::new(latitude, longitude).map_err(StorageError::corrupt)?));
    rows.into_iter().map(place).collect()
}

/// A city in which something is on offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Its name.
    pub city: String,
    /// Its country.
    pub country: Country,
    /// The mean position of what is on offer.
    pub position: Position,
    /// The number of resources on offer.
    pub resources: i64,
}

type PlaceRow = (Option<String>, Country, (Option<f64>, Option<f64>), i64);

/// The cities in which something is on offer to everybody, in no order; with a name, only those of this name, in whatever case and with
/// or without accents.
///
/// # Errors
/// When the database fails.
pub fn list_places(conn: &mut Conn, city: Option<&str>) -> Result<Vec<Place>, StorageError> {
    let mut query = resources::table
        .inner_join(sites::table)
        .filter(super::visibility::is_visible_to_all())
        .group_by((sites::folded_city, sites::country))
        .select((max(sites::city), sites::country, (avg(sites::latitude), avg(sites::longitude)), count_star()))
        .into_boxed();
    if let Some(city) = city {
        query = query.filter(sites::folded_city.eq(words::fold([city])));
    }
    let rows: Vec<PlaceRow> = query.load(conn)?;
    let place = |(city, country, (latitude, longitude), resources): PlaceRow| {
        let position = Position::new(latitude.unwrap_or_default(), longitude.unwrap_or_default());
        Ok(Place { city: city.unwrap_or_default(), country, position: position.map_err(StorageError::corrupt)?, resources })
    };
    rows.into_iter().map(place).collect()
}
