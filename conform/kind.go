package conform

import (
	"os"
	"time"
)

// kinds are the cases about targets that are not regular files.
func kinds() []row {
	return []row{
		{id: "T6", title: "directory", want: "EISDIR, directory", run: func(s *scene) string {
			s.needUnix()
			path := s.mkdir("d", 0o755)
			return s.kindAfter(path, s.write(path, 0o644))
		}},
		{id: "T7", title: "device", want: "refused, device", run: func(s *scene) string {
			path := s.mkdevice("null")
			return s.special(path)
		}},
		{id: "T8", title: "FIFO", want: "refused, FIFO", run: fifo},
		{id: "T9", title: "socket", want: "refused, socket", run: func(s *scene) string {
			return s.special(s.mksocket("s"))
		}},
		{id: "T10", title: "link to a pipe", want: "refused, link", run: func(s *scene) string {
			_, name := s.pipe()
			return s.special(s.symlink(name, "stdout"))
		}},
	}
}

// kindAfter says how a write ended and what stands at the name.
func (s *scene) kindAfter(path string, a answer) string {
	if a.OK {
		a.Name = "written"
	}
	return a.Name + ", " + kind(path)
}

// special writes to something that is not a file; any error is a refusal.
func (s *scene) special(path string) string {
	a := s.write(path, 0o644)
	if !a.OK {
		s.truthful(a, "old")
		a.Name = "refused"
	}
	return s.kindAfter(path, a)
}

// A writer that waits for a reader is given one, later than anyone would wait.
func fifo(s *scene) string {
	path := s.mkfifo("fifo")
	done := make(chan string, 1)
	go func() { done <- s.special(path) }()
	select {
	case got := <-done:
		return got
	case <-time.After(2 * time.Second):
		drain(path)
		<-done
		return "hangs"
	}
}

// links are the cases about symbolic and hard links.
func links() []row {
	return []row{
		{id: "T1", title: "symbolic link to a file", want: "followed", run: func(s *scene) string {
			return s.linked(doWrite)
		}},
		{id: "T1 replace", title: "symbolic link, to be replaced", want: "replaced", run: func(s *scene) string {
			return s.linked(doReplace)
		}},
		{id: "T1 refuse", title: "symbolic link, to be refused", want: "error, link kept", run: func(s *scene) string {
			return s.linked(doRefuse)
		}},
		{id: "T2", title: "dangling symbolic link", want: "the target is made", run: dangling},
		{id: "T3", title: "symbolic links in a loop", want: "ELOOP, link", run: func(s *scene) string {
			s.needUnix()
			s.symlink("b", "a")
			path := s.symlink("a", "b")
			return s.kindAfter(path, s.write(path, 0o644))
		}},
		{id: "T4", title: "another's link in a sticky directory", want: "as the kernel's rule", run: stickyLink},
		{id: "T5", title: "link that is swapped in before the commit", want: "not written through", run: swappedLink},
		{id: "T11", title: "file with a second hard link", want: "broken, the other name keeps the old content", run: func(s *scene) string {
			return s.hardLinked(doWrite)
		}},
		{id: "T11 told", title: "hard links that are broken are told", want: "told", run: func(s *scene) string {
			path := s.put("f", 0o644)
			s.able("hard links", os.Link(path, s.path("second")))
			if a := s.do(doTold, path, 0o644); !a.OK || a.Told.OtherLinks != 1 {
				return "not told"
			}
			return "told"
		}},
		{id: "T11 refuse", title: "file with a second hard link, to be refused", want: "error, old", run: func(s *scene) string {
			return s.hardLinked(doHardLinks)
		}},
	}
}

// linked writes through a link into another directory.
func (s *scene) linked(verb string) string {
	s.mkdir("real", 0o755)
	file := s.put("real/f", 0o644)
	link := s.symlink("real/f", "link")
	a := s.do(verb, link, 0o644)
	is, in := kind(link), content(file)
	switch {
	case !a.OK && is == "link" && in == "old":
		s.truthful(a, "old")
		return "error, link kept"
	case !a.OK:
		return a.Name + ", " + is
	case is == "file" && in == "old":
		return "replaced"
	case is == "link" && in == "new":
		return "followed"
	}
	return is + ", " + in
}

func dangling(s *scene) string {
	s.mkdir("real", 0o755)
	link, file := s.symlink("real/f", "link"), s.path("real/f")
	s.expect(file)
	a := s.write(link, 0o644)
	switch {
	case !a.OK:
		return a.Name + ", " + kind(link)
	case kind(link) != "link":
		return "the link is replaced"
	case content(file) != "new":
		return "the target is " + content(file)
	}
	return "the target is made"
}

// The kernel may forbid to follow such a link (fs.protected_symlinks); what it
// forbids to an ordinary open is forbidden to the writer too.
func stickyLink(s *scene) string {
	s.needRoot()
	file := s.put("f", 0o666)
	dir := s.mkdir("sticky", 0o777|os.ModeSticky)
	link := s.symlink(file, "sticky/link")
	s.chown(link, stranger, stranger)
	s.chown(dir, other, other)
	f, err := os.OpenFile(link, os.O_WRONLY, 0)
	if err == nil {
		f.Close()
	}
	a := s.write(link, 0o644)
	followed := a.OK && content(file) == "new" && kind(link) == "link"
	refused := !a.OK && content(file) == "old" && kind(link) == "link"
	if err == nil && followed || err != nil && refused {
		return "as the kernel's rule"
	}
	return s.kindAfter(link, a)
}

func swappedLink(s *scene) string {
	path, victim := s.put("f", 0o644), s.put("victim", 0o644)
	f := s.create(path)
	defer f.Close()
	s.must(writeTo(f, newContent))
	s.must(os.Remove(path))
	s.symlink("victim", "f")
	a := s.w.answerTo(f.Commit())
	if content(victim) != "old" {
		return "written through"
	}
	if a.OK && kind(path) != "file" {
		return "returned nil, link"
	}
	return "not written through"
}

func (s *scene) hardLinked(verb string) string {
	path, second := s.put("f", 0o644), s.path("second")
	s.able("hard links", os.Link(path, second))
	a := s.do(verb, path, 0o644)
	if !a.OK {
		return s.refusal(a, path)
	}
	if content(path) == "new" && content(second) == "old" {
		return "broken, the other name keeps the old content"
	}
	return "all names change"
}
