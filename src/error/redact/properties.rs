//! Tests by properties that sent values are always redacted, however they are quoted, and other digits never are.

use proptest::prelude::*;
use proptest::sample::select;

use super::digits::digit;
use super::{Sent, redact};
use crate::model::operation::Operation;

/// Lists what services put between the digits of a number.
const SEPARATORS: [&str; 24] = [
    "", " ", "-", ".", "/", "\u{a0}", "\u{202f}", "\u{2009}", "\u{2011}", "\u{2013}", "\u{2014}", "\u{2212}", "(", ")",
    " (", ") ", "%20", "%2D", "%C2%A0", "&nbsp;", "\u{200b}", "\u{2060}", "_", ", ",
];

/// Lists what can stand before a number.
const PREFIXES: [&str; 10] = ["+", "%2B", "%252B", "&#43;", "00", "00 ", "", "+ ", "0", "\u{ff0b}"];

/// Generates phone numbers: North American, British, Norwegian, and of any other country.
fn number() -> impl Strategy<Value = String> {
    prop_oneof!["1212555010[0-9]", "44770090[0-9]{4}", "479[0-9]{7}", "[1-9][0-9]{6,14}"]
}

/// Generates a number, and its digits from some digit on, in groups with separators between them.
fn quoted() -> impl Strategy<Value = (String, String)> {
    let groups = prop::collection::vec((1_usize..5, select(&SEPARATORS[..])), 1..16);
    (number(), select(&PREFIXES[..]), 0_usize..4, groups).prop_map(|(number, prefix, cut, groups)| {
        let start = cut.min(number.len().saturating_sub(7));
        let (mut text, mut rest) = (prefix.to_owned(), &number[start..]);
        for (length, separator) in groups.iter().cycle() {
            let (group, next) = rest.split_at((*length).min(rest.len()));
            text.push_str(group);
            if next.is_empty() {
                break;
            }
            text.push_str(separator);
            rest = next;
        }
        (number, text)
    })
}

/// Returns whether seven consecutive digits of the number occur in the text, whatever stands between them.
fn survives(number: &str, text: &str) -> bool {
    let number: Vec<_> = number.chars().filter_map(digit).collect();
    let shown: Vec<_> = text.chars().filter_map(digit).collect();
    number.windows(7).any(|seven| shown.windows(7).any(|other| seven == other))
}

