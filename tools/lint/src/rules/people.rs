//! Finds phone numbers and mail addresses that may belong to a real person.

use std::collections::BTreeSet;

use crate::finding::{Findings, Rule, Severity};
use crate::spec::Spec;

const PEOPLE: Rule = Rule {
    id: "no-personal-data-in-example",
    severity: Severity::Error,
    reason: "A phone number or mail address in an example may belong to a real person, and readers will use it.",
    example: "`+4791234567`, `kari@gmail.com`",
};

pub(crate) const RULES: &[&Rule] = &[&PEOPLE];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    super::docs::example_strings(spec, &mut |pointer, text| {
        if is_number(text) {
            let help = "use a number reserved for fiction, such as +12125550142";
            findings.value(&PEOPLE, pointer, "this phone number may belong to a real person", help);
        }
        if words(text).any(is_mail) {
            let help = "use an address at example.com";
            findings.value(&PEOPLE, pointer, "this mail address may belong to a real person", help);
        }
    });
}

/// Lists the ranges that numbering authorities reserve for fiction, as prefixes with the total number of digits: ACMA
/// (Australia), ARCEP (France), the Bundesnetzagentur (Germany), ComReg (Ireland), Ofcom (United Kingdom), PTS
/// (Sweden).
const FICTION: [(&str, &[usize]); 6] = [
    ("6125550 6127010 6135550 6137010 6175550 6177010 6185550 6187010 61491570", &[11]),
    ("3319900 3326191 3335301 3346571 3353649 3363998", &[11]),
    ("493023125 496990009 494066969 492214710 498999998 4917139200", &[12]),
    ("3532091", &[12]),
    (
        "447700900 441632960 442079460 441134960 441144960 441154960 441164960 441174960 441184960 441214960 441314960 \
         441414960 441514960 441614960 441914980 442896496 442920180 448081570 449098790 443069990",
        &[12],
    ),
    ("467017406 468465004 4631390060", &[11]),
];

/// Lists prefixes that are assigned to no country (ITU-T E.164, list of assigned codes).
const NO_COUNTRY: &str = "0 210 214 215 217 219 259 28 292 293 294 295 296 384 422 424 425 426 427 428 429 671 684 693 694 \
    695 696 697 698 699 801 802 803 804 805 806 807 83 89 978 990 991 997 999";

/// Returns whether a text is a full international phone number (E.164, with or without separators) that may be in use.
fn is_number(text: &str) -> bool {
    let Some(rest) = text.trim().strip_prefix('+') else { return false };
    if !rest.chars().all(|c| c.is_ascii_digit() || " -.()/".contains(c)) {
        return false;
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    // `1234567` and `7777777` are made up: each digit differs from the one before by the same step.
    let steps: BTreeSet<u8> =
        digits.as_bytes().windows(2).filter_map(|pair| Some(pair.last()?.wrapping_sub(*pair.first()?))).collect();
    let is_counted = steps.len() == 1;
    let begins = |starts: &str| starts.split_whitespace().any(|start| digits.starts_with(start));
    let is_fiction = FICTION.iter().any(|(starts, lengths)| begins(starts) && lengths.contains(&digits.len()));
    let is_somewhere = match digits.strip_prefix('1') {
        Some(national) => is_north_american(national),
        None => true,
    };
    // E.164, section 6: at most fifteen digits. No country has fewer than seven.
    (7..=15).contains(&digits.len()) && !is_counted && !begins(NO_COUNTRY) && !is_fiction && is_somewhere
}

/// Returns whether the digits after `+1` are a North American number: ten digits, with an area code and an exchange
/// that do not begin with 0 or 1. The lines 555-0100 to 555-0199 are reserved for fiction, and there is no area code
/// 555.
fn is_north_american(national: &str) -> bool {
    let (Some(area), Some(exchange), Some(line)) = (national.get(..3), national.get(3..6), national.get(6..)) else {
        return false;
    };
    let is_code = |code: &str| !code.starts_with(['0', '1']);
    let is_fiction = area == "555" || (exchange == "555" && line.starts_with("01"));
    line.len() == 4 && is_code(area) && is_code(exchange) && !is_fiction
}

/// Lists reserved top-level names without public hosts: RFC 2606, RFC 6761, RFC 6762, and `internal` by ICANN
/// resolution.
const RESERVED: [&str; 7] = ["example", "test", "invalid", "localhost", "local", "internal", "onion"];

/// Lists file extensions that are no top-level domain.
const FILES: &str = "png jpg jpeg gif svg webp ico bmp tif tiff heic avif pdf txt csv tsv json yaml yml xml html htm css scss \
    js mjs cjs ts jsx tsx doc docx xls xlsx ppt pptx tar gz tgz bz2 xz jar war apk ipa iso deb rpm exe dll bin log ini toml \
    lock bak tmp mp3 mp4 wav ogg webm key pem crt service socket timer";

/// Splits a text into words, and the query of a URL into its values.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "<>()\"',;?&=".contains(c))
}

/// Returns whether a word is a mail address that may be in use.
fn is_mail(word: &str) -> bool {
    let word = word.strip_prefix("mailto:").or_else(|| word.strip_prefix("acct:")).unwrap_or(word);
    let word = word.trim_end_matches(['.', ':', '!']);
    let Some((local, host)) = word.split_once('@') else { return false };
    // Not every `@` is one of a mail address. `https://user@host` has a userinfo (RFC 3986 3.2.1), `git@host:path` is
    // an SSH address, and `@scope/name@1.2.3` an npm package.
    let is_local = !local.is_empty()
        && !local.starts_with('.')
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%*+-.^_`{|}~".contains(c));
    // Accounts of programs, not of people.
    let is_program = ["git", "hg", "svn"].contains(&local);
    is_local && !is_program && is_public_host(host)
}

/// Returns whether a host name may exist on the internet.
fn is_public_host(host: &str) -> bool {
    let host = host.to_lowercase();
    let labels: Vec<_> = host.split('.').collect();
    let is_label = |label: &&str| {
        let is_plain = label.chars().all(|c| c.is_alphanumeric() || c == '-');
        !label.is_empty() && is_plain && !label.starts_with('-') && !label.ends_with('-')
    };
    let [.., domain, top] = labels.as_slice() else { return false };
    // A top-level domain has letters only (RFC 3696, section 2), or is an internationalized one (`xn--`, RFC 5891).
    let is_top = top.chars().count() >= 2 && (top.chars().all(char::is_alphabetic) || top.starts_with("xn--"));
    let is_reserved = RESERVED.contains(top)
        || *domain == "example" && ["com", "net", "org"].contains(top)
        || *domain == "home" && *top == "arpa";
    let is_file = FILES.split_whitespace().any(|end| end == *top);
    // `door@2x.png`, `sdk@1.2.beta`, `image@sha256.abc`: sizes, versions and digests.
    let first = labels.first().copied().unwrap_or_default();
    let is_version =
        labels.len() > 2 && labels.iter().take(2).all(|label| label.starts_with(|c: char| c.is_ascii_digit()));
    let is_size = first.strip_suffix('x').is_some_and(|size| size.parse::<u8>().is_ok());
    let is_digest = ["md5", "sha1", "sha256", "sha384", "sha512"].contains(&first);
    labels.iter().all(is_label) && is_top && !is_reserved && !is_file && !is_version && !is_size && !is_digest
}
