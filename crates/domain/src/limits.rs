//! The limits on the fields of requests, each in one place: a type gives the range that the parser checks and the schema in the
//! OpenAPI document. A field of a body or query names the type as its `value_type`; its parser uses `RANGE`.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, Ref, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// The longest booking, in days. No rules can allow a longer one, and no request can ask for one. A block is limited likewise.
pub const LONGEST_DAYS: i64 = 366;
/// The longest window of a waitlist entry, and the longest span of an availability request, in days.
pub const LONGEST_WINDOW_DAYS: i64 = 92;

const DAY: i64 = 1440;
const WEEK: i64 = 7 * DAY;

/// The beginning of the names of these types in the OpenAPI document, which shows their schemas in place of references.
pub const PREFIX: &str = "Limited";

/// Defines a type for each limited text or password (by its number of characters) and number (by its value).
macro_rules! limits {
    ($($(#[$about:meta])+ $name:ident: $kind:ident $range:expr $(, default $default:expr)?;)+) => {
        $(
            $(#[$about])+
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl $name {
                /// The accepted lengths or values.
                pub const RANGE: RangeInclusive<limits!(@type $kind)> = $range;
                $(
                    /// The value of a field that is not sent.
                    pub const DEFAULT: limits!(@type $kind) = $default;
                )?
            }

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    limits!(@schema $kind Self::RANGE)$(.default(Some($default.into())))?.into()
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    [PREFIX, stringify!($name)].concat().into()
                }
            }
        )+

        /// Returns the schema of each limited text and number, with its name in the OpenAPI document.
        pub fn schemas() -> Vec<(String, RefOr<Schema>)> {
            vec![$(($name::name().into_owned(), $name::schema())),+]
        }
    };
    (@type text) => { usize };
    (@type password) => { usize };
    (@type $number:ident) => { $number };
    (@schema text $range:expr) => { text_schema($range) };
    (@schema password $range:expr) => {
        text_schema($range).format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
    };
    (@schema i32 $range:expr) => { number_schema(Type::Integer, KnownFormat::Int32, $range) };
    (@schema i64 $range:expr) => { number_schema(Type::Integer, KnownFormat::Int64, $range) };
    (@schema f64 $range:expr) => { number_schema(Type::Number, KnownFormat::Double, $range) };
}

/// Defines a type for each limited list (by its number of items), with the type of its items as parameter.
macro_rules! lists {
    ($($(#[$about:meta])+ $name:ident: $range:expr;)+) => {$(
        $(#[$about])+
        #[derive(Debug, Clone, Copy)]
        pub struct $name<T = ()>(PhantomData<T>);

        impl $name {
            /// The accepted numbers of items.
            pub const RANGE: RangeInclusive<usize> = $range;
        }

        // `PartialSchema` is not enough: the derive macros ask generic types for this.
        impl<T: ToSchema> utoipa::__dev::ComposeSchema for $name<T> {
            fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
                let (least, most) = $name::RANGE.into_inner();
                let list = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
                list.min_items(Some(least).filter(|least| *least > 0)).max_items(Some(most)).into()
            }
        }

        impl<T: ToSchema> ToSchema for $name<T> {
            fn name() -> Cow<'static, str> {
                [PREFIX, stringify!($name)].concat().into()
            }

            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                schemas.push((T::name().into_owned(), T::schema()));
                T::schemas(schemas);
            }
        }
    )+};
}

fn text_schema(range: RangeInclusive<usize>) -> ObjectBuilder {
    let (shortest, longest) = range.into_inner();
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.min_length(Some(shortest).filter(|shortest| *shortest > 0)).max_length(Some(longest))
}

fn number_schema<N: Into<utoipa::Number>>(kind: Type, format: KnownFormat, range: RangeInclusive<N>) -> ObjectBuilder {
    let (least, most) = range.into_inner();
    let number = ObjectBuilder::new().schema_type(kind).format(Some(SchemaFormat::KnownFormat(format)));
    number.minimum(Some(least)).maximum(Some(most))
}