/// Generates digits that are not a phone number, in the forms in which services write them.
fn other_digits() -> impl Strategy<Value = String> {
    let date = (1990_u32..2100, 1_u32..13, 1_u32..32);
    let time = (0_u32..24, 0_u32..60, 0_u32..60);
    prop_oneof![
        (date.clone(), time.clone(), select(vec!["Z", "+01:00", "-09:30", " +1000", ".123Z", ".123456789+05:30", ""]))
            .prop_map(|((year, month, day), (hour, minute, second), end)| {
                format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{end}")
            }),
        (date, select(vec!["-", "/", "."])).prop_map(|((year, month, day), mark)| {
            format!("{year}{mark}{month:02}{mark}{day:02} {day:02}{mark}{month:02}{mark}{year}")
        }),
        time.prop_map(|(hour, minute, second)| format!("{hour}:{minute:02}:{second:02} GMT")),
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        "9[0-9]{8}",
        "(1|2|3)\\.(0|[1-9][0-9]?)\\.(0|[1-9][0-9]{0,4})",
        // With 1.3.3.4 digits it would be a North American number.
        "[1-9][0-9]?\\.(0|[1-9][0-9]{0,2})\\.(0|[1-9][0-9]{0,4})\\.(0|[1-9][0-9]{0,2}|[1-9][0-9]{4})",
        "1[0-9]{9}",
        "1[0-9]{12}",
        "1[0-9]{9}\\.[0-9]{3,6}",
        "(25[0-5]|1[0-9]{2}|[1-9][0-9]?)(\\.(25[0-5]|1[0-9]{2}|[1-9]?[0-9])){3}:[1-9][0-9]{1,4}",
        "RFC [0-9]{4} [1-9]\\.[0-9]{1,2}",
        "bytes (0|[1-9][0-9]{0,9})-[1-9][0-9]{0,9}/[1-9][0-9]{0,9}",
        "[1-9][0-9]{0,11} (bytes|ms|seconds|kB)",
        "NOK [1-9][0-9]{0,2}( [0-9]{3}){1,3},[0-9]{2}",
        "[1-9][0-9]{0,2}(,[0-9]{3}){1,4}",
        "[0-9a-f]{16,64}".prop_filter("a hash with a letter", |text| text.contains(|c: char| c.is_alphabetic())),
        "0x[0-9a-f]{1,16}",
        "0\\.[0-9]{1,17}",
        ">=[0-9]\\.[0-9]{1,2}\\.[0-9]{1,3} <[0-9]\\.[0-9]\\.[0-9]",
        "(limit|code|page|status|items:) [1-9][0-9]{0,8}",
        "[1-9][0-9]{0,4}-[1-9][0-9]{0,4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn redacts_seven_digits_of_a_sent_number_in_any_grouping((number, quoted) in quoted(), around in select(vec![
        ("no user ", " here"), ("12 keys of ", "-abc"), ("(", ")"), ("id", "x"), ("2026-01-15T14:08:47Z ", ", 409"),
        ("/users/", "/"), ("v1.2.3+", ""), ("-", "-"), ("1.2.3.", ".4"), ("19398e97-", "-cef8"),
    ])) {
        let operation = Operation::find("getKeysForUser").unwrap();
        let address = format!("https://example.com/lock-holders/home/users/%2B{number}/keys/");
        let sent = Sent::of(operation, "", &address.parse().unwrap(), &());
        let text = format!("{}{quoted}{}", around.0, around.1);
        let shown = sent.redact(&text);
        prop_assert!(!survives(&number, &shown), "{text} became {shown}");
        prop_assert!(shown.contains("[phone number]"), "{text} became {shown}");
        prop_assert!(!survives(&number, &sent.redact_own(&text)), "{text}");
    }

    #[test]
    fn redacts_parts_of_a_sent_secret_in_any_escape(
        secret in "[A-Za-z0-9._~+/=-]{3}[0-9][A-Za-z0-9._~+/=-]{4,40}[0-9][a-zA-Z]", from in 0_usize..4, cut in 0_usize..4,
        escape in 0_usize..3,
    ) {
        let part = &secret[from.min(secret.len() - 8)..];
        let part = &part[..(part.len() - cut).max(8.min(part.len()))];
        let quoted: String = part.chars().map(|c| match (escape, c.is_ascii_alphanumeric()) {
            (1, false) => format!("%{:02X}", u32::from(c)),
            (2, false) => format!("\\u{:04x}", u32::from(c)),
            _ => c.to_string(),
        }).collect();
        let distinct = part.chars().collect::<std::collections::BTreeSet<_>>().len();
        prop_assume!(part.len() >= 8 && distinct >= 4 && part.contains(|c: char| !c.is_alphabetic()));
        let mut sent = Sent::default();
        sent.secret(&secret);
        prop_assert_eq!(sent.redact(&format!("<{quoted}> is over")), "<[secret]> is over");
    }

    #[test]
    fn leaves_other_digits_unchanged(texts in prop::collection::vec(other_digits(), 1..4), gap in select(vec![", ", "; ", " to "])) {
        let text = texts.join(gap);
        prop_assert_eq!(redact(&text), text);
    }

    #[test]
    fn any_text_gives_one_line_and_no_panic(text in any::<String>(), secret in any::<String>()) {
        let mut sent = Sent::default();
        sent.secret(&secret);
        for shown in [redact(&text), sent.redact(&text), sent.redact_own(&text)] {
            prop_assert!(!shown.contains(char::is_control));
        }
    }
}
