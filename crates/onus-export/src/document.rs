//! A page for people: headings, words, drawings in characters, and the viewer's picture of lanes.
//!
//! # Promises
//! * It loads nothing, and runs nothing but the viewer's own drawing, which its policy names by hash.
//! * What is in its parts is text: nothing of it is taken for HTML.
//!
//! # Never
//! * It is evidence: what it shows is the exporter's word. A page of evidence checks itself.

use onus_proof::base64_text;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::io::{self, Write};

const STYLE: &str =
    concat!(include_str!("../viewer/viewer.css"), "pre { overflow-x: auto; line-height: 1.3; }\n");
const SCRIPT: &str = concat!(
    "\n\"use strict\";\n(() => {\n",
    include_str!("../viewer/words.js"),
    include_str!("../viewer/lanes.js"),
    include_str!("../viewer/picture.js"),
    "drawOwnLanes();\n})();\n"
);

/// A part of a page.
#[derive(Debug)]
pub enum Part<'a> {
    /// A heading.
    Heading(&'a str),
    /// A paragraph.
    Words(&'a str),
    /// Lines that stand as they are, in characters of one width.
    Drawn(&'a str),
    /// Lanes, drawn as the viewer draws them; one picture a page.
    Picture(&'a Picture),
}

/// Lanes, as they are to be drawn.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Picture {
    /// What the picture is of.
    pub title: String,
    /// From above to below.
    pub lanes: Vec<Lane>,
}

/// One account. Its first lines are its facets.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Lane {
    /// Whose.
    #[serde(rename = "agency")]
    pub name: String,
    /// Its facets, in order.
    pub facets: Vec<&'static str>,
    /// How they stood.
    pub spans: Vec<Span>,
    /// What was offered.
    pub offered: Vec<Offered>,
    /// Its own entries.
    pub marks: Vec<Mark>,
}

/// How a facet stood for a while. Times are microseconds since 1970; without an end it goes on.
#[derive(Clone, Debug, Serialize)]
pub struct Span {
    /// Which facet.
    pub facet: &'static str,
    /// In which state.
    #[serde(flatten)]
    pub state: Drawn,
    /// From when.
    #[serde(rename = "from")]
    pub from_us: i64,
    /// Until when.
    #[serde(rename = "until", skip_serializing_if = "Option::is_none")]
    pub until_us: Option<i64>,
}

/// A state as it is drawn.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Drawn {
    /// By whom, in words.
    Held {
        /// Who.
        holder: String,
    },
    /// Nobody's.
    Unclaimed {
        /// Whether the caller was pointed to a service meanwhile.
        signposted: bool,
    },
    /// Nobody's when the incident was closed.
    ClosedUnclaimed {
        /// What the closing says of that.
        reason: Option<&'static str>,
    },
    /// Accounts differ.
    Contested,
}

/// An offer, until it was answered.
#[derive(Clone, Debug, Serialize)]
pub struct Offered {
    /// Of which facet.
    pub facet: &'static str,
    /// To whom.
    pub to: String,
    /// When, in microseconds since 1970.
    #[serde(rename = "from")]
    pub from_us: i64,
    /// When it was answered.
    #[serde(rename = "until", skip_serializing_if = "Option::is_none")]
    pub until_us: Option<i64>,
}

/// One entry of an account.
#[derive(Clone, Debug, Serialize)]
pub struct Mark {
    /// When it happened, in microseconds since 1970.
    #[serde(rename = "at")]
    pub at_us: i64,
    /// Its number within the incident.
    pub version: u32,
    /// Its kind, in words.
    pub title: String,
}

/// Writes a page.
pub fn write(out: &mut dyn Write, title: &str, parts: &[Part<'_>]) -> io::Result<()> {
    let title = escaped(title);
    let (style, script) = (hash(&format!("\n{STYLE}")), hash(SCRIPT));
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en-GB\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-{script}'; \
         style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n<header><h1>{title}</h1></header>\n<main>"
    )?;
    let mut is_drawn = false;
    for part in parts {
        match part {
            Part::Heading(text) => writeln!(out, "<h2>{}</h2>", escaped(text))?,
            Part::Words(text) => writeln!(out, "<p>{}</p>", escaped(text))?,
            Part::Drawn(text) => writeln!(out, "<pre>{}</pre>", escaped(text))?,
            Part::Picture(picture) => {
                let data = serde_json::to_string(picture)?.replace('<', "\\u003c");
                writeln!(
                    out,
                    "<div id=\"picture\" class=\"picture\"></div>\n\
                     <script type=\"application/json\" id=\"onus-lanes\">{data}</script>"
                )?;
                is_drawn = true;
            }
        }
    }
    writeln!(out, "</main>")?;
    if is_drawn {
        writeln!(out, "<script>{SCRIPT}</script>")?;
    }
    writeln!(out, "</html>")
}

fn hash(text: &str) -> String {
    base64_text::encode(Sha256::digest(text))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_page_is_text_and_its_policy_names_what_it_runs() {
        let evil = "</script><script>alert(1)</script>&";
        let span = Span {
            facet: "response",
            state: Drawn::Held { holder: evil.into() },
            from_us: 1,
            until_us: None,
        };
        let lane = Lane { name: evil.into(), facets: vec!["response"], spans: vec![span], ..Lane::default() };
        let picture = Picture { title: evil.into(), lanes: vec![lane] };
        let parts = [Part::Heading(evil), Part::Words(evil), Part::Drawn(evil), Part::Picture(&picture)];
        let mut page = Vec::new();
        write(&mut page, evil, &parts).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(!page.contains("<script>alert"), "{page}");
        assert_eq!(page.matches("<script").count(), 2);
        for (opens, closes) in [("<style>", "</style>"), ("<script>", "</script>")] {
            let inner = page.split_once(opens).unwrap().1.split_once(closes).unwrap().0;
            assert!(page.contains(&format!("'sha256-{}'", hash(inner))), "{opens}");
        }
    }
}
