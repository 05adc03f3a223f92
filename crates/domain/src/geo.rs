//! Positions on the earth, and distances between them.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::limits;
use crate::said::{said, says};

/// The mean radius of the earth of the IUGG (GRS 80), in kilometres.
const EARTH_RADIUS_KM: f64 = 6371.0088;

/// A position in WGS 84, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(try_from = "Degrees")]
#[schema(example = json!({"latitude": 51.5155, "longitude": -0.0922}))]
pub struct Position {
    #[schema(value_type = limits::Latitude)]
    latitude: f64,
    #[schema(value_type = limits::Longitude)]
    longitude: f64,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Degrees {
    latitude: f64,
    longitude: f64,
}

/// The places around a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The position.
    pub center: Position,
    /// The largest distance, in kilometres.
    pub radius_km: f64,
}

/// The reason why a value is not a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidPosition {
    /// The latitude is beyond a pole or not a number.
    Latitude,
    /// The longitude is more than 180 degrees or not a number.
    Longitude,
    /// The text is not two numbers.
    Malformed,
}

says!(InvalidPosition: |error| match error {
    InvalidPosition::Latitude => said!("the latitude must be between -90 and 90"),
    InvalidPosition::Longitude => said!("the longitude must be between -180 and 180"),
    InvalidPosition::Malformed => said!("must be a latitude and a longitude, such as 51.5155,-0.0922"),
});

impl Position {
    /// Creates a position from degrees.
    ///
    /// # Errors
    /// When a value is out of range.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, InvalidPosition> {
        if !limits::Latitude::RANGE.contains(&latitude) {
            Err(InvalidPosition::Latitude)
        } else if !limits::Longitude::RANGE.contains(&longitude) {
            Err(InvalidPosition::Longitude)
        } else {
            Ok(Self { latitude, longitude })
        }
    }

    /// Returns the nearest position in hundredths of a degree, at most about 1 km away.
    #[must_use]
    pub fn rounded(self) -> Self {
        let [latitude, longitude] = [self.latitude, self.longitude].map(|degrees| (degrees * 100.0).round() / 100.0);
        Self { latitude, longitude }
    }

    /// Returns the degrees north of the equator.
    pub const fn latitude(self) -> f64 {
        self.latitude
    }

    /// Returns the degrees east of Greenwich.
    pub const fn longitude(self) -> f64 {
        self.longitude
    }

    /// Returns the great-circle distance by the haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope
    /// 68, 1984). The error is at most 0.6 %.
    pub fn distance_km(self, other: Self) -> f64 {
        let [here, there] = [self, other].map(|position| position.latitude.to_radians());
        let half = |a: f64, b: f64| ((b - a) / 2.0).sin().powi(2);
        let longitudes = half(self.longitude.to_radians(), other.longitude.to_radians());
        let haversine = half(here, there) + here.cos() * there.cos() * longitudes;
        2.0 * EARTH_RADIUS_KM * haversine.sqrt().min(1.0).asin()
    }
}

impl TryFrom<Degrees> for Position {
    type Error = InvalidPosition;
    fn try_from(degrees: Degrees) -> Result<Self, InvalidPosition> {
        Self::new(degrees.latitude, degrees.longitude)
    }
}

impl FromStr for Position {
    type Err = InvalidPosition;
    /// Reads `latitude,longitude`.
    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        let (latitude, longitude) = text.split_once(',').ok_or(InvalidPosition::Malformed)?;
        let number = |text: &str| text.trim().parse().map_err(|_| InvalidPosition::Malformed);
        Self::new(number(latitude)?, number(longitude)?)
    }
}

/// A rectangle in degrees.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundingBox {
    /// From south to north.
    pub latitudes: RangeInclusive<f64>,
    /// From west to east: one range, or two if the rectangle crosses the antimeridian.
    pub longitudes: Vec<RangeInclusive<f64>>,
}

impl BoundingBox {
    /// Returns the smallest rectangle around all positions at most `radius_km` away, slightly widened (J. P. Matuschek,
    /// "Finding Points Within a Distance of a Latitude/Longitude Using Bounding Coordinates").
    pub fn around(center: Position, radius_km: f64) -> Self {
        // Rounding must not exclude positions on the rim: 1e-9 radians are 6 mm.
        let angle = radius_km.max(0.0) / EARTH_RADIUS_KM + 1e-9;
        let (south, north) = (center.latitude - angle.to_degrees(), center.latitude + angle.to_degrees());
        let latitudes = south.max(-90.0)..=north.min(90.0);
        if south <= -90.0 || north >= 90.0 {
            return Self { latitudes, longitudes: vec![-180.0..=180.0] };
        }
        // The meridians touch the circle nearer to the pole than its centre.
        let reach = (angle.sin() / center.latitude.to_radians().cos()).min(1.0).asin().to_degrees();
        let (west, east) = (center.longitude - reach, center.longitude + reach);
        let longitudes = if west < -180.0 {
            vec![-180.0..=east, west + 360.0..=180.0]
        } else if east > 180.0 {
            vec![-180.0..=east - 360.0, west..=180.0]
        } else {
            vec![west..=east]
        };
        Self { latitudes, longitudes }
    }

