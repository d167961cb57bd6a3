package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent/keeper"
)

// sessionLoading is one `wholly session load`.
type sessionLoading struct {
	*app
	file    sessionFile
	browser browserFlags
	replace bool
	open    []string
}

func (a *app) sessionLoad() *cobra.Command {
	load := sessionLoading{app: a}
	cmd := &cobra.Command{
		Use:   "load FILE",
		Short: "Put what FILE holds into a browser, once",
		Long: `Put what FILE holds into a browser, once: no script stays behind that would do so
again, so that a logout there stays one. Tabs that are open are not reloaded.
A browser that was launched stays until it is closed, or a signal comes.`,
		Example: `  wholly session load --cdp 127.0.0.1:9222 state.json
  wholly session load --launch --window --open https://example.com/ state.json`,
		Args:              oneFile,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "all of it is in the browser", "1", "a part is not, and is named; or FILE is not valid",
		"3", "it failed: no browser, no FILE, no identity fits", "130", "interrupted; a part may be in the browser")
	f := cmd.Flags()
	f.SortFlags = false
	load.browser.whichFlags(cmd, true)
	f.BoolVar(&load.replace, "replace", false, "what the browser has beside it goes")
	f.StringArrayVar(&load.open, "open", nil, "`URL` to open then, with its sessionStorage")
	load.file.readFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return load.run(cmd.Context(), args[0]) }
	return cmd
}

// loadedJSON is the answer of load.
type loadedJSON struct {
	Path      string         `json:"path"`
	Browser   string         `json:"browser"`
	Listens   string         `json:"listens,omitempty"` // of a launched browser
	Process   int            `json:"process,omitempty"`
	Report    reportJSON     `json:"report"`
	Recovered *recoveredJSON `json:"recovered,omitempty"`
}

func (l *sessionLoading) run(ctx context.Context, name string) error {
	if err := l.browser.one(); err != nil {
		return err
	}
	f, err := l.file.open(name)
	if err != nil {
		return err
	}
	held, recovered, err := l.held(name, f) // before a browser is touched
	if err != nil {
		return err
	}
	at, launched, err := l.browser.endpoint(ctx)
	if err != nil {
		return err
	}
	if launched != nil {
		defer launched.Close()
	}
	k, err := keeper.Attach(ctx, at, l.browser.keeperOptions())
	if err != nil {
		return err
	}
	defer k.Close()
	how := keeper.Restoring{Open: l.open}
	if l.replace {
		how.Mode = keeper.Replace
	}
	report, err := k.Restore(ctx, held.State, how)
	got := loadedJSON{Path: name, Browser: k.Version(), Report: reportOf(report), Recovered: recovered}
	if err != nil {
		l.noteLeft(got.Report)
		return err
	}
	if launched != nil {
		got.Listens, got.Process = listens(at), launched.Pid()
	}
	l.noteLeft(got.Report)
	if err := l.answer(got, got.print); err != nil {
		return err
	}
	return l.stay(ctx, k, launched, got.Report.Whole)
}

// stay keeps a browser that was launched until it is closed.
func (l *sessionLoading) stay(ctx context.Context, k *keeper.Keeper, launched *keeper.Browser, whole bool) error {
	if err := l.out.Flush(); err != nil {
		return err
	}
	if launched != nil {
		if err := k.Close(); err != nil && !errors.Is(err, context.Canceled) {
			l.note("%v", err)
		}
		l.note("the browser stays until it is closed, or this program is interrupted")
		select {
		case <-launched.Done():
		case <-ctx.Done():
		}
	}
	if !whole {
		return errNo
	}
	return nil
}

func (l loadedJSON) print(out io.Writer) {
	fmt.Fprintf(out, "%s: %s loaded into %s", shown(l.Path), l.Report, shown(l.Browser))
	if l.Process != 0 {
		fmt.Fprintf(out, ", process %d, which listens on %s", l.Process, l.Listens)
	}
	fmt.Fprintln(out)
}
