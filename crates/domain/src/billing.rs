//! The facts about an organization that prices and invoices depend on.

use chrono::{Datelike as _, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::bank_account::BankAccount;
use super::card_payment::WayToPay;
use super::country::Country;
use super::email::Email;
use super::fields::{Fields, InvalidFields};
use super::limits;
use super::pricing::VatSettings;
use super::vat_number::VatNumber;
use super::ways_to_pay::WaysOfKind;
use crate::said::said;

/// The name and address on invoices. The country is that of the billing data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"legal_name": "Rotor Works GmbH", "street": "Werkstraße 4", "postal_code": "10115", "city": "Berlin"}))]
pub struct BillingAddress {
    /// The full name of the firm, as it is registered.
    #[schema(value_type = limits::Name)]
    pub legal_name: String,
    /// Street and number.
    #[schema(value_type = limits::AddressLine)]
    pub street: String,
    /// The postal code. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::PostalCode)]
    pub postal_code: String,
    /// The city.
    #[schema(value_type = limits::City)]
    pub city: String,
}

impl BillingAddress {
    fn read(&self) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let legal_name = fields.line("/legal_name", &self.legal_name, limits::Name::RANGE);
        let street = fields.line("/street", &self.street, limits::AddressLine::RANGE);
        let postal_code = fields.line("/postal_code", &self.postal_code, limits::PostalCode::RANGE);
        let city = fields.line("/city", &self.city, limits::City::RANGE);
        fields.finish(|| Some(Self { legal_name: legal_name?, street: street?, postal_code: postal_code?, city: city? }))
    }
}

/// Returns the first day of the month after that of a date.
pub fn month_after(date: NaiveDate) -> NaiveDate {
    date.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))).unwrap_or(NaiveDate::MAX)
}

/// The billing data of an organization, as customer and as host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BillingFields {
    /// The country in which it is established.
    pub country: Option<Country>,
    /// Its VAT number, of this country.
    pub vat_number: Option<VatNumber>,
    /// The number under which its tax office knows it, if that is another one.
    pub tax_number: Option<String>,
    /// The name and address on its invoices.
    pub billing_address: Option<BillingAddress>,
    /// The address to which invoices are sent.
    pub billing_email: Option<Email>,
    /// The VAT that it charges as host; none if it charges no VAT.
    pub vat: Option<VatSettings>,
    /// The account to which its customers transfer money.
    pub bank_account: Option<BankAccount>,
    /// The days until its invoices are due.
    pub payment_days: Option<i64>,
    /// The days after the due date on which it reminds of an unpaid invoice, in ascending order.
    pub reminder_days: Vec<i64>,
    /// Whether the service issues its invoices each month.
    pub monthly_invoices: bool,
    /// The ways in which its customers can pay.
    pub ways_to_pay: Vec<WayToPay>,
    /// The ways in which its customers of some kinds can pay.
    pub ways_to_pay_by_kind: Vec<WaysOfKind>,
}

impl BillingFields {
    /// Whether customers of any kind can pay in this way.
    pub fn offers(&self, way: WayToPay) -> bool {
        self.ways_to_pay.contains(&way) || self.ways_to_pay_by_kind.iter().any(|of| of.ways.contains(&way))
    }
}

