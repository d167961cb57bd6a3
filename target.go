package wholly

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/wholly-go/wholly/internal/disk"
)

// verbs are a policy's verbs at a place: inside base, or where base is nil at
// names of the operating system.
type verbs struct {
	policy Policy
	base   disk.Dir
}

// target is where a name leads: an open directory and the last element in it.
// From here on nothing is looked up by path again.
type target struct {
	path   string    // as the caller gave it
	dir    disk.Dir  // the directory of the file itself, links followed
	name   string    // the last element
	info   disk.Info // of the file, if it exists
	exists bool
	link   bool // name is a symbolic link that is going to be replaced
	own    bool // dir was opened here
	made   []madeDir
}

// madeDir is a directory that was made for a write: an entry in its parent.
type madeDir struct {
	parent disk.Dir
	name   string
	own    bool // parent was opened here
	new    bool // made by us, not by someone else a moment earlier
}

var errEscapes = errors.New("path leads out of the directory")

// resolve opens the directory that path lies in, follows links as the policy
// says, and describes the file there. The caller closes the target.
func (v verbs) resolve(path string) (t target, err error) {
	t.path = path
	dir, name, slash := split(path)
	if path == "" {
		return t, syscall.ENOENT
	}
	if v.base != nil && !filepath.IsLocal(path) {
		return t, errEscapes
	}
	if err := v.openParent(&t, dir); err != nil {
		return t, err
	}
	if name == "" || name == "." || name == ".." {
		return t, syscall.EISDIR
	}
	t.name = name
	if err := t.look(v.policy.Links, v.base != nil); err != nil {
		return t, err
	}
	if slash && (!t.exists || t.info.Mode.IsDir()) {
		return t, syscall.EISDIR
	}
	if slash {
		return t, syscall.ENOTDIR
	}
	return t, nil
}

// split cuts the last element off path. It does not clean: "a/../b" may be
// another file than "b" where a is a link.
func split(path string) (dir, name string, slash bool) {
	end := len(path)
	for end > 0 && os.IsPathSeparator(path[end-1]) {
		end--
	}
	slash = end < len(path)
	if end == 0 {
		return path, "", slash
	}
	dir, name = filepath.Split(path[:end])
	return dir, name, slash
}

// openParent opens dir for t, making it if the policy says so.
func (v verbs) openParent(t *target, dir string) error {
	if dir == "" && v.base != nil {
		t.dir = v.base
		return nil
	}
	d, err := v.openDir(dir)
	if err == nil {
		t.dir, t.own = d, true
		return nil
	}
	if v.policy.MkdirMode == 0 || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return v.makeParents(t, dir)
}

func (v verbs) openDir(dir string) (disk.Dir, error) {
	if dir == "" {
		dir = "."
	}
	if v.base != nil {
		return v.base.OpenDir(dir)
	}
	return disk.OpenDir(dir)
}

// makeParents makes the missing directories on the way to dir, from the
// deepest one that exists, and leaves their parents open to be synced.
func (v verbs) makeParents(t *target, dir string) error {
	var missing []string
	for err := error(fs.ErrNotExist); err != nil; {
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		var name string
		dir, name, _ = split(dir)
		if name == "" {
			return err
		}
		missing = append(missing, name)
		if dir == "" && v.base != nil {
			t.dir = v.base
			break
		}
		t.dir, err = v.openDir(dir)
		t.own = err == nil
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := t.descend(missing[i], v.policy.mode(v.policy.MkdirMode)); err != nil {
			return err
		}
	}
	if v.policy.Durability != Durable {
		return nil
	}
	return t.syncMade()
}

// descend makes the directory name in t.dir and goes into it.
func (t *target) descend(name string, mode fs.FileMode) error {
	err := t.dir.Mkdir(name, mode)
	// Someone else's directory of a moment ago may not be on the disk yet:
	// it is synced like our own.
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	t.made = append(t.made, madeDir{t.dir, name, t.own, err == nil})
	sub, err := t.dir.OpenDir(name)
	if err != nil {
		t.own = false // closed with made
		return err
	}
	t.dir, t.own = sub, true
	return nil
}