    /// Returns whether a position lies inside.
    pub fn contains(&self, position: Position) -> bool {
        self.latitudes.contains(&position.latitude) && self.longitudes.iter().any(|range| range.contains(&position.longitude))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position::new(latitude, longitude).unwrap()
    }

    #[test]
    fn distances_agree_with_the_great_circle() {
        let near = |a: Position, b: Position, km: f64| assert!((a.distance_km(b) - km).abs() < km * 1e-4 + 1e-9);
        // A quarter of a meridian, and half of the equator, of a sphere with this radius.
        near(at(0.0, 0.0), at(90.0, 0.0), 10_007.557);
        near(at(0.0, -90.0), at(0.0, 90.0), 20_015.114);
        // London to Brussels and to Rotterdam, by the angle between the vectors.
        near(at(51.5074, -0.1278), at(50.8503, 4.3517), 320.632);
        near(at(51.5074, -0.1278), at(51.9244, 4.4777), 320.597);
        near(at(51.5, 0.0), at(51.5, 0.0), 0.0);
        // The distance across the antimeridian is short.
        near(at(0.0, 179.9), at(0.0, -179.9), 22.239);
    }

    #[test]
    fn a_position_beyond_the_poles_or_half_way_round_is_refused() {
        assert_eq!("51.5155, -0.0922".parse(), Ok(at(51.5155, -0.0922)));
        assert_eq!(Position::new(90.01, 0.0), Err(InvalidPosition::Latitude));
        assert_eq!(Position::new(f64::NAN, 0.0), Err(InvalidPosition::Latitude));
        assert_eq!("0,180.5".parse::<Position>(), Err(InvalidPosition::Longitude));
        assert_eq!("0,inf".parse::<Position>(), Err(InvalidPosition::Longitude));
        assert_eq!("51.5155".parse::<Position>(), Err(InvalidPosition::Malformed));
        assert!(serde_json::from_str::<Position>(r#"{"latitude": 91, "longitude": 0}"#).is_err());
    }

    #[test]
    fn a_box_across_the_antimeridian_has_two_ranges_and_one_at_a_pole_has_all() {
        let suva = BoundingBox::around(at(-18.14, 178.44), 300.0);
        assert_eq!(suva.longitudes.len(), 2);
        assert!(suva.contains(at(-18.0, -179.5)) && suva.contains(at(-18.0, 179.5)) && !suva.contains(at(-18.0, 0.0)));
        assert_eq!(BoundingBox::around(at(89.9, 10.0), 50.0).longitudes, [-180.0..=180.0]);
        assert_eq!(BoundingBox::around(at(0.0, 0.0), 1e9).latitudes, -90.0..=90.0);
    }

    fn anywhere() -> impl Strategy<Value = Position> {
        let latitude = prop_oneof![-90.0..=90.0, 89.0..=90.0, -90.0..=-89.0];
        let longitude = prop_oneof![-180.0..=180.0, 179.0..=180.0, -180.0..=-179.0];
        (latitude, longitude).prop_map(|(latitude, longitude)| at(latitude, longitude))
    }

    proptest! {
        #[test]
        fn whoever_is_within_the_radius_is_in_the_box(center in anywhere(), other in anywhere(), farther in 1.0..2.0) {
            let radius = center.distance_km(other) * farther;
            prop_assert!(BoundingBox::around(center, radius).contains(other));
        }

        #[test]
        fn the_box_is_no_wider_than_the_circle(latitude in -70.0..70.0, longitude in -180.0..=180.0, radius in 0.1..500.0) {
            let center = at(latitude, longitude);
            let wide = BoundingBox::around(center, radius);
            let width: f64 = wide.longitudes.iter().map(|range| range.end() - range.start()).sum();
            // At the latitude of the centre, the side of the rectangle is nearer than its corner.
            let side = at(latitude, 0.0).distance_km(at(latitude, width / 2.0));
            prop_assert!(side >= radius * 0.999_999 && side < radius * 1.02 + 0.01, "{side} km for {radius} km");
            prop_assert!((wide.latitudes.end() - wide.latitudes.start() - 2.0 * (radius / EARTH_RADIUS_KM).to_degrees()).abs() < 1e-6);
        }
    }
}
