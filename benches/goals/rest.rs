//! What the service takes when nobody asks anything of it.

use std::time::Duration;

use crate::cpu;
use crate::world::{Place, Service};

pub(crate) async fn measure(place: fn() -> Place) {
    let place = place();
    drop(place.open());
    let service = Service::start(&place);
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!(
        "at rest, {}: ready in {:.0?}, {:.1} MB",
        place.name(),
        service.started_in,
        cpu::resident_bytes(service.pid()) as f64 / 1_000_000.0
    );
}
