package rig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Loop is a block device on a file. It stays attached until Detach, also when
// the process ends: no descriptor of it is kept open, so that what is mounted
// on it is its only user.
type Loop struct {
	Path    string // "/dev/loop3"
	backing string
}

// Attach makes a block device of the file at path, which may itself be served
// through FUSE. With direct the kernel passes by the page cache of the file
// where the file system below can do it; Direct tells.
func Attach(path string, direct bool) (*Loop, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("loop device: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0) // os opens with O_CLOEXEC
	if err != nil {
		return nil, fmt.Errorf("loop device: %w", err)
	}
	defer file.Close()
	l := &Loop{backing: path}
	// Between asking for a free number and taking it another may take it.
	err = eventually(patience, func() (bool, error) {
		err := l.attach(file, direct)
		return !errors.Is(err, unix.EBUSY), err
	})
	if err != nil {
		return nil, fmt.Errorf("loop device on %s: %w", path, err)
	}
	return l, nil
}

func (l *Loop) attach(file *os.File, direct bool) error {
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer control.Close()
	n, err := unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE)
	if err != nil {
		return fmt.Errorf("ask for a free one: %w", err)
	}
	l.Path = "/dev/loop" + strconv.Itoa(n)
	dev, err := os.OpenFile(l.Path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer dev.Close()
	config := unix.LoopConfig{Fd: uint32(file.Fd()), Size: sector}
	if direct {
		config.Info.Flags |= unix.LO_FLAGS_DIRECT_IO
		config.Size = 0 // what the disk below asks for: a smaller block would forbid direct I/O
	}
	copy(config.Info.File_name[:len(config.Info.File_name)-1], l.backing)
	if err := unix.IoctlLoopConfigure(int(dev.Fd()), &config); err != nil {
		return fmt.Errorf("%s: %w", l.Path, err)
	}
	return nil
}

// Detach frees the device. Nothing may be mounted on it; a device that another
// process still has open is waited for. Twice is no error.
func (l *Loop) Detach() error {
	now, err := backing(l.Path)
	if err != nil || now == "" {
		return err
	}
	// A file whose mount was detached from the tree has a shorter name.
	if !strings.HasSuffix(l.backing, now) {
		return fmt.Errorf("detach %s: it serves %s now, not %s", l.Path, now, l.backing)
	}
	return detach(l.Path)
}

func detach(path string) error {
	dev, err := os.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return fmt.Errorf("detach: %w", err)
	}
	err = unix.IoctlSetInt(int(dev.Fd()), unix.LOOP_CLR_FD, 0)
	dev.Close() // the kernel acts when the last one closes
	if err != nil && !errors.Is(err, unix.ENXIO) {
		return fmt.Errorf("detach %s: %w", path, err)
	}
	return eventually(patience, func() (bool, error) {
		now, err := backing(path)
		if err == nil && now != "" {
			err = fmt.Errorf("detach %s: %w: something is mounted on it or has it open", path, unix.EBUSY)
		}
		return now == "", err
	})
}

// backing returns the file that a loop device serves, "" if it is free.
func backing(path string) (string, error) {
	name, err := attribute(path, "loop/backing_file")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENXIO) {
		return "", nil
	}
	return strings.TrimSuffix(name, " (deleted)"), err
}

// WriteCache returns what the kernel thinks of the device's cache. Unless it is
// "write back" no flush is ever sent, and every count and every cut is void.
func (l *Loop) WriteCache() (string, error) { return attribute(l.Path, "queue/write_cache") }

// FUA tells whether the device takes writes that flush themselves; otherwise
// such a write is a write and a flush.
func (l *Loop) FUA() (bool, error) {
	v, err := attribute(l.Path, "queue/fua")
	return v == "1", err
}

// Direct tells whether the device passes by the page cache of its file.
func (l *Loop) Direct() (bool, error) {
	v, err := attribute(l.Path, "loop/dio")
	return v == "1", err
}

func attribute(dev, name string) (string, error) {
	v, err := os.ReadFile(filepath.Join("/sys/block", filepath.Base(dev), name))
	if err != nil {
		return "", fmt.Errorf("%s: %w", dev, err)
	}
	return strings.TrimSuffix(string(v), "\n"), nil
}
