//! `man`: the manual page, as roff.

use super::arguments::Arguments;
use super::{exit_code, output};
use clap::CommandFactory;

pub fn run() -> u8 {
    let mut page = Vec::new();
    match clap_mangen::Man::new(Arguments::command()).render(&mut page) {
        Ok(()) => output::print(&String::from_utf8_lossy(&page), exit_code::CLEAN),
        Err(error) => {
            output::complain(&format!("cannot write the manual page: {error}"));
            exit_code::UNREADABLE
        }
    }
}
