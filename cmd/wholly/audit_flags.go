package main

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/audit/effect"
	auditrule "github.com/wholly-go/wholly/audit/rule"
)

// tongue is a language as people name it: on the command line, short or long,
// and in a text.
type tongue struct {
	short, long, text string
	language          effect.Language
}

var spoken = []tongue{
	{"py", "python", "Python", effect.Python},
	{"go", "golang", "Go", effect.Go},
	{"js", "javascript", "JavaScript", effect.JavaScript},
	{"ts", "typescript", "TypeScript", effect.TypeScript},
}

// languages are those to be audited; none: all.
type languages struct{ list []effect.Language }

func (l *languages) add(cmd *cobra.Command) {
	cmd.Flags().Var(l, "lang", "only these of py, go, js, ts")
	cmd.RegisterFlagCompletionFunc("lang", func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var words []string
		for _, s := range spoken {
			if !slices.Contains(strings.Split(before, ","), s.short) {
				words = append(words, before+s.short)
			}
		}
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

func (l *languages) Type() string { return "list" }

func (l *languages) String() string {
	var words []string
	for _, s := range spoken {
		if slices.Contains(l.list, s.language) {
			words = append(words, s.short)
		}
	}
	return strings.Join(words, ",")
}

func (l *languages) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		word = strings.ToLower(strings.TrimSpace(word))
		i := slices.IndexFunc(spoken, func(s tongue) bool { return word == s.short || word == s.long })
		if i < 0 {
			return fmt.Errorf("%q is unknown: known are py, go, js, ts", word)
		}
		l.list = append(l.list, spoken[i].language)
	}
	return nil
}

// layout is how an answer for people is laid out.
type layout int

const (
	layoutText layout = iota
	layoutMarkdown
	layoutGitHub
)

func formatFlag(cmd *cobra.Command) *choice[layout] {
	c := &choice[layout]{word: "text", kind: "word", words: map[string]layout{
		"text": layoutText, "md": layoutMarkdown, "github": layoutGitHub,
	}}
	c.add(cmd, "format", "text, md or github (annotations)")
	return c
}

func failOnFlag(cmd *cobra.Command) *choice[auditrule.Severity] {
	c := &choice[auditrule.Severity]{word: "medium", value: auditrule.Medium, kind: "severity", words: map[string]auditrule.Severity{}}
	for s := auditrule.Low; s <= auditrule.High; s++ {
		c.words[s.String()] = s
	}
	c.add(cmd, "fail-on", "exit 1 from high, medium or low on")
	return c
}

// grade is which fixes are made.
type grade struct {
	set bool
	ask bool
}

func (g *grade) String() string { return "" }
func (g *grade) Type() string   { return "bool" } // so that its value is shown as optional

func (g *grade) Set(word string) error {
	switch word {
	case "safe":
		*g = grade{set: true}
	case "all":
		*g = grade{set: true, ask: true}
	default:
		return fmt.Errorf("%q is unknown: --write makes the safe changes, --write=all those too that ask to be looked at", word)
	}
	return nil
}

// size is a number of bytes.
type size int64

func (s *size) Type() string { return "SIZE" }

func (s *size) String() string {
	if *s == 0 {
		return ""
	}
	return binary(float64(*s))
}

var units = []struct {
	word string
	size int64
}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"b", 1}, {"", 1}}

func (s *size) Set(text string) error {
	word := strings.ToLower(strings.ReplaceAll(text, " ", ""))
	for _, u := range units {
		number, ok := strings.CutSuffix(word, u.word)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || n <= 0 || n*float64(u.size) >= 1<<62 || strings.Trim(number, "0123456789.") != "" {
			break
		}
		*s = max(1, size(n*float64(u.size)))
		return nil
	}
	return fmt.Errorf("%q is not a size such as 500K or 8MiB", text)
}

// globs refuses patterns that can match nothing.
func globs(patterns []string) error {
	for _, p := range patterns {
		if _, err := path.Match(p, ""); err != nil || p == "" {
			return usagef("--exclude %q is not a pattern: * and ? stand for parts of a name, [a-z] for one character", p)
		}
	}
	return nil
}
