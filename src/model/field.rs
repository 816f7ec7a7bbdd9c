//! Converts the values that setters accept to the types of fields.

use std::fmt;

use chrono::{DateTime, FixedOffset, Utc};

use super::{Cursor, Nullable, PhoneNumber, Secret};

/// Converts a value that a setter accepts to the type `T` of a field.
///
/// | field | values |
/// |---|---|
/// | any `T` | `T`, `&T` |
/// | an object, such as [`types::Recurrence`](crate::types::Recurrence) | `T`, `&T`, its builder |
/// | an integer | any integer type; a value out of range is refused |
/// | a string, an id, an enum, a phone number, a cursor, a secret | `T`, `&T`, `&str`, `String` |
/// | a time | `T`, `&T`, `DateTime<FixedOffset>`, and `&str` and `String` in RFC 3339 format |
/// | a list | `T`, `&T`, an array, a slice of its items |
/// | [`Nullable<T>`] | all values for `T`, and `Option<T>`, where `None` is sent as null |
///
/// The setters return no errors. A refused value makes the call (or `build()`) return an error that names the field.
/// The trait is sealed: other crates can neither implement nor call it.
///
/// ```no_run
/// # async fn example(home: unloc::LockHolderClient, lock: unloc::types::Lock) -> unloc::Result<()> {
/// let key = home.create_key().lock_id(&lock.id).user_id("+12125550142"); // never ends: `end` is left out
/// let key = key.start("2030-05-01T10:00:00Z").skip_invite_notification(None); // `None` sends null
/// println!("{}", key.send().await?.state);
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot be set to a `{Self}`",
    label = "not a value for this field",
    note = "a field that is not nullable takes no `Option`: call its setter only if there is a value"
)]
pub trait IntoField<T>: Sized {
    #[doc(hidden)]
    fn into_field(self, _: Sealed) -> Result<T, Refused>;
}

/// Seals [`IntoField`]: only this crate can name and create it.
#[derive(Debug)]
pub struct Sealed(());

/// Says why a value is refused.
#[derive(Debug)]
pub struct Refused(String);

impl Refused {
    /// Creates a refusal whose reason is appended to the field's name.
    pub(crate) fn because(reason: impl fmt::Display) -> Self {
        Self(format!(": {reason}"))
    }
}

/// Converts a value to the type of a field, or returns why not, beginning with the field's wire name.
pub(crate) fn field<T>(name: &str, value: impl IntoField<T>) -> Result<T, String> {
    value.into_field(Sealed(())).map_err(|Refused(reason)| format!("`{name}`{reason}"))
}

// Few blanket implementations: with more, the compiler could not infer the type of `None` or of a number. All other
// sources are listed with `source!` below.
impl<T> IntoField<T> for T {
    fn into_field(self, _: Sealed) -> Result<T, Refused> {
        Ok(self)
    }
}

impl<T: Clone> IntoField<T> for &T {
    fn into_field(self, _: Sealed) -> Result<T, Refused> {
        Ok(self.clone())
    }
}

impl<T> IntoField<Nullable<T>> for T {
    fn into_field(self, _: Sealed) -> Result<Nullable<T>, Refused> {
        Ok(Nullable::Value(self))
    }
}

impl<T: Clone> IntoField<Nullable<T>> for &T {
    fn into_field(self, _: Sealed) -> Result<Nullable<T>, Refused> {
        Ok(Nullable::Value(self.clone()))
    }
}

// For nullable fields only: elsewhere `None` could mean "leave out", which is what not calling the setter does.
impl<T> IntoField<Nullable<T>> for Option<T> {
    fn into_field(self, _: Sealed) -> Result<Nullable<T>, Refused> {
        Ok(self.into())
    }
}

