package crash_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/internal/disk"
)

// client asks a disk for random things and notes every answer. Two clients
// with the same seed ask for the same.
type client struct {
	rnd    *rand.Rand
	dirs   []disk.Dir
	files  []disk.File
	answer []string
}

func (c *client) note(format string, args ...any) {
	c.answer = append(c.answer, fmt.Sprintf(format, args...))
}

// errno reduces an error to what the seam promises about it.
func errno(err error) string {
	var e syscall.Errno
	switch {
	case err == nil:
		return "ok"
	case err == io.EOF:
		return "EOF"
	case errors.Is(err, fs.ErrClosed):
		return "closed"
	case errors.As(err, &e):
		return e.Error()
	}
	return err.Error()
}

func described(info disk.Info, err error) string {
	if err != nil {
		return errno(err)
	}
	size, links := info.Size, info.Links
	if info.Mode.IsDir() {
		size, links = 0, 0 // every file system counts its own way
	}
	return fmt.Sprint(info.Mode, size, links)
}

func (c *client) name() string {
	return []string{"a", "b", "c", "sub", "link", "gone", strings.Repeat("n", 256)}[min(c.rnd.IntN(24)/4, 6)]
}

func (c *client) keep(what string, f disk.File, err error) {
	c.note("%s: %s", what, errno(err))
	if err != nil {
		return
	}
	if info, err := f.Stat(); err != nil || info.Mode.IsDir() {
		f.Close()
		return
	}
	c.files = append(c.files, f)
}

// inDir asks a directory.
func (c *client) inDir() {
	i := c.rnd.IntN(len(c.dirs))
	d, from, to := c.dirs[i], c.name(), c.name()
	ask := fmt.Sprintf("dir %d %.6s %.6s ", i, from, to)
	switch c.rnd.IntN(15) {
	case 0, 1:
		f, err := d.Create(from, 0o600)
		c.keep(ask+"create", f, err)
	case 2:
		f, err := d.OpenCreate(from, 0o600)
		c.keep(ask+"opencreate", f, err)
	case 3:
		f, err := d.Open(from)
		c.keep(ask+"open", f, err)
	case 4:
		f, err := d.OpenWrite(from)
		c.keep(ask+"openwrite", f, err)
	case 5:
		c.note("%smkdir: %s", ask, errno(d.Mkdir(from, 0o700)))
	case 6, 7:
		c.note("%srename: %s", ask, errno(d.Rename(from, to)))
	case 8:
		c.note("%srenamenew: %s", ask, errno(d.RenameNew(from, to)))
	case 9, 10:
		c.note("%slink: %s", ask, errno(d.Link(from, to)))
	case 11:
		c.note("%sremove: %s", ask, errno(d.Remove(from)))
	case 12:
		c.note("%sremovedir: %s", ask, errno(d.RemoveDir(from)))
	case 13:
		sub, err := d.OpenDir(from)
		c.note("%sopendir: %s", ask, errno(err))
		if err == nil {
			c.dirs = append(c.dirs, sub)
		}
	case 14:
		text, err := d.Readlink(from)
		c.note("%sreadlink: %s %s", ask, text, errno(err))
		c.note("%ssync: %s", ask, errno(d.Sync()))
	}
}

// inFile asks an open file.
func (c *client) inFile() {
	i := c.rnd.IntN(len(c.files))
	f, n := c.files[i], 1+c.rnd.IntN(20)
	ask := fmt.Sprintf("file %d ", i)
	buf := make([]byte, n)
	switch c.rnd.IntN(10) {
	case 0, 1, 2:
		n, err := f.Write([]byte(strings.Repeat(string(rune('a'+n)), n)))
		c.note("%swrite: %d %s", ask, n, errno(err))
	case 3:
		n, err := f.Read(buf)
		c.note("%sread: %q %s", ask, buf[:n], errno(err))
	case 4:
		n, err := f.ReadAt(buf, int64(c.rnd.IntN(30)))
		c.note("%sreadat: %q %s", ask, buf[:n], errno(err))
	case 5:
		c.note("%struncate: %s", ask, errno(f.Truncate(int64(n))))
	case 6:
		c.note("%schmod: %s", ask, errno(f.Chmod([]fs.FileMode{0o600, 0o644, 0o755}[n%3])))
	case 7:
		held, err := f.TryLock()
		c.note("%slock: %v %s", ask, held, errno(err))
	case 8:
		info, err := f.Stat()
		c.note("%sstat: %s; sync: %s", ask, described(info, err), errno(f.Sync()))
	case 9:
		c.note("%sclose: %s", ask, errno(f.Close()))
		c.files = slices.Delete(c.files, i, i+1) // its number may be another's now
	}
}

// look notes what every directory holds.
func (c *client) look() {
	for i, d := range c.dirs {
		var names []string
		for name, err := range d.Names() {
			if err != nil {
				c.note("dir %d: %s", i, errno(err))
				break
			}
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			c.note("dir %d %.6s: %s, %s", i, name, described(d.Lstat(name)), described(d.Stat(name)))
		}
	}
}

func (c *client) work(steps int) {
	for range steps {
		if len(c.files) > 0 && c.rnd.IntN(2) == 0 {
			c.inFile()
		} else {
			c.inDir()
		}
		if c.rnd.IntN(4) == 0 {
			c.look()
		}
	}
}

// TestFaithful: the disk in memory answers as the operating system does. All
// that is judged here rests on it. Its errors are those of Linux.
func TestFaithful(t *testing.T) {
	rounds := uint64(400)
	if testing.Short() {
		rounds = 60
	}
	for seed := range rounds {
		root := t.TempDir()
		real, err := disk.OpenDir(root)
		if err != nil {
			t.Fatal(err)
		}
		must(os.Symlink("a", filepath.Join(root, "link")))
		must(os.Symlink("nowhere", filepath.Join(root, "gone")))
		model := crash.New()
		model.PutLink("link", "a")
		model.PutLink("gone", "nowhere")
		want := ask(real, seed)
		got := ask(model.Root(), seed)
		for i := range min(len(want), len(got)) {
			if want[i] != got[i] {
				t.Fatalf("seed %d, answer %d:\n  here   %s\n  in fact %s\nbefore: %s", seed, i, got[i], want[i],
					strings.Join(want[max(0, i-30):i], "\n        "))
			}
		}
	}
}

func ask(root disk.Dir, seed uint64) []string {
	c := &client{rnd: rand.New(rand.NewPCG(seed, 7)), dirs: []disk.Dir{root}}
	c.work(60)
	for _, f := range c.files {
		f.Close()
	}
	return c.answer
}
