//! What a request for a key must look like.

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use crate::error::Invalid;
use crate::fields::{Fields, phone};
use crate::quirks::Quirk;
use crate::recurrence::{Period, Recurrence, WEEKDAYS};
use crate::state::Shared;

/// A hundred years. No limit is documented; this one keeps dates printable.
const MOST_MINUTES: i64 = 100 * 366 * 24 * 60;

/// A request for a key that keeps all rules.
pub(crate) struct KeyRequest {
    pub(crate) user_id: String,
    pub(crate) start: Option<DateTime<Utc>>,
    pub(crate) end: Option<DateTime<Utc>>,
    pub(crate) recurrence: Option<Box<Recurrence>>,
    pub(crate) app_switch_only: Option<bool>,
    /// The moment the request was read, from which a duration without a start counts.
    pub(crate) made: DateTime<Utc>,
}

impl KeyRequest {
    pub(crate) fn read(body: &Fields, app: &Shared) -> Result<Self, Invalid> {
        for name in ["start", "end"] {
            if app.quirks.has(Quirk::NullDatesRefused) && body.sent(name).is_some_and(serde_json::Value::is_null) {
                return Err(body.wrong(name, "must be of type string"));
            }
        }
        Self::parse(body, app.now())
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
            made: now,
        };
        // Nobody is invited here, but a wrong type is still the caller's mistake.
        body.nullable("skipInviteNotification", Fields::boolean)?;
        Ok(request)
    }
}

fn end(body: &Fields, start: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Invalid> {
    let end = body.nullable("end", Fields::date)?;
    let minutes = body.number("durationMinutes", 1..=MOST_MINUTES)?;
    match (end, minutes) {
        (Some(_), Some(_)) => Err(Invalid("end and durationMinutes exclude each other: send one of them".to_owned())),
        (Some(end), None) if start.is_some_and(|start| end < start) => {
            Err(body.wrong("end", "must not be before start"))
        }
        (end, None) => Ok(end),
        (None, Some(minutes)) => {
            let end = start.unwrap_or(now).checked_add_signed(TimeDelta::minutes(minutes));
            // Beyond the year 9999 a date has no ISO 8601 form that everybody reads.
            match end.filter(|end| end.year() <= 9999) {
                Some(end) => Ok(Some(end)),
                None => Err(body.wrong("durationMinutes", "leads beyond the year 9999")),
            }
        }
    }
}

fn recurrence(body: &Fields) -> Result<Option<Box<Recurrence>>, Invalid> {
    let Some(days) = body.object("recurrence")? else { return Ok(None) };
    let mut recurrence = Recurrence::default();
    for name in days.names() {
        let Some(weekday) = WEEKDAYS.iter().position(|weekday| *weekday == name) else {
            return Err(days.wrong(name, "is not a weekday: recurrence has mon, tue, wed, thu, fri, sat and sun"));
        };
        let day = days.required(name, days.object(name)?)?;
        let number = |name, most| {
            let number = day.required(name, day.number(name, 0..=most)?)?;
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
            Err(Invalid(text)) => text,
        }
    }

    #[test]
    fn dates_may_be_absent_or_null() {
        for more in ["", r#", "start": null, "end": null, "skipInviteNotification": null"#] {
            let request = read(more).unwrap();
            assert!(request.start.is_none() && request.end.is_none() && request.recurrence.is_none());
        }
    }

    #[test]
    fn what_the_spec_does_not_call_nullable_is_no_null() {
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
    fn an_end_that_contradicts_itself_is_refused() {
        let both = refusal(r#", "durationMinutes": 90, "end": "2020-01-01T00:00:00.000Z""#);
        assert!(both.contains("durationMinutes"), "{both}");
        let before = refusal(r#", "start": "2020-01-02T00:00:00Z", "end": "2020-01-01T00:00:00Z""#);
        assert_eq!(before, "end must not be before start");
        let beyond = refusal(r#", "start": "9999-12-31T00:00:00Z", "durationMinutes": 5000"#);
        assert!(beyond.contains("9999"), "{beyond}");
        assert!(refusal(r#", "durationMinutes": 0"#).contains("durationMinutes"));
    }

    #[test]
    fn a_recurrence_has_weekdays_and_hours_and_minutes() {
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
