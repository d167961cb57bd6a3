package storagestate

import (
	"bytes"
	"fmt"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Dialect is the way in which a program writes a storage state.
type Dialect uint8

const (
	Unknown    Dialect = iota // an empty state gives no hint
	BrowserUse                // cookies as the browser tells them, partitions as objects
	Playwright                // eight fields, partitions as strings, localStorage always there
	BareList                  // a list of cookies and nothing else
)

// String is the dialect's name on the command line.
func (d Dialect) String() string {
	return [...]string{"unknown", "browser-use", "playwright", "bare-list"}[d]
}

// MarshalText is String, for JSON.
func (d Dialect) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText accepts what String returns.
func (d *Dialect) UnmarshalText(text []byte) error {
	for known := Unknown; known <= BareList; known++ {
		if known.String() == string(text) {
			*d = known
			return nil
		}
	}
	return fmt.Errorf("unknown dialect %q: browser-use, playwright and bare-list are known", text)
}

func (d Dialect) indent() int {
	if d == BrowserUse || d == BareList {
		return 4
	}
	return 2
}

// indentOf returns the indent that a text was written with, 0 for none or one
// that is no small number of spaces.
func indentOf(data []byte) int {
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\uFEFF")), " \t\r\n")
	if len(data) == 0 {
		return 0
	}
	rest := bytes.TrimPrefix(data[1:], []byte("\r"))
	if !bytes.HasPrefix(rest, []byte("\n")) {
		return 0
	}
	n := 0
	for n < len(rest)-1 && rest[n+1] == ' ' {
		n++
	}
	if n > 8 || rest[min(n+1, len(rest)-1)] == '\t' {
		return 0
	}
	return n
}

// Mix counts who wrote what. A file mixes dialects when one program has saved
// over the file of another.
type Mix struct {
	BrowserUse int `json:"browserUse"` // cookies as browser-use writes them
	Playwright int `json:"playwright"` // cookies as only Playwright writes them
	Extension  int `json:"extension"`  // cookies as export extensions write them
	Plain      int `json:"plain"`      // cookies that fit every dialect
	Invalid    int `json:"invalid"`    // cookies that cannot be told from one another

	list                           bool
	bareOrigins, sessions, pwMarks int
	origins                        int
}

// Mix tells cookie by cookie which dialect s is in.
func (s *State) Mix() Mix {
	m := Mix{list: s.root.Kind() == lossless.Array}
	for _, c := range s.cookies() {
		if _, why := keyOf(c); why != "" {
			m.Invalid++
			continue
		}
		switch dialectOf(c) {
		case BrowserUse:
			m.BrowserUse++
		case Playwright:
			m.Playwright++
		case BareList:
			m.Extension++
		default:
			m.Plain++
		}
	}
	m.readOrigins(s)
	return m
}

// readOrigins looks for what only one of the programs leaves in origins and at
// the top.
func (m *Mix) readOrigins(s *State) {
	for _, o := range s.origins() {
		o = o.Peek()
		if o.Kind() != lossless.Object {
			continue
		}
		m.origins++
		if o.Get("localStorage") == nil {
			m.bareOrigins++ // Playwright refuses the file
		}
		if o.Get("sessionStorage") != nil {
			m.sessions++
		}
		for _, key := range []string{"indexedDB", "opfs", localStorageUnset} {
			if o.Get(key) != nil {
				m.pwMarks++
			}
		}
	}
	for _, key := range []string{"credentials", "keeper"} {
		if s.root.Get(key) != nil {
			m.pwMarks++
		}
	}
}

// dialectIn is the one that a keeper wrote s in, unless a cookie contradicts it,
// else what m tells.
func (s *State) dialectIn(m Mix) Dialect {
	switch d := recorded(s.root.Get("keeper").Peek()); {
	case m.list, d == BrowserUse && m.Playwright > 0, d == Playwright && m.BrowserUse > 0:
	case d == BrowserUse, d == Playwright:
		return d
	}
	return m.dialect()
}

// dialect weighs what was found. Indent and escapes prove nothing. On a tie the
// last to write was browser-use: it merges, Playwright starts anew.
func (m Mix) dialect() Dialect {
	browserUse, playwright := m.BrowserUse+m.bareOrigins, m.Playwright+m.pwMarks
	switch {
	case m.list:
		return BareList
	case browserUse > 0 && browserUse >= playwright:
		return BrowserUse
	case playwright > 0 || m.Plain+m.Extension > 0:
		return Playwright
	case m.sessions > 0:
		return BrowserUse
	case m.origins > 0:
		return Playwright
	}
	return Unknown
}

// dialectOf tells who wrote a cookie by what only one of the programs writes;
// BareList stands for extensions, Unknown for a cookie that fits all.
func dialectOf(c *lossless.Node) Dialect {
	switch {
	case c.Get("expirationDate") != nil || c.Get("hostOnly") != nil || c.Get("storeId") != nil:
		return BareList
	case c.Get("partitionKey").Kind() == lossless.Object || c.Get("size") != nil || c.Get("session") != nil:
		return BrowserUse
	case c.Get("partitionKey").Kind() == lossless.String || c.Get(ancestorBit) != nil || c.Get(sameSiteUnset) != nil:
		return Playwright
	}
	return Unknown
}
