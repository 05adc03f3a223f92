//! The rules and opening hours of a resource in plain words.

use super::words::length;
use domain::resource::Resource;
use domain::rules::GridFrom;
use texts::catalogue::{Texts, variables};

use super::page::text;

/// The opening hours of a weekday.
pub(crate) struct OpenDay {
    pub(crate) name: String,
    pub(crate) hours: String,
}

/// Returns the opening hours of a normal week, from Monday.
pub(crate) fn opening_hours(texts: &Texts, resource: &Resource) -> Vec<OpenDay> {
    let hours = resource.fields.rules.opening_hours.as_ref().unwrap_or(&resource.site.opening_hours).written();
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let open = |day: &str| {
        let spans = hours.get(day).into_iter().flatten().map(|[start, end]| format!("{start}-{end}"));
        spans.collect::<Vec<_>>().join(", ")
    };
    let day = |day: &str| {
        let hours = Some(open(day)).filter(|hours| !hours.is_empty()).unwrap_or_else(|| text(texts, "web-free.closed"));
        OpenDay { name: texts.attribute_text("web-weekday", day), hours }
    };
    days.into_iter().map(day).collect()
}

/// Returns the rules for customers, each as a sentence. `certifications` are the names of the certifications that an operator needs.
pub(crate) fn rules(texts: &Texts, resource: &Resource, certifications: &[String]) -> Vec<String> {
    let rules = &resource.fields.rules;
    let say =
        |rule: &str, name: &'static str, value: String| texts.attribute("web-rule", rule, &variables([(name, value.into())]));
    let span = |rule: &str, minutes: i64| say(rule, "length", length(texts, minutes));
    let mut said = Vec::new();
    if rules.shifts.is_empty() {
        let lengths = variables([
            ("shortest", length(texts, rules.min_minutes).into()),
            ("longest", length(texts, rules.max_minutes).into()),
        ]);
        said.push(texts.attribute("web-rule", "lengths", &lengths));
        said.push(match (rules.grid_from, rules.grid_minutes) {
            (GridFrom::Midnight, minutes) if 60 % minutes == 0 => {
                let starts: Vec<_> = (0..60 / minutes).map(|at| format!(":{:02}", at * minutes)).collect();
                say("starts", "times", starts.join(", "))
            }
            (GridFrom::Midnight, minutes) => span("grid", minutes),
            (GridFrom::Opening, minutes) => span("grid-from-opening", minutes),
        });
    } else {
        said.push(text(texts, "web-rule.shifts"));
    }
    if rules.notice_minutes > 0 {
        said.push(span("notice", rules.notice_minutes));
    }
    said.push(span("horizon", rules.horizon_days * 1440));
    if rules.requires_approval {
        said.push(text(texts, "web-rule.approval"));
    }
    if rules.requires_payment {
        said.push(text(texts, "web-rule.payment"));
    }
    if !certifications.is_empty() {
        said.push(say("certifications", "names", certifications.join(", ")));
    }
    if let Some(minutes) = rules.no_show_minutes {
        said.push(span("check-in", minutes));
    }
    if rules.change_cutoff_minutes > 0 {
        said.push(span("cut-off", rules.change_cutoff_minutes));
    }
    for fee in &rules.cancellation_fees {
        let variables = variables([("length", length(texts, fee.less_than_minutes).into()), ("percent", fee.percent.into())]);
        said.push(texts.attribute("web-rule", "cancellation-fee", &variables));
    }
    if rules.bookable_by.organizations.is_some() || rules.bookable_by.kinds.is_some() {
        said.push(text(texts, "web-rule.some-customers"));
    }
    said
}
