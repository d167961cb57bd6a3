package keeper

import "time"

// story is what tabs have told of one localStorage. Each tab tells every change,
// whoever made it, in the same order but at its own time: what another has told
// already is an echo, and would set the model back.
type story struct {
	told []telling
	next map[*tab]int // the first of told that a tab may still echo
}

type telling struct {
	change
	by *tab // who was first
	at time.Time
}

// change is that of an entry, or of all if the key is everything.
type change struct {
	key string
	entry
	everything bool
}

// entry is what is stored under a key, if anything is.
type entry struct {
	value string
	there bool
}

const (
	echoLimit = 10 * time.Second // a tab is not that late; the same change is another then
	storyMost = 1 << 14
)

// news reports whether a tab is the first to tell a change.
func (s *story) news(t *tab, c change, now time.Time) bool {
	s.forget(now)
	if i := s.find(t, now, func(told change) bool { return told == c }); i >= 0 {
		s.next[t] = i + 1
		return false
	}
	s.told = append(s.told, telling{c, t, now})
	return true
}

// behind reports whether a tab is still to tell of an entry what others have.
func (s *story) behind(t *tab, key string, now time.Time) bool {
	return s.find(t, now, func(c change) bool { return c.key == key || c.everything }) >= 0
}

// find returns the place of the first telling that a tab may still echo, or -1.
func (s *story) find(t *tab, now time.Time, is func(change) bool) int {
	echo := func(told *telling) bool {
		return told.by != t && told.at.After(t.since) && now.Sub(told.at) <= echoLimit
	}
	i := s.next[t]
	for i < len(s.told) && !echo(&s.told[i]) {
		i++
	}
	s.next[t] = i // none before it will ever be one
	for ; i < len(s.told); i++ {
		if echo(&s.told[i]) && is(s.told[i].change) {
			return i
		}
	}
	return -1
}

// forget drops the older half when no tab will echo it.
func (s *story) forget(now time.Time) {
	n := (len(s.told) + 1) / 2
	if n == 0 || now.Sub(s.told[n-1].at) <= echoLimit && len(s.told) <= storyMost {
		return
	}
	s.told = append([]telling(nil), s.told[n:]...)
	for t := range s.next {
		s.next[t] = max(0, s.next[t]-n)
	}
}
