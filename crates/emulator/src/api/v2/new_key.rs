//! Validates requests that create keys.

use chrono::{DateTime, Utc};

use crate::domain::error::Invalid;
use crate::domain::formats::phone;
use crate::domain::model::{Index, Metadata};
use crate::domain::recurrence::{Period, Recurrence, WEEKDAYS};
use crate::domain::store::Store;
use crate::http::fields::Fields;

/// Limits the entries of `metadata`, as documented.
const MAX_METADATA_ENTRIES: usize = 20;
const MAX_METADATA_NAME: usize = 40;
const MAX_METADATA_TEXT: usize = 256;

/// Is a valid request for one key.
pub(crate) struct NewKey {
    pub(crate) lock: Index,
    pub(crate) app_user_id: String,
    pub(crate) start: Option<DateTime<Utc>>,
    pub(crate) end: Option<DateTime<Utc>>,
    pub(crate) recurrence: Option<Box<Recurrence>>,
    pub(crate) metadata: Option<Box<Metadata>>,
}

/// Reads all keys of a request. The errors are those of all keys, one for each.
pub(crate) fn read_keys(body: &Fields, store: &Store, project: Index) -> Result<Vec<NewKey>, Vec<Invalid>> {
    let one = |invalid| vec![invalid];
    let items = body.objects("keys").map_err(one)?;
    let items = body.required("keys", items).map_err(one)?;
    if items.is_empty() {
        return Err(one(body.error("keys", "must have at least one key")));
    }
    let (mut keys, mut wrong) = (Vec::new(), Vec::new());
    for item in &items {
        match NewKey::read(item, store, project) {
            Ok(key) => keys.push(key),
            Err(invalid) => wrong.push(invalid),
        }
    }
    if wrong.is_empty() { Ok(keys) } else { Err(wrong) }
}

impl NewKey {
    fn read(item: &Fields, store: &Store, project: Index) -> Result<Self, Invalid> {
        let lock = lock(item, "lockId", store, project)?;
        let app_user_id = app_user_id(item)?;
        // Unlike version 1, version 2 refuses null for both dates.
        let (start, end) = (item.date("start")?, item.date("end")?);
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            return Err(item.error("end", "must not be before start"));
        }
        let (recurrence, metadata) = (recurrence(item)?, metadata(item)?);
        Ok(Self { lock, app_user_id, start, end, recurrence, metadata })
    }
}

/// Reads a field with the id of a lock of the project.
pub(crate) fn lock(fields: &Fields, name: &str, store: &Store, project: Index) -> Result<Index, Invalid> {
    let id = fields.required(name, fields.text(name, 1..=1024)?)?;
    store.lock(project, id).map_err(|_| fields.error(name, "is no lock of this project"))
}

/// Reads the field `appUserId`.
pub(crate) fn app_user_id(fields: &Fields) -> Result<String, Invalid> {
    let number = fields.required("appUserId", fields.text("appUserId", 0..=1024)?)?;
    phone("appUserId", number).map_err(|invalid| fields.error("appUserId", &invalid.rule))
}

/// Reads the field `recurrence`.
///
/// The list of time spans is accepted under the name in one of the documentation's examples as well, in lower case.
pub(crate) fn recurrence(fields: &Fields) -> Result<Option<Box<Recurrence>>, Invalid> {
    let Some(object) = fields.object("recurrence")? else { return Ok(None) };
    let name = if object.sent("timeSpans").is_none() && object.sent("timespans").is_some() {
        "timespans"
    } else {
        "timeSpans"
    };
    let spans = object.required(name, object.objects(name)?)?;
    let mut recurrence = Recurrence::default();
    for span in &spans {
        let weekday = span.required("weekday", span.text("weekday", 0..=1024)?)?;
        let Some(weekday) = WEEKDAYS.iter().position(|known| *known == weekday) else {
            return Err(span.error("weekday", &format!("must be one of {}", WEEKDAYS.join(", "))));
        };
        if recurrence.has(weekday) {
            return Err(span.error("weekday", "occurs twice: a weekday has at most one time span"));
        }
        let number = |name, max| {
            let number = span.required(name, span.number(name, 0..=max)?)?;
            Ok::<_, Invalid>(u8::try_from(number).unwrap_or_default())
        };
        let period = Period {
            start_hour: number("startHour", 24)?,
            start_minute: number("startMinute", 59)?,
            end_hour: number("endHour", 24)?,
            end_minute: number("endMinute", 59)?,
        };
        recurrence.set(weekday, period);
    }
    Ok(Some(Box::new(recurrence)))
}

/// Reads the field `metadata`.
pub(crate) fn metadata(fields: &Fields) -> Result<Option<Box<Metadata>>, Invalid> {
    let Some(object) = fields.object("metadata")? else { return Ok(None) };
    let mut metadata = Metadata::new();
    for name in object.names() {
        if name.chars().count() > MAX_METADATA_NAME {
            let rule = format!("must have names of at most {MAX_METADATA_NAME} characters");
            return Err(fields.error("metadata", &rule));
        }
        let text = object.required(name, object.text(name, 0..=MAX_METADATA_TEXT)?)?;
        metadata.insert(name.to_owned(), text.to_owned());
    }
    if metadata.len() > MAX_METADATA_ENTRIES {
        return Err(fields.error("metadata", &format!("must have at most {MAX_METADATA_ENTRIES} entries")));
    }
    Ok(Some(Box::new(metadata)))
}
