package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// act is one thing that the child does. Files are numbers.
type act struct {
	Do   string `json:"do"`
	File int    `json:"file"`
	From int    `json:"from,omitempty"`
	Data []byte `json:"data,omitempty"`
}

// Child does what it reads from in, in the folder dir, and kills itself. It
// returns only if that fails: an error that names the step.
func Child(dir string, in io.Reader) error {
	var acts []act
	if err := json.NewDecoder(in).Decode(&acts); err != nil {
		return fmt.Errorf("read the steps: %w", err)
	}
	h := hands{dir: dir, open: map[int]*os.File{}}
	for _, a := range acts {
		if err := h.do(a); err != nil {
			return fmt.Errorf("%s: %w", a.Do, err)
		}
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	time.Sleep(time.Minute) // until it is
	return fmt.Errorf("kill: %w", err)
}

// hands are the child's open files.
type hands struct {
	dir  string
	open map[int]*os.File
}

func (h *hands) do(a act) error {
	path, from := file(h.dir, a.File), file(h.dir, a.From)
	switch a.Do {
	case "truncating":
		return h.opens(a.File, os.O_CREATE|os.O_TRUNC)
	case "updating", "creating":
		return h.opens(a.File, os.O_CREATE)
	case "appending":
		return h.opens(a.File, os.O_CREATE|os.O_APPEND)
	case "exclusive":
		return h.opens(a.File, os.O_CREATE|os.O_EXCL)
	case "write":
		if h.open[a.File] == nil {
			return nil // opened by the caller, or renamed since: not ours to show
		}
		_, err := h.open[a.File].Write(a.Data)
		return err
	case "sync":
		if f := h.open[a.File]; f != nil {
			return f.Sync()
		}
		return nil
	case "close":
		if f := h.open[a.File]; f != nil {
			delete(h.open, a.File)
			return f.Close()
		}
		return nil
	case "truncate":
		return h.truncate(a.File)
	case "rename":
		return unless(os.Rename(from, path), os.ErrNotExist)
	case "link":
		return unless(unless(os.Link(from, path), os.ErrNotExist), os.ErrExist)
	case "remove":
		return unless(os.Remove(path), os.ErrNotExist)
	}
	return fmt.Errorf("unknown step %q", a.Do)
}

// unless is err, or nil if it is one that the audited code goes on from: of two
// ways that exclude each other both are among the steps.
func unless(err, but error) error {
	if errors.Is(err, but) {
		return nil
	}
	return err
}

// truncate cuts a file off where its writer stands: at the beginning, or behind
// what it has written.
func (h *hands) truncate(i int) error {
	f := h.open[i]
	if f == nil {
		return os.Truncate(file(h.dir, i), 0)
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	return f.Truncate(at)
}

func (h *hands) opens(i, how int) error {
	f, err := os.OpenFile(file(h.dir, i), os.O_RDWR|how, 0o600)
	if err != nil {
		return err
	}
	if old := h.open[i]; old != nil {
		old.Close()
	}
	h.open[i] = f
	return nil
}
