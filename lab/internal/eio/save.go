package eio

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/journal"
	"github.com/wholly-go/wholly/lab/internal/mark"
)

const (
	target = "state"
	log    = "log"
	size   = 64 << 10
)

// Said is what a save said of itself.
type Said struct {
	Error string `json:"error"` // "" if it returned nil
	State string `json:"state"` // of the error: "old", "new", "unknown"; "" if it says nothing
}

// way is one way to save, and what it is made to meet.
type way struct {
	name, title string
	needle      []byte // writes that contain it fail
	file        string // that is saved
	control     bool   // syncs again after an error, and believes the answer
	save        func(ctx context.Context, dir string) error
}

// ways are all of them. The content that fails is generation 1.
func ways() []way {
	data := mark.Content(1, size)
	head := data[:24]
	write := func(p wholly.Policy) func(context.Context, string) error {
		return func(_ context.Context, dir string) error {
			return p.WriteFile(filepath.Join(dir, target), data, 0o640)
		}
	}
	return []way{
		{name: "replace", title: "replace", needle: head, file: target, save: write(wholly.Policy{})},
		{name: "keep", title: "replace, one earlier version kept", needle: head, file: target, save: write(wholly.Policy{Keep: 1})},
		{name: "update", title: "update", needle: head, file: target, save: func(ctx context.Context, dir string) error {
			return wholly.Policy{}.Update(ctx, filepath.Join(dir, target), 0o640, func([]byte) ([]byte, error) { return data, nil })
		}},
		{name: "stream", title: "stream", needle: head, file: target, save: func(ctx context.Context, dir string) error {
			_, err := wholly.Policy{}.WriteFrom(ctx, filepath.Join(dir, target), strings.NewReader(string(data)), 0o640)
			return err
		}},
		{name: "append", title: "append to the log", needle: head, file: log, save: func(ctx context.Context, dir string) error {
			j, err := journal.Open(ctx, filepath.Join(dir, log), journal.Options{})
			if err != nil {
				return err
			}
			_, err = j.Append(ctx, data)
			return errors.Join(err, j.Close())
		}},
		// The name stands in the directory, and in the journal of the file
		// system, which gives up when it cannot write that.
		{name: "metadata", title: "replace, and the file system cannot write its metadata", needle: []byte(target), file: target, save: write(wholly.Policy{})},
		{name: "control-retry", title: "temp, sync until it succeeds, rename", needle: head, file: target, control: true, save: func(_ context.Context, dir string) error {
			return retry(dir, data)
		}},
	}
}

// retry is the classic mistake.
func retry(dir string, data []byte) error {
	f, err := os.Create(filepath.Join(dir, "tmp"))
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return err
	}
	for range 3 {
		if err = f.Sync(); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, target)); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Save saves in the way of that name in dir, and tells what was said: it is the
// child's part, which can be traced.
func Save(ctx context.Context, name, dir string) (Said, error) {
	w, err := named(name)
	if err != nil {
		return Said{}, err
	}
	err = w.save(ctx, dir)
	if err == nil {
		return Said{}, nil
	}
	said := Said{Error: err.Error()}
	var e *wholly.Error
	if errors.As(err, &e) {
		said.State = e.State.String()
	}
	return said, nil
}

func named(name string) (way, error) {
	for _, w := range ways() {
		if w.name == name {
			return w, nil
		}
	}
	return way{}, fmt.Errorf("no way %q to save", name)
}
