package bench

import (
	"bytes"
	"strings"
	"testing"
)

func TestEverySaveHasNewContent(t *testing.T) {
	for _, size := range []int{8, 100, 4 * kib, 64 * kib} {
		d := newDocument(size, 1)
		seen := map[string]bool{}
		for i := range 300 {
			before := bytes.Clone(d.data)
			after := d.edit()
			if len(after) != size || seen[string(after)] {
				t.Fatalf("save %d of %d bytes is not new", i, size)
			}
			seen[string(after)] = true
			changed := 0
			for j := range after {
				if after[j] != before[j] {
					changed++
				}
			}
			if limit := 8 + max(8, size/200); changed > limit {
				t.Fatalf("save %d changed %d of %d bytes, at most %d wanted", i, changed, size, limit)
			}
		}
	}
}

func TestPick(t *testing.T) {
	all := Cases(false)
	got, err := Pick(all, []string{"hot", "4k"})
	if err != nil || len(got) != 2 || got[0].ID != "4k" || got[1].ID != "hot" {
		t.Errorf("%v, %v: want the order of the tables", got, err)
	}
	if got, err := Pick(all, nil); err != nil || len(got) != len(all) {
		t.Errorf("nothing picked is %d of %d, %v", len(got), len(all), err)
	}
	if _, err := Pick(all, []string{"5k"}); err == nil || !strings.Contains(err.Error(), "64m") {
		t.Errorf("an unknown case: %v", err)
	}
}

// The names of a quick run tell the truth about its sizes.
func TestCasesAreNamedByTheirSize(t *testing.T) {
	for _, quick := range []bool{false, true} {
		ids := map[string]bool{}
		for _, c := range Cases(quick) {
			if ids[c.ID] {
				t.Errorf("two cases are called %q", c.ID)
			}
			ids[c.ID] = true
			if c.Files > 32 && !strings.Contains(c.Title, thousands(c.Files)) || c.Passes > 1 && !strings.Contains(c.Title, thousands(c.Passes)) {
				t.Errorf("%q has %d files and %d passes", c.Title, c.Files, c.Passes)
			}
			if c.Size > mib && quick {
				t.Errorf("%q is not quick", c.Title)
			}
		}
	}
	if thousands(1234567) != "1,234,567" || thousands(999) != "999" {
		t.Error("thousands are not parted")
	}
}
