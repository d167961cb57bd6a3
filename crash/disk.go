package crash

import (
	"io/fs"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/wholly-go/wholly/internal/disk"
)

// Disk is a recording file system in memory. The zero value is not usable; see
// [New]. It may be used by many goroutines. Its options may be set before use.
type Disk struct {
	// NoLinks refuses hard links with EPERM, as FAT does.
	NoLinks bool
	// NoRenameNew has no rename that refuses to replace, as NFS.
	NoRenameNew bool
	// NoDirSync cannot sync directories.
	NoDirSync bool
	// Powersafe keeps the bytes from the start of a file that were synced and
	// that nobody wrote or cut since, as disks and file systems do. A program
	// that appends to a file, or writes in place, relies on it.
	Powersafe bool
	// Fault, if not nil, is asked before each operation; an error makes the
	// operation fail with it.
	Fault func(Op) error
	// Skip, if not nil, is asked before each operation; true turns it into one
	// that does nothing and reports success: a mutation of the code under test.
	Skip func(Op) bool
	// Short, if not nil, is asked before each write; true makes it write only
	// half of what it was given, without an error, as write(2) may.
	Short func(Op) bool
	// Gate, if not nil, is called before each operation, without any lock
	// held: a test can decide there whose turn it is.
	Gate func(writer int)

	mu    sync.Mutex
	root  *inode
	next  int // inode number
	clock int64
	start []*inode // what was there when recording began
	ops   []Op
}

// inode is a file, directory or symbolic link.
type inode struct {
	id       int
	meta     meta
	data     []byte // replaced, never changed: records share it
	text     string // of a symbolic link
	entries  map[string]*inode
	links    int
	modified int64
	changed  int64
	holder   *file // of the lock
	poisoned bool  // a sync failed: none counts until all is written anew
	anew     int64 // bytes from the start that were written since
	safe     int64 // bytes from the start that were synced and not written since
	mounted  bool
}

// meta is what a sync of the file makes durable besides its content.
type meta struct {
	mode     fs.FileMode
	uid, gid uint32
	attrs    string // rendered, so that metas compare
	list     []disk.Attr
}

func (m meta) same(o meta) bool {
	return m.mode == o.mode && m.uid == o.uid && m.gid == o.gid && m.attrs == o.attrs
}

// New returns an empty disk.
func New() *Disk {
	d := &Disk{}
	d.root = d.node(fs.ModeDir | 0o755)
	d.Reset()
	return d
}

func (d *Disk) node(mode fs.FileMode) *inode {
	d.next++
	n := &inode{id: d.next, meta: meta{mode: mode}, links: 1}
	if mode.IsDir() {
		n.entries = map[string]*inode{}
	}
	d.touch(n)
	return n
}

// touch moves the clock, so that every change is seen in the times.
func (d *Disk) touch(n *inode) {
	d.clock++
	n.modified, n.changed = d.clock, d.clock
}

// Reset forgets what was recorded and takes everything that is there as being
// on the disk for good.
func (d *Disk) Reset() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ops, d.start = nil, nil
	walk(d.root, func(n *inode) {
		n.safe = int64(len(n.data))
		c := *n
		c.holder = nil
		if n.entries != nil {
			c.entries = map[string]*inode{}
			for name, e := range n.entries {
				c.entries[name] = e
			}
		}
		d.start = append(d.start, &c)
	})
}

// walk visits every inode below n once.
func walk(n *inode, visit func(*inode)) {
	seen := map[*inode]bool{}
	var down func(*inode)
	down = func(n *inode) {
		if seen[n] {
			return
		}
		seen[n] = true
		visit(n)
		for _, e := range n.entries {
			down(e)
		}
	}
	down(n)
}

// Put makes the file name in the root directory hold data, without a record.
// Call Reset when everything is in place.
func (d *Disk) Put(name string, data []byte, mode fs.FileMode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.node(mode.Perm())
	n.data = slices.Clone(data)
	d.root.entries[name] = n
}

