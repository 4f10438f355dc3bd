//! Days and times of day as people write them.

/// A day; the year where one is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// Four digits.
    pub year: Option<i32>,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Date {
    /// A number that grows by one from day to day (of the proleptic Gregorian
    /// calendar; year 0 where none is written).
    pub(super) fn number(self) -> i64 {
        let year = i64::from(self.year.unwrap_or(0)) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The month of a name or its first letters; capital, so that `may` is none.
pub(super) fn month(word: &str) -> Option<u8> {
    let word = word.trim_end_matches('.');
    if word.len() < 3 || !word.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let at = MONTHS.iter().position(|m| {
        let begins = m.get(..word.len());
        (word.len() <= 4 || word.len() == m.len())
            && begins.is_some_and(|b| b.eq_ignore_ascii_case(word))
    })?;
    u8::try_from(at + 1).ok()
}

/// `17`, `17th`.
pub(super) fn day(word: &str) -> Option<u8> {
    if word.len() > 4 {
        return None;
    }
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = word.strip_prefix(digits)?;
    if !(suffix.is_empty() || matches!(suffix, "st" | "nd" | "rd" | "th")) || digits.len() > 2 {
        return None;
    }
    digits.parse().ok().filter(|d| (1..=31).contains(d))
}

/// `2024-05-17` with or without a time after it, `2024/05/17`, `05/17/2024`,
/// `17.05.2024`. Of two readings of month and day the possible one, month first
/// where both are.
pub(super) fn date(word: &str) -> Option<Date> {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let head = match word.find(['T', 't']) {
        Some(at) if at == 10 => word.get(..at)?,
        Some(_) => return None,
        None => word,
    };
    if head.len() < 8 || head.len() > 10 {
        return None;
    }
    let sep = head.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(sep, '-' | '/' | '.') {
        return None;
    }
    let mut parts = head.split(sep).map(|p| {
        let plain = !p.is_empty() && p.len() <= 4 && p.chars().all(|c| c.is_ascii_digit());
        if plain { p.parse::<i32>().ok() } else { None }
    });
    let (a, b, c) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() {
        return None;
    }
    let make = |year: i32, month: i32, day: i32| {
        let fits = (1000..=9999).contains(&year) && (1..=12).contains(&month);
        (fits && (1..=31).contains(&day)).then_some(Date {
            year: Some(year),
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
        })
    };
    if a >= 1000 {
        return make(a, b, c);
    }
    if sep == '.' {
        return make(c, b, a);
    }
    make(c, a, b).or_else(|| make(c, b, a))
}

/// Which half of a day a word names: 0 or 12 hours to add.
pub(super) fn half_of_day(word: &str) -> Option<u16> {
    let is = |w: &str| word.eq_ignore_ascii_case(w);
    if is("am") || is("a.m") {
        Some(0)
    } else if is("pm") || is("p.m") {
        Some(12)
    } else {
        None
    }
}

/// Minutes since midnight of an hour with its half of the day: `7`, `7:30`.
pub(super) fn time_in_half(word: &str, half: u16) -> Option<u16> {
    let (hour, minute) = match word.bytes().all(|b| b.is_ascii_digit()) {
        true if word.len() <= 2 => (word.parse::<u16>().ok()?, 0),
        true => return None,
        false => time(word).map(|t| (t / 60, t % 60))?,
    };
    (1..=12)
        .contains(&hour)
        .then_some((hour % 12 + half) * 60 + minute)
}

/// Whether a time as written may be of either half of the day: `3:30`, and not
/// `03:30`, `15:30`, `3:30pm` or `3:30:00`.
pub(super) fn either_half(word: &str) -> bool {
    let hour = word.split(':').next().unwrap_or_default();
    word.bytes().all(|b| b.is_ascii_digit() || b == b':')
        && word.bytes().filter(|b| *b == b':').count() == 1
        && !hour.starts_with('0')
        && hour.parse::<u16>().is_ok_and(|h| (1..=12).contains(&h))
}

/// Minutes since midnight of `10:30`, `10:30:00`, `7am`, `10:30pm`, and of
/// `01:30:00+1`, which is of the next day.
pub(super) fn time(word: &str) -> Option<u16> {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let word = match word.rsplit_once('+') {
        Some((time, "1" | "2")) if time.contains(':') => time,
        Some(_) | None => word,
    };
    let (head, tail) = word
        .len()
        .checked_sub(2)
        .and_then(|at| word.split_at_checked(at))
        .unwrap_or((word, ""));
    let (body, half) = if tail.eq_ignore_ascii_case("am") {
        (head, Some(0))
    } else if tail.eq_ignore_ascii_case("pm") {
        (head, Some(12))
    } else {
        (word, None)
    };
    let mut parts = body.split(':');
    let two = |p: Option<&str>| {
        let p = p?;
        let fits = (1..=2).contains(&p.len()) && p.chars().all(|c| c.is_ascii_digit());
        if fits { p.parse::<u16>().ok() } else { None }
    };
    let hour = two(parts.next())?;
    let (minute, colon) = match parts.next() {
        Some(m) if m.len() == 2 => (two(Some(m))?, true),
        Some(_) => return None,
        None => (0, false),
    };
    if let Some(second) = parts.next() {
        two(Some(second))?;
    }
    if parts.next().is_some() || (!colon && half.is_none()) || hour > 24 || minute > 59 {
        return None;
    }
    let hour = match half {
        Some(add) if hour <= 12 => hour % 12 + add,
        Some(_) => return None,
        None => hour % 24,
    };
    Some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_each_other() {
        let number = |text: &str| date(text).unwrap().number();
        assert_eq!(number("2024-03-01") - number("2024-02-28"), 2);
        assert_eq!(number("2023-03-01") - number("2023-02-28"), 1);
        assert_eq!(number("2025-01-01") - number("2024-12-31"), 1);
        assert_eq!(number("2000-03-01") - number("1900-03-01"), 36_525);
    }

    #[test]
    fn days_and_times() {
        let d = |y, m, d| {
            Some(Date {
                year: Some(y),
                month: m,
                day: d,
            })
        };
        assert_eq!(date("05/17/2024"), d(2024, 5, 17));
        assert_eq!(date("17/05/2024"), d(2024, 5, 17));
        assert_eq!(date("17.05.2024"), d(2024, 5, 17));
        assert_eq!(date("2024-13-01"), None);
        assert_eq!(date("555-123-4567"), None);
        assert_eq!(time("10:30"), Some(630));
        assert_eq!(time("12:05am"), Some(5));
        assert_eq!(time("7pm"), Some(19 * 60));
        assert_eq!(time("7"), None);
        assert_eq!(time("25:00"), None);
        assert_eq!(month("May"), Some(5));
        assert_eq!(month("may"), None);
        assert_eq!(month("Sept."), Some(9));
        assert_eq!(month("Mayor"), None);
        assert_eq!(day("31st"), Some(31));
        assert_eq!(day("32"), None);
    }
}
