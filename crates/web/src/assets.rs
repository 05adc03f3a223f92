//! The files that pages load. The address of a file has its hash, so browsers can keep it.

use std::sync::LazyLock;

use actix_web::http::header::{self, AcceptEncoding, HeaderValue};
use actix_web::web;

use api::static_files::StaticFile;
use domain::secret_token::TokenHash;

fn address(file: &str, extension: &str) -> String {
    format!("/assets/{}.{extension}", TokenHash::of(file).as_str())
}

fn serve(config: &mut web::ServiceConfig, address: &str, file: &'static StaticFile) {
    let serve = move |accepted: Option<web::Header<AcceptEncoding>>| async move {
        let mut response = file.response(accepted);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
        response
    };
    config.route(address, web::get().to(serve));
}

/// Defines the address of each file, and registers the files.
macro_rules! assets {
    ($($(#[$about:meta])* $name:ident: $file:literal, $extension:literal, $media_type:literal;)+) => {
        $(
            $(#[$about])*
            pub(crate) fn $name() -> &'static str {
                static ADDRESS: LazyLock<String> = LazyLock::new(|| address(include_str!($file), $extension));
                &ADDRESS
            }
        )+

        /// Registers the files.
        pub(crate) fn configure(config: &mut web::ServiceConfig) {
            $({
                static FILE: StaticFile = StaticFile::new(include_str!($file), $media_type);
                serve(config, $name(), &FILE);
            })+
        }
    };
}

assets! {
    /// Returns the address of the style sheet.
    style: "assets/style.css", "css", "text/css; charset=utf-8";
    /// Returns the address of the script that shows what changes elsewhere.
    live: "assets/live.js", "js", "text/javascript; charset=utf-8";
    /// Returns the address of the script that draws the timeline of a site.
    timeline: "assets/timeline.js", "js", "text/javascript; charset=utf-8";
    /// Returns the address of EventCalendar 5.10.1 (<https://github.com/vkurko/calendar>, MIT), as npm has it in `@event-calendar/build`.
    calendar: "assets/event-calendar/event-calendar.min.js", "js", "text/javascript; charset=utf-8";
    /// Returns the address of the style sheet of EventCalendar.
    calendar_style: "assets/event-calendar/event-calendar.min.css", "css", "text/css; charset=utf-8";
    /// Returns the address of the script that fills in the position of the reader.
    near: "assets/near.js", "js", "text/javascript; charset=utf-8";
    /// Returns the address of the script that draws a map.
    map: "assets/map.js", "js", "text/javascript; charset=utf-8";
    /// Returns the address of Leaflet.
    leaflet: "assets/map/leaflet.js", "js", "text/javascript; charset=utf-8";
    /// Returns the address of the style sheet of Leaflet.
    leaflet_style: "assets/map/leaflet.css", "css", "text/css; charset=utf-8";
    /// Returns the address of the coasts and borders of the world.
    outlines: "assets/map/outlines.json", "json", "application/json";
}
