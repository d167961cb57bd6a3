package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// FS is a file system as the lab makes and mounts it.
type FS struct {
	Name    string   // as the lab calls it: "ext4-wb"
	Title   string   // for people
	Type    string   // as mount(2) calls it
	Mkfs    []string // the command that formats; the path is appended
	Options string   // for mount(2), "" for the defaults
	Size    int64    // bytes of an image to cut
	Control bool     // breaks even a correct writer: a cut must show it
}

const mib = 1 << 20

// The blocks are those of ordinary disks, where mkfs would choose 1 KiB for an
// image this small; and nothing is left for the kernel to initialize later,
// which would be noise on the tape. Discards would punch holes in the image.
var ext4 = []string{"mkfs.ext4", "-q", "-F", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard"}

// Systems returns the file systems of the lab, in the order of its tables.
func Systems() []FS {
	return []FS{
		{Name: "ext4", Title: "ext4", Type: "ext4", Mkfs: ext4, Size: 64 * mib},
		{Name: "ext4-wb", Title: "ext4, data=writeback, noauto_da_alloc", Type: "ext4", Mkfs: ext4,
			Options: "data=writeback,noauto_da_alloc", Size: 64 * mib},
		{Name: "ext4-fc", Title: "ext4, fast_commit", Type: "ext4", Mkfs: append(slices.Clone(ext4), "-O", "fast_commit"), Size: 64 * mib},
		{Name: "xfs", Title: "XFS", Type: "xfs", Mkfs: []string{"mkfs.xfs", "-q", "-f", "-K"}, Size: 320 * mib}, // mkfs refuses less than 300
		{Name: "btrfs", Title: "btrfs", Type: "btrfs", Mkfs: []string{"mkfs.btrfs", "-q", "-f", "-K"}, Size: 128 * mib},
		{Name: "ext4-nobar", Title: "ext4, nobarrier", Type: "ext4", Mkfs: ext4, Options: "nobarrier", Size: 64 * mib, Control: true},
	}
}

// Named returns the file system of that name. The error lists the names there
// are.
func Named(name string) (FS, error) {
	var names []string
	for _, f := range Systems() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return FS{}, fmt.Errorf("no file system %q in the lab: there are %s", name, strings.Join(names, ", "))
}

// Format makes an empty file system on path, an image or a device, over
// whatever it holds. When ctx ends mkfs is killed.
func (f FS) Format(ctx context.Context, path string) error {
	args := append(slices.Clone(f.Mkfs[1:]), path)
	cmd := exec.CommandContext(ctx, f.Mkfs[0], args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the terminal's Ctrl-C is ours to pass on
	if out, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s %s: %w: %s", f.Mkfs[0], path, err, bytes.TrimSpace(out))
	}
	return nil
}

// Mount mounts the block device dev on the directory dir.
func (f FS) Mount(dev, dir string) error {
	if err := unix.Mount(dev, dir, f.Type, unix.MS_NOSUID|unix.MS_NODEV, f.Options); err != nil {
		return fmt.Errorf("mount %s (%s) on %s: %w", dev, f.Name, dir, err)
	}
	return nil
}

// Sync makes everything durable that was written to the file system of dir
// (syncfs(2)).
func Sync(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := unix.Syncfs(int(d.Fd())); err != nil {
		return fmt.Errorf("syncfs %s: %w", dir, err)
	}
	return nil
}

// patience is how long a busy mount or device may stay busy: a process that was
// killed lets go of it only when the kernel has ended it.
const patience = 5 * time.Second

// Unmount takes the mount at dir away and waits until the file system has
// written what it had to. One that stays busy is detached from the tree, and
// the error says so: its device is in use until the last user is gone.
func Unmount(dir string) error {
	err := eventually(patience, func() (bool, error) {
		err := unix.Unmount(dir, unix.UMOUNT_NOFOLLOW)
		return err != unix.EBUSY, err
	})
	if err == nil {
		return nil
	}
	if !errors.Is(err, unix.EBUSY) {
		return fmt.Errorf("unmount %s: %w", dir, err)
	}
	if detach := unix.Unmount(dir, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); detach != nil {
		return fmt.Errorf("unmount %s: %w, and it cannot be detached: %w", dir, err, detach)
	}
	return fmt.Errorf("unmount %s: %w for %s: detached, its device stays in use", dir, err, patience)
}

// eventually calls try until it says that it is done or the time is over, and
// returns the error of the last call.
func eventually(limit time.Duration, try func() (done bool, err error)) error {
	end := time.Now().Add(limit)
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		done, err := try()
		if done || time.Now().After(end) {
			return err
		}
		time.Sleep(pause)
	}
}
