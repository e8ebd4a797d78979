//! A page for people: headings, words, and drawings in characters. It loads nothing and runs nothing.

use std::io::{self, Write};

/// A part of a page.
pub(crate) enum Part<'a> {
    Heading(&'a str),
    Words(&'a str),
    /// Lines that stand as they are, in characters of one width.
    Drawn(&'a str),
}

/// Writes a page. What is in its parts is escaped.
pub(crate) fn write(out: &mut dyn Write, title: &str, parts: &[Part<'_>]) -> io::Result<()> {
    let title = escaped(title);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en-GB\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n\
         <style>body{{font-family:sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}}\
         pre{{overflow-x:auto;line-height:1.3}}</style>\n<h1>{title}</h1>"
    )?;
    for part in parts {
        match part {
            Part::Heading(text) => writeln!(out, "<h2>{}</h2>", escaped(text))?,
            Part::Words(text) => writeln!(out, "<p>{}</p>", escaped(text))?,
            Part::Drawn(text) => writeln!(out, "<pre>{}</pre>", escaped(text))?,
        }
    }
    writeln!(out, "</html>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
