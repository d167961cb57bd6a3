package tape_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/lab/internal/tape"
)

func write(off int64, data string) tape.Event {
	return tape.Event{Kind: tape.Write, Off: off, Data: []byte(data)}
}

var (
	flush = tape.Event{Kind: tape.Flush}
	note  = tape.Event{Kind: tape.Note, Data: []byte("ack state 1")}
)

func example() *tape.Tape {
	block := bytes.Repeat([]byte("base"), tape.Block/4)
	return &tape.Tape{Size: 8 * tape.Block, Base: tape.Blocks{1: block, 7: block}, Events: []tape.Event{
		write(0, "a"), note, flush, write(1, "b"), write(2*tape.Block-1, strings.Repeat("cd", tape.Block)), note, flush, write(3, "e"),
	}}
}

// TestFileKeepsEverything: what was written is read back, and a file that was
// cut off anywhere is not taken for a shorter recording.
func TestFileKeepsEverything(t *testing.T) {
	want := example()
	var file bytes.Buffer
	if err := want.Encode(&file); err != nil {
		t.Fatal(err)
	}
	got, err := tape.Decode(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range got.Events {
		if len(got.Events[i].Data) == 0 {
			got.Events[i].Data = nil
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read back\n%v\nwant\n%v", got, want)
	}
	for n := range file.Len() {
		if _, err := tape.Decode(bytes.NewReader(file.Bytes()[:n])); err == nil {
			t.Fatalf("a file cut off at %d of %d bytes was taken", n, file.Len())
		}
	}
}

func FuzzDecode(f *testing.F) {
	var file bytes.Buffer
	if err := example().Encode(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte("not a tape"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tp, err := tape.Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		for c := range tp.Cuts(0, len(tp.Events), tape.Choice{Subsets: 1, Tears: 1}) {
			if _, _, err := tp.Image().Disk(c); err != nil {
				t.Fatal(err)
			}
		}
		if err := tp.Encode(io.Discard); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParseCut(f *testing.F) {
	for _, s := range []string{"0:", "412:401,403-405", "412:401,403-405/406@4096:0,2", "1:5-3", "x", "9:1/2@0:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := tape.ParseCut(s)
		if err != nil {
			return
		}
		again, err := tape.ParseCut(c.String())
		if err != nil || again.String() != c.String() {
			t.Errorf("%q became %q, then %q (%v)", s, c, again, err)
		}
	})
}

// TestDiskIsWhatTheCutLeaves compares each image with one that is made the
// plain way: a whole disk in memory, written event by event.
func TestDiskIsWhatTheCutLeaves(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	tp := &tape.Tape{Size: 4 * tape.Block, Base: tape.Blocks{2: bytes.Repeat([]byte("z"), tape.Block)}}
	for i := range 60 {
		switch r.IntN(5) {
		case 0:
			tp.Events = append(tp.Events, flush)
		case 1:
			tp.Events = append(tp.Events, note)
		default:
			n := 1 + r.IntN(2*tape.Block)
			tp.Events = append(tp.Events, write(r.Int64N(tp.Size-int64(n)), strings.Repeat(string(rune('A'+i%26)), n)))
		}
	}
	image := tp.Image()
	seen, keys := 0, map[string]string{}
	for c, key := range tp.Cuts(5, len(tp.Events), tape.Choice{Subsets: 3, All: 2, Tears: 2, Piece: 512, Seed: seed}) {
		durable, chosen, err := image.Disk(c)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got := make([]byte, tp.Size)
		durable.ReadAt(got, 0)
		for n, b := range chosen {
			copy(got[n*tape.Block:], b)
		}
		if !bytes.Equal(got, plain(tp, c)) {
			t.Fatalf("seed %d: cut %v is not what was written", seed, c)
		}
		if before, ok := keys[key]; ok && before != string(got) {
			t.Fatalf("seed %d: cut %v has the key %s of another disk", seed, c, key)
		}
		keys[key] = string(got)
		seen++
	}
	if seen < 150 || len(keys) < seen/3 {
		t.Errorf("seed %d: %d cuts with %d keys: the choice is poor", seed, seen, len(keys))
	}
	if _, _, err := image.Disk(tape.Cut{At: 1, Torn: -1}); err != nil {
		t.Errorf("seed %d: going back: %v", seed, err)
	}
}

// plain is the disk of a cut, the slow way.
func plain(tp *tape.Tape, c tape.Cut) []byte {
	disk := make([]byte, tp.Size)
	tp.Base.ReadAt(disk, 0)
	last := 0
	for i, e := range tp.Events[:c.At] {
		if e.Kind == tape.Flush {
			last = i
		}
	}
	kept := map[int]bool{}
	for _, k := range c.Keep {
		kept[k] = true
	}
	for i, e := range tp.Events[:c.At] {
		switch {
		case e.Kind != tape.Write:
		case i < last || kept[i]:
			copy(disk[e.Off:], e.Data)
		case i == c.Torn:
			for _, p := range c.Pieces {
				from := p * c.Piece
				copy(disk[e.Off+int64(from):], e.Data[from:min(from+c.Piece, len(e.Data))])
			}
		}
	}
	return disk
}

// TestEveryMomentIsCut: at each moment there is the disk with everything and
// the one with nothing since the last flush.
func TestEveryMomentIsCut(t *testing.T) {
	tp := example()
	all, none := map[int]bool{}, map[int]bool{}
	for c := range tp.Cuts(0, len(tp.Events), tape.Choice{}) {
		open := 0
		for i := c.At - 1; i >= 0 && tp.Events[i].Kind != tape.Flush; i-- {
			if tp.Events[i].Kind == tape.Write {
				open++
			}
		}
		all[c.At] = all[c.At] || len(c.Keep) == open
		none[c.At] = none[c.At] || len(c.Keep) == 0
	}
	for at := range len(tp.Events) + 1 {
		if !all[at] || !none[at] {
			t.Errorf("moment %d: everything %v, nothing %v", at, all[at], none[at])
		}
	}
}

// TestImpossibleCutsAreRefused: what the recording cannot have left is an error.
func TestImpossibleCutsAreRefused(t *testing.T) {
	tp := example()
	for _, s := range []string{"99:", "5:0", "5:4-5", "5:3/3@512:0", "6:3/4@4096:9", "2:1"} {
		c, err := tape.ParseCut(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := tp.Image().Disk(c); err == nil {
			t.Errorf("cut %s was made", s)
		}
	}
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	far := &tape.Tape{Size: tape.Block, Base: tape.Blocks{}, Events: []tape.Event{write(tape.Block-1, "ab")}}
	var file bytes.Buffer
	if err := far.Encode(&file); err != nil {
		t.Fatal(err)
	}
	_, err := tape.Decode(&file)
	if err == nil || !strings.Contains(err.Error(), "2 bytes at 4095") {
		t.Errorf("a write beyond the disk: %v", err)
	}
	if _, err := tape.Decode(strings.NewReader("")); !errors.Is(err, io.EOF) {
		t.Errorf("an empty file: %v", err)
	}
}

func ExampleTape_Cuts() {
	tp := &tape.Tape{Size: tape.Block, Events: []tape.Event{write(0, "a"), flush, write(0, "b"), write(8, "c")}}
	for c := range tp.Cuts(2, 4, tape.Choice{All: 2}) {
		fmt.Println(c)
	}
	// Output:
	// 2:
	// 3:2
	// 3:
	// 4:2-3
	// 4:
	// 4:2
	// 4:3
}
