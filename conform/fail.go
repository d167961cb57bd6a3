package conform

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// failures are the cases about a disk that is full and limits that are reached.
func failures() []row {
	return []row{
		{id: "F1", title: "disk full", want: "ENOSPC, old", run: func(s *scene) string {
			path := filepath.Join(s.tmpfs("d", "256k"), "f")
			s.must(os.WriteFile(path, oldContent, 0o644))
			return s.result(s.doWith(doWrite, path, make([]byte, 1<<20), 0o644), path)
		}},
		{id: "F1 new", title: "disk full, new file", want: "ENOSPC, missing", run: func(s *scene) string {
			path := filepath.Join(s.tmpfs("d", "256k"), "f")
			return s.result(s.doWith(doWrite, path, make([]byte, 1<<20), 0o644), path)
		}},
		{id: "F2", title: "file size limit", want: "EFBIG, old", run: func(s *scene) string {
			s.needUnix()
			path := s.put("f", 0o644)
			j := s.job(doWrite, path, 0o644)
			j.Data, j.Size, j.Limit = nil, 1<<20, 256<<10
			return s.result(s.spawn(j), path)
		}},
	}
}

// injected are the cases in which a system call is made to fail.
func injected() []row {
	return []row{
		{id: "F3", title: "fsync of the new content fails", want: "EIO, old", run: func(s *scene) string {
			return s.syncFails(isFileSync)
		}},
		{id: "F4", title: "rename fails", want: "EIO, old", run: func(s *scene) string {
			path := s.path("f")
			a, _ := s.failing(doWrite, path, func() { s.put("f", 0o644) }, isCommit, "EIO")
			return s.result(a, path)
		}},
		{id: "F5", title: "fsync of the directory fails", want: "EIO, new", run: func(s *scene) string {
			return s.syncFails(isDirSync)
		}},
		{id: "F6", title: "mode already right: chmod is not called", want: "no call", run: func(s *scene) string {
			for _, c := range s.writeCalls(s.put("f", 0o600)) {
				if c.is("chmod") {
					return "called"
				}
			}
			return "no call"
		}},
		{id: "F6 refused", title: "chmod refused", want: "written, not more open", run: chmodRefused},
		{id: "F7", title: "write fails", want: "EIO, old", run: writeFails},
	}
}

// syncFails also looks for a second fsync of what failed once: the kernel may
// have dropped the data, and would call it a success.
func (s *scene) syncFails(pick func(call) bool) string {
	path := s.path("f")
	a, calls := s.failing(doWrite, path, func() { s.put("f", 0o644) }, pick, "EIO")
	if at := injectedCall(calls); at >= 0 {
		for _, c := range calls[at+1:] {
			if isSync(c) && c.path() == calls[at].path() {
				s.note("synced again")
			}
		}
	}
	s.leak(a)
	return s.result(a, path)
}

func (s *scene) leak(a answer) {
	if a.Open > 0 {
		s.note("a descriptor is left open")
	}
}

func chmodRefused(s *scene) string {
	path := s.path("f")
	a, _ := s.failing(doWrite, path, func() { s.put("f", 0o640) },
		func(c call) bool { return c.is("chmod") }, "EPERM")
	if !a.OK {
		return s.result(a, path)
	}
	info, err := os.Stat(path)
	s.must(err)
	if info.Mode().Perm()&^0o640 != 0 {
		return "written, more open"
	}
	return "written, not more open"
}

func writeFails(s *scene) string {
	path := s.path("f")
	a, _ := s.failing(doWrite, path, func() { s.put("f", 0o644) }, isWrite, "EIO")
	s.leak(a)
	return s.result(a, path)
}

func isWrite(c call) bool {
	return c.is("write", "pwrite64", "writev", "copy_file_range", "sendfile")
}

