//! Defines types for sensitive strings (`x-sensitive` in the spec): `Debug` redacts them, and there is no `Display`.
//!
//! Redaction is unconditional: a Cargo feature that switches it off would be on for a whole build as soon as any crate
//! in it asks.

use std::fmt;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::lenient;

/// Holds a mobile number in E.164 form, which is also a person's user id.
///
/// Converting from a string checks the form: a plus, then seven to fifteen digits that do not begin with zero. A value
/// in a response is not checked; a number gets back the plus it lost. `Debug` hides the number. Serialization writes
/// it, and [`expose`](Self::expose) returns it.
///
/// ```
/// use unloc::PhoneNumber;
///
/// let number: PhoneNumber = "+12125550142".parse()?;
/// assert_eq!(number.expose(), "+12125550142");
/// assert_eq!(number.masked(), "+1••••••••42");
/// assert_eq!(format!("{number:?}"), "PhoneNumber(hidden)");
/// assert!("2125550142".parse::<PhoneNumber>().is_err());
/// # Ok::<(), unloc::InvalidPhoneNumber>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Returns the number.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the number with all but its first two and last two characters masked, so that people can tell the
    /// entries of a list apart.
    #[must_use]
    pub fn masked(&self) -> String {
        // In characters: what came from a response may be any text.
        let end = self.0.chars().count().saturating_sub(2);
        let shown = |(index, c): (usize, char)| if index < 2 || index >= end { c } else { '•' };
        self.0.chars().enumerate().map(shown).collect()
    }
}

/// Reports a string that is not a phone number in E.164 form. The error does not repeat the string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a phone number in E.164 form: write a plus, the country code and the number, 7 to 15 digits, no spaces")]
#[non_exhaustive]
pub struct InvalidPhoneNumber;

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    fn from_str(text: &str) -> Result<Self, InvalidPhoneNumber> {
        let digits = text.strip_prefix('+').ok_or(InvalidPhoneNumber)?;
        // At most 15 digits by ITU-T E.164, 6.1, and no country code begins with 0. ASCII only: `char::is_numeric`
        // would also accept Arabic digits.
        let valid = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidPhoneNumber) }
    }
}

impl TryFrom<&str> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(text: &str) -> Result<Self, InvalidPhoneNumber> {
        text.parse()
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(text: String) -> Result<Self, InvalidPhoneNumber> {
        text.parse()
    }
}

impl TryFrom<&String> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(text: &String) -> Result<Self, InvalidPhoneNumber> {
        text.parse()
    }
}

impl From<&Self> for PhoneNumber {
    fn from(number: &Self) -> Self {
        number.clone()
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not checked: one odd user id must not fail a whole list of keys.
        let text = lenient::phone_number(deserializer)?;
        // All digits, as many as an international number has, and no leading zero, which would be a national prefix.
        let lost_plus =
            (8..=15).contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
        Ok(Self(if lost_plus { format!("+{text}") } else { text }))
    }
}

/// Holds a password, client secret, token or invite code. It is wiped from memory when dropped.
///
/// `Debug` hides it. Serialization writes it, because requests contain secrets.
///
/// ```
/// let secret = unloc::Secret::from("EXAMPLE");
/// assert_eq!(secret.expose(), "EXAMPLE");
/// assert_eq!(format!("{secret:?}"), "Secret(hidden)");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Returns the secret. Take care where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl PartialEq for Secret {
    /// Compares in constant time: how long it takes does not tell where two secrets of one length differ.
    fn eq(&self, other: &Self) -> bool {
        let (own, other) = (self.expose().as_bytes(), other.expose().as_bytes());
        // No early return, and `black_box` so that the compiler adds none.
        let difference = own.iter().zip(other).fold(0, |all, (own, other)| all | (own ^ other));
        own.len() == other.len() && std::hint::black_box(difference) == 0
    }
}

impl Eq for Secret {}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// Holds a place in a list, as the service names it. Pass it back unchanged.
///
/// `Debug` hides it, because the cursor of a list of roles holds a phone number. Serialization writes it.
///
/// ```
/// let stored = unloc::Cursor::from("19398e97-cef8-4e3e-90a2-43162f319356");
/// assert_eq!(stored.expose(), "19398e97-cef8-4e3e-90a2-43162f319356");
/// assert_eq!(format!("{stored:?}"), "Cursor(hidden)");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// Returns the cursor as a string, to store it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Cursor {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The cursor of a list of roles holds a phone number, and those also arrive as JSON numbers.
        lenient::text(deserializer).map(Self)
    }
}

/// Implements `Debug` without the value, and a schema that does not tell the type apart from a string.
macro_rules! hidden {
    ($($name:ident)*) => { $(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<String>()
            }
        }
    )* };
}

hidden!(PhoneNumber Secret Cursor);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restores_the_plus_of_a_number_in_a_response() {
        let read = |json: &str| serde_json::from_str::<PhoneNumber>(json).map(|number| number.0);
        assert_eq!(read("12125550142").unwrap(), "+12125550142");
        assert_eq!(read("\"+12125550142\"").unwrap(), "+12125550142");
        assert_eq!(read("\"12125550142\"").unwrap(), "+12125550142");
        assert_eq!(read("\"someone@example.com\"").unwrap(), "someone@example.com");
        assert!(read("null").is_err() && read("-1").is_err() && read("1.5").is_err());
    }

    #[test]
    fn refuses_strings_that_are_not_in_e164_form() {
        for refused in
            ["", "+", "2125550142", "+0125550142", "+123456", "+1234567890123456", "+1 212 555 0142", "+١٢٣٤٥٦٧"]
        {
            assert_eq!(refused.parse::<PhoneNumber>(), Err(InvalidPhoneNumber), "{refused}");
        }
        assert!("+1234567".parse::<PhoneNumber>().is_ok());
    }

    #[test]
    fn compares_secrets_by_every_byte() {
        assert_eq!(Secret::from("a"), Secret::from("a"));
        assert_ne!(Secret::from("a"), Secret::from("b"));
        assert_ne!(Secret::from("a"), Secret::from("ab"));
        assert_ne!(Secret::from(""), Secret::from("a"));
    }
}
