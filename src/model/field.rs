//! What setters take.

use std::fmt;

use chrono::{DateTime, FixedOffset, Utc};

use super::{Cursor, Nullable, PhoneNumber, Secret};

/// A value that a setter takes for a field of type `T`.
///
/// | field | values |
/// |---|---|
/// | any `T` | `T`, `&T` |
/// | an object, such as [`types::Recurrence`](crate::types::Recurrence) | also its builder |
/// | an integer | any integer; one that does not fit is refused |
/// | a string, an id, an enum, a phone number, a cursor, a secret | also `&str`, `String` |
/// | a time | also `DateTime<FixedOffset>`, and `&str` and `String` in RFC 3339 |
/// | a list | also an array, and a slice of its items |
/// | [`Nullable<T>`] | whatever a `T` is made of, and `Option<T>`: `None` is null |
///
/// Refused values are an error of the call, which names the field. The trait is sealed.
///
/// ```no_run
/// # async fn example(home: unloc::LockHolderClient, lock: unloc::types::Lock) -> unloc::Result<()> {
/// let key = home.create_key().lock_id(&lock.id).user_id("+12125550142").end(None).send().await?;
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

/// Only this crate can name it, so that no other can implement or call [`IntoField`].
#[derive(Debug)]
pub struct Sealed(());

/// Why a value is refused.
#[derive(Debug)]
pub struct Refused(String);

impl Refused {
    /// For a reason that can stand behind the field's name.
    pub(crate) fn because(reason: impl fmt::Display) -> Self {
        Self(format!(": {reason}"))
    }
}

/// Makes a field of a value, or says by the field's name on the wire why there is none.
pub(crate) fn field<T>(name: &str, value: impl IntoField<T>) -> Result<T, String> {
    value.into_field(Sealed(())).map_err(|Refused(reason)| format!("`{name}`{reason}"))
}

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

impl<T> IntoField<Nullable<T>> for Option<T> {
    fn into_field(self, _: Sealed) -> Result<Nullable<T>, Refused> {
        Ok(self.into())
    }
}

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

/// Takes a source for a type, and for the same type where it may be null. A list of sources and no blanket implementation,
/// so that the compiler finds the type of `None` and of a number.
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

/// The sources of a type that is made of text.
macro_rules! text_sources {
    ($target:ty) => {
        crate::model::field::source!(&str => $target, text => crate::model::field::of_text(text));
        crate::model::field::source!(::std::string::String => $target, text => crate::model::field::of_text(text));
        crate::model::field::source!(&::std::string::String => $target, text => crate::model::field::of_text(text.as_str()));
    };
}

pub(crate) use {source, text_sources};

pub(crate) fn of_text<S: TryInto<T, Error: fmt::Display>, T>(text: S) -> Result<T, Refused> {
    text.try_into().map_err(Refused::because)
}

source!(&str => String, text => Ok::<_, Refused>(text.to_owned()));
text_sources!(PhoneNumber);
text_sources!(Secret);
text_sources!(Cursor);

source!(DateTime<FixedOffset> => DateTime<Utc>, time => Ok::<_, Refused>(time.to_utc()));
source!(&str => DateTime<Utc>, text => time(text));
source!(String => DateTime<Utc>, text => time(&text));
source!(&String => DateTime<Utc>, text => time(text));

fn time(text: &str) -> Result<DateTime<Utc>, Refused> {
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    time.map_err(|_| Refused::because("not a time after RFC 3339, such as 2030-05-01T10:00:00Z"))
}

macro_rules! integers {
    ($($target:ident: $($source:ident)*;)*) => { $($(
        source!($source => $target, number => $target::try_from(number).map_err(|_| out_of_range($target::MIN == 0, $target::BITS)));
    )*)* };
}

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

macro_rules! floats {
    ($($source:ident)*) => { $( source!($source => f64, number => Ok::<_, Refused>(f64::from(number))); )* };
}

floats!(f32 i8 i16 i32 u8 u16 u32);

/// Bounds as powers: numbers of that many digits are redacted from errors, since they could be a person's.
fn out_of_range(unsigned: bool, bits: u32) -> Refused {
    let (least, power) = if unsigned { ("0".to_owned(), bits) } else { (format!("-2^{}", bits - 1), bits - 1) };
    Refused(format!(" is out of range: it takes whole numbers from {least} to 2^{power} - 1"))
}

/// A text that has a length the service accepts. The text itself is not repeated in the refusal.
pub(crate) fn length(property: &str, text: String, least: u64, most: u64) -> Result<String, String> {
    let count = text.chars().count() as u64;
    if count < least {
        return Err(format!("`{property}` has {count} characters, and {least} is the least"));
    }
    if count > most {
        return Err(format!("`{property}` has {count} characters, and {most} is the most"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_does_not_fit_is_refused_by_its_fields_name() {
        let message = |made: Result<i32, String>| made.unwrap_err();
        assert_eq!(
            message(field("limit", 5_000_000_000_i64)),
            "`limit` is out of range: it takes whole numbers from -2^31 to 2^31 - 1"
        );
        assert_eq!(
            field::<u8>("floor", -1).unwrap_err(),
            "`floor` is out of range: it takes whole numbers from 0 to 2^8 - 1"
        );
        let refused = field::<PhoneNumber>("userId", "2125550142").unwrap_err();
        assert!(refused.starts_with("`userId`: not a phone number") && !refused.contains("2125550142"), "{refused}");
        let refused = field::<DateTime<Utc>>("end", "tomorrow").unwrap_err();
        assert_eq!(refused, "`end`: not a time after RFC 3339, such as 2030-05-01T10:00:00Z");
    }

    #[test]
    fn every_source_gives_the_value() {
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
