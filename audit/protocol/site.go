// Package protocol tells from the effects on one target how it is written: the
// verdict, and the facts beside it.
package protocol

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/splice"
)

// Verdict says how a site writes.
type Verdict string

// The verdicts, worst to best within each group.
const (
	InPlace           Verdict = "in-place"             // truncates the target, then writes
	InPlaceWithBackup Verdict = "in-place-with-backup" // a copy is put aside, then in place
	UpdateInPlace     Verdict = "update-in-place"      // opened for writing without truncation
	Append            Verdict = "append"
	CreateExclusive   Verdict = "create-exclusive"
	CopyOver          Verdict = "copy-over"     // staged, then copied onto the target
	Window            Verdict = "window"        // the target is moved or removed before its successor arrives
	Atomic            Verdict = "atomic"        // temp and rename, no sync
	AtomicSynced      Verdict = "atomic-synced" // sync, rename
	Durable           Verdict = "durable"       // sync, rename, directory sync
	Publish           Verdict = "publish"       // renames something made elsewhere
	Moved             Verdict = "move"          // moves an existing file
	Transactional     Verdict = "transactional"
	Delegated         Verdict = "delegated" // does what the called writer does
	Scratch           Verdict = "scratch"   // in a temp directory and gone afterwards
	Device            Verdict = "device"    // not a regular file
	UnknownVerdict    Verdict = "unknown"   // mode or target could not be resolved
)

// Good reports whether a reader always finds the old or the new content, as
// long as no power is cut.
func (v Verdict) Good() bool { return v == Atomic || v == AtomicSynced || v == Durable }

// Staging says where the new content lies until it is published.
type Staging string

// Where content is staged.
const (
	NotStaged       Staging = "no"
	SameDir         Staging = "same-directory"
	Elsewhere       Staging = "elsewhere"
	SystemTemp      Staging = "system-temp"
	StagedSomewhere Staging = "unknown"
)

// TempName says how the temp file's name is chosen.
type TempName string

// How a temp is named.
const (
	NoTemp      TempName = ""
	UniqueTemp  TempName = "unique"
	PidTemp     TempName = "pid"
	ClockTemp   TempName = "clock"
	FixedTemp   TempName = "fixed"
	UnknownTemp TempName = "unknown"
)

// SyncPlace says where the file is synced.
type SyncPlace string

// Where a sync stands.
const (
	NoSync      SyncPlace = "no"
	SyncBefore  SyncPlace = "before"       // after the last write, before the rename (or last of all)
	SyncAfter   SyncPlace = "after-rename" // too late
	SyncEarly   SyncPlace = "too-early"    // before the last write or flush
	SyncOther   SyncPlace = "other-file"   // on another handle than the one written
	SyncBranch  SyncPlace = "in-branch"    // not on the usual path
	SyncDropped SyncPlace = "error-dropped"
)

// Facts stand beside the verdict.
type Facts struct {
	Staging   Staging     `json:"staging"`
	Temp      TempName    `json:"temp,omitempty"`
	Exclusive bool        `json:"exclusive,omitempty"`
	Sync      SyncPlace   `json:"sync"`
	SyncAt    effect.Span `json:"-"`
	Retried   bool        `json:"syncRetried,omitempty"`
	DirSync   bool        `json:"dirSync"`
	Commit    effect.Op   `json:"-"`
	MayCopy   bool        `json:"mayCopy,omitempty"` // the commit copies onto another device

	Window     bool        `json:"window"`
	Removed    bool        `json:"removed,omitempty"` // by removal, not by a rename
	Tree       bool        `json:"tree,omitempty"`    // a whole directory
	WindowFrom effect.Span `json:"-"`
	WindowTo   effect.Span `json:"-"`

	Backup     *effect.Value `json:"-"`
	BackupBy   effect.Op     `json:"-"`
	BackupAt   effect.Span   `json:"-"`
	BackupRead bool          `json:"backupRead,omitempty"`

	Parents bool `json:"parents"`
	Cleanup bool `json:"cleanup"` // the temp is removed when a later step fails
	Restore bool `json:"restore,omitempty"`

	Perm       int         `json:"mode"` // -1: not named
	ChmodAfter effect.Span `json:"-"`    // the mode is narrowed when the content is there
	Encoding   string      `json:"encoding,omitempty"`
	Lock       bool        `json:"lock,omitempty"`

	Async       bool        `json:"async,omitempty"`
	Cancellable bool        `json:"cancellable,omitempty"`
	Unawaited   bool        `json:"unawaited,omitempty"`
	Errors      effect.Fate `json:"-"` // of the whole
	ErrorsAt    effect.Span `json:"-"`
	WriteError  effect.Span `json:"-"` // a write, flush, sync or close whose error is dropped

	OnlyAbsent bool          `json:"onlyAbsent,omitempty"` // written only when the target is absent
	AbsentAt   effect.Span   `json:"-"`                    // the test
	ReadBefore bool          `json:"readBefore,omitempty"` // the target's content is read first, in this function
	Writes     int           `json:"-"`
	Loop       bool          `json:"-"`
	Streamed   bool          `json:"-"` // open and write are separate calls
	Asked      bool          `json:"-"` // the function tests whether the target exists
	Tries      []effect.Span `json:"-"` // the try blocks around it
	AskedIn    effect.Span   `json:"-"` // a test, before it, whether a file in the target folder exists
	Unsure     bool          `json:"-"`
}

// Site is one place that writes a file.
type Site struct {
	Func    *effect.Func // the function that was expanded
	At      effect.Span  // the first step that writes
	API     string       // the call there, as written
	Through []splice.Hop // how the function reaches it; none: it is in its body
	Target  *effect.Value
	Staged  *effect.Value // nil: not staged
	Content []*effect.Value
	Verdict Verdict
	Writer  Verdict // of a delegated site: the verdict of the writer it calls
	Facts   Facts
	Steps   []splice.Step // those that concern target, temp and backup, in order
}

// Raw is the place of the raw call, the same for every function that reaches it.
func (s *Site) Raw() string { return s.At.Site() }
