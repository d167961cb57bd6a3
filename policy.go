package wholly

import (
	"context"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"time"
)

// Policy says how a file is to be kept. Its methods are the verbs; the
// package's functions are the verbs of Policy{}. The zero value of every field
// is the safe default. A Policy is a plain value: changing one later has no
// effect on work already begun, and one may be used by many goroutines.
type Policy struct {
	// Keep is the number of earlier versions kept beside the file, as
	// NAME.bak (the newest), NAME.bak.2, … NAME.bak.N. Zero keeps none and
	// leaves those alone that are there.
	Keep int
	// Durability says what must be on the disk before a verb returns.
	Durability Durability
	// Links says what happens when the name is a symbolic link.
	Links Links
	// HardLinks says what happens when the file has other names.
	HardLinks HardLinks
	// Mounted says what happens when the file cannot be replaced because it
	// is itself a mount point (a single file bind-mounted into a container).
	Mounted Mounted
	// Check, if not nil, reads a content to its end and reports what is wrong
	// with it. It runs before new content takes the name, and on every read.
	// JSON is one. The reader has a method Size() int64, the length of the
	// content in bytes when it was opened, for a check that wants it whole.
	// Where the content is in memory already it also has Bytes() []byte, the
	// content itself, read or not. A check must not change these bytes; the
	// verb goes on to hand them to its caller, who may, so they may be kept
	// only by a check that knows its caller.
	Check func(io.Reader) error
	// If makes a write conditional: IfAbsent, or IfVersion(v).
	If Condition
	// MkdirMode, if not zero, makes missing parent directories with this mode
	// (before umask), as durable as the file. A failed write takes them away.
	MkdirMode fs.FileMode
	// Private keeps the file for its owner alone. A new file is made without
	// any permission of group and others, whatever perm says; an existing one
	// loses them, and its POSIX access list, with the write. So do the earlier
	// versions and what is set aside, as copies where a second name for the
	// old file would let others in, and the directories that MkdirMode makes.
	// A stricter mode is kept, nothing is ever widened. On Windows the access
	// list decides, and is carried over as without Private.
	Private bool
	// Strict turns every best effort into an error: metadata that cannot be
	// carried over, a directory that cannot be synced, a damaged file that
	// would have been recovered.
	Strict bool
	// Wait limits how long a verb waits for the lock; zero is 30 seconds,
	// negative does not wait. A context may end the wait earlier.
	Wait time.Duration
	// Logger, if not nil, is told what happens to files; never their content.
	Logger *slog.Logger
}

// Durability is what a nil error means for the time after a power cut.
type Durability uint8

const (
	// Durable: the new content is on the disk, under its name (promise P2).
	Durable Durability = iota
	// Ordered: after a power cut the file is whole, old or new; the newest
	// write may be lost. The content is synced, the directory is not.
	Ordered
	// Atomic: whole for every reader and through every kill, but nothing is
	// synced: after a power cut the file may be old, new, empty or torn.
	Atomic
)

// Links is what to do with a symbolic link under the given name.
type Links uint8

const (
	// Follow replaces the file that the link leads to, in that file's own
	// directory; the link stays. A dangling link's file is created.
	Follow Links = iota
	// Replace puts a regular file in the place of the link.
	Replace
	// Refuse fails with ErrSymlink.
	Refuse
)

// HardLinks is what to do with a file that has other names too.
type HardLinks uint8

const (
	// BreakHardLinks replaces the file under this name only; the other names
	// keep the old content. Writing through to them could tear.
	BreakHardLinks HardLinks = iota
	// RefuseHardLinks fails with ErrHardLinks.
	RefuseHardLinks
)

// Mounted is what to do with a file that cannot be replaced.
type Mounted uint8

const (
	// RefuseMounted fails with ErrMounted (or the cause) and changes nothing.
	RefuseMounted Mounted = iota
	// InPlace writes over the file after a complete copy of the old content
	// was synced beside it. This is not atomic: a reader may see a mix, and
	// after a crash the next verb with this setting puts the old content back.
	InPlace
)

// Condition makes a write depend on what is there. The zero Condition always
// writes.
type Condition struct {
	absent bool
	seen   Version
}

// IfAbsent writes only if there is no file; otherwise the write fails with
// ErrExists. The decision and the writing are one step.
var IfAbsent = Condition{absent: true}

// IfVersion writes only if the content is still version v; otherwise the write
// fails with ErrChanged. It excludes every writer that takes the lock: Update,
// Restore, and all writes that keep versions or carry a condition.
func IfVersion(v Version) Condition { return Condition{seen: v} }

// Result tells what a write did.
type Result struct {
	Version    Version  // of the new content
	Size       int64    // of the new content, bytes
	Created    bool     // there was no file before
	Kept       int      // earlier versions that now stand beside the file
	Durable    bool     // confirmed to survive a power cut
	InPlace    bool     // written over, not replaced: see Mounted
	OtherLinks int      // hard links that keep the old content
	Dropped    []string // what could not be carried over: "owner", "xattr user.x", …
}

