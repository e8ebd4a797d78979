//! Local dates and times as a source writes them: formats compiled once, read without allocating.
//!
//! A format is literal text and directives: `%Y %y %m %d %b %H %I %M %S %f %p %z`. Numbers may lack
//! their leading zero, except years. Nothing is guessed: what a format does not say is not there.

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A compiled format.
#[derive(Clone, Debug)]
pub(crate) struct Format(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Literal(Box<str>),
    Year4,
    Year2,
    Month,
    MonthName,
    Day,
    Hour24,
    Hour12,
    Minute,
    Second,
    Fraction,
    HalfOfDay,
    Offset,
}

/// What a text said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Civil {
    /// Days since 1970-01-01.
    pub(crate) day: Option<i32>,
    /// Microseconds since midnight.
    pub(crate) us_of_day: Option<i64>,
    /// Seconds east of UTC.
    pub(crate) offset_s: Option<i32>,
}

#[derive(Default)]
struct Parts {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    hour: Option<u32>,
    hour12: Option<u32>,
    afternoon: Option<bool>,
    minute: u32,
    second: u32,
    us: u32,
    offset_s: Option<i32>,
}

impl Format {
    /// Compiles a format, or says what is wrong with it.
    pub(crate) fn parse(format: &str) -> Result<Self, String> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut literal = String::new();
        let mut chars = format.chars();
        while let Some(char) = chars.next() {
            if char != '%' {
                literal.push(char);
                continue;
            }
            let piece = match chars.next() {
                Some('%') => {
                    literal.push('%');
                    continue;
                }
                Some('Y') => Piece::Year4,
                Some('y') => Piece::Year2,
                Some('m') => Piece::Month,
                Some('b') => Piece::MonthName,
                Some('d') => Piece::Day,
                Some('H') => Piece::Hour24,
                Some('I') => Piece::Hour12,
                Some('M') => Piece::Minute,
                Some('S') => Piece::Second,
                Some('f') => Piece::Fraction,
                Some('p') => Piece::HalfOfDay,
                Some('z') => Piece::Offset,
                _ => return Err("expected directives from %Y %y %m %b %d %H %I %M %S %f %p %z %%".into()),
            };
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal).into()));
            }
            if pieces.contains(&piece) {
                return Err("a directive is given twice".into());
            }
            pieces.push(piece);
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.into()));
        }
        let format = Self(pieces);
        format.check()?;
        Ok(format)
    }

    fn check(&self) -> Result<(), String> {
        let has = |piece: Piece| self.0.contains(&piece);
        let year = has(Piece::Year4) || has(Piece::Year2);
        let month = has(Piece::Month) || has(Piece::MonthName);
        if has(Piece::Year4) && has(Piece::Year2) || has(Piece::Month) && has(Piece::MonthName) {
            return Err("the year or the month is given twice".into());
        }
        if (year, month, has(Piece::Day)) != (year, year, year) {
            return Err("a date needs year, month and day: %Y or %y, %m or %b, %d".into());
        }
        if has(Piece::Hour12) != has(Piece::HalfOfDay) || has(Piece::Hour12) && has(Piece::Hour24) {
            return Err("a time needs %H, or %I with %p".into());
        }
        let finer = [Piece::Minute, Piece::Second, Piece::Fraction].map(has);
        if !self.has_time() && (finer.contains(&true) || has(Piece::Offset))
            || finer.windows(2).any(|two| two == [false, true])
        {
            return Err("%M needs an hour, %S needs %M, %f needs %S, %z needs a time".into());
        }
        if !year && !self.has_time() {
            return Err("expected a date, a time, or both".into());
        }
        Ok(())
    }

    pub(crate) fn has_date(&self) -> bool {
        self.0.contains(&Piece::Day)
    }

    pub(crate) fn has_time(&self) -> bool {
        self.0.contains(&Piece::Hour24) || self.0.contains(&Piece::Hour12)
    }

    /// How far off an instant in this format may be, from the finest thing it says.
    pub(crate) fn uncertainty_s(&self) -> u32 {
        if self.0.contains(&Piece::Second) {
            0
        } else if self.0.contains(&Piece::Minute) {
            60
        } else if self.has_time() {
            3_600
        } else {
            86_400
        }
    }

    /// Reads a text that has exactly this form and is a date and time of the calendar.
    pub(crate) fn read(&self, text: &str) -> Option<Civil> {
        let mut rest = text.as_bytes();
        let mut parts = Parts::default();
        for piece in &self.0 {
            match piece {
                Piece::Literal(literal) => rest = rest.strip_prefix(literal.as_bytes())?,
                Piece::Year4 => parts.year = Some(i32::try_from(number(&mut rest, 4, 4)?).ok()?),
                Piece::Year2 => {
                    let year = i32::try_from(number(&mut rest, 2, 2)?).ok()?;
                    // As POSIX has it.
                    parts.year = Some(if year < 69 { 2000 + year } else { 1900 + year });
                }
                Piece::Month => parts.month = Some(number(&mut rest, 1, 2)?),
                Piece::MonthName => parts.month = Some(month_name(&mut rest)?),
                Piece::Day => parts.day = Some(number(&mut rest, 1, 2)?),
                Piece::Hour24 => parts.hour = Some(number(&mut rest, 1, 2)?),
                Piece::Hour12 => parts.hour12 = Some(number(&mut rest, 1, 2)?),
                Piece::Minute => parts.minute = number(&mut rest, 1, 2)?,
                Piece::Second => parts.second = number(&mut rest, 1, 2)?,
                Piece::Fraction => parts.us = fraction(&mut rest)?,
                Piece::HalfOfDay => parts.afternoon = Some(half_of_day(&mut rest)?),
                Piece::Offset => parts.offset_s = Some(offset(&mut rest)?),
            }
        }
        if rest.is_empty() { parts.civil() } else { None }
    }
}

