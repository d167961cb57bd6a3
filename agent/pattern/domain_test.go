package pattern

import (
	"errors"
	"strings"
	"testing"
)

func TestNormalizeDomain(t *testing.T) {
	for url, want := range map[string]string{
		// The original's table.
		"https://www.Amazon.COM/path":   "amazon.com",
		"https://amazon.com":            "amazon.com",
		"http://WWW.Example.ORG/page":   "example.org",
		"https://subdomain.example.com": "subdomain.example.com",
		"example.com":                   "example.com",
		"www.test.io":                   "test.io",
		"//www.foo.com/x":               "foo.com",
		"example.com/a/b":               "example.com",
		"example.com?x=1":               "example.com",
		"HTTPS://EXAMPLE.COM":           "example.com",
		"WWW2.foo.com":                  "www2.foo.com",
		"example.com.":                  "example.com.",
		"https://example.com:8443/x":    "example.com:8443",
		"about:blank":                   "blank",
		"chrome://newtab":               "newtab",
		"file:///x/y":                   "",
		"/path/only":                    "",
		"https://":                      "",
		"":                              "",
		"www.":                          "",
		"_global":                       "_global",
		"example.com;x=1":               "example.com",
		"1http://x.com":                 "1http:",
		"a_b://x.com":                   "a_b:",
		"www.www.foo.com":               "www.foo.com",

		// Ours: host:port keeps its host, user and password go.
		"example.com:8080":                  "example.com:8080",
		"Example.com:8080/x:y":              "example.com:8080",
		"WWW.example.com:80?q":              "example.com:80",
		"example.com:80#f":                  "example.com:80",
		"localhost:3000":                    "localhost:3000",
		"//example.com:80/x":                "example.com:80",
		"https://user:pw@Example.com/":      "example.com",
		"https://user@www.example.com:8443": "example.com:8443",
		"https://a@b@c.com/@d":              "c.com",
		"//user@example.com":                "example.com",
		"https://user@/x":                   "",
		"https://user:8080@example.com":     "example.com",
		"ftp://me@[::1]:21/":                "[::1]:21",

		// As the original, if a bit odd: no authority, no user; no digits, no port.
		"user@Example.com":        "user@example.com",
		"user@example.com/a@b":    "user@example.com",
		"mailto:user@example.com": "user@example.com",
		"example.com:":            "",
		"example.com:80a":         "80a",
		"example.com:8080;x":      "8080;x",
		"user:pw@example.com":     "pw@example.com",
		"user:8080@example.com":   "8080@example.com",
		"localhost:/x":            "",
		"javascript:void(0)":      "void(0)",
		"data:text/html,x":        "text",
		"a;b/c;d":                 "a;b",
		"foo:a;b":                 "a;b",
		"HTTP:a;b":                "a",

		// Brackets.
		"http://[::1]:8080/":    "[::1]:8080",
		"http://[FE80::1%25e]/": "[fe80::1%25e]",
		"[::1]:8080":            "[::1]:8080",
		"[::1]":                 "[::1]",
		"[::1":                  "[::1",
		"//[V1.x]":              "!",
		"//[v1F.x:y]/":          "[v1f.x:y]",

		// White space: in front, and tab, CR, LF anywhere.
		" \t\x00https://exam\tple\r\n.com": "example.com",
		"ht\ntps://example.com ":           "example.com ",
		"example.com:80\n80":               "example.com:8080",
		"\u00a0example.com":                "\u00a0example.com",

		// Other scripts: lower-case, no punycode.
		"https://MÜNCHEN.de":  "münchen.de",
		"ПРИМЕР.рф":           "пример.рф",
		"https://ΟΔΟΣ/":       "οδος",
		"https://ΟΔΟΣ.gr/":    "οδοσ.gr",
		"https://İ.com":       "i\u0307.com",
		"//xn--mnchen-3ya.de": "xn--mnchen-3ya.de",
		"//Ü\xed\xa0\xbdX":    "Ü\xed\xa0\xbdx",
		"//a℀b/":              "!",
		"//a．b/":              "a．b",
		"a℀b":                 "a℀b",
	} {
		got, err := NormalizeDomain(url)
		if (err != nil) != (want == "!") || err == nil && got != want {
			t.Errorf("%q: %q %v, want %q", url, got, err, want)
		}
	}
}

func TestNormalizeDomainRefuses(t *testing.T) {
	for url, want := range map[string]error{
		"https://[::1":             ErrBrackets,
		"https://::1]/":            ErrBrackets,
		"https://[]":               ErrBrackets,
		"https://[1.2.3.4]":        ErrBrackets,
		"https://[localhost]":      ErrBrackets,
		"https://[v.x]":            ErrBrackets,
		"https://[v1.]":            ErrBrackets,
		"https://[::1%a%b]":        ErrBrackets,
		"https://u[@[::1]":         ErrBrackets,
		"https://example.com℀.org": ErrLookalike,
		"https://netflix＃.com":     ErrLookalike,
		"https://user＠x.com":       ErrLookalike,
		"https://x：80":             ErrLookalike,
	} {
		if got, err := NormalizeDomain(url); !errors.Is(err, want) || got != "" {
			t.Errorf("%q: %q %v, want %v", url, got, err, want)
		}
	}
}

// FuzzNormalizeDomain: a domain without a port is its own domain.
func FuzzNormalizeDomain(f *testing.F) {
	for _, s := range []string{
		"https://www.Amazon.COM/path", "example.com:8080", "https://user:pw@Example.com/", "//[::1]:80", "[::1]:80",
		"\thttps://İΣ.com", "www.www.", "a;b?c#d", "//℀", "//\xed\xa0\xbd",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, url string) {
		got, err := NormalizeDomain(url)
		if err != nil {
			if got != "" {
				t.Fatalf("%q and an error", got)
			}
			return
		}
		if strings.ContainsAny(got, "/?#\t\r\n") {
			t.Fatalf("%q holds a separator", got)
		}
		if strings.ContainsAny(got, ":;@[]") || strings.HasPrefix(got, "www.") || strings.TrimLeftFunc(got, isC0OrSpace) != got {
			return
		}
		if again, err := NormalizeDomain(got); err != nil || again != got && !strings.ContainsRune(got, 'σ') {
			t.Fatalf("%q, again %q %v", got, again, err)
		}
	})
}
