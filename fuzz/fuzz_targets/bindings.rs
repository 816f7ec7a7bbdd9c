#![no_main]

libfuzzer_sys::fuzz_target!(
    // libFuzzer ends the process at a panic before anybody can catch it, and the generator catches those of progenitor.
    // A panic that nobody catches is still a finding.
    init: std::panic::set_hook(Box::new(|_| {})),
    |data: &[u8]| unloc_fuzz::bindings(data)
);