/// The billing data of an organization.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "country": "DE", "vat_number": "DE123456789", "billing_email": "invoices@rotor.example",
    "billing_address": {"legal_name": "Rotor Works GmbH", "street": "Werkstraße 4", "postal_code": "10115", "city": "Berlin"},
    "vat": {"prices_include_vat": false, "rate": 1900},
    "bank_account": {"iban": "DE89370400440532013000", "bic": "COBADEFFXXX"}
}))]
pub struct NewBilling {
    /// The country in which the organization is established, as an ISO 3166-1 alpha-2 code. Required for `vat_number` and `vat`.
    /// Default, and with null: not known.
    #[serde(default)]
    #[schema(pattern = "^[A-Z]{2}$")]
    pub country: Option<String>,
    /// The VAT number. For countries of the European Union, GB, CH and NO it begins with the letters of the country (`EL` for Greece)
    /// and must have the form of the country; numbers that begin with `XI` (Northern Ireland) are not accepted. It is stored in upper
    /// case without blanks, dots and hyphens. Nobody checks whether the number was assigned. Default, and with null: none.
    #[serde(default)]
    #[schema(value_type = Option<limits::VatNumberText>)]
    pub vat_number: Option<String>,
    /// The number under which the tax office knows the organization. An invoice with VAT needs it or `vat_number`. Default, and with
    /// null: none.
    #[serde(default)]
    #[schema(value_type = Option<limits::TaxNumber>)]
    pub tax_number: Option<String>,
    /// The name and address on invoices. Default, and with null: none.
    #[serde(default)]
    pub billing_address: Option<BillingAddress>,
    /// The e-mail address for invoices. It receives none until a reader has confirmed it by a link that the service sends there; until
    /// then, and without an address, the managers of the organization receive them. Default, and with null: none.
    #[serde(default)]
    #[schema(value_type = Option<limits::EmailAddress>)]
    pub billing_email: Option<String>,
    /// The VAT that the organization charges as a host. Bookings that exist keep the VAT that they were made with. Default, and with
    /// null: the organization charges no VAT.
    #[serde(default)]
    pub vat: Option<VatSettings>,
    /// The account to which customers transfer money. It is on invoices that are issued from then on. Default, and with null: none.
    #[serde(default)]
    pub bank_account: Option<BankAccount>,
    /// The days until an invoice of the organization is due, if the request for the invoice says nothing else. Default, and with null: 30.
    #[serde(default)]
    #[schema(value_type = Option<limits::DueDays>)]
    pub payment_days: Option<i64>,
    /// The days after the due date on which the customer gets a reminder of an invoice that is not paid, such as `[7, 21]`. Default, and with null: no reminders.
    #[serde(default)]
    #[schema(value_type = limits::ReminderSteps<limits::ReminderStepDays>)]
    pub reminder_days: Vec<i64>,
    /// Whether the service issues invoices each month: on the first day, at 12:00 UTC, an invoice to each customer over all bookings that
    /// ended in earlier months and are on no invoice yet. Needs `billing_address`. Default, and with null: false.
    #[serde(default)]
    pub monthly_invoices: bool,
    /// The ways in which customers can pay the organization as a host. With `card`, `POST /bookings/{id}/pay` is possible if the operator of the service has set up payments by card. Default, and with null: `["invoice"]`.
    #[serde(default = "default_ways_to_pay")]
    #[schema(required = false)]
    pub ways_to_pay: Vec<WayToPay>,
    /// Other ways for customers of some kinds, each kind once, such as `[{"kind": "startup", "ways": ["card", "prepaid"]}]`. A customer of a
    /// kind whose list has no `invoice` must pay a booking before it is confirmed. With `prepaid` the customers of the kind can buy
    /// packages; credit and hours that a customer has pay for its bookings in any case. Default, and with null: none.
    #[serde(default)]
    #[schema(value_type = limits::CustomerKinds<WaysOfKind>, required = false)]
    pub ways_to_pay_by_kind: Vec<WaysOfKind>,
}

fn default_ways_to_pay() -> Vec<WayToPay> {
    vec![WayToPay::Invoice]
}

impl NewBilling {
    /// Returns the validated fields.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self) -> Result<BillingFields, InvalidFields> {
        let mut fields = Fields::default();
        let country = self.country.as_ref().and_then(|country| fields.take("/country", country.parse::<Country>()));
        let number = self.vat_number.as_ref();
        let number = number.and_then(|number| fields.line("/vat_number", number, limits::VatNumberText::RANGE));
        let vat_number = number.zip(country);
        let vat_number = vat_number.and_then(|(number, country)| fields.take("/vat_number", VatNumber::read(country, &number)));
        let tax_number = self.tax_number.as_ref();
        let tax_number = tax_number.and_then(|number| fields.line("/tax_number", number, limits::TaxNumber::RANGE));
        let billing_address = self.billing_address.as_ref().and_then(|address| fields.nest("/billing_address", address.read()));
        let billing_email = self.billing_email.as_ref().and_then(|email| fields.take("/billing_email", email.parse()));
        let vat = self.vat.as_ref().and_then(|vat| fields.nest("/vat", vat.read()));
        let bank_account = self.bank_account.as_ref().and_then(|account| fields.nest("/bank_account", account.read()));
        let payment_days = self.payment_days.and_then(|days| fields.number("/payment_days", days, limits::DueDays::RANGE));
        let mut reminder_days = self.reminder_days.clone();
        reminder_days.sort_unstable();
        reminder_days.dedup();
        for (at, days) in self.reminder_days.iter().enumerate() {
            fields.number(&format!("/reminder_days/{at}"), *days, limits::ReminderStepDays::RANGE);
        }
        fields.list("/reminder_days", &self.reminder_days, limits::ReminderSteps::<()>::RANGE, said!("steps"));
        let mut ways_to_pay = self.ways_to_pay.clone();
        ways_to_pay.sort_unstable();
        ways_to_pay.dedup();
        if ways_to_pay.is_empty() {
            fields.refuse("/ways_to_pay", "required", said!("must have at least one way to pay"));
        }
        let by_kind = fields.nest("/ways_to_pay_by_kind", WaysOfKind::read_all(&self.ways_to_pay_by_kind));
        if self.country.is_none() && (self.vat_number.is_some() || self.vat.is_some()) {
            fields.refuse("/country", "required", said!("is required for a VAT number and for VAT"));
        }
        if self.monthly_invoices && self.billing_address.is_none() {
            fields.refuse("/billing_address", "required", said!("is required for monthly invoices"));
        }
        fields.finish(|| {
            Some(BillingFields {
                country,
                vat_number,
                tax_number,
                billing_address,
                billing_email,
                vat,
                bank_account,
                payment_days,
                reminder_days,
                monthly_invoices: self.monthly_invoices,
                ways_to_pay,
                ways_to_pay_by_kind: by_kind?,
            })
        })
    }
}

