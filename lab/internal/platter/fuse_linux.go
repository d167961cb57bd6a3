package platter

import (
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// The two files and their directory.
const (
	rootNode  = fuse.FUSE_ROOT_ID
	diskNode  = 2
	marksNode = 3

	DiskFile  = "disk"  // the disk
	MarksFile = "marks" // takes the lines of the workload
)

// files is the file system that the kernel sees. Everything else than these
// calls is ENOSYS, fallocate among them: the kernel then writes zeros, which
// are seen.
type files struct {
	fuse.RawFileSystem
	disk *disk
}

func (f *files) attr(node uint64, a *fuse.Attr) fuse.Status {
	a.Ino, a.Nlink, a.Blksize = node, 1, 4096
	switch node {
	case rootNode:
		a.Mode = syscall.S_IFDIR | 0o755
	case diskNode:
		a.Mode, a.Size = syscall.S_IFREG|0o600, uint64(f.disk.size)
	case marksNode:
		a.Mode = syscall.S_IFREG | 0o622
	default:
		return fuse.ENOENT
	}
	return fuse.OK
}

func (f *files) Lookup(_ <-chan struct{}, in *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	node := map[string]uint64{DiskFile: diskNode, MarksFile: marksNode}[name]
	if in.NodeId != rootNode || node == 0 {
		return fuse.ENOENT
	}
	out.NodeId = node
	return f.attr(node, &out.Attr)
}

func (f *files) GetAttr(_ <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	return f.attr(in.NodeId, &out.Attr)
}

// SetAttr changes nothing: a shell that writes with ">" truncates first.
func (f *files) SetAttr(_ <-chan struct{}, in *fuse.SetAttrIn, out *fuse.AttrOut) fuse.Status {
	return f.attr(in.NodeId, &out.Attr)
}

func (f *files) Access(<-chan struct{}, *fuse.AccessIn) fuse.Status { return fuse.OK }

// Open asks for direct I/O: there must be no second page cache between the
// file system and the record.
func (f *files) Open(_ <-chan struct{}, _ *fuse.OpenIn, out *fuse.OpenOut) fuse.Status {
	out.OpenFlags = fuse.FOPEN_DIRECT_IO
	return fuse.OK
}

func (f *files) Read(_ <-chan struct{}, in *fuse.ReadIn, buf []byte) (fuse.ReadResult, fuse.Status) {
	if in.NodeId != diskNode {
		return fuse.ReadResultData(nil), fuse.OK
	}
	return fuse.ReadResultData(buf[:f.disk.read(buf, int64(in.Offset))]), fuse.OK
}

func (f *files) Write(_ <-chan struct{}, in *fuse.WriteIn, data []byte) (uint32, fuse.Status) {
	switch in.NodeId {
	case diskNode:
		if !f.disk.write(data, int64(in.Offset)) {
			return 0, fuse.EIO
		}
	case marksNode:
		f.disk.mark(data)
	}
	return uint32(len(data)), fuse.OK
}

func (f *files) Fsync(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	if in.NodeId == diskNode {
		f.disk.flush()
	}
	return fuse.OK
}

func (f *files) Flush(<-chan struct{}, *fuse.FlushIn) fuse.Status { return fuse.OK }

func (f *files) Release(<-chan struct{}, *fuse.ReleaseIn) {}

func (f *files) StatFs(_ <-chan struct{}, _ *fuse.InHeader, out *fuse.StatfsOut) fuse.Status {
	out.Bsize, out.NameLen = 4096, 255
	return fuse.OK
}

// serve mounts the files on dir. It returns when the kernel has answered.
func (d *disk) serve(dir string) (*fuse.Server, error) {
	s, err := fuse.NewServer(&files{fuse.NewDefaultRawFileSystem(), d}, dir, &fuse.MountOptions{
		DirectMountStrict: true,
		SingleThreaded:    true, // the order of the record is the order of service
		AllowOther:        true,
		MaxWrite:          1 << 20,
		FsName:            "wholly-lab",
		Name:              "wholly-lab",
	})
	if err != nil {
		return nil, err
	}
	go s.Serve()
	return s, s.WaitMount()
}
