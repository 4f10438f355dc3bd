//! What a colour can mean. The workbench paints in these roles and nothing
//! else; a theme says how each of them looks.

macro_rules! meanings {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal),+ $(,)?) => {
        /// What a piece of the screen is. A theme names these by their dotted
        /// text; a missing one falls back along the dots (`diff.add`, `diff`,
        /// `text`), so a new role needs no change to older themes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Meaning { $($(#[doc = $doc])+ $name),+ }

        impl Meaning {
            /// All of them, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// As written in a theme.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
            /// What it is for, in a few words.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+)),+ }
            }
        }
    };
}

meanings! {
    /// Text as such.
    Text = "text",
    /// Text that matters less: folded, unchanged, after the cursor.
    TextMuted = "text.muted",
    /// Text that matters more.
    TextStrong = "text.strong",
    /// The frame of a pane.
    Border = "border",
    /// The frame of the pane that has the keys.
    BorderFocus = "border.focus",
    /// A pane's name in its frame.
    Title = "title",
    /// What is chosen in a list, and the step under the cursor.
    Selection = "selection",
    /// A label at a value that can be pointed at.
    Label = "selection.label",
    /// Where a word was found.
    Match = "selection.match",
    /// A turn of the user.
    RoleUser = "role.user",
    /// A turn of an agent.
    RoleAgent = "role.agent",
    /// A tool's result.
    RoleTool = "role.tool",
    /// The judge.
    RoleJudge = "role.judge",
    /// New in the world (`+`).
    DiffAdd = "diff.add",
    /// Gone from the world (`-`).
    DiffDel = "diff.del",
    /// Changed in the world (`~`).
    DiffChange = "diff.change",
    /// The part of a text that changed.
    DiffPart = "diff.change.part",
    /// Unchanged, beside a change.
    DiffContext = "diff.context",
    /// Holds; a good score.
    ScoreGood = "score.good",
    /// Could be better.
    ScoreFair = "score.fair",
    /// Broken (`!!`); a bad score.
    ScorePoor = "score.poor",
    /// Not judged.
    ScoreNone = "score.none",
    /// The filled part of a gauge.
    GaugeFill = "gauge.fill",
    /// The empty part of a gauge.
    GaugeTrack = "gauge.track",
    /// The target on a gauge.
    GaugeTarget = "gauge.target",
    /// The mode line while something runs.
    ModeRun = "mode.run",
    /// The mode line while waiting.
    ModePaused = "mode.paused",
    /// The mode line while looking back.
    ModePast = "mode.past",
    /// The mode line while editing.
    ModeEdit = "mode.edit",
    /// The mode line while finding.
    ModeFind = "mode.find",
    /// A key in a hint.
    HintKey = "hint.key",
    /// What the key does.
    HintText = "hint.text",
    /// A word to the person.
    NoticeNote = "notice.note",
    /// Something that has to be dealt with.
    NoticeProblem = "notice.problem",
    /// Put in on purpose: injected faults, the scripted stand-in.
    Mark = "mark",
    /// The cursor of the editor.
    EditorCursor = "editor.cursor",
    /// Line numbers beside an editor.
    EditorGutter = "editor.gutter",
    /// A line of the editor that has a problem.
    EditorError = "editor.error",
    /// A string in code.
    EditorString = "editor.string",
    /// A number, true, false or null in code.
    EditorNumber = "editor.number",
    /// A key, or a word of the language, in code.
    EditorKey = "editor.key",
    /// Words that are wrong and mislead somebody (`!!` in the margin).
    FindingHigh = "finding.high",
    /// Words that are wrong (`!` in the margin).
    FindingMedium = "finding.medium",
    /// Words that are untidy (`·` in the margin).
    FindingLow = "finding.low",
    /// What was looked for, where it was found.
    FindMatch = "find.match",
    /// A letter that points at a value.
    HintLabel = "hint.label",
    /// When it happened, in the log.
    LogTime = "log.time",
    /// What happened, in the log.
    LogAct = "log.act",
}

impl Meaning {
    /// Whether it is about words that are wrong.
    #[must_use]
    pub fn is_finding(self) -> bool {
        matches!(
            self,
            Self::FindingHigh | Self::FindingMedium | Self::FindingLow
        )
    }
    /// The role of a dotted text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|m| m.name() == text)
    }
}
