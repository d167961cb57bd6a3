package conform

import (
	"os"
	"path/filepath"
)

// places are the cases about the directory that a file lies in.
func places() []row {
	return []row{
		{id: "P3", title: "directory not writable, file writable", want: "EACCES, old", run: func(s *scene) string {
			path := s.strangers("f", 0o666, stranger, stranger)
			s.chown(filepath.Dir(path), 0, 0)
			return s.result(s.by(stranger, doWrite, path), path)
		}},
		{id: "P3 read-only", title: "read-only file system", want: "EROFS, old", run: func(s *scene) string {
			dir := s.mkdir("d", 0o755)
			path := s.put("d/f", 0o644)
			s.readOnly(dir)
			return s.result(s.write(path, 0o644), path)
		}},
		{id: "P4", title: "sticky directory, another's file", want: "EPERM, old", run: func(s *scene) string {
			path := s.strangers("f", 0o666, other, other)
			s.chown(filepath.Dir(path), 0, 0)
			s.must(os.Chmod(filepath.Dir(path), 0o777|os.ModeSticky))
			return s.result(s.by(stranger, doWrite, path), path)
		}},
		{id: "P6", title: "under an os.Root: a link that leaves it", want: "error, old", run: rootLeft},
		{id: "P6 nested", title: "under an os.Root: a mount below it", want: "written", run: func(s *scene) string {
			root := s.root()
			path := filepath.Join(s.tmpfs("nested", "1m"), "f")
			return s.result(s.inRoot(root, "nested/f"), path)
		}},
		{id: "P7", title: "parent renamed before the commit", want: "written under the new name", run: parentRenamed},
		{id: "P8", title: "working directory changed before the commit", want: "written", run: func(s *scene) string {
			s.needStream()
			path := s.put("f", 0o644)
			j := s.job(doChdir, path, 0o644)
			j.Dir = s.mkdir("elsewhere", 0o755)
			return s.result(s.spawn(j), path)
		}},
		{id: "P9", title: "directory fsync unsupported", want: "written, written, written", run: noDirSync},
		{id: "P9 told", title: "directory fsync unsupported: told", want: "told", run: func(s *scene) string {
			a, _ := s.withoutDirSync(doTold, "EINVAL")
			if !a.OK || a.Told.Durable {
				return "not told"
			}
			return "told"
		}},
		{id: "P9 strict", title: "directory fsync unsupported, strict", want: "EINVAL, new", run: func(s *scene) string {
			a, path := s.withoutDirSync(doStrict, "EINVAL")
			return s.result(a, path)
		}},
		{id: "P10", title: "tmpfs", want: "written, written", run: func(s *scene) string {
			return s.twice(s.tmpfs("d", "1m"))
		}},
		{id: "P10 ramfs", title: "ramfs", want: "written, written", run: func(s *scene) string {
			return s.twice(s.ramfs("d"))
		}},
		{id: "P10 overlay", title: "overlay, file of the lower layer", want: "written", run: func(s *scene) string {
			path := filepath.Join(s.overlay("d"), "f")
			return s.result(s.write(path, 0o644), path)
		}},
	}
}

// twice makes a file in dir and replaces it.
func (s *scene) twice(dir string) string {
	path := filepath.Join(dir, "f")
	first := s.result(s.write(path, 0o644), path)
	// wholly: ignore[rewrite-in-place, truncate-in-place, default-over-unreadable, write-error-swallowed] the case makes the file that it tests
	s.must(os.WriteFile(path, oldContent, 0o644))
	return first + ", " + s.result(s.write(path, 0o644), path)
}

func (s *scene) root() *os.Root {
	if s.w.InRoot == nil {
		s.inapplicable("the writer does not work under an os.Root")
	}
	root, err := os.OpenRoot(s.dir)
	s.must(err)
	s.later(func() { root.Close() })
	return root
}

func (s *scene) inRoot(root *os.Root, name string) (a answer) {
	s.expect(s.path(name))
	s.watched(func() {
		a = s.w.guard(func() (told Told, err error) {
			return told, s.w.InRoot(root, name, newContent, 0o644)
		})
	})
	s.panicked(a)
	return a
}