limits! {
    /// The name of a person or thing.
    Name: text 1..=200;
    /// A text of up to one line, such as a part of an address. It can be empty.
    Line: text 0..=200;
    /// A description of several paragraphs. It can be empty.
    Description: text 0..=5000;
    /// A note or reason for the other party of a booking. It can be empty.
    Note: text 0..=2000;
    /// The reason to override rules.
    OverrideReason: text 1..=2000;
    /// The reason of a block. It can be empty.
    BlockReason: text 0..=500;
    /// The reason why an organization or a user is suspended.
    SuspensionReason: text 1..=500;
    /// The reason why a resource is out of order.
    OutOfOrderReason: text 1..=500;
    /// The reason of a date with other opening hours. It can be empty.
    ExceptionReason: text 0..=200;
    /// The name of a shared quota.
    SharedQuota: text 1..=60;
    /// A category of resources. It can be empty.
    Category: text 0..=100;
    /// The first line of an address.
    AddressLine: text 1..=200;
    /// A city.
    City: text 1..=100;
    /// A city to search for. It can be empty.
    CityFilter: text 0..=100;
    /// Words to search for. They can be empty.
    SearchWords: text 0..=200;
    /// A postal code. It can be empty.
    PostalCode: text 0..=20;
    /// The contact person of a site. It can be empty.
    SiteContact: text 0..=500;
    /// A recurrence rule.
    RecurrenceRule: text 1..=500;
    /// A VAT number as people write it.
    VatNumberText: text 1..=30;
    /// The reason why a host is exempt from VAT. It can be empty.
    ExemptionReason: text 0..=200;
    /// An IBAN as people write it.
    IbanText: text 1..=50;
    /// A BIC.
    BicText: text 8..=11;
    /// The holder of a bank account.
    AccountHolder: text 1..=70;
    /// A tax number that is no VAT number.
    TaxNumber: text 1..=30;
    /// An e-mail address. It can be empty where the field is optional.
    EmailAddress: text 0..=254;
    /// The identifier of a quote.
    QuoteId: text 1..=10_000;
    /// The name of a band, discount or extra.
    RateName: text 1..=60;
    /// The text in place of a picture.
    PictureDescription: text 0..=300;
    /// The place among the pictures of a resource.
    PicturePosition: i32 1..=12;
    /// The code of a coupon: letters from A to Z, digits and hyphens.
    CouponCode: text 4..=40;
    /// The address of a calendar.
    CalendarUrl: text 1..=2000;
    /// The address of a webhook.
    WebhookUrl: text 1..=2000;
    /// A web address. It can be empty.
    Website: text 0..=500;
    /// The text of a terms document.
    TermsBody: text 1..=100_000;
    /// A SHA-256 in hexadecimal digits.
    Sha256: text 0..=64;
    /// A new password.
    NewPassword: password 10..=256;

    /// The quantity of a resource.
    Quantity: i32 1..=1_000_000;
    /// The quantity that a search asks for.
    WantedQuantity: i32 1..=i32::MAX, default 1;
    /// The quantity that each unit of a resource takes of a linked resource.
    LinkedQuantity: i32 1..=1000;
    /// The number of bookings that a customer can have at the same time.
    ActiveBookings: i32 1..=i32::MAX;
    /// The number of a version.
    VersionNumber: i32 1..=i32::MAX;
    /// The seats of a training.
    Seats: i32 1..=500;
    /// How many days a certification is valid.
    ValidDays: i32 1..=36_500;
    /// The time of a reminder, in minutes before the start.
    ReminderMinutes: i32 5..=10_080;

    /// The length of a booking, or a time before or between bookings of at least a minute.
    BookingMinutes: i64 1..=LONGEST_DAYS * DAY;
    /// The length of the slot of a waitlist entry.
    WaitlistMinutes: i64 1..=LONGEST_WINDOW_DAYS * DAY;
    /// The length of a slot to search for. It is above the longest booking that rules can allow.
    SearchMinutes: i64 1..=1_000_000;
    /// A time before or between bookings. It can be 0.
    GapMinutes: i64 0..=LONGEST_DAYS * DAY;
    /// The minutes in which a customer can leave a booking that is new to the customer.
    GraceMinutes: i64 0..=WEEK;
    /// A time of up to a week.
    WeekMinutes: i64 1..=WEEK;
    /// A buffer of up to a week. It can be 0.
    BufferMinutes: i64 0..=WEEK;
    /// A time of up to a day. It can be 0.
    DayMinutes: i64 0..=DAY;
    /// The time for which a booking that overruns keeps its capacity: at most as long as it can overrun. It can be 0.
    OverrunGuardMinutes: i64 0..=720;
    /// The start grid.
    GridMinutes: i64 1..=DAY;
    /// How many days ahead a booking can start.
    HorizonDays: i64 1..=1095;
    /// The number of days by which a series is moved.
    ShiftDays: i64 -LONGEST_DAYS..=LONGEST_DAYS;
    /// A rate, charge or seat price, in minor units.
    Charge: i64 0..=1_000_000_000_000;
    /// The quantity of an extra.
    ExtraQuantity: i32 1..=1000;
    /// The amount of a payment, in minor units.
    PaidAmount: i64 1..=1_000_000_000_000_000;
    /// The days until an invoice is due.
    DueDays: i64 0..=365;
    /// A step of reminders of payment, in days after the due date.
    ReminderStepDays: i64 1..=365;
    /// A percentage.
    Percent: i64 1..=100;
    /// The minutes before the start from which a cancellation costs a fee.
    FeeMinutes: i64 1..=LONGEST_DAYS * DAY;
    /// The fee for a no-show, in percent of the price.
    NoShowFeePercent: i64 0..=100;
    /// The fee for time beyond the end of a booking, in percent of the price of that time.
    OverrunFeePercent: i64 0..=1000;
    /// A rate of commission in hundredths of a percent: 250 is 2.5 %.
    CommissionRate: i64 0..=10_000;
    /// A rate of VAT in hundredths of a percent: 1900 is 19 %.
    VatRate: i64 0..=5000;
    /// The minutes that a host donates each month.
    DonatedMinutes: i64 1..=100_000_000;
    /// The days for which prepaid credit can be used.
    CreditDays: i64 1..=3650;
    /// The number of uses of a coupon.
    CouponUses: i64 1..=1_000_000;
    /// The minutes between a booking and its use on which a discount depends.
    AheadMinutes: i64 1..=LONGEST_DAYS * DAY;
    /// The minutes of a quota.
    QuotaMinutes: i64 0..=1_000_000_000;
    /// The number of items in a page.
    PageSize: i64 1..=200, default 50;

    /// A latitude, in degrees north.
    Latitude: f64 -90.0..=90.0;
    /// A longitude, in degrees east.
    Longitude: f64 -180.0..=180.0;
    /// A search radius in kilometres.
    RadiusKm: f64 0.0..=1000.0;
}

