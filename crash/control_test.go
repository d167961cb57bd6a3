package crash_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/crash"
)

// writer saves data under file, by the calls of the disk alone: the classic
// ways, and the textbook.
type writer func(d *crash.Disk, data []byte)

// temp writes data to a new file.
func temp(d *crash.Disk, name string, data []byte, sync bool) {
	f, err := d.Root().Create(name, 0o640)
	must(err)
	_, err = f.Write(data)
	must(err)
	if sync {
		must(f.Sync())
	}
	must(f.Close())
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func inPlace(d *crash.Disk, data []byte) {
	f, err := d.Root().OpenWrite(file)
	must(err)
	must(f.Truncate(0))
	_, err = f.Write(data)
	must(err)
	must(f.Sync())
}

func bakPattern(sync bool) writer {
	return func(d *crash.Disk, data []byte) {
		temp(d, "tmp", data, sync)
		must(d.Root().Rename(file, file+".bak"))
		must(d.Root().Rename("tmp", file))
	}
}

func tempRename(syncFile, syncDir bool) writer {
	return func(d *crash.Disk, data []byte) {
		temp(d, "tmp", data, syncFile)
		must(d.Root().Rename("tmp", file))
		if syncDir {
			must(d.Root().Sync())
		}
	}
}

func renameThenSync(d *crash.Disk, data []byte) {
	f, err := d.Root().Create("tmp", 0o640)
	must(err)
	_, err = f.Write(data)
	must(err)
	must(d.Root().Rename("tmp", file))
	must(f.Sync())
	must(d.Root().Sync())
}

func backupByLink(d *crash.Disk, data []byte) {
	temp(d, "tmp", data, true)
	must(d.Root().Link(file, "link"))
	must(d.Root().Rename("link", file+".bak"))
	must(d.Root().Rename("tmp", file))
	must(d.Root().Sync())
}

// verdicts are the ways in which the file may be found after writer replaced
// it three times and the power went at any moment.
func verdicts(model crash.Model, w writer) string {
	d := crash.New()
	d.Put(file, generations[0], 0o640)
	d.Reset()
	for k := 1; k <= 3; k++ {
		d.Begin(k)
		w(d, generations[k])
		d.Ack(k)
	}
	found := map[string]bool{}
	for c := range d.Crashes(model) {
		total.disks.Add(1)
		data, there := c.Files()[file]
		k, class := generation(data)
		if !there {
			class = "missing"
		} else if class == "" {
			_, class = historyOf(d.Ops(), c.At).allows(k)
		}
		if class != "" {
			found[class] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), " ")
}

// TestControls: the model is blind unless it finds the classic mistakes
// guilty, and the textbook innocent.
func TestControls(t *testing.T) {
	for _, tc := range []struct {
		name           string
		write          writer
		subset, prefix string
	}{
		{"overwrite in place", inPlace, "empty torn zeros", "empty torn zeros"},
		{"temp, rename", tempRename(false, false), "empty stale torn zeros", "empty stale torn zeros"},
		{"temp, rename, sync of the directory", tempRename(false, true), "empty torn zeros", "empty torn zeros"},
		{"temp, old to .bak, temp in", bakPattern(false), "empty missing stale torn zeros", "empty missing stale torn zeros"},
		{"the same, temp synced", bakPattern(true), "missing stale", "missing stale"},
		{"temp, sync, rename", tempRename(true, false), "stale", "stale"},
		{"rename, then sync", renameThenSync, "empty torn zeros", "empty torn zeros"},
		{"temp, sync, rename, sync of the directory", tempRename(true, true), "", ""},
		{"the same with a backup by link", backupByLink, "", ""},
	} {
		for model, want := range map[crash.Model]string{crash.Subset: tc.subset, crash.Prefix: tc.prefix} {
			if got := verdicts(model, tc.write); got != want {
				t.Errorf("%s (%v): found %q, want %q", tc.name, model, got, want)
			}
		}
	}
}

func ExampleDisk() {
	save := func(d *crash.Disk, data string) {
		dir := d.Root()
		f, _ := dir.Create("temp", 0o600)
		f.Write([]byte(data))
		f.Close() // and no Sync
		dir.Rename("temp", "state")
		dir.Sync()
	}

	d := crash.New()
	d.Put("state", []byte("old"), 0o600)
	d.Reset()
	d.Begin(1)
	save(d, "new")
	d.Ack(1)

	bad := map[string]int{}
	for c := range d.Crashes(crash.Subset) {
		if s := string(c.Files()["state"]); s != "old" && s != "new" {
			bad[fmt.Sprintf("%q", s)]++
		}
	}
	for _, s := range slices.Sorted(maps.Keys(bad)) {
		fmt.Println(s)
	}
	// Output:
	// ""
	// "\x00\x00\x00"
	// "\x00ew"
	// "n"
	// "n\x00\x00"
	// "ne"
}
