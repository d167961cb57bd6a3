package fix

import "slices"

// stepLine is one line of a comparison: kept ' ', removed '-' or added '+',
// with how many lines of both files stand before it.
type stepLine struct {
	kind byte
	text string
	a, b int
}

// compare returns the shortest way from a to b, removals before additions, by
// Myers' algorithm (An O(ND) Difference Algorithm, 1986). What both begin and
// end with is left out first, so the rest is small.
func compare(a, b []string) []stepLine {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	kinds := slices.Repeat([]byte{' '}, head)
	kinds = append(kinds, script(a[head:len(a)-tail], b[head:len(b)-tail])...)
	kinds = append(kinds, slices.Repeat([]byte{' '}, tail)...)
	var steps []stepLine
	x, y := 0, 0
	for _, k := range kinds {
		s := stepLine{kind: k, a: x, b: y}
		if k == '+' {
			s.text = b[y]
		} else {
			s.text = a[x]
		}
		if k != '+' {
			x++
		}
		if k != '-' {
			y++
		}
		steps = append(steps, s)
	}
	return steps
}

// script is the kinds of the steps from a to b.
func script(a, b []string) []byte {
	limit := len(a) + len(b)
	reach := map[int]int{1: 0} // by diagonal: how far into a
	var rounds []map[int]int
	for d := 0; d <= limit; d++ {
		now := map[int]int{}
		for k, x := range reach {
			now[k] = x
		}
		rounds = append(rounds, now)
		for k := -d; k <= d; k += 2 {
			x := reach[k-1] + 1
			if k == -d || k != d && reach[k-1] < reach[k+1] {
				x = reach[k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			reach[k] = x
			if x >= len(a) && x-k >= len(b) {
				return back(rounds, len(a), len(b))
			}
		}
	}
	return nil
}

// back follows the rounds from the end to the beginning.
func back(rounds []map[int]int, x, y int) []byte {
	var kinds []byte
	for d := len(rounds) - 1; d >= 0; d-- {
		reach, k := rounds[d], x-y
		prev := k - 1
		if k == -d || k != d && reach[k-1] < reach[k+1] {
			prev = k + 1
		}
		px := reach[prev]
		py := px - prev
		for x > px && y > py && x > 0 && y > 0 {
			kinds = append(kinds, ' ')
			x, y = x-1, y-1
		}
		if d == 0 {
			break
		}
		if x == px {
			kinds = append(kinds, '+')
		} else {
			kinds = append(kinds, '-')
		}
		x, y = px, py
	}
	slices.Reverse(kinds)
	return kinds
}
