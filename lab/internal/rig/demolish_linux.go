package rig

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// demolish takes down everything below dir and removes it: first the file
// systems on devices, newest first, then their devices, then FUSE, which
// carries the devices. The directory stays if something is still mounted in it,
// for removing it would empty that.
func demolish(dir string) error {
	failed := []error{unmountAll(dir, false), detachAll(dir), unmountAll(dir, true)}
	left, err := mounts(dir)
	if err != nil || len(left) > 0 {
		return errors.Join(append(failed, err, fmt.Errorf("%s is left: %d mounts in it", dir, len(left)))...)
	}
	return errors.Join(append(failed, os.RemoveAll(dir))...)
}

// unmountAll unmounts what is below dir, FUSE or all the rest. The server
// behind a FUSE mount may be gone, and who uses it is of no interest: it is
// detached at once.
func unmountAll(dir string, fuse bool) error {
	all, err := mounts(dir)
	failed := []error{err}
	for _, m := range slices.Backward(all) {
		switch {
		case m.fuse() != fuse:
		case fuse:
			if err := unix.Unmount(m.point, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil {
				failed = append(failed, fmt.Errorf("unmount %s: %w", m.point, err))
			}
		default:
			failed = append(failed, Unmount(m.point))
		}
	}
	return errors.Join(failed...)
}

// detachAll frees the loop devices whose files are below dir.
func detachAll(dir string) error {
	devices, err := filepath.Glob("/sys/block/loop*")
	failed := []error{err}
	for _, d := range devices {
		path := filepath.Join("/dev", filepath.Base(d))
		file, err := backing(path)
		if err != nil {
			failed = append(failed, err)
		} else if below(file, dir) {
			failed = append(failed, detach(path))
		}
	}
	return errors.Join(failed...)
}

type mount struct{ point, kind string }

func (m mount) fuse() bool { return m.kind == "fuse" || strings.HasPrefix(m.kind, "fuse.") }

// mounts returns what is mounted at or below dir, in the order of mounting.
func mounts(dir string) ([]mount, error) {
	info, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("list mounts: %w", err)
	}
	return mountsIn(string(info), dir), nil
}

// mountsIn reads lines of mountinfo (proc_pid_mountinfo(5)): the mount point is
// the fifth field, the type follows a lone "-".
func mountsIn(info, dir string) []mount {
	var all []mount
	for line := range strings.Lines(info) {
		f := strings.Fields(line)
		dash := slices.Index(f, "-")
		if dash < 5 || dash+1 >= len(f) {
			continue
		}
		if point := unescape.Replace(f[4]); below(point, dir) {
			all = append(all, mount{point, f[dash+1]})
		}
	}
	return all
}

var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

func below(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }
