package conform

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

const jobVariable = "WHOLLY_CONFORM_JOB"

// What a process of the suite does besides writing once.
const (
	doLoop   = "loop"   // writes one content after the other until it is killed
	doHold   = "hold"   // has a replacement open until it is killed
	doWait   = "wait"   // is just there
	doUpdate = "update" // counts up in the file
	doChdir  = "chdir"  // changes the directory between Create and Commit
)

// job is what a process of the suite is to do.
type job struct {
	Writer string
	Do     string
	Path   string
	Data   []byte
	Size   int // of the content, if Data is empty
	Perm   fs.FileMode
	Umask  int
	Limit  uint64 // on the size of files, bytes; 0 is none
	Times  int
	Dir    string // to be looked at for open descriptors, or to change to
	Mark   bool   // the write between two marks in a trace

	uid    int // to run as; 0 is who we are
	gid    int
	groups []uint32
}

// The marks are names that nobody else asks for.
const (
	markBegin = "/conform-mark-begin"
	markEnd   = "/conform-mark-end"
	replyMark = "conform-reply "
)

// Main does the work of a process that Run started, and ends it; in any other
// process it returns at once. Call it first thing in TestMain or main, with
// every writer that Run is called with.
func Main(writers ...Writer) {
	text := os.Getenv(jobVariable)
	if text == "" {
		return
	}
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		fail(err)
	}
	for _, w := range writers {
		if w.Name == j.Writer {
			if err := j.serve(w); err != nil {
				fail(err)
			}
			os.Exit(0)
		}
	}
	fail(fmt.Errorf("Main was not given the writer %q", j.Writer))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "conform:", err)
	os.Exit(1)
}

func (j job) serve(w Writer) error {
	// A tracer counts the calls of each thread.
	runtime.LockOSThread()
	if err := j.enter(); err != nil {
		return err
	}
	if w.Ready != nil {
		if err := w.Ready(); err != nil {
			return err
		}
	}
	switch j.Do {
	case doLoop:
		return j.loop(w)
	case doHold:
		return j.hold(w)
	case doWait:
		reply(answer{OK: true})
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	case doUpdate:
		reply(w.answerTo(j.update(w)))
		return nil
	case doChdir:
		reply(w.answerTo(j.chdir(w)))
		return nil
	}
	if j.Size > 0 {
		j.Data = make([]byte, j.Size)
	}
	if j.Mark {
		os.Stat(markBegin)
	}
	a := w.call(j.Do, j.Path, j.Data, j.Perm)
	if j.Mark {
		os.Stat(markEnd)
	}
	a.Open = openBelow(j.Dir)
	reply(a)
	return nil
}

func reply(a answer) {
	text, err := json.Marshal(a)
	if err != nil {
		fail(err)
	}
	fmt.Printf("\n%s%s\n", replyMark, text)
}

func (j job) loop(w Writer) error {
	for i := 0; ; i++ {
		if err := w.WriteFile(j.Path, sample(i), j.Perm); err != nil {
			return err
		}
		if i == 0 {
			reply(answer{OK: true})
		}
	}
}

func (j job) hold(w Writer) error {
	f, err := w.Create(j.Path, j.Perm)
	if err != nil {
		return err
	}
	if _, err := f.Write(newContent); err != nil {
		return err
	}
	reply(answer{OK: true})
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func (j job) update(w Writer) error {
	for range j.Times {
		err := w.Update(j.Path, j.Perm, func(old []byte) ([]byte, error) {
			n, err := strconv.Atoi(strings.TrimSpace(string(old)))
			return fmt.Appendf(nil, "%d\n", n+1), err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (j job) chdir(w Writer) error {
	if err := os.Chdir(filepath.Dir(j.Path)); err != nil {
		return err
	}
	f, err := w.Create(filepath.Base(j.Path), j.Perm)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(j.Data); err != nil {
		return err
	}
	if err := os.Chdir(j.Dir); err != nil {
		return err
	}
	return f.Commit()
}

// job begins a job with the usual settings.
func (s *scene) job(verb, path string, perm fs.FileMode) job {
	return job{Writer: s.w.Name, Do: verb, Path: path, Data: newContent, Perm: perm, Umask: 0o022, Dir: s.dir}
}

// command is the process for a job, traced by the command before, if any.
func (s *scene) command(j job, before ...string) *exec.Cmd {
	if len(s.w.Command) == 0 {
		s.skip("needs a process of its own: Writer.Command is not set")
	}
	text, err := json.Marshal(j)
	s.must(err)
	args := append(before, s.w.Command...)
	if j.uid != 0 && len(before) == 0 && isSelf(args[0]) {
		args[0] = "/proc/self/exe" // its path may lie where only we may go
	}
	cmd := exec.CommandContext(s.ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), jobVariable+"="+string(text), "GOMAXPROCS=1")
	if j.uid != 0 {
		s.become(cmd, j)
	}
	return cmd
}

func isSelf(path string) bool {
	self, err := os.Executable()
	if err != nil || runtime.GOOS != "linux" {
		return false
	}
	a, errA := os.Stat(self)
	b, errB := os.Stat(path)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// spawn does a write in a process of its own.
func (s *scene) spawn(j job) (a answer) {
	if j.verbNeeded() {
		s.needVerb(j.Do)
	}
	cmd := s.command(j)
	s.expect(j.Path)
	s.watched(func() { a = s.finish(cmd) })
	s.panicked(a)
	return a
}

func (j job) verbNeeded() bool {
	switch j.Do {
	case doLoop, doHold, doWait, doUpdate, doChdir:
		return false
	}
	return true
}

// finish waits for the process and takes its answer.
func (s *scene) finish(cmd *exec.Cmd) answer {
	var out, msg bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &msg
	err := cmd.Run()
	a, ok := replyIn(&out)
	if !ok {
		s.must(fmt.Errorf("no answer from the process: %v: %s", err, bytes.TrimSpace(msg.Bytes())))
	}
	return a
}

func replyIn(r io.Reader) (a answer, ok bool) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if text, found := strings.CutPrefix(lines.Text(), replyMark); found {
			return a, json.Unmarshal([]byte(text), &a) == nil
		}
	}
	return a, false
}

// start starts a process that stays, and returns when it is at work.
func (s *scene) start(j job, program ...string) *exec.Cmd {
	cmd := s.command(j)
	if len(program) > 0 {
		cmd.Path = program[0]
	}
	stdin, err := cmd.StdinPipe()
	s.must(err)
	stdout, err := cmd.StdoutPipe()
	s.must(err)
	s.must(cmd.Start())
	s.later(func() { stdin.Close(); cmd.Process.Kill(); cmd.Wait() })
	if _, ok := replyIn(stdout); !ok {
		s.must(fmt.Errorf("the process for %q did not begin", j.Do))
	}
	return cmd
}
