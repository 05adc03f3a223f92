//! The pictures of resources on pages.

use serde_json::json;

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, on_both_databases};

const PICTURE: &[u8] = include_bytes!("../fixtures/logo.png");

/// Sends the form with a file of a page, as browsers do.
async fn upload(server: &Server, browser: &mut Browser, page: &Page, (file, description): (&[u8], &str)) -> Page {
    let path = page.address.clone();
    let form = page.form(&path);
    let part = |head: &str, content: &[u8]| {
        [format!("--------x7\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(), content, b"\r\n"].concat()
    };
    let parts = [
        part("name=\"form\"", form.values()["form"].as_bytes()),
        part("name=\"file\"; filename=\"lathe.png\"\r\nContent-Type: image/png", file),
        part("name=\"description\"", description.as_bytes()),
    ];
    let body = [parts.concat(), b"--------x7--\r\n".to_vec()].concat();
    browser.send_file(&path, body, &[("origin", &server.url), ("content-type", "multipart/form-data; boundary=------x7")]).await
}

on_both_databases! {
    async fn a_host_adds_pictures_and_customers_see_them(server) {
        let market = server.market(json!({})).await;
        let mut host = server.browser_of(&market.host.email).await;
        let listings = host.open(&format!("/manage/{}/resources", market.host_organization)).await.expect(200);
        let path = format!("/manage/resources/{}/pictures", market.resource);
        assert_eq!(listings.links("/manage/resources/").iter().filter(|link| **link == path).count(), 1);
        let page = host.open(&path).await.expect(200).says("The resource has no picture yet.");
        let refused = upload(server, &mut host, &page, (b"<svg/>", "An <old> lathe")).await.expect(422).says("The file is not a PNG, JPEG or WebP.");
        assert_eq!(refused.form(&path).values()["description"], "An <old> lathe");
        let first = upload(server, &mut host, &page, (PICTURE, "An <old> lathe")).await.expect(200);
        assert_eq!(first.html.matches("<img").count(), 1);
        assert!(first.html.contains("alt=\"An &#60;old&#62; lathe\""));
        // The same form, sent again, adds nothing.
        assert_eq!(upload(server, &mut host, &page, (PICTURE, "An <old> lathe")).await.expect(200).html.matches("<img").count(), 1);
        let second = upload(server, &mut host, &first, (PICTURE, "")).await.expect(200);
        assert!(second.html.contains("alt=\"Lathe\""), "the name stands in its place");
        let pictures = market.customer.get(&format!("/resources/{}", market.resource)).await.expect(200)["pictures"].clone();
        let first_action = format!("{path}/{}", pictures[0]["id"].as_str().unwrap());
        // The second one moves up, and gets a text.
        let action = format!("{path}/{}", pictures[1]["id"].as_str().unwrap());
        host.submit(&second.form(&action).with("description", "Seen from above").with("action", "up")).await.expect(200);
        let mut visitor = server.browser();
        let page = visitor.open(&format!("/resources/{}", market.resource)).await.expect(200);
        let (above, old) = (page.html.find("alt=\"Seen from above\"").unwrap(), page.html.find("alt=\"An &#60;old&#62; lathe\"").unwrap());
        assert!(above < old);
        let catalogue = visitor.open("/catalogue").await.expect(200);
        assert!(catalogue.html.contains("alt=\"Seen from above\"") && catalogue.html.matches("<img").count() == 1);
        let file = catalogue.html.split("src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let shown = visitor.open(&file).await;
        let header = |name: &str| shown.headers[name].to_str().unwrap().to_owned();
        assert_eq!((shown.status, header("content-type"), header("cache-control")), (200, "image/jpeg".to_owned(), "public, max-age=31536000, immutable".to_owned()));
        let form = host.open(&path).await.expect(200).form(&action).with("action", "remove");
        assert_eq!(host.submit(&form).await.expect(200).html.matches("<img").count(), 1);
        // What is private is not shown to others.
        market.host.patch(&format!("/resources/{}", market.resource), json!({ "is_private": true })).await.expect(200);
        assert_eq!((visitor.open(&file).await.status, host.open(&file).await.status), (404, 200));
        let last = host.open(&path).await.expect(200).form(&first_action).with("action", "remove");
        host.submit(&last).await.expect(200).says("The resource has no picture yet.");
        host.open(&file).await.expect(404);
    }

    async fn only_managers_of_the_host_change_pictures(server) {
        let market = server.market(json!({})).await;
        let path = format!("/manage/resources/{}/pictures", market.resource);
        let booker = server.user("Bo").await;
        server.add_member(&market.host_organization, &booker, "booker");
        let mut host = server.browser_of(&market.host.email).await;
        let page = host.open(&path).await.expect(200);
        let added = upload(server, &mut host, &page, (PICTURE, "")).await.expect(200);
        let id = market.host.get(&format!("/resources/{}", market.resource)).await.expect(200)["pictures"][0]["id"].as_str().unwrap().to_owned();
        let own = server.url.clone();
        for email in [&market.customer.email, &booker.email] {
            let mut visitor = server.browser_of(email).await;
            visitor.open(&path).await.expect(403);
            upload(server, &mut visitor, &added, (PICTURE, "")).await.expect(403);
            visitor.post(&format!("{path}/{id}"), "action=remove".to_owned(), &[("origin", &own)]).await.expect(403);
        }
        let mut stranger = server.browser();
        assert!(stranger.open(&path).await.expect(200).address.starts_with("/sign-in?then="));
        let sent = upload(server, &mut stranger, &added, (PICTURE, "")).await.expect(200);
        assert!(sent.address.starts_with("/sign-in?then="));
        assert_eq!(stranger.post(&format!("{path}/{id}"), "action=remove".to_owned(), &[("origin", &own)]).await.status, 303);
        // A page of another site sends nothing in the name of the host.
        let elsewhere = [("origin", "https://elsewhere.example"), ("content-type", "multipart/form-data; boundary=x")];
        host.post(&path, "--x--".to_owned(), &elsewhere).await.expect(403);
        host.post(&path, "a=b".to_owned(), &[("origin", &own)]).await.expect(415);
        host.post(&path, "x".to_owned(), &[("origin", &own), ("content-type", "multipart/form-data; boundary=x")]).await.expect(400);
        assert_eq!(host.open(&path).await.expect(200).html.matches("<img").count(), 1);
        host.open("/manage/resources/x/pictures").await.expect(404);
    }
}
