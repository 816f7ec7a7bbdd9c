//! Validates the formats of phone numbers, country codes and organization ids.

use crate::domain::error::Invalid;

/// Checks that a field is a mobile number in E.164 format: a plus and 7 to 15 digits, the first of them not 0.
pub(crate) fn phone(name: &str, value: &str) -> Result<String, Invalid> {
    let digits = value.strip_prefix('+').unwrap_or_default();
    let digits_only = digits.bytes().all(|byte| byte.is_ascii_digit());
    if (7..=15).contains(&digits.len()) && digits_only && !digits.starts_with('0') {
        return Ok(value.to_owned());
    }
    Err(Invalid::field(
        name,
        "must be a mobile number in E.164 form, such as +12125550100 (in a URL the plus is written %2B)",
    ))
}

/// Returns whether the text has the format of ISO 3166-1 alpha-2: two upper-case letters.
pub(crate) fn is_alpha_2(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Returns whether all characters are allowed in an organization id or its suffix.
pub(crate) fn is_organization_text(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_e164_phone_numbers() {
        for good in ["+12125550100", "+447700900000", "+1234567"] {
            assert_eq!(phone("userId", good).unwrap(), good);
        }
        for bad in
            ["12125550100", "+02125550100", "+123456", "+1234567890123456", "+1212555o100", " +12125550100", "+", ""]
        {
            assert!(phone("userId", bad).is_err(), "{bad:?}");
        }
    }
}
