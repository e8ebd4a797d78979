//! The page `docs/flags.md`, made from the rules.

use super::{Absence, INDICATOR, RULES, Rule};
use std::fmt::Write;

const HEAD: &str = "\
# Flags

This page is made from the rules of `onus-query` by a test, which fails where the two differ. Do not edit it: change
the rule, then run `ONUS_BLESS=1 cargo test -p onus-query --test it`.

What an auditor would look at. Every flag is **an indicator, not a finding**: it says what to look at, never that
somebody did wrong, and it is derived each time, never stored. A flag names its rule and the rule's version, the entry
concerned and the others that it rests on, and the account on which it was judged. A page prints its *title*; its name is for
machines, and never changes.

* A *decision not to attend* is one of the outcomes `no_deploy`, `no_deploy_*`, or `reversed_to_no_deploy`.
* A *refusal to attend* is such a decision; a declined handover of the response, unless another agency held it; a request to attend, to force entry, to
  check on somebody or to take primacy that was answered `will_not` or `not_ours`; or a closing by the incident's owner
  with no decision of its own in the record, no arrival that counts and the response held by nobody else, unless it was
  a duplicate, a test, out of scope, or entered in a batch (a closing treated as a refusal). A decision and an answer of
  one agency to one need are one.
* The silence of a source is not the silence of the world. The opening of an incident can declare which kinds of event its
  source never carries (`IncidentOpened.silent`; a mapping's `silent` puts it there). A rule that rests on the absence of
  such a kind says nothing of that incident, or leaves out the part that rests on it: *Needs* says which. A declaration
  counts where every opening of the incident makes it and the same source holds no event of the kind.
* *Known* to an entry is what had happened by the time that the entry tells of and was entered no later than it.
* Limits come from the policy that was in force then and had been entered before ([how that is
  decided](decisions/0020-which-policy-was-in-force.md)); what it leaves out, and everything where none was in force,
  comes from [`default.toml`](policies/default.toml), this project's own choices.
* A limit is kept by anyone who meets it to the second; a second later it is passed.
* `onus flags` finds them, `onus flags --explain F07` explains one, with `--why-silent INCIDENT` why it is not raised there, and
  `--as-of` moves *now*.

| code | title | name for machines | severity |
|---|---|---|---|
";

const NOISE: &str = "
## How often each rises

Two public files, imported by the mappings in [`mappings`](mappings/README.md) and judged long afterwards under `default.toml`:
`mcslc`, the log of a mobile crisis team, and `slopd`, the call log of a police department. *Per 1,000* is of their incidents;
*inferred* is how many of the flags rest on an entry that the mapping inferred: both files say that a call was closed, and
not when. Neither file holds assessments, decisions, contacts or tellings, as their mappings declare, and neither says when
its entries were made: rules that need these stay silent, and what is not in the table did not rise. A rate says how often
a flag would have to be read. How often it would be right, no file can say. A test over the files holds the table.

";

/// How often each rose over real records: written by that test.
const NOISE_TABLE: &str = include_str!("noise.md");

/// The page, in Markdown.
#[must_use]
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for rule in RULES {
        let anchor = format!("{} {}", rule.code, rule.name).to_lowercase().replace(' ', "-");
        add(
            &mut page,
            format_args!(
                "| [{}](#{anchor}) | {} | `{}` | {} |\n",
                rule.code,
                rule.title,
                rule.name,
                severities(rule)
            ),
        );
    }
    for rule in RULES {
        let judged = if rule.by_account {
            "by this ledger's rule, and where an agency's account contradicts another's also by each such \
             agency's"
        } else {
            "on the record"
        };
        add(
            &mut page,
            format_args!(
                "\n## {} {}\n\n**{}.** {}\n\n* **Severity:** {}. Each is {INDICATOR}.\n* **Entry:** {}.\n* **Judged** {judged}; \
                 version {} of the rule.\n* **Silent:** {}\n",
                rule.code,
                rule.name,
                rule.title,
                rule.says,
                severities(rule),
                rule.entry,
                rule.version,
                rule.silent
            ),
        );
        if !rule.needs.is_empty() {
            add(&mut page, format_args!("* **Needs:** {}.\n", needs(rule)));
        }
        for limit in rule.limits {
            add(&mut page, format_args!("* **Limit:** `{}`, {}.\n", limit.name(), limit.says()));
        }
        for basis in rule.basis {
            add(&mut page, format_args!("* **Basis:** {basis}.\n"));
        }
    }
    page.push_str(NOISE);
    page.push_str(NOISE_TABLE);
    page
}

/// What the source of an incident must be able to carry, and what is left out where it never carries something else.
fn needs(rule: &Rule) -> String {
    let named = |need: &Absence| format!("`{}`", need.kind.name());
    let whole: Vec<String> = rule.needs.iter().filter(|need| need.left_out.is_none()).map(named).collect();
    let mut says = match whole.as_slice() {
        [] => Vec::new(),
        kinds => vec![format!("a source that can carry {}", kinds.join(" and "))],
    };
    for parts in rule.needs.chunk_by(|one, next| one.left_out == next.left_out) {
        let kinds: Vec<String> = parts.iter().map(named).collect();
        let left_out = parts.first().and_then(|need| need.left_out);
        says.extend(
            left_out.map(|left_out| format!("where it never carries {}, {left_out}", kinds.join(" or "))),
        );
    }
    says.join("; ")
}

fn severities(rule: &Rule) -> String {
    let words: Vec<&str> = rule.severities.iter().map(|severity| severity.as_str()).collect();
    words.join(" or ")
}

fn add(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _written = page.write_fmt(text).is_ok();
}
