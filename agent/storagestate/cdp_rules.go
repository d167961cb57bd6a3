package storagestate

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// unacceptable tells why the browser would not store a cookie; empty if nothing
// speaks against it. Where no browser tells such a cookie, it may be stricter
// than Chromium.
func unacceptable(c *lossless.Node, key CookieKey) string {
	const maxSize, maxPath = 4096, 1024 // bytes
	value, ok := c.Get("value").Str()
	secure, _ := c.Get("secure").Bool()
	word, _ := sameSite(c)
	switch {
	case !ok:
		return "its value is no text"
	case key.Name == "" && value == "":
		return "name and value are both empty"
	case strings.Contains(key.Name, "=") || unclean(key.Name):
		return "its name has a character that no cookie may have"
	case unclean(value):
		return "its value has a character that no cookie may have"
	case key.Name == "" && (strings.Contains(value, "=") || reservedPrefix(value) != ""):
		return "it has no name, and its value would be taken for one"
	case len(key.Name)+len(value) > maxSize:
		return "name and value are longer than 4096 bytes"
	case escapedLength(key.Path) > maxPath || unclean(key.Path):
		return "its path is longer than 1024 bytes, or has a character that no cookie may have"
	case key.Path[0] != '/':
		return "its path does not begin with /"
	case !isHost(strings.TrimPrefix(key.Domain, ".")):
		return "its domain is no host"
	case key.Partition == Opaque:
		return "its partition is opaque"
	case key.Partition != "" && !secure:
		return "partitioned without secure"
	case key.Partition != "" && !isSite(key.Partition):
		return "its partition is no site (scheme://host)"
	case word == "None" && !secure:
		return "sameSite None without secure"
	}
	httpOnly, _ := c.Get("httpOnly").Bool()
	return brokenPrefix(key, secure, httpOnly)
}

// unclean reports what ends a cookie in a header, and spaces that it would lose.
func unclean(s string) bool {
	return strings.ContainsFunc(s, forbidden) || strings.Trim(s, " ") != s
}

func forbidden(r rune) bool { return r == ';' || r < 0x20 || r == 0x7F }

// escapedLength is the length of a path as the browser keeps it.
func escapedLength(path string) int {
	n := len(path)
	for _, b := range []byte(path) {
		if b <= ' ' || b >= 0x7F || strings.IndexByte("\"#<>?^`{}", b) >= 0 {
			n += len("%20") - 1
		}
	}
	return n
}

// reservedPrefix returns the prefix of a name that stands for a promise.
func reservedPrefix(name string) string {
	for _, prefix := range []string{"__Host-Http-", "__Host-", "__Http-", "__Secure-"} {
		if len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return prefix
		}
	}
	return ""
}

// brokenPrefix tells which promise of its name a cookie does not keep.
func brokenPrefix(key CookieKey, secure, httpOnly bool) string {
	prefix := reservedPrefix(key.Name)
	switch {
	case prefix != "" && !secure:
		return "a name that begins so wants secure"
	case strings.HasSuffix(prefix, "Http-") && !httpOnly:
		return "a name that begins so wants httpOnly"
	case strings.HasPrefix(prefix, "__Host-") && (strings.HasPrefix(key.Domain, ".") || key.Path != "/"):
		return "a name that begins with __Host- wants one host and the path /"
	}
	return ""
}

// isHost reports whether the browser can take s for a host, which may have a
// port behind it. Escapes are not decoded: no browser tells a domain with any.
func isHost(s string) bool {
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		if _, err := strconv.ParseUint(s[i+1:], 10, 16); err != nil {
			return false
		}
		s = s[:i]
	}
	if inside, ok := strings.CutPrefix(s, "["); ok {
		ip, err := netip.ParseAddr(strings.TrimSuffix(inside, "]"))
		return err == nil && ip.Is6() && ip.Zone() == "" && strings.HasSuffix(inside, "]")
	}
	if !utf8.ValidString(s) || strings.ContainsAny(s, " #%/:<>?@[\\]^|\uFFFD") || strings.ContainsFunc(s, forbidden) {
		return false
	}
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	if slices.Contains(labels, "") {
		return false
	}
	last := labels[len(labels)-1]
	if strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(strings.ToLower(last), "0x") {
		return true
	}
	_, err := netip.ParseAddr(s) // what ends in a number is an address
	return err == nil
}

// siteSchemes are those whose pages have an origin in Chromium.
var siteSchemes = []string{
	"https", "http", "wss", "ws", "ftp",
	"chrome-extension", "chrome", "chrome-untrusted", "devtools", "isolated-app",
}

// isSite reports whether the browser can take s for the site of a partition.
func isSite(s string) bool {
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	return u.Scheme == "file" || slices.Contains(siteSchemes, u.Scheme) && isHost(u.Host)
}
