package play

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"

	"github.com/wholly-go/wholly/internal/disk"
	"github.com/wholly-go/wholly/lab/internal/mark"
)

// Job is a play on a real file system: what the child of the lab does.
type Job struct {
	Name    string
	Dir     string // of the workload, there already
	Marks   string // file that the marks are appended to, made if it is not there
	Commits int
	Seed    uint64
	Size    int // bytes of a content; 0 is the play's own
	Writer  int // above 0: a further process of the same play, which only runs
}

// Main is Job.Run with the play's own size of contents.
func Main(ctx context.Context, name, dir, marks string, commits int, seed uint64) error {
	return Job{Name: name, Dir: dir, Marks: marks, Commits: commits, Seed: seed}.Run(ctx)
}

// Run prepares the directory, syncs its file system, runs the play and syncs
// again, with marks between. An error says at which step; a save that fails
// ends the play.
func (j Job) Run(ctx context.Context) error {
	p, err := Find(j.Name)
	if err != nil {
		return err
	}
	marks, err := os.OpenFile(j.Marks, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer marks.Close()
	root, err := disk.OpenDir(j.Dir)
	if err != nil {
		return fmt.Errorf("open %s: %w", j.Dir, err)
	}
	defer root.Close()
	s := &Stage{
		Context: ctx, Dir: j.Dir, Disk: root, Commits: j.Commits, Size: j.Size, Writer: j.Writer,
		Rand: rand.New(rand.NewPCG(j.Seed, uint64(j.Writer))),
		Tell: func(m mark.Mark) error { _, err := marks.WriteString(m.String() + "\n"); return err },
	}
	defer s.Close()
	if s.Size == 0 {
		s.Size = p.Size
	}
	if j.Writer > 0 {
		s.Context = whileOpen(ctx, os.Stdin)
		return p.Run(s)
	}
	s.Second = func() (func() error, error) { return j.second(ctx) }
	return j.whole(p, s)
}

// whole is the play with everything before and after.
func (j Job) whole(p Play, s *Stage) error {
	if err := p.Prepare(s); err != nil {
		return fmt.Errorf("prepare %s: %w", j.Name, err)
	}
	sync := func() error { return syncfs(j.Dir) }
	told := func(verb string) func() error {
		return func() error { return s.Tell(mark.Mark{Verb: verb}) }
	}
	for _, step := range []func() error{
		sync, told(mark.Start), func() error { return p.Run(s) }, told(mark.End), sync, told(mark.Synced),
	} {
		if err := step(); err != nil {
			return fmt.Errorf("%s: %w", j.Name, err)
		}
	}
	return nil
}

// second starts this program a second time, as another writer. It lives no
// longer than this process: it ends when its standard input does.
func (j Job) second(ctx context.Context) (wait func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	j.Writer++
	cmd := exec.CommandContext(ctx, self, j.args()...)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() error {
		if err := cmd.Wait(); err != nil {
			return fmt.Errorf("the second writer: %w", err)
		}
		return nil
	}, nil
}

// whileOpen is ctx until r ends.
func whileOpen(ctx context.Context, r io.Reader) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		io.Copy(io.Discard, r)
		cancel(errors.New("the first writer is gone"))
	}()
	return ctx
}
