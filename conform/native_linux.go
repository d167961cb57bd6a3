package conform

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// native are the rows that need Linux to be run.
func native() []check {
	all := []check{
		{id: "N1", title: "perm 0644, umask 022", want: "ok 0644", run: newMode(0o644, 0o022)},
		{id: "N2", title: "perm 0666, umask 027", want: "ok 0640", run: newMode(0o666, 0o027)},
		{id: "N3", title: "directory with a default ACL", want: "ok, as an open file", run: defaultACL},
		{id: "N4", title: "setgid directory", want: "ok, group inherited", need: root, run: setgidDir},
		{id: "K1", title: "existing 0640, perm 0644", want: "ok 0640", run: kept(0o640, nil)},
		{id: "K2", title: "setuid, setgid, sticky (root)", want: "ok 7755", need: root, run: kept(0o755|fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky, nil)},
		{id: "K3", title: "owner and group", want: "ok 0640 1234:1235", need: root, run: kept(0o640, func(path string) error { return os.Chown(path, 1234, 1235) })},
		{id: "K4", title: "group that may not be kept", want: "ok, 0600 for the writer's group", need: root, run: foreignGroup},
		{id: "K5", title: "user xattr", want: "ok, kept", run: xattr("user.test", []byte("x"))},
		{id: "K6", title: "POSIX ACL", want: "ok, kept", run: xattr(aclAccess, acl(4))},
		{id: "K8", title: "file capability", want: "ok, dropped", need: root, run: xattr("security.capability", capability)},
		{id: "K9", title: "immutable file", want: "EPERM, old", need: root, run: immutable},
		{id: "K10", title: "read-only file, unprivileged", want: "EACCES, old", need: root, run: readOnly},
		{id: "K11", title: "running executable", want: "ok", run: running},
		{id: "T1", title: "symlink to a file", want: "ok, followed", run: symlink(true)},
		{id: "T2", title: "dangling symlink", want: "ok, followed", run: symlink(false)},
		{id: "T3", title: "symlink loop", want: "ELOOP", run: func(b *bench) (string, error) {
			err := os.Symlink("loop", b.path("loop"))
			return b.write(b.path("loop"), 0o600) + litter(b.dir, "loop"), err
		}},
		{id: "T7", title: "device", want: "refused", need: root, run: special(func(p string) error { return unix.Mknod(p, unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3))) })},
		{id: "T8", title: "FIFO", want: "refused", run: special(func(p string) error { return unix.Mkfifo(p, 0o600) })},
		{id: "T9", title: "socket", want: "refused", run: special(func(p string) error {
			l, err := net.ListenUnix("unix", &net.UnixAddr{Name: p})
			if err == nil {
				l.SetUnlinkOnClose(false)
				l.Close()
			}
			return err
		})},
		{id: "T10", title: "link to a pipe", want: "refused", run: pipe},
		{id: "P1", title: "bind-mounted file", want: "EBUSY, old", need: root, run: bindMounted},
		{id: "P3", title: "directory not writable", want: "EACCES, old", need: root, run: unwritable(0o755)},
		{id: "P4", title: "sticky directory, file of another", want: "EPERM, old", need: root, run: unwritable(0o777 | fs.ModeSticky)},
		{id: "P10", title: "tmpfs", want: "ok, new", need: root, run: func(b *bench) (string, error) {
			if err := b.mount("tmpfs", b.dir, "tmpfs", 0, "size=1m"); err != nil {
				return "", err
			}
			return b.write(b.path("f"), 0o600) + ", " + holds(b.path("f")), nil
		}},
		{id: "F1", title: "disk full", want: "ENOSPC, old", need: root, run: diskFull},
		{id: "F2", title: "file-size limit", want: "EFBIG, old", run: func(b *bench) (string, error) {
			path, err := b.put("f", 0o600)
			if err != nil {
				return "", err
			}
			got, err := b.child(order{Path: path, Size: 1 << 20, Perm: 0o600, Limit: 100_000})
			return got + ", " + holds(path) + litter(b.dir, "f"), err
		}},
		{id: "F11", title: "kill -9 at any moment", want: "whole", run: (*bench).killed},
		{id: "O1", title: "order: file sync, rename, directory sync", want: "F R D", need: tracing, run: callOrder},
		{id: "O5", title: "what a success removes by name", want: "nothing", need: tracing, run: removals},
		{id: "M4", title: "temp name", want: "hidden, short, O_EXCL", need: tracing, run: tempName},
	}
	for _, f := range []struct{ id, title, call, want string }{
		{"F3", "sync of the file fails", "fsync:error=EIO:when=1", "EIO, old"},
		{"F4", "rename fails", "rename,renameat,renameat2:error=EIO", "EIO, old"},
		{"F5", "sync of the directory fails", "fsync:error=EIO:when=2", "EIO, new"},
		{"F7", "setting the mode fails", "chmod,fchmod,fchmodat:error=EIO", "EIO, old"},
	} {
		all = append(all, check{id: f.id, title: f.title, want: f.want, need: tracing, run: inject(f.call)})
	}
	return all
}

