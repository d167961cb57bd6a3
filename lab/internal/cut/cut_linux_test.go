package cut_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/wholly-go/wholly/lab/internal/cut"
	"github.com/wholly-go/wholly/lab/internal/platter"
	"github.com/wholly-go/wholly/lab/internal/play"
	"github.com/wholly-go/wholly/lab/internal/rig"
	"github.com/wholly-go/wholly/lab/internal/tape"
)

// TestMain is also the process of a disk and that of a workload.
func TestMain(m *testing.M) {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "serve":
		err = platter.Serve(os.Args[2], os.Stdin, os.Stdout)
	case len(os.Args) == 7 && os.Args[1] == "play":
		commits, _ := strconv.Atoi(os.Args[4])
		seed, _ := strconv.ParseUint(os.Args[6], 10, 64)
		err = play.Main(context.Background(), os.Args[2], os.Getenv("LAB_DIR"), os.Getenv("LAB_MARKS"), commits, seed)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func newLab(t *testing.T, systems ...rig.FS) *cut.Lab {
	t.Helper()
	if lack := rig.Missing(systems...); lack != nil {
		if rig.Required() {
			t.Fatal(lack)
		}
		t.Skip(lack)
	}
	room, leave, err := rig.Room()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := leave(); err != nil {
			t.Error(err)
		}
	})
	return &cut.Lab{Room: room, Serve: []string{os.Args[0], "serve"}, Play: []string{os.Args[0], "play"},
		Choice: tape.Choice{Subsets: 2, All: 2, Tears: 1}}
}

func row(t *testing.T, system, name string, commits int) *cut.Row {
	t.Helper()
	fs, err := rig.Named(system)
	if err != nil {
		t.Fatal(err)
	}
	p, err := play.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newLab(t, fs).Run(t.Context(), cut.Job{FS: fs, Play: p, Commits: commits, Seeds: []uint64{1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s on %s: %d disks, %d mounted, %d flushes, %v: %s %v %v", name, system, r.Disks, r.Mounted, r.Flushes, r.Counts, r.Judgement(), r.Time, r.Examples)
	return r
}

// TestRows: what is promised is seen to be kept, and a mistake is seen.
func TestRows(t *testing.T) {
	for _, system := range []string{"ext4", "xfs", "btrfs"} {
		for _, name := range []string{play.Usual, "keep-3", "control-bak", "control-in-place", "control-sync-rename", "control-textbook"} {
			t.Run(system+"/"+name, func(t *testing.T) {
				if r := row(t, system, name, 6); !r.OK() {
					t.Errorf("%s", r.Judgement())
				}
			})
		}
	}
	t.Run("ext4-nobar", func(t *testing.T) {
		if r := row(t, "ext4-nobar", play.Usual, 6); !r.OK() {
			t.Error(r.Judgement())
		}
	})
}
