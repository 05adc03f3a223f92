//! Files in the wild, with their faults, and random events against a clock that is read day by day.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};
use proptest::prelude::*;

use domain::calendar_import::Problem;

use super::*;

const NOW: &str = "2026-12-01T06:00:00Z";

fn at(text: &str) -> UtcTime {
    UtcTime::parse(text).unwrap()
}

fn read_in(site: Tz, file: &[u8]) -> Busy {
    read(file, site, at(NOW)).unwrap()
}

/// The times of a file for a site in Brussels that end by new year 2028, each as `title start end`.
fn times(file: &[u8]) -> Vec<String> {
    let times = read_in(Tz::Europe__Brussels, file).times.into_iter();
    let short = |time: UtcTime| time.to_string().replace(":00Z", "Z").replace("2026-", "").replace("2027-", "27-");
    times.map(|time| format!("{} {} {}", time.title, short(time.interval.starts_at()), short(time.interval.ends_at()))).collect()
}

fn calendar(lines: &str) -> Vec<u8> {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}\r\nEND:VCALENDAR\r\n", lines.trim().replace('\n', "\r\n")).into_bytes()
}

/// A calendar with one event with these lines.
fn event(lines: &str) -> Vec<u8> {
    calendar(&format!("BEGIN:VEVENT\nUID:1@example.org\nSUMMARY:A\n{}\nEND:VEVENT", lines.trim()))
}

#[test]
fn the_calendar_of_google_has_zones_and_replaced_occurrences() {
    let file = calendar(
        "PRODID:-//Google Inc//Google Calendar 70.9054//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:Lathe
X-WR-TIMEZONE:Europe/Brussels
BEGIN:VEVENT
DTSTART;TZID=Europe/Brussels:20261201T090000
DTEND;TZID=Europe/Brussels:20261201T100000
RRULE:FREQ=WEEKLY;WKST=MO;UNTIL=20261223T225959Z;BYDAY=TU,TH
EXDATE;TZID=Europe/Brussels:20261208T090000
DTSTAMP:20261101T120000Z
UID:abc@google.com
SEQUENCE:1
STATUS:CONFIRMED
SUMMARY:Course\\, part 1
TRANSP:OPAQUE
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=Europe/Brussels:20261211T140000
DTEND;TZID=Europe/Brussels:20261211T150000
UID:abc@google.com
RECURRENCE-ID;TZID=Europe/Brussels:20261210T090000
SEQUENCE:2
SUMMARY:Course\\, moved
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=Europe/Brussels:20261217T090000
DTEND;TZID=Europe/Brussels:20261217T100000
UID:abc@google.com
RECURRENCE-ID:20261217T080000Z
SEQUENCE:3
STATUS:CANCELLED
SUMMARY:Course
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261225
DTEND;VALUE=DATE:20261227
UID:def@google.com
SUMMARY:Closed
TRANSP:OPAQUE
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261225
UID:ghi@google.com
SUMMARY:Somebody's birthday
TRANSP:TRANSPARENT
END:VEVENT",
    );
    assert_eq!(
        times(&file),
        [
            "Course, part 1 12-01T08:00Z 12-01T09:00Z",
            "Course, part 1 12-03T08:00Z 12-03T09:00Z",
            "Course, moved 12-11T13:00Z 12-11T14:00Z",
            "Course, part 1 12-15T08:00Z 12-15T09:00Z",
            "Course, part 1 12-22T08:00Z 12-22T09:00Z",
            "Closed 12-24T23:00Z 12-26T23:00Z",
        ]
    );
}

#[test]
fn the_calendar_of_outlook_names_zones_of_windows_and_defines_its_own() {
    let file = calendar(
        "PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:040000008200E00074C5B7101A82E008
SUMMARY;LANGUAGE=en-us:Maintenance
DTSTART;TZID=\"W. Europe Standard Time\":20261202T080000
DTEND;TZID=\"W. Europe Standard Time\":20261202T093000
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Ours
DTSTART;TZID=\"Customized Time Zone\":20270401T080000
DTEND;TZID=\"Customized Time Zone\":20270401T090000
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:Unquoted
DTSTART;TZID=(UTC+01:00) Brussels, Copenhagen, Madrid, Paris:20261203T080000
DTEND;TZID=(UTC+01:00) Brussels, Copenhagen, Madrid, Paris:20261203T090000
END:VEVENT
BEGIN:VEVENT
UID:4
SUMMARY:Free
DTSTART;TZID=Eastern Standard Time:20261204T080000
DTEND;TZID=Eastern Standard Time:20261204T090000
X-MICROSOFT-CDO-BUSYSTATUS:FREE
END:VEVENT
BEGIN:VEVENT
UID:5
SUMMARY:Lost
DTSTART;TZID=Somewhere:20261205T080000
DTEND;TZID=Somewhere:20261205T090000
END:VEVENT",
    );
    assert_eq!(
        times(&file),
        [
            "Maintenance 12-02T07:00Z 12-02T08:30Z",
            "Unquoted 12-03T07:00Z 12-03T08:00Z",
            "Lost 12-05T07:00Z 12-05T08:00Z",
            "Ours 27-04-01T12:00Z 27-04-01T13:00Z",
        ]
    );
    let problems = read_in(Tz::Europe__Brussels, &file).problems;
    let reason = "its time zone `Somewhere` is unknown; its times are read as times at the site".to_owned();
    assert_eq!(problems, [Problem { title: "Lost".to_owned(), reason }]);
}

