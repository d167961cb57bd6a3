package wholly

import (
	"context"
	"io"
	"io/fs"
	"iter"
	"os"

	"github.com/wholly-go/wholly/internal/disk"
)

// Dir keeps files in one opened directory, by its handle: a verb of a Dir
// cannot leave the directory by "..", an absolute name or a link, and goes on
// working when the directory is renamed. It saves opening the directory at each
// write. A Dir may be used by many goroutines; Close it at the end.
type Dir struct{ verbs verbs }

// OpenDir opens the directory dir. If the policy has a MkdirMode, missing
// directories are made, and are on the disk when OpenDir returns.
func (p Policy) OpenDir(dir string) (*Dir, error) {
	d, err := openConfined(dir, p)
	if err != nil {
		return nil, &Error{Op: "open", Path: dir, State: Old, Err: err}
	}
	return p.DirOn(d), nil
}

// OpenDir opens the directory dir with the zero Policy.
func OpenDir(dir string) (*Dir, error) { return Policy{}.OpenDir(dir) }

// DirIn keeps files in an os.Root. The root may be closed afterwards.
func (p Policy) DirIn(root *os.Root) (*Dir, error) {
	d, err := disk.InRoot(root)
	if err != nil {
		return nil, &Error{Op: "open", Path: root.Name(), State: Old, Err: err}
	}
	return p.DirOn(d), nil
}

// DirOn keeps files on a disk that is not the operating system's: the one of
// the crash model (crash.Disk.Root), so that a program's own way of saving can
// be proved like this library's. The Dir owns d.
func (p Policy) DirOn(d disk.Dir) *Dir {
	return &Dir{verbs{policy: p, base: d}}
}

// With returns a Dir on the same open directory with another policy. Close
// only one of them.
func (d *Dir) With(p Policy) *Dir { return p.DirOn(d.verbs.base) }

// Close closes the directory.
func (d *Dir) Close() error { return d.verbs.base.Close() }

// WriteFile is [Policy.WriteFile] inside the directory.
func (d *Dir) WriteFile(name string, data []byte, perm fs.FileMode) error {
	return d.verbs.writeFile(name, data, perm)
}

// WriteFrom is [Policy.WriteFrom] inside the directory.
func (d *Dir) WriteFrom(ctx context.Context, name string, r io.Reader, perm fs.FileMode) (Result, error) {
	return d.verbs.writeFrom(ctx, name, r, perm)
}

// Create is [Policy.Create] inside the directory.
func (d *Dir) Create(name string, perm fs.FileMode) (*File, error) {
	return d.verbs.create(name, perm)
}

// ReadFile is [Policy.ReadFile] inside the directory.
func (d *Dir) ReadFile(name string) ([]byte, error) { return d.verbs.readFile(name) }

// Stamp is [Policy.Stamp] inside the directory.
func (d *Dir) Stamp(name string) (Stamp, error) { return d.verbs.stamp(name) }

// Update is [Policy.Update] inside the directory.
func (d *Dir) Update(ctx context.Context, name string, perm fs.FileMode, fn func(old []byte) ([]byte, error)) error {
	return d.verbs.update(ctx, name, perm, fn)
}

// Versions is [Policy.Versions] inside the directory.
func (d *Dir) Versions(name string) iter.Seq2[VersionInfo, error] { return d.verbs.versions(name) }

// Open is [Policy.Open] inside the directory.
func (d *Dir) Open(name string, n int) (io.ReadCloser, error) { return d.verbs.open(name, n) }

// Restore is [Policy.Restore] inside the directory.
func (d *Dir) Restore(ctx context.Context, name string, n int) (Result, error) {
	return d.verbs.restore(ctx, name, n)
}

// Sweep is [Policy.Sweep] on the directory.
func (d *Dir) Sweep() (Swept, error) { return d.verbs.sweep(".", d.verbs.base) }
