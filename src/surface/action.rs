//! The one table of what a person can do. Keys, help, hints, which-key and the
//! README all read it; a new feature adds its row here first.

use std::fmt::Write as _;

/// Where a key has its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Every screen.
    Everywhere,
    /// The run screen.
    Run,
    /// The conversation pane, while it has the keys.
    Conversation,
    /// The world pane, while it has the keys.
    World,
    /// The persona pane, while it has the keys.
    Persona,
    /// The judge pane, while it has the keys.
    Judging,
    /// The findings pane, while it has the keys.
    Findings,
    /// The timeline, while it has the keys.
    Timeline,
    /// The curate screen.
    Curate,
    /// The scenario screen.
    Scenario,
    /// The batch screen.
    Batch,
    /// The question before all that pass are approved.
    ApproveAll,
    /// A line to be typed.
    Prompt,
    /// What leaves, before it is written.
    Export,
    /// Then and now, or cases like one.
    Walk,
    /// An answer of a model on its way into the scenario.
    Freeze,
    /// A list to choose from, at the start.
    Picker,
    /// The question before going on from the past.
    FromPast,
    /// The question before leaving while something runs.
    Quit,
    /// The list of keys.
    Help,
    /// What went over the wire.
    Wire,
    /// Who plays which seat.
    Models,
    /// The command line.
    Command,
    /// What came of a request sent again.
    Again,
    /// The list of what can be edited.
    Offers,
    /// The editor of something that shaped a step.
    Edit,
    /// The persona as a form.
    Sliders,
    /// The question before leaving an editor.
    Leave,
    /// The question before an edit takes effect.
    Apply,
    /// The list of themes.
    Themes,
    /// Find and open anything.
    Finder,
    /// A new conversation.
    Begin,
    /// A new scenario.
    Make,
    /// The line of what is looked for.
    Find,
    /// Labels on the values in view.
    Point,
    /// The tries of a `model` tool.
    Tries,
    /// A value that was pointed at.
    Value,
    /// Two branches side by side.
    Compare,
    /// The question how often the rest is run.
    TrialAsk,
    /// What came of the rest run several times.
    Trial,
    /// Where going on stops by itself.
    Breaks,
    /// Who a person plays.
    Seats,
    /// Faults that can be put into the next step.
    Faults,
    /// The box in which a person acts for a role.
    Speak,
    /// The list of tools that a person can call, in that box.
    SpeakTools,
    /// A tool tried by hand.
    Hand,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What is done.
    pub action: Action,
    /// Its name in files.
    pub id: &'static str,
    /// Keys, first choice first; each may be several in a row (`g g`).
    pub keys: &'static [&'static str],
    /// Where they count.
    pub place: Place,
    /// Heading in help.
    pub group: &'static str,
    /// What it does, for help.
    pub words: &'static str,
    /// Rank in the hint line (lower first) and the word there; none: not hinted.
    pub hint: Option<(u8, &'static str)>,
}

macro_rules! actions {
    ($($name:ident $id:literal [$($key:literal)*] $place:ident $group:literal $words:literal $(hint $rank:literal $short:literal)?;)+) => {
        /// Something that a person can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $(#[doc = $words] $name),+ }

        /// All of it, in the order of help.
        pub const ACTIONS: &[Row] = &[$(Row {
            action: Action::$name,
            id: $id,
            keys: &[$($key),*],
            place: Place::$place,
            group: $group,
            words: $words,
            hint: actions!(@hint $($rank $short)?),
        }),+];
    };
    (@hint) => { None };
    (@hint $rank:literal $short:literal) => { Some(($rank, $short)) };
}