// look describes t.name, following links if the policy says so.
func (t *target) look(links Links, confined bool) error {
	info, err := t.dir.Lstat(t.name)
	if errors.Is(err, fs.ErrNotExist) {
		t.exists, t.info = false, disk.Info{}
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode&fs.ModeSymlink == 0 {
		t.exists, t.info = true, info
		return nil
	}
	switch links {
	case Refuse:
		return ErrSymlink
	case Replace:
		t.link = true
		return nil
	}
	return t.follow(confined)
}

// maxLinks is how many links the kernel follows in one path.
const maxLinks = 40

// follow goes to the file that the link leads to. The kernel is asked first:
// it alone knows the rules about whose links may be followed. The links are
// then read one by one, because the directory of the last file is needed, and
// the end must be the file that the kernel found.
func (t *target) follow(confined bool) error {
	end, endErr := t.dir.Stat(t.name)
	if endErr != nil && !errors.Is(endErr, fs.ErrNotExist) {
		return endErr
	}
	if endErr == nil && !end.Mode.IsRegular() {
		t.exists, t.info = true, end
		return nil
	}
	for range maxLinks {
		if err := t.step(confined); err != nil {
			return err
		}
		info, err := t.dir.Lstat(t.name)
		switch {
		case errors.Is(err, fs.ErrNotExist) && endErr != nil:
			return nil
		case err != nil:
			return err
		case info.Mode&fs.ModeSymlink != 0:
			continue
		case endErr != nil || !info.Same(end):
			return fmt.Errorf("the link was changed while it was followed: %w", ErrChanged)
		}
		t.exists, t.info = true, info
		return nil
	}
	return syscall.ELOOP
}

// step follows one link: into the directory that its text names.
func (t *target) step(confined bool) error {
	text, err := t.dir.Readlink(t.name)
	if err != nil {
		return err
	}
	if confined && filepath.IsAbs(text) {
		return errEscapes
	}
	dir, name, slash := split(text)
	if slash || name == "" || name == "." || name == ".." {
		return syscall.EISDIR
	}
	t.name = name
	if dir == "" {
		return nil
	}
	next, err := t.dir.OpenDir(dir)
	if err != nil {
		return err
	}
	if t.own {
		t.dir.Close()
	}
	t.dir, t.own = next, true
	return nil
}

// refresh describes the file anew: much may have happened since resolve.
func (t *target) refresh() error {
	info, err := t.dir.Lstat(t.name)
	if errors.Is(err, fs.ErrNotExist) {
		t.exists, t.link = false, false
		return nil
	}
	if err != nil {
		return err
	}
	t.link = info.Mode&fs.ModeSymlink != 0
	t.exists, t.info = !t.link, info
	return nil
}

// syncMade makes the directories durable that were made for the write. It
// comes before the write: if it failed after it, the next write would find the
// directories there, and nothing would tell it that they may be lost.
func (t *target) syncMade() error {
	for _, m := range t.made {
		if err := m.parent.Sync(); err != nil && !errors.Is(err, disk.ErrUnsupported) {
			return fmt.Errorf("sync the directory that %s was made in: %w", m.name, err)
		}
	}
	return nil
}

// unmake removes the directories that were made, for a write that failed. One
// that someone else uses by now is not empty and stays.
func (t *target) unmake() {
	for i := len(t.made) - 1; i >= 0; i-- {
		m := t.made[i]
		if m.new && m.parent.RemoveDir(m.name) != nil {
			return
		}
	}
}

func (t *target) close() {
	if t.own {
		t.dir.Close()
	}
	for _, m := range t.made {
		if m.own {
			m.parent.Close()
		}
	}
	t.own, t.made = false, nil
}

// openConfined opens dir as a root that nothing leads out of.
func openConfined(dir string, p Policy) (disk.Dir, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) && p.MkdirMode != 0 {
		var t target
		v := verbs{policy: Policy{MkdirMode: p.MkdirMode, Private: p.Private}}
		defer t.close()
		if err := v.makeParents(&t, dir); err != nil {
			t.unmake()
			return nil, err
		}
		root, err = os.OpenRoot(dir)
	}
	if err != nil {
		return nil, bare(err)
	}
	defer root.Close()
	return disk.InRoot(root)
}

// bare takes the cause out of package os's wrapping: Error names the path.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
