package storagestate

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// KeeperVersion is the version of the record that this package writes.
const KeeperVersion = 1

// Keeper is what a session keeper records about a state, under the key "keeper"
// of the file, which other programs ignore. It holds no value of a cookie or of
// web storage except in Tabs and Partitions, which are storage.
type Keeper struct {
	Version   int       // 0: the file has no record
	SavedAt   time.Time // when the file was last written by a keeper
	Browser   string    // product and version, as the browser tells it
	BrowserID string    // a hash: the identifier itself would grant control
	// Browsers are those that the file was saved from lately, by the same hash,
	// each with the first and the last generation that came from it.
	Browsers   map[string][2]int64
	Generation int64     // how often keepers have written the file
	Dialect    Dialect   // in which it was written: what little is in it may not tell
	KeptAt     time.Time // when the newest earlier version was put aside
	// Writers are those who wrote the file lately, each with the generation
	// that it wrote last: what is made from a content has its writers.
	Writers map[string]int64
	// Changed tells when items were last changed or deleted, by [Item.ID].
	// What is not listed changed long ago, or nobody knows when.
	Changed map[string]time.Time
	// Tabs is the session storage of each live tab, Partitions what storage
	// of third parties there is; both as JSON, nil if there is none.
	Tabs, Partitions json.RawMessage
}

// bookkeeping are the keys of "keeper" that say how the file came about, and
// nothing about what is in it.
var bookkeeping = map[string]bool{"browser": true, "browserId": true, "browsers": true, "savedAt": true, "generation": true, "dialect": true, "keptAt": true, "writers": true, "changed": true}

// Keeper returns the record in s, the zero Keeper if there is none. Fields that
// make no sense are zero.
func (s *State) Keeper() Keeper {
	n := s.root.Get("keeper").Peek()
	if n.Kind() != lossless.Object {
		return Keeper{}
	}
	k := Keeper{Version: int(integer(n.Get("version"))), Generation: integer(n.Get("generation"))}
	k.Dialect = recorded(n)
	k.Browser, _ = n.Get("browser").Str()
	k.BrowserID, _ = n.Get("browserId").Str()
	for id, n := range n.Get("browsers").Members() {
		if span := n.Items(); len(span) == 2 {
			if k.Browsers == nil {
				k.Browsers = map[string][2]int64{}
			}
			k.Browsers[id] = [2]int64{integer(span[0]), integer(span[1])}
		}
	}
	k.SavedAt, k.KeptAt = timeIn(n.Get("savedAt")), timeIn(n.Get("keptAt"))
	for id, t := range n.Get("changed").Members() {
		if at := timeIn(t); !at.IsZero() {
			if k.Changed == nil {
				k.Changed = map[string]time.Time{}
			}
			k.Changed[id] = at
		}
	}
	for id, n := range n.Get("writers").Members() {
		if k.Writers == nil {
			k.Writers = map[string]int64{}
		}
		k.Writers[id] = integer(n)
	}
	k.Tabs, k.Partitions = rawOf(n.Get("tabs")), rawOf(n.Get("partitions"))
	return k
}

// WithKeeper returns s with k as its record. Keys of the record that Keeper does
// not know stay as they are. A bare list has no place for it and stays as it is.
func (s *State) WithKeeper(k Keeper) *State {
	if s.root.Kind() != lossless.Object {
		return s
	}
	n := lossless.NewObject()
	if was := s.root.Get("keeper"); was.Kind() == lossless.Object {
		n = was.Shallow()
	}
	n.Set("version", lossless.NewInt(int64(k.Version)))
	setOr(n, "savedAt", timeNode(k.SavedAt))
	setOr(n, "browser", stringNode(k.Browser))
	setOr(n, "browserId", stringNode(k.BrowserID))
	setOr(n, "browsers", sortedNode(k.Browsers, func(span [2]int64) *lossless.Node {
		return lossless.NewArray(lossless.NewInt(span[0]), lossless.NewInt(span[1]))
	}))
	n.Set("generation", lossless.NewInt(k.Generation))
	setOr(n, "dialect", stringNode(dialectWord(k.Dialect)))
	setOr(n, "keptAt", timeNode(k.KeptAt))
	setOr(n, "writers", sortedNode(k.Writers, lossless.NewInt))
	setOr(n, "changed", sortedNode(k.Changed, timeNode))
	setOr(n, "tabs", parsed(k.Tabs))
	setOr(n, "partitions", parsed(k.Partitions))
	out := *s
	out.root = s.root.Shallow()
	out.root.Set("keeper", n)
	return &out
}

// WithoutKeeper returns s without a record.
func (s *State) WithoutKeeper() *State {
	if s.root.Get("keeper") == nil {
		return s
	}
	out := *s
	out.root = s.root.Shallow()
	out.root.Delete("keeper")
	return &out
}

// recorded is the dialect that a keeper says it wrote in.
func recorded(keeper *lossless.Node) (d Dialect) {
	word, _ := keeper.Get("dialect").Str()
	if d.UnmarshalText([]byte(word)) != nil {
		return Unknown
	}
	return d
}

func dialectWord(d Dialect) string {
	if d == Unknown {
		return ""
	}
	return d.String()
}

func integer(n *lossless.Node) int64 {
	text, _ := n.Number()
	i, _ := text.Int64()
	return i
}

func timeIn(n *lossless.Node) time.Time {
	t := timeOf(n)
	if t <= 0 {
		return time.Time{}
	}
	return moment(t)
}

func timeNode(t time.Time) *lossless.Node {
	if t.IsZero() {
		return nil
	}
	return lossless.NewString(t.UTC().Format("2006-01-02T15:04:05.000Z"))
}

func stringNode(s string) *lossless.Node {
	if s == "" {
		return nil
	}
	return lossless.NewString(s)
}

// sortedNode is sorted, so that the same entries are the same text.
func sortedNode[V any](entries map[string]V, node func(V) *lossless.Node) *lossless.Node {
	if len(entries) == 0 {
		return nil
	}
	var members iter.Seq2[string, *lossless.Node] = func(yield func(string, *lossless.Node) bool) {
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			if !yield(key, node(entries[key])) {
				return
			}
		}
	}
	return lossless.ObjectOf(members)
}

// parsed is nil for a text that is no JSON: it would spoil the file.
func parsed(text json.RawMessage) *lossless.Node {
	n, _, err := lossless.Parse(text, lossless.Options{})
	if err != nil {
		return nil
	}
	return n
}

func rawOf(n *lossless.Node) json.RawMessage {
	if n.Kind() == lossless.Absent || n.Kind() == lossless.Null {
		return nil
	}
	return n.Bytes(lossless.OneLine)
}

// setOr sets a member, or takes it away if v is nil.
func setOr(in *lossless.Node, key string, v *lossless.Node) {
	if v == nil {
		in.Delete(key)
		return
	}
	in.Set(key, v)
}
