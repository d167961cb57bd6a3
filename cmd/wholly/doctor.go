package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/cmd/wholly/internal/probe"
)

func (a *app) doctor() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor DIR",
		Short: "Say which promises hold in DIR",
		Long: `Try out, in a private directory below DIR that is removed again, what the file
system there can do and what a save costs, and say which promises hold.`,
		Example: `  wholly doctor /var/lib/agent`,
		GroupID: groupFile,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("one DIR is wanted, got %d arguments", len(args))
			}
			return nil
		},
		ValidArgsFunction: completeDirs,
	}
	exits(cmd, "0", "all promises hold there", "1", "one does not, or is not certain",
		"3", "it could not be tried out, for instance for lack of permission", "130", "interrupted")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.examine(cmd.Context(), args[0]) }
	return cmd
}

func (a *app) examine(ctx context.Context, dir string) error {
	r, err := probe.Look(ctx, dir)
	if err != nil {
		return &wholly.Error{Op: a.verb, Path: dir, State: wholly.Old, Err: causeOf(err)}
	}
	d := examinedJSON(r)
	if err := a.answer(d, d.print); err != nil {
		return err
	}
	if !d.OK {
		return errNo
	}
	return nil
}

// causeOf takes off the operation and the name of a file in the probe's own
// directory: the error names DIR.
func causeOf(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// doctorJSON is the answer of doctor.
type doctorJSON struct {
	Dir         string        `json:"dir"`
	OK          bool          `json:"ok"`
	System      systemJSON    `json:"system"`
	Abilities   []abilityJSON `json:"abilities"`
	LongestName int           `json:"longest_name"`
	ReplaceMS   float64       `json:"replace_ms"`
	FsyncMS     float64       `json:"fsync_ms"`
	Free        uint64        `json:"free"`
	FreeFiles   uint64        `json:"free_files"`
	Leftovers   []string      `json:"leftovers"`
	Promises    []promiseJSON `json:"promises"`
}

type systemJSON struct {
	Type    string   `json:"type"`
	Source  string   `json:"source"`
	Mount   string   `json:"mount"`
	Options []string `json:"options"`
	Journal string   `json:"journal"`
}

type abilityJSON struct {
	Name string `json:"name"`
	Has  bool   `json:"has"`
	Note string `json:"note"`
}

type promiseJSON struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Verdict string `json:"verdict"` // "holds", "does not hold", "not certain"
	Why     string `json:"why"`
}

func examinedJSON(r *probe.Report) doctorJSON {
	d := doctorJSON{
		Dir: r.Dir, OK: true,
		System: systemJSON{r.System.Type, r.System.Source, r.System.Mount,
			append([]string{}, r.System.Options...), string(r.System.Journal)},
		LongestName: r.LongestName, ReplaceMS: milliseconds(r.Replace), FsyncMS: milliseconds(r.Fsync),
		Free: r.Free, FreeFiles: r.FreeFiles, Leftovers: append([]string{}, r.Leftovers...),
	}
	for _, x := range r.Abilities {
		d.Abilities = append(d.Abilities, abilityJSON(x))
	}
	for _, p := range r.Promises() {
		d.OK = d.OK && p.Verdict == probe.Holds
		d.Promises = append(d.Promises, promiseJSON{p.ID, p.Title, string(p.Verdict), p.Why})
	}
	return d
}

// quickFlush is, in milliseconds, what no disk without a protected cache does.
const quickFlush = 0.1

// milliseconds with the three digits that a median of a few rounds deserves.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}

func (d doctorJSON) print(out io.Writer) {
	fmt.Fprintf(out, "%s: %s", shown(d.Dir), d.System.Type)
	if d.System.Source != "" {
		fmt.Fprintf(out, " of %s", shown(d.System.Source))
	}
	fmt.Fprintf(out, " at %s, %s", shown(d.System.Mount), d.System.journal())
	if d.Free > 0 {
		fmt.Fprintf(out, ", %s free", binary(float64(d.Free)))
	}
	if d.FreeFiles > 0 {
		fmt.Fprintf(out, ", %s files free", count(int64(d.FreeFiles)))
	}
	if len(d.System.Options) > 0 {
		fmt.Fprintf(out, "\n  mounted %s", strings.Join(d.System.Options, ","))
	}
	fmt.Fprintf(out, "\n  names up to %d bytes\n", d.LongestName)
	fmt.Fprintf(out, "  a durable replace of 4 KiB takes %.3g ms, a plain fsync %.3g ms\n", d.ReplaceMS, d.FsyncMS)
	if d.FsyncMS < quickFlush {
		fmt.Fprintln(out, "  so quick a flush means memory, a protected write cache, or a disk that ignores it (A1)")
	}
	if n := len(d.Leftovers); n > 0 {
		fmt.Fprintf(out, "  %s of writers, alive or dead: wholly sweep %s\n",
			plural(int64(n), "temp or lock", "temps or locks"), quote(d.Dir))
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w)
	for _, x := range d.Abilities {
		fmt.Fprintf(w, "%s\t%s\t%s\n", map[bool]string{true: "yes", false: "no"}[x.Has], x.Name, x.Note)
	}
	w.Flush()
	fmt.Fprintln(w)
	for _, p := range d.Promises {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.ID, p.Verdict, p.Title, p.Why)
	}
	w.Flush()
}

func (s systemJSON) journal() string {
	if s.Journal == string(probe.JournalUnknown) {
		return "journal unknown"
	}
	return s.Journal
}
