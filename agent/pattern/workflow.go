package pattern

import (
	"iter"
	"slices"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Workflow is a task in steps. The zero values of LastSuccess and Failed are
// the file's defaults.
type Workflow struct {
	ID          string
	Description string
	Steps       []Step
	Domain      string // Global where the file has none; need not be the key that it stands under
	LastSuccess string // meant as YYYY-MM-DD, unchecked; empty for null
	Failed      bool   // the file's "success": false
}

// Step is one step of a workflow, in plain words.
type Step struct {
	EnvironmentState string // what is to be seen before it
	Reasoning        string
	Action           string
}

// WorkflowDomains returns the keys of the workflows, in the order of the file.
func (f *File) WorkflowDomains() []string { return f.keys(workflowsKey) }

// Workflows yields key and workflow of each that stands under the key domain,
// in the order of the file. It yields what was there when it was called.
func (f *File) Workflows(domain string) iter.Seq2[string, Workflow] {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []named[Workflow]
	for id, n := range f.root.Get(workflowsKey).Get(domain).Peek().Members() {
		all = append(all, named[Workflow]{id, readWorkflow(n)})
	}
	return pairs(all)
}

// LookupWorkflow returns the workflow id of a site, found as Lookup finds an
// entry.
func (f *File) LookupWorkflow(site, id string) (Workflow, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.lookup(workflowsKey, site, id)
	if n == nil {
		return Workflow{}, false
	}
	return readWorkflow(n), true
}

// PutWorkflow puts w under the key domain, which is taken as it is, and its ID.
// Unknown keys of a workflow that is there stay, and of its steps as far as
// they do not change. It reports whether that changed anything.
func (f *File) PutWorkflow(domain string, w Workflow) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.putWorkflow(domain, w)
}

func (f *File) putWorkflow(domain string, w Workflow) bool {
	if old := f.find(workflowsKey, domain, w.ID); old != nil && readWorkflow(old).equal(w) {
		return false
	}
	n := f.make(workflowsKey, domain, w.ID)
	set(n, "id", lossless.NewString(w.ID))
	set(n, "description", lossless.NewString(w.Description))
	setSteps(n, w.Steps)
	set(n, "domain", lossless.NewString(w.Domain))
	set(n, "last_success", textOf(w.LastSuccess))
	setBool(n, "success", !w.Failed)
	return true
}

// setSteps keeps the steps that say the same at the same place.
func setSteps(n *lossless.Node, steps []Step) {
	old := n.Get("steps").Items()
	items := make([]*lossless.Node, len(steps))
	for i, s := range steps {
		if i < len(old) && readStep(old[i]) == s {
			items[i] = old[i]
			continue
		}
		items[i] = lossless.NewObject()
		items[i].Set("environment_state", lossless.NewString(s.EnvironmentState))
		items[i].Set("reasoning", lossless.NewString(s.Reasoning))
		items[i].Set("action", lossless.NewString(s.Action))
	}
	n.Set("steps", lossless.NewArray(items...))
}

// RemoveWorkflow deletes the workflow id under the key domain, and the domain
// with its last one. It reports whether there was one.
func (f *File) RemoveWorkflow(domain, id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.remove(workflowsKey, domain, id)
}

func (w Workflow) equal(o Workflow) bool {
	return w.ID == o.ID && w.Description == o.Description && w.Domain == o.Domain &&
		w.LastSuccess == o.LastSuccess && w.Failed == o.Failed && slices.Equal(w.Steps, o.Steps)
}

func readWorkflow(n *lossless.Node) Workflow {
	n = n.Peek()
	var w Workflow
	w.ID, _ = n.Get("id").Str()
	w.Description, _ = n.Get("description").Str()
	for _, item := range n.Get("steps").Peek().Items() {
		w.Steps = append(w.Steps, readStep(item))
	}
	var said bool
	if w.Domain, said = n.Get("domain").Str(); !said {
		w.Domain = Global
	}
	w.LastSuccess, _ = n.Get("last_success").Str()
	w.Failed = failed(n)
	return w
}

func readStep(n *lossless.Node) Step {
	n = n.Peek()
	var s Step
	s.EnvironmentState, _ = n.Get("environment_state").Str()
	s.Reasoning, _ = n.Get("reasoning").Str()
	s.Action, _ = n.Get("action").Str()
	return s
}
