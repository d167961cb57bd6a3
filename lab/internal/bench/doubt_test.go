package bench

import (
	"strings"
	"testing"
)

func TestDoubts(t *testing.T) {
	cases := []Case{{ID: "one", Files: 1, Passes: 1}, {ID: "many", Files: 9, Passes: 1}}
	base := Cell{FS: "ext4", Case: "one", Contestant: "by hand", Durable: true, Baseline: true, Flushes: 4}
	for _, c := range []struct {
		name  string
		cell  Cell
		doubt string // "" for none
	}{
		{"as many", Cell{FS: "ext4", Case: "one", Durable: true, Ours: true, Flushes: 4}, ""},
		{"fewer, and says so", Cell{FS: "ext4", Case: "one", Flushes: 2}, ""},
		{"fewer, and calls itself durable", Cell{FS: "ext4", Case: "one", Durable: true, Flushes: 2}, "calls itself durable"},
		{"ours has more", Cell{FS: "ext4", Case: "one", Durable: true, Ours: true, Flushes: 5}, "has 5 flushes"},
		{"another has more", Cell{FS: "ext4", Case: "one", Durable: true, Flushes: 5}, ""},
		{"fewer in a crowd", Cell{FS: "ext4", Case: "many", Durable: true, Flushes: 1}, ""},
		{"failed", Cell{FS: "ext4", Case: "one", Failed: "no space"}, "no space"},
	} {
		r := Result{Disk: Disk{WriteCache: "write back"}, Cells: []Cell{base, {FS: "ext4", Case: "many", Baseline: true, Durable: true, Flushes: 4}, c.cell}}
		got := strings.Join(r.Doubts(cases), "; ")
		if (got == "") != (c.doubt == "") || !strings.Contains(got, c.doubt) {
			t.Errorf("%s: doubts %q, want %q", c.name, got, c.doubt)
		}
	}
	r := Result{Disk: Disk{WriteCache: "write through"}, Cells: []Cell{base}}
	if len(r.Doubts(cases)) == 0 {
		t.Error("a device that is sent no flush is believed")
	}
	base.Flushes = 0
	r = Result{Disk: Disk{WriteCache: "write back"}, Cells: []Cell{base}}
	if len(r.Doubts(cases)) == 0 {
		t.Error("a baseline that flushes nothing is believed")
	}
}
