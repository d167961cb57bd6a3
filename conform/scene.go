package conform

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The contents that are told apart.
var (
	oldContent = []byte("the old content\n")
	newContent = []byte("the new content, which is longer\n")
)

func toText(v any) string { return fmt.Sprint(v) }

// put makes a file with the old content and exactly this mode.
func (s *scene) put(name string, mode fs.FileMode) string {
	path := s.path(name)
	s.must(os.WriteFile(path, oldContent, 0o600))
	s.must(os.Chmod(path, mode))
	return path
}

func (s *scene) mkdir(name string, mode fs.FileMode) string {
	path := s.path(name)
	s.must(os.Mkdir(path, 0o700))
	s.must(os.Chmod(path, mode))
	return path
}

func (s *scene) symlink(text, name string) string {
	path := s.path(name)
	s.able("symbolic links", os.Symlink(text, path))
	return path
}

// write has the writer write the new content to path.
func (s *scene) write(path string, perm fs.FileMode) answer { return s.do(doWrite, path, perm) }

// do is write by one of the writer's variants; without it the case is not
// applicable.
func (s *scene) do(verb, path string, perm fs.FileMode) answer {
	return s.doWith(verb, path, newContent, perm)
}

func (s *scene) doWith(verb, path string, data []byte, perm fs.FileMode) (a answer) {
	s.needVerb(verb)
	s.expect(path)
	s.watched(func() { a = s.w.call(verb, path, data, perm) })
	s.panicked(a)
	return a
}

func (s *scene) needVerb(verb string) {
	if verb == doTold && s.w.Told == nil || verb != doTold && s.w.verb(verb) == nil {
		s.inapplicable("the writer has no variant of this kind")
	}
}

// expect says that a write may make the file path.
func (s *scene) expect(path string) {
	if name, err := filepath.Rel(s.dir, path); err == nil {
		s.may[name] = true
	}
}

func (s *scene) panicked(a answer) {
	if a.Panic != "" {
		s.note("panicked")
	}
}

// content says what is in the file path.
func content(path string) string {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "missing"
	case err != nil:
		return "unreadable"
	}
	return nameOf(data)
}

func nameOf(data []byte) string {
	switch {
	case bytes.Equal(data, oldContent):
		return "old"
	case bytes.Equal(data, newContent):
		return "new"
	case len(data) == 0:
		return "empty"
	}
	return "torn"
}

// result says how a write to path ended: "written", or the error and what is
// in the file. It notes an error that tells another state than that.
func (s *scene) result(a answer, path string) string {
	now := content(path)
	if a.OK && now == "new" {
		return "written"
	}
	if a.OK {
		return "returned nil, " + now
	}
	s.truthful(a, now)
	return a.Name + ", " + now
}

// truthful compares the state that an error tells with the content.
func (s *scene) truthful(a answer, now string) {
	is := now
	if now == "missing" {
		is = "old" // there was no file before
	}
	if !a.OK && a.State != "" && a.State != is {
		s.note("the error says " + a.State)
	}
}

// refusal is result for cases where any error will do.
func (s *scene) refusal(a answer, path string) string {
	if a.OK {
		return s.result(a, path)
	}
	now := content(path)
	s.truthful(a, now)
	return "error, " + now
}

// mode returns permission, setuid, setgid and sticky bits in octal.
func (s *scene) mode(path string) string {
	info, err := os.Lstat(path)
	s.must(err)
	m := info.Mode()
	bits := uint32(m.Perm())
	for i, b := range []fs.FileMode{fs.ModeSticky, fs.ModeSetgid, fs.ModeSetuid} {
		if m&b != 0 {
			bits |= 0o1000 << i
		}
	}
	return fmt.Sprintf("%o", bits)
}

// kind says what the name path is.
func kind(path string) string {
	info, err := os.Lstat(path)
	if err != nil {
		return "missing"
	}
	switch m := info.Mode(); {
	case m.IsRegular():
		return "file"
	case m.IsDir():
		return "directory"
	case m&fs.ModeSymlink != 0:
		return "link"
	case m&fs.ModeNamedPipe != 0:
		return "FIFO"
	case m&fs.ModeSocket != 0:
		return "socket"
	case m&fs.ModeDevice != 0:
		return "device"
	}
	return "something else"
}

// touched reports, by a function to be called later, whether the directory
// was changed meanwhile: also something that was made and removed again.
func (s *scene) touched(dir string) func() bool {
	long := time.Now().Add(-time.Hour).Truncate(time.Second)
	s.must(os.Chtimes(dir, long, long))
	return func() bool {
		info, err := os.Stat(dir)
		s.must(err)
		return !info.ModTime().Equal(long)
	}
}

// untouched adds to what was observed that dir was changed although nothing
// came of it.
func untouched(observed string, changed func() bool) string {
	if changed() {
		return observed + ", but the directory was touched first"
	}
	return observed
}
