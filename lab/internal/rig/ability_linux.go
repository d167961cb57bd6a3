package rig

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// packages are the Debian packages that hold the programs.
var packages = map[string]string{
	"mkfs.ext4": "e2fsprogs", "mkfs.xfs": "xfsprogs", "mkfs.btrfs": "btrfs-progs", "strace": "strace",
}

// Missing returns nil if this machine can cut the power of the file systems
// fs, and otherwise one sentence that names all it lacks.
func Missing(fs ...FS) error {
	return lack("cut power", append(mounting(fs), device("/dev/fuse"), program("strace")))
}

// MissingMounts is Missing without what only a cut needs, FUSE and strace: it
// is for those who mount file systems on ordinary images.
func MissingMounts(fs ...FS) error { return lack("mount its file systems", mounting(fs)) }

// Required tells whether the environment wants what cannot run to fail instead
// of being left out: LAB=require, or WHOLLY_REQUIRE=1 as in CI.
func Required() bool {
	return os.Getenv("LAB") == "require" || os.Getenv("WHOLLY_REQUIRE") == "1"
}

// ErrMissing is matched by the errors of Missing and MissingMounts.
var ErrMissing = errors.New("this machine lacks what the lab needs")

func lack(what string, all []string) error {
	var missing []string
	for _, m := range all {
		if m != "" && !slices.Contains(missing, m) {
			missing = append(missing, m)
		}
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("%w to %s: %s", ErrMissing, what, strings.Join(missing, "; "))
}

func mounting(fs []FS) []string {
	all := []string{rights(), device("/dev/loop-control")}
	for _, f := range fs {
		all = append(all, program(f.Mkfs[0]), kernel(f.Type))
	}
	return all
}

// rights asks for the capability and not for the user: root in a container may
// lack it.
func rights() string {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err == nil && data[0].Effective&(1<<unix.CAP_SYS_ADMIN) != 0 {
		return ""
	}
	if os.Geteuid() != 0 {
		return "root (run it as root)"
	}
	return "the capability CAP_SYS_ADMIN (a container must be --privileged)"
}

func device(path string) string {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Sprintf("%s (%v)", path, errors.Unwrap(err))
	}
	f.Close()
	return ""
}

func program(name string) string {
	if _, err := exec.LookPath(name); err == nil {
		return ""
	}
	return fmt.Sprintf("%s (Debian package %s)", name, packages[name])
}

// kernel looks for a file system that the kernel has, or could load.
func kernel(name string) string {
	known, err := os.ReadFile("/proc/filesystems")
	if err != nil {
		return "/proc/filesystems"
	}
	if slices.Contains(strings.Fields(string(known)), name) || loadable(name) {
		return ""
	}
	return name + " in the kernel"
}

func loadable(name string) bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return false
	}
	modules, err := os.ReadFile(filepath.Join("/lib/modules", unix.ByteSliceToString(u.Release[:]), "modules.dep"))
	return err == nil && strings.Contains(string(modules), "/"+name+".ko")
}
