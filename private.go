package wholly

import (
	"io/fs"
	"runtime"

	"github.com/wholly-go/wholly/internal/disk"
)

// others are the permissions of everybody but the owner. Without those of the
// group the mask of a POSIX access list is empty, and the list grants nothing.
const others fs.FileMode = 0o077

// mode is what the policy makes of a mode.
func (p Policy) mode(perm fs.FileMode) fs.FileMode {
	if p.Private {
		return perm &^ others
	}
	return perm
}

// wide reports whether mode lets others in. The mode of Windows cannot tell.
func wide(mode fs.FileMode) bool { return mode&others != 0 && runtime.GOOS != "windows" }

// isPrivate reports whether name may get a second name, or keep its own, under
// the policy.
func (t *target) isPrivate(p Policy, name string) (bool, error) {
	if !p.Private {
		return true, nil
	}
	info, err := t.dir.Lstat(name)
	return err == nil && !wide(info.Mode), err
}

// narrow puts a private copy in the place of an earlier version that others may
// read. Its mode could be changed instead, but not for sure: if the sync of that
// failed, a later write would find the mode as it should be, and a power cut
// bring back the wider one.
func (t *target) narrow(p Policy, name string) error {
	private, err := t.isPrivate(p, name)
	if private || err != nil {
		return err
	}
	return t.copyOver(p, name, name)
}

// narrow takes a file that is written in place from everybody but its owner.
func narrow(f disk.File) error {
	info, err := f.Stat()
	if err != nil || !wide(info.Mode) {
		return err
	}
	return f.Chmod(info.Mode & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky) &^ others)
}
