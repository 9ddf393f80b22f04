//! What problems say, in Korean. A test finds the sentence that has none here.

use crate::domain::problem::Prose;

macro_rules! korean {
    ($($english:literal => $korean:literal;)*) => {
        const KOREAN: &[(&str, &str)] = &[$(($english, $korean)),*];
    };
}

/// What `prose` says in Korean; a sentence without a translation stays as it is.
pub(super) fn say(prose: &Prose) -> String {
    prose.words(&|english| KOREAN.iter().find(|(known, _)| *known == english).map_or(english, |(_, korean)| korean))
}

korean! {
    // Suggestions, which end other sentences.
    "did you mean \"{0}\"?" => "혹시 \"{0}\"인가요?";
    "; did you mean \"{0}\"?" => ". 혹시 \"{0}\"인가요?";
    "; {0}" => ". {0}";
    "; expected one of {0}" => ". 쓸 수 있는 것: {0}";
    "known are {0}" => "쓸 수 있는 것: {0}";
    "none is defined" => "아직 정의한 것이 없습니다";

    // Shape.
    "{0} such as {1}" => "{1} 같은 {0}";
    "expected {0}, found {1}" => "{1} 대신 {0:을/를} 적으세요";
    "found {0}, expected {1}; the default is used" => "{0} 대신 {1:을/를} 적으세요. 지금은 기본값을 씁니다";
    "unknown {0} \"{1}\"; {2}" => "없는 {0}입니다: \"{1}\". {2}";
    "unknown key \"{0}\"{1}" => "없는 키입니다: \"{0}\"{1}";
    "unknown key \"{0}\", ignored{1}" => "없는 키라서 무시합니다: \"{0}\"{1}";
    "unknown operator \"{0}\"{1}" => "없는 연산자입니다: \"{0}\"{1}";
    "\"{0}\" is missing" => "\"{0}\" 키가 빠졌습니다";
    "key" => "키";
    "word" => "값";
    "trigger" => "트리거";
    "segment" => "세그먼트";
    "group" => "그룹";
    "campaign" => "캠페인";
    "more than 1000 problems; mend these first" => "문제가 1000개를 넘습니다. 먼저 이것들을 고치세요";
    "more than 10000 items; the rest is switched off" => "항목이 10000개를 넘습니다. 나머지는 꺼집니다";

    // What stands in a place.
    "an object" => "객체";
    "an object of items by id" => "아이디마다 항목을 적은 객체";
    "an object of parameters" => "쿼리 매개변수를 적은 객체";
    "an object with \"of\" and a comparison" => "\"of\"와 비교를 적은 객체";
    "a list" => "목록";
    "an array" => "목록";
    "an array of conditions" => "조건 목록";
    "a list of values" => "값 목록";
    "a list of steps" => "단계 목록";
    "a list of steps, each with an event" => "이벤트를 하나씩 적은 단계 목록";
    "a list of stages" => "여정 단계 목록";
    "a list of triggers" => "트리거 목록";
    "a list of variants" => "변형 목록";
    "a list of paths such as [\"traits.birthday\"]" => "[\"traits.birthday\"] 같은 경로 목록";
    "a list of parameter names" => "매개변수 이름 목록";
    "a text" => "따옴표로 묶은 글";
    "a number" => "숫자";
    "a number above 0" => "0보다 큰 수";
    "a number from 0 up" => "0 이상의 수";
    "a number from 0 to 1000000" => "0부터 1000000까지의 수";
    "a whole number from 0 up" => "0 이상의 정수";
    "a whole number from 1 to 1000000" => "1부터 1000000까지의 정수";
    "a percentage from 0 to 100" => "0부터 100까지의 퍼센트";
    "a share from 0 to 1, such as 0.1 for 10 %" => "0부터 1까지의 비율(10%라면 0.1)";
    "a number or operators" => "숫자나 연산자";
    "a number or a string" => "숫자나 글";
    "a regular expression as a string" => "글로 적은 정규식";
    "null, boolean, number, string, array or object" => "null, boolean, number, string, array, object 중 하나";
    "true" => "따옴표 없는 true";
    "true or false" => "따옴표 없는 true나 false";
    "light or dark" => "light나 dark";
    "\"session\"" => "\"session\"";
    "\"first\" or \"last\"" => "\"first\"나 \"last\"";
    "version 1, the only one there is" => "하나뿐인 버전 1";
    "a duration such as 90s, 30m, 12h, 7d or 2w" => "90s, 30m, 12h, 7d, 2w 같은 기간";
    "a duration such as \"7d\"" => "\"7d\" 같은 기간";
    "a duration such as \"30d\"" => "\"30d\" 같은 기간";
    "a duration such as \"30m\" or \"7d\"" => "\"30m\"이나 \"7d\" 같은 기간";
    "a duration such as \"7d\"; did you mean \"{0}\"?" => "\"7d\" 같은 기간이나 \"{0}\"";
    "a duration such as \"7d\", or today, yesterday, thisWeek, thisMonth" => "\"7d\" 같은 기간이나 today, yesterday, thisWeek, thisMonth 중 하나";
    "a duration above zero such as \"30m\" or \"14d\"" => "\"30m\"이나 \"14d\"처럼 0보다 긴 기간";
    "an ISO 8601 time" => "ISO 8601 시각";
    "an ISO 8601 time such as 2026-11-22T00:00:00+09:00" => "2026-11-22T00:00:00+09:00 같은 ISO 8601 시각";
    "an ISO 8601 time or {\"after\": \"7d\", \"from\": \"issued\"}" => "ISO 8601 시각이나 {\"after\": \"7d\", \"from\": \"issued\"} 꼴";
    "a clock time such as 21:00" => "21:00 같은 시각";
    "one of mon, tue, wed, thu, fri, sat, sun" => "mon, tue, wed, thu, fri, sat, sun 중 하나";
    "an IANA time zone such as Asia/Seoul" => "Asia/Seoul 같은 IANA 시간대";
    "an ISO 4217 code such as KRW" => "KRW 같은 ISO 4217 통화 코드";
    "a relative, http or https address" => "/로 시작하는 주소나 http, https 주소";
    "a path such as \"/cart*\"" => "\"/cart*\" 같은 경로";
    "a colour such as \"#9a3f24\"" => "\"#9a3f24\" 같은 색";
    "pixels such as \"8px\", below 100" => "\"8px\"처럼 100보다 작은 픽셀 값";
    "names of fonts" => "글꼴 이름";
    "a CSS selector" => "CSS 선택자";
    "a segment's id" => "세그먼트 아이디";
    "the id of a segment" => "세그먼트 아이디";
    "the id of a group" => "그룹 아이디";
    "an event's name or a list of names" => "이벤트 이름이나 이름 목록";
    "the name of an event, a list of names, or \"*\"" => "이벤트 이름, 이름 목록, \"*\" 중 하나";
    "at least one name of an event" => "적어도 하나의 이벤트 이름";
    "the name of a property" => "속성 이름";
    "a condition over the event's properties" => "이벤트 속성에 대한 조건";
    "a comparison such as {\"$eq\": \"shoes\"}" => "{\"$eq\": \"shoes\"} 같은 비교";
    "a comparison such as {\"$lt\": \"30d\"}" => "{\"$lt\": \"30d\"} 같은 비교";
    "a comparison such as {\"$gte\": 3}" => "{\"$gte\": 3} 같은 비교";

    // Conditions.
    "{0} takes {1}, not {2}" => "{0}에는 {2} 대신 {1:을/를} 적으세요";
    "a condition is an object such as {\"cart.value\": {\"$gte\": 50000}} or {\"$segment\": \"vip\"}, not {0}" => "조건은 {0:이/가} 아니라 {\"cart.value\": {\"$gte\": 50000}}이나 {\"$segment\": \"vip\"} 같은 객체로 적으세요";
    "a condition is an object such as {\"category\": \"shoes\"}, not {0}" => "조건은 {0:이/가} 아니라 {\"category\": \"shoes\"} 같은 객체로 적으세요";
    "the path \"{0}\" has a dot too many; write \"{1}\"" => "경로 \"{0}\"에 점이 하나 더 있습니다. \"{1}\"라고 적으세요";
    "an operator begins with $; write \"${0}\" instead of \"{0}\"" => "연산자는 $로 시작합니다. \"{0}\" 대신 \"${0}\"라고 적으세요";
    "there is no {0} \"{1}\"{2}" => "없는 {0}입니다: \"{1}\"{2}";
    "there is no segment \"{0}\"{1}" => "없는 세그먼트입니다: \"{0}\"{1}";
    "there is no operator {0}{1}" => "없는 연산자입니다: {0}{1}";
    "{0} of nothing always fails" => "빈 {0:은/는} 언제나 거짓입니다. 채우거나 지우세요";
    "{0} of nothing always holds" => "빈 {0:은/는} 언제나 참입니다. 채우거나 지우세요";
    "{0} compares a value and stands under a path: {\"cart.value\": {\"{0}\": …}}" => "{0:은/는} 값을 견주므로 경로 아래에 둡니다: {\"cart.value\": {\"{0}\": …}}";
    "{0} combines conditions and stands beside paths, not under one" => "{0:은/는} 조건을 묶으므로 경로 아래가 아니라 경로 옆에 둡니다";
    "{0} asks about the visitor's journey and cannot stand here" => "{0:은/는} 방문자의 여정을 묻기 때문에 여기에 쓸 수 없습니다. 대상(audience)이나 세그먼트로 옮기세요";
    "$segment asks about the visitor and cannot stand here" => "$segment는 방문자에 대해 묻기 때문에 여기에 쓸 수 없습니다. 대상(audience)이나 세그먼트로 옮기세요";
    "operators and other keys cannot stand side by side; write the path with dots" => "연산자와 다른 키를 나란히 둘 수 없습니다. 경로를 점으로 이어 적으세요";
    "conditions nest at most 20 deep; name a part of it as a segment" => "조건은 20층까지만 겹칠 수 있습니다. 일부를 세그먼트로 이름 붙이세요";
    "a condition has at most 1,000 comparisons; use $in or $inGroup for long lists" => "한 조건에는 비교를 1,000개까지 쓸 수 있습니다. 긴 목록은 $in이나 $inGroup으로 적으세요";
    "the visitor's document has no \"{0}\" at {1}{2}" => "방문자 문서에는 {1}의 \"{0}\"에 해당하는 값이 없습니다{2}";
    "segment \"{0}\" depends on itself through $segment; break the circle" => "세그먼트 \"{0}\"의 조건이 $segment를 따라 자기 자신으로 돌아옵니다. 고리를 끊으세요";
    "segment \"{0}\" depends through $segment on one that depends on itself; break that circle" => "세그먼트 \"{0}\"의 조건이 $segment를 따라 자기 자신으로 돌아오는 세그먼트에 기댑니다. 그 고리를 끊으세요";
    "a segment needs a condition \"when\"; {} holds everyone" => "세그먼트에는 조건 \"when\"이 있어야 합니다. {}라고 적으면 모두가 들어갑니다";
    "looks further back than settings.retain.days keeps events, so older ones do not count" => "settings.retain.days보다 오래전까지 봅니다. 더 오래된 이벤트는 남아 있지 않아 세지 못합니다";
    "$didNot measures nothing; write {\"$not\": {\"$did\": …}}, or the opposite comparison" => "$didNot에는 측정값을 쓸 수 없습니다. {\"$not\": {\"$did\": …}}나 반대되는 비교로 적으세요";
    "a sequence has at most 50 steps" => "$sequence는 50단계까지 쓸 수 있습니다. 단계를 줄이세요";

    // Regular expressions.
    "the regular expression {0} {1}" => "정규식 {0:은/는} {1}";
    "is longer than 1,000 bytes" => "1,000바이트보다 깁니다";
    "closes a group that was not opened" => "열지 않은 괄호를 닫습니다";
    "nests groups more than 20 deep" => "괄호를 20층보다 깊이 겹쳤습니다";
    "repeats nothing" => "되풀이할 것이 없는 곳에 반복을 적었습니다";
    "repeats a repetition, or too often" => "반복을 다시 되풀이하거나 너무 여러 번 되풀이합니다";
    "is too large once its repetitions are written out" => "반복을 풀어 쓰면 너무 커집니다";
    "uses look-around or another group that not every host knows" => "전후방 탐색처럼 환경마다 다르게 읽는 괄호를 씁니다";
    "does not close a group" => "괄호를 닫지 않았습니다";
    "ends with a backslash" => "역슬래시로 끝납니다";
    "uses a back reference" => "역참조를 씁니다";
    "uses an escape that not every host knows" => "환경마다 다르게 읽는 이스케이프를 씁니다";
    "names a character that does not exist" => "없는 글자를 가리킵니다";
    "has an empty class" => "빈 글자 묶음([])이 있습니다";
    "has a range that starts with a class" => "글자 묶음으로 시작하는 범위가 있습니다";
    "has a range that ends with a class" => "글자 묶음으로 끝나는 범위가 있습니다";
    "has a range that runs backwards" => "거꾸로 적은 범위가 있습니다";
    "does not close a class" => "글자 묶음([ ])을 닫지 않았습니다";
    "has a negated class inside a class" => "글자 묶음 안에 부정한 묶음이 있습니다";

    // Campaigns, coupons, settings.
    "a campaign needs a trigger; {\"manual\": true} leaves it to show()" => "캠페인에는 트리거가 있어야 합니다. show()로만 띄우려면 {\"manual\": true}라고 적으세요";
    "a campaign needs a message, variants or steps" => "캠페인에는 message, variants, steps 중 하나가 있어야 합니다";
    "message, variants and steps exclude each other; keep one" => "message, variants, steps는 함께 쓸 수 없습니다. 하나만 남기세요";
    "more than 100 steps; the rest is switched off" => "단계가 100개를 넘습니다. 나머지는 꺼집니다";
    "more than 100 variants; the rest is switched off" => "변형이 100개를 넘습니다. 나머지는 꺼집니다";
    "an earlier step has this id" => "앞의 단계와 아이디가 같습니다. 하나를 바꾸세요";
    "an earlier variant has this id" => "앞의 변형과 아이디가 같습니다. 하나를 바꾸세요";
    "an earlier stage has this id; this one is ignored" => "앞의 여정 단계와 아이디가 같아 이 단계는 무시합니다";
    "a step needs either a message or variants" => "단계에는 message와 variants 중 하나가 있어야 합니다";
    "a variant needs an id and a message" => "변형에는 id와 message가 있어야 합니다";
    "at least one variant needs a weight above 0" => "적어도 한 변형의 가중치(weight)는 0보다 커야 합니다";
    "name the event" => "이벤트 이름을 적으세요";
    "a trigger is one signal; write {\"all\": [ … ]} for several on the same page" => "트리거 하나에는 신호를 하나만 적습니다. 같은 페이지의 여러 신호는 {\"all\": [ … ]}로 적으세요";
    "\"all\" cannot stand inside \"all\"; put its triggers into the outer one" => "\"all\" 안에 \"all\"을 둘 수 없습니다. 안의 트리거를 바깥 \"all\"에 넣으세요";
    "hours need \"from\" and \"to\"" => "시간대에는 \"from\"과 \"to\"가 모두 있어야 합니다";
    "the end is not after the start, so the campaign never runs" => "끝이 시작보다 늦지 않아 캠페인이 한 번도 돌지 않습니다. 날짜를 고치세요";
    "a coupon needs either \"code\" (a text) or \"issue\" {\"url\"}, not both; found {0}" => "쿠폰에는 \"code\"(글)와 \"issue\"({\"url\"}) 중 하나만 적으세요. 지금은 {0}입니다";
    "an issuer needs a url, such as \"/coupons\"" => "발급처의 url을 적으세요. 예: \"/coupons\"";
    "the address has no {code}, so every visitor applies the same" => "주소에 {code}가 없어 누구나 같은 주소로 적용합니다. \"/discount/{code}\"처럼 적으세요";
    "apply needs a url, such as \"/discount/{code}\"" => "apply에는 url이 있어야 합니다. 예: \"/discount/{code}\"";
    "found {0}, expected {\"id\": \"product\", \"event\": \"Product Viewed\"}; the stage is ignored" => "{0} 대신 {\"id\": \"product\", \"event\": \"Product Viewed\"}처럼 적으세요. 지금은 이 단계를 무시합니다";
    "a later stage of lifecycle hides an earlier one: expected repeat <= loyal and atRisk <= lapsed" => "lifecycle의 뒤 단계가 앞 단계를 가립니다. repeat <= loyal, atRisk <= lapsed가 되게 적으세요";
    "name the trait that tells a child, such as \"birthday\"" => "어린이인지 알려 주는 특성의 이름을 적으세요. 예: \"birthday\"";

    // Messages.
    "a message is an object with a layout and blocks, not {0}" => "메시지는 {0:이/가} 아니라 layout과 blocks를 가진 객체로 적으세요";
    "the layout {0} does not exist{1}" => "없는 레이아웃입니다: {0}{1}";
    "this layout stands at {0}, not at {1}" => "이 레이아웃은 {1}에 둘 수 없습니다. 쓸 수 있는 자리: {0}";
    "an inline message needs the selector of its slot, such as [data-dangol-slot=hero]" => "인라인 메시지에는 들어갈 자리의 선택자(slot)가 있어야 합니다. 예: [data-dangol-slot=hero]";
    "{0} is no CSS selector; write one that finds an element, such as [data-slot=hero] or #hero" => "{0:은/는} CSS 선택자가 아닙니다. [data-slot=hero]나 #hero처럼 요소를 찾는 선택자를 적으세요";
    "a message needs at least one block, such as {\"text\": \"…\"}" => "메시지에는 블록이 하나 이상 있어야 합니다. 예: {\"text\": \"…\"}";
    "more than 100 blocks" => "블록이 100개를 넘습니다. 줄이세요";
    "{0} is no block{1}" => "{0:은/는} 블록이 아닙니다{1}";
    "a block is an object; write {\"text\": {0}} instead of {0}" => "블록은 객체로 적습니다. {0} 대신 {\"text\": {0}}라고 적으세요";
    "a branch needs a condition over the answers" => "갈래(branch)에는 답에 대한 조건 \"when\"이 있어야 합니다";
    "a text is expected here, found {0}" => "{0} 대신 따옴표로 묶은 글을 적으세요";
    "a text is expected here, or an object from languages to texts such as {\"ko\": \"…\"}; found {0}" => "{0} 대신 글이나 {\"ko\": \"…\"}처럼 언어마다 글을 적은 객체를 적으세요";
    "a placeholder needs a path, like {{ traits.name }}" => "자리 표시에는 {{ traits.name }}처럼 경로가 있어야 합니다";
    "a placeholder is not closed with }}" => "자리 표시를 }}로 닫지 않았습니다";
    "the filter `{0}` does not exist{1}" => "없는 필터입니다: `{0}`{1}";
    "a pair of particles is written with a slash, like 이/가" => "두 조사는 이/가처럼 빗금으로 나누어 적으세요";
    "a picture's address is http, https or relative, not {0}" => "그림 주소는 {0:이/가} 아니라 http, https, 상대 주소로 적으세요";
    "a picture needs an `alt`; an empty one says that it only decorates" => "그림에는 `alt`가 있어야 합니다. 꾸밈일 뿐이면 \"\"로 두세요";
    "the address \"{0}\" is refused; use http, https, mailto, tel or a relative one" => "쓸 수 없는 주소입니다: \"{0}\". http, https, mailto, tel이나 상대 주소를 쓰세요";
    "a countdown needs an ISO 8601 time or `coupon:<id>`, not {0}" => "countdown에는 {0} 대신 ISO 8601 시각이나 `coupon:<id>`를 적으세요";
    "products are a path into the document or a list, not {0}" => "products에는 {0} 대신 문서의 경로나 목록을 적으세요";
    "a scale is 5 or 10, not {0}" => "눈금(scale)은 {0:이/가} 아니라 5나 10입니다";
    "a choice needs a list of texts" => "choice에는 고를 글을 하나 이상 적으세요";
    "an input is email, tel or text, not {0}" => "입력(type)은 {0:이/가} 아니라 email, tel, text 중 하나입니다";
    "an input needs a label" => "입력에는 label이 있어야 합니다";
    "a reply needs a label" => "답변에는 label이 있어야 합니다";
    "a question needs a `name` for its answer, such as \"size\"" => "질문에는 답의 이름 `name`이 있어야 합니다. 예: \"size\"";
    "progress is a path, and `of` a number above zero; found {0}" => "progress에는 경로를, `of`에는 0보다 큰 수를 적으세요. 지금은 {0}입니다";
    "a button needs an action, such as {\"open\": \"/sale\"} or {\"close\": true}" => "버튼에는 action이 있어야 합니다. 예: {\"open\": \"/sale\"}, {\"close\": true}";
    "actions stand in one list, not in lists of lists" => "동작은 목록 안의 목록이 아니라 한 목록에 적으세요";
    "{0} is no action{1}" => "{0:은/는} 동작이 아닙니다{1}";
    "an action is an object; write {\"{0}\": true} instead of {1}" => "동작은 객체로 적습니다. {1} 대신 {\"{0}\": true}라고 적으세요";
    "an action is an object; write {\"open\": {0}} instead of {0}" => "동작은 객체로 적습니다. {0} 대신 {\"open\": {0}}라고 적으세요";
    "an action is an object such as {\"open\": \"/sale\"} or {\"close\": true}, not {0}" => "동작은 {0:이/가} 아니라 {\"open\": \"/sale\"}이나 {\"close\": true} 같은 객체로 적으세요";
    "{0} takes a coupon as `coupon:<id>`, not {1}" => "{0}에는 {1} 대신 쿠폰을 `coupon:<id>`로 적으세요";
    "{0} takes a duration such as 7d, not {1}" => "{0}에는 {1} 대신 \"7d\" 같은 기간을 적으세요";
    "{0} takes the id of a campaign, not {1}" => "{0}에는 {1} 대신 캠페인 아이디를 적으세요";
    "{0} takes the name of an event, not {1}" => "{0}에는 {1} 대신 이벤트 이름을 적으세요";
    "{0} takes true, not {1}" => "{0}에는 {1} 대신 true를 적으세요";
    "a coupon is named by its id, not {0}" => "쿠폰은 {0:이/가} 아니라 아이디로 적으세요";
    "there is no coupon `{0}`{1}" => "없는 쿠폰입니다: \"{0}\"{1}";
    "; name one of \"coupons\", or add it there" => ". \"coupons\"에 있는 아이디를 적거나 거기에 더하세요";
    "the coupon \"{0}\" has an error of its own; mend it in \"coupons\"" => "쿠폰 \"{0}\"에 오류가 있어 쓸 수 없습니다. \"coupons\"에서 고치세요";
    "; name one of \"campaigns\", or add it there" => ". \"campaigns\"에 있는 아이디를 적거나 거기에 더하세요";
    "there is no campaign `{0}`{1}" => "없는 캠페인입니다: \"{0}\"{1}";

    // Advice.
    "a language such as \"ko\" or \"ko-KR\"" => "\"ko\"나 \"ko-KR\" 같은 언어";
    "this text lacks \"{0}\", the shop's locale; it is there in {1}" => "쇼핑몰의 언어 \"{0}\"로 적은 글이 없습니다. 지금 있는 언어: {1}";
    "found \"{0}\", which looks like {1} of a person; everyone can read a configuration, so match a trait or an id that says nothing by itself" => "\"{0}\": 개인의 {1}처럼 보입니다. 설정은 누구나 읽을 수 있으니, 그 자체로는 아무것도 말하지 않는 특성이나 아이디로 견주세요";
    "an e-mail address" => "이메일 주소";
    "a telephone number" => "전화번호";
    "nothing stays here by \"{0}\"; write \"traits.{1}\", or \"properties.{1}\" for a property of events" => "\"{0}\" 경로로는 기기에 남길 것을 찾지 못합니다. \"traits.{1}\", 이벤트 속성이라면 \"properties.{1}\"라고 적으세요";
    "this step is decided while the step before it is on screen, and never shown; write \"after\": \"1d\", or give the campaign a \"queue\"" => "앞 단계가 화면에 있는 동안 결정되어 결코 보이지 않는 단계입니다. \"after\": \"1d\"처럼 적거나 캠페인에 \"queue\"를 주세요";
    "{0} names no offset and is UTC, which is {1} in {2}; for the shop's clock write \"{3}\"" => "{0}에 오프셋이 없어 UTC로 읽습니다({2} 시각으로는 {1}). 쇼핑몰 시각이라면 \"{3}\"라고 적으세요";
    "a parameter is a text (* stands for anything), true where it is there, or false where not; never {0}" => "매개변수에는 {0} 대신 글(*는 무엇이든), 있으면 true, 없으면 false를 적으세요";
    "{0} is less than one percent; write {1} if that is meant" => "{0:은/는} 1퍼센트보다 작습니다. {1}퍼센트라면 {1:으로/로} 적으세요";
    "{0} is an address, not a path; write {\"host\": \"shop.example\", \"path\": \"/cart\"}" => "{0:은/는} 경로가 아니라 주소입니다. {\"host\": \"shop.example\", \"path\": \"/cart\"}처럼 적으세요";
    "a path ends before its query, so {0} is none; write {\"path\": \"/c\", \"query\": {\"ref\": \"*\"}}" => "경로는 쿼리 앞에서 끝나므로 {0}에 맞는 페이지가 없습니다. {\"path\": \"/c\", \"query\": {\"ref\": \"*\"}}처럼 적으세요";
    "a path begins with a slash, so {0} is none; write \"/{1}\" or \"*/{1}\"" => "경로는 /로 시작하므로 {0}에 맞는 페이지가 없습니다. \"/{1}\" 또는 \"*/{1}\"라고 적으세요";
    "the field's event is \"{0}\"; \"{1}\" is another one, which happens only if the shop tracks it" => "널리 쓰는 이름은 \"{0}\"입니다. \"{1}\" 이벤트는 그와 다른 것이어서, 쇼핑몰이 바로 그 이름으로 보낼 때만 일어납니다";
    "\"where\" starts at the event's properties; write \"{0}\" instead of \"{1}\"" => "\"where\"는 이벤트 속성에서 시작합니다. \"{1}\" 대신 \"{0}\"라고 적으세요";
    "\"{0}\" is read as a path of this shop; write \"https://{0}\"" => "\"{0}\" 주소는 이 쇼핑몰의 경로로 읽힙니다. \"https://{0}\"라고 적으세요";
    "a text has no logic, and {% … %} is shown as it stands; write a variant, a step or a branch" => "글에는 논리를 쓸 수 없어 {% … %}가 그대로 보입니다. 변형, 단계, 갈래로 나누어 적으세요";
    "{0} is no path; a text stands in quotes, as in {{ traits.name | default: \"…\" }}" => "{0:은/는} 경로가 아닙니다. 글이라면 {{ traits.name | default: \"…\" }}처럼 따옴표로 묶으세요";
    "the visitor's document has nothing to show at {0}; a trait is traits.{0}, a property of the event event.properties.{0}" => "방문자 문서의 {0}에는 보여 줄 값이 없습니다. 특성은 traits.{0}, 이벤트 속성은 event.properties.{0:으로/로} 적으세요";
    "no question of this message is called \"{0}\"{1}" => "이 메시지에는 \"{0}\"라는 이름의 질문이 없습니다{1}";
    "products is a list; ask of its items: {\"products\": {\"$elemMatch\": {\"{0}\": …}}}" => "products는 목록입니다. 항목에 대해 물으세요: {\"products\": {\"$elemMatch\": {\"{0}\": …}}}";
    "\"{0}\" has only just come when the audience is asked, so it is never that old; wait by the \"after\" of the trigger alone, or let a page be the trigger" => "대상은 \"{0}\" 이벤트가 막 일어난 때에 물으므로 그만큼 지났을 수 없습니다. 트리거의 \"after\"로만 기다리거나, 페이지를 트리거로 하세요";
    "cart.items is a list; ask of its items: {\"cart.items\": {\"$elemMatch\": {\"{0}\": …}}}" => "cart.items는 목록입니다. 항목에 대해 물으세요: {\"cart.items\": {\"$elemMatch\": {\"{0}\": …}}}";
    "a name with a dot in it is no path; ask of the events, such as {\"$did\": {\"event\": \"Product Viewed\", \"where\": {\"brand\": …}}}" => "점이 든 이름은 경로가 되지 않습니다. {\"$did\": {\"event\": \"Product Viewed\", \"where\": {\"brand\": …}}}처럼 이벤트에 대해 물으세요";
    " of days" => "일수를 나타내는 ";
    " of seconds" => "초를 나타내는 ";
    "; write {0}" => ". {0:으로/로} 적으세요";
    "{0} is a number{1}, never {2}{3}" => "{0:은/는} {1}숫자여서 {2:과/와} 같아질 수 없습니다{3}";
    "{0} is a number, never {1}" => "{0:은/는} 숫자여서 {1:과/와} 같아질 수 없습니다";
    "{0} is true or false, never {1}" => "{0:은/는} true나 false여서 {1:과/와} 같아질 수 없습니다";
    "{0} is compared letter by letter, and * stands for nothing here; write {\"$regex\": \"^/cart\"}" => "{0:은/는} 글자 그대로 견주어 *가 다른 글자를 대신하지 않습니다. {\"$regex\": \"^/cart\"}처럼 적으세요";
    "a condition compares with the letters of {0}, and fills nothing in; to ask for events about one and the same product write \"per\": \"product_id\" in the clause" => "조건은 {0:을/를} 채우지 않고 글자 그대로 견줍니다. 같은 상품에 대한 이벤트인지 물으려면 절 안에 \"per\": \"product_id\"를 적으세요";
    "{0} is a text, never {1}" => "{0:은/는} 글이어서 {1:과/와} 같아질 수 없습니다";
    "{0} is a time, never {1}; {\"$withinLast\": {1}} asks how long ago it was" => "{0:은/는} 시각이어서 {1:과/와} 견줄 수 없습니다. 얼마나 지났는지는 {\"$withinLast\": {1}}로 물으세요";
    "{0} is a time such as \"2026-11-22T09:00:00.000Z\", never {1}" => "{0:은/는} \"2026-11-22T09:00:00.000Z\" 같은 시각이어서 {1:과/와} 같아질 수 없습니다";
    "{0} is a day such as \"2026-11-22\", never {1}" => "{0:은/는} \"2026-11-22\" 같은 날짜여서 {1:과/와} 같아질 수 없습니다";
    "{0} is never {1}{2}" => "{0:은/는} {1:이/가} 되지 않습니다{2}";
    "{0} is never {1}; known are {2}" => "{0:은/는} {1:이/가} 되지 않습니다. 쓸 수 있는 것: {2}";
    "{0} is a list; ask of its items with $elemMatch, or of their number with $size" => "{0:은/는} 목록입니다. 항목은 $elemMatch로, 개수는 $size로 물으세요";
    "{0} is an object, never {1}; name one of its values, such as {2}" => "{0:은/는} 객체여서 {1:과/와} 같아질 수 없습니다. {2}처럼 그 안의 값을 적으세요";

    // What is no JSON.
    "the configuration is no JSON: expected {0} at line {1}, column {2}" => "설정이 JSON이 아닙니다. {1}번째 줄 {2}번째 글자에 {0:이/가} 있어야 합니다";
    "the end" => "끝";
    "a value" => "값";
    "a closing bracket" => "닫는 괄호";
    "a closing quote" => "닫는 따옴표";
    "a key in quotes" => "따옴표로 묶은 키";
    "a colon" => "쌍점(:)";
    "a comma or }" => "쉼표나 }";
    "a comma or ]" => "쉼표나 ]";
    "a digit" => "숫자";
    "a number in range" => "나타낼 수 있는 크기의 수";
    "an escape" => "이스케이프 글자";
    "four hex digits" => "16진수 네 자리";
}