actions! {
    RunPause    "run-pause"    ["space"]        Run "Run" "run, or pause after the call in flight" hint 1 "run";
    Step        "step"         ["s"]            Run "Run" "one step: one role acts once" hint 2 "step";
    Round       "round"        ["S"]            Run "Run" "one round: until it is the user's turn again" hint 17 "round";
    Stop        "stop"         ["x"]            Run "Run" "stop the call in flight" hint 3 "stop";
    Retry       "retry"        ["r"]            Run "Run" "after a failed call ask again, else make the last step anew" hint 12 "retry";
    RetryClean  "retry-clean"  ["<c-r>"]        Run "Run" "make the last step anew without the fault put into it by hand";
    Judge       "judge"        ["J"]            Run "Run" "ask the judge now";
    Models      "models"       ["m" "g m"]      Run "Run" "models: who plays each seat, at what cost; another" hint 21 "models";
    Wire        "wire"         ["w"]            Run "Run" "wire: what was sent and what came for this step" hint 20 "wire";
    Again       "again"        ["A"]            Run "Run" "send this step's request ten times, compare the answers";
    New         "new"          ["<c-n>"]        Run "Run" "new conversation: any task, persona and seed" hint 18 "new";
    Duplicate   "duplicate"    ["D"]            Run "Run" "copy the conversation up to the cursor, and go on in the copy";

    // --- time travel
    TryBack     "try-back"     ["["]            Run "Time travel" "the try of this step that was made before";
    TryNext     "try-next"     ["]"]            Run "Time travel" "the try of this step that was made next";
    Compare     "compare"      ["c"]            Run "Time travel" "compare two branches, or two tries, side by side" hint 15 "compare";
    Trial       "trial"        ["t"]            Run "Time travel" "run the rest from here several times, with fresh seeds" hint 14 "try";
    TrialReport "trial-report" ["T"]            Run "Time travel" "what came of the rest run several times";
    Breaks      "breaks"       ["B"]            Run "Time travel" "breakpoints: where going on stops by itself";
    RowDown     "row-down"     ["j" "down"]     Timeline "Timeline" "choose the next branch";
    RowUp       "row-up"       ["k" "up"]       Timeline "Timeline" "choose the branch before";
    RowOpen     "row-open"     ["enter" "o"]    Timeline "Timeline" "make the chosen branch current";

    CompareClose "compare-close" ["esc" "c"]    Compare "Compare" "close" hint 9 "close";
    CompareNext "compare-next" ["tab" "l" "right"] Compare "Compare" "the next branch or try on the right" hint 1 "next branch";
    ComparePrev "compare-prev" ["backtab" "h" "left"] Compare "Compare" "the one before";
    CompareSection "compare-section" ["v"]      Compare "Compare" "to scores, assertions, world, messages in turn" hint 2 "next part";
    CompareSwap "compare-swap" ["x"]            Compare "Compare" "left for right" hint 4 "swap";
    CompareOpen "compare-open" ["enter"]        Compare "Compare" "make the right one current" hint 3 "go to the right one";
    CompareDown "compare-down" ["j" "down"]     Compare "Compare" "scroll down" hint 5 "scroll";
    CompareUp   "compare-up"   ["k" "up"]       Compare "Compare" "scroll up";
    ComparePageDown "compare-page-down" ["<c-d>" "pagedown" "space"] Compare "Compare" "half a page down";
    ComparePageUp "compare-page-up" ["<c-u>" "pageup"] Compare "Compare" "half a page up";
    CompareTop  "compare-top"  ["g g" "home"]   Compare "Compare" "to its beginning";
    CompareEnd  "compare-end"  ["G" "end"]      Compare "Compare" "to its end";

    TrialStart  "trial-start"  ["enter"]        TrialAsk "The rest, several times" "begin" hint 1 "begin";
    TrialCancel "trial-cancel" ["esc"]          TrialAsk "The rest, several times" "do nothing" hint 2 "do nothing";
    TrialClose  "trial-close"  ["esc" "T"]      Trial "The rest, several times" "close; runs go on" hint 9 "close";
    TrialStop   "trial-stop"   ["x"]            Trial "The rest, several times" "no more runs; what is done stays" hint 1 "stop";
    TrialOpen   "trial-open"   ["enter"]        Trial "The rest, several times" "make the branch of the run current" hint 2 "go to it";
    TrialCompare "trial-compare" ["c"]          Trial "The rest, several times" "compare the run with this branch" hint 3 "compare";
    TrialDown   "trial-down"   ["j" "down"]     Trial "The rest, several times" "next run" hint 4 "next";
    TrialUp     "trial-up"     ["k" "up"]       Trial "The rest, several times" "run before";

    BreaksClose "breaks-close" ["esc"]          Breaks "Breakpoints" "close" hint 9 "close";
    BreaksTurn  "breaks-turn"  ["enter" "tab"]  Breaks "Breakpoints" "switch it on or off" hint 1 "on or off";
    BreaksDown  "breaks-down"  ["down"]         Breaks "Breakpoints" "next" hint 2 "next";
    BreaksUp    "breaks-up"    ["up"]           Breaks "Breakpoints" "previous";

    // --- the repair loop
    Tries       "tries"        ["W"]            Run "Run" "tries of a model tool: what was proposed, why it was refused, its contract";
    TriesEdit   "tries-edit"   ["e"]            Tries "Tries of a tool" "edit the tool's entry, then try again at this step" hint 1 "edit the tool, try again";
    TriesHand   "tries-hand"   ["p"]            Tries "Tries of a tool" "edit the chosen proposal; the state manager checks it" hint 2 "edit the proposal";
    TriesAgain  "tries-again"  ["r"]            Tries "Tries of a tool" "try again at this step" hint 3 "try again";
    TriesNext   "tries-next"   ["tab" "l" "right"] Tries "Tries of a tool" "next try" hint 4 "next try";
    TriesPrev   "tries-prev"   ["backtab" "h" "left"] Tries "Tries of a tool" "try before";
    TriesDown   "tries-down"   ["j" "down"]     Tries "Tries of a tool" "scroll down" hint 5 "scroll";
    TriesUp     "tries-up"     ["k" "up"]       Tries "Tries of a tool" "scroll up";
    TriesPageDown "tries-page-down" ["<c-d>" "pagedown" "space"] Tries "Tries of a tool" "half a page down";
    TriesPageUp "tries-page-up" ["<c-u>" "pageup"] Tries "Tries of a tool" "half a page up";
    TriesClose  "tries-close"  ["esc" "W"]      Tries "Tries of a tool" "close" hint 9 "close";

    // --- seats
    Answer      "answer"       ["i"]            Run "Seats" "act for whoever's turn it is: user, agent or tool" hint 1 "answer";
    Seats       "seats"        ["I"]            Run "Seats" "take a seat, or hand it back";
    SavePath    "save-path"    ["P"]            Run "Seats" "make the calls up to here the task's reference path";

    SeatsClose  "seats-close"  ["esc" "I"]      Seats "Seats" "close" hint 9 "close";
    SeatsTake   "seats-take"   ["enter"]        Seats "Seats" "take it from now on, or hand it back" hint 1 "take, hand back";
    SeatsOnce   "seats-once"   ["o" "space"]    Seats "Seats" "take it for its next turn alone" hint 2 "next turn alone";
    SeatsDown   "seats-down"   ["j" "down"]     Seats "Seats" "next seat" hint 3 "next";
    SeatsUp     "seats-up"     ["k" "up"]       Seats "Seats" "previous seat";

    SpeakGive   "speak-give"   ["<c-s>"]        Speak "Acting for a role" "give it: the turn, or the result" hint 1 "give it";
    SpeakEnd    "speak-end"    ["<c-e>"]        Speak "Acting for a role" "user: say it and end; tool: answer that it failed" hint 2 "user: and end, tool: it failed";
    SpeakCall   "speak-call"   ["<c-t>"]        Speak "Acting for a role" "agent: add a tool call" hint 3 "add a call";
    SpeakDrop   "speak-drop"   ["<c-r>"]        Speak "Acting for a role" "agent: take the call away" hint 6 "take the call away";
    SpeakNext   "speak-next"   ["tab"]          Speak "Acting for a role" "next field" hint 4 "next field";
    SpeakPrev   "speak-prev"   ["backtab"]      Speak "Acting for a role" "previous field";
    SpeakLeave  "speak-leave"  ["esc"]          Speak "Acting for a role" "leave; what was typed is kept" hint 9 "leave";
    SpeakPick   "speak-pick"   ["enter" "tab"]  SpeakTools "Acting for a role" "call this tool" hint 1 "call it";
    SpeakDown   "speak-down"   ["down"]         SpeakTools "Acting for a role" "next tool" hint 2 "next";
    SpeakUp     "speak-up"     ["up"]           SpeakTools "Acting for a role" "previous tool";
    SpeakBack   "speak-back"   ["esc"]          SpeakTools "Acting for a role" "no call" hint 9 "no call";

    // --- faults
    Faults      "faults"       ["!"]            Run "Faults" "put a fault into the next step: a time-out, a lost reply, a change of mind";

    FaultsPut   "faults-put"   ["enter"]        Faults "Faults" "make the next step with it" hint 1 "put it in";
    FaultsDown  "faults-down"  ["j" "down"]     Faults "Faults" "next fault" hint 2 "next";
    FaultsUp    "faults-up"    ["k" "up"]       Faults "Faults" "previous fault";
    FaultsClose "faults-close" ["esc" "!"]      Faults "Faults" "close" hint 9 "close";

    // --- editing
    EditHere    "edit"         ["e"]            Run "Edit" "edit: the step, or what shaped it; in the persona, judge and world panes what they show" hint 7 "edit";
    EditOutside "edit-outside" ["E"]            Run "Edit" "the same in $EDITOR";

    // --- pointing, finding, copying
    Point       "point"        ["."]            Run "Point and find" "point at a value in view: what it is, where it came from" hint 13 "point";
    Find        "find"         ["/"]            Run "Point and find" "find words in the conversation or the world";
    FindNext    "find-next"    ["n"]            Run "Point and find" "next place that has them";
    FindPrev    "find-previous" ["N"]           Run "Point and find" "place before that has them";
    WorldBack   "world-back"   ["\""]           Run "Point and find" "back to where one came from";
    CopyText    "copy-text"    ["y"]            Run "Point and find" "copy what is focused as text: turn, call, value, finding";
    CopyJson    "copy-json"    ["Y"]            Run "Point and find" "copy what is focused as JSON";

    // --- findings
    NextFinding "next-finding" [">"]            Run "Point and find" "to the next finding";
    PrevFinding "previous-finding" ["<"]        Run "Point and find" "to the finding before";
    FindingOpen "finding-open" ["enter" "o"]    Findings "Point and find" "findings: to the step of the chosen one";
    FindingWrong "finding-wrong" ["-"]          Run "Point and find" "mark the chosen finding as wrong, or take that back";
    FindingMissed "finding-missed" ["+"]        Run "Point and find" "add a finding that was missed at this step";
    FindingFilter "finding-filter" ["F"]        Findings "Point and find" "findings: only some, by blame, kind, severity, words";

    // --- deciding
    Approve     "approve"      ["a"]            Run "Deciding" "approve this branch as it is now" hint 8 "approve";
    Discard     "discard"      ["d"]            Run "Deciding" "discard this branch as it is now, with a reason";
    Export      "export"       ["X"]            Everywhere "Everywhere" "export what is approved: counts first, then a new folder";
    ExportWrite "export-write" ["enter"]        Export "Export" "write it" hint 1 "write";
    ExportToggle "export-toggle" ["tab"]        Export "Export" "the chosen line on or off" hint 2 "on or off";
    ExportDown  "export-down"  ["down"]         Export "Export" "next line";
    ExportUp    "export-up"    ["up"]           Export "Export" "line before";
    ExportClear "export-clear" ["<c-u>"]        Export "Export" "another folder: empty the line";
    ExportClose "export-close" ["esc"]          Export "Export" "close" hint 9 "close";

    // --- then and now
    Since       "since"        ["V"]            Run "Then and now" "then and now: would this branch still happen under the files as they are?";
    Similar     "similar"      ["M"]            Run "Then and now" "cases like this finding or step, in other conversations";
    Freeze      "freeze"       ["Z"]            Run "Then and now" "freeze this answer of a model: a row of the tool, or a draft of its rule";
    FreezeUse   "freeze-use"   ["enter"]        Freeze "Freezing" "use it: says first what it touches" hint 1 "use it";
    FreezeTurn  "freeze-turn"  ["tab"]          Freeze "Freezing" "as a row, as the rule, as a new rule" hint 2 "row or rule";
    FreezeDown  "freeze-down"  ["j" "down"]     Freeze "Freezing" "next row" hint 3 "scroll";
    FreezeUp    "freeze-up"    ["k" "up"]       Freeze "Freezing" "row before";
    FreezePageDown "freeze-page-down" ["<c-d>" "pagedown" "space"] Freeze "Freezing" "half a page down";
    FreezePageUp "freeze-page-up" ["<c-u>" "pageup"] Freeze "Freezing" "half a page up";
    FreezeClose "freeze-close" ["esc"]          Freeze "Freezing" "close; nothing was done" hint 9 "close";
    WalkGo      "walk-go"      ["enter"]        Walk "Then and now" "to the step; of another conversation: open it there" hint 1 "go there";
    WalkNext    "walk-next"    ["tab"]          Walk "Then and now" "next row with a step" hint 2 "next step";
    WalkPrev    "walk-prev"    ["backtab"]      Walk "Then and now" "row with a step before";
    WalkDown    "walk-down"    ["j" "down"]     Walk "Then and now" "next row" hint 3 "scroll";
    WalkUp      "walk-up"      ["k" "up"]       Walk "Then and now" "row before";
    WalkPageDown "walk-page-down" ["<c-d>" "pagedown" "space"] Walk "Then and now" "half a page down";
    WalkPageUp  "walk-page-up" ["<c-u>" "pageup"] Walk "Then and now" "half a page up";
    WalkTop     "walk-top"     ["g g" "home"]   Walk "Then and now" "to its beginning";
    WalkEnd     "walk-end"     ["G" "end"]      Walk "Then and now" "to its end";
    WalkClose   "walk-close"   ["esc"]          Walk "Then and now" "close" hint 9 "close";

    // --- screens
    ScreenRun   "screen-run"   ["1"]            Everywhere "Screens" "run: step through a conversation";
    ScreenCurate "screen-curate" ["2"]          Everywhere "Screens" "curate: decide, conversation by conversation";
    ScreenScenario "screen-scenario" ["3"]      Everywhere "Screens" "scenario: tools, personas, tasks, world, judge";
    ScreenBatch "screen-batch" ["4"]            Everywhere "Screens" "batch: running and finished conversations";
    OpenAny     "open"         ["<c-o>"]        Everywhere "Screens" "find and open: tasks of scenarios, stored conversations";

    Back        "back"         ["h" "left"]     Run "Look back" "one step back" hint 4 "back";
    Forward     "forward"      ["l" "right"]    Run "Look back" "one step forward";
    BackBranch  "back-branch"  ["H"]            Run "Look back" "back to where a branch leaves";
    NextBranch  "next-branch"  ["L"]            Run "Look back" "forward to where a branch leaves";
    First       "first"        ["g g" "home"]   Run "Look back" "the start, before the first step";
    Live        "live"         ["G" "end"]      Run "Look back" "back to the newest step, and stay there" hint 5 "live";

    Fork        "fork"         ["f"]            Run "Branches" "go on from here in a new branch" hint 6 "fork";
    Switch      "switch"       ["b"]            Run "Branches" "make the next branch current";
    Undo        "undo"         ["u"]            Run "Branches" "take the last command back: steps, fork, overwrite, retry" hint 11 "undo";
    Redo        "redo"         ["U"]            Run "Branches" "do it again";

    NextPane    "next-pane"    ["tab"]          Run "Panes" "next pane" hint 16 "pane";
    PrevPane    "prev-pane"    ["backtab"]      Run "Panes" "previous pane";
    GoConversation "go-conversation" ["g c"]    Run "Panes" "conversation";
    GoWorld     "go-world"     ["g w"]          Run "Panes" "world: what the step changed";
    GoPersona   "go-persona"   ["g p"]          Run "Panes" "persona";
    GoJudge     "go-judge"     ["g j"]          Run "Panes" "judge: checks, scores, findings";
    GoFindings  "go-findings"  ["g f"]          Run "Panes" "findings: what is wrong, step by step";
    GoTimeline  "go-timeline"  ["g t"]          Run "Panes" "timeline";
    GoLog       "go-log"       ["g l"]          Run "Panes" "log";
    Zoom        "zoom"         ["z"]            Run "Panes" "the focused pane on the whole screen" hint 19 "zoom";
    Down        "down"         ["j" "down"]     Run "Panes" "scroll down";
    Up          "up"           ["k" "up"]       Run "Panes" "scroll up";
    PageDown    "page-down"    ["<c-d>" "pagedown"] Run "Panes" "half a page down";
    PageUp      "page-up"      ["<c-u>" "pageup"]   Run "Panes" "half a page up";
    Unfold      "unfold"       ["enter" "o"]    Run "Panes" "show all of the step, or fold it" hint 10 "unfold";
    Reasoning   "reasoning"    ["R"]            Run "Panes" "show or hide reasoning";
    WorldView   "world-view"   ["v"]            Run "Panes" "world: of this step, since the start, or whole as a tree";

    Command     "command"      [":" "<c-p>"]    Everywhere "Everywhere" "palette: find and do anything, by its name" hint 9 "palette";
    Help        "help"         ["?"]            Everywhere "Everywhere" "these keys" hint 0 "keys";
    Out         "out"          ["esc"]          Everywhere "Everywhere" "one level out";
    Quit        "quit"         ["q"]            Everywhere "Everywhere" "quit; asks while something runs" hint 22 "quit";
    Interrupt   "interrupt"    ["<c-c>"]        Everywhere "Everywhere" "stop the call; again: quit";
    Suspend     "suspend"      ["<c-z>"]        Everywhere "Everywhere" "back to the shell; `fg` returns";
    Redraw      "redraw"       ["<c-l>"]        Everywhere "Everywhere" "draw the screen anew";

    // --- looks
    Themes      "themes"       ["g T"]          Everywhere "Everywhere" "themes: try another on";
    ThemesClose "themes-close" ["esc"]          Themes "Themes" "back to the one before" hint 9 "go back";
    ThemesDown  "themes-down"  ["j" "down" "tab"] Themes "Themes" "try the next" hint 2 "next";
    ThemesUp    "themes-up"    ["k" "up" "backtab"] Themes "Themes" "try the previous";
    ThemesKeep  "themes-keep"  ["enter"]        Themes "Themes" "keep it" hint 1 "keep";

    // --- palette

    // --- the world pane
    WorldFold   "world-fold"   ["o"]            World "World" "whole tree: open or close the row";
    WorldBroken "world-broken" ["O"]            World "World" "broken rules alone, or all";
    WorldFilter "world-filter" ["F"]            World "World" "whole tree: only places of a path, `=value` or `~part`";
    WorldWriter "world-writer" ["'"]            World "World" "whole tree: to the step that wrote the value";
    WorldEdit   "world-edit"   ["enter"]        World "World" "whole tree: edit the value";

    FindDo      "find-do"      ["enter"]        Find "Finding" "go there" hint 1 "go there";
    FindOther   "find-other"   ["tab"]          Find "Finding" "in the conversation, or in the world" hint 2 "conversation or world";
    FindClose   "find-close"   ["esc"]          Find "Finding" "close, and go back" hint 9 "close";

    PointNext   "point-next"   ["tab" "right" "down"] Point "Pointing" "next value" hint 2 "next";
    PointPrev   "point-previous" ["backtab" "left" "up"] Point "Pointing" "value before";
    PointTake   "point-take"   ["enter"]        Point "Pointing" "this value" hint 1 "this value";
    PointClose  "point-close"  ["esc"]          Point "Pointing" "close" hint 9 "close";

    ValueGo     "value-go"     ["enter"]        Value "A value" "go to the chosen place; a value of the world: to the step that wrote it" hint 1 "go there";
    ValueDown   "value-down"   ["j" "down"]     Value "A value" "next place";
    ValueUp     "value-up"     ["k" "up"]       Value "A value" "place before";
    ValueText   "value-text"   ["y"]            Value "A value" "copy it as text" hint 2 "copy";
    ValueJson   "value-json"   ["Y"]            Value "A value" "copy it as JSON" hint 3 "copy JSON";
    ValueFilter "value-filter" ["F"]            Value "A value" "the whole tree, only where it has this value" hint 4 "filter the world";
    ValueFind   "value-find"   ["/"]            Value "A value" "find it elsewhere; then n and N" hint 5 "find";
    ValueAgain  "value-again"  ["."]            Value "A value" "point at another value" hint 6 "another";
    ValueClose  "value-close"  ["esc"]          Value "A value" "close" hint 9 "close";

    // --- the curate screen
    CurateApprove "curate-approve" ["a"]        Curate "Curate" "approve, and go on to the next open one" hint 1 "approve";
    CurateDiscard "curate-discard" ["d"]        Curate "Curate" "discard with a reason, and go on to the next open one" hint 2 "discard";
    CurateMark  "curate-mark"  ["m"]            Curate "Curate" "mark for later, or take the mark off" hint 3 "mark";
    CurateTag   "curate-tag"   ["t"]            Curate "Curate" "tag, or take a tag off" hint 4 "tag";
    CurateComment "curate-comment" ["c"]        Curate "Curate" "comment" hint 5 "comment";
    CurateUndo  "curate-undo"  ["u"]            Curate "Curate" "take the last decision or note back" hint 7 "undo";
    CurateRedo  "curate-redo"  ["U"]            Curate "Curate" "do it again";
    CurateAll   "curate-all"   ["A"]            Curate "Curate" "approve all open ones of the list that meet every gate; asks first" hint 12 "approve all";
    CurateOpen  "curate-open"  ["enter"]        Curate "Curate" "open it on the run screen, at its branch" hint 6 "open";
    CurateBlind "curate-blind" ["b"]            Curate "Curate" "blind: hide what the judge said until you decide" hint 10 "blind";
    CurateSort  "curate-sort"  ["S"]            Curate "Curate" "another order: newest, oldest, lowest axis, disagreement, findings, rate, check against judge, random" hint 9 "sort";
    CurateFilter "curate-filter" ["F"]          Curate "Curate" "filter the queue" hint 8 "filter";
    CurateReload "curate-reload" ["r"]          Curate "Curate" "read the queue anew";
    CurateDown  "curate-down"  ["j" "down"]     Curate "Curate" "next in the queue, or scroll down";
    CurateUp    "curate-up"    ["k" "up"]       Curate "Curate" "the one before, or scroll up";
    CurateNext  "curate-next"  ["n"]            Curate "Curate" "next one that is open";
    CurateFirst "curate-first" ["g g" "home"]   Curate "Curate" "first in the queue";
    CurateLast  "curate-last"  ["G" "end"]      Curate "Curate" "last in the queue";
    CuratePageDown "curate-page-down" ["<c-d>" "pagedown" "space"] Curate "Curate" "half a page down in the conversation" hint 11 "read on";
    CuratePageUp "curate-page-up" ["<c-u>" "pageup"] Curate "Curate" "half a page up in the conversation";
    CurateBack  "curate-back"  ["h" "left"]     Curate "Curate" "one step back in the conversation";
    CurateForward "curate-forward" ["l" "right"] Curate "Curate" "one step forward in the conversation";
    CurateUnfold "curate-unfold" ["o"]          Curate "Curate" "show all of the step, or fold it";
    CurateReasoning "curate-reasoning" ["R"]    Curate "Curate" "show or hide reasoning";
    CuratePane  "curate-pane"  ["tab"]          Curate "Curate" "next part: queue, conversation, judge" hint 13 "part";
    CuratePrevPane "curate-prev-pane" ["backtab"] Curate "Curate" "part before";
    CurateGoQueue "curate-go-queue" ["g q"]     Curate "Curate" "queue";
    CurateGoConversation "curate-go-conversation" ["g c"] Curate "Curate" "conversation";
    CurateGoJudge "curate-go-judge" ["g j"]     Curate "Curate" "judge";

    AllYes      "all-yes"      ["y" "enter"]    ApproveAll "Approving all" "approve them; u takes it back" hint 1 "approve";
    AllNo       "all-no"       ["esc" "n"]      ApproveAll "Approving all" "do nothing" hint 2 "do nothing";

    PromptDo    "prompt-do"    ["enter"]        Prompt "A line" "take it" hint 1 "take it";
    PromptFill  "prompt-fill"  ["tab"]          Prompt "A line" "the chosen words into the line" hint 2 "words";
    PromptDown  "prompt-down"  ["down"]         Prompt "A line" "next words";
    PromptUp    "prompt-up"    ["up"]           Prompt "A line" "words before";
    PromptClear "prompt-clear" ["<c-u>"]        Prompt "A line" "empty the line";
    PromptLeave "prompt-leave" ["esc"]          Prompt "A line" "leave; nothing is done" hint 9 "leave";

    // --- the scenario screen
    DeskNew     "desk-new"     ["<c-n>"]        Scenario "Scenario" "new conversation: any task, persona and seed";
    DeskMake    "desk-make"    ["N"]            Scenario "Scenario" "new scenario: a small example, or a copy";
    DeskTry     "desk-try"     ["t"]            Scenario "Scenario" "try the tool by hand: what it answers, what it would change" hint 1 "try the tool";
    DeskEdit    "desk-edit"    ["e"]            Scenario "Scenario" "edit the file that says it, at its line" hint 2 "edit";
    DeskOutside "desk-outside" ["E"]            Scenario "Scenario" "edit it in $EDITOR";
    DeskOpen    "desk-open"    ["enter"]        Scenario "Scenario" "to what is chosen; from a problem to its line" hint 4 "look";
    DeskProblem "desk-problem" ["<c-g>"]        Scenario "Scenario" "to the next problem" hint 3 "next problem";
    DeskInferred "desk-inferred" ["i"]          Scenario "Scenario" "show or hide what is inferred" hint 8 "inferred";
    DeskOut     "desk-out"     ["esc"]          Scenario "Scenario" "one level out, then to Run";
    DeskDown    "desk-down"    ["j" "down"]     Scenario "Scenario" "next; in the middle: scroll down";
    DeskUp      "desk-up"      ["k" "up"]       Scenario "Scenario" "previous; in the middle: scroll up";
    DeskSection "desk-section" ["l" "right"]    Scenario "Scenario" "next part: tools, agents, personas, …" hint 6 "part";
    DeskSectionBack "desk-section-back" ["h" "left"] Scenario "Scenario" "part before";
    DeskPageDown "desk-page-down" ["<c-d>" "pagedown"] Scenario "Scenario" "ten down";
    DeskPageUp  "desk-page-up" ["<c-u>" "pageup"] Scenario "Scenario" "ten up";
    DeskFirst   "desk-first"   ["g g" "home"]   Scenario "Scenario" "first";
    DeskLast    "desk-last"    ["G" "end"]      Scenario "Scenario" "last";
    DeskNext    "desk-next"    ["tab"]          Scenario "Scenario" "next pane" hint 7 "pane";
    DeskPrev    "desk-prev"    ["backtab"]      Scenario "Scenario" "previous pane";
    GoOutline   "go-outline"   ["g o"]          Scenario "Scenario" "outline";
    GoMiddle    "go-middle"    ["g e"]          Scenario "Scenario" "what is chosen, and the lines that say it";
    GoCheck     "go-check"     ["g k"]          Scenario "Scenario" "check: what is wrong, what is inferred";

    HandAgain   "hand-again"   ["enter"]        Hand "Try a tool" "again, with other new ids" hint 3 "again";
    HandNext    "hand-next"    ["tab" "down"]   Hand "Try a tool" "next argument" hint 1 "argument";
    HandPrev    "hand-prev"    ["backtab" "up"] Hand "Try a tool" "argument before; before the first: the world";
    HandRight   "hand-right"   ["right"]        Hand "Try a tool" "next world, or next choice of the argument" hint 2 "world, choice";
    HandLeft    "hand-left"    ["left"]         Hand "Try a tool" "world or choice before";
    HandPageDown "hand-page-down" ["pagedown"]  Hand "Try a tool" "ten down in what came of it";
    HandPageUp  "hand-page-up" ["pageup"]       Hand "Try a tool" "ten up";
    HandClose   "hand-close"   ["esc"]          Hand "Try a tool" "close; nothing was written" hint 9 "close";

    // --- the batch screen
    BatchOpen   "batch-open"   ["enter"]        Batch "Batch" "open it on the run screen, at its branch" hint 1 "open";
    BatchFilter "batch-filter" ["F"]            Batch "Batch" "filter the list" hint 2 "filter";
    BatchReload "batch-reload" ["r"]            Batch "Batch" "read the list anew" hint 3 "read anew";
    BatchDown   "batch-down"   ["j" "down"]     Batch "Batch" "next";
    BatchUp     "batch-up"     ["k" "up"]       Batch "Batch" "the one before";
    BatchPageDown "batch-page-down" ["<c-d>" "pagedown" "space"] Batch "Batch" "half a page down";
    BatchPageUp "batch-page-up" ["<c-u>" "pageup"] Batch "Batch" "half a page up";
    BatchFirst  "batch-first"  ["g g" "home"]   Batch "Batch" "first";
    BatchLast   "batch-last"   ["G" "end"]      Batch "Batch" "last";

    PickDown    "pick-down"    ["j" "down"]     Picker "Choosing" "next";
    PickUp      "pick-up"      ["k" "up"]       Picker "Choosing" "previous";
    PickFirst   "pick-first"   ["g g" "home"]   Picker "Choosing" "first";
    PickLast    "pick-last"    ["G" "end"]      Picker "Choosing" "last";
    PickOpen    "pick-open"    ["enter"]        Picker "Choosing" "open a conversation" hint 1 "open";
    PickNew     "pick-new"     ["<c-n>"]        Picker "Choosing" "open one with any persona and seed" hint 2 "persona and seed";
    PickMake    "pick-make"    ["N"]            Picker "Choosing" "new scenario: a small example, or a copy" hint 3 "new scenario";

    FinderOpen  "finder-open"  ["enter"]        Finder "Open" "begin the task, or go on with the conversation" hint 1 "open";
    FinderAmong "finder-among" ["tab"]          Finder "Open" "all, tasks alone, conversations alone" hint 2 "tasks or conversations";
    FinderNew   "finder-new"   ["<c-n>"]        Finder "Open" "new conversation of it: any task, persona and seed" hint 3 "new";
    FinderDown  "finder-down"  ["down"]         Finder "Open" "next";
    FinderUp    "finder-up"    ["up"]           Finder "Open" "previous";
    FinderPageDown "finder-page-down" ["pagedown"] Finder "Open" "ten down";
    FinderPageUp "finder-page-up" ["pageup"]    Finder "Open" "ten up";
    FinderClose "finder-close" ["esc" "<c-o>"]  Finder "Open" "close" hint 9 "close";

    BeginGo     "begin-go"     ["enter"]        Begin "New conversation" "begin it" hint 1 "begin";
    BeginNext   "begin-next"   ["tab"]          Begin "New conversation" "task, persona, seed" hint 2 "task, persona, seed";
    BeginPrev   "begin-prev"   ["backtab"]      Begin "New conversation" "back to the one before";
    BeginDown   "begin-down"   ["down"]         Begin "New conversation" "next";
    BeginUp     "begin-up"     ["up"]           Begin "New conversation" "previous";
    BeginClose  "begin-close"  ["esc"]          Begin "New conversation" "close" hint 9 "close";

    MakeGo      "make-go"      ["enter"]        Make "New scenario" "make it" hint 1 "make";
    MakeDown    "make-down"    ["down"]         Make "New scenario" "next";
    MakeUp      "make-up"      ["up"]           Make "New scenario" "previous";
    MakeClose   "make-close"   ["esc"]          Make "New scenario" "close" hint 9 "close";

    PastFork    "past-fork"    ["f"]            FromPast "From the past" "go on in a new branch; this one stays listed";
    PastOverwrite "past-overwrite" ["o"]        FromPast "From the past" "go on in this branch; the old tail is hidden (u: back)";
    PastCancel  "past-cancel"  ["esc"]          FromPast "From the past" "do nothing";

    QuitYes     "quit-yes"     ["q" "y"]        Quit "Leaving" "stop the call and leave; what is done is saved";
    QuitNo      "quit-no"      ["esc" "n"]      Quit "Leaving" "stay";

    HelpClose   "help-close"   ["esc"]          Help "Keys" "close";
    HelpDown    "help-down"    ["down"]         Help "Keys" "next";
    HelpUp      "help-up"      ["up"]           Help "Keys" "previous";
    HelpPageDown "help-page-down" ["pagedown" "<c-d>"] Help "Keys" "half a page down";
    HelpPageUp  "help-page-up" ["pageup" "<c-u>"] Help "Keys" "half a page up";
    HelpRun     "help-run"     ["enter"]        Help "Keys" "do it";

    WireClose   "wire-close"   ["esc" "w"]      Wire "Wire" "close" hint 9 "close";
    WireNext    "wire-next"    ["tab"]          Wire "Wire" "next try" hint 1 "next try";
    WirePrev    "wire-prev"    ["backtab"]      Wire "Wire" "try before";
    WireBack    "wire-back"    ["h" "left"]     Wire "Wire" "the step before" hint 4 "step before";
    WireForward "wire-forward" ["l" "right"]    Wire "Wire" "the step after" hint 5 "step after";
    WireDown    "wire-down"    ["j" "down"]     Wire "Wire" "scroll down" hint 3 "scroll";
    WireUp      "wire-up"      ["k" "up"]       Wire "Wire" "scroll up";
    WirePageDown "wire-page-down" ["<c-d>" "pagedown" "space"] Wire "Wire" "half a page down";
    WirePageUp  "wire-page-up" ["<c-u>" "pageup"] Wire "Wire" "half a page up";
    WireTop     "wire-top"     ["g g" "home"]   Wire "Wire" "to its beginning";
    WireEnd     "wire-end"     ["G" "end"]      Wire "Wire" "to its end";
    WireRaw     "wire-raw"     ["v"]            Wire "Wire" "laid out, or as it went over the wire" hint 2 "raw";

    ModelsClose "models-close" ["esc" "m"]      Models "Models" "close" hint 9 "close";
    ModelsOnce  "models-once"  ["enter"]        Models "Models" "this model for the next call alone" hint 1 "next call alone";
    ModelsStay  "models-stay"  ["<c-s>"]        Models "Models" "this model from now on" hint 2 "from now on";
    ModelsNext  "models-next"  ["tab" "l" "right"] Models "Models" "next seat" hint 3 "next seat";
    ModelsPrev  "models-prev"  ["backtab" "h" "left"] Models "Models" "previous seat";
    ModelsDown  "models-down"  ["j" "down"]     Models "Models" "next model";
    ModelsUp    "models-up"    ["k" "up"]       Models "Models" "previous model";

    CommandRun  "command-run"  ["enter"]        Command "Palette" "do it" hint 1 "do it";
    CommandFill "command-fill" ["tab"]          Command "Palette" "take the word that is chosen, or the first" hint 2 "take the word";
    CommandDown "command-down" ["down"]         Command "Palette" "next word";
    CommandUp   "command-up"   ["up"]           Command "Palette" "previous word";
    CommandClose "command-close" ["esc"]        Command "Palette" "close" hint 9 "close";

    AgainClose  "again-close"  ["esc" "A"]      Again "Again" "close; answers go on coming in" hint 9 "close";
    AgainStop   "again-stop"   ["x"]            Again "Again" "send no more" hint 1 "stop";
    AgainOpen   "again-open"   ["enter" "o"]    Again "Again" "answers whole, or in a line" hint 2 "whole";
    AgainDown   "again-down"   ["j" "down"]     Again "Again" "scroll down" hint 3 "scroll";
    AgainUp     "again-up"     ["k" "up"]       Again "Again" "scroll up";
    AgainPageDown "again-page-down" ["<c-d>" "pagedown" "space"] Again "Again" "half a page down";
    AgainPageUp "again-page-up" ["<c-u>" "pageup"] Again "Again" "half a page up";

    OfferOpen   "offer-open"   ["enter" "e"]    Offers "Edit" "edit it" hint 1 "edit";
    OfferOutside "offer-outside" ["E"]          Offers "Edit" "in $EDITOR" hint 2 "in $EDITOR";
    OfferDown   "offer-down"   ["j" "down"]     Offers "Edit" "next";
    OfferUp     "offer-up"     ["k" "up"]       Offers "Edit" "previous";
    OfferClose  "offer-close"  ["esc"]          Offers "Edit" "close" hint 9 "close";

    EditApply   "edit-apply"   ["<c-s>"]        Edit "Edit" "apply: says first what it touches" hint 1 "apply";
    EditLeave   "edit-leave"   ["esc"]          Edit "Edit" "leave; asks if something was changed" hint 2 "leave";
    EditUndo    "edit-undo"    ["<c-u>"]        Edit "Edit" "undo" hint 3 "undo";
    EditRedo    "edit-redo"    ["<c-r>"]        Edit "Edit" "redo";
    EditProblem "edit-problem" ["<c-g>"]        Edit "Edit" "to the next problem" hint 4 "next problem";
    EditOut     "edit-out"     ["<a-e>"]        Edit "Edit" "in $EDITOR" hint 5 "$EDITOR";

    SlidersApply "sliders-apply" ["<c-s>"]      Sliders "Persona" "apply: says first what it touches" hint 1 "apply";
    SlidersLeave "sliders-leave" ["esc"]        Sliders "Persona" "leave; asks if something was changed" hint 2 "leave";
    SlidersDown "sliders-down" ["j" "down"]     Sliders "Persona" "next";
    SlidersUp   "sliders-up"   ["k" "up"]       Sliders "Persona" "previous";
    SlidersLess "sliders-less" ["h" "left"]     Sliders "Persona" "less; a digit sets it, 3 is 0.3" hint 3 "less";
    SlidersMore "sliders-more" ["l" "right"]    Sliders "Persona" "more" hint 4 "more";
    SlidersNear "sliders-near" ["H"]            Sliders "Persona" "down to the bucket before";
    SlidersFar  "sliders-far"  ["L"]            Sliders "Persona" "up to the next bucket" hint 5 "bucket";
    SlidersPrompt "sliders-prompt" ["tab"]      Sliders "Persona" "the text that the user simulator is given" hint 7 "as told";
    SlidersText "sliders-text" ["e"]            Sliders "Persona" "the same as text" hint 6 "as text";
    SlidersUndo "sliders-undo" ["u" "<c-u>"]    Sliders "Persona" "undo" hint 8 "undo";

    LeaveNo     "leave-no"     ["esc"]          Leave "Leaving an editor" "back to it";
    LeaveApply  "leave-apply"  ["<c-s>"]        Leave "Leaving an editor" "apply it";
    LeaveYes    "leave-yes"    ["d"]            Leave "Leaving an editor" "leave; what was typed is lost";

    ApplyHere   "apply-here"   ["enter"]        Apply "Applying" "from here on" hint 1 "from here";
    ApplyOver   "apply-over"   ["o"]            Apply "Applying" "from here on in this branch; the old tail is hidden" hint 2 "in this branch";
    ApplyFirst  "apply-first"  ["f"]            Apply "Applying" "from the first use, in a new branch" hint 3 "from the first use";
    ApplyFile   "apply-file"   ["w"]            Apply "Applying" "this conversation only, or the file too" hint 4 "the file too";
    ApplyBack   "apply-back"   ["esc"]          Apply "Applying" "back to the text" hint 9 "back";
}