impl Parts {
    fn civil(&self) -> Option<Civil> {
        let day = match (self.year, self.month, self.day) {
            (Some(year), Some(month), Some(day)) => Some(days_from_civil(year, month, day)?),
            _ => None,
        };
        let hour = match (self.hour, self.hour12, self.afternoon) {
            (Some(hour), _, _) => Some(hour),
            (None, Some(hour @ 1..=12), Some(afternoon)) => Some(hour % 12 + if afternoon { 12 } else { 0 }),
            (None, None, _) => None,
            _ => return None,
        };
        let us_of_day = match hour {
            None => None,
            Some(hour) if hour < 24 && self.minute < 60 && self.second < 60 => {
                let seconds = i64::from(hour) * 3_600 + i64::from(self.minute) * 60 + i64::from(self.second);
                Some(seconds * 1_000_000 + i64::from(self.us))
            }
            Some(_) => return None,
        };
        Some(Civil { day, us_of_day, offset_s: self.offset_s })
    }
}

fn number(rest: &mut &[u8], digits_min: usize, digits_max: usize) -> Option<u32> {
    let mut value = 0;
    let mut digits = 0;
    while digits < digits_max {
        let Some((byte @ b'0'..=b'9', after)) = rest.split_first() else { break };
        value = value * 10 + u32::from(byte - b'0');
        digits += 1;
        *rest = after;
    }
    (digits >= digits_min).then_some(value)
}

fn fraction(rest: &mut &[u8]) -> Option<u32> {
    let before = rest.len();
    let value = number(rest, 1, 6)?;
    let digits = u32::try_from(before - rest.len()).ok()?;
    Some(value * 10_u32.pow(6 - digits))
}

fn month_name(rest: &mut &[u8]) -> Option<u32> {
    let (name, after) = rest.split_at_checked(3)?;
    let month = MONTHS.iter().position(|month| month.as_bytes().eq_ignore_ascii_case(name))?;
    *rest = after;
    u32::try_from(month + 1).ok()
}

fn half_of_day(rest: &mut &[u8]) -> Option<bool> {
    let (half, after) = rest.split_at_checked(2)?;
    *rest = after;
    match half.to_ascii_lowercase().as_slice() {
        b"am" => Some(false),
        b"pm" => Some(true),
        _ => None,
    }
}

