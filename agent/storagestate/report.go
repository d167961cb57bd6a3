package storagestate

import "strings"

// Action is what became of an item.
type Action string

const (
	Added   Action = "added"
	Updated Action = "updated"
	Dropped Action = "dropped" // with the reason
	Invalid Action = "invalid" // makes no sense; kept where it was, as it was
	Skipped Action = "skipped" // of the new state: not taken over, with the reason
	Lossy   Action = "lossy"   // kept, but the dialect has no word for a part of it
)

// Change is what became of one item, and why.
type Change struct {
	Action Action `json:"action"`
	Item   Item   `json:"item"`
	Reason string `json:"reason,omitempty"`
}

// String is "dropped cookie sid of x/: expired".
func (c Change) String() string {
	s := string(c.Action) + " " + c.Item.String()
	if c.Reason != "" {
		s += ": " + c.Reason
	}
	return s
}

// Reasons for which an item is dropped.
const (
	ReasonExpired   = "expired"
	ReasonDeleted   = "deleted"              // by one of the writers
	ReasonNotInNew  = "not in the new state" // which is the whole truth for it
	ReasonDuplicate = "stands twice, the last one counts"
)

// Report tells what a merge or a conversion did, in the order of the result. It
// holds no value.
type Report struct {
	Dialect   Dialect  `json:"dialect"` // of the result
	Unchanged int      `json:"unchanged"`
	Changes   []Change `json:"changes"`
}

// Count returns the number of items that became a.
func (r Report) Count(a Action) int {
	n := 0
	for _, c := range r.Changes {
		if c.Action == a {
			n++
		}
	}
	return n
}

func (r *Report) add(a Action, item Item, reason string) {
	r.Changes = append(r.Changes, Change{a, item, reason})
}

// lossy notes what a cookie could not take along.
func (r *Report) lossy(key CookieKey, losses []string) {
	if len(losses) > 0 {
		r.add(Lossy, Item{Kind: KindCookie, CookieKey: key}, strings.Join(losses, "; "))
	}
}
