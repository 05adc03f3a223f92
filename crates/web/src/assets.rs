//! The files that pages load. The address of a file has its hash, so browsers can keep it. A file is compressed once, and better than a
//! page, which is compressed for each response.

use std::io::{self, Write as _};
use std::sync::LazyLock;

use actix_web::http::header::{self, AcceptEncoding, Encoding};
use actix_web::{HttpResponse, web};
use flate2::Compression;
use flate2::write::GzEncoder;

use domain::secret_token::TokenHash;

fn address(file: &str, extension: &str) -> String {
    format!("/assets/{}.{extension}", TokenHash::of(file).as_str())
}

/// A file, and the same file compressed.
type File = (&'static str, LazyLock<io::Result<web::Bytes>>);

fn compressed(file: &str) -> io::Result<web::Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(file.as_bytes())?;
    Ok(encoder.finish()?.into())
}

fn serve(config: &mut web::ServiceConfig, address: &str, media_type: &'static str, (file, compressed): &'static File) {
    let serve = move |accepted: Option<web::Header<AcceptEncoding>>| async move {
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .insert_header((header::VARY, "accept-encoding"))
            .content_type(media_type);
        let offered = [Encoding::gzip(), Encoding::identity()];
        let is_gzip = accepted.is_some_and(|accepted| accepted.negotiate(offered.iter()) == Some(Encoding::gzip()));
        match compressed.as_ref().ok().filter(|_| is_gzip) {
            Some(compressed) => response.insert_header((header::CONTENT_ENCODING, "gzip")).body(compressed.clone()),
            None => response.body(*file),
        }
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
                static FILE: File = (include_str!($file), LazyLock::new(|| compressed(include_str!($file))));
                serve(config, $name(), $media_type, &FILE);
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
