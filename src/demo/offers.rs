//! The packages and coupons of the demonstration, and the packages that its customers have bought.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde::Deserialize;

use actions::error::Error;
use actions::prepaid::sales;
use actions::{Caller, coupons, packages, payments};
use domain::coupon::{NewCoupon, Reduction};
use domain::ids::{OrganizationId, PackageId};
use domain::money::Currency;
use domain::package::{HoursFor, NewPackage};
use domain::payment::{NewPayment, PaymentMethod};
use domain::resource::ResourceKind;
use storage::db::Tx;

/// A package of credit or, with `minutes`, of hours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Package {
    name: String,
    price: i64,
    currency: Currency,
    valid_days: i64,
    credit: Option<i64>,
    minutes: Option<i64>,
    kinds: Option<Vec<ResourceKind>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Coupon {
    code: String,
    name: String,
    percent: i64,
}

/// A package that a customer has bought and paid for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sale {
    package: String,
    customer: String,
    /// So many days from now; negative.
    pub(super) day: i64,
}

/// The packages that are offered, by name, each with its host.
#[derive(Default)]
pub(super) struct Offered(HashMap<String, (PackageId, OrganizationId, Caller)>);

impl Offered {
    /// Offers the packages of a host, and makes its coupons.
    pub(super) fn add(
        &mut self,
        tx: &mut Tx<'_>,
        (host, owner): (OrganizationId, Caller),
        (offered, made): (&[Package], &[Coupon]),
    ) -> Result<(), Error> {
        for Package { name, price, currency, valid_days, credit, minutes, kinds } in offered {
            let hours = minutes.map(|_| HoursFor { kinds: kinds.clone(), ..HoursFor::default() });
            let credit = minutes.or(*credit).unwrap_or(*price);
            let (name, price, currency, valid_days) = (name.clone(), *price, *currency, *valid_days);
            let new = NewPackage { name: name.clone(), price, credit, currency, valid_days, hours };
            let package = packages::create(tx, owner, host, new)?;
            self.0.insert(name, (package.id, host, owner));
        }
        for Coupon { code, name, percent } in made {
            let new = NewCoupon {
                code: code.parse().map_err(|_| Error::not_found())?,
                name: name.clone(),
                reduction: Reduction::Percent(*percent),
                valid_from: None,
                valid_until: None,
                most_uses: None,
                most_uses_per_customer: None,
                resource_ids: None,
            };
            coupons::create(tx, owner, host, new)?;
        }
        Ok(())
    }

    /// Sells a package on its day, and records that the customer has paid the invoice.
    pub(super) fn sell(
        &self,
        tx: &mut Tx<'_>,
        sale: &Sale,
        customers: &HashMap<String, (OrganizationId, Caller)>,
    ) -> Result<(), Error> {
        let (package, host, owner) = *self.0.get(&sale.package).ok_or_else(Error::not_found)?;
        let (customer_id, buyer) = *customers.get(&sale.customer).ok_or_else(Error::not_found)?;
        tx.at(tx.now + TimeDelta::days(sale.day), |tx| {
            let sold = sales::buy(tx, buyer, package, customer_id)?.prepaid;
            let paid = NewPayment {
                customer_id,
                booking_id: None,
                invoice_id: sold.invoice_id,
                is_refund: false,
                amount: sold.price(),
                method: PaymentMethod::BankTransfer,
                paid_on: tx.now.to_chrono().date_naive(),
                reference: sold.name,
            };
            payments::record(tx, owner, host, paid).map(drop)
        })
    }
}