#[cfg(test)]
mod tests {
    use super::KOREAN;
    use std::path::Path;

    /// Sentences in the sources that are no problems.
    const OTHERS: [&str; 5] = ["this event has no such value", "; `npx dangol validate` tells more", ", ", ": ", " / "];

    fn sources(folder: &Path, out: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // The engine's own words are told on a page.
            if path.is_dir() && !path.ends_with("engine") {
                sources(&path, out);
            } else if path.is_file() && ["korean.rs", "sentences.rs", "examples.rs", "tests.rs"].iter().all(|name| !path.ends_with(name)) {
                let text = std::fs::read_to_string(&path).unwrap();
                if text.contains("problem::")
                    || path.ends_with("problem.rs")
                    || path.to_string_lossy().contains("pattern")
                    || path.ends_with("json/read.rs")
                {
                    out.push_str(text.split("#[cfg(test)]").next().unwrap());
                }
            }
        }
    }

    /// The texts in quotes of a source.
    fn literals(source: &str) -> Vec<String> {
        let mut out = Vec::new();
        for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let line = line.replace("'\"'", "");
            let mut rest = line.as_str();
            while let Some((_, tail)) = rest.split_once('"') {
                let mut end = 0;
                while let Some(found) = tail[end..].find('"') {
                    end += found;
                    if !tail[..end].ends_with('\\') {
                        break;
                    }
                    end += 1;
                }
                out.push(tail[..end].replace("\\\"", "\""));
                rest = tail.get(end + 1..).unwrap_or_default();
            }
        }
        out
    }

    fn places(sentence: &str) -> Vec<char> {
        let mut places: Vec<char> =
            sentence.match_indices('{').filter_map(|(at, _)| sentence[at + 1..].chars().next().filter(char::is_ascii_digit)).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    #[test]
    fn every_sentence_is_there_in_korean() {
        let mut source = String::new();
        sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain")), &mut source);
        let said: Vec<String> = literals(&source)
            .into_iter()
            .filter(|text| text.contains(' ') && !text.contains(|letter: char| letter > '\u{2fff}') || text.starts_with("; "))
            .filter(|text| !text.starts_with(|first: char| first.is_ascii_uppercase()) && !OTHERS.contains(&text.as_str()))
            .collect();
        assert!(said.len() > 150, "{}", said.len());
        let missing: Vec<&String> = said.iter().filter(|text| KOREAN.iter().all(|(english, _)| english != text)).collect();
        assert!(missing.is_empty(), "{missing:#?}");
        for (english, korean) in KOREAN {
            assert_eq!(places(english), places(korean), "{english}");
            let is_needed = said.iter().any(|text| text == english) || source.contains(&format!("\"{english}\""));
            let is_escaped = source.contains(&english.replace('"', "\\\""));
            assert!(is_needed || is_escaped, "nobody says: {english}");
        }
    }
}
