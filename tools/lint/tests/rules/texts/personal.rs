//! Tests the rules about secrets, phone numbers and mail addresses.

use super::finding_for;
use crate::BASE;

/// Returns whether a rule reports an example with this text.
fn is_reported(rule: &str, text: &str) -> bool {
    finding_for(rule, BASE, "Unauthorized", text).is_some()
}

const MIXED: &str = "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9D0e1F2g3H4";

#[test]
fn strings_in_the_form_of_a_secret_are_reported() {
    let mixed = |length: usize| MIXED.get(..length).unwrap();
    for text in [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
        // {"typ":"JWT","alg":"HS256"}
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
        // {"alg":"dir","enc":"A128GCM"}
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXZpdml2.dGV4dA.dGFn",
        "Bearer 0123456789abcdef0123456789abcdef",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQVY\n",
        &format!("ghp_{}", mixed(36)),
        &format!("sk_live_{}", mixed(24)),
        &format!("github_pat_{}", mixed(60)),
        &format!("glpat-{}", mixed(20)),
        "xoxb-123456789012-123456789012-a1B2c3D4e5F6g7H8i9J0k1L2",
        "AKIA0123456789ABCDEF",
        &format!("AIza{}", mixed(35)),
        &format!("npm_{}", mixed(36)),
        &format!("SG.{}.{}", mixed(22), mixed(43)),
    ] {
        assert!(is_reported("no-secret-in-example", text), "{text}");
    }
}

#[test]
fn public_keys_cursors_and_placeholders_are_no_secrets() {
    for text in [
        // Cursors: {"page":2,"sort":"asc","filter":"none","size":20}, and a signed one.
        "eyJwYWdlIjoyLCJzb3J0IjoiYXNjIiwiZmlsdGVyIjoibm9uZSIsInNpemUiOjIwfQ==",
        "eyJwYWdlIjoyLCJzb3J0IjoiYXNjIn0.ZxY0Aw.c2lnbmF0dXJlMTIz",
        // A detached signature.
        "eyJhbGciOiJFUzI1NiJ9..c2lnbmF0dXJlMTIz",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----",
        "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN\n",
        "-----BEGIN X509 CRL-----\nMIIB\n",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExamp1e kari",
        "SG.Harbour.Flats.12",
        "npm_installed_package_x",
        "npm_config_registry_of_a_rather_long_name",
        "AIzaSomethingSixteen",
        "sk_live_shortx",
        "xoxb-not-a-token-at-all-but-words",
        "AKIAIOSFODNN7EXAMPLE",
        "Bearer EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE",
        "Bearer {access_token_of_the_caller}",
        "Bearer YOUR_ACCESS_TOKEN_HERE_0123456789",
        "Bearer ****************************",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.EXAMPLE.EXAMPLE",
        "Bearer of good news, and of bad news",
    ] {
        assert!(!is_reported("no-secret-in-example", text), "{text}");
    }
}

#[test]
fn phone_numbers_that_may_be_in_use_are_reported() {
    for text in ["+4791234567", "+47 912 34 567", "+47-91-23-45-67", "+1 (212) 555-1234", "+12125551234"] {
        assert!(is_reported("no-personal-data-in-example", text), "{text}");
    }
    for text in [
        // Reserved for fiction.
        "+12125550142",
        "+1 (303) 555-0199",
        "+15555550100",
        "+447700900123",
        "+44 20 7946 0958",
        "+61491570156",
        "+33 1 99 00 12 34",
        // With an unassigned country code, too short or too long.
        "+999999999999",
        "+00000000000",
        "+1234567",
        "+1234567890",
        "+11234567890",
        "+1234567890123456",
        "+987654321",
        "+7777777777",
        "+8312345678",
        // No phone numbers.
        "12125550143",
        "+02:00",
        "+1.5",
        "+47 per month",
        "+100 000 000",
    ] {
        assert!(!is_reported("no-personal-data-in-example", text), "{text}");
    }
}

#[test]
fn mail_addresses_that_may_be_in_use_are_reported() {
    for text in [
        "kari@gmail.com",
        "mailto:kari@gmail.com",
        "mailto:kari@gmail.com?subject=Doors",
        "kari.doors+keys@gmail.com",
        "https://acme.example.com/?mail=kari@gmail.com&page=2",
        "Write to <kari@gmail.com>, please.",
        "KARI@GMAIL.COM",
        "kari@example.dk",
        "kari@notexample.com",
        "kari@1.gmail.com",
        "o'kari@gmail.com",
        "kari@gmail.com.",
    ] {
        assert!(is_reported("no-personal-data-in-example", text), "{text}");
    }
    for text in [
        "git@github.com",
        "git@git.example.com:team/door.git",
        "deploy@git.acme.com:team/door.git",
        "ssh://git@github.com/acme/doors.git",
        "https://user@host.acme.com/x",
        "https://user:word@host.acme.com/x",
        "https://cdn.acme.com/@kari.design",
        "@unloc/sdk@1.2.3",
        "sdk@1.2.beta",
        "lodash@4.17.21",
        "door@2x.png",
        "door@night.jpg",
        "getty@tty1.service",
        "image@sha256.abc",
        "x@10.30",
        "root@127.0.0.1",
        "a@b",
        "kari@localhost",
        "user@EXAMPLE.COM",
        "kari@sub.example.com",
        "kari@acme.invalid",
        "kari@mail.test",
        "kari@printer.local",
        "@kari.design",
        "@kari:matrix.org",
        "meet @ 10.30",
    ] {
        assert!(!is_reported("no-personal-data-in-example", text), "{text}");
    }
}
