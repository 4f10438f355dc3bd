//! When a server wants to be asked again: `Retry-After` in both its forms, and
//! the milliseconds that some send beside it. No clock: a date is held against
//! the answer's own `Date`. Source: RFC 9110, sections 5.6.7 and 10.2.3.

use std::time::Duration;

/// How long to wait, where the headers say so in a way that can be read.
pub(super) fn read(headers: &[(String, String)]) -> Option<Duration> {
    let value = |name: &str| {
        let found = headers.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.trim())
    };
    if let Some(ms) = value("retry-after-ms").and_then(|v| v.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(ms / 1000.0).ok();
    }
    let after = value("retry-after")?;
    if let Ok(seconds) = after.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let (then, now) = (date(after)?, date(value("date")?)?);
    Some(Duration::from_secs(then.saturating_sub(now)))
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Seconds since 1970 of a date in one of the three forms of HTTP.
fn date(text: &str) -> Option<u64> {
    let text = text.replace([',', '-'], " ").to_ascii_lowercase();
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    // `sun nov 6 08:49:37 1994`; else `sun 06 nov 1994 08:49:37 gmt`, where the
    // year may have two digits.
    let (day, month, year, time) = match words.as_slice() {
        [_, month, day, time, year] if time.contains(':') => (day, month, year, time),
        [_, day, month, year, time, "gmt"] => (day, month, year, time),
        _ => return None,
    };
    let day: u64 = day.parse().ok().filter(|d| (1..=31).contains(d))?;
    let month = MONTHS.iter().position(|m| m == month)? as u64 + 1;
    let year: u64 = match (year.len(), year.parse::<u64>().ok()?) {
        (2, y) if y < 70 => y + 2000,
        (2, y) => y + 1900,
        (4, y) if y >= 1970 => y,
        _ => return None,
    };
    let parts: Vec<u64> = time.split(':').filter_map(|p| p.parse().ok()).collect();
    let [hour, minute, second] = parts.as_slice() else {
        return None;
    };
    if *hour > 23 || *minute > 59 || *second > 60 {
        return None;
    }
    Some(((days(year, month, day)? * 24 + hour) * 60 + minute) * 60 + second)
}

/// Days since 1970. Years begin in March, so that the leap day is their last.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before = year * 365 + year / 4 - year / 100 + year / 400;
    (before + (month * 153 + 2) / 5 + day - 1).checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&str, &str)]) -> Option<Duration> {
        let headers: Vec<(String, String)> = headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        read(&headers)
    }

    #[test]
    fn the_three_forms_of_a_date_are_one_time() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(date(text), Some(784_111_777), "{text}");
        }
        assert_eq!(date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(date("Thu, 29 Feb 2024 12:00:00 GMT"), Some(1_709_208_000));
    }

    #[test]
    fn seconds_milliseconds_and_a_date_are_read() {
        assert_eq!(of(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(
            of(&[("retry-after", "0.5")]),
            Some(Duration::from_millis(500))
        );
        let both = [("retry-after", "7"), ("retry-after-ms", "250")];
        assert_eq!(of(&both), Some(Duration::from_millis(250)));
        let now = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let then = ("retry-after", "Sun, 06 Nov 1994 08:50:00 GMT");
        assert_eq!(of(&[now, then]), Some(Duration::from_secs(23)));
        let past = ("retry-after", "Sun, 06 Nov 1994 08:40:00 GMT");
        assert_eq!(of(&[now, past]), Some(Duration::ZERO));
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        for text in [
            "",
            "soon",
            "-3",
            "NaN",
            "1e400",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "a b c d e f",
        ] {
            let now = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
            assert_eq!(of(&[now, ("retry-after", text)]), None, "{text}");
        }
        // A date without the server's own clock is no length of time.
        assert_eq!(
            of(&[("retry-after", "Sun, 06 Nov 1994 08:50:00 GMT")]),
            None
        );
    }
}
