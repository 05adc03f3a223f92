//! Which resources everybody sees.

use diesel::dsl::{And, Eq};
use diesel::prelude::*;
use domain::resource::ResourceStatus;

use super::schema::resources;

type IsOffered = And<Eq<resources::status, ResourceStatus>, Eq<resources::is_private, bool>>;

/// On offer to everybody: listed, not private, and of a host that is not suspended.
pub(super) fn is_visible_to_all() -> And<IsOffered, Eq<resources::is_suspended, bool>> {
    resources::status.eq(ResourceStatus::Listed).and(resources::is_private.eq(false)).and(resources::is_suspended.eq(false))
}
