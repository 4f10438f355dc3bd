//! The functions of the language: which there are and how they are called.
//! `funcs` and `dates` say what they do.

macro_rules! builtins {
    ($($id:ident $name:literal $least:literal $most:expr, $usage:literal;)*) => {
        /// A function of the language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Builtin { $($id),* }

        impl Builtin {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$id),*];
            /// As written.
            pub fn name(self) -> &'static str {
                match self { $(Self::$id => $name),* }
            }
            /// Least and most values it takes.
            pub fn arity(self) -> (usize, usize) {
                match self { $(Self::$id => ($least, $most)),* }
            }
            /// How it is called.
            pub fn usage(self) -> &'static str {
                match self { $(Self::$id => $usage),* }
            }
            /// By its name.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$id),)* _ => None }
            }
        }
    };
}

const ANY: usize = usize::MAX;

builtins! {
    Len "len" 1 1, "len(text, list or map)";
    Sum "sum" 1 1, "sum(list)";
    Min "min" 1 ANY, "min(list) or min(a, b, …)";
    Max "max" 1 ANY, "max(list) or max(a, b, …)";
    Round "round" 1 2, "round(number, decimals)";
    Floor "floor" 1 1, "floor(number)";
    Ceil "ceil" 1 1, "ceil(number)";
    Abs "abs" 1 1, "abs(number)";
    Int "int" 1 1, "int(number or text)";
    Float "float" 1 1, "float(number or text)";
    Str "str" 1 1, "str(value)";
    Lower "lower" 1 1, "lower(text)";
    Upper "upper" 1 1, "upper(text)";
    Trim "trim" 1 1, "trim(text)";
    Split "split" 1 2, "split(text, separator)";
    Join "join" 1 2, "join(list, separator)";
    StartsWith "starts_with" 2 2, "starts_with(text, beginning)";
    EndsWith "ends_with" 2 2, "ends_with(text, end)";
    Replace "replace" 3 3, "replace(text, old, new)";
    Keys "keys" 1 1, "keys(map)";
    Values "values" 1 1, "values(map)";
    Has "has" 2 2, "has(map, key)";
    Get "get" 2 3, "get(map, key, otherwise)";
    Sorted "sorted" 1 1, "sorted(list, by: \"field\", desc: true)";
    Unique "unique" 1 1, "unique(list)";
    Reverse "reverse" 1 1, "reverse(list)";
    Range "range" 1 2, "range(count) or range(from, to)";
    Any "any" 1 1, "any(list of true and false)";
    All "all" 1 1, "all(list of true and false)";
    First "first" 1 1, "first(list)";
    Last "last" 1 1, "last(list)";
    Slice "slice" 2 3, "slice(list or text, from, to)";
    Merge "merge" 2 ANY, "merge(map, map, …)";
    Without "without" 2 2, "without(map, key) or without(list, value)";
    Type "type" 1 1, "type(value)";
    Copy "copy" 1 1, "copy(place)";
    Now "now" 0 0, "now()";
    Date "date" 1 1, "date(timestamp)";
    DaysBetween "days_between" 2 2, "days_between(from, to)";
    AddDays "add_days" 2 2, "add_days(timestamp, days)";
    AddMinutes "add_minutes" 2 2, "add_minutes(timestamp, minutes)";
    Weekday "weekday" 1 1, "weekday(timestamp)";
    NewId "new_id" 1 1, "new_id(\"R\")";
    Calc "calc" 1 1, "calc(text)";
    Fixed "fixed" 2 2, "fixed(number, decimals)";
    Json "json" 1 1, "json(value)";
}

impl Builtin {
    /// Arguments given by name.
    pub fn named_args(self) -> &'static [&'static str] {
        if self == Self::Sorted {
            &["by", "desc"]
        } else {
            &[]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_function() {
        for f in Builtin::ALL {
            let name = f.name();
            let found = crate::engine::rules::HELP.contains(&format!("`{name}"));
            assert!(found, "docs/rules.md does not say `{name}`");
            assert!(f.usage().starts_with(&format!("{name}(")));
        }
    }
}
