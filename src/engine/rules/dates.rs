//! Dates and timestamps (RFC 3339 and plain dates) without a clock.

/// A moment: days since 1970-01-01, minutes and the rest of the day.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stamp {
    /// Days since 1970-01-01.
    pub days: i64,
    /// Minutes of the day; `None` of a plain date.
    pub minutes: Option<i64>,
    /// What follows the minutes (`:00Z`), kept as written.
    rest: String,
    /// `T` or a space.
    between: char,
}

/// Reads `2026-03-14`, `2026-03-14T09:30:00Z`, `2026-03-14 09:30`.
pub(super) fn parse(text: &str) -> Option<Stamp> {
    let (date, time) = match text.char_indices().nth(10) {
        None => (text, None),
        Some((at, c)) => {
            let (date, rest) = text.split_at_checked(at)?;
            (date, Some((c, rest.get(c.len_utf8()..)?)))
        }
    };
    let days = parse_date(date)?;
    let Some((between, time)) = time else {
        return Some(Stamp {
            days,
            minutes: None,
            rest: String::new(),
            between: 'T',
        });
    };
    if !matches!(between, 'T' | 't' | ' ') {
        return None;
    }
    let (clock, rest) = time.split_at_checked(5)?;
    let (hour, minute) = clock.split_once(':')?;
    let (hour, minute) = (number(hour, 2)?, number(minute, 2)?);
    let rest_ok = rest
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z' | 'z'));
    if hour > 23 || minute > 59 || !rest_ok {
        return None;
    }
    Some(Stamp {
        days,
        minutes: Some(hour * 60 + minute),
        rest: rest.to_owned(),
        between,
    })
}

fn number(text: &str, width: usize) -> Option<i64> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn parse_date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    let month = number(parts.next()?, 2)?;
    let day = number(parts.next()?, 2)?;
    if parts.next().is_some() || !(1..=12).contains(&month) || day < 1 {
        return None;
    }
    let days = from_civil(year, month, day);
    // A day that the month does not have comes back as another one.
    (to_civil(days) == (year, month, day)).then_some(days)
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar: years are
/// counted from March so that the leap day is a year's last.
fn from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn to_civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (of_era + era * 400 + i64::from(month <= 2), month, day)
}

impl Stamp {
    /// `2026-03-14`
    pub fn date(&self) -> String {
        let (year, month, day) = to_civil(self.days);
        format!("{year:04}-{month:02}-{day:02}")
    }
    /// As it was written, at its new place; `None` outside the years 0 to 9999.
    pub fn text(&self) -> Option<String> {
        if !(0..=9999).contains(&to_civil(self.days).0) {
            return None;
        }
        let date = self.date();
        Some(match self.minutes {
            None => date,
            Some(m) => format!(
                "{date}{}{:02}:{:02}{}",
                self.between,
                m / 60,
                m % 60,
                self.rest
            ),
        })
    }
    /// Later by days and minutes; `None` where that leaves the calendar.
    pub fn plus(mut self, days: i64, minutes: i64) -> Option<Self> {
        const LIMIT: i64 = 10_000 * 366;
        if days.abs() > LIMIT || minutes.abs() > LIMIT * 1440 {
            return None;
        }
        self.days += days;
        if minutes != 0 {
            let sum = self.minutes.unwrap_or(0) + minutes;
            self.days += sum.div_euclid(1440);
            if self.minutes.is_none() {
                self.rest = String::from(":00Z");
            }
            self.minutes = Some(sum.rem_euclid(1440));
        }
        Some(self)
    }
    /// `Monday` to `Sunday`.
    pub fn weekday(&self) -> &'static str {
        match self.days.rem_euclid(7) {
            0 => "Thursday",
            1 => "Friday",
            2 => "Saturday",
            3 => "Sunday",
            4 => "Monday",
            5 => "Tuesday",
            _ => "Wednesday",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_over_months_leap_years_and_midnight() {
        let add = |text, d, m| {
            parse(text)
                .and_then(|s| s.plus(d, m))
                .and_then(|s| s.text())
        };
        assert_eq!(add("2026-02-28", 1, 0).as_deref(), Some("2026-03-01"));
        assert_eq!(add("2024-02-28", 1, 0).as_deref(), Some("2024-02-29"));
        assert_eq!(
            add("2026-03-14T23:50:09Z", 0, 15).as_deref(),
            Some("2026-03-15T00:05:09Z")
        );
        assert_eq!(
            add("2026-01-01 00:10", 0, -20).as_deref(),
            Some("2025-12-31 23:50")
        );
        assert_eq!(add("2026-03-14", i64::MAX, 0), None);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2026-02-30",
            "2026-13-01",
            "14.03.2026",
            "2026-03-14T25:00",
            "2026-03-14X10:00",
            "日本語日本語日本語日本語",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("2026-03-14").map(|s| s.weekday()), Some("Saturday"));
        assert_eq!(parse("1970-01-01").map(|s| s.days), Some(0));
    }
}
