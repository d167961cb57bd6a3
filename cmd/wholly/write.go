package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/wholly-go/wholly"
)

// writing is one `wholly write`.
type writing struct {
	*app
	policy  wholly.Policy
	mode    mode
	modeSet bool
	quiet   bool
}

func (a *app) write() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "write FILE",
		Short: "Replace FILE with standard input",
		Long: `Replace FILE with standard input. Until all of it has come and passed its check,
FILE stays as it is; then it holds the new content, also after a power cut.`,
		Example: `  curl -fsS https://example.com/state.json |
    wholly write --keep 3 --check json state.json`,
		GroupID:           groupFile,
		Args:              oneFile,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd,
		"0", "FILE holds the new content",
		"1", "the new content fails its check; FILE is as it was",
		"3", "it failed; the error's state says which content FILE holds",
		"4", "busy, changed (--if-match), or there already (--if-absent)",
		"130", "interrupted; FILE is as it was")
	w := writing{app: a, mode: 0o666}
	var keep keep
	var match seen
	var absent, mkdir, inPlace bool
	f := cmd.Flags()
	f.SortFlags = false
	f.Var(&keep, "keep", "earlier versions to keep beside FILE")
	check := checkFlag(cmd, "refuse content that is not: json")
	f.Var(&w.mode, "mode", "mode of a new FILE, before umask; an existing one keeps its own")
	f.BoolVar(&absent, "if-absent", false, "only if there is no FILE")
	f.Var(&match, "if-match", "only if FILE still has this version")
	durability := durabilityFlag(cmd)
	f.BoolVar(&mkdir, "mkdir", true, "make missing parent directories")
	links := linksFlag(cmd)
	hard := hardLinksFlag(cmd)
	f.BoolVar(&inPlace, "in-place", false, "a FILE that is a mount point is written over, after a synced backup; not atomic for readers")
	f.BoolVar(&w.policy.Strict, "strict", false, "fail where owner or attributes cannot be carried over")
	wait := waitFlag(cmd)
	f.BoolVarP(&w.quiet, "quiet", "q", false, "no answer, no progress; errors only")

	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if absent && match != "" {
			return usagef("--if-absent and --if-match exclude each other")
		}
		switch {
		case absent:
			w.policy.If = wholly.IfAbsent
		case match != "":
			w.policy.If = wholly.IfVersion(wholly.Version(match))
		}
		if mkdir {
			w.policy.MkdirMode = 0o777
		}
		if inPlace {
			w.policy.Mounted = wholly.InPlace
		}
		w.modeSet = f.Changed("mode")
		w.policy.Keep, w.policy.Check = int(keep), check.value
		w.policy.Durability, w.policy.Links = durability.value, links.value
		w.policy.HardLinks, w.policy.Wait = hard.value, wait.limit()
		return w.run(cmd.Context(), args[0])
	}
	return cmd
}

func (w *writing) run(ctx context.Context, name string) error {
	if !w.quiet && term.IsTerminal(int(w.in.Fd())) {
		w.note("reading from the terminal: end with Ctrl-D, or leave FILE as it is with Ctrl-C")
	}
	progress := w.progress()
	result, err := w.policy.WriteFrom(ctx, name, progress.watch(stoppable(ctx, w.in)), w.mode.perm())
	progress.stop()
	if err != nil {
		return err
	}
	if w.quiet {
		return nil
	}
	w.noteMode(name, result)
	return w.answer(writtenJSON(name, result), func(out io.Writer) {
		fmt.Fprintln(out, written(name, result))
	})
}

func (w *writing) progress() *progress {
	return newProgress(w.screen(w.quiet), remaining(w.in))
}

// remaining is how much is left to read of in; 0 if nobody knows.
func remaining(in *os.File) int64 {
	info, err := in.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	at, err := in.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0
	}
	return max(0, info.Size()-at)
}

// stoppable reads r so that a Read that waits for a silent producer ends when
// ctx does. The producer's goroutine then stays behind: the process ends soon.
func stoppable(ctx context.Context, r io.Reader) io.Reader {
	from, to := io.Pipe()
	context.AfterFunc(ctx, func() { to.CloseWithError(ctx.Err()) })
	go func() {
		_, err := io.CopyBuffer(onlyWriter{to}, onlyReader{r}, make([]byte, 128<<10))
		to.CloseWithError(err)
	}()
	return from
}

// onlyReader and onlyWriter hide what would bypass the buffer.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)

// noteMode says so when --mode was given for a file that keeps its own.
func (w *writing) noteMode(name string, r wholly.Result) {
	if r.Created || !w.modeSet {
		return
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode()&(fs.ModePerm|fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) == w.mode.perm() {
		return
	}
	w.note("%s keeps its mode %04o: --mode is for new files", shown(name), info.Mode().Perm())
}

// written says what is true now.
func written(name string, r wholly.Result) string {
	parts := []string{bytesText(r.Size), "version " + string(r.Version)}
	if r.Created {
		parts = append(parts, "new")
	}
	if r.Kept > 0 {
		parts = append(parts, plural(int64(r.Kept), "earlier version", "earlier versions")+" kept")
	}
	if r.Durable {
		parts = append(parts, "durable")
	} else {
		parts = append(parts, "not confirmed durable")
	}
	if r.InPlace {
		parts = append(parts, "written in place")
	}
	s := shown(name) + ": " + strings.Join(parts, ", ")
	if r.OtherLinks > 0 {
		s += "\n  " + plural(int64(r.OtherLinks), "hard link keeps", "hard links keep") + " the old content"
	}
	if len(r.Dropped) > 0 {
		s += "\n  not carried over: " + strings.Join(r.Dropped, ", ")
	}
	return s
}

// resultJSON is the answer of write and restore.
type resultJSON struct {
	Path       string         `json:"path"`
	Size       int64          `json:"size"`
	Version    wholly.Version `json:"version"`
	Created    bool           `json:"created"`
	Kept       int            `json:"kept"`
	Durable    bool           `json:"durable"`
	InPlace    bool           `json:"in_place"`
	OtherLinks int            `json:"other_links"`
	Dropped    []string       `json:"dropped"`
}

func writtenJSON(name string, r wholly.Result) resultJSON {
	if r.Dropped == nil {
		r.Dropped = []string{}
	}
	return resultJSON{name, r.Size, r.Version, r.Created, r.Kept, r.Durable, r.InPlace, r.OtherLinks, r.Dropped}
}