impl Action {
    /// Its row.
    #[must_use]
    pub fn row(self) -> Option<&'static Row> {
        ACTIONS.iter().find(|row| row.action == self)
    }
    /// Its name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().map_or("", |row| row.id)
    }
}

/// The keys of the screens and their panes, as they stand in the README: a
/// Markdown table with a row a group. Dialogs show their own while they are open.
#[must_use]
pub fn readme_keys() -> String {
    let mut out = String::from("| where | keys |\n| --- | --- |\n");
    let rows: Vec<&Row> = ACTIONS.iter().filter(|row| row.place.stays()).collect();
    let mut groups: Vec<&str> = Vec::new();
    for row in &rows {
        if !groups.contains(&row.group) {
            groups.push(row.group);
        }
    }
    for group in groups {
        let all: Vec<String> = rows
            .iter()
            .filter(|row| row.group == group)
            .map(|row| {
                // What stands before a colon names it; the rest is for help.
                let short = row.words.split([':', ',', ';']).next().unwrap_or("");
                format!("{} {}", keys(row), cell(short))
            })
            .collect();
        let _ = writeln!(out, "| {group} | {} |", all.join(" · "));
    }
    out
}

/// Every key there is: a Markdown table with a row an action.
#[must_use]
pub fn all_keys() -> String {
    let mut out =
        String::from("| where | keys | what | name in `keys.toml` |\n| --- | --- | --- | --- |\n");
    for row in ACTIONS {
        let _ = writeln!(
            out,
            "| {} | {} | {} | `{}` |",
            row.group,
            keys(row),
            cell(row.words),
            row.id
        );
    }
    out
}

