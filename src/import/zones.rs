//! The time zone of a place, from its country and position.

use chrono_tz::Tz;

use domain::geo::Position;

/// Known places: see there.
const PLACES: &str = include_str!("zones.txt");

/// No land of any country is farther away than this from the country's nearest known place.
const FARTHEST_KM: f64 = 2000.0;

/// Why a position cannot be in its country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Misplaced {
    #[error("no time zone of the country is known")]
    UnknownCountry,
    #[error("the position is far outside the country")]
    Outside,
    #[error("the position is far outside the country; latitude and longitude are swapped, it seems")]
    Swapped,
}

/// The time zone at a position in a country (ISO 3166-1): that of the nearest known place.
pub(super) fn timezone(country: &str, position: Position) -> Result<Tz, Misplaced> {
    let (distance, zone) = nearest(country, position).ok_or(Misplaced::UnknownCountry)?;
    if distance <= FARTHEST_KM {
        return Ok(zone);
    }
    let swapped = Position::new(position.longitude(), position.latitude()).ok();
    let is_inside = swapped.and_then(|swapped| nearest(country, swapped)).is_some_and(|(distance, _)| distance <= FARTHEST_KM);
    Err(if is_inside { Misplaced::Swapped } else { Misplaced::Outside })
}

fn nearest(country: &str, position: Position) -> Option<(f64, Tz)> {
    let in_country = |line: &'static str| line.strip_prefix(country)?.strip_prefix(' ')?.split_once(' ');
    PLACES
        .lines()
        .filter_map(in_country)
        .filter_map(|(zone, places)| {
            let distances = places.split(' ').filter_map(|place| place.parse().ok()).map(|place| position.distance_km(place));
            Some((distances.min_by(f64::total_cmp)?, zone.parse().ok()?))
        })
        .min_by(|(one, _), (other, _)| one.total_cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_place_is_a_position_in_a_zone_of_the_iana_database() {
        for line in PLACES.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            let (country, zone) = (words.next().unwrap(), words.next().unwrap());
            assert!(country.len() == 2 && zone.parse::<Tz>().is_ok(), "{line}");
            assert!(words.next().is_some_and(|place| place.parse::<Position>().is_ok()), "{line}");
            assert!(words.all(|place| place.parse::<Position>().is_ok()), "{line}");
        }
    }

    #[test]
    fn a_place_is_in_the_zone_of_the_nearest_known_one_in_its_country() {
        for (country, latitude, longitude, zone) in [
            ("GB", 57.14, -2.09, "Europe/London"),
            ("FR", 48.58, 7.75, "Europe/Paris"), // Strasbourg, nearer to Zurich than to Paris
            ("US", 30.37, -97.78, "America/Chicago"),
            ("US", 35.05, -85.31, "America/New_York"), // Chattanooga, an hour before Nashville
            ("US", 31.76, -106.49, "America/Denver"),  // El Paso, an hour behind the rest of Texas
            ("CA", 46.77, -71.29, "America/Toronto"),
            ("BR", -16.72, -49.27, "America/Sao_Paulo"),
            ("RU", 55.85, 49.09, "Europe/Moscow"), // Kazan
            ("NZ", -45.88, 170.50, "Pacific/Auckland"),
        ] {
            let zone: Tz = zone.parse().unwrap();
            assert_eq!(timezone(country, Position::new(latitude, longitude).unwrap()), Ok(zone), "{country} {latitude}");
        }
    }

    #[test]
    fn a_position_that_cannot_be_is_told() {
        let at = |latitude, longitude| Position::new(latitude, longitude).unwrap();
        assert_eq!(timezone("GB", at(40.71, -74.01)), Err(Misplaced::Outside));
        assert_eq!(timezone("BR", at(-46.64, -23.54)), Err(Misplaced::Swapped));
        assert_eq!(timezone("BV", at(-54.42, 3.36)), Err(Misplaced::UnknownCountry));
        assert_eq!(timezone("", at(0.0, 0.0)), Err(Misplaced::UnknownCountry));
    }
}
