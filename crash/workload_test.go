package crash_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
)

var ctx = context.Background()

// workload is one way of using the library, and what may be found on the disk
// while and after it runs.
type workload struct {
	name    string
	path    string // of the file, default "state"
	keep    int
	mode    fs.FileMode   // of the file, default 0640
	absent  bool          // there is no file at the start
	damaged bool          // the file fails its check at the start; generation 1 is its backup
	kept    map[int][]int // generations kept beside each, if not simply the ones before it
	inPlace bool          // written in place: whole only through the library
	private bool          // for its owner alone
	wide    []string      // names that are more open at the start: 0644
	others  []string      // further names that belong there
	last    int           // generation at the end, if no error is injected
	setup   func(d *crash.Disk)
	run     func(s *saver)
}

// saver runs saves on a disk and marks them.
type saver struct {
	w      *workload
	disk   *crash.Disk
	errs   []error // of saves that failed
	bad    []string
	void   bool // a save failed and left nothing
	narrow bool // a refused chmod may have left the mode narrower than asked
}

func (s *saver) dir(p wholly.Policy) *wholly.Dir { return p.DirOn(s.disk.Root()) }

// save runs do, which makes the file generation k.
func (s *saver) save(k int, do func() error) {
	before := s.disk.Files()[s.w.path]
	s.disk.Begin(k)
	s.settle(k, before, do())
}

// settle marks how save k ended, and compares the State of its error with what
// is there (P6).
func (s *saver) settle(k int, before []byte, err error) {
	now := s.disk.Files()[s.w.path]
	var rec *wholly.Recovered
	if err == nil || errors.As(err, &rec) && rec.Repair == nil {
		if string(now) != string(generations[k]) {
			s.bad = append(s.bad, fmt.Sprintf("save %d returned %v, but the file holds %.30q", k, err, now))
		}
		s.disk.Ack(k)
		return
	}
	s.errs = append(s.errs, err)
	var e *wholly.Error
	switch {
	case rec != nil:
		s.disk.Void(k)
	case !errors.As(err, &e):
		s.bad = append(s.bad, fmt.Sprintf("save %d returned %T: %v", k, err, err))
	case e.State == wholly.Old:
		if string(now) != string(before) {
			s.bad = append(s.bad, fmt.Sprintf("save %d says old, but the file holds %.30q: %v", k, now, err))
		}
		s.disk.Void(k)
		s.void = true
	case e.State == wholly.New && string(now) != string(generations[k]):
		s.bad = append(s.bad, fmt.Sprintf("save %d says new, but the file holds %.30q: %v", k, now, err))
	}
}

func write(s *saver, p wholly.Policy, k int) {
	s.save(k, func() error { return s.dir(p).WriteFile(s.w.path, generations[k], s.w.mode) })
}

func put(k int) func(*crash.Disk) {
	return func(d *crash.Disk) { d.Put(file, generations[k], 0o640) }
}

