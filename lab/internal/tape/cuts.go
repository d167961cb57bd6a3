package tape

import (
	"iter"
	"math/rand/v2"
	"slices"
)

// Choice says which disks are made at each moment, besides the two that always
// are: everything written had reached the disk, and nothing since the last
// flush.
type Choice struct {
	Subsets int    // random subsets of the writes since the last flush
	All     int    // all subsets while there are no more writes than this
	Tears   int    // disks with the last write torn
	Piece   int    // bytes of a torn write that stay together; 0 is Block
	Seed    uint64 // of the drawing
}

// Cuts yields the cuts from event from to event to, in order, with their key:
// cuts with one key leave equal disks, whose moments differ. The same choice
// draws the same cuts.
func (t *Tape) Cuts(from, to int, c Choice) iter.Seq2[Cut, string] {
	if c.Piece == 0 {
		c.Piece = Block
	}
	return func(yield func(Cut, string) bool) {
		r := rand.New(rand.NewPCG(c.Seed, 0x7461_7065))
		var open []int // writes since the last flush
		flushed := t.flushedBefore(from)
		for k := flushed; k < from; k++ {
			open = t.open(open, k)
		}
		for at := from; at <= to; at++ {
			if at > from {
				if t.Events[at-1].Kind == Flush {
					flushed = at
				}
				open = t.open(open, at-1)
			}
			seen := map[string]bool{}
			for cut := range t.moment(at, open, c, r) {
				key := Cut{At: flushed, Keep: cut.Keep, Torn: cut.Torn, Piece: cut.Piece, Pieces: cut.Pieces}.String()
				if seen[key] {
					continue
				}
				seen[key] = true
				if !yield(cut, key) {
					return
				}
			}
		}
	}
}

// open adds event k to the list of writes that no flush has covered.
func (t *Tape) open(list []int, k int) []int {
	switch t.Events[k].Kind {
	case Write:
		return append(list, k)
	case Flush:
		return nil
	}
	return list
}

// moment yields the cuts at one moment.
func (t *Tape) moment(at int, open []int, c Choice, r *rand.Rand) iter.Seq[Cut] {
	return func(yield func(Cut) bool) {
		whole := func(keep []int) bool { return yield(Cut{At: at, Keep: keep, Torn: -1}) }
		if !whole(slices.Clone(open)) || !whole(nil) {
			return
		}
		if len(open) <= c.All {
			for set := range 1 << len(open) {
				if !whole(choose(open, func(i int) bool { return set>>i&1 == 1 })) {
					return
				}
			}
		} else {
			for n := range c.Subsets {
				p := [...]float64{0.5, 0.85, 0.15}[n%3]
				if !whole(choose(open, func(int) bool { return r.Float64() < p })) {
					return
				}
			}
		}
		if at == 0 || t.Events[at-1].Kind != Write {
			return
		}
		pieces := (len(t.Events[at-1].Data) + c.Piece - 1) / c.Piece
		for range c.Tears {
			if pieces < 2 {
				return
			}
			if !yield(tear(at, open, pieces, c.Piece, r)) {
				return
			}
		}
	}
}

func choose(list []int, take func(i int) bool) (chosen []int) {
	for i, k := range list {
		if take(i) {
			chosen = append(chosen, k)
		}
	}
	return chosen
}

// tear keeps some pieces of the last write, never all and never none.
func tear(at int, open []int, pieces, size int, r *rand.Rand) Cut {
	kept := choose(r.Perm(pieces), func(i int) bool { return i == 0 || r.IntN(2) == 0 })
	if len(kept) == pieces {
		kept = kept[1:]
	}
	slices.Sort(kept)
	return Cut{At: at, Keep: slices.Clone(open[:len(open)-1]), Torn: at - 1, Piece: size, Pieces: kept}
}
