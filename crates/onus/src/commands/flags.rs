//! `onus flags`: what an auditor would look at. Indicators, not findings.

use super::show::tell_notes;
use super::vantage::{not_found, parse, within_knowledge};
use super::{format, history_failure, ledger, open_failure};
use crate::args::Cli;
use crate::args::flags::FlagsArgs;
use crate::exit::{Cause, Failure};
use crate::render::flags::{Findings, write_findings, write_rule};
use crate::terminal;
use onus_core::history::{History, KnownBy, Vantage};
use onus_core::ids::{AgencyId, Incident};
use onus_core::time::Timestamp;
use onus_ledger::Ledger;
use onus_query::flags::{Finding, JudgedOn, Survey, rule};
use onus_query::policy::Policies;
use onus_store::Reader;
use std::collections::BTreeMap;

pub(crate) fn run(cli: &Cli, args: &FlagsArgs) -> Result<(), Failure> {
    if let Some(rule) = args.explain.and_then(rule) {
        return terminal::data(|out| write_rule(out, format(args.format), rule));
    }
    let wanted = Wanted::of(args)?;
    let incident = args.incident.as_deref().map(parse).transpose()?;
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    tell_notes(&reader);
    // What was known then is looked at from then, unless another *now* is asked for.
    let now = args.as_of.or(args.known.known_at).unwrap_or_else(|| ledger.machine().now());
    let vantage = args.known.vantage(None);
    within_knowledge(&reader, &vantage)?;
    let policies = Policies::read(&reader, vantage.known_by).map_err(|e| history_failure(&e))?;
    let survey = Survey { reader: &reader, policies: &policies, vantage, now };
    if let Some(incident) = &incident {
        let found = survey.of(incident).map_err(|e| history_failure(&e))?;
        let mut findings = found.ok_or_else(|| not_found(incident))?;
        findings.retain(|finding| wanted.takes(finding));
        terminal::data(|out| write_findings(out, format(args.format), &findings, 1, now))?;
    } else {
        let mut failed = None;
        terminal::data(|out| {
            let mut written = Findings::begin(out, format(args.format))?;
            let mut outcome = Ok(());
            let judged = survey.all(super::verify::threads(), |finding| {
                if outcome.is_ok() && wanted.takes(&finding) {
                    outcome = written.put(&finding);
                }
            });
            outcome?;
            match judged {
                Ok(incidents) => written.finish(incidents, now),
                Err(e) => {
                    failed = Some(history_failure(&e));
                    Ok(())
                }
            }
        })?;
        if let Some(failure) = failed {
            return Err(failure);
        }
    }
    Ok(())
}

/// The flags of every incident that has any, as known and judged now.
pub(super) fn by_incident(
    ledger: &Ledger,
    reader: &Reader,
) -> Result<BTreeMap<Incident, Vec<Finding>>, Failure> {
    let mut flags: BTreeMap<Incident, Vec<Finding>> = BTreeMap::new();
    each(ledger, reader, |finding| {
        if let Some(incident) = finding.incident.clone() {
            flags.entry(incident).or_default().push(finding);
        }
    })?;
    Ok(flags)
}

/// Every flag, as known and judged now.
pub(super) fn each(ledger: &Ledger, reader: &Reader, take: impl FnMut(Finding)) -> Result<(), Failure> {
    let policies = Policies::read(reader, KnownBy::Entered).map_err(|e| history_failure(&e))?;
    let now = ledger.machine().now();
    let survey = Survey { reader, policies: &policies, vantage: Vantage::default(), now };
    survey.all(super::verify::threads(), take).map(drop).map_err(|e| history_failure(&e))
}

/// One incident's flags as `onus flags INCIDENT` has them, and the instant that counts as now.
pub(super) fn of_history(
    ledger: &Ledger,
    reader: &Reader,
    history: &History,
    vantage: &Vantage,
    policies: &Policies,
) -> Result<(Vec<Finding>, Timestamp), Failure> {
    let now = vantage.known_at.unwrap_or_else(|| ledger.machine().now());
    let survey = Survey { reader, policies, vantage: *vantage, now };
    Ok((survey.of_history(history).map_err(|e| history_failure(&e))?, now))
}

/// Which flags are asked for.
struct Wanted<'a> {
    args: &'a FlagsArgs,
    agency: Option<AgencyId>,
    account: Option<JudgedOn>,
}

impl<'a> Wanted<'a> {
    fn of(args: &'a FlagsArgs) -> Result<Self, Failure> {
        if let (Some(from), Some(to)) = (args.from, args.to)
            && from > to
        {
            return Err(Failure::new(
                Cause::Usage,
                format_args!(
                    "the period ends before it starts: --from is {}, --to is {}",
                    from.london(),
                    to.london()
                ),
            )
            .hint("give --from a day or time no later than --to"));
        }
        let agency =
            args.agency.as_deref().map(|text| super::policy::agency("--agency", text)).transpose()?;
        let account = args
            .account
            .as_deref()
            .map(|text| match text {
                "established" => Ok(JudgedOn::Established),
                text => super::policy::agency("--account (`established`, or an agency)", text)
                    .map(JudgedOn::Agency),
            })
            .transpose()?;
        Ok(Self { args, agency, account })
    }

    fn takes(&self, finding: &Finding) -> bool {
        let args = self.args;
        (args.code.is_empty() || args.code.contains(&finding.code))
            && (args.severity.is_empty() || args.severity.contains(&finding.severity))
            && self.agency.as_ref().is_none_or(|agency| finding.agency == *agency)
            && self.account.as_ref().is_none_or(|account| finding.account == *account)
            && args.from.is_none_or(|from| finding.occurred_at >= from)
            && args.to.is_none_or(|to| finding.occurred_at <= to)
    }
}
