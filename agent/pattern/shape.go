package pattern

import "github.com/wholly-go/wholly/agent/internal/lossless"

// Shape is which of the three layouts of the file this is.
type Shape uint8

const (
	// V1: entries of actions and last_success (January 2026).
	V1 Shape = iota
	// V1Success: some entry says success; the version is still 1.
	V1Success
	// V2: workflows are there.
	V2
)

// String returns "v1", "v1 with success" or "v2".
func (s Shape) String() string {
	return [...]string{"v1", "v1 with success", "v2"}[s]
}

// Shape tells the layout by the keys that are there. The version is not asked:
// older code wrote 1 with workflows, and 2 without.
func (f *File) Shape() Shape {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root.Get(workflowsKey) != nil {
		return V2
	}
	for _, domain := range f.root.Get(patternsKey).Peek().Members() {
		for _, entry := range domain.Peek().Members() {
			if saysSuccess(entry) {
				return V1Success
			}
		}
	}
	return V1
}

func saysSuccess(entry *lossless.Node) bool { return entry.Peek().Get("success") != nil }
