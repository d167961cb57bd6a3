package main

import (
	"encoding/json"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent/history"
)

func (a *app) historyShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "List the steps of a run",
		Long: `List the steps in FILE, a history file or a log: what was done where, to what
end, and what came of it. Texts are shown as they are: --secrets hides what must
not be seen.`,
		Example: `  wholly history show AgentHistory.json
  wholly history show --step 2 --secrets secrets.json run.log`,
		Args:              oneFile,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "listed", "1", "FILE is not valid, steps of a log are lost, or there is no such step", "3", "it failed")
	f := cmd.Flags()
	f.SortFlags = false
	step := f.Int("step", 0, "show step `N` whole: by its own number, else by its place")
	secrets := secretsFlag(cmd, secretsUsage)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r, err := a.redactor(cmd.Context(), *secrets)
		if err != nil {
			return err
		}
		s := shownHistory{app: a, redactor: r, want: *step, all: f.Changed("step")}
		return s.run(args[0])
	}
	return cmd
}

type historyJSON struct {
	Path        string            `json:"path"`
	Kind        string            `json:"kind"` // history or log
	AgentID     string            `json:"agent_id,omitempty"`
	Steps       []historyStepJSON `json:"steps"`
	Count       int               `json:"count"` // of all steps, shown or not
	Seconds     float64           `json:"seconds"`
	Errors      int               `json:"errors"`
	Done        bool              `json:"done"`
	Success     *bool             `json:"success"`
	FinalResult string            `json:"final_result"`
	Warnings    []string          `json:"warnings"`
	Lost        []string          `json:"lost"`
	Recovered   *recoveredJSON    `json:"recovered,omitempty"`
}

type historyStepJSON struct {
	Place   int             `json:"place"`  // from 1
	Number  *int            `json:"number"` // its own
	Start   string          `json:"start"`
	Seconds float64         `json:"seconds"`
	Actions []string        `json:"actions"`
	URL     string          `json:"url"`
	Title   string          `json:"title"`
	Goal    string          `json:"goal"`
	Outcome string          `json:"outcome"`
	Errors  []string        `json:"errors"`
	Whole   json.RawMessage `json:"step,omitempty"`
}

// shownHistory is one `wholly history show`.
type shownHistory struct {
	*app
	redactor *history.Redactor
	all      bool // one step, whole
	want     int  // which

	got      historyJSON
	took     time.Duration
	last     *history.Step
	numbered []history.Step // those with the number that is wanted
	placed   []history.Step // the one at that place
}

func (s *shownHistory) run(name string) error {
	s.got = historyJSON{Path: name, Kind: "history", Steps: []historyStepJSON{}}
	t, err := s.readHistory(name, s.redactor, s.take)
	if err != nil {
		return err
	}
	if t.log {
		s.got.Kind = "log"
	}
	s.got.AgentID, s.got.Warnings, s.got.Lost, s.got.Recovered = t.agentID, t.warnings, t.lost, t.recovered
	s.got.Seconds = s.took.Seconds()
	if s.last != nil {
		end := history.New()
		end.Append(*s.last)
		s.got.Done, s.got.Success, s.got.FinalResult = end.Done(), end.Success(), end.FinalResult()
	}
	if s.all {
		return s.whole()
	}
	if err := s.answer(s.got, s.got.print); err != nil {
		return err
	}
	if len(t.lost) > 0 {
		return errNo
	}
	return nil
}

// take is given the steps in order.
func (s *shownHistory) take(step history.Step) error {
	if s.redactor != nil {
		if _, err := s.redactor.Step(step, history.ReplaceKeys); err != nil {
			return invalid(s.got.Path, err)
		}
	}
	s.got.Count++
	row := stepOf(step, s.got.Count)
	s.got.Errors += len(row.Errors)
	s.took += step.Duration()
	s.last = &step
	switch {
	case !s.all:
		s.got.Steps = append(s.got.Steps, row)
	case row.Number != nil && *row.Number == s.want:
		s.numbered = append(s.numbered, step)
		s.got.Steps = append(s.got.Steps, row)
	case s.got.Count == s.want:
		s.placed = append(s.placed, step)
	}
	return nil
}

// whole answers with the steps that were asked for.
func (s *shownHistory) whole() error {
	steps := s.numbered
	if len(steps) == 0 {
		for _, step := range s.placed {
			s.got.Steps = append(s.got.Steps, stepOf(step, s.want))
		}
		steps = s.placed
	}
	for i := range s.got.Steps {
		s.got.Steps[i].Whole = steps[i].JSON()
	}
	err := s.answer(s.got, func(out io.Writer) {
		for i, step := range steps {
			printStep(out, s.got.Steps[i], step)
		}
	})
	if err == nil && len(steps) == 0 {
		s.note("%s has no step %d; there are %d", shown(s.got.Path), s.want, s.got.Count)
		return errNo
	}
	return err
}

func stepOf(s history.Step, place int) historyStepJSON {
	row := historyStepJSON{
		Place: place, Seconds: s.Duration().Seconds(), Actions: []string{}, URL: s.URL(), Title: s.Title(),
		Goal: s.Goal(), Outcome: outcome(s), Errors: []string{},
	}
	if n, ok := s.Number(); ok {
		row.Number = &n
	}
	if start := s.Start(); !start.IsZero() {
		row.Start = start.UTC().Format(time.RFC3339)
	}
	for _, action := range s.Actions() {
		row.Actions = append(row.Actions, action.Name)
	}
	for _, r := range s.Results() {
		if r.Error != "" {
			row.Errors = append(row.Errors, r.Error)
		}
	}
	return row
}

// outcome is what came of a step, in a word or two.
func outcome(s history.Step) string {
	word := "ok"
	if !s.Answered() {
		word = "no answer"
	}
	for _, r := range s.Results() {
		switch {
		case r.Error != "":
			word = "error"
		case r.IsDone && r.Success == nil:
			word = "done"
		case r.IsDone && *r.Success:
			word = "done, success"
		case r.IsDone:
			word = "done, failed"
		}
	}
	return word
}
