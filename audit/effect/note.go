package effect

import "strings"

// ParseNote reads the text of a comment, without its marks: "wholly:
// ignore[rule, rule] reason". ok is false if it does not speak to the audit.
// Without brackets all rules are meant; without a reason Text is empty.
func ParseNote(comment string) (n Note, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(comment), "wholly:")
	if !ok {
		return n, false
	}
	rest, ok = strings.CutPrefix(strings.TrimSpace(rest), "ignore")
	if !ok {
		return n, false
	}
	if list, after, found := strings.Cut(rest, "]"); found && strings.HasPrefix(list, "[") {
		for r := range strings.SplitSeq(list[1:], ",") {
			n.Rules = append(n.Rules, strings.TrimSpace(r))
		}
		rest = after
	}
	n.Text = strings.TrimSpace(rest)
	return n, true
}