// The items of an array are converted as well, so that `["a", "b"]` fits a list of ids.
impl<T, S: IntoField<T>, const N: usize> IntoField<Vec<T>> for [S; N] {
    fn into_field(self, _: Sealed) -> Result<Vec<T>, Refused> {
        self.into_iter().map(|item| item.into_field(Sealed(()))).collect()
    }
}

impl<T: Clone> IntoField<Vec<T>> for &[T] {
    fn into_field(self, _: Sealed) -> Result<Vec<T>, Refused> {
        Ok(self.to_vec())
    }
}

impl<T, S: IntoField<T>, const N: usize> IntoField<Nullable<Vec<T>>> for [S; N] {
    fn into_field(self, only: Sealed) -> Result<Nullable<Vec<T>>, Refused> {
        IntoField::<Vec<T>>::into_field(self, only).map(Nullable::Value)
    }
}

impl<T: Clone> IntoField<Nullable<Vec<T>>> for &[T] {
    fn into_field(self, _: Sealed) -> Result<Nullable<Vec<T>>, Refused> {
        Ok(Nullable::Value(self.to_vec()))
    }
}

/// Implements [`IntoField`] for a source type, both for a target type and for `Nullable` of it.
// Generated code calls it as well, for builders, so all paths in it are absolute.
macro_rules! source {
    ($source:ty => $target:ty, $value:ident => $made:expr) => {
        impl crate::model::field::IntoField<$target> for $source {
            fn into_field(
                self,
                _: crate::model::field::Sealed,
            ) -> ::std::result::Result<$target, crate::model::field::Refused> {
                let $value = self;
                $made
            }
        }

        impl crate::model::field::IntoField<crate::model::Nullable<$target>> for $source {
            fn into_field(
                self,
                _: crate::model::field::Sealed,
            ) -> ::std::result::Result<crate::model::Nullable<$target>, crate::model::field::Refused> {
                let $value = self;
                $made.map(crate::model::Nullable::Value)
            }
        }
    };
}

/// Implements [`IntoField`] for `&str`, `String` and `&String`, for a type that is created from a string.
macro_rules! text_sources {
    ($target:ty) => {
        crate::model::field::source!(&str => $target, text => crate::model::field::of_text(text));
        crate::model::field::source!(::std::string::String => $target, text => crate::model::field::of_text(text));
        crate::model::field::source!(&::std::string::String => $target, text => crate::model::field::of_text(text.as_str()));
    };
}

pub(crate) use {source, text_sources};

/// Converts a string with `TryInto`, and turns its error into a refusal.
pub(crate) fn of_text<S: TryInto<T, Error: fmt::Display>, T>(text: S) -> Result<T, Refused> {
    text.try_into().map_err(Refused::because)
}

source!(&str => String, text => Ok::<_, Refused>(text.to_owned()));
text_sources!(PhoneNumber);
text_sources!(Secret);
text_sources!(Cursor);

// The field is in UTC: the offset is dropped, the instant stays the same.
source!(DateTime<FixedOffset> => DateTime<Utc>, time => Ok::<_, Refused>(time.to_utc()));
source!(&str => DateTime<Utc>, text => time(text));
source!(String => DateTime<Utc>, text => time(&text));
source!(&String => DateTime<Utc>, text => time(text));

/// Parses a time in RFC 3339 format.
fn time(text: &str) -> Result<DateTime<Utc>, Refused> {
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    // chrono's own reason ("premature end of input") is less help than an example.
    time.map_err(|_| Refused::because("not an RFC 3339 time, such as 2030-05-01T10:00:00Z"))
}

/// Implements [`IntoField`] between integer types, with a check of the range.
macro_rules! integers {
    ($($target:ident: $($source:ident)*;)*) => { $($(
        source!($source => $target, number => $target::try_from(number).map_err(|_| out_of_range($target::MIN == 0, $target::BITS)));
    )*)* };
}