// workloads are all of them, freshly made.
func workloads() []*workload {
	all := []*workload{
		{name: "create", absent: true, last: 1, run: func(s *saver) { write(s, s.w.policy(), 1) }},
		{name: "create-in-new-dir", path: "a/state", absent: true, others: []string{"a"}, last: 2, run: func(s *saver) {
			p := s.w.policy()
			p.MkdirMode = 0o755
			write(s, p, 1)
			write(s, p, 2)
		}},
		{name: "create-two-levels", path: "a/b/state", absent: true, last: 1, run: func(s *saver) {
			p := s.w.policy()
			p.MkdirMode = 0o755
			write(s, p, 1)
		}},
		{name: "create-if-absent", absent: true, last: 1, run: func(s *saver) {
			p := s.w.policy()
			p.If = wholly.IfAbsent
			write(s, p, 1)
			if failed := len(s.errs); failed > 0 {
				write(s, p, 2)
			} else if err := s.dir(p).WriteFile(file, generations[2], s.w.mode); err == nil {
				s.bad = append(s.bad, "a second file was created over the first")
			}
		}},
		{name: "create-if-absent-by-link", absent: true, last: 1, setup: func(d *crash.Disk) { d.NoRenameNew = true }, run: func(s *saver) {
			p := s.w.policy()
			p.If = wholly.IfAbsent
			write(s, p, 1)
		}},
		{name: "replace", last: 3, setup: put(0), run: func(s *saver) {
			for k := 1; k <= 3; k++ {
				write(s, s.w.policy(), k)
			}
		}},
		{name: "replace-stream", last: 1, setup: put(0), run: func(s *saver) {
			s.save(1, func() error {
				_, err := s.dir(s.w.policy()).WriteFrom(ctx, file, strings.NewReader(string(generations[1])), 0o640)
				return err
			})
		}},
		{name: "replace-if-version", last: 1, setup: put(0), run: func(s *saver) {
			p := s.w.policy()
			p.If = wholly.IfVersion(wholly.VersionOf(generations[0]))
			write(s, p, 1)
		}},
		{name: "replace-through-link", path: "real/state", others: []string{"real", "link"}, last: 2, setup: func(d *crash.Disk) {
			d.PutDir("real")
			d.PutLink("link", "real/state")
		}, absent: true, run: func(s *saver) {
			for k := 1; k <= 2; k++ {
				s.save(k, func() error { return s.dir(s.w.policy()).WriteFile("link", generations[k], s.w.mode) })
			}
		}},
		{name: "keep-1", keep: 1, last: 3, setup: put(0), run: func(s *saver) {
			for k := 1; k <= 3; k++ {
				write(s, s.w.policy(), k)
			}
		}},
		{name: "keep-3", keep: 3, last: 5, setup: put(0), run: func(s *saver) {
			for k := 1; k <= 5; k++ {
				write(s, s.w.policy(), k)
			}
		}},
		{name: "keep-2-without-links", keep: 2, last: 3, setup: func(d *crash.Disk) { put(0)(d); d.NoLinks = true }, run: func(s *saver) {
			for k := 1; k <= 3; k++ {
				write(s, s.w.policy(), k)
			}
		}},
		{name: "replace-damaged", damaged: true, keep: 2, last: 2, setup: putDamaged, run: func(s *saver) { write(s, s.w.policy(), 2) }},
		{name: "update", last: 3, setup: put(0), run: func(s *saver) {
			for range 3 {
				s.update(0)
			}
		}},
		{name: "update-keep-1", keep: 1, last: 2, setup: put(0), run: func(s *saver) { s.update(0); s.update(0) }},
		{name: "private", private: true, mode: 0o600, wide: []string{file}, last: 1, setup: putWide, run: func(s *saver) { write(s, s.w.policy(), 1) }},
		{name: "private-keep-1", private: true, keep: 1, mode: 0o600, wide: []string{file}, last: 2, setup: putWide, run: func(s *saver) {
			write(s, s.w.policy(), 1)
			write(s, s.w.policy(), 2)
		}},
		{name: "private-keep-2", private: true, keep: 2, mode: 0o600, wide: []string{file, file + ".bak"},
			kept: map[int][]int{0: {5}, 1: {0, 5}, 2: {1, 0}}, last: 2, setup: func(d *crash.Disk) {
				putWide(d)
				d.Put(file+".bak", generations[5], 0o644)
			}, run: func(s *saver) { s.update(0); s.update(0) }},
		{name: "private-keep-1-without-links", private: true, keep: 1, mode: 0o600, wide: []string{file}, last: 1,
			setup: func(d *crash.Disk) { putWide(d); d.NoLinks = true }, run: func(s *saver) { write(s, s.w.policy(), 1) }},
		{name: "private-recovers", private: true, damaged: true, mode: 0o600, wide: []string{file}, last: 2, setup: func(d *crash.Disk) {
			d.Put(file, damage, 0o644)
			d.Put(file+".bak", generations[1], 0o600)
		}, run: func(s *saver) { s.update(0) }},
		{name: "private-in-new-dir", private: true, path: "a/state", absent: true, mode: 0o600, others: []string{"a"}, last: 1, run: func(s *saver) {
			p := s.w.policy()
			p.MkdirMode = 0o755
			s.save(1, func() error { return s.dir(p).WriteFile(s.w.path, generations[1], 0o666) })
		}},
		{name: "private-in-place-keep-1", private: true, inPlace: true, keep: 1, mode: 0o600, wide: []string{file}, last: 1,
			setup: func(d *crash.Disk) { putWide(d); d.Mount(file) }, run: func(s *saver) { write(s, s.w.policy(), 1) }},
		{name: "restore", keep: 3, kept: map[int][]int{0: {4, 5}, 5: {0, 4, 5}, 4: {5, 0, 4}}, last: 4, setup: func(d *crash.Disk) {
			for name, k := range map[string]int{"": 0, ".bak": 4, ".bak.2": 5} {
				d.Put(file+name, generations[k], 0o640)
			}
		}, run: func(s *saver) {
			s.save(5, func() error { _, err := s.dir(s.w.policy()).Restore(ctx, file, 2); return err })
			if len(s.errs) == 0 {
				s.save(4, func() error { _, err := s.dir(s.w.policy()).Restore(ctx, file, 2); return err })
			}
		}},
		{name: "read-recovers", damaged: true, last: 1, setup: putDamaged, run: readDamaged},
		{name: "read-recovers-without-links", damaged: true, last: 1, setup: func(d *crash.Disk) { putDamaged(d); d.NoLinks = true }, run: readDamaged},
		{name: "update-recovers", damaged: true, last: 2, setup: putDamaged, run: func(s *saver) { s.update(0) }},
		{name: "sweep", last: 1, setup: func(d *crash.Disk) {
			put(0)(d)
			d.Put(".wholly-0123456789abc", []byte("left by the dead"), 0o600)
			d.Put(".state.wholly-lock", nil, 0o644)
		}, run: func(s *saver) {
			done, err := s.dir(s.w.policy()).Sweep()
			if err != nil || len(done.Left) > 0 {
				s.errs = append(s.errs, fmt.Errorf("left %v: %w", done.Left, err))
				s.dir(s.w.policy()).Sweep()
			}
			write(s, s.w.policy(), 1)
		}},
		{name: "in-place", inPlace: true, last: 2, setup: func(d *crash.Disk) { put(0)(d); d.Mount(file) }, run: func(s *saver) {
			for k := 1; k <= 2; k++ {
				write(s, s.w.policy(), k)
			}
		}},
		{name: "in-place-keep-1", inPlace: true, keep: 1, last: 1, setup: func(d *crash.Disk) { put(0)(d); d.Mount(file) }, run: func(s *saver) {
			write(s, s.w.policy(), 1)
		}},
	}
	for _, w := range all {
		if w.path == "" {
			w.path = file
		}
		if w.mode == 0 {
			w.mode = 0o640
		}
	}
	return all
}