fn keys(row: &Row) -> String {
    let keys: Vec<String> = row
        .keys
        .iter()
        .filter_map(|text| super::key::Key::parse_all(text).ok())
        .map(|keys| format!("`{}`", super::key::sequence(&keys)))
        .collect();
    keys.join(" ")
}

/// Words inside a table: a `|` would end the cell.
fn cell(words: &str) -> String {
    words.replace('|', "\\|")
}

impl Place {
    /// Whether it is a screen or a pane of one, and no dialog on top.
    #[must_use]
    pub fn stays(self) -> bool {
        matches!(
            self,
            Self::Everywhere
                | Self::Run
                | Self::Conversation
                | Self::World
                | Self::Persona
                | Self::Judging
                | Self::Findings
                | Self::Timeline
                | Self::Curate
                | Self::Scenario
                | Self::Batch
                | Self::Picker
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_words_keys_and_a_name_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for row in ACTIONS {
            assert!(!row.words.is_empty() && !row.group.is_empty(), "{}", row.id);
            assert!(!row.keys.is_empty(), "{} has no key", row.id);
            assert!(seen.insert(row.id), "{} stands twice", row.id);
        }
    }

    #[test]
    fn the_tables_have_every_action() {
        let all = all_keys();
        assert_eq!(all.lines().count(), ACTIONS.len() + 2);
        assert!(all.lines().all(|l| l.matches(" | ").count() == 3));
        let short = readme_keys();
        assert!(short.lines().all(|l| l.matches(" | ").count() == 1));
        for row in ACTIONS {
            assert!(all.contains(row.words), "{}", row.id);
            assert_eq!(
                short.contains(&format!("| {} |", row.group)),
                ACTIONS
                    .iter()
                    .any(|r| r.group == row.group && r.place.stays()),
                "{}",
                row.group
            );
        }
    }
}
