package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/lab/internal/eio"
	"github.com/wholly-go/wholly/lab/internal/report"
	"github.com/wholly-go/wholly/lab/internal/rig"
	"github.com/wholly-go/wholly/lab/internal/screen"
)

// failing is what the flags of "lab eio" say.
type failing struct {
	systems   []string
	asJSON    bool
	report    string
	asWritten string
}

func eioVerb() *cobra.Command {
	e := &failing{}
	cmd := &cobra.Command{
		Use:   "eio",
		Short: "Let the disk fail the write that matters, and see what is said and kept",
		Long: `Let the disk answer EIO to the write that holds the new content, or the name in
the metadata. Each way of ours must report it, must not sync the same file again,
and must leave the old content whole after a new mount; the next save on the
healed disk must succeed. The control syncs until it is told that all is well.`,
		Example: `  lab eio
  lab eio --fs xfs --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return e.run(cmd.Context()) },
	}
	f := cmd.Flags()
	f.StringSliceVar(&e.systems, "fs", []string{"ext4", "xfs", "btrfs"}, "file systems")
	f.BoolVar(&e.asJSON, "json", false, "the rows as JSON on standard output")
	f.StringVar(&e.report, "report", "", "write the report into this directory, as Markdown and HTML")
	return cmd
}

// saveVerb is the process that saves on a failing disk. The lab starts it.
func saveVerb() *cobra.Command {
	return &cobra.Command{
		Use:    "save WAY DIR",
		Short:  "Save on a failing disk (the lab starts this itself)",
		Hidden: true,
		Args:   cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			said, err := eio.Save(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			return json.NewEncoder(os.Stdout).Encode(said)
		},
	}
}

func (e *failing) run(ctx context.Context) error {
	e.asWritten = asWritten()
	systems, err := systemsNamed(e.systems)
	if err != nil {
		return err
	}
	if err := reportsIn(e.report); err != nil {
		return err
	}
	return inRoom(systems, func(room string) error {
		rows, err := e.rows(ctx, room, systems)
		if err != nil {
			return err
		}
		return e.tell(ctx, rows)
	})
}

func (e *failing) rows(ctx context.Context, room string, systems []rig.FS) (rows []eio.Row, err error) {
	serve, err := self("serve")
	if err != nil {
		return nil, err
	}
	save, err := self("save")
	if err != nil {
		return nil, err
	}
	lab := eio.Lab{Room: room, Serve: serve, Save: save}
	task := screen.New(os.Stderr).Begin("failing disks", len(systems)*len(eio.Names()))
	defer task.End()
	for _, fs := range systems {
		for _, way := range eio.Names() {
			task.Note(way + " on " + fs.Name)
			row, err := lab.Run(ctx, fs, way)
			if err != nil {
				return nil, fmt.Errorf("%s on %s: %w", way, fs.Name, err)
			}
			rows = append(rows, row)
			task.Add(1)
		}
	}
	return rows, nil
}

func (e *failing) tell(ctx context.Context, rows []eio.Row) error {
	if e.asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(rows); err != nil {
			return err
		}
	}
	wrong := 0
	for _, r := range rows {
		if !r.OK() {
			wrong++
		}
		if !e.asJSON {
			fmt.Printf("%-8s %-14s %s\n", r.FS, r.Way, eioVerdict(r))
		}
	}
	if e.report != "" {
		if err := report.Write(ctx, e.report, "eio", e.page(ctx, rows, wrong)); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s/eio.md and eio.html are written\n", e.report)
	}
	if wrong > 0 {
		return errNo
	}
	return nil
}

func eioVerdict(r eio.Row) string {
	switch {
	case !r.OK():
		return "WRONG: " + strings.Join(r.Wrong, "; ")
	case r.Control:
		return "told that all is well, and the file is lost: " + r.After
	}
	return "error told (" + r.Said.State + "), after a new mount: " + r.After + ", the next save succeeds"
}

// drawn are the names of temps, which differ each time.
var drawn = regexp.MustCompile(`\.wholly-[a-z0-9]+`)

func (e *failing) page(ctx context.Context, rows []eio.Row, wrong int) report.Page {
	t := report.Table{Head: []string{"way to save", "file system", "what was synced, in order", "what was said", "after a new mount", "verdict"}}
	for _, r := range rows {
		said := "nil: all is well"
		if r.Said.Error != "" {
			said = "an error, state " + r.Said.State
		}
		verdict := "as it must be"
		switch {
		case !r.OK():
			verdict = "**WRONG**: " + strings.Join(r.Wrong, "; ")
		case r.Control:
			verdict = "lost, as it must be"
		}
		t.Rows = append(t.Rows, []string{r.Title, r.FS, drawn.ReplaceAllString(strings.Join(r.Syncs, "; "), "temp"), said, r.After, verdict})
	}
	tone := report.Fine
	if wrong > 0 {
		tone = report.Wrong
	}
	return report.Page{
		Title:   "When the disk fails a write",
		Lead:    "The disk answers EIO to the write that holds the new content, or the name in the metadata of the file system. fsync reports that once; a second fsync of the same file reports success, and the data is gone. So a save whose sync failed must say so and never sync that file again.",
		Command: e.asWritten,
		Figures: []report.Figure{{Value: fmt.Sprintf("%d of %d", len(rows)-wrong, len(rows)), Says: "rows as they must be", Tone: tone}},
		Parts: []report.Part{{Heading: "What was found", Show: t, Notes: []string{
			"Each temp has a name of its own; that one file was synced twice is seen by the name, which `--json` tells, and only the control does it.",
			"State new: the content was in place when the sync of the directory failed, and the error says that its durability is not confirmed.",
		}}},
		Facts: report.Machine(ctx),
	}
}
