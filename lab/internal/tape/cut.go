package tape

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Cut says which disk: the power went when the first At events had happened.
// Of the writes since the last flush those in Keep had reached the disk, and of
// write Torn only the pieces listed, each Piece bytes long.
type Cut struct {
	At     int
	Keep   []int // events, ascending
	Torn   int   // an event; -1 for none
	Piece  int   // bytes
	Pieces []int // ascending
}

// String writes the cut as a word that ParseCut reads: "412:401,403-405" or,
// with a torn write, "412:401,403-405/406@4096:0,2".
func (c Cut) String() string {
	s := strconv.Itoa(c.At) + ":" + ranges(c.Keep)
	if c.Torn >= 0 {
		s += fmt.Sprintf("/%d@%d:%s", c.Torn, c.Piece, ranges(c.Pieces))
	}
	return s
}

func ranges(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		part := strconv.Itoa(list[i])
		if j > i {
			part += "-" + strconv.Itoa(list[j])
		}
		parts, i = append(parts, part), j+1
	}
	return strings.Join(parts, ",")
}

// ParseCut reads what Cut.String wrote.
func ParseCut(s string) (Cut, error) {
	wrong := func() (Cut, error) {
		return Cut{}, fmt.Errorf("cut %q: want AT:KEPT or AT:KEPT/TORN@BYTES:PIECES, with lists such as 3,5-7", s)
	}
	kept, torn, isTorn := strings.Cut(s, "/")
	at, keep, ok := strings.Cut(kept, ":")
	c := Cut{Torn: -1}
	var err error
	if c.At, err = strconv.Atoi(at); err != nil || !ok || c.At < 0 {
		return wrong()
	}
	if c.Keep, ok = parseRanges(keep); !ok {
		return wrong()
	}
	if !isTorn {
		return c, nil
	}
	head, pieces, ok := strings.Cut(torn, ":")
	event, bytes, ok2 := strings.Cut(head, "@")
	if !ok || !ok2 {
		return wrong()
	}
	if c.Torn, err = strconv.Atoi(event); err != nil || c.Torn < 0 {
		return wrong()
	}
	if c.Piece, err = strconv.Atoi(bytes); err != nil || c.Piece < 1 {
		return wrong()
	}
	if c.Pieces, ok = parseRanges(pieces); !ok {
		return wrong()
	}
	return c, nil
}

// maxListed bounds what a range in a cut may spell out.
const maxListed = 1 << 20

func parseRanges(s string) (list []int, ok bool) {
	if s == "" {
		return nil, true
	}
	for part := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(part, "-")
		a, err := strconv.Atoi(from)
		if err != nil || a < 0 {
			return nil, false
		}
		b := a
		if isRange {
			if b, err = strconv.Atoi(to); err != nil || b < a {
				return nil, false
			}
		}
		if b-a > maxListed || len(list) > maxListed || len(list) > 0 && a <= list[len(list)-1] {
			return nil, false
		}
		for n := a; n <= b; n++ {
			list = append(list, n)
		}
	}
	return list, true
}

// Image makes the disks of one tape, one at a time.
type Image struct {
	tape    *Tape
	durable Blocks // the disk at the last flush before event at
	at      int    // events that are in durable
}

// Image returns a maker of the tape's disks. Going forward in the tape is cheap.
func (t *Tape) Image() *Image { return &Image{tape: t, durable: t.Base.Clone()} }

// Disk returns what the cut leaves: the durable disk, which must not be
// changed and is good until the next call, and over it what had been chosen.
func (i *Image) Disk(c Cut) (durable, chosen Blocks, err error) {
	if err := i.tape.check(c); err != nil {
		return nil, nil, err
	}
	flushed := i.tape.flushedBefore(c.At)
	if flushed < i.at {
		i.durable, i.at = i.tape.Base.Clone(), 0
	}
	for ; i.at < flushed; i.at++ {
		if e := i.tape.Events[i.at]; e.Kind == Write {
			i.durable.WriteAt(e.Data, e.Off, i.durable.At)
		}
	}
	chosen = Blocks{}
	below := func(n int64) []byte {
		if b := chosen[n]; b != nil {
			return b
		}
		return i.durable[n]
	}
	for _, k := range c.writes() {
		e := i.tape.Events[k]
		if k != c.Torn {
			chosen.WriteAt(e.Data, e.Off, below)
			continue
		}
		for _, p := range c.Pieces {
			from := p * c.Piece
			if from >= len(e.Data) {
				return nil, nil, fmt.Errorf("cut %v: write %d has no piece %d", c, k, p)
			}
			to := min(from+c.Piece, len(e.Data))
			chosen.WriteAt(e.Data[from:to], e.Off+int64(from), below)
		}
	}
	return i.durable, chosen, nil
}

// writes are the events that had reached the disk in whole or in part, in order.
func (c Cut) writes() []int {
	all := slices.Clone(c.Keep)
	if c.Torn >= 0 {
		n, _ := slices.BinarySearch(all, c.Torn)
		all = slices.Insert(all, n, c.Torn)
	}
	return all
}

// check reports a cut that this tape cannot have.
func (t *Tape) check(c Cut) error {
	if c.At > len(t.Events) {
		return fmt.Errorf("cut %v: the tape has %d events", c, len(t.Events))
	}
	flushed := t.flushedBefore(c.At)
	for _, k := range c.writes() {
		if k < flushed || k >= c.At || t.Events[k].Kind != Write {
			return fmt.Errorf("cut %v: event %d is not a write between the last flush and the cut", c, k)
		}
	}
	if c.Torn >= 0 && (c.Piece < 1 || slices.Contains(c.Keep, c.Torn)) {
		return fmt.Errorf("cut %v: write %d cannot be whole and torn", c, c.Torn)
	}
	return nil
}

// flushedBefore returns how many of the first n events the last flush among
// them has made durable.
func (t *Tape) flushedBefore(n int) int {
	for n > 0 && t.Events[n-1].Kind != Flush {
		n--
	}
	return n
}
