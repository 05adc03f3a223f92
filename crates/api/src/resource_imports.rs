//! `/organizations/{id}/resources/import`: many resources from one table.

use actix_web::post;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Heavy, ManageListings, May, Searching};
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::spoken::spoken;
use super::state::State;
use super::turns::Cost;
use super::upload::{ResourceFile, Upload};
use actions::resources::import::{self, PlannedRow};
use domain::fields::{FieldError, InvalidFields};
use domain::ids::{OrganizationId, ResourceId, SiteId};
use domain::problem::Code;
use domain::resource::{NewResource, Resource, ResourceFields};
use domain::resource_import::{self, ImportRow};
use storage::db::ReadTx;

/// A table in UTF-8, with or without a byte order mark, divided by commas, semicolons or tabs. A value with a separator, a quote or a line
/// end is in double quotes, and a double quote in it is doubled. Row 1 has the names of the columns, in any order; rows without any value
/// are left out. An empty cell has the default.
///
/// Required are `kind`, `name`, `currency`, `rate` and `per`. `site` is the name or the identifier of a site of the organization, and is
/// required unless the organization has one site. Others: `category`, `description`, `quantity`, `unit`, `minimum_charge`, `setup_fee`,
/// `deposit`, `day_rate`, `week_rate`, `month_rate`, `grid_minutes`, `min_minutes`, `max_minutes`, `notice_minutes`, `horizon_days`,
/// `buffer_before_minutes`, `buffer_after_minutes`, `change_cutoff_minutes`, `requires_approval`, `is_private` (`yes` or `no`), `status`.
/// They mean what they mean in a resource, but amounts are in the units of the currency: `24.50` or `24,50`.
#[derive(ToSchema)]
#[schema(value_type = String, example = "site;kind;name;currency;rate;per;min_minutes\nMain hall;machine;Trotec Speedy 400;EUR;24,50;hour;60\n")]
#[expect(dead_code, reason = "only its schema is used")]
struct ResourceTable(String);

/// A resource that was created from a row.
#[derive(Debug, Serialize, ToSchema)]
struct ImportedResource {
    /// The number of the row in a spreadsheet: the names of the columns are in row 1.
    row: usize,
    /// The resource.
    resource_id: ResourceId,
    /// The name of the resource.
    name: String,
}

/// The resources that were created.
#[derive(Debug, Serialize, ToSchema)]
struct ResourceImport {
    /// The resources, in the order of the rows.
    resources: Vec<ImportedResource>,
}

impl From<Vec<(usize, Resource)>> for ResourceImport {
    fn from(created: Vec<(usize, Resource)>) -> Self {
        let imported =
            |(row, resource): (usize, Resource)| ImportedResource { row, resource_id: resource.id, name: resource.fields.name };
        Self { resources: created.into_iter().map(imported).collect() }
    }
}

/// A row as it would be imported.
#[derive(Debug, Serialize, ToSchema)]
struct PreviewedRow {
    /// The number of the row in a spreadsheet: the names of the columns are in row 1.
    row: usize,
    /// The name, as it is written.
    name: String,
    /// The site. Null: it is not known.
    site_id: Option<SiteId>,
    /// The name of the site. Null: it is not known.
    site_name: Option<String>,
    /// The resource, with the defaults of empty cells. Null: the row has errors.
    #[schema(value_type = Option<NewResource>)]
    resource: Option<ResourceFields>,
    /// The errors, with pointers such as `/rows/3/rate` for the column `rate` of row 3.
    errors: Vec<FieldError>,
}

impl From<PlannedRow> for PreviewedRow {
    fn from(PlannedRow { row, name, site, resource }: PlannedRow) -> Self {
        let (site_id, site_name) = site.unzip();
        let (resource, errors) = match resource {
            Ok(resource) => (Some(resource), Vec::new()),
            Err(InvalidFields(errors)) => (None, spoken(errors)),
        };
        Self { row, name, site_id, site_name, resource, errors }
    }
}

/// The rows of a table as they would be imported.
#[derive(Debug, Serialize, ToSchema)]
struct ResourceImportPreview {
    /// Whether all rows can be imported.
    is_valid: bool,
    /// The rows, in their order.
    rows: Vec<PreviewedRow>,
}

/// Import resources
///
/// For managers of the host. Creates a resource for each row of a table, or nothing: if any row is wrong, the errors of all rows are listed,
/// with pointers such as `/rows/3/rate` for the column `rate` of row 3, where the names of the columns are row 1. The file has at most 500
/// resources and 1 MiB. `POST /organizations/{id}/resources/import/preview` tries the same file and changes nothing.
#[utoipa::path(operation_id = "import_resources", tag = "resources", params(("id" = String, Path)),
    request_body(content((ResourceTable = "text/csv"))),
    responses((status = 201, body = ResourceImport)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::OrganizationSuspended]))))]
#[post("/organizations/{id}/resources/import")]
pub(super) async fn create(
    Upload(command, _): Upload<Heavy<May<ManageListings>>, ResourceFile>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    let (host, asker) = (id.0, command.asker);
    command
        .run_prepared(
            async move |state: &State, Heavy(May { caller, .. }), file| -> Result<Vec<ImportRow>, Problem> {
                // Before the file is read, because that takes long.
                let authorize = move |tx: &mut ReadTx| import::authorize(tx, caller, host);
                state.db.read(state.clock.now(), authorize).await?;
                let _turn = state.turns.take(Cost::Search, asker).await?;
                let read = tokio::task::spawn_blocking(move || resource_import::read(&file.bytes));
                Ok(read.await.map_err(|_| Problem::of(Code::InternalError))??)
            },
            move |tx, Heavy(May { caller, .. }), rows, _| {
                let created = import::import(tx, caller, host, rows)?;
                Reply::created(format!("/api/v1/organizations/{host}/resources"), &ResourceImport::from(created))
            },
        )
        .await
}

/// Preview an import of resources
///
/// For managers of the host. Returns each row of the table as `POST /organizations/{id}/resources/import` would import it, with its errors.
/// Nothing is created. A file that is no such table is refused as it would be there.
#[utoipa::path(operation_id = "preview_resource_import", tag = "resources", params(("id" = String, Path)),
    request_body(content((ResourceTable = "text/csv"))),
    responses((status = 200, body = ResourceImportPreview)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::OrganizationSuspended]))))]
#[post("/organizations/{id}/resources/import/preview")]
pub(super) async fn preview(
    Upload(command, _): Upload<Searching<May<ManageListings>>, ResourceFile>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    command
        .look(move |tx, Searching(May { caller, .. }), file| {
            import::authorize(tx, caller, id.0)?;
            let rows = import::preview(tx, caller, id.0, &resource_import::read(&file.bytes)?)?;
            let rows: Vec<_> = rows.into_iter().map(PreviewedRow::from).collect();
            Reply::ok(&ResourceImportPreview { is_valid: rows.iter().all(|row| row.resource.is_some()), rows })
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(preview);
}
