package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent/keeper"
)

// sessionSaving is one `wholly session save`.
type sessionSaving struct {
	*app
	file    sessionFile
	browser browserFlags
	adopt   bool
}

func (a *app) sessionSave() *cobra.Command {
	save := sessionSaving{app: a}
	cmd := &cobra.Command{
		Use:   "save FILE",
		Short: "Save what a running browser holds, once",
		Long: `Save what a running browser holds in FILE, once. What others have changed in it
stays. No tab is touched, and no page notices.`,
		Example: `  wholly session save --cdp 127.0.0.1:9222 state.json
  wholly session save --cdp 127.0.0.1:9222 --encrypt-to "$RECIPIENT" state.age`,
		Args:              oneFile,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "all of it is in FILE", "1", "a part is not, and is named; or FILE is not valid",
		"3", "it failed; FILE is as it was", "4", "busy, or changed by someone else", "130", "interrupted; FILE is as it was")
	f := cmd.Flags()
	f.SortFlags = false
	save.browser.whichFlags(cmd, false)
	save.browser.whatFlags(cmd)
	f.BoolVar(&save.adopt, "adopt", false, "replace another browser's logins in FILE")
	save.file.writeFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return save.run(cmd.Context(), args[0]) }
	return cmd
}

// capturedJSON is the answer of save.
type capturedJSON struct {
	Path    string     `json:"path"`
	Written bool       `json:"written"`
	Size    int        `json:"size"`
	Changes int        `json:"changes"`
	What    []string   `json:"what"`
	Report  reportJSON `json:"report"`
}

func (s *sessionSaving) run(ctx context.Context, name string) error {
	if err := s.browser.one(); err != nil {
		return err
	}
	options, err := s.file.options()
	if err != nil {
		return err
	}
	at, _, err := s.browser.endpoint(ctx)
	if err != nil {
		return err
	}
	session, err := keeper.Open(ctx, name, keeper.Keeping{
		Options: s.browser.keeperOptions(), Endpoint: at, File: options, When: keeper.Never, Adopt: s.adopt,
	})
	if err != nil {
		return sessionAsGiven(name, err)
	}
	report, err := session.Close()
	if err != nil {
		return sessionAsGiven(name, err)
	}
	got := capturedJSON{Path: name, What: []string{}, Report: reportOf(report)}
	for e := range session.Events(ctx) {
		if e.Kind == keeper.SavedNow {
			got.Written, got.Size = true, e.Saved.Bytes
			got.Changes += e.Saved.Changes
			got.What = append(got.What, e.Saved.What...)
		}
	}
	s.noteLeft(got.Report)
	if err := s.answer(got, got.print); err != nil || got.Report.Whole {
		return err
	}
	return errNo
}

func (c capturedJSON) print(out io.Writer) {
	what := "holds that already"
	if c.Written {
		what = bytesText(int64(c.Size)) + ", " + plural(int64(c.Changes), "change", "changes")
	}
	fmt.Fprintf(out, "%s: %s: %s\n", shown(c.Path), c.Report, what)
}
