package storagestate

import "time"

// Live returns how many things the state holds at now: cookies that are not
// over, entries of web storage, databases and passkeys.
func (s *State) Live(now time.Time) int {
	n := s.root.Get("credentials").Len()
	for _, c := range s.cookies() {
		if _, why := keyOf(c); why == "" && !expired(c, now) {
			n++
		}
	}
	for _, o := range s.origins() {
		o = o.Peek()
		for _, kind := range kinds {
			n += captured(o, kind).Len()
		}
	}
	return n
}
