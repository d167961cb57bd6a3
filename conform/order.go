package conform

import (
	"fmt"
	"regexp"
	"strings"
)

// order are the cases about what is asked of the kernel, in which order, and
// how often.
func order() []row {
	return []row{
		{id: "O1", title: "order of the steps, existing file", want: "write, metadata, fsync, rename, fsync directory",
			run: func(s *scene) string { return steps(s.writeCalls(s.put("f", 0o640))) }},
		{id: "O1 new", title: "order of the steps, new file", want: "write, fsync, rename, fsync directory",
			also: []string{"write, fsync, link, fsync directory"},
			run:  func(s *scene) string { return steps(s.writeCalls(s.path("f"))) }},
		{id: "O1 private", title: "mode of the temp for a file of mode 0640", want: "600", run: func(s *scene) string {
			c := s.creating(s.put("f", 0o640))
			m := regexp.MustCompile(`, 0(\d+)$`).FindStringSubmatch(c.args)
			if m == nil {
				return "0"
			}
			return strings.TrimPrefix(m[1], "100") // of a regular file, which open ignores
		}},
		{id: "O2", title: "descriptors", want: "one for the file, one for the directory", run: descriptors},
		{id: "O3", title: "system calls of a plain replace", want: "at most 15 calls", run: func(s *scene) string {
			return fmt.Sprintf("%d calls", costly(s.writeCalls(s.put("f", 0o644))))
		}, accept: func(observed string) bool {
			var n int
			_, err := fmt.Sscanf(observed, "%d calls", &n)
			return err == nil && n > 0 && n <= 15
		}},
		{id: "O4", title: "an existing name is never free", want: "renamed over", also: []string{"in place"}, run: neverFree},
		{id: "O5", title: "removals by name after the commit", want: "none", run: func(s *scene) string {
			committed := false
			for _, c := range s.writeCalls(s.put("f", 0o644)) {
				committed = committed || isCommit(c)
				if committed && c.is("unlink") {
					return "some"
				}
			}
			return "none"
		}},
	}
}

// step names what a call means for the order; empty if nothing.
func step(c call) string {
	switch {
	case c.failed():
		return ""
	case isWrite(c):
		return "write"
	case c.is("chmod", "chown", "setxattr", "removexattr", "utimens"):
		return "metadata"
	case isDirSync(c):
		return "fsync directory"
	case isSync(c):
		return "fsync"
	case isRename(c):
		return "rename"
	case c.is("link"):
		return "link"
	case c.name == "sync" || c.name == "syncfs":
		return "sync of the file system"
	}
	return ""
}

// steps names the steps in their order, repeated ones once.
func steps(calls []call) string {
	var got []string
	for _, c := range calls {
		if name := step(c); name != "" && (len(got) == 0 || got[len(got)-1] != name) {
			got = append(got, name)
		}
	}
	return strings.Join(got, ", ")
}

// costly counts the calls that have to do with files; memory that the runtime
// asks for meanwhile does not.
func costly(calls []call) int {
	n := 0
	for _, c := range calls {
		if file.MatchString(c.name) && !strings.Contains(c.args, "MAP_ANONYMOUS") {
			n++
		}
	}
	return n
}

var file = regexp.MustCompile(`open|stat|read|write|sync|rename|link|chmod|chown|xattr|lock|fcntl|close|dup|seek|access|trunc|mkdir|getdents|sendfile|copy_file|mmap|utimens|statfs|getcwd`)

// creating returns the call that made the temp of a write of path.
func (s *scene) creating(path string) call {
	for _, c := range s.writeCalls(path) {
		makes := strings.Contains(c.args, "O_EXCL") || strings.Contains(c.args, "O_TMPFILE") ||
			strings.Contains(c.args, "O_CREAT") && !strings.Contains(c.args, `"`+path+`"`)
		if strings.HasPrefix(c.name, "open") && makes && !c.failed() {
			return c
		}
	}
	s.inapplicable("the writer makes no temp file")
	return call{}
}

var quoted = regexp.MustCompile(`"([^"]*)"`)

// tempOf writes path and returns the last element of its temp's name, and the
// flags with which it was made.
func (s *scene) tempOf(path string) (name, flags string) {
	c := s.creating(path)
	if strings.Contains(c.args, "O_TMPFILE") {
		s.inapplicable("the writer's temp has no name")
	}
	m := quoted.FindStringSubmatch(c.args)
	if m == nil {
		s.must(fmt.Errorf("no name in the call: %s", c.args))
	}
	return last(m[1]), c.args
}

// descriptors looks whether the file is synced by the descriptor it was written
// by, and the directory by one that was opened before the rename.
func descriptors(s *scene) string {
	written, dirs, renamed := "", map[string]bool{}, false
	for _, c := range s.writeCalls(s.put("f", 0o644)) {
		fd, _, _ := strings.Cut(c.args, "<")
		switch {
		case isWrite(c) && written == "":
			written = fd
		case c.name == "close" && fd == written:
			if !renamed {
				written = "closed"
			}
		case c.name == "close":
			delete(dirs, fd)
		case strings.HasPrefix(c.name, "open") && !c.failed() && !renamed:
			opened, _, _ := strings.Cut(c.result, "<")
			dirs[opened] = true
		case isCommit(c):
			renamed = true
		case isDirSync(c) && !dirs[fd]:
			return "the directory is opened after the rename"
		case isDirSync(c):
			return "one for the file, one for the directory"
		case isFileSync(c) && fd != written:
			return "the file is synced by another descriptor"
		}
	}
	if !renamed {
		s.inapplicable("the writer does not rename")
	}
	return "the directory is not synced"
}

// neverFree looks for a call that takes the name away before the new file has
// it.
func neverFree(s *scene) string {
	path := s.put("f", 0o644)
	for _, c := range s.writeCalls(path) {
		m := quoted.FindAllStringSubmatch(c.args, -1)
		switch {
		case c.failed() || len(m) == 0:
		case isCommit(c):
			return "renamed over"
		case (c.is("unlink") || isRename(c)) && last(m[0][1]) == "f":
			return "the name is free for a moment"
		}
	}
	return "in place"
}

func last(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
