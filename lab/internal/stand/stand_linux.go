package stand

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wholly-go/wholly/lab/internal/platter"
	"github.com/wholly-go/wholly/lab/internal/rig"
)

// Stand is a disk with a file system on it.
type Stand struct {
	FS    rig.FS
	Drive *platter.Drive
	Mnt   string // where the file system is mounted
	loop  *rig.Loop
	up    bool
}

// New makes a fresh file system on a new disk, which records, and mounts it.
// All that is made is below dir. Serve is the command of the disk's process.
func New(ctx context.Context, dir string, fs rig.FS, serve []string) (*Stand, error) {
	s, err := prepare(dir, fs)
	if err != nil {
		return nil, err
	}
	image := filepath.Join(dir, "image")
	if err := blank(ctx, fs, image); err != nil {
		return nil, err
	}
	defer os.Remove(image) // the process has read it
	drive, err := platter.Start(serve, filepath.Join(dir, "drive"), image)
	if err != nil {
		return nil, err
	}
	if err := s.attach(drive); err != nil {
		return nil, err
	}
	if err := s.Mount(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Replay puts a recording on a disk. Nothing is mounted yet.
func Replay(dir string, fs rig.FS, serve []string, recording string) (*Stand, error) {
	s, err := prepare(dir, fs)
	if err != nil {
		return nil, err
	}
	drive, err := platter.Play(serve, filepath.Join(dir, "drive"), recording)
	if err != nil {
		return nil, err
	}
	return s, s.attach(drive)
}

func prepare(dir string, fs rig.FS) (*Stand, error) {
	s := &Stand{FS: fs, Mnt: filepath.Join(dir, "mnt")}
	return s, errors.Join(os.MkdirAll(s.Mnt, 0o755), os.MkdirAll(filepath.Join(dir, "drive"), 0o755))
}

func blank(ctx context.Context, fs rig.FS, image string) error {
	f, err := os.Create(image)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Truncate(fs.Size), f.Close()); err != nil {
		return err
	}
	return fs.Format(ctx, image)
}

// attach makes a block device of the drive, or takes the drive down.
func (s *Stand) attach(drive *platter.Drive) (err error) {
	s.Drive = drive
	if s.loop, err = rig.Attach(drive.DiskPath(), false); err != nil {
		return errors.Join(err, s.Close())
	}
	cache, err := s.loop.WriteCache()
	if err == nil && cache != "write back" {
		err = fmt.Errorf("%s has write cache %q, not \"write back\": no flush would ever be sent, and every result would be void", s.loop.Path, cache)
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

// Mount mounts what is on the disk; the kernel replays the journal.
func (s *Stand) Mount() error {
	err := s.FS.Mount(s.loop.Path, s.Mnt)
	s.up = err == nil
	return err
}

// Unmount takes the file system away.
func (s *Stand) Unmount() error {
	s.up = false
	return rig.Unmount(s.Mnt)
}

// Close takes everything down: file system, loop device, disk and its process.
func (s *Stand) Close() error {
	var errs []error
	if s.up {
		errs = append(errs, s.Unmount())
	}
	if s.loop != nil {
		errs = append(errs, s.loop.Detach())
	}
	return errors.Join(append(errs, s.Drive.Close())...)
}
