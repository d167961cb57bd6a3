package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/keeper"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// sessionKeeping is one `wholly session keep`.
type sessionKeeping struct {
	*app
	file    sessionFile
	browser browserFlags
	restore *choice[keeper.When]
	open    []string
	adopt   bool
	wait    bool

	name   string
	status *status // nil: stderr is no terminal
}

func (a *app) sessionKeep() *cobra.Command {
	keep := sessionKeeping{app: a}
	cmd := &cobra.Command{
		Use:   "keep FILE",
		Short: "Keep what a running browser holds in FILE, as it changes",
		Long: `Keep what a running browser holds in FILE, as it changes, until the browser ends
or a signal comes. A fresh browser, without cookies, gets what FILE holds first.`,
		Example: `  wholly session keep --cdp 127.0.0.1:9222 state.json
  wholly session keep --launch --window --open https://example.com/ state.json`,
		Args:              oneFile,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "it has ended, and all is in FILE", "1", "FILE is not valid; it is as it was",
		"3", "it failed: no browser, or the last save did not succeed", "4", "busy, or changed by someone else", "130", "interrupted before it began")
	f := cmd.Flags()
	f.SortFlags = false
	keep.browser.whichFlags(cmd, true)
	keep.browser.whatFlags(cmd)
	keep.restore = &choice[keeper.When]{word: "fresh", kind: "when", words: map[string]keeper.When{
		"fresh": keeper.Fresh, "always": keeper.Always, "never": keeper.Never,
	}}
	keep.restore.add(cmd, "restore", "load FILE first: fresh, always or never")
	f.StringArrayVar(&keep.open, "open", nil, "`URL` to open at the beginning")
	f.BoolVar(&keep.adopt, "adopt", false, "replace another browser's logins in FILE")
	f.BoolVar(&keep.wait, "wait", false, "when the browser ends, wait for the next")
	keep.file.writeFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return keep.run(cmd.Context(), args[0]) }
	return cmd
}

func (k *sessionKeeping) run(ctx context.Context, name string) error {
	if err := k.browser.one(); err != nil {
		return err
	}
	if k.wait && k.browser.launch {
		return usagef("--wait is for a browser that others start: --launch starts one")
	}
	options, err := k.file.options()
	if err != nil {
		return err
	}
	at, launched, err := k.browser.endpoint(ctx)
	if err != nil {
		return err
	}
	if launched != nil {
		defer launched.Close()
	}
	how := keeper.Keeping{
		Options: k.browser.keeperOptions(), Endpoint: at, File: options, When: k.restore.value,
		Restoring: keeper.Restoring{Open: k.open}, Adopt: k.adopt, Wait: k.wait,
	}
	if k.browser.profile != "" && launched == nil {
		how.Endpoint, how.Profile = "", k.browser.profile // the next browser listens elsewhere
	}
	session, err := keeper.Open(ctx, name, how)
	if err != nil {
		return sessionAsGiven(name, err)
	}
	k.name = name
	k.begin()
	if launched != nil {
		k.line(eventJSON{Event: "launched", At: time.Now(), Process: launched.Pid(), Listens: listens(at)})
	}
	return k.follow(ctx, session)
}

// follow tells what happens until the session ends, and ends it when a signal
// comes.
func (k *sessionKeeping) follow(ctx context.Context, session *keeper.Session) error {
	defer context.AfterFunc(ctx, func() { session.Close() })()
	opened := k.openPages(ctx, session)
	for e := range session.Events(context.Background()) {
		k.tell(e)
	}
	report, err := session.Close()
	k.end()
	last := reportOf(report)
	if opened != nil {
		last.Left = append(last.Left, opened.Left...)
	}
	if err != nil {
		return sessionAsGiven(k.name, err)
	}
	k.line(eventJSON{Event: "ended", At: time.Now(), Report: &last})
	return nil
}

// openPages opens what --open names where nothing was restored: restoring has
// opened it with its sessionStorage.
func (k *sessionKeeping) openPages(ctx context.Context, session *keeper.Session) *reportJSON {
	if len(k.open) == 0 || len(session.Report().Opened) > 0 {
		return nil
	}
	r, err := session.Keeper().Restore(ctx, storagestate.New(), keeper.Restoring{Open: k.open})
	if err != nil {
		k.note("open: %v", err)
	}
	out := reportOf(r)
	k.noteLeft(out)
	return &out
}

// begin shows the line of status, if there is a terminal to show it on.
func (k *sessionKeeping) begin() {
	if screen, ok := k.talk.(*os.File); ok && !k.json && term.IsTerminal(int(screen.Fd())) {
		k.status = newStatus(screen)
	}
}

func (k *sessionKeeping) end() {
	if k.status != nil {
		k.status.stop()
		k.status = nil
	}
}

// tell tells one event: as a line, or a save in the line of status.
func (k *sessionKeeping) tell(e keeper.Event) {
	if k.status != nil && e.Kind == keeper.SavedNow {
		k.status.saved(e)
		return
	}
	k.line(eventOf(e))
}

// line prints an event at once: somebody may be waiting for it.
func (k *sessionKeeping) line(e eventJSON) {
	e.Path = k.name
	show := func() {
		if err := k.answer(e, e.print); err == nil {
			k.out.Flush() // a failure stays in k.out, for the end
		}
	}
	if k.status == nil {
		show()
		return
	}
	k.status.aside(show)
}

// sessionAsGiven has an error about FILE name it as the user did.
func sessionAsGiven(name string, err error) error {
	var e *wholly.Error
	if errors.As(err, &e) {
		return &wholly.Error{Op: e.Op, Path: name, State: e.State, Err: e.Err}
	}
	return err
}