impl From<BillingFields> for NewBilling {
    fn from(fields: BillingFields) -> Self {
        let BillingFields {
            country,
            vat_number,
            tax_number,
            billing_address,
            billing_email,
            vat,
            bank_account,
            payment_days,
            reminder_days,
            monthly_invoices,
            ways_to_pay,
            ways_to_pay_by_kind,
        } = fields;
        Self {
            country: country.map(|country| country.to_string()),
            vat_number: vat_number.map(|number| number.to_string()),
            tax_number,
            billing_address,
            billing_email: billing_email.map(|email| email.to_string()),
            vat,
            bank_account,
            payment_days,
            reminder_days,
            monthly_invoices,
            ways_to_pay,
            ways_to_pay_by_kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn pointers(raw: Value) -> Vec<String> {
        let read = serde_json::from_value::<NewBilling>(raw).unwrap().read();
        let errors = read.err().map_or_else(Vec::new, |errors| errors.0);
        errors.into_iter().map(|error| format!("{} {}", error.pointer, error.code)).collect()
    }

    #[test]
    fn everything_that_is_wrong_with_billing_data_is_reported_at_once() {
        let wrong = json!({
            "country": "DE", "vat_number": "ATU12345678", "billing_email": "nobody", "vat": {"rate": 5001},
            "billing_address": {"legal_name": "", "street": "1\n2", "city": "Berlin"},
            "tax_number": "", "bank_account": {"iban": "DE00370400440532013000", "holder": ""},
        });
        let expected = [
            "/vat_number invalid",
            "/tax_number required",
            "/billing_address/legal_name required",
            "/billing_address/street invalid",
            "/billing_email invalid",
            "/vat/rate out_of_range",
            "/bank_account/iban invalid",
            "/bank_account/holder required",
        ];
        assert_eq!(pointers(wrong), expected);
        assert_eq!(pointers(json!({"country": "XX", "vat_number": "DE1"})), ["/country invalid"]);
    }

    #[test]
    fn a_country_is_required_for_vat_and_an_exempt_host_has_no_rate() {
        assert_eq!(pointers(json!({"vat_number": "DE123456789"})), ["/country required"]);
        assert_eq!(pointers(json!({"vat": {"rate": 0}})), ["/country required"]);
        let exempt = |rate: i64| pointers(json!({"country": "DE", "vat": {"rate": rate, "exemption_reason": "§ 19 UStG"}}));
        assert_eq!((exempt(1), exempt(0)), (vec!["/vat/rate invalid".to_owned()], Vec::new()));
        assert_eq!(pointers(json!({})), [""; 0]);
        assert_eq!(pointers(json!({"monthly_invoices": true})), ["/billing_address required"]);
        assert_eq!(pointers(json!({"ways_to_pay": []})), ["/ways_to_pay required"]);
        let ways = json!([{"kind": "startup", "ways": []}, {"kind": "startup", "ways": ["card"]}]);
        let expected = ["/ways_to_pay_by_kind/0/ways required", "/ways_to_pay_by_kind/1/kind invalid"];
        assert_eq!(pointers(json!({"ways_to_pay_by_kind": ways})), expected);
    }
}
