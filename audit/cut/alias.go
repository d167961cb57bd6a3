package cut

import (
	"bytes"
	"cmp"
	"slices"
)

// aliases returns the names under which the module level hides a word: of
// "import replace as swap", of "{ writeFile: save }" and of "swap = os.replace".
// Functions that use only those names must be parsed as well.
func aliases(src []byte, bodies []Body, hits []int) []string {
	var names []string
	for _, at := range hits {
		if inside(bodies, at) {
			continue
		}
		end := at
		for end < len(src) && (letter[src[end]] || digit(src[end])) {
			end++
		}
		rest := bytes.TrimLeft(src[end:], " \t")
		start := bytes.LastIndexByte(src[:at], '\n') + 1
		if before, _, ok := bytes.Cut(src[start:at], []byte("=")); ok && (len(rest) == 0 || rest[0] != '(') {
			names = add(names, lastWord(before))
		}
		for _, mark := range []string{"as ", ":"} {
			if after, ok := bytes.CutPrefix(rest, []byte(mark)); ok {
				names = add(names, firstWord(after))
			}
		}
	}
	return names
}

func inside(bodies []Body, at int) bool {
	i, found := slices.BinarySearchFunc(bodies, at, func(b Body, at int) int { return cmp.Compare(b.Start, at) })
	return found || i > 0 && at < bodies[i-1].End
}

func add(names []string, word []byte) []string {
	if len(word) == 0 {
		return names
	}
	return append(names, string(word))
}

func firstWord(b []byte) []byte {
	b = bytes.TrimLeft(b, " \t")
	n := 0
	for n < len(b) && (letter[b[n]] || digit(b[n])) {
		n++
	}
	return b[:n]
}

func lastWord(b []byte) []byte {
	if i := bytes.IndexByte(b, ':'); i >= 0 {
		b = b[:i] // name: type = …
	}
	b = bytes.TrimRight(b, " \t")
	n := len(b)
	for n > 0 && (letter[b[n-1]] || digit(b[n-1])) {
		n--
	}
	return b[n:]
}