// Without the type itself, which the blanket implementation has.
integers! {
    i8: i16 i32 i64 isize u8 u16 u32 u64 usize;
    i16: i8 i32 i64 isize u8 u16 u32 u64 usize;
    i32: i8 i16 i64 isize u8 u16 u32 u64 usize;
    i64: i8 i16 i32 isize u8 u16 u32 u64 usize;
    u8: i8 i16 i32 i64 isize u16 u32 u64 usize;
    u16: i8 i16 i32 i64 isize u8 u32 u64 usize;
    u32: i8 i16 i32 i64 isize u8 u16 u64 usize;
    u64: i8 i16 i32 i64 isize u8 u16 u32 usize;
}

/// Implements [`IntoField`] for the number types that fit into `f64` without loss.
macro_rules! floats {
    ($($source:ident)*) => { $( source!($source => f64, number => Ok::<_, Refused>(f64::from(number))); )* };
}

// Not i64 and u64: beyond 2^53 they would be rounded without notice.
floats!(f32 i8 i16 i32 u8 u16 u32);

/// Returns the refusal of an integer that does not fit. It does not repeat the value.
fn out_of_range(unsigned: bool, bits: u32) -> Refused {
    // As powers of two: numbers of ten digits and more are redacted from errors, since they could be phone numbers.
    let (least, power) = if unsigned { ("0".to_owned(), bits) } else { (format!("-2^{}", bits - 1), bits - 1) };
    Refused(format!(" is out of range: expected a whole number from {least} to 2^{power} - 1"))
}

/// Checks the length of a string against the limits of the spec. The error does not repeat the string.
pub(crate) fn length(property: &str, text: String, least: u64, most: u64) -> Result<String, String> {
    // JSON Schema counts characters, and neither bytes nor UTF-16 units (Validation, section 6.3.1).
    let count = text.chars().count() as u64;
    if count < least {
        return Err(format!("`{property}` has {count} characters; the minimum is {least}"));
    }
    if count > most {
        return Err(format!("`{property}` has {count} characters; the maximum is {most}"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_values_that_do_not_fit_and_names_the_field() {
        let message = |made: Result<i32, String>| made.unwrap_err();
        assert_eq!(
            message(field("limit", 5_000_000_000_i64)),
            "`limit` is out of range: expected a whole number from -2^31 to 2^31 - 1"
        );
        assert_eq!(
            field::<u8>("floor", -1).unwrap_err(),
            "`floor` is out of range: expected a whole number from 0 to 2^8 - 1"
        );
        let refused = field::<PhoneNumber>("userId", "2125550142").unwrap_err();
        assert!(refused.starts_with("`userId`: not a phone number") && !refused.contains("2125550142"), "{refused}");
        let refused = field::<DateTime<Utc>>("end", "tomorrow").unwrap_err();
        assert_eq!(refused, "`end`: not an RFC 3339 time, such as 2030-05-01T10:00:00Z");
    }

    #[test]
    fn converts_every_listed_source() {
        assert_eq!((field::<i32>("x", 5), field::<i32>("x", 5_u32), field::<i64>("x", 5)), (Ok(5), Ok(5), Ok(5)));
        assert_eq!(field::<Nullable<i32>>("x", None), Ok(Nullable::Null));
        assert_eq!(field::<Nullable<i32>>("x", 5_u8), Ok(Nullable::Value(5)));
        assert_eq!(field::<Nullable<i32>>("x", Some(5)), Ok(Nullable::Value(5)));
        assert_eq!(field::<Vec<String>>("x", ["a", "b"]), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(field::<f64>("x", 5), Ok(5.0));
        let noon = field::<DateTime<Utc>>("x", "2030-05-01T12:00:00+02:00").unwrap();
        assert_eq!(noon.to_rfc3339(), "2030-05-01T10:00:00+00:00");
        assert_eq!(field::<DateTime<Utc>>("x", noon.fixed_offset()), Ok(noon));
        assert_eq!(field::<Nullable<DateTime<Utc>>>("x", &noon), Ok(Nullable::Value(noon)));
    }
}
