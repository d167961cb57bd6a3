package conform

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Traces: what a writer asks of the kernel, seen from outside by strace, and
// calls that strace makes fail.

// call is one system call of a thread that writes.
type call struct {
	thread string
	name   string
	args   string
	result string
	nth    int // of its name in its thread, from 1
}

// is reports whether the call is name or one of its forms: is("chmod") holds
// for fchmod and fchmodat2, is("rename") for renameat2.
func (c call) is(names ...string) bool {
	form := strings.TrimSuffix(strings.TrimPrefix(c.name, "f"), "2")
	form = strings.TrimSuffix(form, "at")
	for _, name := range names {
		if c.name == name || form == name || form == "l"+name {
			return true
		}
	}
	return false
}

var pathOfDescriptor = regexp.MustCompile(`^\d+<([^>]*)>`)

// path returns what the descriptor that is the first argument stands for.
func (c call) path() string {
	if m := pathOfDescriptor.FindStringSubmatch(c.args); m != nil {
		return m[1]
	}
	return ""
}

func (c call) failed() bool { return strings.HasPrefix(c.result, "-1") }

func isSync(c call) bool { return c.name == "fsync" || c.name == "fdatasync" }

func isDirSync(c call) bool {
	info, err := os.Stat(c.path())
	return isSync(c) && err == nil && info.IsDir()
}

func isFileSync(c call) bool { return isSync(c) && !isDirSync(c) }

func isRename(c call) bool { return c.is("rename") }

// isCommit reports whether the call gives the new content its name, which is
// "f" in every case that asks. A writer may rename other files before.
func isCommit(c call) bool {
	m := quoted.FindAllStringSubmatch(c.args, -1)
	return isRename(c) && len(m) > 0 && last(m[len(m)-1][1]) == "f"
}

// traced does a write in a traced process and returns what it asked of the
// kernel between the marks.
func (s *scene) traced(j job, options ...string) (a answer, calls []call) {
	s.needVerb(j.Do)
	strace, err := exec.LookPath("strace")
	s.able("strace", err)
	out := filepath.Join(s.dir, "trace")
	s.expect(out)
	j.Mark = true
	before := append([]string{strace, "-f", "-qq", "-y", "-s", "256", "-o", out}, options...)
	cmd := s.command(j, before...)
	s.expect(j.Path)
	var msg bytes.Buffer
	s.watched(func() {
		var text []byte
		cmd.Stderr = &msg
		text, err = cmd.Output()
		var ok bool
		if a, ok = replyIn(bytes.NewReader(text)); !ok {
			err = fmt.Errorf("no answer: %v: %s", err, bytes.TrimSpace(msg.Bytes()))
		}
	})
	if bytes.Contains(msg.Bytes(), []byte("ptrace")) {
		s.skip("no permission to trace: %s", bytes.TrimSpace(msg.Bytes()))
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.must(err)
	}
	s.panicked(a)
	text, err := os.ReadFile(out)
	s.must(err)
	s.must(os.Remove(out))
	calls, err = callsIn(string(text))
	s.must(err)
	return a, calls
}

// writeCalls traces a plain write of path.
func (s *scene) writeCalls(path string) []call {
	a, calls := s.traced(s.job(doWrite, path, 0o644))
	if !a.OK {
		s.must(fmt.Errorf("the write failed: %s", a.Text))
	}
	return calls
}

// failing has the writer write path twice: once to find the first call that
// pick likes, and again with that call made to fail. Before each, setup makes
// the same file again. Where the writer makes no such call the case is not
// applicable.
func (s *scene) failing(verb, path string, setup func(), pick func(call) bool, errno string) (answer, []call) {
	setup()
	j := s.job(verb, path, 0o644)
	_, calls := s.traced(j)
	for _, c := range calls {
		if !pick(c) {
			continue
		}
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			s.must(err)
		}
		setup()
		return s.traced(j, "-e", fmt.Sprintf("inject=%s:error=%s:when=%d", c.name, errno, c.nth))
	}
	s.inapplicable("the writer makes no such call")
	return answer{}, nil
}

// injected returns the index of the call that was made to fail; -1 if none.
func injectedCall(calls []call) int {
	for i, c := range calls {
		if strings.Contains(c.result, "INJECTED") {
			return i
		}
	}
	return -1
}
