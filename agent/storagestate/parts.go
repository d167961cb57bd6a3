package storagestate

import (
	"encoding/json"
	"fmt"
	"iter"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Parts is a state taken apart: what is captured from a browser, and what is to
// be put back into one.
type Parts struct {
	// Cookies are objects as the browser tells them (Storage.getCookies), or
	// as any dialect writes them; nil if they were not captured.
	Cookies []json.RawMessage
	// Origins are in no order; each stands once.
	Origins []OriginParts
}

// OriginParts is what one origin stores. A kind that was not captured is nil; one
// that is empty is not.
type OriginParts struct {
	Origin         string
	LocalStorage   []Entry
	SessionStorage []Entry
	IndexedDB      json.RawMessage // the list of databases, as Playwright writes it
}

// Entry is one item of web storage, in the form that [Text] returns.
type Entry struct{ Name, Value string }

// Compose makes a state of parts in the given dialect: Playwright for Unknown
// and BareList. What the browser tells of a cookie beyond the fields of a file
// (size, session, priority, source) is left out. The report tells the cookies
// that could not come along, as Skipped. An error is about JSON that is none, by
// its place and never by its content; there is no state then.
func Compose(p Parts, d Dialect) (*State, Report, error) {
	if d == Unknown || d == BareList {
		d = Playwright
	}
	s, report := newState(d), Report{Dialect: d}
	if err := s.composeCookies(p.Cookies, &report); err != nil {
		return nil, report, err
	}
	origins := make([]*lossless.Node, 0, len(p.Origins))
	for _, o := range p.Origins {
		n, err := composeOrigin(o)
		if err != nil {
			return nil, report, fmt.Errorf("origin %s: %w", printable(o.Origin), err)
		}
		origins = append(origins, convertOrigin(n, d))
	}
	sortOrigins(origins)
	s.root.Set("origins", lossless.NewArray(origins...))
	return s, report, nil
}

func (s *State) composeCookies(cookies []json.RawMessage, report *Report) error {
	if cookies == nil {
		s.root.Delete("cookies") // an empty list would mean that there are none
		return nil
	}
	out := make([]*lossless.Node, 0, len(cookies))
	for i, text := range cookies {
		c, _, err := lossless.Parse(text, lossless.Options{})
		if err != nil {
			return fmt.Errorf("cookie %d: %w", i+1, syntaxError(err))
		}
		key, why := keyOf(c)
		if why != "" {
			report.add(Skipped, Item{Kind: KindCookie, Index: i + 1}, why)
			continue
		}
		c, losses := convertCookie(c, s.dialect)
		if c == nil {
			report.add(Skipped, Item{Kind: KindCookie, CookieKey: key}, losses[0])
			continue
		}
		for _, field := range []string{"priority", "sourceScheme", "sourcePort", "sameParty"} {
			c.Delete(field)
		}
		report.lossy(key, losses)
		out = append(out, c)
	}
	s.root.Set("cookies", lossless.NewArray(out...))
	return nil
}

func composeOrigin(o OriginParts) (*lossless.Node, error) {
	n := lossless.NewObject()
	n.Set("origin", lossless.NewString(o.Origin))
	if o.LocalStorage != nil {
		n.Set(string(KindLocalStorage), entryNodes(o.LocalStorage))
	}
	if o.SessionStorage != nil {
		n.Set(string(KindSessionStorage), entryNodes(o.SessionStorage))
	}
	if o.IndexedDB == nil {
		return n, nil
	}
	list, _, err := lossless.Parse(o.IndexedDB, lossless.Options{})
	if err != nil {
		return nil, fmt.Errorf("indexedDB: %w", syntaxError(err))
	}
	if list.Kind() != lossless.Array {
		return nil, fmt.Errorf("indexedDB is %s, not a list", list.Kind())
	}
	n.Set(string(KindIndexedDB), list)
	return n, nil
}

func entryNodes(entries []Entry) *lossless.Node {
	nodes := make([]*lossless.Node, 0, len(entries))
	for _, e := range entries {
		n := lossless.NewObject()
		n.Set("name", lossless.NewString(e.Name))
		n.Set("value", lossless.NewString(e.Value))
		nodes = append(nodes, n)
	}
	return lossless.NewArray(nodes...)
}

// Cookies yields each cookie that has an identity, as it stands in the file: the
// last of several of one identity.
func (s *State) Cookies() iter.Seq2[CookieKey, json.RawMessage] {
	return func(yield func(CookieKey, json.RawMessage) bool) {
		l := list[CookieKey]{id: keyOf}
		for _, e := range l.read(s.cookies(), "", side[CookieKey]{}).entries {
			if e.why == "" && !yield(e.key, e.node.Bytes(lossless.OneLine)) {
				return
			}
		}
	}
}

// Origins yields each origin that has a name, in the order of the file, each
// item once. Items without an identity are left out; Check tells them.
func (s *State) Origins() iter.Seq[OriginParts] {
	return func(yield func(OriginParts) bool) {
		l := list[string]{id: originID}
		for _, e := range l.read(s.origins(), "", side[string]{}).entries {
			if e.why == "" && !yield(partsOf(e.key, e.node.Peek())) {
				return
			}
		}
	}
}

func partsOf(name string, o *lossless.Node) OriginParts {
	p := OriginParts{Origin: name}
	p.LocalStorage = entriesOf(captured(o, KindLocalStorage), KindLocalStorage)
	p.SessionStorage = entriesOf(captured(o, KindSessionStorage), KindSessionStorage)
	if n := captured(o, KindIndexedDB); n.Kind() == lossless.Array {
		p.IndexedDB = n.Bytes(lossless.OneLine)
	}
	return p
}

func entriesOf(n *lossless.Node, kind Kind) []Entry {
	if n.Kind() != lossless.Array {
		return nil
	}
	l := list[string]{id: entryID(kind)}
	out := []Entry{}
	for _, e := range l.read(n.Items(), "", side[string]{}).entries {
		if e.why == "" {
			value, _ := e.node.Get("value").Str()
			out = append(out, Entry{e.key, value})
		}
	}
	return out
}
