package crash

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/wholly-go/wholly/internal/disk"
)

// dir is an open directory of a Disk.
type dir struct {
	disk   *Disk
	node   *inode
	writer int
}

func (d *dir) op(kind, name, to string) Op {
	return Op{Kind: kind, Dir: d.node.id, Name: name, To: to, writer: d.writer}
}

// resolve walks path from n; links are followed in all but, unless follow is
// set, the last element. ".." is not needed by anything that runs here.
func (d *Disk) resolve(n *inode, p string, follow bool, depth int) (*inode, error) {
	if depth > 40 {
		return nil, syscall.ELOOP
	}
	elems := strings.Split(p, "/")
	for i, name := range elems {
		if name == "" || name == "." {
			continue
		}
		if n.entries == nil {
			return nil, errNoDir
		}
		if len(name) > maxName {
			return nil, syscall.ENAMETOOLONG
		}
		next := n.entries[name]
		if next == nil {
			return nil, syscall.ENOENT
		}
		if next.text != "" && (follow || i < len(elems)-1) {
			target, err := d.resolve(n, next.text, true, depth+1)
			if err != nil {
				return nil, err
			}
			next = target
		}
		n = next
	}
	return n, nil
}

func (d *dir) look(name string, follow bool) (*inode, error) {
	if name == "" {
		return nil, syscall.ENOENT
	}
	return d.disk.resolve(d.node, name, follow, 0)
}

// entry returns what has the name, nil if nothing does.
func (d *dir) entry(name string) (*inode, error) {
	switch {
	case name == "":
		return nil, syscall.ENOENT
	case name == "." || name == ".." || strings.Contains(name, "/"):
		return nil, syscall.EINVAL // no name of an entry
	case len(name) > maxName:
		return nil, syscall.ENAMETOOLONG
	}
	return d.node.entries[name], nil
}

// vacant is entry for a name that is about to be given away.
func (d *dir) vacant(name string) error {
	n, err := d.entry(name)
	switch {
	case err != nil:
		return err
	case n != nil:
		return syscall.EEXIST
	case d.node.links == 0:
		return syscall.ENOENT // the directory was removed
	}
	return nil
}

func (d *dir) OpenDir(p string) (sub disk.Dir, err error) {
	err = d.disk.do(d.writer, d.op("opendir", p, ""), func(*Op) error {
		if path.IsAbs(p) {
			return errors.New("path leads out of the disk")
		}
		n, err := d.look(p, true)
		if err != nil {
			return err
		}
		if n.entries == nil {
			return errNoDir
		}
		sub = &dir{disk: d.disk, node: n, writer: d.writer}
		return nil
	})
	return sub, err
}

func (d *dir) stat(kind, name string, follow bool) (info disk.Info, err error) {
	err = d.disk.do(d.writer, d.op(kind, name, ""), func(*Op) error {
		n, err := d.look(name, follow)
		if err == nil {
			info = d.disk.info(n)
		}
		return err
	})
	return info, err
}

func (d *dir) Stat(name string) (disk.Info, error)  { return d.stat("stat", name, true) }
func (d *dir) Lstat(name string) (disk.Info, error) { return d.stat("stat", name, false) }

func (d *dir) Readlink(name string) (text string, err error) {
	err = d.disk.do(d.writer, d.op("readlink", name, ""), func(*Op) error {
		n, err := d.look(name, false)
		if err == nil && n.text == "" {
			err = syscall.EINVAL
		}
		if err == nil {
			text = n.text
		}
		return err
	})
	return text, err
}

func (d *dir) Names() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var names []string
		err := d.disk.do(d.writer, d.op("list", "", ""), func(*Op) error {
			if d.node.links == 0 {
				return syscall.ENOENT
			}
			names = slices.Sorted(maps.Keys(d.node.entries))
			return nil
		})
		if err != nil {
			yield("", err)
			return
		}
		for _, name := range names {
			if !yield(name, nil) {
				return
			}
		}
	}
}

func (d *dir) open(name string, write bool) (f disk.File, err error) {
	err = d.disk.do(d.writer, d.op("open", name, ""), func(*Op) error {
		n, err := d.look(name, false)
		switch {
		case err != nil:
			return err
		case n.text != "":
			return syscall.ELOOP
		case n.entries != nil && write:
			return syscall.EISDIR
		}
		f = &file{disk: d.disk, node: n, writer: d.writer, readOnly: !write}
		return nil
	})
	return f, err
}

func (d *dir) Open(name string) (disk.File, error)      { return d.open(name, false) }
func (d *dir) OpenWrite(name string) (disk.File, error) { return d.open(name, true) }

func (d *dir) OpenCreate(name string, perm fs.FileMode) (disk.File, error) {
	return d.create(name, perm, false)
}

func (d *dir) Create(name string, perm fs.FileMode) (disk.File, error) {
	return d.create(name, perm, true)
}

