//! Fractions and times as figures state them: a number in JSON, a rounded one in CSV, with its unit for people.

use crate::row::Cell;
use onus_query::figures::{float, hours};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

const MINUTE_US: i64 = 60_000_000;

/// A part of a whole, from 0 to 1; six decimals in CSV, per cent for people.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Share(pub f64);

impl Cell for Share {
    fn cell(&self) -> String {
        format!("{:.6}", self.0)
    }

    fn shown(&self) -> String {
        format!("{:.1} %", self.0 * 100.0)
    }
}

/// Hours; three decimals in CSV, one for people.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Hours(pub f64);

impl Hours {
    /// The hours of a sum of microseconds.
    pub(crate) fn of_us(total_us: i128) -> Self {
        Self(hours(total_us))
    }
}

impl Cell for Hours {
    fn cell(&self) -> String {
        format!("{:.3}", self.0)
    }

    fn shown(&self) -> String {
        format!("{:.1}", self.0)
    }
}

/// A time that is stated in minutes: exact in JSON, with one decimal, rounded half up, in CSV and for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(with = "f64")]
pub struct Minutes {
    /// The time in microseconds.
    pub us: i64,
}

impl Serialize for Minutes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let minutes = float(self.us.unsigned_abs()) / 60_000_000.0;
        serializer.serialize_f64(if self.us < 0 { -minutes } else { minutes })
    }
}

impl Cell for Minutes {
    fn cell(&self) -> String {
        let tenths = self.us.saturating_add(MINUTE_US / 20).div_euclid(MINUTE_US / 10);
        format!("{}{}.{}", if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_rounded_half_up_in_rows_and_exact_in_json() {
        for (us, cell, json) in
            [(90_000_000, "1.5", 1.5), (3_000_000, "0.1", 0.05), (2_999_999, "0.0", 2_999_999.0 / 6e7)]
        {
            let minutes = Minutes { us };
            assert_eq!(minutes.cell(), cell);
            assert_eq!(serde_json::to_value(minutes).unwrap(), serde_json::json!(json));
        }
        assert_eq!(Minutes { us: -90_000_000 }.cell(), "-1.5");
    }
}
