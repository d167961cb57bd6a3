package play

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/internal/disk"
	"github.com/wholly-go/wholly/lab/internal/mark"
)

// Stage is where a play runs. It is for one goroutine.
type Stage struct {
	Context context.Context
	Dir     string   // path of the directory; "" on the model
	Disk    disk.Dir // the same directory
	Commits int
	Size    int // bytes of a content; 0 draws each, 4 to 64 KiB
	Writer  int // above 0: a further process of the same play
	Rand    *rand.Rand
	// Tell is called with each mark, and returns when it is written down.
	Tell func(mark.Mark) error
	// Second starts another process that runs the same play on the same
	// directory and marks; wait returns its error. On the model, which has one
	// process, it runs when it is waited for.
	Second func() (wait func() error, err error)

	built  string // the command line, once it was asked for
	remove func() // takes it away
}

// Close removes what the play needed beside its directory.
func (s *Stage) Close() {
	if s.remove != nil {
		s.remove()
	}
}

// target is the file of the plays that have one.
const target = "state"

// Begin tells that a save begins, Ack that it was acknowledged. data may be nil
// where it is made by Content, or not known.
func (s *Stage) Begin(name string, gen int, data []byte) error {
	return s.Tell(mark.Mark{Verb: mark.Begin, Name: name, Gen: gen, Sum: sum(data)})
}

// Ack is the counterpart of Begin.
func (s *Stage) Ack(name string, gen int, data []byte) error {
	return s.Tell(mark.Mark{Verb: mark.Ack, Name: name, Gen: gen, Sum: sum(data)})
}

func sum(data []byte) string {
	if data == nil {
		return ""
	}
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// Commit does one save, of generation gen of the file name, between its marks,
// and pauses. An error names both.
func (s *Stage) Commit(name string, gen int, save func() error) error {
	return s.commit(name, gen, nil, save)
}

// commit is Commit with the content, where Content did not make it.
func (s *Stage) commit(name string, gen int, data []byte, save func() error) error {
	if err := s.Begin(name, gen, data); err != nil {
		return err
	}
	if err := save(); err != nil {
		return fmt.Errorf("save %d of %s: %w", gen, name, err)
	}
	if err := s.Ack(name, gen, data); err != nil {
		return err
	}
	return s.Pause()
}

// Pause lets 0 to 4 ms go by, so that others come between. An error is that of
// the context.
func (s *Stage) Pause() error {
	if s.Dir != "" {
		time.Sleep(time.Duration(s.Rand.IntN(4001)) * time.Microsecond)
	}
	return s.Context.Err()
}

// Content is generation gen, of the stage's size.
func (s *Stage) Content(gen int) []byte {
	size := s.Size
	if size == 0 {
		size = 4<<10 + s.Rand.IntN(60<<10+1)
	}
	return mark.Content(gen, size)
}

// Path is where the file name is on a real file system.
func (s *Stage) Path(name string) string { return filepath.Join(s.Dir, filepath.FromSlash(name)) }

// in are the verbs of the policy in the stage's directory.
func (s *Stage) in(p wholly.Policy) *wholly.Dir { return p.DirOn(s.Disk) }

// Put makes the file at, in the way of os.WriteFile, hold data, and tells that
// this is generation gen of name, 0 or less: before the start only.
func (s *Stage) Put(at, name string, gen int, data []byte) error {
	if err := s.Begin(name, gen, data); err != nil {
		return err
	}
	return create(s.Disk, at, data, true)
}

// existing prepares the target.
func existing(s *Stage) error { return s.Put(target, target, 0, s.Content(0)) }

// nothing prepares nothing.
func nothing(*Stage) error { return nil }

// each runs save for the generations 1 to Commits of the target.
func each(save func(s *Stage, data []byte) error) func(*Stage) error {
	return func(s *Stage) error {
		for gen := 1; gen <= s.Commits; gen++ {
			data := s.Content(gen)
			if err := s.Commit(target, gen, func() error { return save(s, data) }); err != nil {
				return err
			}
		}
		return nil
	}
}

// create writes data to a new file, by the calls of the disk alone.
func create(d disk.Dir, name string, data []byte, sync bool) error {
	f, err := d.Create(name, 0o640)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := writeAll(f, data); err != nil || !sync {
		return err
	}
	return f.Sync()
}

func writeAll(f disk.File, data []byte) error {
	for len(data) > 0 {
		n, err := f.Write(data)
		if err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}