func mode(path string) string {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return class(err)
	}
	return fmt.Sprintf("%04o", st.Mode&0o7777)
}

func newMode(perm fs.FileMode, umask int) func(*bench) (string, error) {
	return func(b *bench) (string, error) {
		got, err := b.child(order{Path: b.path("f"), Perm: perm, Umask: umask})
		return got + " " + mode(b.path("f")), err
	}
}

func kept(m fs.FileMode, prepare func(path string) error) func(*bench) (string, error) {
	return func(b *bench) (string, error) {
		path, err := b.put("f", 0o600)
		if err == nil && prepare != nil {
			err = prepare(path)
		}
		if err == nil {
			err = os.Chmod(path, m)
		}
		if err != nil {
			return "", err
		}
		got := b.write(path, 0o644) + " " + mode(path)
		if prepare != nil {
			var st unix.Stat_t
			err = unix.Stat(path, &st)
			got += fmt.Sprintf(" %d:%d", st.Uid, st.Gid)
		}
		return got + litter(b.dir, "f"), err
	}
}

const (
	aclAccess  = "system.posix_acl_access"
	aclDefault = "system.posix_acl_default"
)

// acl is an access list (acl(5)) in the form of its xattr: the owner may do
// all, user 1234 has the given rights, others nothing.
func acl(rights uint16) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 2)
	for _, e := range []struct {
		tag, perm uint16
		id        uint32
	}{{1, 6, 1<<32 - 1}, {2, rights, 1234}, {4, 4, 1<<32 - 1}, {16, 4, 1<<32 - 1}, {32, 0, 1<<32 - 1}} {
		b = binary.LittleEndian.AppendUint16(b, e.tag)
		b = binary.LittleEndian.AppendUint16(b, e.perm)
		b = binary.LittleEndian.AppendUint32(b, e.id)
	}
	return b
}

// capability is cap_net_bind_service=ep, revision 2 (capabilities(7)).
var capability = []byte{1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

func getxattr(path, name string) string {
	buf := make([]byte, 1024)
	n, err := unix.Lgetxattr(path, name, buf)
	if err != nil {
		return ""
	}
	return string(buf[:n])
}

func xattr(name string, value []byte) func(*bench) (string, error) {
	return func(b *bench) (string, error) {
		path, err := b.put("f", 0o640)
		if err != nil {
			return "", err
		}
		if err := unix.Lsetxattr(path, name, value, 0); err != nil {
			return "", skip(fmt.Errorf("no %s here: %w", name, err))
		}
		got := b.write(path, 0o600)
		if getxattr(path, name) == string(value) {
			return got + ", kept" + litter(b.dir, "f"), nil
		}
		return got + ", dropped" + litter(b.dir, "f"), nil
	}
}

func defaultACL(b *bench) (string, error) {
	if err := unix.Lsetxattr(b.dir, aclDefault, acl(6), 0); err != nil {
		return "", skip(fmt.Errorf("no ACLs here: %w", err))
	}
	f, err := os.OpenFile(b.path("reference"), os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return "", err
	}
	f.Close()
	got := b.write(b.path("f"), 0o666)
	same := mode(b.path("f")) == mode(b.path("reference")) &&
		getxattr(b.path("f"), aclAccess) == getxattr(b.path("reference"), aclAccess)
	if same {
		return got + ", as an open file", nil
	}
	return got + ", otherwise than an open file", nil
}

func setgidDir(b *bench) (string, error) {
	if err := errors.Join(os.Chown(b.dir, -1, 1235), os.Chmod(b.dir, 0o755|fs.ModeSetgid)); err != nil {
		return "", err
	}
	got := b.write(b.path("f"), 0o640)
	var st unix.Stat_t
	if err := unix.Stat(b.path("f"), &st); err != nil {
		return got, err
	}
	if st.Gid == 1235 {
		return got + ", group inherited", nil
	}
	return got + ", group not inherited", nil
}

func foreignGroup(b *bench) (string, error) {
	path, err := b.put("f", 0o600)
	err = errors.Join(err, os.Chown(path, 65534, 1235), os.Chmod(path, 0o660), os.Chmod(b.dir, 0o777))
	if err != nil {
		return "", err
	}
	got, err := b.child(order{Path: path, Perm: 0o600, Umask: 0o022, User: nobody})
	var st unix.Stat_t
	err = errors.Join(err, unix.Stat(path, &st))
	switch {
	case st.Gid == 1235:
		return got + ", group kept", err
	case st.Gid == 65534:
		return got + ", " + mode(path) + " for the writer's group", err
	}
	return got, err
}

// immutableFlag is FS_IMMUTABLE_FL of linux/fs.h.
const immutableFlag = 0x10

// immutable sets the flag of chattr +i.
func immutable(b *bench) (string, error) {
	path, err := b.put("f", 0o600)
	if err != nil {
		return "", err
	}
	set := func(on bool) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		flags, err := unix.IoctlGetInt(int(f.Fd()), unix.FS_IOC_GETFLAGS)
		if err != nil {
			return err
		}
		flags &^= immutableFlag
		if on {
			flags |= immutableFlag
		}
		return unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, flags)
	}
	if err := set(true); err != nil {
		return "", skip(fmt.Errorf("no immutable flag here: %w", err))
	}
	b.undo = append(b.undo, func() { set(false) })
	return b.write(path, 0o600) + ", " + holds(path) + litter(b.dir, "f"), nil
}

