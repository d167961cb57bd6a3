package bench

import (
	"iter"
	"math/rand/v2"
)

// turn is one trial of one contestant.
type turn struct{ round, contestant int }

// schedule lets n contestants take turns: in each round each has the given
// number of trials, and for every trial a new random order is drawn. Short
// trials are thus interleaved one by one, and long ones within their round.
func schedule(random *rand.Rand, n, rounds, trials int) iter.Seq[turn] {
	return func(yield func(turn) bool) {
		for round := range rounds {
			for range trials {
				for _, c := range random.Perm(n) {
					if !yield(turn{round, c}) {
						return
					}
				}
			}
		}
	}
}
