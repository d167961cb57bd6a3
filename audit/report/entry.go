package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/rule"
)

// entry is one site as people are told of it: its worst finding, and the
// others beside it. A comment that is a finding itself has no site.
type entry struct {
	lead *audit.Finding
	also []*audit.Finding
}

// entries joins the open findings of each site, the most important first:
// by severity, by what is lost, by the order of the rules, by place.
func entries(r *audit.Result) []entry {
	var all []entry
	at := map[int]int{}
	for _, f := range r.Findings {
		if !f.Open() {
			continue
		}
		i, ok := at[f.SiteIndex]
		switch {
		case f.SiteIndex < 0 || !ok:
			at[f.SiteIndex] = len(all)
			all = append(all, entry{lead: f})
		case worse(f, all[i].lead):
			all[i] = entry{f, append([]*audit.Finding{all[i].lead}, all[i].also...)}
		default:
			all[i].also = append(all[i].also, f)
		}
	}
	slices.SortStableFunc(all, byWeight)
	return all
}

// worse keeps the order of the rules among findings of one severity.
func worse(a, b *audit.Finding) bool { return a.Severity > b.Severity }

func byWeight(a, b entry) int {
	return cmp.Or(
		int(b.lead.Severity)-int(a.lead.Severity),
		cmp.Compare(b.importance(), a.importance()),
		cmp.Compare(ordinal(a.lead.Rule), ordinal(b.lead.Rule)),
		cmp.Compare(a.lead.File, b.lead.File),
		a.lead.Line-b.lead.Line,
	)
}

func (e entry) importance() int {
	if e.lead.Site == nil {
		return -1
	}
	return slices.Index([]string{"passing", "kept", "used", "precious"}, e.lead.Site.Importance)
}

// ordinal is the place of a rule in the catalogue; the findings about comments
// are in none and come last.
func ordinal(name string) int {
	if i := slices.IndexFunc(rule.All(), func(r *rule.Rule) bool { return r.Name == name }); i >= 0 {
		return i
	}
	return len(rule.All())
}

// shown are the entries that people are told of, and how many more there are
// at or above o.From.
func (o Options) shown(all []entry) (shown, more []entry) {
	n := 0
	for n < len(all) && all[n].lead.Severity >= o.from() {
		n++
	}
	cut := n
	switch {
	case o.Most == 0:
		cut = min(n, 10)
	case o.Most > 0:
		cut = min(n, o.Most)
	}
	return byFile(all[:cut]), all[cut:n]
}

// byFile brings the entries of a file together, at the place of its first.
func byFile(list []entry) []entry {
	first := map[string]int{}
	for i, e := range list {
		if _, ok := first[e.lead.File]; !ok {
			first[e.lead.File] = i
		}
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b entry) int { return first[a.lead.File] - first[b.lead.File] })
	return list
}

// counts says how many entries there are of each severity: "3 high, 1 low".
func counts(list []entry) string {
	var n [rule.High + 1]int
	for _, e := range list {
		n[e.lead.Severity]++
	}
	var parts []string
	for s := rule.High; s >= rule.Info; s-- {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprint(n[s], " ", s))
		}
	}
	return strings.Join(parts, ", ")
}
