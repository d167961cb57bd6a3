package history

import (
	"math"
	"time"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Step is one step of an agent: what it thought and did, and what it saw. It is
// a view of the document it belongs to; what is missing there is the zero value
// here. It comes from a History or from ParseStep.
type Step struct{ node *lossless.Node }

// Number is the step's own number; ok is false for a step without metadata, as
// is the one that says that the agent ran out of steps. 0 stands for the actions
// that were given from outside.
func (s Step) Number() (n int, ok bool) {
	return laxInt(s.node.Get("metadata").Get("step_number"))
}

// Start is when the step began; the zero Time if it is not known.
func (s Step) Start() time.Time { return s.moment("step_start_time") }

// End is when the step ended; the zero Time if it is not known.
func (s Step) End() time.Time { return s.moment("step_end_time") }

func (s Step) moment(key string) time.Time {
	f, ok := laxFloat(s.node.Get("metadata").Get(key))
	if !ok || math.IsNaN(f) || math.Abs(f) > 1<<53 {
		return time.Time{}
	}
	whole, part := math.Modf(f)
	return time.Unix(int64(whole), int64(math.Round(part*1e6))*1000)
}

// Duration is the time between Start and End; 0 if one is not known.
func (s Step) Duration() time.Duration {
	start, end := s.Start(), s.End()
	if start.IsZero() || end.IsZero() {
		return 0
	}
	return end.Sub(start)
}

// Answered reports whether the model gave an output in this step.
func (s Step) Answered() bool { return s.output().Kind() == lossless.Object }

func (s Step) output() *lossless.Node { return s.node.Get("model_output") }

// Goal is what the step was to reach.
func (s Step) Goal() string { return str(s.output(), "next_goal") }

// Evaluation is what the model thought of the step before.
func (s Step) Evaluation() string { return str(s.output(), "evaluation_previous_goal") }

// Memory is what the model noted for later steps.
func (s Step) Memory() string { return str(s.output(), "memory") }

// Thinking is the model's reasoning, where it was asked for.
func (s Step) Thinking() string { return str(s.output(), "thinking") }

// StateMessage is the text about the page that the model was given.
func (s Step) StateMessage() string { return str(s.node, "state_message") }

func (s Step) state() *lossless.Node { return s.node.Get("state") }

// URL is the address of the page that the step began with.
func (s Step) URL() string { return str(s.state(), "url") }

// Title is the title of that page.
func (s Step) Title() string { return str(s.state(), "title") }

// ScreenshotPath names the picture of that page on the machine of the agent,
// mostly in a directory that does not outlive a reboot; empty for none.
func (s Step) ScreenshotPath() string { return str(s.state(), "screenshot_path") }

// JSON returns the step as given, on one line.
func (s Step) JSON() []byte { return s.node.Bytes(lossless.OneLine) }

// MarshalJSON is JSON, compact.
func (s Step) MarshalJSON() ([]byte, error) { return s.JSON(), nil }

// str returns a string member, empty if there is none. A lone surrogate becomes
// three bytes that Go prints as U+FFFD.
func str(n *lossless.Node, key string) string {
	s, _ := n.Get(key).Str()
	return s
}

func strs(n *lossless.Node, key string) []string {
	var all []string
	for _, item := range n.Get(key).Items() {
		if s, ok := item.Str(); ok {
			all = append(all, s)
		}
	}
	return all
}
