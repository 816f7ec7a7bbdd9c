//! Implements the operations of vendor connections and accounts: list, create, read, refresh, change the password.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::api::caller::{Caller, LockHolderScope, NoParams};
use crate::domain::error::Invalid;
use crate::domain::store::Store;
use crate::domain::vendors::{self, VENDORS, VIRTUAL};
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::request_body::JsonBody;
use crate::service::App;

/// Limits the length of texts. None is documented here; this one is documented for the names of lock holders.
const MAX_TEXT_LENGTH: usize = 1024;

/// Holds the parameters of a path to a vendor connection.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionParams {
    vendor_connection_id: String,
}

pub(crate) async fn list(State(app): State<App>, scope: LockHolderScope<NoParams>) -> Response {
    let store = app.world.store();
    let of_lock_holder = |index: &usize| store.connections[*index].lock_holder == scope.lock_holder;
    let connections =
        (0..store.connections.len()).filter(of_lock_holder).map(|index| store.connection_view(index as u32));
    Json(json!({ "vendorConnections": connections.collect::<Vec<_>>() })).into_response()
}

pub(crate) async fn create(
    State(app): State<App>,
    scope: LockHolderScope<NoParams>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let vendor = vendor(&body)?;
    let request = ConnectionRequest::read(&body, vendor)?;
    let now = app.world.now();
    let mut store = app.world.store();
    let (login, virtual_locks) = match request {
        ConnectionRequest::Virtual(count) => (None, count),
        ConnectionRequest::Account { username, password } => {
            let account = match store.find_account(vendor, &username) {
                Some(account) => account,
                // An account that the emulator does not know is assumed to exist, with two installed locks: a client
                // must be able to connect without setting an account up first.
                None => {
                    let account = store.open_account(vendor, &username, &password);
                    let names = ["Front door", "Back door"].map(str::to_owned);
                    store.accounts[account as usize].installed.extend(names);
                    account
                }
            };
            if store.uses_account(account) {
                return Err(ApiError::conflict("The credentials are in use by another vendor connection"));
            }
            (Some((account, password)), 0)
        }
    };
    let connection = store.add_connection(scope.lock_holder, vendor, login);
    store.start_connecting(connection, virtual_locks, now);
    Ok(Json(json!({ "vendorConnection": store.connection_view(connection) })).into_response())
}

/// Is a valid request for a vendor connection.
enum ConnectionRequest {
    Virtual(usize),
    Account { username: String, password: String },
}

impl ConnectionRequest {
    fn read(body: &Fields, vendor: &str) -> Result<Self, Invalid> {
        let username = body.text("username", 1..=MAX_TEXT_LENGTH)?;
        let password = body.text("password", 1..=MAX_TEXT_LENGTH)?;
        let count = body.number("locksToCreate", 1..=100)?;
        if vendor == VIRTUAL {
            for (name, sent) in [("username", username), ("password", password)] {
                if sent.is_some() {
                    return Err(body.error(name, "is not allowed for the vendor virtual"));
                }
            }
            let count = body.required("locksToCreate", count)?;
            return Ok(Self::Virtual(usize::try_from(count).unwrap_or_default()));
        }
        if count.is_some() {
            return Err(body.error("locksToCreate", "is allowed for the vendor virtual only"));
        }
        Ok(Self::Account {
            username: body.required("username", username)?.to_owned(),
            password: body.required("password", password)?.to_owned(),
        })
    }
}

pub(crate) async fn read(
    State(app): State<App>,
    scope: LockHolderScope<ConnectionParams>,
) -> Result<Response, ApiError> {
    let store = app.world.store();
    let connection = store.connection(scope.lock_holder, &scope.params.vendor_connection_id)?;
    Ok(Json(json!({ "vendorConnection": store.connection_view(connection) })).into_response())
}

pub(crate) async fn refresh(
    State(app): State<App>,
    scope: LockHolderScope<ConnectionParams>,
) -> Result<StatusCode, ApiError> {
    let now = app.world.now();
    let mut store = app.world.store();
    let connection = store.connection(scope.lock_holder, &scope.params.vendor_connection_id)?;
    store.require_idle(connection)?;
    store.start_refresh(connection, None, now);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn update_password(
    State(app): State<App>,
    scope: LockHolderScope<ConnectionParams>,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, ApiError> {
    let password = body.required("password", body.text("password", 1..=MAX_TEXT_LENGTH)?)?.to_owned();
    let mut store = app.world.store();
    let connection = store.connection(scope.lock_holder, &scope.params.vendor_connection_id)?;
    let store = &mut *store;
    match &mut store.connections[connection as usize].login {
        Some((account, known)) => {
            // The operation "changes the password at the vendor", so both sides have the new one from now on.
            store.accounts[*account as usize].password.clone_from(&password);
            *known = password;
            Ok(StatusCode::NO_CONTENT)
        }
        None => Err(ApiError::invalid("A connection of the vendor virtual has no account, and so no password")),
    }
}

pub(crate) async fn create_account(
    State(app): State<App>,
    _caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, ApiError> {
    let account = NewAccount::read(&body)?;
    account.open(&mut app.world.store())?;
    Ok(StatusCode::NO_CONTENT)
}

/// Is a valid request for a vendor account, on its own or as part of a new lock holder.
pub(crate) struct NewAccount {
    vendor: &'static str,
    email: String,
    password: String,
}

impl NewAccount {
    pub(crate) fn read(body: &Fields) -> Result<Self, Invalid> {
        let vendor = vendor(body)?;
        if vendor == VIRTUAL {
            return Err(body.error("vendor", "virtual has no accounts"));
        }
        let email = body.required("email", body.text("email", 3..=MAX_TEXT_LENGTH)?)?;
        if !email.contains('@') {
            return Err(body.error("email", "must be a mail address"));
        }
        let password = body.required("password", body.text("password", 1..=MAX_TEXT_LENGTH)?)?;
        Ok(Self { vendor, email: email.to_owned(), password: password.to_owned() })
    }

    /// Checks only the types of the account's fields, for a request without `createVendorAccount`.
    pub(crate) fn ignore(body: &Fields) -> Result<Option<Self>, Invalid> {
        for name in ["vendor", "email", "password"] {
            body.text(name, 0..=MAX_TEXT_LENGTH)?;
        }
        Ok(None)
    }

    pub(crate) fn open(&self, store: &mut Store) -> Result<(), ApiError> {
        if store.find_account(self.vendor, &self.email).is_some() {
            return Err(ApiError::conflict(format!("{} has an account with this email already", self.vendor)));
        }
        store.open_account(self.vendor, &self.email, &self.password);
        Ok(())
    }
}

fn vendor(body: &Fields) -> Result<&'static str, Invalid> {
    let name = body.required("vendor", body.text("vendor", 0..=MAX_TEXT_LENGTH)?)?;
    vendors::vendor(name).ok_or_else(|| body.error("vendor", &format!("must be one of {}", VENDORS.join(", "))))
}
