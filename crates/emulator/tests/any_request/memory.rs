//! Measures the memory of the program from outside: within this process, the tests would measure themselves.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::{fs, thread};

use crate::response::{TestResponse, connect_to, read};

const MIB: usize = 1024 * 1024;

/// Is the running program; it is killed when the test ends.
struct Program {
    process: Child,
    base_url: String,
}

impl Program {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unloc-emulator"));
        command.args(["--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("the program runs");
        let mut line = String::new();
        let output = process.stdout.as_mut().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let base_url = line.trim().split_once('=').expect("an address").1.to_owned();
        Self { process, base_url }
    }

    /// Returns by how much the peak memory of the program grows during `work`.
    fn memory_growth(&self, work: impl FnOnce(&Self)) -> usize {
        // Writing 5 resets `VmHWM`, the peak of the resident set size (man 5 proc).
        fs::write(format!("/proc/{}/clear_refs", self.process.id()), "5").expect("the peak is forgotten");
        let before = self.peak();
        work(self);
        self.peak() - before
    }

    fn peak(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("a status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
    }

    /// Sends a body in chunks of 64 KiB, so that this process does not hold it either.
    fn upload(&self, path: &str, size: usize) -> Option<TestResponse> {
        let mut stream = connect_to(&self.base_url);
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        let chunk = [b"10000\r\n", &[b' '; 0x10000][..], b"\r\n"].concat();
        let send = |stream: &mut TcpStream| {
            stream.write_all(head.as_bytes())?;
            (0..size / 0x10000).try_for_each(|_| stream.write_all(&chunk))?;
            stream.write_all(b"0\r\n\r\n")
        };
        // Writing may fail, because the emulator may refuse the request before it has read all of it.
        let _ = send(&mut stream);
        read(&mut stream, false).expect("a response before the timeout")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn status(response: Option<TestResponse>) -> u16 {
    response.expect("a response").status
}

#[test]
fn a_60_mb_body_takes_no_more_memory_than_the_body_limit() {
    let program = Program::start();
    let growth = program.memory_growth(|program| {
        assert_eq!(status(program.upload("/auth/v1/token/", 60_000_000)), 413);
    });
    assert!(growth < 12 * MIB, "it grew by {growth} bytes");
    // Sending twice as much in several requests takes no more: the memory is freed after each.
    let growth = program.memory_growth(|program| {
        for _ in 0..4 {
            assert_eq!(status(program.upload("/auth/v1/token/", 30_000_000)), 413);
        }
    });
    assert!(growth < 12 * MIB, "it grew by {growth} bytes");
}

#[test]
fn many_small_json_values_take_no_more_memory_than_their_text() {
    let program = Program::start();
    let body = format!("{{\"x\": [{}]}}", vec![r#"{"a":0}"#; 500_000].join(","));
    let growth = program.memory_growth(|program| {
        let mut stream = connect_to(&program.base_url);
        let head = format!(
            "POST /auth/v1/token/ HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).expect("the bytes are sent");
        assert_eq!(status(read(&mut stream, false).expect("a response before the timeout")), 400);
    });
    assert!(growth < 12 * MIB, "it grew by {growth} bytes");
}

#[test]
fn an_unread_body_is_not_held_in_memory() {
    let program = Program::start();
    let growth = program.memory_growth(|program| {
        for path in ["/integrators/v1/lock-holders/", "/nothing", "/_emulator/tokens/expire"] {
            // The response may be lost, because the body is longer than the emulator drains.
            let _ = program.upload(path, 60_000_000);
        }
    });
    assert!(growth < 12 * MIB, "it grew by {growth} bytes");
}

#[test]
fn concurrent_bodies_take_no_more_memory_than_the_limit_each() {
    const SENDERS: usize = 16;
    let program = Program::start();
    let growth = program.memory_growth(|program| {
        thread::scope(|threads| {
            let upload = || status(program.upload("/_emulator/faults", 20_000_000));
            let senders: Vec<_> = (0..SENDERS).map(|_| threads.spawn(upload)).collect();
            for sender in senders {
                assert_eq!(sender.join().expect("an end"), 413);
            }
        });
    });
    assert!(growth < SENDERS * 6 * MIB, "it grew by {growth} bytes");
}
