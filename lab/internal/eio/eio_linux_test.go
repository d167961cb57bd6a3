package eio_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/wholly-go/wholly/lab/internal/eio"
	"github.com/wholly-go/wholly/lab/internal/platter"
	"github.com/wholly-go/wholly/lab/internal/rig"
)

// TestMain is also the process of a disk and that of a save.
func TestMain(m *testing.M) {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "serve":
		err = platter.Serve(os.Args[2], os.Stdin, os.Stdout)
	case len(os.Args) == 4 && os.Args[1] == "save":
		var said eio.Said
		if said, err = eio.Save(context.Background(), os.Args[2], os.Args[3]); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(said)
		}
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// TestRows: each way of ours tells that a write failed and leaves the old
// content; who syncs again is told that all is well, and has lost it.
func TestRows(t *testing.T) {
	for _, name := range []string{"ext4", "xfs", "btrfs"} {
		fs, err := rig.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if lack := rig.Missing(fs); lack != nil {
			if rig.Required() {
				t.Fatal(lack)
			}
			t.Skip(lack)
		}
		for _, way := range eio.Names() {
			t.Run(name+"/"+way, func(t *testing.T) {
				room, leave, err := rig.Room()
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					if err := leave(); err != nil {
						t.Error(err)
					}
				}()
				l := eio.Lab{Room: room, Serve: []string{os.Args[0], "serve"}, Save: []string{os.Args[0], "save"}}
				r, err := l.Run(t.Context(), fs, way)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%+v", r)
				for _, w := range r.Wrong {
					t.Error(w)
				}
			})
		}
	}
}
