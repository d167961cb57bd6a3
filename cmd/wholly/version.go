package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/audit/grammar"
)

func (a *app) version() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which wholly this is",
		Long: `Say which wholly this is: version, commit, compiler and platform, and the
grammars that audit reads Python, JavaScript and TypeScript with.`,
		Example: `  wholly version --json`,
		GroupID: groupTool,
		Args:    cobra.NoArgs,
	}
	exits(cmd, "0", "said", "3", "it failed")
	cmd.RunE = func(*cobra.Command, []string) error {
		b := build()
		return a.answer(b, func(out io.Writer) {
			fmt.Fprintf(out, "wholly %s %s %s\n", b.Version, b.Go, b.Platform)
			fmt.Fprintf(out, "grammars %s\n", b.grammarText())
			if b.Commit != "" {
				fmt.Fprintf(out, "commit %s %s\n", b.Commit, b.Time)
			}
		})
	}
	return cmd
}

// buildJSON is what the Go command wrote into the binary.
type buildJSON struct {
	Version  string        `json:"version"`
	Commit   string        `json:"commit"`
	Time     string        `json:"time"` // of the commit
	Modified bool          `json:"modified"`
	Go       string        `json:"go"`
	Platform string        `json:"platform"`
	Grammars []grammarJSON `json:"grammars"` // that are linked in
}

type grammarJSON struct {
	Language string `json:"language"`
	Version  string `json:"version"` // "" if the build does not tell
}

// grammarModules are where the grammars come from.
var grammarModules = []struct{ language, path string }{
	{"javascript", "github.com/tree-sitter/tree-sitter-javascript"},
	{"python", "github.com/tree-sitter/tree-sitter-python"},
	{"typescript", "github.com/tree-sitter/tree-sitter-typescript"},
}

func grammars(deps []*debug.Module) []grammarJSON {
	linked := []grammarJSON{}
	if !grammar.Available {
		return linked
	}
	for _, g := range grammarModules {
		version := ""
		if i := slices.IndexFunc(deps, func(m *debug.Module) bool { return m.Path == g.path }); i >= 0 {
			version = deps[i].Version
		}
		linked = append(linked, grammarJSON{g.language, version})
	}
	return linked
}

func (b buildJSON) grammarText() string {
	if len(b.Grammars) == 0 {
		return "none: audit reads Go only"
	}
	var words []string
	for _, g := range b.Grammars {
		words = append(words, strings.TrimSpace(g.Language+" "+g.Version))
	}
	return strings.Join(words, ", ")
}

func build() buildJSON {
	b := buildJSON{Version: "(unknown)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		b.Grammars = grammars(nil)
		return b
	}
	b.Grammars = grammars(info.Deps)
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
