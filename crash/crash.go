package crash

import (
	"fmt"
	"hash/maphash"
	"io/fs"
	"slices"
	"strings"
)

// Crash is one disk that a power cut could have left.
type Crash struct {
	At    int  // operations that had been asked for
	Index int  // of this disk among those of the whole recording
	Acked int  // the last save that was acknowledged by then
	Begun int  // the last save that had begun and was not void
	Cut   bool // not every combination was made at this moment

	disk    *Disk
	entries map[int]map[string]int // directory, name, inode
	files   map[int]version
	dirs    map[int]meta
	names   []place // sorted
	key     uint64
	lost    []int // operations whose entries were lost
}

// place is a path and what is there.
type place struct {
	path string
	id   int
}

var seed = maphash.MakeSeed()

// Key is the same for disks that look the same, within one process.
func (c *Crash) Key() uint64 { return c.key }

func (c *Crash) sum() uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, p := range c.names {
		h.WriteString(p.path)
		v := c.files[p.id]
		maphash.WriteComparable(&h, [5]int{p.id, int(v.meta.mode), int(v.meta.uid), int(v.meta.gid), len(v.data)})
		h.WriteString(v.meta.attrs)
		h.Write(v.data)
		h.WriteByte(0)
	}
	return h.Sum64()
}

// visit calls f for every name on the disk, in order.
func (c *Crash) visit(f func(path string, id int)) {
	for _, p := range c.names {
		f(p.path, p.id)
	}
}

// Files returns path and content of every file, as a stranger finds them.
func (c *Crash) Files() map[string][]byte {
	all := map[string][]byte{}
	c.visit(func(path string, id int) {
		if v, ok := c.files[id]; ok {
			all[path] = v.data
		}
	})
	return all
}

// Mode returns the mode of the file path, zero if there is none.
func (c *Crash) Mode(path string) (mode fs.FileMode) {
	c.visit(func(p string, id int) {
		if v, ok := c.files[id]; ok && p == path {
			mode = v.meta.mode
		}
	})
	return mode
}

// Disk returns the disk as the next start of the machine finds it: everything
// on it is durable, no lock is held, nothing is recorded yet.
func (c *Crash) Disk() *Disk {
	d := &Disk{NoLinks: c.disk.NoLinks, NoRenameNew: c.disk.NoRenameNew, NoDirSync: c.disk.NoDirSync, Powersafe: c.disk.Powersafe}
	d.root = d.node(fs.ModeDir | 0o755)
	made := map[int]*inode{}
	nodes := map[int]*inode{c.disk.root.id: d.root}
	rec := c.disk.startLinks()
	c.visit(func(path string, id int) {
		if n := made[id]; n != nil {
			n.links++
			return
		}
		n := d.node(0o644)
		made[id], nodes[id] = n, n
		switch v, ok := c.files[id]; {
		case ok:
			n.data, n.meta = v.data, v.meta
		case c.entries[id] != nil:
			n.meta, n.entries = c.dirs[id], map[string]*inode{}
		default:
			n.meta.mode, n.text = fs.ModeSymlink|0o777, rec[id].text
		}
		n.mounted = rec[id] != nil && rec[id].mounted
	})
	for id, n := range nodes {
		for name, e := range c.entries[id] {
			n.entries[name] = nodes[e]
		}
	}
	d.Reset()
	return d
}

func (d *Disk) startLinks() map[int]*inode {
	all := map[int]*inode{}
	for _, n := range d.start {
		all[n.id] = n
	}
	return all
}

// Story tells how this disk came about: every operation, where the power went,
// what was lost and what every file holds.
func (c *Crash) Story() string {
	var b strings.Builder
	for i, op := range c.disk.Ops() {
		if i == c.At {
			b.WriteString("   ~~ the power goes ~~\n")
		}
		note := ""
		if slices.Contains(c.lost, i) {
			note = "   (lost)"
		}
		fmt.Fprintf(&b, "%4d %v%s\n", i, op, note)
	}
	fmt.Fprintf(&b, "acknowledged: %d, begun: %d; on the disk:\n", c.Acked, c.Begun)
	c.visit(func(path string, id int) {
		if v, ok := c.files[id]; ok {
			fmt.Fprintf(&b, "     %s (inode %d): %d bytes %s %.40q %v\n", path, id, len(v.data), v.what, v.data, v.meta.mode)
		}
	})
	return b.String()
}
