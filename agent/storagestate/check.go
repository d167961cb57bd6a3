package storagestate

import (
	"fmt"
	"slices"
	"time"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Severity of a finding.
type Severity uint8

const (
	Warning Severity = iota // the programs cope with it, perhaps not as was meant
	Error                   // the item, or all of them, will not be restored
)

// String is "warning" or "error".
func (s Severity) String() string { return [...]string{"warning", "error"}[s] }

// MarshalText is String, for JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Finding is something in a state that is not as it should be. It holds no
// value.
type Finding struct {
	Severity Severity `json:"severity"`
	Line     int      `json:"line,omitempty"` // from 1; 0 in a state that was not read
	Column   int      `json:"column,omitempty"`
	Path     string   `json:"path,omitempty"` // cookies[2].expires
	Item     *Item    `json:"item,omitempty"`
	Msg      string   `json:"msg"`
}

// String is "line 3, column 7, at cookies[2]: what".
func (f Finding) String() string {
	msg := f.Msg
	if f.Item != nil && f.Item.Index == 0 {
		msg = f.Item.String() + ": " + msg
	}
	return (&lossless.Error{Line: f.Line, Column: f.Column, Path: f.Path, Msg: msg}).Error()
}

// Check returns what is wrong with s at now, in the order of the file: what
// Decode warned about, items that would not be restored by the program whose
// dialect the file is in, or by any, and what is over.
func Check(s *State, now time.Time) []Finding {
	c := checker{state: s, now: now}
	for _, w := range s.warnings {
		if w.Item == nil {
			c.findings = append(c.findings, w)
		}
	}
	c.items()
	c.eachCookie(c.cookie)
	c.eachOrigin(c.origin)
	slices.SortStableFunc(c.findings, func(a, b Finding) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return c.findings
}

// maxWarnings keeps a hostile document from being answered at length.
const maxWarnings = 100

// oddities are the findings that Decode itself warns about.
func (s *State) oddities() []Finding {
	c := checker{state: s, limit: maxWarnings}
	c.items()
	return c.findings
}

type checker struct {
	state    *State
	now      time.Time
	lines    []int // where they begin, once somebody asked
	limit    int   // of findings; 0 is none
	findings []Finding
}

func (c *checker) add(severity Severity, n *lossless.Node, path string, item Item, format string, args ...any) {
	if c.limit > 0 && len(c.findings) == c.limit {
		return
	}
	f := Finding{Severity: severity, Path: path, Item: &item, Msg: fmt.Sprintf(format, args...)}
	if n.Offset() >= 0 && c.state.source != nil {
		if c.lines == nil {
			c.lines = lineStarts(c.state.source)
		}
		f.Line, _ = slices.BinarySearch(c.lines, n.Offset()+1)
		f.Column = n.Offset() - c.lines[f.Line-1] + 1
	}
	c.findings = append(c.findings, f)
}

// lineStarts are the offsets at which lines begin: a file with a finding in each
// line is not counted through for each.
func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, b := range data {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func (c *checker) eachCookie(f func(n *lossless.Node, path string, key CookieKey)) {
	for i, n := range c.state.cookies() {
		if key, why := keyOf(n); why == "" {
			f(n, lossless.Index(c.state.cookiesPath(), i), key)
		}
	}
}

func (c *checker) eachOrigin(f func(n *lossless.Node, path, name string)) {
	for i, n := range c.state.origins() {
		n = n.Peek()
		if name := originOf(n); name != "" {
			f(n, lossless.Index("origins", i), name)
		}
	}
}

// items looks for what has no identity, or one that stands twice.
func (c *checker) items() {
	base, item := c.state.cookiesPath(), Item{Kind: KindCookie}
	checkList(c, c.state.cookies(), base, item, keyOf, func(k CookieKey) Item {
		return Item{Kind: KindCookie, CookieKey: k}
	})
	named := func(kind Kind, origin string) func(string) Item {
		return func(name string) Item { return Item{Kind: kind, Origin: origin, Key: name} }
	}
	checkList(c, c.state.origins(), "origins", Item{Kind: KindOrigin}, originID, func(name string) Item {
		return Item{Kind: KindOrigin, Origin: name}
	})
	c.eachOrigin(func(n *lossless.Node, path, name string) {
		for _, kind := range kinds {
			list, at := n.Get(string(kind)), lossless.Join(path, string(kind))
			item := Item{Kind: kind, Origin: name}
			switch list.Kind() {
			case lossless.Absent, lossless.Null:
			case lossless.Array:
				checkList(c, list.Items(), at, item, peeked(entryID(kind)), named(kind, name))
			default:
				c.add(Error, list, at, item, "%s is no list", kind)
			}
		}
	})
}

// peeked leaves what it reads in one piece: storage may be large.
func peeked(id func(*lossless.Node) (string, string)) func(*lossless.Node) (string, string) {
	return func(n *lossless.Node) (string, string) { return id(n.Peek()) }
}

func checkList[K comparable](c *checker, nodes []*lossless.Node, path string, bad Item, id func(*lossless.Node) (K, string), item func(K) Item) {
	seen := make(map[K]bool, len(nodes))
	for i, n := range nodes {
		key, why := id(n)
		switch {
		case why != "":
			bad.Index = i + 1
			c.add(Error, n, lossless.Index(path, i), bad, "%s", why)
		case seen[key]:
			c.add(Warning, n, lossless.Index(path, i), item(key), "stands twice: the last one counts")
		}
		seen[key] = why == "" || seen[key]
	}
}
