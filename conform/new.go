package conform

import (
	"io/fs"
	"os"
	"runtime"
	"strings"
)

// newFile are the cases about a file that is not there yet.
func newFile() []row {
	return []row{
		{id: "N1", title: "new file, perm 0644, umask 022", want: "644", run: func(s *scene) string {
			return s.newMode(0o644, 0o022)
		}},
		{id: "N2", title: "new file, perm 0666, umask 027", want: "640", run: func(s *scene) string {
			return s.newMode(0o666, 0o027)
		}},
		{id: "N3", title: "directory with a default ACL", want: "inherited, 640", run: defaultsInherited},
		{id: "N4", title: "setgid directory", want: "group inherited", run: groupInherited},
		{id: "N5", title: "empty content", want: "empty file", run: emptyContent},
		{id: "N6", title: "parent missing", want: "ENOENT, missing", run: func(s *scene) string {
			s.needUnix()
			path := s.path("a/b/f")
			return s.result(s.write(path, 0o644), path)
		}},
		{id: "N6 parents", title: "parent missing, parents asked for", want: "written", run: func(s *scene) string {
			path := s.path("a/b/f")
			s.expect(s.path("a"))
			s.expect(s.path("a/b"))
			return s.result(s.do(doParents, path, 0o644), path)
		}},
		{id: "N7", title: "trailing slash, empty name, “.”, a file as parent",
			want: "EISDIR, ENOENT, EISDIR, ENOTDIR", run: badNames},
	}
}

func (s *scene) newMode(perm fs.FileMode, umask int) string {
	s.needUnix()
	path := s.path("f")
	j := s.job(doWrite, path, perm)
	j.Umask = umask
	if a := s.spawn(j); !a.OK {
		return s.result(a, path)
	}
	return s.mode(path)
}

// The umask has no say where there is a default access list, so one that would
// take everything away shows who was asked.
func defaultsInherited(s *scene) string {
	dir := s.mkdir("d", 0o755)
	s.setAttr(dir, defaultACL, accessList(stranger))
	path := s.path("d/f")
	j := s.job(doWrite, path, 0o644)
	j.Umask = 0o077
	if a := s.spawn(j); !a.OK {
		return s.result(a, path)
	}
	if _, ok := s.attr(path, accessACL); !ok {
		return "not inherited, " + s.mode(path)
	}
	return "inherited, " + s.mode(path)
}

func groupInherited(s *scene) string {
	dir := s.mkdir("d", 0o755)
	s.chown(dir, 0, stranger)
	s.must(os.Chmod(dir, 0o755|fs.ModeSetgid))
	path := s.path("d/f")
	if a := s.write(path, 0o644); !a.OK {
		return s.result(a, path)
	}
	if _, gid := s.owner(path); gid != stranger {
		return "group not inherited"
	}
	return "group inherited"
}

func emptyContent(s *scene) string {
	path := s.path("f")
	a := s.doWith(doWrite, path, nil, 0o644)
	if a.OK && content(path) == "empty" {
		return "empty file"
	}
	return s.result(a, path)
}

func badNames(s *scene) string {
	s.needUnix()
	s.put("file", 0o644)
	var got []string
	for _, path := range []string{s.dir + "/none/", "", s.dir + "/.", s.dir + "/file/x"} {
		a := s.write(path, 0o644)
		if a.OK {
			a.Name = "written"
		}
		got = append(got, a.Name)
	}
	if _, err := os.Lstat(s.path("none")); err == nil {
		s.note("the name before the slash was made")
	}
	return strings.Join(got, ", ")
}

// names are the cases about the last element of the path.
func names() []row {
	return []row{
		{id: "M1", title: "names of 250 and 255 bytes", want: "written, written", run: func(s *scene) string {
			return s.named(strings.Repeat("n", 250), strings.Repeat("n", 255))
		}},
		{id: "M2", title: "name of 256 bytes", want: "ENAMETOOLONG, missing", run: func(s *scene) string {
			s.needUnix()
			path := s.path(strings.Repeat("n", 256))
			a := s.write(path, 0o644)
			if a.OK {
				return "written"
			}
			return a.Name + ", missing"
		}},
		{id: "M3", title: "star, space, newline, leading dash, invalid UTF-8", want: "written, written, written, written, written",
			run: func(s *scene) string {
				if runtime.GOOS != "linux" {
					s.skip("not every name is allowed on this platform")
				}
				return s.named("a*b", "a b", "a\nb", "-rf", "\xff\xfe")
			}},
		{id: "M4", title: "temp name and how it is opened", want: "dot, random, O_EXCL, O_NOFOLLOW, O_CLOEXEC", run: tempName},
	}
}

// named writes each name twice, so that it is made and then replaced.
func (s *scene) named(names ...string) string {
	var got []string
	for _, name := range names {
		path := s.path(name)
		a := s.doWith(doWrite, path, oldContent, 0o644)
		if a.OK {
			a = s.write(path, 0o644)
		}
		if !a.OK {
			got = append(got, a.Name)
			continue
		}
		now := content(path)
		if now == "new" {
			now = "written"
		}
		got = append(got, now)
	}
	return strings.Join(got, ", ")
}

// tempName looks at the temps of two writes.
func tempName(s *scene) string {
	path := s.put("f", 0o644)
	temp, flags := s.tempOf(path)
	again, _ := s.tempOf(path)
	got := []string{"no dot"}
	if strings.HasPrefix(temp, ".") {
		got[0] = "dot"
	}
	if temp != again {
		got = append(got, "random")
	}
	for _, flag := range []string{"O_EXCL", "O_NOFOLLOW", "O_CLOEXEC"} {
		if strings.Contains(flags, flag) {
			got = append(got, flag)
		}
	}
	return strings.Join(got, ", ")
}
