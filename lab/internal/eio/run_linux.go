package eio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/internal/disk"
	"github.com/wholly-go/wholly/journal"
	"github.com/wholly-go/wholly/lab/internal/judge"
	"github.com/wholly-go/wholly/lab/internal/mark"
	"github.com/wholly-go/wholly/lab/internal/rig"
	"github.com/wholly-go/wholly/lab/internal/stand"
)

// Lab is where saves meet a failing disk.
type Lab struct {
	Room  string   // a directory for its files, mounts and disks
	Serve []string // the command of a disk's process; the directory is appended
	Save  []string // the command that calls [Save] and prints what was said as JSON; way and directory are appended
}

// Row is what became of one way to save on one file system.
type Row struct {
	FS      string   `json:"fs"`
	Way     string   `json:"way"`
	Title   string   `json:"title"`
	Control bool     `json:"control"`
	Failed  int      `json:"failed_writes"` // that the disk answered with EIO
	Said    Said     `json:"said"`
	Syncs   []string `json:"syncs"`        // what was synced, and how it ended, in order
	Again   bool     `json:"synced_again"` // a file was synced once more after it had failed
	After   string   `json:"after"`        // what the healed disk holds after a new mount: "old", "new" or what is wrong
	Next    string   `json:"next"`         // how the next save went, on the healed disk: "" is well
	Wrong   []string `json:"wrong,omitempty"`
}

// OK reports whether the row is as it must be: ours tells and keeps the old
// content; the control is told that all is well, and has lost it.
func (r Row) OK() bool { return len(r.Wrong) == 0 }

// Names are those of all ways.
func Names() (all []string) {
	for _, w := range ways() {
		all = append(all, w.name)
	}
	return all
}

// Run lets one way to save meet an error of the disk.
func (l Lab) Run(ctx context.Context, fs rig.FS, name string) (row Row, err error) {
	w, err := named(name)
	if err != nil {
		return row, err
	}
	row = Row{FS: fs.Name, Way: w.name, Title: w.title, Control: w.control}
	dir, err := os.MkdirTemp(l.Room, "eio-")
	if err != nil {
		return row, err
	}
	s, err := stand.New(ctx, dir, fs, l.Serve)
	if err != nil {
		return row, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	work := filepath.Join(s.Mnt, "work")
	if err := prepare(ctx, work); err != nil {
		return row, err
	}
	if err := s.Drive.Fail(w.needle); err != nil {
		return row, err
	}
	if err := l.save(ctx, &row, work); err != nil {
		return row, err
	}
	if row.Failed, err = s.Drive.Failed(); err != nil {
		return row, err
	}
	if err := remount(s); err != nil {
		return row, err
	}
	row.look(ctx, w, work)
	row.judge(w)
	return row, nil
}

// prepare makes generation 0 of everything, on the disk for good.
func prepare(ctx context.Context, work string) error {
	if err := os.Mkdir(work, 0o755); err != nil {
		return err
	}
	// wholly: ignore[truncate-in-place] the first generation, on a disk that is thrown away
	if err := os.WriteFile(filepath.Join(work, target), mark.Content(0, size), 0o640); err != nil {
		return err
	}
	j, err := journal.Open(ctx, filepath.Join(work, log), journal.Options{})
	if err != nil {
		return err
	}
	_, err = j.Append(ctx, []byte("the first record"))
	if err := errors.Join(err, j.Close()); err != nil {
		return err
	}
	return rig.Sync(work)
}

// save runs the child that saves, and notes what it synced.
func (l Lab) save(ctx context.Context, row *Row, work string) error {
	trace := filepath.Join(l.Room, "trace-"+row.FS+"-"+row.Way)
	defer os.Remove(trace)
	words := append([]string{"strace", "-f", "-qq", "-y", "-o", trace, "-e", "trace=fsync,fdatasync,syncfs,?sync_file_range"}, l.Save...)
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], row.Way, work)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("save on a failing disk: %w: %s", err, said.String())
	}
	if err := json.Unmarshal(out.Bytes(), &row.Said); err != nil {
		return fmt.Errorf("save on a failing disk: %w: %s", err, out.String())
	}
	lines, err := os.ReadFile(trace)
	if err != nil {
		return err
	}
	row.Syncs, row.Again = syncs(string(lines))
	return nil
}

// remount heals the disk and mounts what is on it. A file system that gave up
// may refuse to be unmounted in peace; what counts is what it left.
func remount(s *stand.Stand) error {
	if err := s.Unmount(); err != nil {
		return err
	}
	if err := s.Drive.Fail(nil); err != nil {
		return err
	}
	return s.Mount()
}

