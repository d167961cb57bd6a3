package conform

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// kept are the cases about what an existing file keeps when its owner, or
// root, writes it.
func kept() []row {
	return []row{
		{id: "K1", title: "existing file of mode 0640, perm 0644", want: "640", run: func(s *scene) string {
			s.needUnix()
			return s.modeAfter(s.put("f", 0o640))
		}},
		{id: "K2", title: "setuid, setgid, sticky; written by root", want: "7755", run: func(s *scene) string {
			path := s.put("f", 0o755|setBits)
			s.needRoot()
			return s.modeAfter(path)
		}},
		{id: "K2 user", title: "setuid, setgid, sticky; written by the owner", want: "1755", run: func(s *scene) string {
			path := s.strangers("f", 0o755|setBits, stranger, stranger)
			return s.modeBy(path, stranger)
		}},
		{id: "K3", title: "owner and group; written by root", want: "kept", run: ownerKept},
		{id: "K5", title: "user attribute", want: "kept", run: func(s *scene) string {
			return s.attrAfter("user.conform", []byte("value"))
		}},
		{id: "K6", title: "POSIX ACL", want: "kept", run: func(s *scene) string {
			return s.attrAfter(accessACL, accessList(stranger))
		}},
		{id: "K6 none", title: "file without an ACL in a directory with a default ACL", want: "none, 644", run: noACL},
		{id: "K6 refused", title: "an ACL that cannot be copied", want: "error, old", also: []string{"written, ACL kept"}, run: refusedACL},
		{id: "K7", title: "SELinux label", want: "kept", run: func(s *scene) string {
			s.needRoot()
			return s.attrAfter("security.selinux", []byte("system_u:object_r:etc_t:s0\x00"))
		}},
		{id: "K8", title: "file capabilities", want: "dropped", run: func(s *scene) string {
			s.needRoot()
			return s.attrAfter("security.capability", capability())
		}},
		{id: "K8 ima", title: "IMA attribute", want: "dropped", run: func(s *scene) string {
			s.needRoot()
			return s.attrAfter("security.ima", []byte("\x01digest of the old content"))
		}},
		{id: "K9", title: "immutable file", want: "EPERM, old", run: func(s *scene) string { return s.flagged(immutable) }},
		{id: "K9 append", title: "append-only file", want: "EPERM, old", run: func(s *scene) string { return s.flagged(appendOnly) }},
		{id: "K11", title: "running executable", want: "replaced, the process lives on", run: runningExecutable},
		{id: "K12", title: "file open elsewhere", want: "the reader keeps the old content", run: openElsewhere},
		{id: "K13", title: "modification time", want: "new", run: modified},
	}
}

const setBits = os.ModeSetuid | os.ModeSetgid | os.ModeSticky

// strangers makes a file that belongs to someone, in a directory that belongs
// to the stranger.
func (s *scene) strangers(name string, mode os.FileMode, uid, gid int) string {
	dir := s.path("home")
	if _, err := os.Stat(dir); err != nil {
		s.mkdir("home", 0o755)
		s.chown(dir, stranger, stranger)
	}
	path := s.put(filepath.Join("home", name), mode)
	s.chown(path, uid, gid)
	return path
}

// by writes path as the user uid, who may be in more groups.
func (s *scene) by(uid int, verb, path string, groups ...uint32) answer {
	j := s.job(verb, path, 0o644)
	j.uid, j.gid, j.groups = uid, uid, groups
	return s.spawn(j)
}

func (s *scene) modeAfter(path string) string {
	if a := s.write(path, 0o644); !a.OK {
		return s.result(a, path)
	}
	return s.mode(path)
}

func (s *scene) modeBy(path string, uid int) string {
	if a := s.by(uid, doWrite, path); !a.OK {
		return s.result(a, path)
	}
	return s.mode(path)
}

func ownerKept(s *scene) string {
	path := s.put("f", 0o640)
	s.chown(path, stranger, other)
	if a := s.write(path, 0o644); !a.OK {
		return s.result(a, path)
	}
	if uid, gid := s.owner(path); uid != stranger || gid != other {
		return "not kept"
	}
	return "kept"
}

// attrAfter says what became of an attribute of a file that was written.
func (s *scene) attrAfter(name string, value []byte) string {
	path := s.put("f", 0o644)
	s.setAttr(path, name, value)
	if a := s.write(path, 0o644); !a.OK {
		return s.result(a, path)
	}
	switch got, ok := s.attr(path, name); {
	case !ok:
		return "dropped"
	case got != string(value):
		return "changed"
	}
	return "kept"
}

func noACL(s *scene) string {
	path := s.put("f", 0o644)
	s.setAttr(s.dir, defaultACL, accessList(stranger))
	if a := s.write(path, 0o644); !a.OK {
		return s.result(a, path)
	}
	if _, ok := s.attr(path, accessACL); ok {
		return "inherited, " + s.mode(path)
	}
	return "none, " + s.mode(path)
}

// Without the list, its mask would become the right of the group.
func refusedACL(s *scene) string {
	path := s.put("f", 0o644)
	a, _ := s.failing(doWrite, path, func() {
		s.put("f", 0o644)
		s.setAttr(path, accessACL, accessList(stranger))
	}, func(c call) bool { return c.is("setxattr") && strings.Contains(c.args, accessACL) }, "EOPNOTSUPP")
	if _, ok := s.attr(path, accessACL); ok && a.OK {
		return "written, ACL kept"
	}
	return s.refusal(a, path)
}

