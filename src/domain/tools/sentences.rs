//! The sentences that explanations are made of, in Korean and English, and the names of events, paths and properties.
//!
//! `{0}` stands for the first part; `{0:이/가}` adds the particle that fits it.

use crate::domain::message::localized;
use crate::domain::prose::fill;

/// A language that explanations can be given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// Korean.
    Ko,
    /// English, for every other locale too.
    En,
}

impl Language {
    /// That of a locale.
    pub fn of(locale: &str) -> Self {
        if localized::language(locale).eq_ignore_ascii_case("ko") { Language::Ko } else { Language::En }
    }

    /// The one of the two.
    pub fn pick<'a>(self, ko: &'a str, en: &'a str) -> &'a str {
        if self == Language::Ko { ko } else { en }
    }
}

macro_rules! sentences {
    ($($name:ident $ko:literal $en:literal;)*) => {
        /// A sentence or a part of one; the table below says how it reads.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Sentence { $($name),* }

        const SENTENCES: &[[&str; 2]] = &[$([$ko, $en]),*];
    };
}

sentences! {
    // What was asked of a value; these stand in brackets.
    AtLeast "{0} 이상 필요" "at least {0} needed";
    MoreThan "{0} 초과 필요" "more than {0} needed";
    AtMost "{0} 이하여야 함" "at most {0} allowed";
    LessThan "{0} 미만이어야 함" "less than {0} allowed";
    Exactly "정확히 {0} 필요" "exactly {0} needed";
    Equal "{0} 필요" "{0} needed";
    NotEqual "{0:이/가} 아니어야 함" "must not be {0}";
    OneOf "{0} 중 하나 필요" "one of {0} needed";
    NoneOf "{0} 중 어느 것도 아니어야 함" "must be none of {0}";
    AllOf "{0} 모두 필요" "all of {0} needed";
    IgnoringCase "{0}, 대소문자 무시" "{0}, ignoring case";
    Items "항목 수: {0}" "number of items: {0}";
    AnyItem "다음에 맞는 항목 필요: {0}" "an item needed with {0}";
    MustExist "값이 있어야 함" "must be known";
    MustBeAbsent "값이 없어야 함" "must be unknown";
    OfType "{0} 형식이어야 함" "must be of type {0}";
    Matches "{0} 형식에 맞아야 함" "must match {0}";
    MatchesNot "{0} 형식에 맞지 않아야 함" "must not match {0}";
    Version "버전 {0}" "version {0}";
    InGroup "그룹 {0}에 있어야 함" "must be in group {0}";
    NotInGroup "그룹 {0}에 없어야 함" "must not be in group {0}";
    Before "{0} 이전이어야 함" "must be before {0}";
    After "{0} 이후여야 함" "must be after {0}";
    WithinLast "지난 {0} 안이어야 함" "must be within the last {0}";
    WithinNext "앞으로 {0} 안이어야 함" "must be within the next {0}";
    Anniversary "기념일 앞뒤 {0} 안이어야 함" "must be within {0} of the anniversary";
    AnniversaryDay "기념일 당일이어야 함" "must be the anniversary";
    Not "다음이 아니어야 함: {0}" "must not hold: {0}";
    Unknown "값 없음" "unknown";
    Has "{0} {1} ({2})" "{0} {1} ({2})";
    Plain "{0} {1}" "{0} {1}";

    // Events.
    Or "{0} 또는 {1}" "{0} or {1}";
    And "{0}, {1}" "{0}, {1}";
    AnyEvent "아무 이벤트" "any event";
    Filtered "{0}[{1}]" "{0}[{1}]";
    Last "지난 {0}간" "in the last {0}";
    LastHours "지난 {0} 동안" "in the last {0}";
    Today "오늘" "today";
    Yesterday "어제" "yesterday";
    ThisWeek "이번 주" "this week";
    ThisMonth "이번 달" "this month";
    Session "이번 방문에서" "in this session";
    SinceLast "마지막 {0} 이후" "since the last {0}";
    SinceFirst "첫 {0} 이후" "since the first {0}";
    ForLast "마지막 {0} 이후 {1} 안에" "within {1} after the last {0}";
    ForFirst "첫 {0} 이후 {1} 안에" "within {1} after the first {0}";
    NoReference "세기 시작할 {0:이/가} 없었음" "{0}, from which to count, never happened";
    Never "없음" "never happened";
    MustNotHappen "없어야 함" "must not have happened";
    Sum "{0}의 {1} 합계" "sum of {1} of {0}";
    Mean "{0}의 {1} 평균" "average {1} of {0}";
    Least "{0}의 가장 작은 {1}" "smallest {1} of {0}";
    Most "{0}의 가장 큰 {1}" "largest {1} of {0}";
    Distinct "{0}에서 서로 다른 {1}" "different {1} of {0}";
    Days "{0:이/가} 있었던 날" "days with {0}";
    Sessions "{0:이/가} 있었던 방문" "sessions with {0}";
    LastValue "마지막 {0}의 {1}" "{1} of the last {0}";
    FirstValue "첫 {0}의 {1}" "{1} of the first {0}";
    SinceLastAge "마지막 {0:이/가} 있은 지" "time since the last {0}";
    SinceFirstAge "첫 {0:이/가} 있은 지" "time since the first {0}";
    LastOne "마지막 {0}" "last {0}";
    FirstOne "첫 {0}" "first {0}";
    SinceThen "있은 지 {0}" "{0}";
    Several "{0}, 그 가운데" "{0}, and";
    PerValue "{1:이/가} {0}인 경우" "for {1} {0}";
    PerAny "{1} 하나에 대해" "for one {1}";

    // Sequences, segments, campaigns.
    Sequence "순서대로 {0}" "{0} in order";
    Within "{0} 안에" "within {0}";
    Without "사이에 {0} 없이" "without {0} between";
    Adjacent "바로 이어서" "one right after the other";
    Recent "마지막 단계는 {0}" "the last step {0}";
    Reached "{1}단계 중 {0}단계까지" "{0} of {1} steps reached";
    InSegment "세그먼트 {0}에 속함" "in segment {0}";
    OutOfSegment "세그먼트 {0}에 속하지 않음" "not in segment {0}";
    SegmentNeeded "속해야 함" "must be in it";
    Campaign "캠페인 {0}" "campaign {0}";
    Step "{0} 단계" "step {0}";
    Variant "변형 {0}" "variant {0}";
    Shown "노출" "shown";
    Clicked "클릭" "clicked";
    Dismissed "닫음" "dismissed";
    HeldOut "대조군 제외" "held out";
    GoalReached "목표 달성" "goal reached";

    // Combinations.
    All "모두 충족해야 함" "all of these must hold";
    Any "하나 이상 충족해야 함" "at least one of these must hold";
    NoneHolds "어느 것도 해당하지 않아야 함" "none of these may hold";
    NotThis "해당하지 않아야 함" "this must not hold";
    NotAll "함께 해당하지 않아야 함" "these must not hold together";
    Everyone "조건 없음, 모두 해당" "no condition, everyone is meant";
    Failed "충족하지 않음" "this does not hold";
    Changes "{0}, {1}에 바뀜" "{0}, changes at {1}";
    AtMostTimes "최대 {0}" "at most {0}";

    // Decisions and their checks.
    Decision "{0}: {1}" "{0}: {1}";
    Because "{0} ({1})" "{0} ({1})";
    LostTo "{0:와/과} 겹침" "lost to {0}";
    PerSession "이번 방문에서 {0} 표시" "shown {0} in this session";
    PerDay "오늘 {0} 표시" "shown {0} today";
    Total "지금까지 {0} 표시" "shown {0} so far";
    Cooldown "마지막 표시 뒤 쉬는 시간" "time to rest after the last display";
    AfterDismiss "닫은 뒤 쉬는 시간" "time to rest after it was dismissed";
    MinGap "다른 메시지와의 간격" "gap to the message before";
    Muted "방문자가 보지 않기로 함" "the visitor asked for quiet";
    UntilClicked "이미 클릭함" "already clicked";
    ConsentNeeded "{0} 동의 필요" "consent to {0} needed";
    OnScreen "{0:이/가} 화면에 있음" "{0} is on screen";
}

/// A sentence with its parts.
pub(super) fn say(language: Language, sentence: Sentence, parts: &[&str]) -> String {
    let Some([ko, en]) = SENTENCES.get(sentence as usize) else { return String::new() };
    fill(language.pick(ko, en), parts)
}
