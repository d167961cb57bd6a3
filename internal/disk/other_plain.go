//go:build (!unix && !windows) || aix

package disk

import (
	"errors"
	"os"
)

// Systems without flock(2) or without a number for a file.

const noWait = 0

var errLink = errors.New("is a symbolic link")

func identify(*Info, any) {}

func running(error) bool { return false }

func tryLock(*os.File) (bool, error) { return false, ErrUnsupported }

func unlock(*os.File) {}

// Flush has nothing to do it with.
func (f *rootFile) Flush() error { return nil }