// WriteFile replaces the file name by data: durably, wholly or not at all.
// Otherwise it is like os.WriteFile: perm, before umask, is for a new file; an
// existing one keeps its mode, owner, group, extended attributes and ACL.
// Errors are of type *Error; the temp file is gone when it returns.
func WriteFile(name string, data []byte, perm fs.FileMode) error {
	return Policy{}.WriteFile(name, data, perm)
}

// ReadFile returns the content of name, as os.ReadFile does; it refuses to
// wait on FIFOs and devices.
func ReadFile(name string) ([]byte, error) { return Policy{}.ReadFile(name) }

// Create begins a replacement of name. See [File].
func Create(name string, perm fs.FileMode) (*File, error) { return Policy{}.Create(name, perm) }

// Update reads name, has fn change it, and replaces it, all under the file's
// lock. See [Policy.Update].
func Update(ctx context.Context, name string, perm fs.FileMode, fn func(old []byte) ([]byte, error)) error {
	return Policy{}.Update(ctx, name, perm, fn)
}

// WriteFile replaces name by data as the policy says. See the function
// [WriteFile].
func (p Policy) WriteFile(name string, data []byte, perm fs.FileMode) error {
	return verbs{policy: p}.writeFile(name, data, perm)
}

// WriteFrom replaces name by everything r yields. The content passes through a
// small buffer. When ctx ends before the new content takes the name the old file
// stays; from that point on ctx has no effect.
func (p Policy) WriteFrom(ctx context.Context, name string, r io.Reader, perm fs.FileMode) (Result, error) {
	return verbs{policy: p}.writeFrom(ctx, name, r, perm)
}

// Create begins a replacement of name. Nothing is visible under name until
// File.Commit. The name is resolved now: a later change of the working
// directory, or a renamed parent, has no effect.
func (p Policy) Create(name string, perm fs.FileMode) (*File, error) {
	return verbs{policy: p}.create(name, perm)
}

// ReadFile returns the content of name. If the policy has a Check and the
// content fails it, the newest kept version that passes is put in its place,
// the damaged content is set aside as NAME.bad-TIME, and the good content is
// returned together with a *Recovered. If there is no such version the error
// matches ErrNoGoodVersion and nothing is touched.
func (p Policy) ReadFile(name string) ([]byte, error) {
	return verbs{policy: p}.readFile(name)
}

// Stamp returns the identity of what is at name now: one lstat, no read. Links
// are followed as a reader follows them. Of a missing file it is the zero
// Stamp, with a nil error. See [Stamp] for what it can tell.
func (p Policy) Stamp(name string) (Stamp, error) {
	return verbs{policy: p}.stamp(name)
}

// Update reads name, calls fn with the content (nil if there is no file) and
// replaces the file by what fn returns, all under the file's lock, so that no
// other Update is lost (promise P8). The lock dies with the process. fn may run
// again if a writer that takes no lock changed the file meanwhile; it must not
// write the same file itself. An error or panic of fn changes nothing;
// ErrUnchanged from fn means that there is nothing to write.
// After recovery of a damaged file (see ReadFile) the update is made and a
// *Recovered is returned.
func (p Policy) Update(ctx context.Context, name string, perm fs.FileMode, fn func(old []byte) ([]byte, error)) error {
	return verbs{policy: p}.update(ctx, name, perm, fn)
}

// Versions yields the current content (number 0) and the earlier ones, newest
// first. An error about one of them is yielded with its number and does not
// end the walk.
func (p Policy) Versions(name string) iter.Seq2[VersionInfo, error] {
	return verbs{policy: p}.versions(name)
}

// Open opens version n of name for reading: 0 is the current content, without
// recovery, 1 the newest earlier one. A number that is not there matches
// ErrNoVersion.
func (p Policy) Open(name string, n int) (io.ReadCloser, error) {
	return verbs{policy: p}.open(name, n)
}

// Restore makes earlier version n the current content again, by a safe write
// that keeps the present content as the newest earlier version. It fails with
// ErrNoVersion if there is no version n, and with ErrInvalid if that version
// fails the policy's Check.
func (p Policy) Restore(ctx context.Context, name string, n int) (Result, error) {
	return verbs{policy: p}.restore(ctx, name, n)
}

// Sweep removes what dead writers left in the directory dir: temp files and
// lock files whose writer no longer lives. Those of living writers are not
// touched. It reads the directory once.
func Sweep(dir string) (Swept, error) { return Policy{}.Sweep(dir) }

// Sweep is the function [Sweep]; it also tells the policy's Logger.
func (p Policy) Sweep(dir string) (Swept, error) {
	return verbs{policy: p}.sweepPath(dir)
}
