package compare

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/conform"
	"github.com/wholly-go/wholly/lab/internal/peer"
)

// ours is this library, with every ability that the suite asks about.
func ours() Contestant {
	return Contestant{able: whollyAble, Peer: peer.Peer{
		Name: Ours, Version: "this revision", Language: "Go", Calls: "F R D", Durable: true,
		Promise: "When it returns the new content is on the disk; else the old content is whole.",
		Source:  "github.com/wholly-go/wholly",
		Missing: func(context.Context) error { return nil },
		Open:    func(context.Context) (*peer.Writer, error) { return nil, nil },
	}}
}

func whollyAble(w *conform.Writer) {
	w.WriteFile = wholly.WriteFile
	w.State = state
	w.Parents = wholly.Policy{MkdirMode: 0o755}.WriteFile
	w.ReplaceLinks = wholly.Policy{Links: wholly.Replace}.WriteFile
	w.RefuseLinks = wholly.Policy{Links: wholly.Refuse}.WriteFile
	w.RefuseHardLinks = wholly.Policy{HardLinks: wholly.RefuseHardLinks}.WriteFile
	w.InPlace = wholly.Policy{Mounted: wholly.InPlace}.WriteFile
	w.Strict = wholly.Policy{Strict: true}.WriteFile
	w.NewOnly = wholly.Policy{If: wholly.IfAbsent}.WriteFile
	w.Told = told
	w.Create = func(path string, perm fs.FileMode) (conform.Stream, error) { return wholly.Create(path, perm) }
	w.WriteFrom = func(ctx context.Context, path string, r io.Reader, perm fs.FileMode) error {
		_, err := wholly.Policy{}.WriteFrom(ctx, path, r, perm)
		return err
	}
	w.IfStill = func(path string, old, data []byte, perm fs.FileMode) error {
		return wholly.Policy{If: wholly.IfVersion(wholly.VersionOf(old))}.WriteFile(path, data, perm)
	}
	w.Update = func(path string, perm fs.FileMode, fn func([]byte) ([]byte, error)) error {
		return wholly.Update(context.Background(), path, perm, fn)
	}
	w.InRoot = inRoot
	w.ReadFile = wholly.ReadFile
	w.Sweep = func(dir string) error { _, err := wholly.Sweep(dir); return err }
}

func state(err error) string {
	var e *wholly.Error
	if errors.As(err, &e) {
		return e.State.String()
	}
	return "no state"
}

func told(path string, data []byte, perm fs.FileMode) (conform.Told, error) {
	r, err := wholly.Policy{}.WriteFrom(context.Background(), path, bytes.NewReader(data), perm)
	return conform.Told{Lost: r.Dropped, OtherLinks: r.OtherLinks, Durable: r.Durable}, err
}

func inRoot(root *os.Root, name string, data []byte, perm fs.FileMode) error {
	d, err := wholly.Policy{}.DirIn(root)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.WriteFile(name, data, perm)
}