func rootLeft(s *scene) string {
	s.root()
	victim := s.put("victim", 0o644)
	inner := s.mkdir("inner", 0o755)
	s.symlink("../victim", "inner/link")
	root, err := os.OpenRoot(inner)
	s.must(err)
	defer root.Close()
	return s.refusal(s.inRoot(root, "link"), victim)
}

func (s *scene) needStream() {
	if s.w.Create == nil {
		s.inapplicable("the writer has no stream")
	}
}

func (s *scene) create(path string) Stream {
	s.needStream()
	f, err := s.w.Create(path, 0o644)
	s.must(err)
	return f
}

func writeTo(f Stream, data []byte) error {
	_, err := f.Write(data)
	return err
}

func parentRenamed(s *scene) string {
	s.needUnix()
	dir := s.mkdir("before", 0o755)
	f := s.create(s.put("before/f", 0o644))
	defer f.Close()
	s.must(writeTo(f, newContent))
	s.must(os.Rename(dir, s.path("after")))
	if a := s.w.answerTo(f.Commit()); !a.OK {
		return s.result(a, s.path("after/f"))
	}
	if content(s.path("after/f")) != "new" {
		return "returned nil, " + content(s.path("after/f"))
	}
	return "written under the new name"
}

func noDirSync(s *scene) string {
	var got string
	for i, errno := range []string{"EINVAL", "EOPNOTSUPP", "ENOSYS"} {
		if i > 0 {
			got += ", "
		}
		a, path := s.withoutDirSync(doWrite, errno)
		got += s.result(a, path)
	}
	return got
}

func (s *scene) withoutDirSync(verb, errno string) (answer, string) {
	path := s.path("f")
	a, _ := s.failing(verb, path, func() { s.put("f", 0o644) }, isDirSync, errno)
	return a, path
}

// mounted are the cases about files that cannot be renamed over.
func mounted() []row {
	return []row{
		{id: "P1", title: "bind-mounted file", want: "EBUSY, old", run: func(s *scene) string {
			path := s.bindMounted()
			changed := s.touched(filepath.Dir(path))
			return untouched(s.result(s.write(path, 0o644), path), changed)
		}},
		{id: "P2", title: "bind-mounted file, in place asked for", want: "written", run: func(s *scene) string {
			s.needVerb(doInPlace)
			path := s.bindMounted()
			return s.result(s.do(doInPlace, path, 0o644), path)
		}},
		{id: "P2 backup", title: "in place, no room for the backup", want: "ENOSPC, old", run: noRoomForBackup},
		{id: "P5", title: "rename fails with EXDEV", want: "EXDEV, old", run: func(s *scene) string {
			a, path := s.crossDevice(doWrite)
			return s.result(a, path)
		}},
		{id: "P5 in place", title: "rename fails with EXDEV, in place asked for", want: "written", run: func(s *scene) string {
			a, path := s.crossDevice(doInPlace)
			return s.result(a, path)
		}},
	}
}

// bindMounted returns a file on which another file is mounted.
func (s *scene) bindMounted() string {
	s.mkdir("d", 0o755)
	source, path := s.put("source", 0o644), s.put("d/f", 0o644)
	s.bind(source, path)
	return path
}

// The file fills more than half of its file system, so that a copy of it does
// not fit beside it; the new content would.
func noRoomForBackup(s *scene) string {
	s.needVerb(doInPlace)
	dir := s.tmpfs("d", "256k")
	path := filepath.Join(dir, "f")
	big := make([]byte, 160<<10)
	s.must(os.WriteFile(path, big, 0o644))
	s.bind(path, path)
	a := s.do(doInPlace, path, 0o644)
	now := "torn"
	if data, err := os.ReadFile(path); err == nil && string(data) == string(big) {
		now = "old"
	}
	if a.OK {
		return "returned nil, " + now
	}
	s.truthful(a, now)
	return a.Name + ", " + now
}

func (s *scene) crossDevice(verb string) (answer, string) {
	path := s.path("f")
	a, _ := s.failing(verb, path, func() { s.put("f", 0o644) }, isCommit, "EXDEV")
	return a, path
}
