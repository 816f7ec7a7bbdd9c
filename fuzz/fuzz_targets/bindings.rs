#![no_main]

libfuzzer_sys::fuzz_target!(
    // libFuzzer's panic hook aborts the process before a panic can be caught, but the generator catches those of
    // progenitor. Without the hook, a panic that is not caught still fails the run.
    init: std::panic::set_hook(Box::new(|_| {})),
    |data: &[u8]| unloc_fuzz::bindings(data)
);