#[test]
fn exchange_online_writes_whole_days_and_recurrences_of_its_own_kind() {
    let file = calendar(
        "METHOD:PUBLISH
PRODID:Microsoft Exchange Server 2010
X-WR-CALNAME:Calendar
BEGIN:VTIMEZONE
TZID:Romance Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
RRULE:FREQ=MONTHLY;UNTIL=20270302T080000Z;INTERVAL=1;BYDAY=1TU
EXDATE;TZID=Romance Standard Time:20270105T090000,20270105T100000
UID:A
SUMMARY:Busy
DTSTART;TZID=Romance Standard Time:20261201T090000
DTEND;TZID=Romance Standard Time:20261201T113000
CLASS:PUBLIC
TRANSP:OPAQUE
SEQUENCE:0
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-CDO-ALLDAYEVENT:FALSE
END:VEVENT
BEGIN:VEVENT
UID:B
SUMMARY:Tentative
DTSTART;VALUE=DATE:20261231
DTEND;VALUE=DATE:20270101
X-MICROSOFT-CDO-ALLDAYEVENT:TRUE
END:VEVENT",
    );
    assert_eq!(
        times(&file),
        [
            "Busy 12-01T08:00Z 12-01T10:30Z",
            "Tentative 12-30T23:00Z 12-31T23:00Z",
            "Busy 27-02-02T08:00Z 27-02-02T10:30Z",
            "Busy 27-03-02T08:00Z 27-03-02T10:30Z",
        ]
    );
}

#[test]
fn apple_writes_durations_further_dates_and_changes_of_all_later_occurrences() {
    let file = calendar(
        "PRODID:-//Apple Inc.//macOS 14.0//EN
BEGIN:VEVENT
UID:A
SUMMARY:Daily
DTSTART;TZID=Europe/Brussels:20261201T170000
DURATION:PT45M
RRULE:FREQ=DAILY;COUNT=5
BEGIN:VALARM
TRIGGER:-PT15M
DURATION:PT5M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:A
SUMMARY:Later
DTSTART;TZID=Europe/Brussels:20261203T180000
DURATION:PT1H
RECURRENCE-ID;TZID=Europe/Brussels;RANGE=THISANDFUTURE:20261203T170000
END:VEVENT
BEGIN:VEVENT
UID:B
SUMMARY:Dates
DTSTART:20261207T080000Z
DTEND:20261207T090000Z
RDATE;VALUE=PERIOD:20261209T080000Z/PT2H,20261210T080000Z/20261210T083000Z
RDATE;TZID=Europe/Brussels:20261208T100000
END:VEVENT
BEGIN:VEVENT
UID:C
SUMMARY:Floating
DTSTART:20261211T080000
DTEND:20261211T090000
END:VEVENT",
    );
    assert_eq!(
        times(&file),
        [
            "Daily 12-01T16:00Z 12-01T16:45Z",
            "Daily 12-02T16:00Z 12-02T16:45Z",
            "Later 12-03T17:00Z 12-03T18:00Z",
            "Later 12-04T17:00Z 12-04T18:00Z",
            "Later 12-05T17:00Z 12-05T18:00Z",
            "Dates 12-07T08:00Z 12-07T09:00Z",
            "Dates 12-08T09:00Z 12-08T10:00Z",
            "Dates 12-09T08:00Z 12-09T10:00Z",
            "Dates 12-10T08:00Z 12-10T08:30Z",
            "Floating 12-11T07:00Z 12-11T08:00Z",
        ]
    );
}

