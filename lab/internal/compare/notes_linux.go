package compare

import "slices"

// Note explains cells of the table that differ.
type Note struct {
	Writer string
	Cases  []string
	Text   string
}

// notes are what peers say about it themselves (in quotation marks, from their
// documents), and what explains many cells at once.
func notes() []Note {
	const (
		names   = "A path is text in Node: a name that is not valid UTF-8 becomes another name."
		inPlace = "Writes in place, so it needs no more than the file: no permission on its directory, and no rename that a mount would refuse."
	)
	words := []string{"N6", "N7", "K9", "K9 append", "T6", "P1", "P3", "P3 read-only", "P4", "P5", "F1", "F1 new", "F2", "F3", "F4", "F6 refused", "F7", "M1", "M2"}
	lost := []string{"K1", "K2", "K2 user", "K2 others", "K3", "K3 group", "K5", "K6", "K6 none", "K7"}
	links := []string{"T1", "T2", "T3", "T4", "T10"}
	unsynced := []string{"O1", "O1 new", "O2"}
	return []Note{
		{"os.WriteFile", []string{"F1", "F1 new", "F2", "F7", "F11"}, "“[…] a failure mid-operation can leave the file in a partially written state.”"},
		{"os.WriteFile", []string{"P1", "P3", "P4", "T11"}, inPlace},
		{"hand-written Go", append(lost, links...), "It makes a new file and keeps nothing of the old one: it is the least that is durable."},
		{"renameio", unsynced, "“renameio concerns itself only with atomicity”: it is accepted that a power cut takes the newest content back."},
		{"renameio", []string{"N3", "N4", "O1", "O1 new", "O3"}, "“[…] the TMPDIR environment variable should still be respected”: the temp is made there if it can be renamed from there, which is tried first. Where TMPDIR is on another file system, N3, N4 and O3 are as decided."},
		{"renameio", links, "Made to “atomically create or replace a file or symbolic link”: a link is replaced."},
		{"renameio", []string{"F9 failed"}, "The caller is to stop after a Write that failed, as its WriteFile does."},
		{"natefinch/atomic", []string{"N1", "N2", "N3"}, "Its WriteFile takes no mode: a new file is for its owner."},
		{"natefinch/atomic", words, "Its errors tell the reason in words; the number behind it is not kept."},
		{"moby/atomicwriter", []string{"T1", "T2", "T3", "T4"}, "“[…] currently does not allow the destination path to be a symlink.”"},
		{"moby/atomicwriter", []string{"N2", "N3", "K1", "K6 none", "F6", "F6 refused"}, "“umask is not considered for the file's permissions”: the mode is set as it was given."},
		{"moby/atomicwriter", []string{"T6", "N7"}, "It looks at the target first and tells in words what is wrong."},
		{"tailscale/atomicfile", []string{"T6", "N7"}, "“If the target filename already exists but is not a regular file, WriteFile returns an error”, in words."},
		{"write-file-atomic", []string{"M3"}, names},
		{"atomically", []string{"M3"}, names},
		{"atomically", []string{"N6"}, "“Any needed missing parent folder will be created automatically.”"},
		{"atomically", []string{"M2"}, "Names that are too long “are attempted to be worked around by smartly truncating paths”."},
	}
}

// explained returns the notes about rows, each with the cases that differ in
// this run; those without are left out.
func explained(rows []Row) []Note {
	var found []Note
	for _, n := range notes() {
		for _, r := range rows {
			if r.Name != n.Writer {
				continue
			}
			n.Cases = slices.DeleteFunc(slices.Clone(n.Cases), func(id string) bool { return !r.differs(id) })
			if len(n.Cases) > 0 {
				found = append(found, n)
			}
		}
	}
	return found
}