// PutLink makes name in the root directory a symbolic link, without a record.
func (d *Disk) PutLink(name, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.node(fs.ModeSymlink | 0o777)
	n.text = text
	d.root.entries[name] = n
}

// PutDir makes an empty directory in the root directory, without a record.
func (d *Disk) PutDir(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.root.entries[name] = d.node(fs.ModeDir | 0o755)
}

// Mount makes the file name in the root directory a mount point of its own:
// it can be written in place but neither replaced nor linked.
func (d *Disk) Mount(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.root.entries[name].mounted = true
}

// Files returns path and content of every file, as a reader sees them now.
func (d *Disk) Files() map[string][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := map[string][]byte{}
	var down func(prefix string, n *inode)
	down = func(prefix string, n *inode) {
		for name, e := range n.entries {
			if e.entries != nil {
				down(prefix+name+"/", e)
			} else if e.meta.mode.IsRegular() {
				all[prefix+name] = e.data
			}
		}
	}
	down("", d.root)
	return all
}

// Mode returns the mode of the file path, zero if there is none.
func (d *Disk) Mode(path string) fs.FileMode {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.resolve(d.root, path, false, 0)
	if err != nil {
		return 0
	}
	return n.meta.mode
}

// Begin marks that save k begins, Ack that it was acknowledged. Saves are
// numbered from 1.
func (d *Disk) Begin(k int) { d.mark("begin", k) }

// Ack marks that save k was acknowledged: from here on it must survive.
func (d *Disk) Ack(k int) { d.mark("ack", k) }

// Void marks that save k failed and left nothing: it must not appear any more.
func (d *Disk) Void(k int) { d.mark("void", k) }

func (d *Disk) mark(kind string, k int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ops = append(d.ops, Op{Kind: kind, Mark: k})
}

// Ops returns what was recorded since New or Reset.
func (d *Disk) Ops() []Op {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.ops)
}

// Root returns the root directory. It is a disk.Dir, the seam of this library:
// code outside of it hands the value to wholly's Policy.DirOn, or calls its
// methods.
func (d *Disk) Root() disk.Dir { return d.As(0) }

// As is Root for writer w: Gate is told who asks.
func (d *Disk) As(w int) disk.Dir { return &dir{disk: d, node: d.root, writer: w} }

// do runs one operation: gate, fault, mutation, the change itself, record.
// change returns what to record; it runs under the lock.
func (d *Disk) do(writer int, op Op, change func(op *Op) error) error {
	if d.Gate != nil {
		d.Gate(writer)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.Fault != nil {
		if err := d.Fault(op); err != nil {
			op.Err = err
			d.failed(op)
			return err
		}
	}
	if d.Skip != nil && d.Skip(op) {
		return nil
	}
	if err := change(&op); err != nil {
		return err
	}
	if !op.reads() {
		d.ops = append(d.ops, op)
	}
	return nil
}

// failed records an injected error. A sync that failed poisons the file: the
// kernel counts its pages as clean, and later syncs succeed without effect,
// but for pages that were written again.
func (d *Disk) failed(op Op) {
	if op.Kind == "sync" {
		op.node.poisoned, op.node.anew = true, 0
		if d.Powersafe {
			op.node.anew = op.node.safe
		}
	}
	d.ops = append(d.ops, op)
}

func (d *Disk) info(n *inode) disk.Info {
	size := int64(len(n.data) + len(n.text))
	return disk.Info{
		Mode: n.meta.mode, Size: size, UID: n.meta.uid, GID: n.meta.gid,
		Dev: 1, Ino: uint64(n.id), Links: uint64(n.links),
		Modified: time.Unix(0, n.modified), Changed: time.Unix(0, n.changed), MountRoot: n.mounted,
	}
}

const (
	errNoDir = syscall.ENOTDIR
	maxName  = 255 // bytes
)
