use super::{SHOWN, Sent, one_line, redact};

#[test]
fn redacts_numbers_with_a_plus_in_any_grouping() {
    for number in [
        "+12125550142",
        "%2B12125550142",
        "%2b1%20212%20555%200142",
        "&#43;1&nbsp;212&nbsp;555&nbsp;0142",
        "+1.212.555.0142",
        "+1/212/5550142",
        "+1 (212) 555-0142",
        "+1 (212) 555.0142",
        "+1\u{a0}212\u{202f}555\u{a0}0142",
        "+1\u{2011}212\u{2011}555\u{2011}0142",
        "+1\u{2013}212\u{2013}5550142",
        "+1 \u{2013} 212 \u{2013} 555 \u{2013} 0142",
        "+12 12 55 50 14 2",
        "+ 1 212 555 0142",
        "+44 (0)7700 900123",
        "(+44) 7700 900123",
        "+[44] 7700 900123",
        "\u{ff0b}447700900123",
        "+\u{200b}44\u{202a}7700\u{feff}900123\u{202c}",
    ] {
        assert_eq!(redact(&format!("no user {number}, here")), "no user [phone number], here", "{number}");
    }
}

#[test]
fn redacts_a_number_with_a_plus_and_further_digits_glued_to_it() {
    for glued in [
        "+12125550100100100",
        "+121255501001001001001001k",
        "loc+12125550100100100100100100100100100k",
        "+4477009001230000000000",
    ] {
        let shown = redact(&format!("No {glued} has this id"));
        assert!(shown.contains("[phone number]") && !shown.contains("255501") && !shown.contains("700900"), "{shown}");
        assert!(shown.starts_with("No ") && shown.ends_with(" has this id"), "{shown}");
    }
}

#[test]
fn redacts_numbers_after_two_zeros() {
    for number in [
        "0012125550142",
        "00 1 212 555 0142",
        "00-1-212-555-0142",
        "00 44 7700 900123",
        "0044/7700/900123",
        "(0044) 7700900123",
    ] {
        assert_eq!(redact(&format!("no user {number}, here")), "no user [phone number], here", "{number}");
    }
}

#[test]
fn redacts_national_numbers_in_their_usual_grouping() {
    for number in [
        "(212) 555-0142",
        "(212)5550142",
        "212-555-0142",
        "212.555.0142",
        "212 555 0142",
        "1-212-555-0142",
        "1.212.555.0142",
        "1 (212) 555 0142",
        "2125550142",
        "07700 900123",
        "(07700) 900123",
        "07700/900-123",
        "07.70.09.00.12",
        "07700900123",
        "44 7700 900123",
        "44-7700-900123",
        "47 912 34 567",
        "912 34 567",
        "91 23 45 67",
        "47 91 23 45 67",
    ] {
        assert_eq!(redact(&format!("no user {number}, here")), "no user [phone number], here", "{number}");
    }
}

#[test]
fn redacts_numbers_without_separators_next_to_any_character() {
    assert_eq!(redact("user 12125550142."), "user [phone number].");
    assert_eq!(redact("user_12125550142"), "user_[phone number]");
    assert_eq!(redact("userid12125550142, tel%3A12125550142"), "userid[phone number], tel%3A[phone number]");
    assert_eq!(redact("12125550142-abc and abc-12125550142"), "[phone number]-abc and abc-[phone number]");
    assert_eq!(redact("-12125550142 or 12125550142.5"), "-[phone number] or [phone number].5");
    assert_eq!(redact("/users/%2B12125550142/keys/"), "/users/[phone number]/keys/");
    assert_eq!(redact("/users/%2b12125550142"), "/users/[phone number]");
    assert_eq!(redact("%12125550142"), "%[phone number]");
    assert_eq!(redact("cursor +12125550142.19398e97-cef8-4e3e"), "cursor [phone number].19398e97-cef8-4e3e");
    assert_eq!(redact("cursor +12125550142.4c8e1b7a-93d2"), "cursor [phone number].4c8e1b7a-93d2");
    assert_eq!(redact("409 +1 212 555 0142 12 keys"), "409 [phone number] 12 keys");
}

