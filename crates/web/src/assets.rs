//! The files that pages load. The address of a file has its hash, so browsers can keep it.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use domain::secret_token::TokenHash;

const STYLE: &str = include_str!("assets/style.css");
const SCRIPT: &str = include_str!("assets/live.js");
const TIMELINE: &str = include_str!("assets/timeline.js");
/// EventCalendar 5.10.1 (<https://github.com/vkurko/calendar>, MIT), as npm has it in `@event-calendar/build`.
const CALENDAR: &str = include_str!("assets/event-calendar/event-calendar.min.js");
const CALENDAR_STYLE: &str = include_str!("assets/event-calendar/event-calendar.min.css");

static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| address(STYLE, "css"));
static SCRIPT_ADDRESS: LazyLock<String> = LazyLock::new(|| address(SCRIPT, "js"));
static TIMELINE_ADDRESS: LazyLock<String> = LazyLock::new(|| address(TIMELINE, "js"));
static CALENDAR_ADDRESS: LazyLock<String> = LazyLock::new(|| address(CALENDAR, "js"));
static CALENDAR_STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| address(CALENDAR_STYLE, "css"));

fn address(file: &str, extension: &str) -> String {
    format!("/assets/{}.{extension}", TokenHash::of(file).as_str())
}

/// Returns the address of the style sheet.
pub(crate) fn style_address() -> &'static str {
    &STYLE_ADDRESS
}

/// Returns the address of the script that shows what changes elsewhere.
pub(crate) fn script_address() -> &'static str {
    &SCRIPT_ADDRESS
}

/// Returns the address of the script that draws the timeline of a site.
pub(crate) fn timeline_address() -> &'static str {
    &TIMELINE_ADDRESS
}

/// Returns the address of the library with which that script draws.
pub(crate) fn calendar_address() -> &'static str {
    &CALENDAR_ADDRESS
}

/// Returns the address of the style sheet of the library.
pub(crate) fn calendar_style_address() -> &'static str {
    &CALENDAR_STYLE_ADDRESS
}

/// Registers the files.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    let (css, script) = ("text/css; charset=utf-8", "text/javascript; charset=utf-8");
    for (address, media_type, file) in [
        (style_address(), css, STYLE),
        (script_address(), script, SCRIPT),
        (timeline_address(), script, TIMELINE),
        (calendar_address(), script, CALENDAR),
        (calendar_style_address(), css, CALENDAR_STYLE),
    ] {
        let serve = move || async move {
            HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
                .content_type(media_type)
                .body(file)
        };
        config.route(address, web::get().to(serve));
    }
}
