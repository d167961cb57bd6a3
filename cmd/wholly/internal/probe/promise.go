package probe

import (
	"fmt"
	"slices"
	"strings"
)

// Verdict is whether a promise holds in a directory.
type Verdict string

// The verdicts. Uncertain is not a yes: nothing there is known to break the
// promise, and nothing to carry it.
const (
	Holds     Verdict = "holds"
	Fails     Verdict = "does not hold"
	Uncertain Verdict = "not certain"
)

// Promise is one of the library's, with its verdict for a directory.
type Promise struct {
	ID      string // "P1"
	Title   string
	Verdict Verdict
	Why     string
}

// Promises judges P1 to P8 and P10 (P9 is about several files) by what was
// found.
func (r *Report) Promises() []Promise {
	p1, p2 := r.oldOrNew(), r.kept()
	p3 := r.backups()
	if p1.Verdict != Holds {
		p3 = Promise{Verdict: p1.Verdict, Why: "as P1; while the power stays on: " + p3.Why}
	}
	all := []Promise{p1, p2, p3, r.nothingLeft(), r.itself(),
		{Verdict: Holds, Why: "every error names its state; it is as true as the errors of the file system"},
		{Verdict: Holds, Why: "needs no more than reading, renaming and a second name or a copy"},
		r.noLostUpdates(), r.private()}
	for i, title := range []string{
		"P1 old or new", "P2 returned means kept", "P3 a backup opens no gap", "P4 nothing left behind",
		"P5 the file stays itself", "P6 errors say where you stand", "P7 a bad file is noticed on reading",
		"P8 no lost updates", "P10 secrets stay private",
	} {
		all[i].ID, all[i].Title, _ = strings.Cut(title, " ")
	}
	return all
}

func (r *Report) oldOrNew() Promise {
	if !r.Can(ReplaceOpen) {
		return Promise{Verdict: Fails, Why: "a rename does not replace a file that is being read"}
	}
	verdict, why := r.System.power()
	if r.System.inMemory() {
		return Promise{Verdict: Holds, Why: "for every reader and through every kill; a power cut takes the whole file system, see P2"}
	}
	return Promise{Verdict: verdict, Why: why}
}

func (r *Report) kept() Promise {
	verdict, why := r.System.power()
	if verdict == Holds && !r.Can(DirSync) {
		return Promise{Verdict: Uncertain, Why: "directories cannot be synced here; the file is synced once more after the rename"}
	}
	return Promise{Verdict: verdict, Why: why}
}

func (r *Report) backups() Promise {
	if r.Can(HardLinks) {
		return Promise{Verdict: Holds, Why: "a backup is a second name of the old content, made before it is replaced"}
	}
	return Promise{Verdict: Holds, Why: "no hard links: a backup is a synced copy, which costs the time of writing it"}
}

func (r *Report) nothingLeft() Promise {
	if r.Can(Locks) {
		return Promise{Verdict: Holds, Why: "locks tell a living writer's temp from a dead one's"}
	}
	return Promise{Verdict: Fails, Why: "without locks a sweep cannot tell the temps of the living from those of the dead"}
}

func (r *Report) itself() Promise {
	switch {
	case !r.Can(Modes):
		return Promise{Verdict: Holds, Why: "the mount decides mode and owner of every file: there is nothing to carry over"}
	case !r.Can(Attrs) && !r.Can(ACLs):
		return Promise{Verdict: Holds, Why: "mode, owner and group; there are no extended attributes or access lists to carry over"}
	}
	return Promise{Verdict: Holds, Why: "mode, owner, group, extended attributes and access lists, as far as the writer may set them"}
}

func (r *Report) noLostUpdates() Promise {
	switch {
	case !r.Can(Locks):
		return Promise{Verdict: Fails, Why: "there are no locks that work: let one process write at a time"}
	case r.System.remote():
		return Promise{Verdict: Uncertain, Why: "locks work in this host; whether other hosts see them, the server decides"}
	}
	return Promise{Verdict: Holds, Why: "a lock that dies with its process"}
}

func (r *Report) private() Promise {
	if r.Can(Modes) {
		return Promise{Verdict: Holds, Why: "a file made 0600 is 0600 before its first byte"}
	}
	return Promise{Verdict: Fails, Why: "the mount decides who may read a file, not its mode: keep secrets elsewhere"}
}

// What is known about power cuts, by type of file system.
var (
	measured = []string{"ext4", "xfs", "btrfs"}
	designed = []string{"ext3", "f2fs", "zfs", "bcachefs", "jfs", "nilfs2", "apfs", "ntfs", "ntfs3", "refs"}
	memory   = []string{"tmpfs", "ramfs", "rootfs", "devtmpfs"}
	plain    = []string{"ext2", "vfat", "msdos", "exfat", "fat", "fat32", "hfs", "ufs", "minix", "udf"}
	remote   = []string{"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "afs", "ceph", "afpfs", "webdav"}
)

func (s System) inMemory() bool { return slices.Contains(memory, s.Type) }

func (s System) remote() bool {
	return slices.Contains(remote, s.Type) || strings.HasPrefix(s.Type, "fuse")
}

// power says whether a synced file under a synced name survives a power cut.
func (s System) power() (Verdict, string) {
	if o := s.option("nobarrier", "barrier=0", "volatile", "fsync=volatile", "fsync_mode=nobarrier", "noflush"); o != "" {
		return Fails, fmt.Sprintf("mounted with %s, which does without flushes: a power cut may leave anything", o)
	}
	switch {
	case s.inMemory():
		return Fails, s.Type + " is memory: nothing survives a power cut"
	case s.Type == "overlay":
		return Uncertain, "the file system of the overlay's upper directory decides: run doctor on that"
	case s.remote():
		return Uncertain, "the server of " + s.Type + " decides"
	case slices.Contains(plain, s.Type) || s.Journal == NoJournal:
		return Uncertain, s.Type + " has no journal: after a power cut the directory is what its check makes of it"
	case s.Journal == JournalUnknown && (s.Type == "ext4" || s.Type == "ext3"):
		return Uncertain, "it could not be seen whether this " + s.Type + " has a journal"
	case slices.Contains(measured, s.Type):
		return Holds, s.Type + " with its " + string(s.Journal) + ": measured, if the disk honours flush"
	case slices.Contains(designed, s.Type):
		return Holds, s.Type + " by its design (not measured here), if the disk honours flush"
	}
	return Uncertain, "nothing is known about power cuts on " + s.Type
}

// option returns the first of the wanted options that the mount has.
func (s System) option(wanted ...string) string {
	for _, o := range s.Options {
		if slices.Contains(wanted, o) {
			return o
		}
	}
	return ""
}
