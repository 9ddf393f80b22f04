//! What a user agent says of the device, for recorded events; on a page `js/host/device.ts` says the same.

/// The first that matches: most browsers claim to be several.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("iPod", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];
const BROWSERS: [(&str, &str); 19] = [
    ("KAKAOTALK", "KakaoTalk"),
    ("KakaoTalk", "KakaoTalk"),
    ("NAVER(", "Naver"),
    ("Instagram", "Instagram"),
    ("FBAN", "Facebook"),
    ("FBAV", "Facebook"),
    ("Whale/", "Whale"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Edg/", "Edge"),
    ("Edge/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
    ("kakaotalk", "KakaoTalk"),
];

/// Type, operating system and browser, in the words of the document's `device`.
pub(super) fn read(agent: &str) -> (&'static str, &'static str, &'static str) {
    let has = |mark: &str| agent.contains(mark);
    let first = |list: &'static [(&str, &'static str)]| list.iter().find(|(mark, _)| has(mark)).map_or("other", |(_, name)| name);
    let kind = if has("iPad") || (has("Android") && !has("Mobile")) {
        "tablet"
    } else if has("Mobi") || has("iPhone") || has("iPod") {
        "mobile"
    } else {
        "desktop"
    };
    (kind, first(&SYSTEMS), first(&BROWSERS))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn devices_are_told_apart() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
                ("mobile", "iOS", "Safari"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; SM-S921N) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 KAKAOTALK 2410",
                ("mobile", "Android", "KakaoTalk"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 SamsungBrowser/26.0 Chrome/122.0 Safari/537.36",
                ("tablet", "Android", "Samsung Internet"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
                ("desktop", "Windows", "Edge"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
                ("desktop", "macOS", "Safari"),
            ),
            ("curl/8.0", ("desktop", "other", "other")),
        ] {
            assert_eq!(read(agent), expected, "{agent}");
        }
    }
}