func (d *dir) create(name string, perm fs.FileMode, exclusive bool) (f disk.File, err error) {
	err = d.disk.do(d.writer, d.op("create", name, ""), func(op *Op) error {
		n, err := d.entry(name)
		switch {
		case err != nil:
			return err
		case n == nil && d.node.links == 0:
			return syscall.ENOENT
		case n != nil && exclusive:
			return syscall.EEXIST
		case n != nil && n.entries != nil:
			return syscall.EISDIR
		case n != nil && n.text != "":
			return syscall.ELOOP
		case n != nil:
			op.Kind = "open"
		default:
			n = d.disk.node(perm.Perm() &^ 0o022)
			d.enter(op, name, n)
			op.after = n.meta
		}
		op.Ino = n.id
		f = &file{disk: d.disk, node: n, writer: d.writer}
		return nil
	})
	return f, err
}

// enter changes one entry, and notes it in op.
func (d *dir) enter(op *Op, name string, n *inode) {
	if old := d.node.entries[name]; old != nil {
		old.links--
	}
	id := 0
	if n == nil {
		delete(d.node.entries, name)
	} else {
		d.node.entries[name] = n
		id = n.id
	}
	op.sets = append(op.sets, entry{name, id})
	d.disk.touch(d.node)
}

func (d *dir) Mkdir(name string, perm fs.FileMode) error {
	return d.disk.do(d.writer, d.op("mkdir", name, ""), func(op *Op) error {
		if err := d.vacant(name); err != nil {
			return err
		}
		n := d.disk.node(fs.ModeDir | perm.Perm()&^0o022)
		d.enter(op, name, n)
		op.Ino, op.after = n.id, n.meta
		return nil
	})
}

func (d *dir) rename(kind, from, to string) error {
	return d.disk.do(d.writer, d.op(kind, from, to), func(op *Op) error {
		n, err := d.entry(from)
		if err != nil {
			return err
		}
		old, err := d.entry(to)
		switch {
		case err != nil:
			return err
		case n == nil:
			return syscall.ENOENT
		case kind == "renamenew" && d.disk.NoRenameNew:
			return fmt.Errorf("%w: %w", disk.ErrUnsupported, syscall.EINVAL)
		case kind == "renamenew" && old != nil:
			return syscall.EEXIST
		case n.mounted || old != nil && old.mounted:
			return syscall.EBUSY
		case n == old:
			return nil // two names of one file: rename(2) does nothing
		}
		if old != nil {
			if err := replaceable(n, old); err != nil {
				return err
			}
		}
		n.links++ // for the moment in which it has both names
		d.enter(op, to, n)
		d.enter(op, from, nil)
		op.Ino = n.id
		return nil
	})
}

// replaceable reports why n may not take the name of old.
func replaceable(n, old *inode) error {
	switch {
	case n.entries == nil && old.entries != nil:
		return syscall.EISDIR
	case n.entries != nil && old.entries == nil:
		return errNoDir
	case len(old.entries) > 0:
		return syscall.ENOTEMPTY
	}
	return nil
}

func (d *dir) Rename(from, to string) error    { return d.rename("rename", from, to) }
func (d *dir) RenameNew(from, to string) error { return d.rename("renamenew", from, to) }

func (d *dir) Link(from, to string) error {
	return d.disk.do(d.writer, d.op("link", from, to), func(op *Op) error {
		n, err := d.entry(from)
		switch {
		case err != nil:
			return err
		case n == nil:
			return syscall.ENOENT
		}
		if err := d.vacant(to); err != nil {
			return err
		}
		switch {
		case n.mounted:
			return syscall.EXDEV
		case d.disk.NoLinks || n.entries != nil:
			return syscall.EPERM
		}
		n.links++
		d.enter(op, to, n)
		n.changed = d.disk.clock
		op.Ino = n.id
		return nil
	})
}

func (d *dir) Remove(name string) error {
	return d.disk.do(d.writer, d.op("unlink", name, ""), func(op *Op) error {
		n, err := d.entry(name)
		switch {
		case err != nil:
			return err
		case n == nil:
			return syscall.ENOENT
		case n.entries != nil:
			return syscall.EISDIR
		case n.mounted:
			return syscall.EBUSY
		}
		d.enter(op, name, nil)
		op.Ino = n.id
		return nil
	})
}

func (d *dir) RemoveDir(name string) error {
	return d.disk.do(d.writer, d.op("rmdir", name, ""), func(op *Op) error {
		n, err := d.entry(name)
		switch {
		case err != nil:
			return err
		case n == nil:
			return syscall.ENOENT
		case n.entries == nil:
			return errNoDir
		case len(n.entries) > 0:
			return syscall.ENOTEMPTY
		}
		d.enter(op, name, nil)
		return nil
	})
}

func (d *dir) Sync() error {
	return d.disk.do(d.writer, d.op("dirsync", "", ""), func(*Op) error {
		if d.disk.NoDirSync {
			return fmt.Errorf("%w: %w", disk.ErrUnsupported, syscall.EINVAL)
		}
		return nil
	})
}

func (d *dir) Attrs(name string) (attrs []disk.Attr, err error) {
	err = d.disk.do(d.writer, d.op("getattrs", name, ""), func(*Op) error {
		n, err := d.look(name, false)
		if err == nil {
			attrs = n.meta.list
		}
		return err
	})
	return attrs, err
}

func (d *dir) Writable(string, disk.Info) error { return nil }
func (d *dir) Privileged() bool                 { return true }
func (d *dir) Close() error                     { return nil }
