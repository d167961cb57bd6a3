package pattern

import "bytes"

// Outcome is what a merge did with an entry or workflow.
type Outcome uint8

const (
	// Added: it was not there.
	Added Outcome = iota
	// Updated: it took the place of an older one.
	Updated
	// Unchanged: what was there says the same.
	Unchanged
	// Skipped: it was not taken; Item.Why says why.
	Skipped
	// Pruned: an old one was removed to keep within the limits.
	Pruned
)

// String returns the name in lower case.
func (o Outcome) String() string {
	return [...]string{"added", "updated", "unchanged", "skipped", "pruned"}[o]
}

// Item is one entry or workflow that a merge had to do with.
type Item struct {
	Workflow bool
	Domain   string // the key that it stands under
	Name     string // pattern type, or id of the workflow
	Outcome  Outcome
	Why      string // of Skipped and Pruned
}

// Result tells what a merge did.
type Result struct {
	Patterns  int    // entries merged: added, updated or unchanged, as the original counts
	Workflows int    // workflows merged, likewise
	Items     []Item // in the order of what was merged; pruned ones follow
	// Ignored is why a session document was not merged: a *SyntaxError or a
	// *SchemaError.
	Ignored error
	// Warnings are what was tolerated in a session document.
	Warnings []Warning
}

// Changed reports whether anything was written into the document.
func (r Result) Changed() bool {
	for _, item := range r.Items {
		if item.Outcome != Unchanged && item.Outcome != Skipped {
			return true
		}
	}
	return false
}

// Merge takes the patterns and workflows of a session into f. Each becomes the
// one of its type, or id, under its normalised domain, with today, a local date
// as YYYY-MM-DD, for its last success; other keys for the same domain are left
// alone. A failure never takes the place of a success, nor hides it. Keys of
// the session that the format does not know are not taken: a model wrote them.
// Merging the same again changes nothing. session is not changed.
func (f *File) Merge(session *File, today string, limits Limits) Result {
	session = session.Clone() // f may be merged with itself
	m := merger{file: f, today: today, limits: limits}
	m.result.Warnings = session.warnings
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, domain := range session.Domains() {
		for kind, e := range session.Patterns(domain) {
			m.entry(domain, kind, e)
		}
	}
	for _, w := range session.sessionWorkflows() {
		m.workflow(w)
	}
	m.prune()
	return m.result
}

// MergeSession is Merge with the text of a session document. Nothing but white
// space counts nothing; a document that is not valid is reported in the result
// and changes nothing.
func (f *File) MergeSession(data []byte, today string, limits Limits) Result {
	if len(bytes.TrimSpace(data)) == 0 {
		return Result{}
	}
	session, err := Decode(data)
	if err != nil {
		return Result{Ignored: err}
	}
	return f.Merge(session, today, limits)
}

// MergeWorkflows takes workflows into f as Merge does. One without a domain
// goes under Global. The list is not changed; an empty one changes nothing.
func (f *File) MergeWorkflows(list []Workflow, today string, limits Limits) Result {
	m := merger{file: f, today: today, limits: limits}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range list {
		m.workflow(w)
	}
	m.prune()
	return m.result
}

// sessionWorkflows returns the workflows of all domains. One that does not name
// its domain gets that of the key that it stands under.
func (f *File) sessionWorkflows() []Workflow {
	var all []Workflow
	for domain, byID := range f.root.Get(workflowsKey).Peek().Members() {
		for _, n := range byID.Peek().Members() {
			w := readWorkflow(n)
			if n.Peek().Get("domain") == nil {
				w.Domain = domain
			}
			all = append(all, w)
		}
	}
	return all
}

type merger struct {
	file   *File
	today  string
	limits Limits
	result Result
}

const (
	whyFailure = "a failure does not replace a success"
	whyLong    = "its text is longer than the limit"
)

func (m *merger) entry(site, kind string, e Entry) {
	item := Item{Domain: keyOf(site), Name: kind}
	known, offered := m.success(patternsKey, site, kind)
	switch {
	case m.limits.tooLong(e.Actions...):
		item.Outcome, item.Why = Skipped, whyLong
	case e.Failed && offered:
		item.Outcome, item.Why = Skipped, whyFailure
	default:
		e.LastSuccess = m.today
		item.Outcome = outcome(known, m.file.putEntry(item.Domain, kind, e))
		m.result.Patterns++
	}
	m.result.Items = append(m.result.Items, item)
}

func (m *merger) workflow(w Workflow) {
	site := w.Domain
	if site == "" {
		site = Global
	}
	item := Item{Workflow: true, Domain: keyOf(site), Name: w.ID}
	known, offered := m.success(workflowsKey, site, w.ID)
	switch {
	case m.limits.tooLong(w.texts()...):
		item.Outcome, item.Why = Skipped, whyLong
	case w.Failed && offered:
		item.Outcome, item.Why = Skipped, whyFailure
	default:
		w.LastSuccess = m.today
		item.Outcome = outcome(known, m.file.putWorkflow(item.Domain, w))
		m.result.Workflows++
	}
	m.result.Items = append(m.result.Items, item)
}

// success tells what a site has: known under the key that something would be
// put under, offered under this or its other key and no failure.
func (m *merger) success(section, site, name string) (known, offered bool) {
	n := m.file.lookup(section, site, name)
	return m.file.find(section, keyOf(site), name) != nil, n != nil && !failed(n.Peek())
}

func outcome(known, changed bool) Outcome {
	switch {
	case !known:
		return Added
	case changed:
		return Updated
	}
	return Unchanged
}

func (w Workflow) texts() []string {
	all := []string{w.ID, w.Description, w.Domain}
	for _, s := range w.Steps {
		all = append(all, s.EnvironmentState, s.Reasoning, s.Action)
	}
	return all
}
