package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/lab/internal/peer"
)

// Contestant is one way to save a file.
type Contestant struct {
	Name      string
	Calls     string // F file synced, L linked, R renamed, D directory synced
	Durable   bool   // on the disk when a save returns
	Ours      bool
	InProcess bool
	Missing   func(context.Context) error // why it cannot run here
	open      func(ctx context.Context, dir string) (*saver, error)
}

// syncs tells whether the content is synced before it takes the name. What
// leaves that out does not do the work that is timed.
func (c Contestant) syncs() bool { return strings.Contains(c.Calls, "F") }

// target is a file to save, under its two names: they are made before the
// clock runs.
type target struct{ name, path string }

// saver is a contestant that is ready to save in one directory.
type saver struct {
	save  func(t target, data []byte) error
	away  func() time.Duration // so far, on the way to another process and back
	close func() error
}

const perm = 0o644

// baseline is the peer that all others are measured by.
const baseline = "hand-written Go"

// Contestants returns who takes part, the baseline first. Without foreign,
// those of other languages stay away.
func Contestants(foreign bool) ([]Contestant, error) {
	var first, rest []Contestant
	for _, p := range peer.All() {
		if p.Language != "Go" && !foreign {
			continue
		}
		c := fromPeer(p)
		if p.Name == baseline {
			first = append(first, c)
			continue
		}
		rest = append(rest, c)
		if p.Name == "renameio" {
			rest = append(rest, withDirectorySync(c))
		}
	}
	if len(first) != 1 {
		return nil, errors.New("the baseline, " + baseline + ", is not among the peers")
	}
	return append(append(first, ours()...), rest...), nil
}

func ours() []Contestant {
	held := func(p wholly.Policy) func(context.Context, string) (*saver, error) {
		return func(_ context.Context, dir string) (*saver, error) {
			d, err := p.OpenDir(dir)
			if err != nil {
				return nil, err
			}
			return &saver{close: d.Close, save: func(t target, data []byte) error { return d.WriteFile(t.name, data, perm) }}, nil
		}
	}
	byName := func(context.Context, string) (*saver, error) {
		return inProcess(func(t target, data []byte) error { return wholly.WriteFile(t.path, data, perm) }), nil
	}
	return []Contestant{
		own("wholly", "F R D", true, byName),
		own("wholly, held Dir", "F R D", true, held(wholly.Policy{})),
		own("wholly, Keep 1", "F R L R D", true, held(wholly.Policy{Keep: 1})),
		own("wholly, Ordered", "F R", false, held(wholly.Policy{Durability: wholly.Ordered})),
	}
}

func own(name, calls string, durable bool, open func(context.Context, string) (*saver, error)) Contestant {
	return Contestant{Name: name, Calls: calls, Durable: durable, Ours: true, InProcess: true,
		Missing: func(context.Context) error { return nil }, open: open}
}

func inProcess(save func(target, []byte) error) *saver {
	return &saver{save: save, close: func() error { return nil }}
}

// fromPeer makes a contestant of a peer.
func fromPeer(p peer.Peer) Contestant {
	c := Contestant{Name: p.Name, Calls: p.Calls, Durable: p.Durable, InProcess: p.Language == "Go", Missing: p.Missing}
	c.open = func(ctx context.Context, _ string) (*saver, error) {
		w, err := p.Open(ctx)
		if err != nil {
			return nil, err
		}
		s := &saver{close: w.Close, save: func(t target, data []byte) error { return w.WriteFile(t.path, data, perm) }}
		if !c.InProcess {
			s.save, s.away = timedApart(w)
		}
		return s, nil
	}
	return c
}

// timedApart tells the way to the peer's process from the peer's own work.
func timedApart(w *peer.Writer) (save func(target, []byte) error, away func() time.Duration) {
	var total atomic.Int64
	save = func(t target, data []byte) error {
		begin := time.Now()
		took, err := w.Timed(t.path, data, perm)
		total.Add(int64(time.Since(begin) - took))
		return err
	}
	return save, func() time.Duration { return time.Duration(total.Load()) }
}

// withDirectorySync is what a program must add to a peer that is only atomic.
func withDirectorySync(c Contestant) Contestant {
	plain := c.open
	c.Name, c.Calls, c.Durable = c.Name+" + dir fsync", c.Calls+" D", true
	c.open = func(ctx context.Context, dir string) (*saver, error) {
		s, err := plain(ctx, dir)
		if err != nil {
			return nil, err
		}
		save := s.save
		s.save = func(t target, data []byte) error {
			if err := save(t, data); err != nil {
				return err
			}
			return syncDir(filepath.Dir(t.path))
		}
		return s, nil
	}
	return c
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
