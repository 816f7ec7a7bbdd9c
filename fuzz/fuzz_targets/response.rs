#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| unloc_fuzz::response(data));