#[test]
fn leaves_times_versions_addresses_ids_and_counts() {
    for text in [
        "lock 19398e97-cef8-4e3e-90a2-43162f319356",
        "lock 19398e97-cef8-4e3e-90a2-431623193561, key19398e97-cef8-4e3e-90a2-431623193561",
        "lockHolder.identifier:NO.919424508. is unknown",
        "organization 919424508 or 919424508-2",
        "limit 2500, at 2026-01-15T14:08:47Z",
        "from 2026-01-15T14:08:47.123456789+01:00 to 2026-02-15T14:08:47-0930",
        "2026-01-15 14:08:47 +0100 2026-02-15 14:08:47 +1000 2026",
        "14:08:47+10:00/2026-02-01, UTC+10 2026-01-15, GMT +1 2026 12 31",
        "15.01.2026 14:08, 01/15/2026, 15-01-2026, 2026/01/15, 2026-01-15/2026-02-15",
        "20260115T140847Z 20260115140847 202601151408 20260115",
        "Thu, 15 Jan 2026 14:08:47 GMT; Thursday, 15-Jan-26 14:08:47 GMT; Thu Jan 15 14:08:47 2026",
        "1700000000, 1700000000123, 1700000000.123 and iat 2051222400",
        "versions 1.2.3, 10.0.19045.3803, v1.2.3+20130313144700, 126.0.6478.127, 1.0.0-beta.11+exp.5114f85",
        ">=1.2.3 <2.0.0 || ^3.0.0-rc.1 || 1.2.3 - 2.3.4",
        "from 192.168.100.200:54321 to [2001:db8::8a2e:370:7334]:443, 10.0.0.0/8, 91.23.45.67",
        "RFC 9110 15.5.1, RFC 3339 and RFC 9110 8.8.3",
        "NOK 1 234 567 890,00, 12 345 678 901, 1.234.567.890 or 1,234,567,890.50",
        "bytes 1048576-2097151/4194304, bytes=2147483648-4294967295, 5368709120 bytes, 10485760 B",
        "2147483647 is the most, 4294967295 too, and 9223372036854775807",
        "0.3333333333 of 1.4142135623 s",
        "10-20 30-40 50-60, 250 500 1000, 10 20 30 40, 64 128 256 512, 001-002-003, 0000000001",
        "sha 5114f85, d41d8cd98f00b204e9800998ecf8427e, 0x7fff1234567890, a1234567890bcdef12",
        "1+1 = 2 + 12, 5 + 10000000 and 2+1000000",
        "1234567 of 2345678 rows, 200 1048576 0.35",
    ] {
        assert_eq!(redact(text), text);
    }
}

#[test]
fn redacts_tokens_also_inside_urls_and_json_paths() {
    assert_eq!(redact("bad eyJhbGciOi.eyJzdWIiOi.c2lnbmF0"), "bad [token]");
    assert_eq!(redact("bad eyJhbGciOi%2EeyJzdWIiOi%2Ec2lnbmF0"), "bad [token]");
    assert_eq!(redact("bad eyJhbGciOiJIUzI1NiIs..."), "bad [token]");
    assert_eq!(redact("eyJhbGciOi.a.b.c.d and eyJhbGciOi."), "[token] and eyJhbGciOi.");
    assert_eq!(redact("at `key.eyJhbGciOi.eyJzdWIiOi.c2lnbmF0`: x"), "at `key.[token]`: x");
    assert_eq!(redact(".eyJhbGciOi.eyJzdWIiOi."), ".[token]");
    assert_eq!(redact("?access_token=eyJhbGciOi.eyJzdWIiOi.c2lnbmF0&x=1."), "?access_token=[token]&x=1.");
    assert_eq!(redact("Bearer EXAMPLE-0123-token is over"), "Bearer [token] is over");
    assert_eq!(redact("send Bearer authentication, Bearer realm"), "send Bearer authentication, Bearer realm");
}

#[test]
fn returns_one_line_of_bounded_length_without_invisible_characters() {
    for clean in [redact, one_line] {
        assert_eq!(clean("a\n b\r\tc\u{7}d\n"), "a  b  c d");
        assert_eq!(clean("\u{feff}a\u{202e}b\u{200b}c\u{2066}d\u{ad}e\u{e0041}f\u{2028}g\u{85}h"), "abcdef g h");
        assert!(clean(&"x ".repeat(10_000)).chars().count() <= SHOWN + 1);
    }
    assert_eq!(one_line("not valid after 2125550142"), "not valid after 2125550142");
}

fn sent(secrets: &[&str]) -> Sent {
    let mut sent = Sent::default();
    secrets.iter().for_each(|secret| sent.secret(secret));
    sent
}

#[test]
fn redacts_a_secret_that_is_escaped_truncated_or_in_another_case() {
    let secret = "EXAMPLE.tok/en+0123=45 \"67\" 89abcdef";
    let sent = sent(&[secret]);
    for quoted in [
        secret,
        "EXAMPLE%2Etok%2Fen%2B0123%3D45%20%2267%22%2089abcdef",
        "EXAMPLE%252Etok%252Fen%252B0123%253D45+%252267%2522%252089abcdef",
        "EXAMPLE.tok\\/en+0123=45 \\\"67\\\" 89abcdef",
        "EXAMPLE.tok/en&#43;0123=45 &quot;67&quot; 89abcdef",
        "example.TOK/en+0123=45 \"67\" 89ABCDEF",
        "EXAM\u{200b}PLE.tok/en+0123=45 \"67\" 89abcdef",
        "EXAMPLE.tok/en",
        "n+0123=45 \"6",
        "67\" 89abcdef",
    ] {
        assert_eq!(sent.redact(&format!("no <{quoted}> here")), "no <[secret]> here", "{quoted}");
    }
    for other in ["EXAMPLE", "no tok/en here", "89abcde"] {
        assert_eq!(sent.redact(other), other);
    }
}

#[test]
fn redacts_a_secret_of_words_only_as_a_whole() {
    let sent = sent(&["correct horse battery", "abc"]);
    assert_eq!(sent.redact("the correct horse battery"), "the [secret]");
    assert_eq!(sent.redact("the battery, correct: abc"), "the battery, correct: abc");
    let word = self::sent(&["responded", "EXAMPLE-0123-secret"]);
    assert_eq!(word.redact("it responded"), "it [secret]");
    assert_eq!(word.redact_own("it responded: EXAMPLE-0123-secret"), "it responded: [secret]");
}