fn offset(rest: &mut &[u8]) -> Option<i32> {
    let (sign, after) = rest.split_first()?;
    *rest = after;
    let sign = match sign {
        b'Z' | b'z' => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = i32::try_from(number(rest, 2, 2)?).ok().filter(|hours| *hours < 24)?;
    *rest = rest.strip_prefix(b":").unwrap_or(rest);
    let minutes = i32::try_from(number(rest, 2, 2)?).ok().filter(|minutes| *minutes < 60)?;
    Some(sign * (hours * 3_600 + minutes * 60))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, by the era arithmetic of H. Hinnant.
fn days_from_civil(year: i32, month: u32, day: u32) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=last).contains(&day) || year < 1 {
        return None;
    }
    let (month, day) = (i32::try_from(month).ok()?, i32::try_from(day).ok()?);
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted / 400;
    let year_of_era = shifted - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, text: &str) -> Option<Civil> {
        Format::parse(format).unwrap().read(text)
    }

    #[test]
    fn the_ways_in_which_sources_write_one_instant_agree() {
        let expected =
            Civil { day: Some(19_673), us_of_day: Some((20 * 60 + 31) * 60_000_000), offset_s: None };
        for (format, text) in [
            ("%d/%m/%Y %H:%M", "12/11/2023 20:31"),
            ("%m/%d/%Y %H:%M", "11/12/2023 20:31"),
            ("%Y-%m-%dT%H:%M:%S", "2023-11-12T20:31:00"),
            ("%d %b %y %I:%M %p", "12 NOV 23 8:31 pm"),
            ("%Y%m%d%H%M", "202311122031"),
            ("%Y-%m-%d %H:%M:%S.%f", "2023-11-12 20:31:00.000"),
        ] {
            assert_eq!(read(format, text), Some(expected), "{format}");
        }
        assert_eq!(read("%H:%M%z", "20:31+01:00").unwrap().offset_s, Some(3_600));
        assert_eq!(read("%H:%M%z", "20:31-0730").unwrap().offset_s, Some(-27_000));
        assert_eq!(read("%I %p", "12 AM").unwrap().us_of_day, Some(0));
    }

    #[test]
    fn what_no_calendar_has_is_not_read() {
        for text in [
            "29/02/2023 10:00",
            "31/04/2023 10:00",
            "01/13/2023 10:00",
            "01/01/2023 24:00",
            "01/01/2023 10:60",
            "01/01/23 10:00",
            "01/01/2023 10:00 ",
            "01/01/2023",
            "",
            "é",
        ] {
            assert_eq!(read("%d/%m/%Y %H:%M", text), None, "{text}");
        }
        assert!(read("%d/%m/%Y %H:%M", "29/2/2024 9:05").is_some());
    }

    #[test]
    fn a_format_that_says_half_a_date_or_half_a_time_is_refused() {
        for format in [
            "%d/%m %H:%M",
            "%M:%S",
            "%Y-%m-%d %I:%M",
            "%Y-%m-%d %H:%S",
            "%q",
            "%",
            "plain",
            "%Y-%m-%d %z",
            "%d/%d/%Y",
        ] {
            assert!(Format::parse(format).is_err(), "{format}");
        }
    }

    #[test]
    fn days_agree_with_the_calendar_of_the_model() {
        for days in (-25_567..84_005).step_by(37) {
            let text = onus_core::time::LocalDate::from_days(days).unwrap().to_string();
            assert_eq!(read("%Y-%m-%d", &text).unwrap().day, Some(days), "{text}");
        }
    }

    #[test]
    fn uncertainty_is_that_of_the_finest_thing_said() {
        for (format, seconds) in
            [("%Y-%m-%d", 86_400), ("%Y-%m-%d %H", 3_600), ("%H:%M", 60), ("%H:%M:%S", 0)]
        {
            assert_eq!(Format::parse(format).unwrap().uncertainty_s(), seconds, "{format}");
        }
    }
}