func putWide(d *crash.Disk) { d.Put(file, generations[0], 0o644) }

func putDamaged(d *crash.Disk) {
	d.Put(file, damage, 0o640)
	d.Put(file+".bak", generations[1], 0o640)
}

func readDamaged(s *saver) {
	s.save(1, func() error {
		_, err := s.dir(s.w.policy()).ReadFile(file)
		return err
	})
}

// update makes the next generation of whatever there is.
func (s *saver) update(writer int) {
	k := 0
	var before []byte
	err := s.w.policy().DirOn(s.disk.As(writer)).Update(ctx, file, s.w.mode, func(old []byte) ([]byte, error) {
		before = s.disk.Files()[s.w.path]
		was, class := generation(old)
		if class != "" {
			return nil, errors.New(class)
		}
		k = was + 1
		s.disk.Begin(k)
		return generations[k], nil
	})
	if k == 0 {
		s.errs = append(s.errs, err)
		return
	}
	var rec *wholly.Recovered
	if errors.As(err, &rec) {
		err = nil
	}
	s.settle(k, before, err)
}

// play runs the workload on a new disk.
func (w *workload) play(prepare func(d *crash.Disk)) *saver {
	d := crash.New()
	if w.setup != nil {
		w.setup(d)
	}
	d.Reset()
	if prepare != nil {
		prepare(d)
	}
	s := &saver{w: w, disk: d}
	w.run(s)
	d.Fault, d.Skip, d.Short = nil, nil, nil
	return s
}