/// One UID for all events, no end, mixed ends of lines, lines that were not folded, lower-case names, Latin-1.
#[test]
fn a_file_that_breaks_most_rules_is_read_as_far_as_it_goes() {
    let text = "begin:vcalendar\nversion:2.0\r\nbegin:vevent\nuid:event\ndtstart:20261201T0800\rdtend:20261201T0900\nsummary:Fr\u{e4}se\n\
        description:First line\nsecond line without a blank\nthird: with a colon\nend:vevent\nBEGIN:VEVENT\nUID:event\n\
        DTSTART;VALUE=DATE:2026-12-02\nDTEND;VALUE=DATE:2026-12-02\nSUMMARY:Day\nBEGIN:VEVENT\nUID:event\nDTSTART:2026-12-03T08:00:00+01:00\n\
        DTEND:2026-12-03T09:00:30+01:00\nSUMMARY:Offset\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20261204T080000Z\nDTEND:20261204T080000Z\n\
        SUMMARY:Empty\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:tomorrow\nSUMMARY:Unknown\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20261205T090000Z\n\
        DTEND:20261205T080000Z\nSUMMARY:Backwards\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20261206T080000Z\nDTEND:20261206T090000Z\n\
        RRULE:FREQ=SECONDLY\nSUMMARY:Seconds\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20261207T080000Z\nDURATION:PT0S\nSUMMARY:Nothing\n\
        END:VEVENT\nend:vcalendar";
    let latin: Vec<u8> = text.chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect();
    let expected = [
        "Fr\u{e4}se 12-01T07:00Z 12-01T08:00Z",
        "Day 12-01T23:00Z 12-02T23:00Z",
        "Offset 12-03T07:00Z 12-03T08:01Z",
        "Seconds 12-06T08:00Z 12-06T09:00Z",
    ];
    assert_eq!(times(&latin), expected);
    assert_eq!(times(&[&[0xef, 0xbb, 0xbf], text.as_bytes()].concat()), expected);
    let problems = read_in(Tz::Europe__Brussels, &latin).problems;
    let problems: Vec<_> = problems.iter().map(|problem| format!("{}: {}", problem.title, problem.reason)).collect();
    assert_eq!(
        problems,
        [
            "Unknown: it has no start that can be read; it blocks nothing",
            "Backwards: it ends before it starts; it blocks nothing",
            "Seconds: its recurrence rule is not supported: FREQ=SECONDLY; only its first time is blocked",
        ]
    );
}

#[test]
fn exceptions_are_found_in_each_form() {
    let daily = "DTSTART;TZID=Europe/Brussels:20261201T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n";
    for exception in [
        "EXDATE;TZID=Europe/Brussels:20261202T090000",
        "EXDATE:20261202T090000",
        "EXDATE:20261202T080000Z",
        "EXDATE;TZID=America/New_York:20261202T030000",
        "EXDATE;VALUE=DATE:20261202",
        "EXDATE:20261202",
        "EXDATE:20261209T090000,20261202T090000,",
    ] {
        let found = times(&event(&format!("{daily}{exception}")));
        let days: Vec<_> = found.iter().map(|time| &time[2..7]).collect();
        assert_eq!(days, ["12-01", "12-03", "12-04"], "{exception}");
    }
    let days = "DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=DAILY;UNTIL=20261204T225959Z\n";
    for exception in ["EXDATE;VALUE=DATE:20261202", "EXDATE:20261202T000000", "EXDATE:20261201T230000Z"] {
        let found = times(&event(&format!("{days}{exception}")));
        assert_eq!(
            found,
            ["A 11-30T23:00Z 12-01T23:00Z", "A 12-02T23:00Z 12-03T23:00Z", "A 12-03T23:00Z 12-04T23:00Z"],
            "{exception}"
        );
    }
}

#[test]
fn a_day_and_a_weekly_hour_follow_the_clock_at_the_site() {
    let london = |file: &[u8]| read_in(Tz::Europe__London, file).times;
    // The clocks go forward on 28 March 2027: the day has 23 hours.
    let day = &london(&event("DTSTART;VALUE=DATE:20270328"))[0];
    assert_eq!((day.interval.starts_at(), day.interval.ends_at()), (at("2027-03-28T00:00:00Z"), at("2027-03-28T23:00:00Z")));
    let weekly = london(&event("DTSTART:20270321T090000\nDTEND:20270321T100000\nRRULE:FREQ=WEEKLY;COUNT=2"));
    let starts: Vec<_> = weekly.iter().map(|time| time.interval.starts_at()).collect();
    assert_eq!(starts, [at("2027-03-21T09:00:00Z"), at("2027-03-28T08:00:00Z")]);
    // From 01:30 to 03:00: the first half hour is skipped.
    let gap = &london(&event("DTSTART:20270328T013000\nDTEND:20270328T030000"))[0];
    assert_eq!((gap.interval.starts_at(), gap.interval.ends_at()), (at("2027-03-28T01:00:00Z"), at("2027-03-28T02:00:00Z")));
}

