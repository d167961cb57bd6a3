package fix

import (
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/protocol"
)

// Propose returns what is to be done about the findings of r that are open and
// not below o.Least. What it proposes has been proved by another scan of the
// contents as they would be; nothing is written. An error means that there is
// no plan: the scan failed, or the context ended.
func Propose(ctx context.Context, r *audit.Result, o Options) (*Plan, error) {
	if o.Read == nil {
		o.Read = os.ReadFile
	}
	w := &work{o: o, before: r}
	w.collect()
	if err := w.prove(ctx, edit.Ask); err != nil {
		return nil, err
	}
	if !o.Ask && w.any(edit.Ask) {
		if err := w.prove(ctx, edit.Safe); err != nil {
			return nil, err
		}
	}
	return w.plan(), nil
}

// work is one Propose.
type work struct {
	o      Options
	before *audit.Result
	after  *audit.Result // of the contents as they would be
	jobs   []*job        // by path
	least  edit.Grade    // what is applied
	added  []Change
	asked  []string // files that a rewriter has looked at: they may be called
	notes  []string
}

// job is one source that is to be changed.
type job struct {
	*edit.Job
	disk     string
	rewriter edit.Rewriter
	answers  []*answer
	all      []edit.Edit // of the answers applied, and what they need
	text     []byte      // after all
}

// answer is a rewriter's answer, and the findings that it is about.
type answer struct {
	edit.Answer
	findings []*audit.Finding
	left     []string
	alone    edit.Rest // what it needs when no other is applied
}

// collect asks the rewriters.
func (w *work) collect() {
	for _, f := range w.before.Findings {
		if f.Site == nil || !f.Open() || f.Severity < w.o.Least {
			continue
		}
		w.file(f.Site.Raw.File).add(f)
	}
	slices.SortFunc(w.jobs, func(a, b *job) int { return strings.Compare(a.Path, b.Path) })
	for _, j := range w.jobs {
		w.ask(j)
	}
}

// file returns the job of a source, a new one if need be.
func (w *work) file(name string) *job {
	i := slices.IndexFunc(w.jobs, func(j *job) bool { return j.Path == name })
	if i >= 0 {
		return w.jobs[i]
	}
	at := w.before.Sources[name]
	j := &job{disk: at.Disk, rewriter: rewriter(at.Language), Job: &edit.Job{Path: name, Module: at.Module, AddWriter: w.o.AddWriter, Read: w.read}}
	for _, wr := range w.before.Writers {
		if wr.Language == at.Language && wr.Verdict == protocol.Durable {
			j.Writers = append(j.Writers, wr)
		}
	}
	w.jobs = append(w.jobs, j)
	return j
}

// add notes a finding with the call that it is about. Several callers of one
// helper are fixed in the helper, once.
func (j *job) add(f *audit.Finding) {
	for _, a := range j.answers {
		if a.Site.Raw == f.Site.Raw {
			a.findings = append(a.findings, f)
			return
		}
	}
	j.answers = append(j.answers, &answer{Answer: edit.Answer{Site: f.Site}, findings: []*audit.Finding{f}})
	j.Sites = append(j.Sites, f.Site)
}

// ask fills the answers of one source.
func (w *work) ask(j *job) {
	switch {
	case j.rewriter == nil:
		j.refuse("there is no rewriter for this language in this build")
		return
	case j.disk == "":
		j.refuse("two of the folders that were audited hold a file of this name: fix one at a time")
		return
	}
	text, err := w.o.Read(j.disk)
	if err != nil {
		j.refuse("the file cannot be read again: " + err.Error())
		return
	}
	j.Text, j.Home = text, w.home(j)
	if err := j.rewriter.Parse(j.Path, text); err != nil {
		j.refuse("the file does not parse, so nothing in it is changed: " + err.Error())
		return
	}
	given, err := j.rewriter.Answer(j.Job)
	if err != nil {
		j.refuse("the file could not be read: " + err.Error())
		return
	}
	for _, a := range j.answers {
		i := slices.IndexFunc(given, func(g edit.Answer) bool { return g.Site == a.Site })
		if i < 0 {
			a.Reason = "no way to rewrite this is known"
			continue
		}
		a.Answer = given[i]
		j.admit(a)
	}
}

// admit refuses an answer that cannot be applied, alone or beside the others.
func (j *job) admit(a *answer) {
	if a.Grade == edit.Never || len(a.Edits) == 0 {
		a.never(a.Reason)
		return
	}
	if _, err := edit.Apply(j.Text, a.Edits); err != nil {
		a.never(err.Error())
		return
	}
	var err error
	if a.alone, err = j.rewriter.Finish(j.Job, []edit.Answer{a.Answer}); err != nil {
		a.never("the changed file would not be right: " + err.Error())
		return
	}
	for _, b := range j.answers {
		if b != a && len(b.Edits) > 0 && edit.Overlap(a.Edits, b.Edits) {
			a.never(fmt.Sprintf("its change overlaps the one for line %d: fix that first, then run this again", b.Site.Raw.Line))
			return
		}
	}
}

func (a *answer) never(reason string) {
	a.Grade, a.Reason, a.Edits, a.alone = edit.Never, reason, nil, edit.Rest{}
}

// edits are those of the answer when no other is applied.
func (a *answer) edits() []edit.Edit {
	if len(a.Edits) == 0 {
		return nil
	}
	return edit.Sorted(append(slices.Clone(a.Edits), a.alone.Edits...))
}

func (j *job) refuse(reason string) {
	for _, a := range j.answers {
		a.never(reason)
	}
}

// home is the deepest folder that holds all sources of j's language that are
// to be fixed.
func (w *work) home(j *job) string {
	lang, home := w.before.Sources[j.Path].Language, path.Dir(j.Path)
	for _, k := range w.jobs {
		if w.before.Sources[k.Path].Language != lang {
			continue
		}
		for dir := path.Dir(k.Path); home != "." && dir != home && !strings.HasPrefix(dir, home+"/"); {
			home = path.Dir(home)
		}
	}
	return home
}

// any reports whether an answer has exactly this grade.
func (w *work) any(g edit.Grade) bool {
	return slices.ContainsFunc(w.jobs, func(j *job) bool {
		return slices.ContainsFunc(j.answers, func(a *answer) bool { return a.Grade == g })
	})
}

// plan puts the outcome together, in the order of the findings.
func (w *work) plan() *Plan {
	p := &Plan{Notes: w.notes, Files: w.changes()}
	for _, f := range w.before.Findings {
		for _, j := range w.jobs {
			if a := j.answerTo(f); a != nil {
				p.Fixes = append(p.Fixes, Fix{
					Finding: f, Grade: a.Grade, Reason: a.Reason, File: j.Path, Edits: a.edits(), Added: a.alone.Added,
					Applied: a.Grade > edit.Never && a.Grade >= w.least, Left: a.left,
				})
			}
		}
	}
	return p
}

// answerTo returns the answer of which f is the worst finding of its site, or
// nil.
func (j *job) answerTo(f *audit.Finding) *answer {
	for _, a := range j.answers {
		i := slices.IndexFunc(a.findings, func(g *audit.Finding) bool { return g.Site == f.Site })
		if i >= 0 && a.findings[i] == f {
			return a
		}
	}
	return nil
}
