package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/wholly-go/wholly/agent/history"
)

// printStep shows one step whole.
func printStep(out io.Writer, row historyStepJSON, s history.Step) {
	fmt.Fprintf(out, "step %s, %s", row.number(), row.Outcome)
	if row.Start != "" {
		fmt.Fprintf(out, ", began %s, took %s", row.Start, seconds(row.Seconds))
	}
	fmt.Fprintf(out, "\npage: %s\n", line(s.URL()))
	if s.Title() != "" {
		fmt.Fprintf(out, "title: %s\n", line(s.Title()))
	}
	if path := s.ScreenshotPath(); path != "" {
		fmt.Fprintf(out, "picture: %s\n", line(path))
	}
	for i, t := range s.Tabs() {
		fmt.Fprintf(out, "tab %d: %s  %s  %s\n", i+1, line(t.ID), line(t.URL), line(t.Title))
	}
	for _, part := range []struct{ name, text string }{
		{"evaluation of the step before", s.Evaluation()},
		{"thinking", s.Thinking()},
		{"memory", s.Memory()},
		{"goal", s.Goal()},
	} {
		section(out, part.name, part.text)
	}
	printActions(out, s)
	for i, r := range s.Results() {
		printResult(out, i+1, r)
	}
	section(out, "what the model was told", s.StateMessage())
}

func section(out io.Writer, name, text string) {
	if text != "" {
		fmt.Fprintf(out, "%s:\n", name)
		block(out, text)
	}
}

func printActions(out io.Writer, s history.Step) {
	elements := s.Elements()
	for i, action := range s.Actions() {
		fmt.Fprintf(out, "action %d: %s %s\n", i+1, line(action.Name), shown(string(action.Params)))
		if i < len(elements) && elements[i] != nil {
			e := elements[i]
			fmt.Fprintf(out, "  on %s %q at %s\n", line(strings.ToLower(e.NodeName)), e.AXName, line(e.XPath))
		}
	}
}

func printResult(out io.Writer, n int, r history.Result) {
	fmt.Fprintf(out, "result %d:", n)
	switch {
	case r.IsDone && r.Success == nil:
		fmt.Fprint(out, " done")
	case r.IsDone && *r.Success:
		fmt.Fprint(out, " done, success")
	case r.IsDone:
		fmt.Fprint(out, " done, failed")
	}
	fmt.Fprintln(out)
	for _, part := range []struct{ name, text string }{
		{"error", r.Error}, {"content", r.ExtractedContent}, {"memory", r.LongTermMemory}, {"metadata", string(r.Metadata)},
		{"attachments", strings.Join(r.Attachments, "\n")}, {"images", strings.Join(r.Images, "\n")},
	} {
		if part.text != "" {
			fmt.Fprintf(out, "  %s:\n", part.name)
			block(indented{out}, part.text)
		}
	}
	if j := r.Judgement; j != nil {
		fmt.Fprintln(out, "  judgement:")
		block(indented{out}, verdict(j)+"\n"+j.Reasoning+"\n"+j.FailureReason)
	}
}

func verdict(j *history.Judgement) string {
	word := "no verdict"
	if j.Verdict != nil {
		word = fmt.Sprintf("verdict %v", *j.Verdict)
	}
	if j.ImpossibleTask {
		word += ", the task is impossible"
	}
	if j.SawCaptcha {
		word += ", a captcha was met"
	}
	return word
}

// line is a text of somebody else on one line, whole.
func line(s string) string {
	if s == "" {
		return "-"
	}
	return shown(s)
}

// indented moves each write, which is a line, further right.
type indented struct{ io.Writer }

func (w indented) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.Writer, "  "); err != nil {
		return 0, err
	}
	return w.Writer.Write(p)
}
