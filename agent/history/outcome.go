package history

import (
	"time"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// last is the last result of the last step, nil if there is none.
func (h *History) last() *lossless.Node {
	steps := h.root.Get("history").Items()
	if len(steps) == 0 {
		return nil
	}
	results := steps[len(steps)-1].Get("result").Items()
	if len(results) == 0 {
		return nil
	}
	return results[len(results)-1]
}

// Done reports whether the last result of the last step says that the task is
// done, whatever came of it.
func (h *History) Done() bool {
	done, _ := laxBool(h.last().Get("is_done"))
	return done
}

// Success is what the agent says of a task that is done; nil if it is not done,
// or nothing was said.
func (h *History) Success() *bool {
	if !h.Done() {
		return nil
	}
	return maybe(h.last(), "success")
}

// FinalResult is the text of the last result, done or not.
func (h *History) FinalResult() string { return str(h.last(), "extracted_content") }

// Failure is an error that a step met.
type Failure struct {
	Index int // of the step in the file, from 0
	Error string
}

// Errors are those of all results, in order.
func (h *History) Errors() []Failure {
	var all []Failure
	for i, step := range h.root.Get("history").Items() {
		for _, r := range step.Get("result").Items() {
			if e := str(r, "error"); e != "" {
				all = append(all, Failure{i, e})
			}
		}
	}
	return all
}

// URLs are the addresses that the agent was at, each once, in the order of the
// first visit.
func (h *History) URLs() []string {
	var all []string
	seen := map[string]bool{"": true}
	for step := range h.Steps() {
		if url := step.URL(); !seen[url] {
			seen[url] = true
			all = append(all, url)
		}
	}
	return all
}

// Duration is the sum of the steps' durations: the time between steps does not
// count.
func (h *History) Duration() time.Duration {
	var sum time.Duration
	for step := range h.Steps() {
		sum += step.Duration()
	}
	return sum
}

// Screenshots are the paths of all pictures, each once, in order: of the files
// that may no longer be there.
func (h *History) Screenshots() []string {
	var all []string
	seen := map[string]bool{}
	for step := range h.Steps() {
		if p := step.ScreenshotPath(); p != "" && !seen[p] {
			seen[p] = true
			all = append(all, p)
		}
	}
	return all
}