func (s *scene) flagged(flag int) string {
	path := s.put("f", 0o644)
	s.setFlag(path, flag)
	return s.result(s.write(path, 0o644), path)
}

func runningExecutable(s *scene) string {
	s.needUnix()
	if len(s.w.Command) == 0 || !isSelf(s.w.Command[0]) {
		s.skip("needs Writer.Command to be this program, on Linux")
	}
	path := s.path("program")
	s.must(copyFile(s.w.Command[0], path, 0o755))
	cmd := s.start(s.job(doWait, path, 0o755), path)
	if a := s.write(path, 0o755); !a.OK {
		return s.result(a, path)
	}
	if cmd.Process.Signal(syscall.Signal(0)) != nil {
		return "replaced, the process died"
	}
	return "replaced, the process lives on"
}

func copyFile(from, to string, mode os.FileMode) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	// wholly: ignore[write-error-swallowed] a copy for the judge, in a folder that is removed after the case
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(dst, src); err != nil {
		dst.Close()
		return err
	}
	return dst.Close()
}

func openElsewhere(s *scene) string {
	path := s.put("f", 0o644)
	reader, err := os.Open(path)
	s.must(err)
	defer reader.Close()
	if a := s.write(path, 0o644); !a.OK {
		return s.result(a, path)
	}
	data, err := io.ReadAll(reader)
	s.must(err)
	if !bytes.Equal(data, oldContent) {
		return "the reader sees " + nameOf(data) + " content"
	}
	return "the reader keeps the old content"
}

func modified(s *scene) string {
	path := s.put("f", 0o644)
	long := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	s.must(os.Chtimes(path, long, long))
	if a := s.write(path, 0o644); !a.OK {
		return s.result(a, path)
	}
	info, err := os.Stat(path)
	s.must(err)
	if age := time.Since(info.ModTime()); age > time.Hour || age < -time.Hour {
		return "not new"
	}
	return "new"
}

// keptOfOthers are the cases about a file that is not the writer's own.
func keptOfOthers() []row {
	return []row{
		{id: "K2 others", title: "setuid, setgid; another's file, written by a user", want: "777", run: func(s *scene) string {
			return s.modeBy(s.strangers("f", 0o777|os.ModeSetuid|os.ModeSetgid, other, other), stranger)
		}},
		{id: "K3 user", title: "another's file, written by a user", want: "written", run: func(s *scene) string {
			path := s.strangers("f", 0o666, other, other)
			return s.result(s.by(stranger, doWrite, path), path)
		}},
		{id: "K3 group", title: "another's file, group of the writer", want: "group kept", run: groupAlone},
		{id: "K3 told", title: "another's file: the lost owner is told", want: "told", run: func(s *scene) string {
			return s.told(s.strangers("f", 0o666, other, other), "owner")
		}},
		{id: "K3 strict", title: "another's file, strict", want: "error, old", run: func(s *scene) string {
			path := s.strangers("f", 0o666, other, other)
			return s.refusal(s.by(stranger, doStrict, path), path)
		}},
		{id: "K4", title: "group that cannot be kept", want: "no other group gains access", run: groupLost},
		{id: "K5 told", title: "an attribute that cannot be copied is told", want: "told", run: func(s *scene) string {
			return s.told(s.guarded(), "security.conform")
		}},
		{id: "K5 strict", title: "an attribute that cannot be copied, strict", want: "error, old", run: func(s *scene) string {
			path := s.guarded()
			return s.refusal(s.by(stranger, doStrict, path), path)
		}},
		{id: "K10", title: "read-only file, unprivileged caller", want: "EACCES, old", run: func(s *scene) string {
			path := s.strangers("f", 0o444, stranger, stranger)
			changed := s.touched(filepath.Dir(path))
			return untouched(s.result(s.by(stranger, doWrite, path), path), changed)
		}},
	}
}

// guarded makes a stranger's file with an attribute that only root may set.
func (s *scene) guarded() string {
	path := s.strangers("f", 0o644, stranger, stranger)
	s.setAttr(path, "security.conform", []byte("value"))
	return path
}

// told writes path as the stranger, and looks for what in the list of losses.
func (s *scene) told(path, what string) string {
	a := s.by(stranger, doTold, path)
	if !a.OK {
		return s.result(a, path)
	}
	if slices.ContainsFunc(a.Told.Lost, func(l string) bool { return strings.Contains(l, what) }) {
		return "told"
	}
	return "not told"
}

func groupAlone(s *scene) string {
	path := s.strangers("f", 0o664, other, other)
	if a := s.by(stranger, doWrite, path, other); !a.OK {
		return s.result(a, path)
	}
	if _, gid := s.owner(path); gid != other {
		return "group not kept"
	}
	return "group kept"
}

// All may write but not execute, the group may do both: a group that comes in
// by mistake gains something.
func groupLost(s *scene) string {
	path := s.strangers("f", 0o676, other, other)
	if a := s.by(stranger, doWrite, path); !a.OK {
		return s.result(a, path)
	}
	info, err := os.Stat(path)
	s.must(err)
	group, all := info.Mode().Perm()>>3&7, info.Mode().Perm()&7
	if _, gid := s.owner(path); gid != other && group&^all != 0 {
		return "another group gains access"
	}
	return "no other group gains access"
}