func readOnly(b *bench) (string, error) {
	path, err := b.put("f", 0o400)
	err = errors.Join(err, os.Chown(path, 65534, 65534), os.Chmod(b.dir, 0o777))
	if err != nil {
		return "", err
	}
	got, err := b.child(order{Path: path, Perm: 0o600, Umask: 0o022, User: nobody})
	return got + ", " + holds(path) + litter(b.dir, "f"), err
}

func unwritable(dir fs.FileMode) func(*bench) (string, error) {
	return func(b *bench) (string, error) {
		path, err := b.put("f", 0o666)
		err = errors.Join(err, os.Chmod(b.dir, dir))
		if err != nil {
			return "", err
		}
		got, err := b.child(order{Path: path, Perm: 0o600, Umask: 0o022, User: nobody})
		return got + ", " + holds(path) + litter(b.dir, "f"), err
	}
}

func running(b *bench) (string, error) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		return "", skip(err)
	}
	program, err := os.ReadFile(sleep)
	if err != nil {
		return "", err
	}
	path := b.path("program")
	if err := os.WriteFile(path, program, 0o755); err != nil {
		return "", err
	}
	cmd := exec.Command(path, "60")
	if err := cmd.Start(); err != nil {
		return "", skip(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	return b.write(path, 0o755), nil
}

func symlink(exists bool) func(*bench) (string, error) {
	return func(b *bench) (string, error) {
		if err := os.Mkdir(b.path("real"), 0o755); err != nil {
			return "", err
		}
		if exists {
			if _, err := b.put("real/f", 0o600); err != nil {
				return "", err
			}
		}
		if err := os.Symlink("real/f", b.path("link")); err != nil {
			return "", err
		}
		got := b.write(b.path("link"), 0o600)
		fi, err := os.Lstat(b.path("link"))
		if err == nil && fi.Mode()&fs.ModeSymlink != 0 && holds(b.path("real/f")) == "new" {
			return got + ", followed" + litter(b.dir, "real", "link") + litter(b.path("real"), "f"), nil
		}
		return got + ", link replaced", err
	}
}

// special writes to what is no regular file, in a child: it may hang.
func special(make func(path string) error) func(*bench) (string, error) {
	return func(b *bench) (string, error) {
		path := b.path("f")
		if err := make(path); err != nil {
			return "", skip(err)
		}
		before, err := os.Lstat(path)
		if err != nil {
			return "", err
		}
		cmd := b.command(order{Path: path, Perm: 0o600})
		timer := time.AfterFunc(3*time.Second, func() { cmd.Process.Kill() })
		out, _ := cmd.CombinedOutput()
		if !timer.Stop() {
			return "hangs", nil
		}
		after, err := os.Lstat(path)
		switch {
		case err != nil || !os.SameFile(before, after):
			return "replaced", nil
		case strings.Contains(string(out), "OUTCOME ok"):
			return "written", nil
		case !strings.Contains(string(out), "OUTCOME"):
			return "", skip(fmt.Errorf("no child: %s", out))
		}
		return "refused" + litter(b.dir, "f"), nil
	}
}

func pipe(b *bench) (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer r.Close()
	defer w.Close()
	if err := b.WriteFile(fmt.Sprintf("/proc/self/fd/%d", w.Fd()), []byte("new"), 0o600); err == nil {
		return "written", nil
	}
	return "refused", nil
}

func bindMounted(b *bench) (string, error) {
	path, err := b.put("f", 0o600)
	if err != nil {
		return "", err
	}
	source, err := b.put("source", 0o600)
	if err != nil {
		return "", err
	}
	if err := b.mount(source, path, "", unix.MS_BIND, ""); err != nil {
		return "", err
	}
	return b.write(path, 0o600) + ", " + holds(path) + litter(b.dir, "f", "source"), nil
}

func diskFull(b *bench) (string, error) {
	if err := b.mount("tmpfs", b.dir, "tmpfs", 0, "size=1m"); err != nil {
		return "", err
	}
	path, err := b.put("f", 0o600)
	if err != nil {
		return "", err
	}
	got := class(b.WriteFile(path, make([]byte, 2<<20), 0o600))
	return got + ", " + holds(path) + litter(b.dir, "f"), nil
}

// inject makes calls fail; only the writer's own are meant, which is why the
// child makes none before.
func inject(call string) func(*bench) (string, error) {
	return func(b *bench) (string, error) {
		path, err := b.put("f", 0o644)
		if err != nil {
			return "", err
		}
		names, _, _ := strings.Cut(call, ":")
		got, trace, err := b.traced(order{Path: path, Perm: 0o600}, "-e", "trace=newfstatat,"+names, "-e", "inject="+call)
		if err != nil {
			return "", err
		}
		if !strings.Contains(trace, "INJECTED") {
			got = "not called"
		}
		return got + ", " + holds(path) + litter(b.dir, "f"), nil
	}
}

var interesting = regexp.MustCompile(`(?m)^\d+ +(fsync|fdatasync|rename|renameat|renameat2)\((\d+)?`)

func callOrder(b *bench) (string, error) {
	path, err := b.put("f", 0o644)
	if err != nil {
		return "", err
	}
	_, trace, err := b.traced(order{Path: path, Perm: 0o600}, "-e", "trace=newfstatat,fsync,fdatasync,rename,renameat,renameat2", "-y")
	if err != nil {
		return "", err
	}
	var got []string
	for line := range strings.Lines(trace) {
		m := interesting.FindStringSubmatch(line)
		switch {
		case m == nil:
		case strings.HasPrefix(m[1], "rename"):
			got = append(got, "R")
		case strings.Contains(line, "<"+b.dir+">"):
			got = append(got, "D")
		default:
			got = append(got, "F")
		}
	}
	if len(got) == 0 {
		return "none", nil
	}
	return strings.Join(got, " "), nil
}

func removals(b *bench) (string, error) {
	path, err := b.put("f", 0o644)
	if err != nil {
		return "", err
	}
	_, trace, err := b.traced(order{Path: path, Perm: 0o600}, "-e", "trace=newfstatat,unlink,unlinkat")
	if strings.Contains(trace, "unlink") {
		return "something", err
	}
	return "nothing", err
}

var created = regexp.MustCompile(`"([^"]*)", ([A-Z_|]*O_CREAT[A-Z_|]*)`)

func tempName(b *bench) (string, error) {
	path, err := b.put("f", 0o644)
	if err != nil {
		return "", err
	}
	_, trace, err := b.traced(order{Path: path, Perm: 0o600}, "-e", "trace=newfstatat,open,openat")
	m := created.FindStringSubmatch(trace)
	if err != nil || m == nil {
		return "no temp", err
	}
	name := m[1][strings.LastIndex(m[1], "/")+1:]
	got := []string{"visible", "long", "not O_EXCL"}
	if strings.HasPrefix(name, ".") {
		got[0] = "hidden"
	}
	if len(name) <= 64 && !strings.Contains(name, strings.Repeat("f", 3)) {
		got[1] = "short"
	}
	if strings.Contains(m[2], "O_EXCL") {
		got[2] = "O_EXCL"
	}
	return strings.Join(got, ", "), nil
}
