//! Whether a text is a CSS selector. Only the tools ask: on the page the browser itself is the judge.

/// How deep brackets may nest.
const DEPTH: usize = 16;

/// Whether a browser would take `text` for a selector, names of pseudo-classes aside.
pub fn is_selector(text: &str) -> bool {
    let mut reader = Reader { rest: text };
    reader.list() && reader.rest.is_empty()
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Whether there was space.
    fn space(&mut self) -> bool {
        let rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
        let found = rest.len() < self.rest.len();
        self.rest = rest;
        found
    }

    /// Selectors with commas between them.
    fn list(&mut self) -> bool {
        loop {
            self.space();
            if !self.complex() {
                return false;
            }
            if !self.take(',') {
                return true;
            }
        }
    }

    /// Compounds with combinators between them.
    fn complex(&mut self) -> bool {
        loop {
            if !self.compound() {
                return false;
            }
            let apart = self.space();
            if ['>', '+', '~'].iter().any(|combinator| self.take(*combinator)) {
                self.space();
            } else if !apart || self.rest.is_empty() || self.rest.starts_with(',') {
                return true;
            }
        }
    }

    /// What holds for one element: a tag, then ids, classes, attributes and pseudo-classes.
    fn compound(&mut self) -> bool {
        let before = self.rest.len();
        if !self.take('*') {
            self.name();
        }
        loop {
            let sound = if self.take('#') || self.take('.') {
                self.name()
            } else if self.take('[') {
                self.attribute()
            } else if self.take(':') {
                let _ = self.take(':');
                self.name() && (!self.take('(') || self.block(')', DEPTH))
            } else {
                return self.rest.len() < before;
            };
            if !sound {
                return false;
            }
        }
    }

    /// A name: it begins with no digit, unless escaped.
    fn name(&mut self) -> bool {
        let before = self.rest.len();
        let bare = self.rest.strip_prefix('-').unwrap_or(self.rest);
        if bare.starts_with(|c: char| c.is_ascii_digit()) || (bare.is_empty() && !self.rest.is_empty()) {
            return false;
        }
        loop {
            if self.take('\\') {
                let mut escaped = self.rest.chars();
                if escaped.next().is_none() {
                    return false;
                }
                let code = self.rest.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
                self.rest =
                    self.rest.get(code..).filter(|_| code > 0).map_or(escaped.as_str(), |rest| rest.strip_prefix(' ').unwrap_or(rest));
            }
            let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii());
            let grew = rest.len() < self.rest.len();
            self.rest = rest;
            if !grew && !self.rest.starts_with('\\') {
                return self.rest.len() < before;
            }
        }
    }

    /// What stands in square brackets, with the closing one.
    fn attribute(&mut self) -> bool {
        self.space();
        if !self.name() {
            return false;
        }
        self.space();
        if self.take(']') {
            return true;
        }
        let _ = ['~', '|', '^', '$', '*'].iter().any(|kind| self.take(*kind));
        if !self.take('=') {
            return false;
        }
        self.space();
        let sound = match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => self.take(quote) && self.quoted(quote),
            _ => self.name(),
        };
        if self.space() {
            let _ = ['i', 's', 'I', 'S'].iter().any(|flag| self.take(*flag));
            self.space();
        }
        sound && self.take(']')
    }

    fn quoted(&mut self, quote: char) -> bool {
        let mut rest = self.rest.chars();
        while let Some(found) = rest.next() {
            match found {
                '\\' => drop(rest.next()),
                '\n' => return false,
                found if found == quote => {
                    self.rest = rest.as_str();
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// Anything up to the bracket that closes it, brackets and quotes in pairs, and not nothing.
    fn block(&mut self, close: char, depth: usize) -> bool {
        self.space();
        if depth == 0 || self.rest.starts_with(close) {
            return false;
        }
        loop {
            let mut rest = self.rest.chars();
            let Some(found) = rest.next() else { return false };
            self.rest = rest.as_str();
            let sound = match found {
                found if found == close => return true,
                '(' => self.block(')', depth - 1),
                '[' => self.block(']', depth - 1),
                '"' | '\'' => self.quoted(found),
                '\\' => rest.next().is_some_and(|_| {
                    self.rest = rest.as_str();
                    true
                }),
                ')' | ']' | '{' | '}' => false,
                _ => true,
            };
            if !sound {
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_selector;

    #[test]
    fn selectors_are_told_from_what_is_none() {
        for text in [
            "*",
            "a",
            "#hero",
            ".hero",
            "[data-slot]",
            "[data-slot=hero]",
            "[data-slot='a b' i]",
            "[ x ^= \"]\" ]",
            "main > .hero:first-child",
            "a,b , c",
            "a + b ~ c d",
            "li:nth-child(2n + 1)",
            ":is(.a, [b='(']) > c",
            "::before",
            "a::after",
            ".한글",
            "#\\31 0",
            "-x",
            "--x",
            "a.b#c[d]:e",
            " a ",
            "section:has(> [data-x]):not(.y)",
        ] {
            assert!(is_selector(text), "{text}");
        }
        for text in [
            "",
            " ",
            "[[",
            "[]",
            "[a",
            "[a=]",
            "[a=1]",
            "[a='x]",
            ".",
            "#",
            ".1a",
            "#1a",
            "a >",
            "> a",
            "a,,b",
            "a,",
            ",a",
            "a > > b",
            "a:",
            "a::",
            ":is(",
            ":is()",
            "a)",
            "a}",
            "{{ page.path }}",
            "div;",
            "<div>",
            "a@b",
            "$x",
            "a!",
            "'a'",
            "100",
            "-1",
            ".a..b",
            "/shop",
            "https://x.test/",
        ] {
            assert!(!is_selector(text), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert!(!is_selector(&[":is(".repeat(100_000), "a".into(), ")".repeat(100_000)].concat()));
    }
}