#[test]
fn an_event_has_the_same_key_in_each_version_of_the_file() {
    let keys = |file: &[u8]| -> Vec<String> { read_in(Tz::UTC, file).times.into_iter().map(|time| time.key).collect() };
    let before = keys(&event("DTSTART:20261202T080000Z\nDURATION:PT1H"));
    assert_eq!(keys(&event("DTSTART:20261203T080000Z\nDURATION:PT2H\nSEQUENCE:1")), before);
    let series = "DTSTART:20261202T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3";
    let all = keys(&event(series));
    let moved =
        "BEGIN:VEVENT\nUID:1@example.org\nRECURRENCE-ID:20261203T080000Z\nDTSTART:20261203T180000Z\nDURATION:PT1H\nEND:VEVENT";
    let file = calendar(&format!("BEGIN:VEVENT\nUID:1@example.org\n{series}\nEND:VEVENT\n{moved}"));
    assert_eq!(keys(&file), all);
    assert_eq!((all.len(), before.len()), (3, 1));
    assert!(all.iter().chain(&before).all(|key| key.len() == 32));
}

#[test]
fn a_file_can_take_only_so_much_time_and_so_many_times() {
    let many = "DTSTART:20261201T080000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15";
    let busy = read_in(Tz::UTC, &event(many));
    assert_eq!((busy.times.len(), busy.left_out), (MOST_TIMES, 400 * 16 - 2 - MOST_TIMES));
    let one = "BEGIN:VEVENT\nDTSTART:19000101T080000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY;COUNT=1000000\nSUMMARY:";
    let all: String = (0..400).map(|number| format!("{one}{number}\nEND:VEVENT\n")).collect();
    assert_eq!(read(&calendar(&all), Tz::UTC, at(NOW)), Err(NotACalendar::TooMuch));
    for rule in [
        format!("FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;{}", each_second()),
        format!("FREQ=DAILY;{}", each_second()),
        "FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9,10;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24"
            .to_owned(),
    ] {
        let file = event(&format!("DTSTART:20261201T080000Z\nDURATION:PT1S\nRRULE:{rule}"));
        assert_eq!(read(&file, Tz::UTC, at(NOW)), Err(NotACalendar::TooMuch), "{rule}");
    }
    let changes = (0..30_000)
        .map(|second| NaiveDateTime::default() + TimeDelta::seconds(second))
        .map(|at| at.format("%Y%m%dT%H%M%S,").to_string());
    let zone = format!(
        "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:+0100\nRDATE:{}\nEND:STANDARD\nEND:VTIMEZONE",
        changes.collect::<String>()
    );
    assert_eq!(read(&calendar(&zone), Tz::UTC, at(NOW)), Err(NotACalendar::TooMuch));
}

/// The part of a rule that names each second of a day.
fn each_second() -> String {
    let list = |most: u32| (0..most).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    format!("BYHOUR={};BYMINUTE={};BYSECOND={}", list(24), list(60), list(60))
}

#[test]
fn a_long_list_is_read_once() {
    let day = |days: i64| (NaiveDateTime::default() + TimeDelta::days(days)).format("%Y%m%d").to_string();
    let excluded = (0..50_000).map(|number| day(number % 30_000)).collect::<Vec<_>>().join(",");
    let zone = "X".repeat(100_000);
    let file =
        event(&format!("DTSTART:20261201T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID={zone}:{excluded}"));
    assert_eq!(times(&file), [""; 0]);
    let same = ["BYHOUR=8,8", "BYMINUTE=0,0", "BYSECOND=0,0", "BYMONTH=12,12", "BYDAY=TU,TU"].map(|list| {
        let (name, value) = list.split_once('=').unwrap();
        format!("{name}={}", vec![value; 10_000].join(","))
    });
    let file = event(&format!("DTSTART:20261201T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2;{}", same.join(";")));
    assert_eq!(times(&file), ["A 12-01T08:00Z 12-01T09:00Z", "A 12-08T08:00Z 12-08T09:00Z"]);
}

