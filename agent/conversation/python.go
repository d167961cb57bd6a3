package conversation

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// pythonCodecs maps each normalised name and alias to its codec.
var pythonCodecs = sync.OnceValue(func() map[string]codec {
	all := map[string]codec{}
	for _, c := range slices.Concat(unicodes, singleByte, multiByte) {
		all[c.name] = c
		for alias := range strings.FieldsSeq(c.aliases) {
			all[alias] = c
		}
	}
	return all
})

// pythonCodec returns what Python means by name.
func pythonCodec(name string) (codec, bool) {
	name = normalise(name)
	c, ok := pythonCodecs()[name]
	if !ok {
		c, ok = pythonCodecs()[strings.ReplaceAll(name, ".", "_")]
	}
	return c, ok
}

// normalise does what encodings.normalize_encoding does in Python: lower case,
// each run of anything but ASCII letters, digits and dots one underscore, none
// at the ends.
func normalise(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.')
	})
	return strings.Join(words, "_")
}

// sniff returns the codec that reads data: Python's utf_16 and utf_32 believe
// a mark of the other byte order.
func (e *Encoding) sniff(data []byte) *Encoding {
	swapped := *e
	switch {
	case e.name == "utf_16" && strings.HasPrefix(string(data), "\xfe\xff"):
		swapped.base, swapped.mark = utf16BE, "\xfe\xff"
	case e.name == "utf_32" && strings.HasPrefix(string(data), "\x00\x00\xfe\xff"):
		swapped.base, swapped.mark = utf32BE, "\x00\x00\xfe\xff"
	}
	return &swapped
}

// near returns up to five known encodings whose name or alias looks like name.
func near(name string) []string {
	if len(name) > 40 {
		return nil // no name at all; comparing it would take long
	}
	name = normalise(name)
	best := map[string]int{}
	for alias, c := range pythonCodecs() {
		d := distance(name, alias)
		if d > 2 || d >= len(name) {
			continue
		}
		if old, ok := best[c.name]; !ok || d < old {
			best[c.name] = d
		}
	}
	var names []string
	for n := range best {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(best[a], best[b]), cmp.Compare(a, b))
	})
	return names[:min(5, len(names))]
}

// distance is Levenshtein's: how many letters to add, drop or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
