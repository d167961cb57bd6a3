package report

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/outcome"
	"github.com/wholly-go/wholly/audit/protocol"
)

// document is the answer of --json. Fields are only ever added. Lists are
// never null; sites and findings are sorted by file, line and rule.
type document struct {
	Version   string          `json:"version"` // of the program
	Root      string          `json:"root"`
	Languages languages       `json:"languages"`
	Bytes     int64           `json:"bytes"`
	Sites     []siteJSON      `json:"sites"`
	Findings  []findingJSON   `json:"findings"`
	Gone      []goneJSON      `json:"gone"` // in the baseline, no longer found
	Problems  []audit.Problem `json:"problems"`
	Skipped   []audit.Problem `json:"skipped"`
}

type languages struct {
	Read    []languageJSON `json:"read"`
	NotRead []languageJSON `json:"notRead"` // this build has no grammar for them
}

type languageJSON struct {
	Name  effect.Language `json:"name"`
	Files int             `json:"files"`
}

type siteJSON struct {
	File       string           `json:"file"`
	Line       int              `json:"line"`
	Function   string           `json:"function"`
	Language   effect.Language  `json:"language"`
	Call       string           `json:"call"`
	Target     string           `json:"target"`
	Verdict    protocol.Verdict `json:"verdict"`
	Writer     protocol.Verdict `json:"writer,omitempty"` // of a delegated site
	Facts      factsJSON        `json:"facts"`
	Steps      []audit.Step     `json:"steps"`
	States     statesJSON       `json:"states"`
	Importance string           `json:"importance"`
	Evidence   []audit.Evidence `json:"evidence"`
}

type factsJSON struct {
	Staging    protocol.Staging   `json:"staging"`
	Temp       protocol.TempName  `json:"temp"`
	Sync       protocol.SyncPlace `json:"sync"`
	DirSync    bool               `json:"dirSync"`
	Window     bool               `json:"window"`
	Backup     string             `json:"backup"`
	BackupRead bool               `json:"backupRead"`
	Parents    bool               `json:"parents"`
	Cleanup    bool               `json:"cleanup"`
	Errors     string             `json:"errors"`
	Encoding   string             `json:"encoding"`
	Async      bool               `json:"async"`
	Mode       int                `json:"mode"` // -1: not named; -2: named, but no constant
	Lock       bool               `json:"lock"`
	Exclusive  bool               `json:"exclusive"`
	OnlyAbsent bool               `json:"onlyAbsent"`
	ReadBefore bool               `json:"readBefore"`
}

type statesJSON struct {
	Kill  []stateJSON `json:"kill"`
	Power []stateJSON `json:"power"` // before the write returns
	After []stateJSON `json:"after"` // a power cut once it has returned
}

// stateJSON has the lines after which the state can be seen; 0: from the start.
type stateJSON struct {
	State outcome.Word `json:"state"`
	From  int          `json:"from"`
	To    int          `json:"to"`
}

type findingJSON struct {
	Rule        string    `json:"rule"`
	Severity    string    `json:"severity"`
	File        string    `json:"file"`
	Line        int       `json:"line"`
	At          placeJSON `json:"at"`   // the line that decides
	Site        int       `json:"site"` // index into sites; -1: none
	Leads       bool      `json:"leads"`
	Also        []string  `json:"also"`
	Message     string    `json:"message"`
	Advice      string    `json:"advice"`
	Fix         *fixJSON  `json:"fix"`
	Fingerprint string    `json:"fingerprint"`
	Suppressed  string    `json:"suppressed"` // the reason given
	Known       bool      `json:"known"`
}

type placeJSON struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

type fixJSON struct {
	Grade  string `json:"grade"`
	Reason string `json:"reason"`
	Edits  []Edit `json:"edits"`
}

type goneJSON struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	File        string `json:"file"`
}

// JSON writes r as one object on one line. The only errors are w's.
func JSON(w io.Writer, r *audit.Result, o Options) error {
	d := document{
		Version: o.version(), Root: o.root(), Bytes: r.Bytes,
		Languages: languages{counted(r.Files), counted(r.Unread)},
		Sites:     each(r.Sites, siteOf), Gone: []goneJSON{},
		Problems: list(r.Problems), Skipped: list(r.Skipped),
	}
	fixes := o.fixes()
	found := slices.SortedStableFunc(slices.Values(r.Findings), func(a, b *audit.Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line, cmp.Compare(a.Rule, b.Rule))
	})
	d.Findings = each(found, func(f *audit.Finding) findingJSON { return findingOf(f, fixes[f]) })
	for _, e := range o.Gone {
		d.Gone = append(d.Gone, goneJSON{e.Fingerprint, e.Rule, e.File})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(d)
}

func siteOf(s *audit.Site) siteJSON {
	f := &s.Facts
	return siteJSON{
		File: s.File, Line: s.Line, Function: s.Function, Language: s.Language, Call: s.Call, Target: s.Target,
		Verdict: s.Verdict, Writer: s.Writer, Importance: s.Importance,
		Steps: list(s.Steps), Evidence: list(s.Evidence),
		States: statesJSON{each(s.States.Kill, stateOf), each(s.States.Power, stateOf), each(s.States.After, stateOf)},
		Facts: factsJSON{
			Staging: f.Staging, Temp: f.Temp, Sync: f.Sync, DirSync: f.DirSync, Window: f.Window, Backup: s.Backup,
			BackupRead: f.BackupRead, Parents: f.Parents, Cleanup: f.Cleanup, Errors: s.Errors, Encoding: f.Encoding,
			Async: f.Async, Mode: f.Perm, Lock: f.Lock, Exclusive: f.Exclusive, OnlyAbsent: f.OnlyAbsent, ReadBefore: f.ReadBefore,
		},
	}
}

func stateOf(s outcome.State) stateJSON { return stateJSON{s.Word, s.From, s.To} }

func findingOf(f *audit.Finding, fix *Fix) findingJSON {
	out := findingJSON{
		Rule: f.Rule, Severity: f.Level, File: f.File, Line: f.Line, At: placeJSON{f.File, f.At}, Site: f.SiteIndex,
		Leads: f.Leads, Also: list(f.Also), Message: f.Message, Advice: f.Advice, Fingerprint: f.Fingerprint,
		Suppressed: f.Suppressed, Known: f.Known,
	}
	if f.AtFile != "" {
		out.At.File = f.AtFile
	}
	if fix != nil {
		out.Fix = &fixJSON{fix.Grade, fix.Reason, list(fix.Edits)}
	}
	return out
}

func counted(files map[effect.Language]int) []languageJSON {
	out := []languageJSON{}
	for _, l := range slices.Sorted(maps.Keys(files)) {
		out = append(out, languageJSON{l, files[l]})
	}
	return out
}

// list is all, never null.
func list[T any](all []T) []T { return append([]T{}, all...) }

func each[T, U any](all []T, f func(T) U) []U {
	out := make([]U, len(all))
	for i, x := range all {
		out[i] = f(x)
	}
	return out
}