// look reads what is on the disk and saves once more.
func (r *Row) look(ctx context.Context, w way, work string) {
	r.After = r.read(ctx, w, work)
	if w.control {
		return
	}
	if err := w.save(ctx, work); err != nil {
		r.Next = err.Error()
	} else if now := r.read(ctx, w, work); now != "new" {
		r.Next = "the file is " + now
	}
}

// read says what the file of the way holds: "old", "new", or what is wrong.
func (r *Row) read(ctx context.Context, w way, work string) string {
	if w.file == log {
		return readLog(filepath.Join(work, log))
	}
	d, err := disk.OpenDir(work)
	if err != nil {
		return err.Error()
	}
	defer d.Close()
	marks := []mark.Mark{{Verb: mark.Begin, Name: target}, {Verb: mark.Start}, {Verb: mark.Begin, Name: target, Gen: 1}}
	var h judge.History
	for _, m := range marks {
		h.Add(m)
	}
	rules := judge.Rules{Library: !w.control, Others: []string{log}}
	if bad, why := judge.Look(ctx, d, rules, judge.Learn(marks)).Judge(&h); len(bad) > 0 {
		return why
	}
	data, err := os.ReadFile(filepath.Join(work, target))
	if err != nil {
		return err.Error()
	}
	if gen, _ := mark.Generation(data); gen == 1 {
		return "new"
	}
	return "old"
}

func readLog(path string) string {
	n := 0
	for rec, err := range journal.Read(path) {
		if err != nil {
			return err.Error()
		}
		if n++; n == 2 {
			if gen, ok := mark.Generation(rec.Payload); !ok || gen != 1 {
				return "the second record is not what was appended"
			}
		}
	}
	return map[int]string{1: "old", 2: "new"}[n]
}

// judge says what is not as it must be.
func (r *Row) judge(w way) {
	wrong := func(format string, args ...any) { r.Wrong = append(r.Wrong, fmt.Sprintf(format, args...)) }
	if r.Failed == 0 {
		wrong("the disk failed no write: nothing was tried")
	}
	if w.control {
		if r.Said.Error != "" || !r.Again || r.After == "old" || r.After == "new" {
			wrong("BLIND: the control must be told that all is well after a second sync, and lose its data")
		}
		return
	}
	switch {
	case r.Said.Error == "":
		wrong("the save returned nil")
	case r.Said.State == "":
		wrong("the error does not say in which state the file is: %s", r.Said.Error)
	case r.Again:
		wrong("a file was synced again after it had failed")
	case r.After != "old" && (r.After != "new" || r.Said.State == wholly.Old.String()):
		wrong("the error says %s, and after a new mount the file is %s", r.Said.State, r.After)
	}
	if r.Next != "" {
		wrong("the next save on the healed disk: %s", r.Next)
	}
}

// syncs reads a trace: what was synced and how it ended, and whether a file
// was synced once more after it had failed.
func syncs(trace string) (list []string, again bool) {
	failed, pending := map[string]bool{}, map[string]string{} // by path, by thread
	for line := range strings.Lines(trace) {
		thread, call, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, path, result := parse(strings.TrimSpace(call))
		switch {
		case strings.HasSuffix(call, "<unfinished ...>"):
			pending[thread] = path
			continue
		case path == "":
			path = pending[thread]
		}
		if result == "" {
			continue
		}
		again = again || failed[path]
		failed[path] = failed[path] || result != "0"
		list = append(list, fmt.Sprintf("%s %s = %s", name, filepath.Base(path), result))
	}
	return list, again
}

// parse reads "fsync(5</mnt/state>) = -1 EIO (Input/output error)" and
// "<... fsync resumed>) = 0": the call, the path if there is one, and "0" or
// the name of the error.
func parse(call string) (name, path, result string) {
	name, rest, _ := strings.Cut(call, "(")
	if resumed, ok := strings.CutPrefix(call, "<... "); ok {
		name, _, _ = strings.Cut(resumed, " ")
		rest = ""
	}
	if _, after, ok := strings.Cut(rest, "<"); ok {
		path, _, _ = strings.Cut(after, ">")
	}
	if i := strings.LastIndex(call, " = "); i >= 0 {
		result, _, _ = strings.Cut(strings.TrimPrefix(call[i+3:], "-1 "), " ")
	}
	return name, path, result
}
