//go:build !linux && !darwin && !windows

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Systems that get what os.Root can do. There is no rename that refuses to
// replace (RenameNew): a link serves instead. Extended attributes and access
// lists are not carried over.

// absolute is path from the top, as it stands: "a/.." is not "." where a is a
// link.
func absolute(path string) (string, error) {
	if filepath.IsAbs(path) {
		return path, nil
	}
	wd, err := os.Getwd()
	return wd + slash + path, err
}

// open opens name as os.Root.OpenFile does, but never through a link. It goes
// by what is there before and after, and starts again when that has changed.
func (d *rootDir) open(name string, flag int, perm fs.FileMode) (*os.File, error) {
	for {
		before, err := d.root.Lstat(name)
		if flag&os.O_EXCL != 0 || errors.Is(err, fs.ErrNotExist) && flag&os.O_CREATE != 0 {
			f, err := d.root.OpenFile(name, flag|os.O_EXCL, perm)
			if errors.Is(err, fs.ErrExist) && flag&os.O_EXCL == 0 {
				continue
			}
			return f, cause(err)
		}
		if err != nil {
			return nil, cause(err)
		}
		if before.Mode()&fs.ModeSymlink != 0 {
			return nil, errLink
		}
		f, err := d.root.OpenFile(name, flag&^os.O_CREATE|noWait, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, cause(err)
		}
		if after, err := f.Stat(); err == nil && os.SameFile(before, after) {
			return f, nil
		}
		f.Close()
	}
}

func (d *rootDir) Lstat(name string) (Info, error) {
	return infoOf(d.root.Lstat(name))
}

func (d *rootDir) Stat(name string) (Info, error) {
	if d.top != nil {
		return infoOf(d.top.Stat(d.path + slash + name))
	}
	fi, err := d.root.Stat(name)
	// A link may lead out of d, where only a path goes.
	if err != nil && !errors.Is(err, fs.ErrNotExist) && d.inPlace() {
		fi, err = os.Stat(d.join(name))
	}
	return infoOf(fi, err)
}

// Writable tries: only the system knows all its rules.
func (d *rootDir) Writable(name string, _ Info) error {
	f, err := d.open(name, os.O_WRONLY, 0)
	if err == nil {
		return cause(f.Close())
	}
	if running(err) {
		return nil
	}
	return err
}

func (f *rootFile) Stat() (Info, error) { return infoOf(f.f.Stat()) }

func infoOf(fi fs.FileInfo, err error) (Info, error) {
	if err != nil {
		return Info{}, cause(err)
	}
	info := Info{Mode: fi.Mode(), Size: fi.Size(), Modified: fi.ModTime()}
	identify(&info, fi.Sys())
	return info, nil
}

func (d *rootDir) Rename(from, to string) error { return cause(d.root.Rename(from, to)) }

func (d *rootDir) RenameNew(_, _ string) error { return ErrUnsupported }

func (d *rootDir) Link(from, to string) error { return cause(d.root.Link(from, to)) }

func (d *rootDir) Remove(name string) error { return d.remove(name, false, syscall.EISDIR) }

func (d *rootDir) RemoveDir(name string) error { return d.remove(name, true, syscall.ENOTDIR) }

// remove is os.Root.Remove for one kind only.
func (d *rootDir) remove(name string, dir bool, wrongKind error) error {
	fi, err := d.root.Lstat(name)
	if err != nil {
		return cause(err)
	}
	if fi.IsDir() != dir {
		return wrongKind
	}
	return cause(d.root.Remove(name))
}

func (d *rootDir) Sync() error {
	err := cause(d.self.Sync())
	if errors.Is(err, syscall.EINVAL) {
		return errors.Join(ErrUnsupported, err)
	}
	return err
}

func (d *rootDir) Attrs(string) ([]Attr, error) { return nil, nil }

func (f *rootFile) Attrs() ([]Attr, error) { return nil, nil }

func (f *rootFile) SetAttr(string, []byte) error { return ErrUnsupported }

func (f *rootFile) RemoveAttr(string) error { return ErrUnsupported }
