package crash

import (
	"fmt"
	"io"
	"io/fs"
	"slices"
	"syscall"

	"github.com/wholly-go/wholly/internal/disk"
)

// file is an open file of a Disk. Like a descriptor it outlives the name.
type file struct {
	disk   *Disk
	node   *inode
	off    int64
	writer int

	readOnly, closed bool
}

func (f *file) do(kind string, change func(op *Op) error) error {
	return f.disk.do(f.writer, Op{Kind: kind, Ino: f.node.id, writer: f.writer, node: f.node}, func(op *Op) error {
		if f.closed {
			return syscall.EBADF
		}
		return change(op)
	})
}

func (f *file) Read(p []byte) (n int, err error) {
	err = f.do("read", func(*Op) error {
		if f.node.entries != nil {
			return syscall.EISDIR
		}
		if f.off >= int64(len(f.node.data)) && len(p) > 0 {
			return io.EOF
		}
		n = copy(p, f.node.data[f.off:])
		f.off += int64(n)
		return nil
	})
	return n, err
}

func (f *file) ReadAt(p []byte, off int64) (n int, err error) {
	err = f.do("read", func(*Op) error {
		if f.node.entries != nil {
			return syscall.EISDIR
		}
		if off < int64(len(f.node.data)) {
			n = copy(p, f.node.data[off:])
		}
		if n < len(p) {
			return io.EOF
		}
		return nil
	})
	return n, err
}

func (f *file) Write(p []byte) (n int, err error) {
	err = f.do("write", func(op *Op) error {
		if f.readOnly {
			return syscall.EBADF
		}
		n = len(p)
		if f.disk.Short != nil && f.disk.Short(*op) {
			n = (n + 1) / 2
		}
		end := f.off + int64(n)
		data := slices.Clone(f.node.data)
		if int64(len(data)) < end {
			data = append(data, make([]byte, end-int64(len(data)))...)
		}
		copy(data[f.off:], p[:n])
		if f.off <= f.node.anew {
			f.node.anew = max(f.node.anew, end)
		}
		f.node.safe = min(f.node.safe, f.off)
		op.Data, op.from, op.to = data, f.off, end
		f.node.data, f.off = data, end
		f.disk.touch(f.node)
		return nil
	})
	return n, err
}

// Seek asks nothing of the disk, so it is no operation.
func (f *file) Seek(offset int64, whence int) (int64, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += f.off
	case io.SeekEnd:
		offset += int64(len(f.node.data))
	}
	if f.closed {
		return 0, syscall.EBADF
	}
	if offset < 0 {
		return 0, syscall.EINVAL
	}
	f.off = offset
	return offset, nil
}

func (f *file) Stat() (info disk.Info, err error) {
	err = f.do("stat", func(*Op) error { info = f.disk.info(f.node); return nil })
	return info, err
}

func (f *file) Truncate(size int64) error {
	return f.do("truncate", func(op *Op) error {
		if f.readOnly || size < 0 {
			return syscall.EINVAL
		}
		data := make([]byte, size)
		copy(data, f.node.data)
		f.node.data, op.Data = data, data
		f.node.safe = min(f.node.safe, size)
		f.disk.touch(f.node)
		return nil
	})
}

// change alters the metadata and notes what it is afterwards.
func (f *file) change(kind string, alter func(*meta)) error {
	return f.do(kind, func(op *Op) error {
		if f.node.entries != nil {
			return disk.ErrUnsupported // the model follows the metadata of files only
		}
		alter(&f.node.meta)
		op.after = f.node.meta
		f.disk.clock++
		f.node.changed = f.disk.clock
		return nil
	})
}

func (f *file) Chmod(mode fs.FileMode) error {
	return f.change("chmod", func(m *meta) { m.mode = mode })
}

func (f *file) Chown(uid, gid int) error {
	return f.change("chown", func(m *meta) {
		if uid >= 0 {
			m.uid = uint32(uid)
		}
		if gid >= 0 {
			m.gid = uint32(gid)
		}
	})
}

func (f *file) Attrs() (attrs []disk.Attr, err error) {
	err = f.do("getattrs", func(*Op) error { attrs = f.node.meta.list; return nil })
	return attrs, err
}

func (f *file) SetAttr(name string, value []byte) error {
	return f.change("setattr", func(m *meta) {
		m.list = append(without(m.list, name), disk.Attr{Name: name, Value: slices.Clone(value)})
		m.attrs = fmt.Sprintf("%q", m.list)
	})
}

func (f *file) RemoveAttr(name string) error {
	return f.change("removeattr", func(m *meta) {
		m.list = without(m.list, name)
		m.attrs = fmt.Sprintf("%q", m.list)
	})
}

func without(list []disk.Attr, name string) []disk.Attr {
	return slices.DeleteFunc(slices.Clone(list), func(a disk.Attr) bool { return a.Name == name })
}

func (f *file) TryLock() (held bool, err error) {
	err = f.do("lock", func(*Op) error {
		if f.node.holder == nil || f.node.holder == f {
			f.node.holder, held = f, true
		}
		return nil
	})
	return held, err
}

func (f *file) Flush() error { return f.do("flush", func(*Op) error { return nil }) }

// Sync of a directory that was opened as a file is one of its entries.
func (f *file) Sync() error {
	if f.node.entries != nil {
		d := dir{disk: f.disk, node: f.node, writer: f.writer}
		return d.Sync()
	}
	return f.do("sync", func(op *Op) error {
		if f.node.anew >= int64(len(f.node.data)) {
			f.node.poisoned = false
		}
		op.void = f.node.poisoned
		if !op.void {
			f.node.safe = int64(len(f.node.data))
		}
		return nil
	})
}

// Close releases the lock, whatever it reports.
func (f *file) Close() error {
	err := f.do("close", func(*Op) error { return nil })
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.node.holder == f {
		f.node.holder = nil
	}
	f.closed = true
	return err
}