#[test]
fn a_zone_with_a_colon_is_that_of_all_dates_of_a_list() {
    let dates = |name: &str| format!("{name};TZID=(UTC+01:00) Bern:20261202T090000,20261203T090000");
    let file = event(&format!("DTSTART:20261201T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n{}", dates("EXDATE")));
    assert_eq!(times(&file), ["A 12-01T08:00Z 12-01T09:00Z", "A 12-04T08:00Z 12-04T09:00Z"]);
    let file = event(&format!("DTSTART:20261201T080000Z\nDURATION:PT1H\n{}", dates("RDATE")));
    assert_eq!(times(&file), ["12-01T08", "12-02T08", "12-03T08"].map(|at| format!("A {at}:00Z {}9:00Z", at.replace('8', ""))));
    let deep = "BEGIN:X\n".repeat(200_000);
    assert_eq!(read(format!("BEGIN:VCALENDAR\n{deep}").as_bytes(), Tz::UTC, at(NOW)), Err(NotACalendar::Cut));
}

/// The first instant with a local time, or the end of the gap that contains it, found minute by minute.
fn naive_instant(zone: Tz, local: NaiveDateTime) -> UtcTime {
    let found = (0..240).find_map(|minutes| zone.from_local_datetime(&(local + TimeDelta::minutes(minutes))).earliest());
    found.unwrap().to_utc().into()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A recurring event against a calendar that is turned over day by day.
    #[test]
    fn occurrences_are_those_of_a_clock_that_is_read_day_by_day(
        zone in proptest::sample::select(vec![Tz::Europe__Brussels, Tz::America__New_York, Tz::Australia__Lord_Howe, Tz::America__Havana, Tz::Asia__Tokyo]),
        (day, minute, length) in (0..700_i64, 0..1440_u32, 1..3000_i64),
        (frequency, interval) in (0..4_usize, 1..4_i64),
        weekdays in proptest::sample::subsequence(vec![0_u8, 1, 2, 3, 4, 5, 6], 1..4),
        excluded in 0..800_i64,
        lasts in proptest::option::of(0..900_i64),
    ) {
        let first = NaiveDate::from_ymd_opt(2025, 6, 2).unwrap() + TimeDelta::days(day);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap();
        let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
        let listed: Vec<_> = weekdays.iter().map(|number| names[usize::from(*number)]).collect();
        let (name, by) = [("DAILY", String::new()), ("WEEKLY", format!(";BYDAY={}", listed.join(","))), ("MONTHLY", String::new()), ("YEARLY", String::new())][frequency].clone();
        let last = lasts.map(|days| first + TimeDelta::days(days));
        let until = last.map_or_else(String::new, |last| format!(";UNTIL={}", last.format("%Y%m%d")));
        let out = first + TimeDelta::days(excluded);
        let file = event(&format!(
            "DTSTART;TZID={zone}:{0}T{1}\nDURATION:PT{length}M\nRRULE:FREQ={name};INTERVAL={interval}{by}{until}\nEXDATE;TZID={zone}:{2}T{1}",
            first.format("%Y%m%d"), time.format("%H%M%S"), out.format("%Y%m%d"),
        ));
        let monday = |day: NaiveDate| day - TimeDelta::days(i64::from(day.weekday().num_days_from_monday()));
        let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        let window = Interval::new(at(NOW) - TimeDelta::days(1), at(NOW) + AHEAD).unwrap();
        let mut expected = Vec::new();
        for number in 0..1400 {
            let day = first + TimeDelta::days(number);
            let occurs = day == first || match name {
                "DAILY" => number % interval == 0,
                "WEEKLY" => (monday(day) - monday(first)).num_days() / 7 % interval == 0 && listed.contains(&names[day.weekday().num_days_from_monday() as usize]),
                "MONTHLY" => (month(day) - month(first)) % interval == 0 && day.day() == first.day(),
                _ => i64::from(day.year() - first.year()) % interval == 0 && (day.day(), day.month()) == (first.day(), first.month()),
            };
            if !occurs || day == out || last.is_some_and(|last| day > last) {
                continue;
            }
            let start = day.and_time(time);
            let (starts_at, ends_at) = (naive_instant(zone, start), naive_instant(zone, start + TimeDelta::minutes(length)));
            expected.extend(Interval::new(starts_at, ends_at).ok().filter(|interval| interval.overlaps(window)));
        }
        expected.sort_unstable();
        let found: Vec<_> = read_in(Tz::UTC, &file).times.into_iter().map(|time| time.interval).collect();
        prop_assert_eq!(found, expected, "{}", String::from_utf8_lossy(&file));
    }
}
