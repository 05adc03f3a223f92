//! The parts that the pages of operators share.

use crate::page::text;
use crate::team::parts::Tab;
use crate::visit::Visit;
use actions::error::Error;
use api::problem::Problem;
use api::turns::Cost;
use storage::db::Tx;
use texts::catalogue::Texts;

/// Returns the pages of operators, as the tabs of each of them.
pub(super) fn tabs(texts: &Texts, current: &str) -> Vec<Tab> {
    let all = [
        ("/admin", "web-admin.title"),
        ("/admin/organizations", "web-admin.organizations"),
        ("/admin/users", "web-admin.users"),
        ("/admin/mails", "web-admin.mails"),
        ("/admin/facts", "web-admin.facts"),
        ("/admin/audit", "web-audit.title"),
    ];
    let tab = |(href, name): (&str, &str)| Tab { href: href.to_owned(), name: text(texts, name), is_current: name == current };
    all.into_iter().map(tab).collect()
}

impl Visit {
    /// Runs an action that also writes that the visitor has looked, when it is the visitor's turn, and returns its result.
    ///
    /// # Errors
    /// The error of the action; then nothing is changed.
    pub(super) async fn look<T: Send + 'static>(
        &self,
        cost: Cost,
        action: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let state = &self.page.state;
        let turn = state.turns.take(cost, self.page.asker()).await?;
        let action = move |tx: &mut Tx<'_>| {
            // The turn lasts until the action ends, even if the client has closed the connection.
            let _turn = &turn;
            action(tx)
        };
        let found = state.db.write(state.clock.now(), action).await?;
        state.outbox.notify_one();
        Ok(found)
    }
}
