//! A terminal of its own for a program, with keys that are pressed and a screen that is read.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// Far more than anything here takes: what is not there by then will not come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program in a terminal.
pub struct Terminal {
    keys: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
    child: Child,
}

impl Terminal {
    /// Starts a program in a terminal of this width. `setsid` makes it the terminal's own, as a login does.
    pub fn start(program: &str, args: &[&str], width: u16, prepare: impl FnOnce(&mut Command)) -> Self {
        let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keys).unwrap();
        unlockpt(&keys).unwrap();
        tcsetwinsize(&keys, Winsize { ws_row: 50, ws_col: width, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let name = ptsname(&keys, Vec::new()).unwrap().into_string().unwrap();
        let side = || File::options().read(true).write(true).open(&name).unwrap();
        let mut command = Command::new("setsid");
        command.args(["--ctty", program]).args(args).stdin(side()).stdout(side()).stderr(side()).env("TERM", "xterm");
        prepare(&mut command);
        let child = command.spawn().unwrap();
        drop(command);
        let keys = File::from(keys);
        let (send, screen) = channel();
        let mut output = keys.try_clone().unwrap();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The terminal ends with its last program, as an error.
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                if send.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { keys, screen, seen: String::new(), child }
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Runs a line, and waits for the end of it.
    pub fn run(&mut self, line: &str) {
        // The line holds the word in pieces, so that it is not taken for its own output.
        self.press(&format!("{line}; echo do''ne\n"));
        self.wait_for("the end of a line", |seen| seen.contains("done"));
        self.seen.clear();
    }

    /// Waits until what has been shown is as it should be.
    pub fn wait_for(&mut self, what: &str, is_there: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_there(&self.seen) {
            let more = self.screen.recv_timeout(end.saturating_duration_since(Instant::now()));
            let bytes = more.unwrap_or_else(|error| panic!("{what} has not come ({error}):\n{}", self.seen));
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    /// All that a program has shown until it ended.
    pub fn finish(mut self) -> String {
        while let Ok(bytes) = self.screen.recv_timeout(PATIENCE) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        std::mem::take(&mut self.seen)
    }

    /// What has been shown so far.
    pub fn seen(&self) -> &str {
        &self.seen
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
