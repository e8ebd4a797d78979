//! Cells made safe for where they go.

use std::borrow::Cow;

/// A cell that no spreadsheet runs as a formula. A whole number below zero is none, and stays a number.
#[must_use]
pub fn spreadsheet_safe(text: &str) -> Cow<'_, str> {
    if text.parse::<i64>().is_ok() && !text.starts_with('+') {
        Cow::Borrowed(text)
    } else if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_neutralised() {
        for cell in ["=1+1", "+44", "-1+1", "-", "@x", "\t=1"] {
            assert_eq!(spreadsheet_safe(cell), format!("'{cell}"));
        }
        for cell in ["deploy", "-21", "0"] {
            assert_eq!(spreadsheet_safe(cell), cell);
        }
    }
}
