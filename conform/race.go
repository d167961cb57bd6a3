package conform

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// sample returns the n-th of the contents that are told apart when several are
// written: one letter, of a length that goes with it.
func sample(n int) []byte {
	n %= 4
	return bytes.Repeat([]byte{byte('a' + n)}, (n+1)*96<<10)
}

// whole reports whether data is one of the samples.
func whole(data []byte) bool {
	return len(data) > 0 && data[0] >= 'a' && data[0] <= 'd' && bytes.Equal(data, sample(int(data[0]-'a')))
}

// races are the cases about several writers, and readers beside them.
func races() []row {
	return []row{
		{id: "C1", title: "many writers, one name", want: "whole", run: manyWriters},
		{id: "C2", title: "readers during writes", want: "whole", run: readers},
		{id: "C7", title: "a watch on the directory sees each write", want: "seen, seen", run: func(s *scene) string {
			path := s.put("f", 0o644)
			seen := s.watch(s.dir, "f")
			got := ""
			for i := range 2 {
				if a := s.write(path, 0o644); !a.OK {
					return s.result(a, path)
				}
				if i > 0 {
					got += ", "
				}
				if !seen() {
					got += "not "
				}
				got += "seen"
			}
			return got
		}},
	}
}

// together calls do n times at once and waits for all.
func together(n int, do func(i int)) {
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-begin
			do(i)
		})
	}
	close(begin)
	all.Wait()
}

func manyWriters(s *scene) string {
	path := s.path("f")
	s.must(os.WriteFile(path, sample(0), 0o644))
	const writers, rounds = 4, 60
	for range rounds {
		answers := make([]answer, writers)
		s.watched(func() {
			together(writers, func(i int) { answers[i] = s.w.call(doWrite, path, sample(i), 0o644) })
		})
		for _, a := range answers {
			if !a.OK {
				return a.Name
			}
		}
		if data, err := os.ReadFile(path); err != nil || !whole(data) {
			return "mixed"
		}
	}
	return "whole"
}

func readers(s *scene) string {
	path := s.path("f")
	s.must(os.WriteFile(path, sample(0), 0o644))
	stop, seen := make(chan struct{}), make(chan string, 1)
	go func() {
		got := "whole"
		for {
			select {
			case <-stop:
				seen <- got
				return
			default:
			}
			if data, err := s.w.read(path); err != nil {
				got = "missing"
			} else if !whole(data) && got == "whole" {
				got = "torn"
			}
		}
	}()
	failed := s.rewrite(path)
	close(stop)
	got := <-seen
	if failed != "" {
		return failed
	}
	return got
}

// rewrite writes the samples in turn, for at least this long and this often.
func (s *scene) rewrite(path string) (failed string) {
	s.watched(func() {
		begin := time.Now()
		for i := 0; i < 60 || time.Since(begin) < 200*time.Millisecond; i++ {
			if a := s.w.call(doWrite, path, sample(i), 0o644); !a.OK {
				failed = a.Name
				return
			}
		}
	})
	return failed
}

// killed kills a writer at different moments and looks at what it leaves, also
// for a Sweep. Litter is allowed here: nobody is left to clean up.
func killed(s *scene) string {
	s.mkdir("d", 0o755)
	path := s.path("d/f")
	for round := range 16 {
		s.must(os.WriteFile(path, sample(0), 0o644))
		cmd := s.start(s.job(doLoop, path, 0o644))
		time.Sleep(time.Duration(round*7%23) * time.Millisecond)
		s.must(cmd.Process.Kill())
		cmd.Wait()
		data, err := s.w.read(path)
		if err != nil {
			return "missing"
		}
		if !whole(data) {
			return "torn"
		}
	}
	if s.w.Sweep != nil {
		s.must(s.w.Sweep(filepath.Dir(path)))
		if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
			s.note("litter after a sweep")
		}
	}
	return "old or new"
}
