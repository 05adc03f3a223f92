//! Opening hours as people type them: those that are valid are the same when they are written and read again.
#![no_main]

use domain::opening_hours::{DateExceptions, WEEKDAYS};
use domain::typed_hours::{read_exceptions, read_week, write_exceptions, write_week};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let week: Vec<_> = text.lines().map(str::to_owned).collect();
    if let Ok(hours) = read_week(&week) {
        let written = write_week(&hours);
        assert_eq!((written.len(), read_week(&written)), (WEEKDAYS.len(), Ok(hours)));
    }
    let Ok(exceptions) = read_exceptions(text) else { return };
    if DateExceptions::read(&exceptions).is_ok() {
        assert_eq!(read_exceptions(&write_exceptions(&exceptions)), Ok(exceptions));
    }
});
