package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
)

func (a *app) versions() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "versions FILE",
		Short: "List the current and the earlier contents of FILE",
		Long: `List the contents of FILE, newest first: 0 is the current one, the others are the
earlier versions that writes with --keep left beside it.`,
		Example:           `  wholly versions --check json state.json`,
		GroupID:           groupFile,
		Args:              oneFile,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd,
		"0", "listed",
		"1", "listed, but FILE is missing, unreadable or fails its check",
		"3", "it failed: there is neither FILE nor an earlier version",
		"130", "interrupted")
	check := checkFlag(cmd, "say which contents are valid: json")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return a.list(wholly.Policy{Check: check.value}, args[0])
	}
	return cmd
}

// versionJSON is one content of a file. Valid is absent without --check, and
// for a content that cannot be read, whose error it has instead.
type versionJSON struct {
	Number  int            `json:"number"`
	Name    string         `json:"name"`
	Time    time.Time      `json:"time"`
	Size    int64          `json:"size"`
	Version wholly.Version `json:"version"`
	Valid   *bool          `json:"valid,omitempty"`
	Damage  string         `json:"damage,omitempty"`
	Error   string         `json:"error,omitempty"`
}

type versionsJSON struct {
	Path     string        `json:"path"`
	Versions []versionJSON `json:"versions"`
}

func (a *app) list(p wholly.Policy, name string) error {
	listed := versionsJSON{Path: name}
	good, readable := false, false
	var failed error
	for info, err := range p.Versions(name) {
		if err != nil && info.Name == "" {
			return err // of the whole, not of one version
		}
		v := described(info, err, p.Check != nil)
		if info.Number == 0 {
			good = err == nil && info.Damage == nil
		}
		listed.Versions = append(listed.Versions, v)
		readable = readable || err == nil
		if failed == nil {
			failed = err
		}
	}
	if !readable {
		return failed
	}
	if err := a.answer(listed, listed.table); err != nil {
		return err
	}
	if first := listed.Versions[0].Number; first > 0 {
		a.note("there is no current content; bring one back: wholly restore %s %d", quote(name), first)
	}
	if !good {
		return errNo
	}
	return nil
}

func described(info wholly.VersionInfo, err error, checked bool) versionJSON {
	v := versionJSON{Number: info.Number, Name: info.Name, Time: info.Time, Size: info.Size, Version: info.Version}
	switch {
	case err != nil:
		v.Error = reason(err)
	case checked:
		valid := info.Damage == nil
		v.Valid = &valid
		if !valid {
			v.Damage = info.Damage.Error()
		}
	}
	return v
}

// reason is err without the operation and path that the caller names anyway.
func reason(err error) string {
	var e *wholly.Error
	if errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}

func (l versionsJSON) table(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "number\ttime\tsize\tversion\tstate")
	for _, v := range l.Versions {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n",
			v.Number, v.Time.Local().Format(time.DateTime), count(v.Size), v.Version, v.state())
	}
	w.Flush()
}

func (v versionJSON) state() string {
	switch {
	case v.Error != "":
		return v.Error
	case v.Valid == nil:
		return "not checked"
	case *v.Valid:
		return "valid"
	}
	return v.Damage
}
