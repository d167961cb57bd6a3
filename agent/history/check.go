package history

import "fmt"

// Finding is something about a history that a reader may stumble over.
type Finding struct {
	Path string `json:"path"` // empty for the whole document
	Kind string `json:"kind"` // repaired, number-missing, number-repeated, number-order, elements, upstream
	Msg  string `json:"message"`
}

// String is "history[0]: what".
func (f Finding) String() string {
	if f.Path == "" {
		return f.Msg
	}
	return f.Path + ": " + f.Msg
}

// Check reports, in this order: what was repaired or tolerated on reading;
// steps without a number, with the number of another, or with a smaller one
// than the step before; steps whose elements and actions differ in number; what
// an [Export] would change. That a picture is gone cannot be told here:
// Screenshots lists what to look for.
func Check(h *History) []Finding {
	var all []Finding
	for _, w := range h.Warnings() {
		all = append(all, Finding{w.Path, "repaired", w.Msg})
	}
	all = append(all, checkNumbers(h)...)
	all = append(all, checkElements(h)...)
	_, notes := Export{FullTabIDs: true}.History(h)
	for _, n := range notes {
		all = append(all, Finding{n.Path, "upstream", "for browser-use: " + n.Msg})
	}
	return all
}

func checkNumbers(h *History) []Finding {
	var all []Finding
	first := map[int]int{}
	i, before := 0, -1
	for step := range h.Steps() {
		add := func(kind, format string, args ...any) {
			all = append(all, Finding{fmt.Sprintf("history[%d]", i), kind, fmt.Sprintf(format, args...)})
		}
		n, ok := step.Number()
		earlier, repeated := first[n]
		switch {
		case !ok:
			add("number-missing", "the step has no number")
		case repeated:
			add("number-repeated", "step number %d is also that of history[%d]", n, earlier)
		case n < before:
			add("number-order", "step number %d comes after %d", n, before)
		case before >= 0 && n > before+1:
			add("number-missing", "step number %d comes after %d", n, before)
		}
		if ok {
			before = n
			if !repeated {
				first[n] = i
			}
		}
		i++
	}
	return all
}

func checkElements(h *History) []Finding {
	var all []Finding
	i := 0
	for step := range h.Steps() {
		actions, elements := actionsOf(step.node), step.state().Get("interacted_element").Len()
		if step.Answered() && actions != elements {
			all = append(all, Finding{fmt.Sprintf("history[%d].state.interacted_element", i), "elements",
				fmt.Sprintf("%d elements for %d actions", elements, actions)})
		}
		i++
	}
	return all
}
