//! What can be typed about witnesses: being one, and asking others.

use super::FormatArgs;
use clap::{Args, Subcommand};
use onus_proof::VerifierKey;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) const CHECKPOINT_EXAMPLES: &str = "Examples:\n  onus checkpoint > sussex.checkpoint   (give copies to others; beside the ledger alone it proves nothing)\n  onus checkpoint --policy partners.policy\n  onus checkpoint --witness http://witness.nhs.example --witness-key nhs.example/onus/witness+8d66cf3f+BH…\n\nWhere a witness does not answer, the checkpoint is printed without it and the exit code is 4; where one finds\nsomething, it is 1.";

pub(crate) const HEARTBEAT_EXAMPLES: &str = "Examples:\n  onus heartbeat\n  onus heartbeat --policy partners.policy\n  onus verify --max-silence 5m --policy partners.policy   (which silences there were)\n\ndocs/systemd has a timer.";

pub(crate) const WITNESS_EXAMPLES: &str = "Examples:\n  onus key generate witness\n  onus witness add nhs.example/onus+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n  onus witness serve --listen 127.0.0.1:7370\n\ndocs/witness.md says how two agencies set each other up.";

#[derive(Debug, Subcommand)]
pub(crate) enum WitnessCommand {
    /// Cosign for another ledger from now on
    Add {
        /// Its verifier key, from its owner, by a separate channel (paper, phone)
        #[arg(value_name = "NAME+ID+KEY")]
        key: VerifierKey,
    },
    /// Show for which ledgers this witness cosigns, and up to where it has
    Show {
        #[command(flatten)]
        format: FormatArgs,
    },
    /// Answer the checkpoints of other ledgers over HTTP (C2SP tlog-witness), until it is stopped
    Serve {
        /// Where to listen; port 0 takes a free one, which is printed
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7370")]
        listen: SocketAddr,
    },
}

/// Which witnesses are asked, and by which keys their answers are known.
#[derive(Debug, Args)]
pub(crate) struct WitnessesArgs {
    /// A witness to ask, by its address; may be given again. Without any, those of --policy that have an address
    #[arg(long = "witness", value_name = "URL")]
    pub(crate) witnesses: Vec<String>,
    /// A witness's verifier key, from its owner; may be given again
    #[arg(long = "witness-key", value_name = "NAME+ID+KEY")]
    pub(crate) keys: Vec<VerifierKey>,
    /// A policy (C2SP tlog-policy) that names witnesses, their keys and addresses
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckpointArgs {
    #[command(flatten)]
    pub(crate) witnesses: WitnessesArgs,
}

#[derive(Debug, Args)]
pub(crate) struct HeartbeatArgs {
    #[command(flatten)]
    pub(crate) witnesses: WitnessesArgs,
}

/// A whole number with `s`, `m`, `h` or `d` behind it.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let parts = || {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let unit_s: u64 = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        let seconds = number.parse::<u64>().ok()?.checked_mul(unit_s)?;
        (seconds > 0 && number.bytes().all(|byte| byte.is_ascii_digit()))
            .then_some(Duration::from_secs(seconds))
    };
    parts().ok_or_else(|| "expected a time such as 90s, 5m, 2h or 1d".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_is_a_whole_number_with_a_unit() {
        for (text, seconds) in [("90s", 90), ("5m", 300), ("2h", 7_200), ("1d", 86_400)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "m", "5", "0m", "-5m", "+5m", "5 m", "5min", "99999999999999999999d", "5µ"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
