package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// stateMerging is one `wholly state merge`.
type stateMerging struct {
	*app
	policy      wholly.Policy
	options     storagestate.Options
	dialect     storagestate.Dialect
	replace     bool
	base        string              // a file; "" merges two ways
	start       *storagestate.State // what is in base; nil for two ways
	from        []stateInput
	dryRun      bool
	forget      bool // whatever was deleted
	keepDeleted bool
}

func (a *app) stateMerge() *cobra.Command {
	m := stateMerging{app: a, policy: agent.Private()}
	cmd := &cobra.Command{
		Use:   "merge FILE FROM...",
		Short: "Bring newer states into FILE",
		Long: `Bring each FROM, a state or - for standard input, into FILE, under its lock.
Expired cookies go; nothing alive does, unless --replace or --base say so. What
these delete is also taken out of the earlier versions: they then hold what FILE
holds, for a logout that a restore can undo is none.`,
		Example: `  wholly state merge storage_state.json fresh.json
  wholly state merge --replace --all-origins storage_state.json fresh.json
  wholly state merge --base before.json storage_state.json after.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return fmt.Errorf("FILE and at least one FROM are wanted, got %d arguments", len(args))
			}
			return fileName(args[0])
		},
	}
	exits(cmd, "0", "FILE holds all of it", "1", "a FROM or FILE is not valid; FILE is as it was",
		"3", "it failed; the error's state says what FILE holds", "4", "busy", "130", "interrupted")
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&m.replace, "replace", false, "FROM is the whole truth for all cookies and for the storage it has")
	var origins []string
	f.StringArrayVar(&origins, "origin", nil, "with --replace: FROM is it for this origin too, even if it lists nothing of it (a `URL`)")
	f.BoolVar(&m.options.AllOrigins, "all-origins", false, "with --replace: FROM is it for every origin")
	f.StringVar(&m.base, "base", "", "merge three ways: the `file` that FROM started from")
	f.BoolVar(&m.keepDeleted, "keep-deleted", false, "leave what is deleted in the earlier versions")
	f.BoolVar(&m.forget, "forget", false, "have the earlier versions hold what FILE holds, even if nothing is deleted")
	dialect := dialectFlag(cmd, "dialect", "of a new FILE: browser-use or playwright; else that of FROM", storagestate.BrowserUse, storagestate.Playwright)
	keep := keepFlag(cmd)
	wait := waitFlag(cmd)
	f.BoolVar(&m.dryRun, "dry-run", false, "say what would happen and write nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		m.policy.Keep, m.policy.Wait, m.dialect = int(*keep), wait.limit(), dialect.value
		if err := m.understand(args, origins); err != nil {
			return err
		}
		return m.run(cmd.Context(), args[0], args[1:])
	}
	return cmd
}

// stateInput is a state that is brought in, and when it was written; the zero
// time is not known.
type stateInput struct {
	name  string
	state *storagestate.State
	at    time.Time
}

func (m *stateMerging) read(ctx context.Context, name string) (in stateInput, err error) {
	in.name = name
	if in.state, err = m.readState(ctx, name); err != nil || name == "-" {
		return in, err
	}
	stamp, err := wholly.Policy{}.Stamp(name)
	in.at = stamp.Modified()
	return in, err
}

// run reads all there is to bring in before FILE is touched.
func (m *stateMerging) run(ctx context.Context, name string, from []string) error {
	var inputs []stateInput
	for _, f := range from {
		in, err := m.read(ctx, f)
		if err != nil {
			return err
		}
		inputs = append(inputs, in)
	}
	var base stateInput
	if m.base != "" {
		var err error
		if base, err = m.read(ctx, m.base); err != nil {
			return err
		}
	}
	doc, err := agent.StateWith(m.policy, name, m.dialect)
	if err != nil {
		return err
	}
	got := stateMergedJSON{Path: name, DryRun: m.dryRun, Still: []string{}}
	m.from, m.start = inputs, base.state
	change := func(s *storagestate.State) error { return m.apply(&got, doc, s) }
	if m.dryRun {
		err = m.rehearse(doc, change)
	} else {
		err = m.narrows(name, doc.Path(), func() error { return m.merge(ctx, doc, &got, change) })
	}
	if err != nil && !got.merged {
		return err
	}
	return errors.Join(m.answer(got, got.print), err)
}

// apply brings the inputs into s, from the start: an update may run again.
func (m *stateMerging) apply(got *stateMergedJSON, doc *stateDoc, s *storagestate.State) error {
	before := *s
	stamp, err := wholly.Policy{}.Stamp(doc.Path())
	if err != nil {
		return err
	}
	got.From = []mergedFromJSON{}
	for _, in := range m.from {
		merged, report := m.bring(s, stamp.Modified(), in)
		*s = *merged
		got.From = append(got.From, mergedFrom(in.name, report))
	}
	got.count(s.Dialect())
	if got.Added+got.Updated+got.Dropped == 0 && storagestate.Same(&before, s) {
		got.Written = false
		return wholly.ErrUnchanged
	}
	got.Written = !m.dryRun
	return nil
}

// bring merges in into what stands in FILE since at.
func (m *stateMerging) bring(s *storagestate.State, at time.Time, in stateInput) (*storagestate.State, storagestate.Report) {
	if m.start == nil {
		return storagestate.Merge(s, in.state, m.options)
	}
	o := m.options
	o.OursAt, o.TheirsAt = in.at, at
	return storagestate.Merge3(m.start, in.state, s, o)
}

// merge writes what change makes of FILE, and has the earlier versions forget
// what it deleted.
func (m *stateMerging) merge(ctx context.Context, doc *stateDoc, got *stateMergedJSON, change func(*storagestate.State) error) error {
	var old map[wholly.Version]bool
	_, err := doc.Update(ctx, func(s *storagestate.State) error {
		old = versionsOf(doc) // under the lock, so that none is missed
		return change(s)
	})
	if got.Recovered, err = m.recovered(err); err != nil {
		return asGiven(got.Path, doc, err)
	}
	got.merged = true
	return m.settle(ctx, doc, got, old)
}

// rehearse has change tell what it would make of FILE as it stands there.
func (m *stateMerging) rehearse(doc *stateDoc, change func(*storagestate.State) error) error {
	if err := bounded(doc.Path()); err != nil {
		return asGiven(m.path, doc, err)
	}
	s := storagestate.Codec{Dialect: m.dialect}.New()
	data, err := wholly.ReadFile(doc.Path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if len(versionsOf(doc)) > 0 {
			m.note("%s is missing, but an earlier version is there: a merge begins with that", shown(m.path))
		}
	case err != nil:
		return asGiven(m.path, doc, err)
	default:
		if s, err = (storagestate.Codec{Dialect: m.dialect}).Decode(data); err != nil {
			m.note("a merge would first look for a good state among what stands beside it; a rehearsal writes nothing")
			return invalid(m.path, err)
		}
	}
	if err := change(s); !errors.Is(err, wholly.ErrUnchanged) {
		return err
	}
	return nil
}
