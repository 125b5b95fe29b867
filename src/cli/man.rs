//! `man`: the manual page, as roff; the subcommands are on the same page.

use super::arguments::Arguments;
use super::{exit_code, output};
use clap::CommandFactory;
use clap_mangen::Man;
use std::io;

pub fn run() -> u8 {
    match page() {
        Ok(page) => output::print(&String::from_utf8_lossy(&page), exit_code::CLEAN),
        Err(error) => {
            output::complain(&format!("cannot write the manual page: {error}"));
            exit_code::UNREADABLE
        }
    }
}

fn page() -> io::Result<Vec<u8>> {
    let mut command = Arguments::command();
    command.build();
    let mut page = Vec::new();
    let main = Man::new(command.clone());
    main.render_title(&mut page)?;
    main.render_name_section(&mut page)?;
    main.render_synopsis_section(&mut page)?;
    main.render_description_section(&mut page)?;
    main.render_options_section(&mut page)?;
    for subcommand in command.get_subcommands() {
        // `check` has the options of the page itself.
        if subcommand.get_name() == "check" {
            continue;
        }
        let mut section = Vec::new();
        let subpage = Man::new(subcommand.clone());
        subpage.render_synopsis_section(&mut section)?;
        subpage.render_description_section(&mut section)?;
        if subcommand.get_arguments().next().is_some() {
            subpage.render_options_section(&mut section)?;
        }
        let section = String::from_utf8_lossy(&section)
            .replace(".SH SYNOPSIS\n", "")
            .replace(".SH DESCRIPTION\n", ".PP\n")
            .replace(".SH OPTIONS\n", ".PP\n");
        // The sections of a subcommand's own groups of options become paragraphs with a heading.
        let section: String = section
            .lines()
            .map(|line| match line.strip_prefix(".SH ") {
                Some(heading) => format!(".SS {heading}\n"),
                None => format!("{line}\n"),
            })
            .collect();
        let name = subcommand.get_name().to_uppercase();
        page.extend_from_slice(format!(".SH {name}\n{section}").as_bytes());
    }
    main.render_extra_section(&mut page)?;
    main.render_version_section(&mut page)?;
    Ok(page)
}
