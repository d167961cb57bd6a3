package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
)

func (a *app) sweep() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sweep DIR...",
		Short: "Remove what killed writers left in DIR",
		Long: `Remove the temp files and locks that killed writers left in each DIR, and list
what is left and why: those of living writers are not touched. Subdirectories are
not entered; earlier versions and contents set aside are no leftovers.`,
		Example: `  wholly sweep /var/lib/agent`,
		GroupID: groupFile,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("at least one DIR is wanted")
			}
			return nil
		},
		ValidArgsFunction: completeDirs,
	}
	exits(cmd, "0", "swept; what is left belongs to living writers, or says why",
		"3", "it failed for one DIR at least; the others are swept", "130", "interrupted")
	cmd.RunE = func(_ *cobra.Command, dirs []string) error { return a.sweepAll(dirs) }
	return cmd
}

type sweptJSON struct {
	Dir     string         `json:"dir"`
	Removed []leftoverJSON `json:"removed"`
	Left    []leftoverJSON `json:"left"`
}

type leftoverJSON struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Reason string `json:"reason,omitempty"`
}

// sweepAll goes on to the next directory after an error and ends with the
// first one.
func (a *app) sweepAll(dirs []string) error {
	all := struct {
		Dirs []sweptJSON `json:"dirs"`
	}{Dirs: []sweptJSON{}}
	var failed error
	for _, dir := range dirs {
		swept, err := wholly.Sweep(dir)
		if err != nil && failed != nil {
			a.note("%s", a.explain(err).message())
		}
		if err != nil && failed == nil {
			failed = err
		}
		all.Dirs = append(all.Dirs, sweptJSON{dir, leftovers(swept.Removed), leftovers(swept.Left)})
	}
	err := a.answer(all, func(out io.Writer) {
		for _, d := range all.Dirs {
			d.print(out)
		}
	})
	if failed != nil {
		return failed
	}
	return err
}

func leftovers(found []wholly.Leftover) []leftoverJSON {
	out := []leftoverJSON{}
	for _, l := range found {
		out = append(out, leftoverJSON(l))
	}
	return out
}

func (d sweptJSON) print(out io.Writer) {
	for _, l := range d.Removed {
		fmt.Fprintf(out, "removed %s, %s\n", shown(filepath.Join(d.Dir, l.Name)), bytesText(l.Size))
	}
	for _, l := range d.Left {
		fmt.Fprintf(out, "left    %s, %s: %s\n", shown(filepath.Join(d.Dir, l.Name)), bytesText(l.Size), l.Reason)
	}
	if len(d.Removed)+len(d.Left) == 0 {
		fmt.Fprintf(out, "%s: nothing to sweep\n", shown(d.Dir))
	}
}
