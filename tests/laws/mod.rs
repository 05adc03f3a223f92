//! What must hold whatever happens: no overbooking, nothing half done, nothing lost that was answered.

pub(crate) mod books;
mod card_storms;
mod deaths;
mod hand;
mod histories;
mod life_races;
mod model;
mod model_aims;
mod model_line;
mod model_many;
mod model_money;
mod model_proposals;
mod model_rules;
mod outages;
mod races;
mod raw_postgres;
mod raw_random;
mod raw_sql;
mod raw_sqlite;
mod real;
mod real_many;
mod real_more;
mod series_races;
mod shared_quota_races;
mod snapshots;
mod steps;
mod told;
