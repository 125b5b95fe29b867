#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| openclaw_check_fuzz::run("evaluated", bytes));
