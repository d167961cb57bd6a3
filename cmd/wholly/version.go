package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) version() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Say which wholly this is",
		Long:    `Say which wholly this is: version, commit, compiler and platform.`,
		Example: `  wholly version --json`,
		GroupID: groupTool,
		Args:    cobra.NoArgs,
	}
	exits(cmd, "0", "said", "3", "it failed")
	cmd.RunE = func(*cobra.Command, []string) error {
		b := build()
		return a.answer(b, func(out io.Writer) {
			fmt.Fprintf(out, "wholly %s %s %s\n", b.Version, b.Go, b.Platform)
			if b.Commit != "" {
				fmt.Fprintf(out, "commit %s %s\n", b.Commit, b.Time)
			}
		})
	}
	return cmd
}

// buildJSON is what the Go command wrote into the binary.
type buildJSON struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Time     string `json:"time"` // of the commit
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func build() buildJSON {
	b := buildJSON{Version: "(unknown)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
