//! Validates requests that create keys.

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use crate::domain::error::Invalid;
use crate::domain::formats::phone;
use crate::domain::recurrence::{Period, Recurrence, WEEKDAYS};
use crate::faults::quirks::Quirk;
use crate::http::fields::Fields;
use crate::service::Service;

/// Limits `durationMinutes` to a hundred years. No limit is documented; this one keeps the year below 10000.
const MAX_DURATION_MINUTES: i64 = 100 * 366 * 24 * 60;

/// Is a valid request for a key.
pub(crate) struct KeyRequest {
    pub(crate) user_id: String,
    pub(crate) start: Option<DateTime<Utc>>,
    pub(crate) end: Option<DateTime<Utc>>,
    pub(crate) recurrence: Option<Box<Recurrence>>,
    pub(crate) app_switch_only: Option<bool>,
    /// Is the time at which the request was read. A duration without a start counts from it.
    pub(crate) received_at: DateTime<Utc>,
}

impl KeyRequest {
    pub(crate) fn read(body: &Fields, app: &Service) -> Result<Self, Invalid> {
        for name in ["start", "end"] {
            if app.quirks.has(Quirk::NullDatesRefused) && body.sent(name).is_some_and(serde_json::Value::is_null) {
                return Err(body.error(name, "must be of type string"));
            }
        }
        Self::parse(body, app.world.now())
    }

    fn parse(body: &Fields, now: DateTime<Utc>) -> Result<Self, Invalid> {
        let user_id = body.required("userId", body.text("userId", 0..=1024)?)?;
        let start = body.nullable("start", Fields::date)?;
        let request = Self {
            user_id: phone("userId", user_id)?,
            start,
            end: end(body, start, now)?,
            recurrence: recurrence(body)?,
            app_switch_only: body.boolean("appSwitchOnly")?,
            received_at: now,
        };
        // The emulator sends no invitations, but still checks the type.
        body.nullable("skipInviteNotification", Fields::boolean)?;
        Ok(request)
    }
}

fn end(body: &Fields, start: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Invalid> {
    let end = body.nullable("end", Fields::date)?;
    let minutes = body.number("durationMinutes", 1..=MAX_DURATION_MINUTES)?;
    match (end, minutes) {
        (Some(_), Some(_)) => Err(Invalid::request("end and durationMinutes exclude each other: send one of them")),
        (Some(end), None) if start.is_some_and(|start| end < start) => {
            Err(body.error("end", "must not be before start"))
        }
        (end, None) => Ok(end),
        (None, Some(minutes)) => {
            let end = start.unwrap_or(now).checked_add_signed(TimeDelta::minutes(minutes));
            // Years after 9999 have five digits, which most ISO 8601 parsers reject.
            match end.filter(|end| end.year() <= 9999) {
                Some(end) => Ok(Some(end)),
                None => Err(body.error("durationMinutes", "leads beyond the year 9999")),
            }
        }
    }
}

fn recurrence(body: &Fields) -> Result<Option<Box<Recurrence>>, Invalid> {
    let Some(days) = body.object("recurrence")? else { return Ok(None) };
    let mut recurrence = Recurrence::default();
    for name in days.names() {
        let Some(weekday) = WEEKDAYS.iter().position(|weekday| *weekday == name) else {
            return Err(days.error(name, "is not a weekday: recurrence has mon, tue, wed, thu, fri, sat and sun"));
        };
        let day = days.required(name, days.object(name)?)?;
        let number = |name, max| {
            let number = day.required(name, day.number(name, 0..=max)?)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: &str) -> Result<KeyRequest, Invalid> {
        let json = format!(r#"{{ "userId": "+12125550100" {more} }}"#);
        KeyRequest::parse(&Fields::parse(json.as_bytes()).unwrap(), DateTime::UNIX_EPOCH)
    }

    fn refusal(more: &str) -> String {
        match read(more) {
            Ok(_) => format!("{more} was accepted"),
            Err(invalid) => invalid.to_string(),
        }
    }

    #[test]
    fn accepts_absent_and_null_dates() {
        for more in ["", r#", "start": null, "end": null, "skipInviteNotification": null"#] {
            let request = read(more).unwrap();
            assert!(request.start.is_none() && request.end.is_none() && request.recurrence.is_none());
        }
    }

    #[test]
    fn refuses_null_for_fields_that_are_not_nullable() {
        for name in ["userId", "durationMinutes", "recurrence", "appSwitchOnly"] {
            let text = refusal(&format!(r#", "{name}": null"#));
            assert!(text.starts_with(&format!("{name} must be of type ")), "{text}");
        }
    }

    #[test]
    fn a_duration_counts_from_the_start_or_from_now() {
        let from_now = read(r#", "durationMinutes": 90"#).unwrap();
        assert_eq!(from_now.end, Some(DateTime::UNIX_EPOCH + TimeDelta::minutes(90)));
        let from_start = read(r#", "durationMinutes": 90, "end": null, "start": "1970-01-02T01:00:00+01:00""#).unwrap();
        assert_eq!(from_start.end, Some(DateTime::UNIX_EPOCH + TimeDelta::minutes(24 * 60 + 90)));
    }

    #[test]
    fn refuses_a_contradictory_end() {
        let both = refusal(r#", "durationMinutes": 90, "end": "2020-01-01T00:00:00.000Z""#);
        assert!(both.contains("durationMinutes"), "{both}");
        let before = refusal(r#", "start": "2020-01-02T00:00:00Z", "end": "2020-01-01T00:00:00Z""#);
        assert_eq!(before, "end must not be before start");
        let beyond = refusal(r#", "start": "9999-12-31T00:00:00Z", "durationMinutes": 5000"#);
        assert!(beyond.contains("9999"), "{beyond}");
        assert!(refusal(r#", "durationMinutes": 0"#).contains("durationMinutes"));
    }

    #[test]
    fn validates_weekdays_hours_and_minutes_of_a_recurrence() {
        let day = r#"{ "startHour": 8, "startMinute": 0, "endHour": 24, "endMinute": 0 }"#;
        let request = read(&format!(r#", "recurrence": {{ "mon": {day}, "sun": {day} }}"#)).unwrap();
        let sent = serde_json::to_value(request.recurrence).unwrap();
        assert_eq!(sent.as_object().unwrap().keys().collect::<Vec<_>>(), ["mon", "sun"]);
        let late = r#"{ "startHour": 8, "startMinute": 60, "endHour": 24, "endMinute": 0 }"#;
        for (recurrence, names) in [
            (format!(r#"{{ "monday": {day} }}"#), "recurrence.monday"),
            (format!(r#"{{ "mon": {late} }}"#), "recurrence.mon.startMinute"),
            (r#"{ "mon": { "startHour": 8 } }"#.to_owned(), "recurrence.mon.startMinute is missing"),
            (r#"{ "mon": null }"#.to_owned(), "recurrence.mon must be of type object"),
            (r#"{ "mon": [] }"#.to_owned(), "recurrence.mon must be an object"),
            (r#"{ "timeSpans": [] }"#.to_owned(), "recurrence.timeSpans"),
            ("[]".to_owned(), "recurrence must be an object"),
        ] {
            let text = refusal(&format!(r#", "recurrence": {recurrence}"#));
            assert!(text.starts_with(names), "{text}");
        }
    }
}
