package conform

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// portable are the rows that every system can run.
func portable() []check {
	return []check{
		{id: "N5", title: "empty content", want: "ok, empty", run: func(b *bench) (string, error) {
			path := b.path("f")
			err := b.WriteFile(path, nil, 0o600)
			return class(err) + ", " + holds(path), nil
		}},
		{id: "N6", title: "parent missing", want: "ENOENT", run: func(b *bench) (string, error) {
			return b.write(b.path("no/f"), 0o600) + litter(b.dir), nil
		}},
		{id: "N7", title: "names that are no file", want: "ENOENT EISDIR EISDIR ENOTDIR", need: notWindows, run: func(b *bench) (string, error) {
			file, err := b.put("f", 0o600)
			var got []string
			for _, name := range []string{"", b.dir + "/.", b.dir + "/new/", file + "/child"} {
				got = append(got, b.write(name, 0o600))
			}
			return strings.Join(got, " ") + litter(b.dir, "f"), err
		}},
		{id: "T6", title: "directory", want: "EISDIR", need: notWindows, run: func(b *bench) (string, error) {
			err := os.Mkdir(b.path("d"), 0o755)
			return b.write(b.path("d"), 0o600) + litter(b.dir, "d"), err
		}},
		{id: "T11", title: "hard link", want: "ok, new, other name old", run: func(b *bench) (string, error) {
			path, err := b.put("f", 0o600)
			if err == nil {
				err = os.Link(path, b.path("other"))
			}
			return b.write(path, 0o600) + ", " + holds(path) + ", other name " + holds(b.path("other")), err
		}},
		{id: "M1", title: "names of 250 and 255 bytes", want: "ok ok", run: func(b *bench) (string, error) {
			return b.write(b.path(strings.Repeat("n", 250)), 0o600) + " " + b.write(b.path(strings.Repeat("n", 255)), 0o600), nil
		}},
		{id: "M2", title: "name of 256 bytes", want: "ENAMETOOLONG", need: notWindows, run: func(b *bench) (string, error) {
			return b.write(b.path(strings.Repeat("n", 256)), 0o600) + litter(b.dir), nil
		}},
		{id: "M3", title: "odd names", want: "all ok", need: notWindows, run: oddNames},
		{id: "K12", title: "reader has the old file open", want: "ok, reader sees old", run: func(b *bench) (string, error) {
			path, err := b.put("f", 0o600)
			if err != nil {
				return "", err
			}
			f, err := os.Open(path)
			if err != nil {
				return "", err
			}
			defer f.Close()
			got := b.write(path, 0o600)
			seen := make([]byte, 10)
			n, _ := f.Read(seen)
			return got + ", reader sees " + string(seen[:n]), nil
		}},
		{id: "C1", title: "8 writers, one name", want: "whole", run: manyWriters},
		{id: "C2", title: "readers meanwhile", want: "always whole", run: readersMeanwhile},
		{id: "C3", title: "create if absent", want: "ok EEXIST, new", run: func(b *bench) (string, error) {
			if b.WriteNew == nil {
				return "", skip(errors.New(notOffered))
			}
			path := b.path("f")
			first := class(b.WriteNew(path, []byte("new"), 0o600))
			return first + " " + class(b.WriteNew(path, []byte("other"), 0o600)) + ", " + holds(path) + litter(b.dir, "f"), nil
		}},
		{id: "F9", title: "Close without Commit; Commit twice", want: "old; ok, closed", run: closeAndCommit},
		{id: "P8", title: "working directory changes meanwhile", want: "new", run: changeDir},
	}
}

func notWindows(*bench) error {
	if runtime.GOOS == "windows" {
		return errors.New("another rule on Windows")
	}
	return nil
}

func oddNames(b *bench) (string, error) {
	for _, name := range []string{"a*b", " ", "-rf", "a\nb", "\xff\xfe", ".hidden", "ü", "a?b"} {
		for range 2 {
			if got := b.write(b.path(name), 0o600); got != "ok" || holds(b.path(name)) != "new" {
				return fmt.Sprintf("%q: %s", name, got), nil
			}
		}
	}
	return "all ok", nil
}

// stamp is a content that is recognised as whole.
func stamp(c byte) []byte { return bytes.Repeat([]byte{c}, 1000*int(c-'a'+1)) }

func isStamp(data []byte) bool { return len(data) > 0 && bytes.Equal(data, stamp(data[0])) }

func manyWriters(b *bench) (string, error) {
	path := b.path("f")
	errs := make(chan error)
	for c := byte('a'); c < 'i'; c++ {
		go func() {
			var err error
			for range 20 {
				err = errors.Join(err, b.WriteFile(path, stamp(c), 0o600))
			}
			errs <- err
		}()
	}
	var err error
	for range 8 {
		err = errors.Join(err, <-errs)
	}
	data, readErr := os.ReadFile(path)
	switch {
	case err != nil:
		return class(err), nil
	case !isStamp(data):
		return fmt.Sprintf("a mix of %d bytes", len(data)), readErr
	}
	return "whole" + litter(b.dir, "f"), readErr
}

func readersMeanwhile(b *bench) (string, error) {
	path := b.path("f")
	if err := os.WriteFile(path, stamp('a'), 0o600); err != nil {
		return "", err
	}
	stop, seen := make(chan struct{}), make(chan string)
	go func() {
		worst := "always whole"
		for {
			select {
			case <-stop:
				seen <- worst
				return
			default:
			}
			data, err := os.ReadFile(path)
			if err != nil {
				worst = class(err)
			} else if !isStamp(data) {
				worst = "torn"
			}
		}
	}()
	var err error
	for i := range 300 {
		err = errors.Join(err, b.WriteFile(path, stamp('a'+byte(i%26)), 0o600))
	}
	close(stop)
	return <-seen, err
}

func closeAndCommit(b *bench) (string, error) {
	if b.Create == nil {
		return "", skip(errors.New(notOffered))
	}
	path, err := b.put("f", 0o600)
	if err != nil {
		return "", err
	}
	f, err := b.Create(path, 0o600)
	if err != nil {
		return "", err
	}
	f.Write([]byte("new"))
	f.Close()
	got := holds(path) + litter(b.dir, "f")
	g, err := b.Create(path, 0o600)
	if err != nil {
		return "", err
	}
	defer g.Close()
	return got + "; " + class(g.Commit()) + ", " + class(g.Commit()), nil
}

// changeDir changes the working directory of the whole process for a moment:
// nothing else runs beside Run.
func changeDir(b *bench) (string, error) {
	if b.Create == nil {
		return "", skip(errors.New(notOffered))
	}
	was, err := os.Getwd()
	if err != nil {
		return "", err
	}
	defer os.Chdir(was)
	other := b.path("other")
	if err := errors.Join(os.Mkdir(other, 0o755), os.Chdir(b.dir)); err != nil {
		return "", err
	}
	f, err := b.Create("f", 0o600)
	if err != nil {
		return "", err
	}
	defer f.Close()
	f.Write([]byte("new"))
	if err := os.Chdir(other); err != nil {
		return "", err
	}
	if err := f.Commit(); err != nil {
		return class(err), nil
	}
	return holds(filepath.Join(b.dir, "f")) + litter(other), nil
}
