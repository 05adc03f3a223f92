//! The order of mails about one booking to one recipient.

use chrono::TimeDelta;
use domain::fact::{Event, Fact};
use domain::ids::UserId;
use domain::mail::MailStatus;
use domain::principal::Principal;
use mail::account::{AccountLetter, Purpose};
use mail::letter::{Letter, LetterContent};
use storage::db::Tx;
use storage::error::StorageError;
use storage::facts;
use storage::mails::{self, NewMail};

use super::office::{Office, on_both_databases};
use super::post_office::{PostOffice, by_smtp};

/// Queues a mail to `name@example.org` about these topics. Its reader finds the token in it.
async fn queue(office: &Office, name: &str, topics: &[&str], token: &str) {
    let (name, token) = (name.to_owned(), token.to_owned());
    let topics: Vec<_> = topics.iter().map(|topic| (*topic).to_owned()).collect();
    let queue = move |tx: &mut Tx<'_>| {
        let user_id: UserId = tx.new_id();
        let event = Event::VerificationRequested { user_id, token: String::new() };
        let fact_id = tx.new_id();
        facts::insert(tx.conn, fact_id, &Fact { principal: Principal::System, event }, &[], tx.now)?;
        let purpose = Purpose::Verification;
        let letter = AccountLetter { purpose, token: token.clone(), name: String::new(), about: String::new() };
        let content = LetterContent::Account(letter);
        let mail = NewMail {
            id: tx.new_id(),
            fact_id,
            recipient: format!("{name}@example.org").parse().unwrap(),
            template: "verification".to_owned(),
            topics: topics.clone(),
            context: serde_json::to_string(&Letter::from(content))?,
            status: MailStatus::Queued,
            next_attempt_at: tx.now,
            created_at: tx.now,
        };
        mails::insert(tx.conn, &[mail])
    };
    office.db.write::<_, StorageError>(office.server.now(), queue).await.unwrap();
}

/// The tokens of all mails that were taken, in the order of their arrival.
fn taken(post: &PostOffice) -> Vec<String> {
    post.taken().iter().map(crate::support::inbox::Mail::token).collect()
}

on_both_databases! {
    async fn a_mail_waits_for_an_earlier_one_to_its_recipient_about_one_of_its_bookings_and_for_no_other(office) {
        let post = PostOffice::open();
        let mut runner = office.runner(by_smtp(post.port));
        post.answer("ada@example.org", 451, "Come again");
        queue(office, "ada", &["lathe", "mill"], "confirmed").await;
        runner.run_once().await.unwrap();
        post.relent();
        queue(office, "ada", &["lathe"], "cancelled").await;
        queue(office, "ada", &["mill", "saw"], "moved").await;
        queue(office, "ada", &["saw"], "moved again").await;
        queue(office, "ada", &["drill"], "another booking").await;
        queue(office, "ada", &[], "password").await;
        queue(office, "bob", &["lathe"], "another reader").await;
        runner.run_once().await.unwrap();
        let mut free = taken(&post);
        free.sort();
        assert_eq!(free, ["another booking", "another reader", "password"]);
        office.server.advance(TimeDelta::seconds(10));
        runner.run_once().await.unwrap();
        let all = taken(&post);
        let place = |token: &str| all.iter().position(|one| one == token).unwrap();
        assert_eq!((all.len(), place("confirmed")), (7, 3), "{all:?}");
        assert!(place("moved") < place("moved again"), "{all:?}");
    }

    async fn a_mail_that_is_given_up_holds_up_no_later_one(office) {
        let post = PostOffice::open();
        let mut runner = office.runner(by_smtp(post.port));
        post.answer("ada@example.org", 550, "No such user here");
        queue(office, "ada", &["lathe"], "confirmed").await;
        queue(office, "ada", &["lathe"], "moved").await;
        runner.run_once().await.unwrap();
        post.relent();
        queue(office, "ada", &["lathe"], "cancelled").await;
        runner.run_once().await.unwrap();
        assert_eq!(taken(&post), ["cancelled"]);
        let mut outcomes: Vec<_> = office.mails().iter().map(|mail| mail.split(' ').nth(1).unwrap().to_owned()).collect();
        outcomes.sort();
        assert_eq!(outcomes, ["failed", "failed", "sent"]);
    }

    async fn servers_that_run_side_by_side_keep_the_order(office) {
        let post = PostOffice::open();
        let expected: Vec<_> = (0..30).map(|number| format!("mail-{number}")).collect();
        for token in &expected {
            queue(office, "ada", &["lathe"], token).await;
            queue(office, "bob", &[token], "other").await;
        }
        let mut runners = [(); 3].map(|()| office.runner(by_smtp(post.port)));
        let [one, two, three] = &mut runners;
        while post.taken().len() < 60 {
            let (one, two, three) = tokio::join!(one.run_once(), two.run_once(), three.run_once());
            one.and(two).and(three).unwrap();
        }
        let to_ada: Vec<_> = taken(&post).into_iter().filter(|token| token != "other").collect();
        assert_eq!(to_ada, expected);
    }
}
