package wholly

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"github.com/wholly-go/wholly/internal/disk"
)

// carry gives the new file what belongs to the old one: owner and group, then
// attributes and ACL, then the mode, widened last, all by descriptor and before
// the sync. What is not permitted is returned in dropped; an error means that
// the new file would be more open than the old one, or that the disk failed.
// A Private policy leaves out what lets others in.
func (p Policy) carry(dir disk.Dir, name string, old disk.Info, f disk.File, mine disk.Info) (dropped []string, err error) {
	want := old.Mode & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
	if old.UID != mine.UID || old.GID != mine.GID {
		dropped, err = carryOwner(f, old, mine)
		if err != nil {
			return dropped, err
		}
	}
	if len(dropped) > 0 || !dir.Privileged() {
		// As the kernel does when another user writes to the file.
		want &^= fs.ModeSetuid | fs.ModeSetgid
	}
	if slices.Contains(dropped, "group") {
		// The group bits were meant for another group: it gets what all get.
		want = want&^0o070 | want&0o007<<3
	}
	want = p.mode(want)
	lost, acl, err := p.carryAttrs(dir, name, f)
	dropped = append(dropped, lost...)
	if err != nil {
		return dropped, err
	}
	have := mine.Mode & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
	if have == want && !acl {
		return dropped, nil
	}
	if err := f.Chmod(want); err != nil {
		if acl || have&^want != 0 || !refused(err) {
			return dropped, fmt.Errorf("set mode %v: %w", want, err)
		}
		dropped = append(dropped, "mode")
	}
	return dropped, nil
}

// carryOwner changes owner and group, or the group alone.
func carryOwner(f disk.File, old, mine disk.Info) (dropped []string, err error) {
	err = f.Chown(int(old.UID), int(old.GID))
	if err == nil {
		return nil, nil
	}
	if !refused(err) {
		return nil, fmt.Errorf("set owner: %w", err)
	}
	if old.UID != mine.UID {
		dropped = append(dropped, "owner")
	}
	if old.GID == mine.GID {
		return dropped, nil
	}
	if err := f.Chown(-1, int(old.GID)); err != nil {
		if !refused(err) {
			return dropped, fmt.Errorf("set group: %w", err)
		}
		dropped = append(dropped, "group")
	}
	return dropped, nil
}

// vouches reports whether an attribute certifies the old content: it would be
// a lie about the new one.
func vouches(attr string) bool {
	switch attr {
	case "security.capability", "security.ima", "security.evm":
		return true
	}
	return false
}

// carryAttrs copies the extended attributes of name to f, and takes away an
// ACL that f has only inherited. acl reports whether f's ACL was set.
func (p Policy) carryAttrs(dir disk.Dir, name string, f disk.File) (dropped []string, acl bool, err error) {
	old, err := dir.Attrs(name)
	if err != nil && !refused(err) {
		return nil, false, fmt.Errorf("read attributes: %w", err)
	}
	if err != nil {
		dropped = append(dropped, "xattrs")
	}
	if p.Private {
		old = slices.DeleteFunc(old, isACL)
	}
	have, err := f.Attrs()
	if err != nil {
		return dropped, false, fmt.Errorf("read attributes: %w", err)
	}
	for _, a := range old {
		if vouches(a.Name) || slices.ContainsFunc(have, same(a)) {
			continue
		}
		switch err := f.SetAttr(a.Name, a.Value); {
		case (a.Name == disk.ACL || a.Name == disk.DACL) && err != nil:
			// Without it others could get what only the list grants.
			return dropped, false, fmt.Errorf("set access list: %w", err)
		case a.Name == disk.ACL:
			acl = true
		case err != nil && !refused(err) && !strings.HasPrefix(a.Name, "security."):
			return dropped, false, fmt.Errorf("set attribute %s: %w", a.Name, err)
		case err != nil:
			dropped = append(dropped, "xattr "+a.Name)
		}
	}
	if hasACL(have) && !hasACL(old) {
		if err := f.RemoveAttr(disk.ACL); err != nil {
			return dropped, false, fmt.Errorf("remove inherited access list: %w", err)
		}
		acl = true
	}
	return dropped, acl, nil
}

func same(a disk.Attr) func(disk.Attr) bool {
	return func(b disk.Attr) bool { return a.Name == b.Name && bytes.Equal(a.Value, b.Value) }
}

func hasACL(attrs []disk.Attr) bool { return slices.ContainsFunc(attrs, isACL) }

func isACL(a disk.Attr) bool { return a.Name == disk.ACL }

// refused reports whether the system said no, rather than failed. EINVAL is its
// no to an owner that has no number in this user namespace.
func refused(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, disk.ErrUnsupported) || errors.Is(err, syscall.EINVAL)
}
