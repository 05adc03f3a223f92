//! The figures of a host on a page.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::server::on_both_databases;

on_both_databases! {
    async fn a_manager_sees_hours_and_income_as_plots_as_a_table_and_as_csv(server) {
        let rules = json!({ "name": "Lathe <1>", "booking_rules": { "opening_hours": { "tue": [["09:00", "17:00"]] } } });
        let market = server.market(rules).await;
        market.book("2026-12-01T10:00:00Z", "2026-12-01T14:00:00Z").await.expect(201);
        market.book("2027-01-05T09:00:00Z", "2027-01-05T11:00:00Z").await.expect(201);
        server.advance(TimeDelta::days(2));
        let mut host = server.browser_of(&market.host.email).await;
        let day = host.open(&format!("/manage/{}", market.host_organization)).await.expect(200);
        let path = format!("/manage/{}/figures", market.host_organization);
        assert_eq!(day.links(&path), std::slice::from_ref(&path));
        // Half a year that ends with this month; January is not in it.
        let page = host.open(&path).await.expect(200).says("Dec 2026 40.0 4.0 4.0 36.0 10 % 1 0 48.00 GBP");
        let page = page.says("Jul 2026").says("48.00 GBP Download as CSV");
        let form = page.form(&path);
        assert_eq!((form.values()["from"], form.values()["to"], form.values()["by"]), ("2026-07-01", "2026-12-31", "month"));
        let form = form.with("from", "2026-12-01").with("to", "2027-01-31").with("by", "resource");
        let page = host.submit(&form).await.expect(200);
        let page = page.says("Lathe <1> 72.0 6.0 4.0 66.0 8 % 2 0 72.00 GBP").says("Total 72.0 6.0 4.0 66.0 8 % 2 0 72.00 GBP");
        // Offered, booked, used and idle as bars, then the income.
        let widths: Vec<_> = page.html.split("<rect class=\"").skip(5).map(|bar| bar.split("width=\"").nth(1).unwrap().split('"').next().unwrap()).collect();
        assert_eq!(widths, ["100.0%", "8.3%", "5.5%", "91.6%", "100.0%"]);
        assert!(page.html.contains("role=\"img\" aria-labelledby=\"income-GBP-title income-GBP-about\""));
        assert!(page.html.contains("Lathe &#60;1&#62;</text>") && !page.html.contains("style="));
        let csv = page.links(&format!("{path}.csv")).remove(0);
        let file = host.open(&csv).await;
        assert_eq!((file.status, file.headers["content-type"].to_str().unwrap()), (200, "text/csv; charset=utf-8; header=present"));
        assert_eq!(file.headers["content-disposition"], "attachment; filename=\"figures.csv\"");
        let line = file.html.lines().nth(1).unwrap();
        assert!(line.starts_with(&market.resource) && line.ends_with(",4320,360,240,3960,2,0,7200,GBP"), "{line}");
    }

    async fn figures_are_added_up_as_asked_and_a_wrong_period_is_explained(server) {
        let market = server.market(json!({ "name": "Lathe" })).await;
        market.host.list_resource(&market.site, json!({ "name": "Bench", "kind": "floor_space" })).await;
        let mut host = server.browser_of(&market.host.email).await;
        let path = format!("/manage/{}/figures", market.host_organization);
        let period = "from=2026-12-01&to=2026-12-01";
        for (by, first) in [("resource", "Bench 24.0 0.0 0.0 24.0"), ("site", "Main hall 48.0"), ("kind", "Floor space 24.0"), ("month", "Dec 2026 48.0")] {
            host.open(&format!("{path}?{period}&by={by}")).await.expect(200).says(first);
        }
        let page = host.open(&format!("{path}?from=2026-12-01&to=2026-11-30&by=kind")).await.expect(422);
        let page = page.says("to: must be the first day or later; a period has 366 days at most");
        assert_eq!((page.form(&path).values()["from"], page.form(&path).values()["by"]), ("2026-12-01", "kind"));
        assert_eq!(host.open(&format!("{path}.csv?from=2026-12-01&to=2026-11-30")).await.status, 422);
        // What cannot be read has its default.
        host.open(&format!("{path}?from=x&to=&by=week")).await.expect(200).says("Jun 2026");
        // A host without anything is told how to begin.
        let nora = server.user("Nora").await;
        let empty = nora.found("Empty hall").await;
        let mut nora = server.browser_of(&nora.email).await;
        nora.open(&format!("/manage/{empty}/figures")).await.expect(200).says("Offer a resource first: Listings");
    }

    async fn a_page_of_figures_leads_to_the_next_one_and_each_has_the_total_of_all(server) {
        let market = server.market(json!({ "name": "Lathe" })).await;
        for number in 0..50 {
            market.host.list_resource(&market.site, json!({ "name": format!("Bench {number:02}") })).await;
        }
        let mut host = server.browser_of(&market.host.email).await;
        let path = format!("/manage/{}/figures", market.host_organization);
        let first = host.open(&format!("{path}?from=2026-12-01&to=2026-12-01&by=resource")).await.expect(200);
        let first = first.says("Bench 49").says("Total 1,224.0");
        assert!(!first.text().contains("Lathe"));
        let next = first.links(&format!("{path}?")).remove(0);
        let second = host.open(&next).await.expect(200).says("Lathe 24.0").says("Total 1,224.0");
        assert!(!second.text().contains("Bench"));
    }
}
