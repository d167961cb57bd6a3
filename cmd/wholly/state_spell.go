package main

import (
	"math"
	"time"
)

// spell tells when t is, seen from now: "in 3 days", "2 hours ago".
func spell(t, now time.Time) string {
	switch d := t.Sub(now); {
	case d == math.MaxInt64: // 292 years or more
		return "in " + plural(int64(t.Year()-now.Year()), "year", "years")
	case d < 0:
		return spellFor(-d) + " ago"
	default:
		return "in " + spellFor(d)
	}
}

// spellFor rounds down to the largest unit of which there are two, or one of the
// smallest.
func spellFor(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		length    time.Duration
		one, many string
	}{
		{365*day + 6*time.Hour, "year", "years"},
		{30*day + 12*time.Hour, "month", "months"},
		{day, "day", "days"},
		{time.Hour, "hour", "hours"},
		{time.Minute, "minute", "minutes"},
	} {
		if n := int64(d / unit.length); n >= 2 || n == 1 && unit.length == time.Minute {
			return plural(n, unit.one, unit.many)
		}
	}
	return "less than a minute"
}