// interrupted are the cases about writes that do not come to their end.
func interrupted() []row {
	return []row{
		{id: "F8", title: "error in the reader of the content", want: "error, old", run: func(s *scene) string {
			path := s.put("f", 0o644)
			return s.refusal(s.writeFrom(s.ctx, path, &source{end: errors.New("no more")}), path)
		}},
		{id: "F8 panic", title: "panic in the reader of the content", want: "passed on, old", run: func(s *scene) string {
			path := s.put("f", 0o644)
			a := s.writeFrom(s.ctx, path, &source{each: func() { panic("reader") }})
			if a.Panic != "reader" {
				return "not passed on, " + content(path)
			}
			return "passed on, " + content(path)
		}},
		{id: "F9", title: "Close without Commit", want: "old", run: func(s *scene) string {
			path := s.put("f", 0o644)
			s.watched(func() {
				f := s.create(path)
				s.must(writeTo(f, newContent))
				f.Close()
			})
			return content(path)
		}},
		{id: "F9 twice", title: "Commit twice", want: "error, new", run: func(s *scene) string {
			path := s.put("f", 0o644)
			f := s.create(path)
			defer f.Close()
			s.must(writeTo(f, newContent))
			s.must(f.Commit())
			return s.refusal(s.w.answerTo(f.Commit()), path)
		}},
		{id: "F9 failed", title: "Commit after a failed Write", want: "error, old", run: commitAfterFailure},
		{id: "F10", title: "context cancelled before", want: "error, old", run: func(s *scene) string {
			path := s.put("f", 0o644)
			ctx, cancel := context.WithCancel(s.ctx)
			cancel()
			return s.refusal(s.writeFrom(ctx, path, &source{}), path)
		}},
		{id: "F10 midway", title: "context cancelled midway", want: "error, old", run: func(s *scene) string {
			path := s.put("f", 0o644)
			ctx, cancel := context.WithCancel(s.ctx)
			defer cancel()
			return s.refusal(s.writeFrom(ctx, path, &source{each: cancel}), path)
		}},
		{id: "F11", title: "kill -9", want: "old or new", run: killed},
		{id: "F12", title: "power cut before the return", want: "old or new", run: func(s *scene) string {
			return s.powerCut(false, "old or new")
		}},
		{id: "F13", title: "power cut after nil", want: "new", run: func(s *scene) string {
			return s.powerCut(true, "new")
		}},
	}
}

// source yields some content, then calls each, yields some more, and ends with
// end or the end of the content.
type source struct {
	reads int
	each  func()
	end   error
}

func (r *source) Read(p []byte) (int, error) {
	r.reads++
	switch {
	case r.reads == 1:
	case r.each != nil && r.reads == 2:
		r.each()
	case r.end != nil:
		return 0, r.end
	case r.reads > 16:
		return copy(p, newContent), io.EOF
	}
	return copy(p, strings.Repeat("x", len(p))), nil
}

func (s *scene) writeFrom(ctx context.Context, path string, r *source) (a answer) {
	if s.w.WriteFrom == nil {
		s.inapplicable("the writer takes no reader")
	}
	s.watched(func() {
		a = s.w.guard(func() (told Told, err error) {
			return told, s.w.WriteFrom(ctx, path, r, 0o644)
		})
	})
	return a
}

func commitAfterFailure(s *scene) string {
	s.needStream()
	path := filepath.Join(s.tmpfs("d", "256k"), "f")
	s.must(os.WriteFile(path, oldContent, 0o644))
	var a answer
	s.watched(func() {
		f := s.create(path)
		defer f.Close()
		if err := writeTo(f, make([]byte, 1<<20)); err == nil {
			s.note("a write to a full disk returned nil")
		}
		a = s.w.answerTo(f.Commit())
	})
	return s.refusal(a, path)
}

// powerCut asks the writer's own proof: the suite does not cut the power.
func (s *scene) powerCut(returned bool, held string) string {
	if s.w.PowerCut == nil {
		s.inapplicable("needs a model or a laboratory, by Writer.PowerCut")
	}
	if err := s.w.PowerCut(s.ctx, returned); err != nil {
		return err.Error()
	}
	return held
}
