//! Which resources everybody sees.

use diesel::dsl::{And, Eq};
use diesel::prelude::*;
use domain::resource::ResourceStatus;

use super::schema::resources;

/// On offer to everybody: listed, and not private.
pub(super) fn is_visible_to_all() -> And<Eq<resources::status, ResourceStatus>, Eq<resources::is_private, bool>> {
    resources::status.eq(ResourceStatus::Listed).and(resources::is_private.eq(false))
}
