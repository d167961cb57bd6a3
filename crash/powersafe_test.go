package crash_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/internal/disk"
)

// TestPowersafe: with it, what was synced survives a later append, and the
// appended bytes tear as before; without, all of the file may. A cut that was
// not synced may be undone behind what was written since. Dots are zeros.
func TestPowersafe(t *testing.T) {
	add := func(f disk.File) {
		_, err := f.Write([]byte("WXYZ"))
		must(err)
	}
	for _, tc := range []struct {
		name string
		safe bool
		do   func(disk.File)
		want string
	}{
		{"append", false, add, " ...... ........ abc abcd abcd.. abcd.... abcdWX abcdWXYZ"},
		{"append", true, add, "abcd abcd.. abcd.... abcd...Z abcd..YZ abcd.X abcd.XYZ abcdW abcdW. abcdW... abcdWX abcdWX.. abcdWXY abcdWXY. abcdWXYZ"},
		{"cut", true, func(f disk.File) { must(f.Truncate(2)) }, "ab abcd"},
	} {
		d := crash.New()
		d.Powersafe = tc.safe
		d.Put("log", []byte("abcd"), 0o600)
		d.Reset()
		f, err := d.Root().OpenWrite("log")
		must(err)
		_, err = f.Read(make([]byte, 4))
		must(err)
		tc.do(f)
		if got := contents(d); got != tc.want {
			t.Errorf("%s, powersafe %v: %q\nwant %q", tc.name, tc.safe, got, tc.want)
		}
		must(f.Sync())
		d.Reset()
		if got := contents(d); strings.Contains(got, " ") {
			t.Errorf("%s, after a sync: %q", tc.name, got)
		}
	}
}

// TestPowersafeUncut: new bytes land, the cut before them does not.
func TestPowersafeUncut(t *testing.T) {
	d := crash.New()
	d.Powersafe = true
	d.Put("log", []byte("abcdef"), 0o600)
	d.Reset()
	f, err := d.Root().OpenWrite("log")
	must(err)
	must(f.Truncate(2))
	_, err = f.Read(make([]byte, 2))
	must(err)
	_, err = f.Write([]byte("XY"))
	must(err)
	if got := contents(d); !slices.Contains(strings.Split(got, " "), "abXYef") {
		t.Errorf("%q", got)
	}
}

func contents(d *crash.Disk) string {
	found := map[string]bool{}
	for c := range d.Crashes(crash.Subset) {
		found[strings.ReplaceAll(string(c.Files()["log"]), "\x00", ".")] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), " ")
}
