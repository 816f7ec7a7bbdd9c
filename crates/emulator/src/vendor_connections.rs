//! Vendor connections and accounts: list, create, read, refresh, change the password.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::body::JsonBody;
use crate::caller::{Caller, Home, NoMore};
use crate::error::{ApiError, Invalid};
use crate::fields::Fields;
use crate::model::{ConnectionState, Place, VendorConnection};
use crate::state::App;
use crate::town::Town;
use crate::vendors::{self, VENDORS, VIRTUAL};

/// No limit is documented for these texts; this one is the documentation's for names of lock holders.
const MOST: usize = 1024;

/// The parameters of a path to one vendor connection.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OneConnection {
    vendor_connection_id: String,
}

pub(crate) async fn list(State(app): State<App>, home: Home<NoMore>) -> Response {
    let town = app.town();
    let of_home = |place: &usize| town.connections[*place].lock_holder == home.lock_holder;
    let connections = (0..town.connections.len()).filter(of_home).map(|place| town.connection_view(place as u32));
    Json(json!({ "vendorConnections": connections.collect::<Vec<_>>() })).into_response()
}

pub(crate) async fn create(
    State(app): State<App>,
    home: Home<NoMore>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let vendor = vendor(&body)?;
    let wish = Wish::read(&body, vendor)?;
    let now = app.now();
    let mut town = app.town();
    let (login, virtual_locks) = match wish {
        Wish::Virtual(count) => (None, count),
        Wish::Account { username, password } => {
            let account = match town.account(vendor, &username) {
                Some(account) => account,
                // The vendor's world is not the emulator's to know: an account it never heard of exists, and two locks
                // were installed there.
                None => {
                    let account = town.open_account(vendor, &username, &password);
                    let names = ["Front door", "Back door"].map(str::to_owned);
                    town.accounts[account as usize].installed.extend(names);
                    account
                }
            };
            demand_free(&town, account)?;
            (Some((account, password)), 0)
        }
    };
    let connection = town.add_connection(home.lock_holder, vendor, login);
    town.begin_to_connect(connection, virtual_locks, now);
    Ok(Json(json!({ "vendorConnection": town.connection_view(connection) })).into_response())
}

/// One account is used by one connection at a time.
fn demand_free(town: &Town, account: Place) -> Result<(), ApiError> {
    let uses = |connection: &VendorConnection| {
        connection.login.as_ref().is_some_and(|(place, _)| *place == account) && !connection.state.is_over()
    };
    if town.connections.iter().any(uses) {
        return Err(ApiError::conflict("The credentials are in use by another vendor connection"));
    }
    Ok(())
}

/// What a new connection is to be.
enum Wish {
    Virtual(usize),
    Account { username: String, password: String },
}

impl Wish {
    fn read(body: &Fields, vendor: &str) -> Result<Self, Invalid> {
        let username = body.text("username", 1..=MOST)?;
        let password = body.text("password", 1..=MOST)?;
        let count = body.number("locksToCreate", 1..=100)?;
        if vendor == VIRTUAL {
            for (name, sent) in [("username", username), ("password", password)] {
                if sent.is_some() {
                    return Err(body.wrong(name, "has no place beside the vendor virtual"));
                }
            }
            let count = body.required("locksToCreate", count)?;
            return Ok(Self::Virtual(usize::try_from(count).unwrap_or_default()));
        }
        if count.is_some() {
            return Err(body.wrong("locksToCreate", "is for the vendor virtual only"));
        }
        Ok(Self::Account {
            username: body.required("username", username)?.to_owned(),
            password: body.required("password", password)?.to_owned(),
        })
    }
}

pub(crate) async fn read(State(app): State<App>, home: Home<OneConnection>) -> Result<Response, ApiError> {
    let town = app.town();
    let connection = town.connection(home.lock_holder, &home.path.vendor_connection_id)?;
    Ok(Json(json!({ "vendorConnection": town.connection_view(connection) })).into_response())
}

pub(crate) async fn refresh(State(app): State<App>, home: Home<OneConnection>) -> Result<StatusCode, ApiError> {
    let now = app.now();
    let mut town = app.town();
    let connection = town.connection(home.lock_holder, &home.path.vendor_connection_id)?;
    match town.connections[connection as usize].state {
        ConnectionState::Connected => {}
        ConnectionState::Error => {
            // While this one was in error, its account was free to be connected anew.
            if let Some((account, _)) = town.connections[connection as usize].login {
                demand_free(&town, account)?;
            }
        }
        state => {
            let state = state.name();
            return Err(ApiError::conflict(format!("The connection is {state}; it must be connected or in error")));
        }
    }
    town.begin_to_connect(connection, 0, now);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn update_password(
    State(app): State<App>,
    home: Home<OneConnection>,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, ApiError> {
    let password = body.required("password", body.text("password", 1..=MOST)?)?.to_owned();
    let mut town = app.town();
    let connection = town.connection(home.lock_holder, &home.path.vendor_connection_id)?;
    let town = &mut *town;
    match &mut town.connections[connection as usize].login {
        Some((account, known)) => {
            // "Changes the password at the vendor", the documents say: from here on both sides know the new one.
            town.accounts[*account as usize].password.clone_from(&password);
            *known = password;
            Ok(StatusCode::NO_CONTENT)
        }
        None => Err(ApiError::invalid("A connection with virtual locks has no account, and so no password")),
    }
}

pub(crate) async fn create_account(
    State(app): State<App>,
    _caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, ApiError> {
    let account = NewAccount::read(&body)?;
    account.open(&mut app.town())?;
    Ok(StatusCode::NO_CONTENT)
}

/// A request for an account at a vendor, alone or along with a new lock holder.
pub(crate) struct NewAccount {
    vendor: &'static str,
    email: String,
    password: String,
}

impl NewAccount {
    pub(crate) fn read(body: &Fields) -> Result<Self, Invalid> {
        let vendor = vendor(body)?;
        if vendor == VIRTUAL {
            return Err(body.wrong("vendor", "virtual has no accounts"));
        }
        let email = body.required("email", body.text("email", 3..=MOST)?)?;
        if !email.contains('@') {
            return Err(body.wrong("email", "must be a mail address"));
        }
        let password = body.required("password", body.text("password", 1..=MOST)?)?;
        Ok(Self { vendor, email: email.to_owned(), password: password.to_owned() })
    }

    /// Checks the types of an account's fields where none is wanted.
    pub(crate) fn ignore(body: &Fields) -> Result<Option<Self>, Invalid> {
        for name in ["vendor", "email", "password"] {
            body.text(name, 0..=MOST)?;
        }
        Ok(None)
    }

    pub(crate) fn open(&self, town: &mut Town) -> Result<(), ApiError> {
        if town.account(self.vendor, &self.email).is_some() {
            return Err(ApiError::conflict(format!("{} has an account with this email already", self.vendor)));
        }
        town.open_account(self.vendor, &self.email, &self.password);
        Ok(())
    }
}

fn vendor(body: &Fields) -> Result<&'static str, Invalid> {
    let name = body.required("vendor", body.text("vendor", 0..=MOST)?)?;
    vendors::vendor(name).ok_or_else(|| body.wrong("vendor", &format!("must be one of {}", VENDORS.join(", "))))
}
