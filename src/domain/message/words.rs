//! The words that Dangol itself shows, in Korean, English and Japanese; `settings.words` may override any of them.

use super::localized;
use crate::domain::value::Value;

macro_rules! words {
    ($($name:ident $key:literal $ko:literal $en:literal $ja:literal;)*) => {
        /// A word, named as in `settings.words`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // The names say it; the texts are right below.
        pub enum Word { $($name),* }

        // Apart from each other: a page knows the keys from the start, and fetches the texts with its first message.
        const KEYS: &[&str] = &[$($key),*];
        const TEXTS: &[[&str; 3]] = &[$([$ko, $en, $ja]),*];
    };
}

words! {
    Copy "copy" "복사" "Copy" "コピー";
    Copied "copied" "복사됨" "Copied" "コピーしました";
    Uncopied "uncopied"
        "자동으로 복사하지 못했어요. 선택된 코드를 직접 복사해 주세요."
        "Your browser didn't let us copy. Please copy the selected code."
        "自動でコピーできませんでした。選択されたコードをコピーしてください。";
    Close "close" "닫기" "Close" "閉じる";
    Today "today" "오늘 하루 보지 않기" "Don't show again today" "今日は表示しない";
    Why "why" "왜 이 메시지가 보이나요?" "Why am I seeing this?" "このメッセージが表示される理由";
    WhyText "whyText"
        "이 쇼핑몰에서 둘러본 내용을 바탕으로, 이 브라우저 안에서 고른 메시지예요."
        "Picked inside your browser, based on what you did in this shop."
        "このショップでの閲覧内容をもとに、お使いのブラウザ内で選ばれました。";
    Mute "mute" "이런 메시지 그만 보기" "Stop messages like this" "このようなメッセージを止める";
    Data "data" "이 기기에 있는 내 정보" "My data on this device" "この端末にある私の情報";
    Events "events" "활동 기록" "Activity" "行動の記録";
    Coupons "coupons" "쿠폰" "Coupons" "クーポン";
    Id "id" "아이디" "Id" "ID";
    Erase "erase" "이 기기에서 내 정보 지우기" "Erase my data on this device" "この端末から私の情報を消す";
    Refuse "refuse" "수신 거부" "No more offers" "配信を停止";
    Apply "apply" "쿠폰 적용하기" "Apply coupon" "クーポンを適用";
    Applied "applied" "적용됨" "Applied" "適用済み";
    Issuing "issuing" "쿠폰을 준비하고 있어요" "Getting your coupon…" "クーポンを準備しています";
    Failed "failed"
        "지금은 쿠폰을 가져오지 못했어요. 잠시 후 다시 시도해 주세요."
        "We couldn't get your coupon just now. Please try again."
        "クーポンを取得できませんでした。しばらくしてからお試しください。";
    Retry "retry" "다시 시도" "Try again" "再試行";
    Redeemed "redeemed" "사용 완료" "Used" "使用済み";
    Expired "expired" "만료됨" "Expired" "期限切れ";
    Left "left" "남은 시간" "Time left" "残り時間";
    Days "days" "일 " "d " "日 ";
    Low "low" "아쉬워요" "Not at all likely" "まったく思わない";
    High "high" "추천해요" "Very likely" "とてもそう思う";
    Stars "stars" "점" "stars" "点";
    Empty "empty" "아직 받은 쿠폰이 없어요." "You have no coupons yet." "クーポンはまだありません。";
    Away "away"
        "지금은 바로 답하기 어려워요. 연락처를 남겨 주시면 다시 연락드릴게요."
        "We can't answer right now. Leave your contact and we'll get back to you."
        "ただいまお返事できません。ご連絡先を残していただければ、折り返しご連絡します。";
    Contact "contact" "전화번호 또는 이메일" "Phone or email" "電話番号またはメール";
    Noted "noted" "고마워요! 확인하고 곧 연락드릴게요." "Thank you! We'll be in touch soon." "ありがとうございます。追ってご連絡します。";
    Submit "submit" "보내기" "Send" "送信";
    Thanks "thanks" "고마워요! 소중한 의견 잘 받았어요." "Thank you! We got your answer." "ありがとうございます。ご回答を受け付けました。";
    Optional "optional" "선택" "optional" "任意";
    Wrong "wrong" "입력한 내용을 확인해 주세요." "Please check this field." "入力内容をご確認ください。";
    Consent "consent"
        "혜택과 소식을 받는 데 동의합니다."
        "I agree to receive offers and news."
        "特典やお知らせの受け取りに同意します。";
    Chat "chat" "대화" "Conversation" "チャット";
    Message "message" "알림" "Message" "お知らせ";
    Progress "progress" "진행률" "Progress" "進捗";
    Reached "reached" "다 채웠어요!" "You've reached it!" "達成しました！";
}

impl Word {
    /// The word in the reader's language: the shop's own, or Dangol's (English where it has none).
    pub fn text<'a>(self, own: Option<&'a Value>, locale: &str, fallback: &str) -> &'a str {
        let (Some(key), Some(texts)) = (KEYS.get(self as usize), TEXTS.get(self as usize)) else {
            return "";
        };
        if let Some(value) = own.and_then(|own| own.get(key)) {
            return localized::pick(value, locale, fallback);
        }
        texts.get(localized::column(locale)).copied().unwrap_or("")
    }
}

/// The keys that `settings.words` may have.
pub fn keys() -> Vec<&'static str> {
    KEYS.to_vec()
}

/// Whether `settings.words` may have this key.
pub fn is_known(key: &str) -> bool {
    KEYS.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::json::parse;

    #[test]
    fn the_shop_may_override_a_word() {
        let own = parse(r#"{ "copy": { "ko": "코드 복사" }, "close": "X" }"#).unwrap();
        assert_eq!(Word::Copy.text(Some(&own), "ko-KR", "ko"), "코드 복사");
        assert_eq!(Word::Close.text(Some(&own), "en", "ko"), "X");
        assert_eq!(Word::Today.text(Some(&own), "ja-JP", "ko"), "今日は表示しない");
        assert_eq!(Word::Copied.text(None, "fr", "ko"), "Copied");
        assert_eq!(Word::Copied.text(None, "Ko-kr", "en"), "복사됨");
        assert!(is_known("today") && !is_known("todya"));
    }
}
