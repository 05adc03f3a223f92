//! What can be booked.

use diesel::dsl::{And, Eq};
use diesel::prelude::*;

use super::schema::resources;
use crate::domain::resource::ResourceStatus;

/// Shown to everybody: listed, and not private.
pub(super) fn is_shown() -> And<Eq<resources::status, ResourceStatus>, Eq<resources::is_private, bool>> {
    resources::status.eq(ResourceStatus::Listed).and(resources::is_private.eq(false))
}
