// Package judge says what a power cut has left of a workload's files: a disk
// is looked at once, as a stranger and through the library, and what was seen
// is judged by what had been promised at the moment of the cut.
package judge

// Outcome is one way in which the files may be found. A disk may have several.
type Outcome uint8

// The outcomes, in the order of tables.
const (
	Good        Outcome = iota
	Missing             // a file that was there from the start is not there
	Empty               // a file has no content
	Zeros               // all of its bytes are zero
	Torn                // neither the old nor the new content
	Unreadable          // an error instead of a content
	Lost                // whole, but a save that was acknowledged is not in it
	Future              // whole, but of a save that had not begun: a bug of the lab or of the workload
	Litter              // a file that belongs to nobody is left after a sweep
	Backup              // an earlier version is not whole, or missing when all is quiet
	Unmountable         // there is no file system any more: for whoever mounts it to say
)

var words = [...]string{"good", "missing", "empty", "zeros", "torn", "unreadable", "acknowledged but lost", "future",
	"litter after sweep", "backup not whole", "unmountable"}

// String is a word or some, as in the head of a table.
func (o Outcome) String() string { return words[o] }

// Outcomes are all of them, Good first, in the order of tables.
func Outcomes() []Outcome {
	all := make([]Outcome, len(words))
	for i := range all {
		all[i] = Outcome(i)
	}
	return all
}
