package wholly

import (
	"io/fs"
	"log/slog"
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

// narrow takes the file name from everybody but its owner, by descriptor, and
// makes that durable, so that no name given to it afterwards is ever wider.
func (t *target) narrow(name string) error {
	info, err := t.dir.Lstat(name)
	if err != nil || !wide(info.Mode) {
		return err
	}
	f, _, err := t.openRegular(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := narrow(f); err != nil {
		return err
	}
	return f.Sync()
}

// narrowOld is narrow for an earlier version that was there before this write.
// One that belongs to somebody else stays as it is: it holds up no write.
func (t *target) narrowOld(p Policy, name string) error {
	err := t.narrow(name)
	if err == nil || !refused(err) {
		return err
	}
	p.log(slog.LevelWarn, "earlier version could not be made private", t.path,
		slog.String("version", name), slog.Any("error", err))
	return nil
}

func narrow(f disk.File) error {
	info, err := f.Stat()
	if err != nil || !wide(info.Mode) {
		return err
	}
	return f.Chmod(info.Mode & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky) &^ others)
}
