package play

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/lab/internal/mark"
)

func stream(s *Stage, data []byte) error {
	_, err := s.in(wholly.Policy{}).WriteFrom(s.Context, target, bytes.NewReader(data), 0o640)
	return err
}

// besideSweep leaves a temp of a dead writer, and writes while it is swept.
func besideSweep(s *Stage, data []byte) error {
	if err := create(s.Disk, fmt.Sprintf(".wholly-%013d", s.Rand.IntN(1<<40)), data, false); err != nil {
		return err
	}
	swept := make(chan error, 1)
	go func() {
		_, err := s.in(wholly.Policy{}).Sweep()
		swept <- err
	}()
	err := s.in(wholly.Policy{}).WriteFile(target, data, 0o640)
	return errors.Join(err, <-swept)
}

// update makes half of the updates here, half in another process.
func update(s *Stage) error {
	half := s.Commits / 2
	if s.Writer > 0 {
		return s.updates(half)
	}
	wait, err := s.Second()
	if err != nil {
		return err
	}
	return errors.Join(s.updates(s.Commits-half), wait())
}

// updates makes the target n times the generation after the one it is. A save
// begins under the lock, where it is known which it is.
func (s *Stage) updates(n int) error {
	for range n {
		gen := 0
		err := s.in(wholly.Policy{Keep: 1}).Update(s.Context, target, 0o640, func(old []byte) ([]byte, error) {
			was, whole := mark.Generation(old)
			if !whole {
				return nil, errors.New("the old content is not whole")
			}
			gen = was + 1
			return s.Content(gen), s.Begin(target, gen, nil)
		})
		if err != nil {
			return fmt.Errorf("update %d: %w", gen, err)
		}
		if err := s.Ack(target, gen, nil); err != nil {
			return err
		}
		if err := s.Pause(); err != nil {
			return err
		}
	}
	return nil
}

const restorable = 3

// threeVersions are the target and two earlier ones.
func threeVersions(s *Stage) error {
	for n, at := range []string{target, target + ".bak", target + ".bak.2"} {
		if err := s.Put(at, target, -n, mark.Content(-n, s.restored())); err != nil {
			return err
		}
	}
	return nil
}

// restored is the size of the contents that are restored: what they are must
// not depend on the order in which they are drawn.
func (s *Stage) restored() int {
	if s.Size > 0 {
		return s.Size
	}
	return 16 << 10
}

func restore(s *Stage) error {
	in := s.in(wholly.Policy{Keep: restorable})
	return s.restores(func() error { _, err := in.Restore(s.Context, target, 2); return err })
}

// restores goes back by two versions, again and again.
func (s *Stage) restores(back func() error) error {
	versions := []int{-2, -1, 0} // what each generation holds, the newest last
	for gen := 1; gen <= s.Commits; gen++ {
		was := versions[len(versions)-3]
		if err := s.commit(target, gen, mark.Content(was, s.restored()), back); err != nil {
			return err
		}
		versions = append(versions, was)
	}
	return nil
}

// damaged are as many files as there are commits, each half of what it should
// be, and a good version beside it.
func damaged(s *Stage) error {
	for n := 1; n <= s.Commits; n++ {
		name := nth(n)
		half := mark.Content(0, s.restored())
		if err := s.Put(name, name, 0, half[:len(half)/2]); err != nil {
			return err
		}
		if err := s.Put(name+".bak", name, -1, mark.Content(-1, s.restored())); err != nil {
			return err
		}
	}
	return nil
}

func nth(n int) string { return fmt.Sprintf("%s-%d", target, n) }

// recovery reads each of them once, with a check.
func recovery(s *Stage) error {
	in := s.in(wholly.Policy{Check: whole})
	for n := 1; n <= s.Commits; n++ {
		err := s.commit(nth(n), 1, mark.Content(-1, s.restored()), func() error {
			_, err := in.ReadFile(nth(n))
			var rec *wholly.Recovered
			switch {
			case errors.As(err, &rec):
				return rec.Repair
			case err == nil:
				return errors.New("the damage was not seen")
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// whole is a check for the lab's own contents.
func whole(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if _, ok := mark.Generation(data); !ok {
		return errors.New("not a whole content")
	}
	return nil
}
