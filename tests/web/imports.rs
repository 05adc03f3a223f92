//! The page that imports resources from a table.

use serde_json::json;

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, on_both_databases};

const HEAD: &str = "kind;name;currency;rate;per";

/// Sends the form of the page, as browsers do.
async fn send(server: &Server, browser: &mut Browser, page: &Page, file: &[u8], table: &str, action: &str) -> Page {
    let path = page.address.clone();
    let part = |head: &str, content: &[u8]| {
        [format!("--------x7\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(), content, b"\r\n"].concat()
    };
    let parts = [
        part("name=\"form\"", page.form(&path).values()["form"].as_bytes()),
        part("name=\"file\"; filename=\"machines.csv\"\r\nContent-Type: text/csv", file),
        part("name=\"table\"", table.as_bytes()),
        part("name=\"action\"", action.as_bytes()),
    ];
    let body = [parts.concat(), b"--------x7--\r\n".to_vec()].concat();
    browser.send_file(&path, body, &[("origin", &server.url), ("content-type", "multipart/form-data; boundary=------x7")]).await
}

on_both_databases! {
    async fn a_host_uploads_a_table_corrects_it_and_imports_it_once(server) {
        let market = server.market(json!({})).await;
        let mut host = server.browser_of(&market.host.email).await;
        let listings = format!("/manage/{}/resources", market.host_organization);
        let path = format!("{listings}/import");
        let page = host.open(&listings).await.expect(200);
        let page = host.open(&page.links(&path)[0]).await.expect(200).says("A table has a row for each resource.");
        assert!(!page.text().contains("Import all rows"), "there is nothing to import");
        let wrong = format!("\u{feff}{HEAD}\r\nmachine;Saw <b>;GBP;24,555;hour\r\nmachine;Mill;GBP;10;hour\r\n");
        let page = send(server, &mut host, &page, wrong.as_bytes(), "", "check").await.expect(200);
        let page = page.says("Rows with errors: 1 of 2.").says("2 Saw <b> Main hall rate: must be an amount with the decimals of its currency");
        let page = page.says("3 Mill Main hall Machine, 10.00 GBP an hour");
        assert!(!page.text().contains("Import all rows") && page.html.contains("Saw &#60;b&#62;"));
        let table = page.form(&path).values()["table"].to_owned();
        assert!(table.contains("Mill;GBP"), "{table}");
        // An import of what is wrong changes nothing, and explains it.
        let page = send(server, &mut host, &page, b"", &table, "import").await.expect(422).says("rows/2/rate: must be an amount");
        let right = table.replace("24,555", "24,55");
        let page = send(server, &mut host, &page, b"", &right, "check").await.expect(200).says("Rows to import: 2.").says("Import all rows");
        let done = send(server, &mut host, &page, b"", &right, "import").await.expect(200);
        assert_eq!(done.address, listings);
        let done = done.says("Saw <b> Machine, Main hall 24.55 GBP an hour Draft").says("Mill Machine, Main hall 10.00 GBP an hour Draft");
        assert_eq!(done.html.matches(">Mill</a>").count(), 1);
        // The same form, sent again, imports nothing.
        let again = send(server, &mut host, &page, b"", &right, "import").await.expect(200);
        assert_eq!(again.html.matches(">Mill</a>").count(), 1);
    }

    async fn a_file_is_looked_at_before_it_is_imported_and_a_strange_one_is_explained(server) {
        let market = server.market(json!({})).await;
        let mut host = server.browser_of(&market.host.email).await;
        let listings = format!("/manage/{}/resources", market.host_organization);
        let page = host.open(&format!("{listings}/import")).await.expect(200);
        let good = format!("{HEAD}\nmachine;Saw;GBP;24;hour\n");
        // A file that comes with the button to import is shown first.
        let shown = send(server, &mut host, &page, good.as_bytes(), "", "import").await.expect(200).says("Rows to import: 1.");
        assert!(shown.address.ends_with("/import") && !host.open(&listings).await.expect(200).text().contains("Saw"));
        send(server, &mut host, &page, b"kind;name\xe9", "", "check").await.expect(422).says("file: must be CSV in UTF-8");
        send(server, &mut host, &page, b"", "kind;name;colour", "check").await.expect(422).says("columns/colour: is not a known column");
        send(server, &mut host, &page, &vec![b'x'; 2 << 20], "", "check").await.expect(413).says("The limit is");
        // The template can be imported as it is.
        let template = host.open(&page.links(&format!("{listings}/template.csv"))[0]).await;
        assert_eq!((template.status, template.headers["content-disposition"].to_str().unwrap()), (200, "attachment; filename=\"resources.csv\""));
        let page = send(server, &mut host, &page, template.html.as_bytes(), "", "check").await.expect(200);
        page.says("2 Trotec Speedy 400 Main hall Machine, laser cutter, 24.50 EUR an hour").says("Import all rows");
    }
}
