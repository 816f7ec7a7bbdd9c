// Includes the groups of rows, one file each. The including file defines `names!`, `paged!` and `rows!`: `table.rs` for
// the specs, `calls.rs` for the calls.

include!("query.rs");
include!("header.rs");
include!("path.rs");
include!("property.rs");
include!("optional.rs");
include!("schema.rs");
include!("operation.rs");
include!("query_values.rs");
include!("header_values.rs");
include!("path_values.rs");
include!("collisions.rs");
include!("bodies.rs");
include!("setters.rs");
include!("kinds.rs");
include!("responses.rs");
include!("paging.rs");
include!("places.rs");
include!("clients.rs");
include!("letters.rs");
include!("composed.rs");

macro_rules! all {
    ($with:ident) => {
        $with! {
            query header path property optional schema operation query_values header_values path_values
            collisions bodies setters kinds responses paging one_page places clients letters composed
        }
    };
}
