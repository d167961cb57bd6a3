package rule

import (
	"fmt"
	"io"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

var harms = map[Harm]string{
	Lost:   "the end of the program alone can lose or tear it",
	Power:  "a power cut can",
	Undone: "a power cut can undo a write that was acknowledged",
	Raced:  "two writers, or another user, can",
	Untidy: "untidy",
}

func (h Harm) String() string { return harms[h] }

var languages = map[effect.Language]string{effect.Python: "python", effect.Go: "go", effect.JavaScript: "js"}

// Print writes the catalogue of all rules as Markdown. The only errors are w's.
func Print(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# The rules of the audit\n\nPrinted from the rules themselves; each example is run as a test.\n")
	section := ""
	for _, r := range All() {
		if r.Section != section {
			section = r.Section
			fmt.Fprintf(&b, "\n## %s\n", section)
		}
		b.WriteString("\n")
		r.print(&b, "###")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Explain writes one rule as Markdown. The only errors are w's.
func (r *Rule) Explain(w io.Writer) error {
	var b strings.Builder
	r.print(&b, "#")
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Rule) print(b *strings.Builder, mark string) {
	fmt.Fprintf(b, "%s %s\n\n%s. At worst **%s**: %s.\n\n%s\n\nBetter: %s.\n",
		mark, r.Name, capital(r.Title), r.Worst(), r.Harm, r.Reason, r.Advice)
	if r.Kill != "" {
		fmt.Fprintf(b, "\nA kill leaves: %s. A power cut leaves: %s.\n", r.Kill, r.Power)
	}
	for _, e := range r.Examples {
		fmt.Fprintf(b, "\n```%s\n%s bad\n%s%s good\n%s```\n", languages[e.Language], comment(e.Language), e.Bad, comment(e.Language), e.Good)
	}
}

func comment(l effect.Language) string {
	if l == effect.Python {
		return "#"
	}
	return "//"
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
