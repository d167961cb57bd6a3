package conform

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

// conditions are the cases about writes that depend on what is there, and on
// other writers.
func conditions() []row {
	return []row{
		{id: "C3", title: "create if absent, a file is there", want: "EEXIST, old", run: func(s *scene) string {
			path := s.put("f", 0o644)
			a := s.do(doNewOnly, path, 0o644)
			return s.result(a, path)
		}},
		{id: "C3 race", title: "create if absent, many at once", want: "one, whole", run: func(s *scene) string {
			s.needVerb(doNewOnly)
			return s.oneWins(func(path string) { os.Remove(path) }, func(path string, data []byte) error {
				err := s.w.NewOnly(path, data, 0o644)
				if errors.Is(err, fs.ErrExist) {
					return errLost
				}
				return err
			})
		}},
		{id: "C4", title: "if unchanged, but it was changed", want: "error, old", run: func(s *scene) string {
			s.needIfStill()
			path := s.put("f", 0o644)
			return s.refusal(s.ifStill(path, []byte("another content")), path)
		}},
		{id: "C4 same", title: "if unchanged, and it was not", want: "written", run: func(s *scene) string {
			s.needIfStill()
			path := s.put("f", 0o644)
			return s.result(s.ifStill(path, oldContent), path)
		}},
		{id: "C4 race", title: "if unchanged, many at once", want: "one, whole", run: func(s *scene) string {
			s.needIfStill()
			return s.oneWins(func(path string) { s.must(os.WriteFile(path, oldContent, 0o644)) },
				func(path string, data []byte) error {
					if s.w.IfStill(path, oldContent, data, 0o644) != nil {
						return errLost
					}
					return nil
				})
		}},
		{id: "C5", title: "updates by several processes", want: "none lost", run: updates},
		{id: "C6", title: "sweep beside a live and a dead writer", want: "swept, the live one commits", run: sweepBesideWriters},
	}
}

func (s *scene) needIfStill() {
	if s.w.IfStill == nil {
		s.inapplicable("the writer has no conditional write")
	}
}

func (s *scene) ifStill(path string, old []byte) (a answer) {
	s.watched(func() {
		a = s.w.guard(func() (told Told, err error) {
			return told, s.w.IfStill(path, old, newContent, 0o644)
		})
	})
	s.panicked(a)
	return a
}

var errLost = errors.New("another was first")

// oneWins has several writers do the same at once, after reset: exactly one
// must succeed, and its content must be there.
func (s *scene) oneWins(reset func(path string), write func(path string, data []byte) error) string {
	path := s.path("f")
	s.expect(path)
	for range 20 {
		reset(path)
		var won atomic.Int32
		var winner atomic.Int32
		var failed atomic.Value
		s.watched(func() {
			together(4, func(i int) {
				switch err := write(path, sample(i)); {
				case err == nil:
					won.Add(1)
					winner.Store(int32(i))
				case err != errLost:
					failed.Store(err)
				}
			})
		})
		if err, ok := failed.Load().(error); ok {
			return "error: " + err.Error()
		}
		if won.Load() != 1 {
			return fmt.Sprintf("%d at once", won.Load())
		}
		data, err := os.ReadFile(path)
		if err != nil || string(data) != string(sample(int(winner.Load()))) {
			return "one, not whole"
		}
	}
	return "one, whole"
}

func updates(s *scene) string {
	if s.w.Update == nil {
		s.inapplicable("the writer has no update")
	}
	const processes, times = 4, 25
	path := s.path("f")
	s.must(os.WriteFile(path, []byte("0\n"), 0o644))
	j := s.job(doUpdate, path, 0o644)
	j.Times = times
	commands := make([]func() answer, processes)
	for i := range commands {
		cmd := s.command(j)
		commands[i] = func() answer { return s.finish(cmd) }
	}
	answers := make([]answer, processes)
	s.watched(func() {
		together(processes, func(i int) { answers[i] = commands[i]() })
	})
	for _, a := range answers {
		if !a.OK {
			return a.Name
		}
	}
	data, err := os.ReadFile(path)
	s.must(err)
	var n int
	fmt.Sscan(string(data), &n)
	if n != processes*times {
		return fmt.Sprintf("%d of %d lost", processes*times-n, processes*times)
	}
	return "none lost"
}

// sweepBesideWriters has one replacement open here and one in a process that
// is killed.
func sweepBesideWriters(s *scene) string {
	if s.w.Sweep == nil {
		s.inapplicable("the writer has no sweep")
	}
	s.needStream()
	s.mkdir("d", 0o755)
	path := s.put("d/f", 0o644)
	live := s.create(path)
	defer live.Close()
	s.must(writeTo(live, newContent))
	before := entries(filepath.Dir(path))
	cmd := s.start(s.job(doHold, path, 0o644))
	s.must(cmd.Process.Kill())
	cmd.Wait()
	if dead := entries(filepath.Dir(path)); dead == before {
		s.inapplicable("a killed writer leaves nothing")
	}
	s.must(s.w.Sweep(filepath.Dir(path)))
	got := "swept"
	if entries(filepath.Dir(path)) != before {
		got = "not swept"
	}
	if a := s.w.answerTo(live.Commit()); !a.OK || content(path) != "new" {
		return got + ", the live one is broken"
	}
	return got + ", the live one commits"
}

func entries(dir string) int {
	list, _ := os.ReadDir(dir)
	return len(list)
}
