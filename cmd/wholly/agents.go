package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
)

// family is a verb that has verbs of its own, about one kind of file.
func family(use, short, long, example string, verbs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:     use,
		Short:   short,
		Long:    long,
		Example: example,
		GroupID: groupAgent,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("%s has no verb %q", cmd.Name(), args[0])
			}
			return usagef("a verb of %s is wanted", cmd.Name())
		},
	}
	exits(cmd, "0", "yes, done", "1", "the answer is no", "3", "it failed",
		"4", "busy, or changed by someone else", "130", "interrupted")
	cmd.AddCommand(verbs...)
	return cmd
}

// source reads an argument that is only read: a file, or - for standard input.
func (a *app) source(ctx context.Context, name string) ([]byte, error) {
	if name != "-" {
		if err := bounded(name); err != nil {
			return nil, err
		}
		return wholly.ReadFile(name)
	}
	data, err := io.ReadAll(io.LimitReader(stoppable(ctx, a.in), agent.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	return data, nil
}

// bounded refuses a file that is too large before it is read.
func bounded(name string) error {
	stamp, err := wholly.Policy{}.Stamp(name)
	if err != nil {
		return err
	}
	if stamp.Size() > agent.MaxSize {
		return invalid(name, fmt.Errorf("%s are more than a document may have (%s)", bytesText(stamp.Size()), bytesText(agent.MaxSize)))
	}
	return nil
}

// invalid is the answer no: the content of name is not what it should be.
func invalid(name string, err error) error {
	if name == "-" {
		name = "standard input"
	}
	return &wholly.Error{Op: "read", Path: name, State: wholly.Old, Err: fmt.Errorf("%w: %w", wholly.ErrInvalid, err)}
}

// recovered takes the error of a verb that did its work on a recovered file for
// what it is: something to tell.
func (a *app) recovered(err error) (*recoveredJSON, error) {
	var kept *wholly.Recovered
	var beside *agent.Recovery
	var r recoveredJSON
	var repair error
	switch {
	case errors.As(err, &beside):
		r = recoveredJSON{From: beside.From, SetAside: beside.SetAside, Damage: "missing"}
		if beside.Damage != nil {
			r.Damage = beside.Damage.Error()
		}
		repair = beside.Repair
	case errors.As(err, &kept):
		r = recoveredJSON{From: kept.From, SetAside: kept.SetAside, Damage: kept.Damage.Error()}
		repair = kept.Repair
	default:
		return nil, err
	}
	if repair != nil {
		r.Repair = repair.Error()
	}
	a.note("%s", shown(err.Error()))
	return &r, nil
}

// narrows calls save, which saves name, the document at path, and says so if
// others could read it before and cannot any more.
func (a *app) narrows(name, path string, save func() error) error {
	before, _ := wholly.Policy{}.Stamp(path)
	err := save()
	if after, _ := (wholly.Policy{}).Stamp(path); !before.Private() && after.Exists() && after.Private() {
		a.note("%s was open to others; it is its owner's alone now", shown(name))
	}
	return err
}

// warn tells what was tolerated in the content of name.
func warn[W any](a *app, name string, warnings []W) {
	for _, w := range warnings {
		a.note("%s: %s", shown(name), shown(fmt.Sprint(w)))
	}
}

// texts are warnings as --json tells them: never null.
func texts[W any](warnings []W) []string {
	out := []string{}
	for _, w := range warnings {
		out = append(out, fmt.Sprint(w))
	}
	return out
}
