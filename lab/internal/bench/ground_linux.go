package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/wholly-go/wholly/lab/internal/rig"
)

// ground is the image that the file systems stand on, one after the other.
type ground struct {
	dir   string // the room
	image string
	disk  Disk
}

// kinds are the file systems of statfs(2) that are told by name; an image in
// memory would time nothing.
var kinds = map[int64]string{
	unix.TMPFS_MAGIC: "tmpfs", unix.RAMFS_MAGIC: "ramfs", unix.EXT4_SUPER_MAGIC: "ext4", unix.XFS_SUPER_MAGIC: "XFS",
	unix.BTRFS_SUPER_MAGIC: "btrfs", unix.OVERLAYFS_SUPER_MAGIC: "overlay", unix.NFS_SUPER_MAGIC: "NFS", unix.F2FS_SUPER_MAGIC: "f2fs",
}

// surveyed returns the kind of file system at dir, or why an image of size bytes
// should not be there.
func surveyed(dir string, size int64) (kind string, err error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return "", fmt.Errorf("look at the disk of %s: %w", dir, err)
	}
	kind, known := kinds[int64(st.Type)]
	if !known {
		kind = fmt.Sprintf("type %#x", st.Type)
	}
	if kind == "tmpfs" || kind == "ramfs" {
		return "", fmt.Errorf("%s lies in memory (%s), which has nothing to flush: name a directory on a disk with --dir", dir, kind)
	}
	if free := int64(st.Bavail) * st.Bsize; free < size+size/8 {
		return "", fmt.Errorf("%s has %d MiB free, and the image is %d MiB: name a directory with more room with --dir", dir, free/mib, size/mib)
	}
	return kind, nil
}

// level writes the image in full, so that a flush of the loop device is a flush
// of the disk below and not also an allocation there.
func level(ctx context.Context, dir string, size int64, progress func(done, total int)) (*ground, error) {
	kind, err := surveyed(dir, size)
	if err != nil {
		return nil, err
	}
	g := &ground{dir: dir, image: filepath.Join(dir, "image"), disk: Disk{Below: kind, ImageMiB: int(size / mib)}}
	f, err := os.OpenFile(g.image, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the image: %w", err)
	}
	zeros := make([]byte, 4*mib)
	for done := int64(0); done < size && err == nil; done += int64(len(zeros)) {
		if err = ctx.Err(); err == nil {
			_, err = f.Write(zeros[:min(int64(len(zeros)), size-done)])
			progress(int(done/mib), int(size/mib))
		}
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("write the image: %w", err)
	}
	return g, nil
}

// field is a file system that is up.
type field struct {
	loop    *rig.Loop
	dir     string
	mounted bool
	root    *os.File // for syncfs
}

// raise puts the file system fs on the image. It belongs to nobody else, so
// that its device counts only what the contestants do.
func (g *ground) raise(ctx context.Context, fs rig.FS) (_ *field, err error) {
	loop, err := rig.Attach(g.image, true)
	if err != nil {
		return nil, err
	}
	f := &field{loop: loop, dir: filepath.Join(g.dir, "mnt")}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.strike())
		}
	}()
	if err := g.inspect(loop); err != nil {
		return nil, err
	}
	if err := fs.Format(ctx, loop.Path); err != nil {
		return nil, err
	}
	if fs.Type == "btrfs" {
		fs.Options = "nodiscard" // it would punch holes in the image
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return nil, err
	}
	if err := fs.Mount(loop.Path, f.dir); err != nil {
		return nil, err
	}
	f.mounted = true
	f.root, err = os.Open(f.dir)
	return f, err
}

// inspect notes what the device says of itself.
func (g *ground) inspect(loop *rig.Loop) (err error) {
	if g.disk.WriteCache, err = loop.WriteCache(); err != nil {
		return err
	}
	if g.disk.DirectIO, err = loop.Direct(); err != nil {
		return err
	}
	if g.disk.FUA, err = loop.FUA(); err != nil {
		return err
	}
	g.disk.FlushMicros, err = flushCost(loop.Path)
	return err
}

// flushCost is the median time of overwriting 4 KiB of the device and flushing.
func flushCost(path string) (float64, error) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var times []float64
	block := make([]byte, 4*kib)
	for range 51 {
		begin := time.Now()
		_, err := f.WriteAt(block, 0)
		if err := errors.Join(err, f.Sync()); err != nil {
			return 0, fmt.Errorf("flush %s: %w", path, err)
		}
		times = append(times, micros(time.Since(begin)))
	}
	return median(times), nil
}

// settle writes everything out, so that what follows begins on a clean disk.
func (f *field) settle() error {
	if err := unix.Syncfs(int(f.root.Fd())); err != nil {
		return fmt.Errorf("sync %s: %w", f.dir, err)
	}
	return nil
}

// strike takes the file system down and frees the device.
func (f *field) strike() error {
	var failed []error
	if f.root != nil {
		failed = append(failed, f.root.Close())
	}
	if f.mounted {
		failed = append(failed, rig.Unmount(f.dir))
	}
	return errors.Join(append(failed, f.loop.Detach())...)
}

// fill makes the targets of a case in dir and returns them.
func fill(dir string, c Case, content []byte) ([]target, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	targets := make([]target, c.Files)
	for i := range targets {
		name := fmt.Sprintf("state-%04d.json", i)
		targets[i] = target{name, filepath.Join(dir, name)}
		if err := os.WriteFile(targets[i].path, content, perm); err != nil {
			return nil, err
		}
	}
	return targets, nil
}

// Place returns the first directory on a disk among the user's cache, TMPDIR
// and /var/tmp.
func Place() (string, error) {
	cache, _ := os.UserCacheDir() // "" where there is no home
	var failed []error
	for _, dir := range []string{cache, os.TempDir(), "/var/tmp"} {
		if dir == "" {
			continue
		}
		_, err := surveyed(dir, 0)
		if err == nil {
			return dir, nil
		}
		failed = append(failed, err)
	}
	return "", fmt.Errorf("no directory for the image: %w", errors.Join(failed...))
}
