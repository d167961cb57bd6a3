package probe

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// describe finds the mount that dir is on. The kernel numbers mounts: an open
// file tells its number, /proc/self/mountinfo what is behind it.
func describe(dir string) (System, error) {
	d, err := os.Open(dir)
	if err != nil {
		return System{}, err
	}
	defer d.Close()
	id, err := mountID(d)
	if err != nil {
		return System{}, err
	}
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return System{}, err
	}
	defer f.Close()
	m, err := findMount(f, id)
	if err != nil {
		return System{}, err
	}
	m.Journal = journal(m.Type, deviceName(m.device))
	return m.System, nil
}

func itoa(fd uintptr) string { return strconv.Itoa(int(fd)) }

// mountID reads the line "mnt_id: N" of the file's /proc/self/fdinfo.
func mountID(f *os.File) (string, error) {
	data, err := os.ReadFile("/proc/self/fdinfo/" + itoa(f.Fd()))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(data)) {
		if id, ok := strings.CutPrefix(line, "mnt_id:"); ok {
			return strings.TrimSpace(id), nil
		}
	}
	return "", fmt.Errorf("the kernel does not tell the mount of %s", f.Name())
}

type mount struct {
	System
	device string // "8:1"
}

// findMount reads mountinfo, proc(5): number, parent, device, root, mount
// point, its options, optional fields, "-", type, source, the super block's
// options.
func findMount(mountinfo io.Reader, id string) (mount, error) {
	lines := bufio.NewScanner(mountinfo)
	for lines.Scan() {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		place, fs := strings.Fields(before), strings.Fields(after)
		if !ok || len(place) < 6 || len(fs) < 3 || place[0] != id {
			continue
		}
		options := strings.Split(place[5]+","+fs[2], ",")
		slices.Sort(options)
		return mount{System{
			Type: fs[0], Source: unescaped(fs[1]), Mount: unescaped(place[4]),
			Options: slices.Compact(options),
		}, place[2]}, nil
	}
	if err := lines.Err(); err != nil {
		return mount{}, err
	}
	return mount{}, fmt.Errorf("mount %s is not in /proc/self/mountinfo", id)
}

// unescaped puts back the blanks that mountinfo writes in octal.
func unescaped(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// deviceName is what the kernel calls the block device, whatever the mount
// calls it ("/dev/root"); "" if there is none.
func deviceName(device string) string {
	to, err := os.Readlink("/sys/dev/block/" + device)
	if err != nil {
		return ""
	}
	return filepath.Base(to)
}

// journal asks the kernel for ext3 and ext4, which may be made without one. A
// journal on another device is not seen.
func journal(fsType, device string) Journal {
	switch fsType {
	case "xfs", "f2fs", "jfs", "ntfs3":
		return Journalled
	case "btrfs", "zfs", "bcachefs", "nilfs2":
		return CopyOnWrite
	case "ext2", "vfat", "msdos", "exfat", "minix", "tmpfs", "ramfs":
		return NoJournal
	case "ext3", "ext4":
		return jbd2("/proc/fs/jbd2", device)
	}
	return JournalUnknown
}

// jbd2 looks for the journal's directory, which is named for device and inode.
func jbd2(dir, device string) Journal {
	entries, err := os.ReadDir(dir)
	if err != nil || device == "" {
		return JournalUnknown
	}
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), device+"-")
		if _, err := strconv.Atoi(rest); ok && err == nil {
			return Journalled
		}
	}
	return NoJournal
}
