package pattern

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Errors of NormalizeDomain: what Python's URL splitting refuses.
var (
	ErrBrackets  = errors.New("brackets in a host that are no IPv6 address")
	ErrLookalike = errors.New("a character in a host that stands for a separator")
)

// NormalizeDomain returns the domain that patterns for a URL are kept under:
// lower-case, without a leading "www.", with the port. Without "//" the text up
// to the first slash is taken, so that a bare domain is its own URL. The result
// may be empty. It is what the original computes, with two differences:
// host:port without a scheme keeps its host, and a user and password are
// dropped. The error is ErrBrackets or ErrLookalike.
//
// Letters of other scripts become lower-case and are not turned to punycode.
func NormalizeDomain(rawURL string) (string, error) {
	u := without(strings.TrimLeftFunc(rawURL, isC0OrSpace), "\t\r\n")
	scheme, rest := cutScheme(u)
	domain := ""
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		domain = before(after, "/?#")
		if err := checkAuthority(domain); err != nil {
			return "", err
		}
		rest = after[len(domain):]
		domain = domain[strings.LastIndexByte(domain, '@')+1:]
	}
	if domain == "" {
		domain = before(withoutParams(scheme, before(rest, "#?")), "/")
	}
	return strings.TrimPrefix(lower(domain), "www."), nil
}

func isC0OrSpace(r rune) bool { return r <= ' ' }

// without returns s less all of the characters.
func without(s, chars string) string {
	for _, c := range chars {
		s = strings.ReplaceAll(s, string(c), "")
	}
	return s
}

// before returns s up to the first of the characters stops.
func before(s, stops string) string {
	if i := strings.IndexAny(s, stops); i >= 0 {
		return s[:i]
	}
	return s
}

// cutScheme cuts off what Python takes for a scheme, unless it stands in front
// of a port.
func cutScheme(u string) (scheme, rest string) {
	head, tail, ok := strings.Cut(u, ":")
	if !ok || head == "" || !isLetter(head[0]) || isPort(before(tail, "/?#")) {
		return "", u
	}
	for i := range len(head) {
		if c := head[i]; !isLetter(c) && !isDigit(c) && c != '+' && c != '-' && c != '.' {
			return "", u
		}
	}
	return asciiLower(head), tail
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

func isPort(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// withParams are the schemes whose last path segment has parameters behind a
// semicolon: uses_params of Python's urllib.parse.
var withParams = []string{
	"", "ftp", "hdl", "prospero", "http", "imap", "https", "shttp", "rtsp", "rtsps", "rtspu",
	"sip", "sips", "mms", "sftp", "tel",
}

func withoutParams(scheme, path string) string {
	last := strings.LastIndexByte(path, '/') + 1
	if !slices.Contains(withParams, scheme) {
		return path
	}
	return path[:last] + before(path[last:], ";")
}

// checkAuthority refuses what Python 3.11 refuses.
func checkAuthority(s string) error {
	_, inside, opened := strings.Cut(s, "[")
	if opened != strings.Contains(s, "]") {
		return ErrBrackets
	}
	if opened && !isIPLiteral(before(inside, "]")) {
		return ErrBrackets
	}
	if isASCII(s) {
		return nil
	}
	bare := without(s, "@:")
	if folded := norm.NFKC.String(bare); folded != bare && strings.ContainsAny(folded, "/?#@:") {
		return ErrLookalike
	}
	return nil
}

// isIPLiteral knows IPv6 and the form v1.anything of RFC 3986.
func isIPLiteral(s string) bool {
	if rest, ok := strings.CutPrefix(s, "v"); ok {
		version, address, _ := strings.Cut(rest, ".")
		return version != "" && strings.Trim(version, "0123456789abcdefABCDEF") == "" && address != ""
	}
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Is6() && !strings.Contains(ip.Zone(), "%")
}

// lower is Python's str.lower. Text that is not UTF-8, which a lone surrogate is
// not, is lowered in its ASCII letters, so that it stays what it is.
func lower(s string) string {
	if isASCII(s) || !utf8.ValidString(s) {
		return asciiLower(s)
	}
	return cases.Lower(language.Und).String(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// keysOf returns the keys that a site may stand under, the normalised one
// first.
func keysOf(site string) []string {
	key := keyOf(site)
	if key == site {
		return []string{key}
	}
	return []string{key, site}
}

// keyOf returns the key that a site is added under. A site without a domain
// keeps its own text.
func keyOf(site string) string {
	key, err := NormalizeDomain(site)
	if err != nil || key == "" {
		return site
	}
	return key
}