lists! {
    /// The steps of reminders of payment.
    ReminderSteps: 0..=5;
    /// The terms that a customer accepts with a booking.
    AcceptedTerms: 0..=50;
    /// The bookings of a group.
    GroupBookings: 1..=50;
    /// The users who attended a training: as many as it has seats at most.
    Attendance: 0..=*Seats::RANGE.end() as usize;
    /// The hosts with which a kind of certification is shared.
    Partners: 0..=50;
    /// The reminders of a user.
    Reminders: 0..=3;
    /// The resources to which terms apply.
    TermsResources: 0..=200;
    /// The customers that can book.
    Customers: 0..=200;
    /// The kinds of organizations that can book: each kind once.
    CustomerKinds: 0..=3;
    /// The kinds of resources: each kind once.
    ResourceKinds: 0..=3;
    /// The scopes of an API key.
    KeyScopes: 1..=16;
    /// The types of events that a webhook gets.
    EventTypes: 0..=50;
    /// The quotas of a resource.
    Quotas: 0..=10;
    /// The seasons of a resource.
    Seasons: 0..=12;
    /// The bands of a tariff.
    Bands: 0..=10;
    /// The discounts of a tariff.
    Discounts: 0..=20;
    /// The volume discounts of a tariff.
    VolumeDiscounts: 0..=5;
    /// The cancellation fees of a resource.
    CancellationFees: 0..=10;
    /// The extras of a tariff, and of a booking.
    Extras: 0..=20;
    /// The certifications that a booking requires.
    RequiredCertifications: 0..=10;
    /// The spans of opening hours in a day.
    Spans: 0..=12;
    /// The dates with other opening hours.
    Exceptions: 0..=1000;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fields::Fields;
    use crate::said::said;

    #[test]
    fn the_schema_and_the_parser_have_the_same_limits() {
        let quantity = json!(Quantity::schema());
        assert_eq!(quantity, json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 1_000_000}));
        let accepts = |quantity| Fields::default().number("", quantity, Quantity::RANGE).is_some();
        assert_eq!([0, 1, 1_000_000, 1_000_001].map(accepts), [false, true, true, false]);
        assert_eq!(json!(Name::schema()), json!({"type": "string", "minLength": 1, "maxLength": 200}));
        let accepts = |length| Fields::default().text("", &"é".repeat(length), Name::RANGE).is_some();
        assert_eq!([0, 1, 200, 201].map(accepts), [false, true, true, false]);
        let list = json!(GroupBookings::<Name>::schema());
        let item = json!({"$ref": "#/components/schemas/LimitedName"});
        assert_eq!(list, json!({"type": "array", "items": item, "minItems": 1, "maxItems": 50}));
        let accepts = |length| Fields::default().list("", &vec![(); length], GroupBookings::RANGE, said!("bookings")).is_some();
        assert_eq!([0, 1, 50, 51].map(accepts), [false, true, true, false]);
    }
}
