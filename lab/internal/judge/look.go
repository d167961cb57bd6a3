package judge

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/internal/disk"
)

// Rules say what the files of a workload are and what is expected of them. The
// zero value expects each file to be whole for a stranger, and no more.
type Rules struct {
	// Keep is how many earlier versions stand beside each file, as NAME.bak,
	// NAME.bak.2 and so on.
	Keep int
	// Recovers: generation 0 of each file is damaged, generation -1 is a good
	// version beside it. Reading through the library never yields 0, and
	// neither of the two may ever be gone.
	Recovers bool
	// Log: each file is a journal, generation n > 0 its record n. All that
	// were acknowledged must be there, none out of order.
	Log bool
	// Library: the files are read through the library too, which may mend
	// them, and are whole after that as well. Two sweeps leave nothing behind
	// that belongs to nobody.
	Library bool
	// Others are further names that belong there.
	Others []string
}

// Content is what was found in one place.
type Content struct {
	Class Outcome // Good if it is a content of the recording; Missing, Empty, Zeros, Torn or Unreadable
	Size  int     // bytes
	Err   error   // why it is unreadable

	gens    []int   // generations that have this content
	records [][]int // of a log: the same for each record
}

// file is a content in its place.
type file struct {
	path string
	role role
	n    int // of a backup
	Content
}

// view is what a stranger finds: the files that belong to each name.
type view map[string][]file

func (v view) itself(name string) Content {
	for _, f := range v[name] {
		if f.role == itself {
			return f.Content
		}
	}
	return Content{Class: Missing}
}

// Sight is all that was found on one disk. It does not depend on the moment of
// the cut: equal disks are looked at once and judged for each.
type Sight struct {
	rules   Rules
	names   []string
	before  view               // as a stranger finds the disk
	read    map[string]Content // what the library reads
	after   view               // when it has mended and swept
	litter  []string
	trouble verdict // at any moment: directories that cannot be listed or swept
}

// looker is one look at a disk.
type looker struct {
	Sight
	known *Known
	root  disk.Dir
	dirs  []string // that the last walk came through, "." first
	alien []string // files of nobody that it saw
}

// Look reads the directory d, that of the workload: every file that the
// recording knows and what stands beside it; then, if the rules say so, through
// the library and after two sweeps once more. It never fails: what goes wrong
// is part of the sight.
func Look(ctx context.Context, d disk.Dir, r Rules, k *Known) Sight {
	l := looker{Sight: Sight{rules: r, names: k.names}, known: k, root: d}
	l.before = l.walk()
	if r.Library {
		l.read = map[string]Content{}
		for _, name := range k.names {
			l.read[name] = l.through(ctx, name)
		}
		l.sweep()
		l.after = l.walk()
		l.litter = append(l.litter, l.alien...)
	}
	return l.Sight
}

// walk looks at everything below the root.
func (l *looker) walk() view {
	v := view{}
	l.dirs, l.alien = nil, nil
	l.list(v, l.root, ".")
	return v
}

func (l *looker) list(v view, d disk.Dir, dir string) {
	l.dirs = append(l.dirs, dir)
	var names []string
	for name, err := range d.Names() {
		if err != nil {
			l.trouble.add(Unreadable, "list %s: %v", dir, err)
			break
		}
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p := path.Join(dir, name)
		info, err := d.Lstat(name)
		if err == nil && info.Mode.IsDir() && l.known.sums[p] == nil {
			err = l.enter(d, name, func(sub disk.Dir) { l.list(v, sub, p) })
			if err != nil {
				l.trouble.add(Unreadable, "open %s: %v", p, err)
			}
			continue
		}
		owner, role, n := l.known.owner(p)
		if role == nobody {
			if !slices.Contains(l.rules.Others, p) {
				l.alien = append(l.alien, p)
			}
			continue
		}
		v[owner] = append(v[owner], file{p, role, n, l.content(d, name, owner, role, info, err)})
	}
}

func (l *looker) enter(d disk.Dir, name string, do func(disk.Dir)) error {
	sub, err := d.OpenDir(name)
	if err != nil {
		return err
	}
	defer sub.Close()
	do(sub)
	return nil
}

// content reads one file as a stranger would.
func (l *looker) content(d disk.Dir, name, owner string, r role, info disk.Info, err error) Content {
	if err != nil {
		return Content{Class: Unreadable, Err: err}
	}
	if l.rules.Log && r == itself {
		return l.log(d, name, owner)
	}
	f, err := d.Open(name)
	if err != nil {
		return Content{Class: Unreadable, Err: err}
	}
	defer f.Close()
	data := bytes.NewBuffer(make([]byte, 0, info.Size+bytes.MinRead))
	if _, err := data.ReadFrom(f); err != nil {
		return Content{Class: Unreadable, Err: err}
	}
	return l.known.classify(owner, data.Bytes())
}

// through reads name with the library, which recovers what it can.
func (l *looker) through(ctx context.Context, name string) Content {
	if l.rules.Log {
		return l.openLog(ctx, name)
	}
	p := wholly.Policy{Keep: l.rules.Keep, Check: l.known.check(name, l.rules)}
	data, err := p.DirOn(l.root).ReadFile(name)
	var rec *wholly.Recovered
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Content{Class: Missing}
	case errors.As(err, &rec) && rec.Repair == nil:
	case err != nil:
		return Content{Class: Unreadable, Err: err}
	}
	return l.known.classify(name, data)
}

// sweep sweeps every directory that the walk came through, twice.
func (l *looker) sweep() {
	for round := range 2 {
		for _, dir := range l.dirs {
			err := l.enter(l.root, dir, func(d disk.Dir) {
				done, err := wholly.Policy{}.DirOn(d).Sweep()
				if err != nil {
					l.trouble.add(Unreadable, "%v", err)
				}
				if round == 0 {
					return
				}
				for _, left := range slices.Concat(done.Removed, done.Left) {
					l.litter = append(l.litter, path.Join(dir, left.Name))
				}
			})
			if err != nil {
				l.trouble.add(Unreadable, "open %s: %v", dir, err)
			}
		}
	}
}
