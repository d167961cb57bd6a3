package edit

import "github.com/wholly-go/wholly/audit"

// Grade says how far a change may be trusted.
type Grade uint8

// The grades. The zero value changes nothing.
const (
	Never Grade = iota // explained in words, nothing is changed
	Ask                // shown, and made only when the user says so
	Safe               // made without asking
)

func (g Grade) String() string { return [...]string{"never", "ask", "safe"}[g] }

// MarshalText is String, for JSON.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// Rewriter proposes changes to sources of one language. It touches no disk but
// through Job.Read, keeps no state, and never panics, whatever the source.
type Rewriter interface {
	// Answer returns one answer for each of j.Sites, in any order. The edits
	// of an answer are those of the site alone; what several share (imports,
	// the added writer) is Finish's. An error means that the source could not
	// be read: nothing in it is changed.
	Answer(j *Job) ([]Answer, error)

	// Finish returns what must be done besides when exactly the answers in
	// chosen are applied, all of them with edits: imports added, imports
	// removed that nothing uses any more, files added. It may not overlap the
	// edits of the answers.
	Finish(j *Job, chosen []Answer) (Rest, error)

	// Parse returns nil if text is a source of the language without an error.
	Parse(path string, text []byte) error
}

// Job is one source with the sites that are to be fixed in it.
type Job struct {
	Path   string // as in the sites: slashes, relative to the root
	Module string // what others import the source as
	Text   []byte

	// Sites have their raw call (Site.Raw) in this source and break a rule.
	Sites []*audit.Site

	// Writers are the project's own functions that were found durable, of this
	// language. The first that fits is to be preferred.
	Writers []audit.Writer

	// AddWriter: a file with a writer may be added to the project, in the
	// folder Home (the deepest that holds all sources to be fixed). Two jobs
	// that add the same file must give it the same text.
	AddWriter bool
	Home      string

	// Read returns any file of the project by its path relative to the root;
	// the error matches fs.ErrNotExist if there is none.
	Read func(path string) ([]byte, error)
}

// Answer is what a rewriter proposes for one site.
type Answer struct {
	Site   *audit.Site
	Grade  Grade
	Reason string   // plain words: why not, why ask, or what changes besides (a mount, a mode); "" if there is nothing to say
	Edits  []Edit   // none if Grade is Never
	Calls  string   // ID of the project's writer that is called now, "" for none
	Needs  []string // what Finish must see to, in the rewriter's own words
}

// Rest is what answers need besides their own edits.
type Rest struct {
	Edits []Edit
	Added []File
	Notes []string // what the user must do, in plain words; the same note from several files is given once
}

// File is a file that is added.
type File struct {
	Path string // slashes, relative to the root
	Text []byte
}
