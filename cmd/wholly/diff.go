package main

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
)

func (a *app) diff() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff FILE [N]",
		Short: "Compare FILE with an earlier version",
		Long: `Print what changed from earlier version N (the newest, 1, unless given) to the
current content of FILE: a unified diff of texts, sizes and versions of others.`,
		Example: `  wholly diff state.json
  wholly diff state.json 3`,
		GroupID:           groupFile,
		Args:              fileAndNumber,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "they are the same", "1", "they differ",
		"3", "it failed: there is no such version, for instance", "130", "interrupted")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		n, err := number(args)
		if err != nil {
			return &usageError{err}
		}
		return a.compare(args[0], n)
	}
	return cmd
}

// maxText is the size up to which contents are compared line by line: beyond
// it a diff serves nobody and costs several times the size in memory.
const maxText = 32 << 20

// diffJSON is the answer of diff.
type diffJSON struct {
	Path    string   `json:"path"`
	Same    bool     `json:"same"`
	Earlier sideJSON `json:"earlier"`
	Current sideJSON `json:"current"`
	Diff    string   `json:"diff,omitempty"` // of texts
}

type sideJSON struct {
	Number  int            `json:"number"`
	Size    int            `json:"size"`
	Version wholly.Version `json:"version"`
}

func (a *app) compare(name string, n int) error {
	var p wholly.Policy
	earlier, err := versionContent(p, name, n)
	if err != nil {
		return err
	}
	current, err := versionContent(p, name, 0)
	if err != nil {
		return err
	}
	d := diffJSON{
		Path:    name,
		Same:    bytes.Equal(earlier, current),
		Earlier: sideJSON{n, len(earlier), wholly.VersionOf(earlier)},
		Current: sideJSON{0, len(current), wholly.VersionOf(current)},
	}
	if !d.Same && isText(earlier) && isText(current) {
		d.Diff = unified(name, n, earlier, current)
	}
	if err := a.answer(d, d.print); err != nil {
		return err
	}
	if !d.Same {
		return errNo
	}
	return nil
}

func isText(data []byte) bool {
	return len(data) <= maxText && utf8.Valid(data) && bytes.IndexByte(data, 0) < 0
}

func unified(name string, n int, earlier, current []byte) string {
	text := diff.Diff(fmt.Sprintf("%s (version %d)", shown(name), n), earlier, shown(name), current)
	_, text, _ = bytes.Cut(text, []byte("\n")) // "diff OLD NEW" says nothing more
	return string(text)
}

func (d diffJSON) print(out io.Writer) {
	switch {
	case d.Same:
	case d.Diff != "":
		io.WriteString(out, d.Diff)
	default:
		fmt.Fprintf(out, "binary contents differ\n")
		for _, s := range []sideJSON{d.Earlier, d.Current} {
			fmt.Fprintf(out, "  %d: %s, version %s\n", s.Number, bytesText(int64(s.Size)), s.Version)
		}
	}
}
