package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

func (h historyJSON) print(out io.Writer) {
	kind := "history"
	if h.Kind == "log" {
		kind = "log of steps"
	}
	fmt.Fprintf(out, "%s: %s, %s", shown(h.Path), kind, plural(int64(h.Count), "step", "steps"))
	if h.AgentID != "" {
		fmt.Fprintf(out, ", agent %s", cell(h.AgentID))
	}
	fmt.Fprintln(out)
	if len(h.Steps) > 0 {
		fmt.Fprintln(out)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, s := range h.Steps {
		if i == 0 {
			fmt.Fprintln(w, "step\ttime\tactions\tpage\tgoal\toutcome")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.number(), s.time(), clip(strings.Join(s.Actions, " "), 30),
			clip(s.URL, 34), clip(s.Goal, 40), s.Outcome)
	}
	w.Flush()
	fmt.Fprintf(out, "\n%s, %s, %s, %s\n", plural(int64(h.Count), "step", "steps"), seconds(h.Seconds),
		plural(int64(h.Errors), "error", "errors"), h.end())
	if h.FinalResult != "" {
		fmt.Fprintln(out, "final result:")
		block(out, h.FinalResult)
	}
	if n := len(h.Lost); n > 0 {
		fmt.Fprintf(out, "%s of the log lost to damage\n", plural(int64(n), "stretch", "stretches"))
	}
}

// end says how the run ended.
func (h historyJSON) end() string {
	switch {
	case !h.Done:
		return "not done"
	case h.Success == nil:
		return "done"
	case *h.Success:
		return "done, successful"
	}
	return "done, not successful"
}

func (s historyStepJSON) number() string {
	if s.Number == nil {
		return "-"
	}
	return fmt.Sprint(*s.Number)
}

func (s historyStepJSON) time() string {
	if s.Seconds == 0 {
		return "-"
	}
	return seconds(s.Seconds)
}

func seconds(s float64) string { return fmt.Sprintf("%.1f s", s) }

// clip makes a text of somebody else, of many lines perhaps, fit for a cell of
// at most so many characters.
func clip(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return cell(s)
}

// block prints a text of somebody else line by line, indented.
func block(out io.Writer, text string) {
	for _, line := range strings.Split(strings.TrimRight(text, "\r\n"), "\n") {
		line = strings.ReplaceAll(strings.TrimRight(line, "\r"), "\t", "    ")
		fmt.Fprintf(out, "  %s\n", shown(line))
	}
}
