//! The operations of the OpenAPI document, and the requests for them.

use domain::problem::Code;
use reqwest::Method;
use serde_json::Value;

use super::access::Place;
use super::access_money::STATEMENT;
use super::access_rules::{MAY, OF_THE_HOST, ROLE};
use crate::support::client::{Answer, Client};
use crate::support::contract::DOCUMENT;

/// An operation of the document.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) description: &'static Value,
}

pub(super) fn operations() -> Vec<Operation> {
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |parts| (path, parts)));
    all.map(|(path, (method, description))| Operation {
        id: description["operationId"].as_str().unwrap().to_owned(),
        method: method.to_uppercase().parse().unwrap(),
        path: path.trim_start_matches("/api/v1").to_owned(),
        description,
    })
    .collect()
}

impl Operation {
    /// Whether this problem is announced.
    pub(super) fn has(&self, code: Code) -> bool {
        self.description["x-problems"].as_array().unwrap().iter().any(|announced| announced == code.as_str())
    }

    /// Whether it is about something that belongs to an organization.
    pub(super) fn has_target(&self) -> bool {
        self.path.contains('{') && !self.path.starts_with("/me/") && !self.is_for_operators()
    }

    /// Whether only operators of the installation may do it.
    pub(super) fn is_for_operators(&self) -> bool {
        self.path.starts_with("/admin/")
    }

    /// Whether it does something with bookings.
    pub(super) fn is_about_bookings(&self) -> bool {
        let nouns = ["/bookings", "/booking-groups", "/series"];
        self.method != Method::GET && nouns.iter().any(|noun| self.path.starts_with(noun))
    }

    /// How it answers who books for the customer.
    pub(super) fn answers_buyer(&self) -> &'static str {
        if OF_THE_HOST.contains(&self.id.as_str()) { ROLE } else { MAY }
    }

    pub(super) async fn try_as(&self, caller: &Client, place: &Place<'_>) -> Answer {
        self.try_with(caller, place, place.body(&self.id)).await
    }

    pub(super) async fn try_with(&self, caller: &Client, place: &Place<'_>, body: Value) -> Answer {
        caller.send(self.method.clone(), &place.path(self), |request| self.form(request, &body)).await
    }

    /// The request with its body, or with the file that the operation takes.
    pub(super) fn form(&self, request: reqwest::RequestBuilder, body: &Value) -> reqwest::RequestBuilder {
        match self.id.as_str() {
            "set_logo" | "add_picture" => request.header("content-type", "image/png").body(LOGO),
            "import_resources" | "preview_resource_import" => request.header("content-type", "text/csv").body(TABLE),
            "import_bank_statement" => request.header("content-type", "text/csv").body(STATEMENT),
            _ if body.is_null() => request,
            _ => request.json(body),
        }
    }
}

/// A table of resources.
const TABLE: &str = "site;kind;name;currency;rate;per\nMain hall;machine;Saw;GBP;1;hour\n";

/// A logo.
pub(super) const LOGO: &[u8] = include_bytes!("../fixtures/logo.png");
