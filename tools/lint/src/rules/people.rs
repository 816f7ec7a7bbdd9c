//! Numbers and addresses that may be somebody's.

use std::collections::BTreeSet;

use crate::finding::{Findings, Rule, Severity};
use crate::spec::Spec;

const PEOPLE: Rule = Rule {
    id: "no-personal-data-in-example",
    severity: Severity::Error,
    reason: "A number or mail address in an example may be somebody's, who will be called.",
    example: "`+4791234567`, `kari@gmail.com`",
};

pub(crate) const RULES: &[&Rule] = &[&PEOPLE];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    super::docs::shown(spec, &mut |pointer, text| {
        if is_number(text) {
            let help = "use one that is kept for fiction, such as +12125550142";
            findings.value(&PEOPLE, pointer, "this number may be somebody's", help);
        }
        if words(text).any(is_mail) {
            findings.value(&PEOPLE, pointer, "this mail address may be somebody's", "use one at example.com");
        }
    });
}

/// Ranges that numbering authorities keep for fiction, by how they begin: of ACMA (Australia), ARCEP (France), the
/// Bundesnetzagentur (Germany), ComReg (Ireland), Ofcom (United Kingdom) and PTS (Sweden), with how many digits there
/// are in all.
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

/// What no country's numbers begin with (ITU-T E.164, list of assigned codes).
const NO_COUNTRY: &str = "0 210 214 215 217 219 259 28 292 293 294 295 296 384 422 424 425 426 427 428 429 671 684 693 694 \
    695 696 697 698 699 801 802 803 804 805 806 807 83 89 978 990 991 997 999";

/// Whether a text is a telephone number in full (E.164, separated or not) that can be somebody's.
fn is_number(text: &str) -> bool {
    let Some(rest) = text.trim().strip_prefix('+') else { return false };
    if !rest.chars().all(|sign| sign.is_ascii_digit() || " -.()/".contains(sign)) {
        return false;
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    // Counted up or down, as nobody's number is.
    let steps: BTreeSet<u8> =
        digits.as_bytes().windows(2).filter_map(|pair| Some(pair.last()?.wrapping_sub(*pair.first()?))).collect();
    let is_counted = steps.len() == 1;
    let begins = |starts: &str| starts.split_whitespace().any(|start| digits.starts_with(start));
    let is_fiction = FICTION.iter().any(|(starts, lengths)| begins(starts) && lengths.contains(&digits.len()));
    let is_somewhere = match digits.strip_prefix('1') {
        Some(national) => is_north_american(national),
        None => true,
    };
    // E.164 6: fifteen digits at most; nowhere are there fewer than seven.
    (7..=15).contains(&digits.len()) && !is_counted && !begins(NO_COUNTRY) && !is_fiction && is_somewhere
}

/// Ten digits, of which neither the area code nor what follows begins with 0 or 1. Of 555, the lines 0100 to 0199 are
/// kept for fiction, and there is no area 555.
fn is_north_american(national: &str) -> bool {
    let (Some(area), Some(exchange), Some(line)) = (national.get(..3), national.get(3..6), national.get(6..)) else {
        return false;
    };
    let is_code = |code: &str| !code.starts_with(['0', '1']);
    let is_fiction = area == "555" || (exchange == "555" && line.starts_with("01"));
    line.len() == 4 && is_code(area) && is_code(exchange) && !is_fiction
}

/// Names that no host on the internet has: RFC 2606, RFC 6761, RFC 6762, and `internal` by resolution of ICANN.
const RESERVED: [&str; 7] = ["example", "test", "invalid", "localhost", "local", "internal", "onion"];

/// Ends of file names that are no top-level domain.
const FILES: &str = "png jpg jpeg gif svg webp ico bmp tif tiff heic avif pdf txt csv tsv json yaml yml xml html htm css scss \
    js mjs cjs ts jsx tsx doc docx xls xlsx ppt pptx tar gz tgz bz2 xz jar war apk ipa iso deb rpm exe dll bin log ini toml \
    lock bak tmp mp3 mp4 wav ogg webm key pem crt service socket timer";

/// What stands by itself in a text, or in the query of a URL.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| sign.is_whitespace() || "<>()\"',;?&=".contains(sign))
}

/// Whether a word is a mail address that can be somebody's.
fn is_mail(word: &str) -> bool {
    let word = word.strip_prefix("mailto:").or_else(|| word.strip_prefix("acct:")).unwrap_or(word);
    let word = word.trim_end_matches(['.', ':', '!']);
    let Some((local, host)) = word.split_once('@') else { return false };
    // What stands before the `@` of a URL is a user of that host (RFC 3986 3.2.1), and a host with a path or a port
    // behind it is one of SSH's; a second `@`, or a slash, is that of a package.
    let is_local = !local.is_empty()
        && !local.starts_with('.')
        && local.chars().all(|sign| sign.is_alphanumeric() || "!#$%*+-.^_`{|}~".contains(sign));
    // Accounts of programs, which nobody reads.
    let is_program = ["git", "hg", "svn"].contains(&local);
    is_local && !is_program && is_host_of_somebody(host)
}

fn is_host_of_somebody(host: &str) -> bool {
    let host = host.to_lowercase();
    let labels: Vec<_> = host.split('.').collect();
    let is_label = |label: &&str| {
        let is_plain = label.chars().all(|sign| sign.is_alphanumeric() || sign == '-');
        !label.is_empty() && is_plain && !label.starts_with('-') && !label.ends_with('-')
    };
    let [.., domain, top] = labels.as_slice() else { return false };
    let is_top = top.chars().count() >= 2 && (top.chars().all(char::is_alphabetic) || top.starts_with("xn--"));
    let is_reserved = RESERVED.contains(top)
        || *domain == "example" && ["com", "net", "org"].contains(top)
        || *domain == "home" && *top == "arpa";
    let is_file = FILES.split_whitespace().any(|end| end == *top);
    // `door@2x.png`, `sdk@1.2.beta`, `image@sha256.abc`: sizes, versions and digests.
    let first = labels.first().copied().unwrap_or_default();
    let is_version =
        labels.len() > 2 && labels.iter().take(2).all(|label| label.starts_with(|sign: char| sign.is_ascii_digit()));
    let is_size = first.strip_suffix('x').is_some_and(|size| size.parse::<u8>().is_ok());
    let is_digest = ["md5", "sha1", "sha256", "sha384", "sha512"].contains(&first);
    labels.iter().all(is_label) && is_top && !is_reserved && !is_file && !is_version && !is_size && !is_digest
}
