//! The places of an organization.

use std::sync::Arc;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::country::Country;
use super::fields::{Fields, InvalidFields};
use super::geo::Position;
use super::limits;
use super::opening_hours::{Calendar, DateExceptions, OpeningHours, RawDateException, RawOpeningHours};
use super::public_holidays::PublicHolidays;
use super::text_enum::text_enum;
use super::wall_clock::timezone;

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"line1": "4 Anthony Way", "city": "London", "postal_code": "N18 3QT", "country": "GB"}))]
pub struct Address {
    /// Street and number.
    #[schema(value_type = limits::AddressLine)]
    pub line1: String,
    /// Further parts of the address, such as floor or gate. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::Line)]
    pub line2: String,
    /// The city.
    #[schema(value_type = limits::City)]
    pub city: String,
    /// The postal code. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::PostalCode)]
    pub postal_code: String,
    /// The country, as an ISO 3166-1 alpha-2 code.
    #[schema(pattern = "^[A-Z]{2}$")]
    pub country: String,
}

impl Address {
    /// Returns the validated address, without surrounding blanks.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let line1 = fields.line("/line1", &self.line1, limits::AddressLine::RANGE);
        let line2 = fields.line("/line2", &self.line2, limits::Line::RANGE);
        let city = fields.line("/city", &self.city, limits::City::RANGE);
        let postal_code = fields.line("/postal_code", &self.postal_code, limits::PostalCode::RANGE);
        fields.take("/country", self.country.parse::<Country>());
        let country = self.country.clone();
        fields.finish(|| Some(Self { line1: line1?, line2: line2?, city: city?, postal_code: postal_code?, country }))
    }
}

text_enum! {
    /// The users who can see the exact address of a site.
    pub enum Disclosure {
        /// Every user.
        Everyone = "everyone",
        /// Customers with a confirmed booking at the site, and members of the host.
        Confirmed = "confirmed",
    }
}

/// The fields of a site.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SiteFields {
    /// The name.
    pub name: String,
    /// The postal address.
    pub address: Address,
    /// The position.
    pub position: Position,
    /// The time zone.
    pub timezone: Tz,
    /// The opening hours of a normal week.
    pub opening_hours: Arc<OpeningHours>,
    /// The dates with other opening hours.
    pub exceptions: Arc<DateExceptions>,
    /// The users who can see the exact address.
    pub discloses_address: Disclosure,
    /// How to enter the site. Only visible to customers with a confirmed booking and to the host.
    pub access_notes: String,
    /// The contact person. Only visible to customers with a confirmed booking and to the host.
    pub contact: String,
}

impl SiteFields {
    /// Returns the calendar of the opening hours.
    pub fn calendar(&self) -> Calendar<'_> {
        Calendar { timezone: self.timezone, hours: &self.opening_hours, exceptions: &self.exceptions }
    }

    /// Returns whether every user can see the exact address.
    pub fn is_address_public(&self) -> bool {
        self.discloses_address == Disclosure::Everyone
    }

    /// Returns the position that every user can see. Distances are computed from it, because exact distances would reveal the
    /// address.
    pub fn public_position(&self) -> Position {
        if self.is_address_public() { self.position } else { self.position.rounded() }
    }

    /// Returns the public holidays at the site, if they are known.
    pub fn public_holidays(&self) -> Option<PublicHolidays> {
        PublicHolidays::of(&self.address.country, &self.address.postal_code)
    }
}

/// A new site.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Main hall",
    "address": {"line1": "4 Anthony Way", "city": "London", "postal_code": "N18 3QT", "country": "GB"},
    "latitude": 51.61309, "longitude": -0.06446, "timezone": "Europe/London",
    "opening_hours": {"mon": [["08:00", "18:00"]], "fri": [["08:00", "12:00"], ["20:00", "02:00"]]},
    "exceptions": [{"date": "2026-12-25", "spans": [], "reason": "Christmas"}]
}))]
pub struct NewSite {
    /// The name of the site.
    #[schema(value_type = limits::Name)]
    pub name: String,
    /// The postal address.
    pub address: Address,
    /// The latitude in degrees north, WGS 84.
    #[schema(value_type = limits::Latitude)]
    pub latitude: f64,
    /// The longitude in degrees east, WGS 84.
    #[schema(value_type = limits::Longitude)]
    pub longitude: f64,
    /// The time zone, as an IANA name.
    #[schema(example = "Europe/London")]
    pub timezone: String,
    /// The opening hours of a normal week, in local time. Default: open day and night.
    #[serde(default = "always")]
    #[schema(value_type = OpeningHours, required = false)]
    pub opening_hours: RawOpeningHours,
    /// The dates with other opening hours. Default: none.
    #[serde(default)]
    #[schema(value_type = limits::Exceptions<RawDateException>)]
    pub exceptions: Vec<RawDateException>,
    /// The users who can see the exact address: everyone, or only customers with a confirmed booking. Other users then see the
    /// city and a position that is rounded to about 1 km.
    #[serde(default = "everyone")]
    #[schema(default = "everyone", required = false)]
    pub discloses_address: Disclosure,
    /// How to enter the site: door, code, way. Only visible to customers with a confirmed booking and to members of the host.
    /// Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::Description)]
    pub access_notes: String,
    /// The contact person at the site. Only visible to customers with a confirmed booking and to members of the host. Default:
    /// empty.
    #[serde(default)]
    #[schema(value_type = limits::SiteContact)]
    pub contact: String,
}

const fn everyone() -> Disclosure {
    Disclosure::Everyone
}

fn always() -> RawOpeningHours {
    OpeningHours::always().into()
}

impl NewSite {
    /// Returns the validated fields, without surrounding blanks.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self) -> Result<SiteFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.line("/name", &self.name, limits::Name::RANGE);
        let address = fields.nest("/address", self.address.read());
        fields.number("/latitude", self.latitude, limits::Latitude::RANGE);
        fields.number("/longitude", self.longitude, limits::Longitude::RANGE);
        let position = Position::new(self.latitude, self.longitude).ok();
        let timezone = fields.take("/timezone", timezone(&self.timezone));
        let opening_hours = fields.nest("/opening_hours", OpeningHours::read(&self.opening_hours));
        let exceptions = fields.nest("/exceptions", DateExceptions::read(&self.exceptions));
        let access_notes = fields.text("/access_notes", &self.access_notes, limits::Description::RANGE);
        let contact = fields.text("/contact", &self.contact, limits::SiteContact::RANGE);
        fields.finish(|| {
            Some(SiteFields {
                name: name?,
                address: address?,
                position: position?,
                timezone: timezone?,
                opening_hours: Arc::new(opening_hours?),
                exceptions: Arc::new(exceptions?),
                discloses_address: self.discloses_address,
                access_notes: access_notes?,
                contact: contact?,
            })
        })
    }
}

impl From<SiteFields> for NewSite {
    fn from(fields: SiteFields) -> Self {
        Self {
            name: fields.name,
            address: fields.address,
            latitude: fields.position.latitude(),
            longitude: fields.position.longitude(),
            timezone: fields.timezone.name().to_owned(),
            opening_hours: fields.opening_hours.written(),
            exceptions: fields.exceptions.written(),
            discloses_address: fields.discloses_address,
            access_notes: fields.access_notes,
            contact: fields.contact,
        }
    }
}
