package audit

import (
	"cmp"
	"slices"
)

// Open reports whether the finding asks for an answer: it is neither
// suppressed by a comment nor known from a baseline.
func (f *Finding) Open() bool { return f.Suppressed == "" && !f.Known }

// Keep drops the findings for which keep is false. The sites stay; the worst of
// what is left of a site leads it.
func (r *Result) Keep(keep func(*Finding) bool) {
	r.Findings = slices.DeleteFunc(r.Findings, func(f *Finding) bool { return !keep(f) })
	r.lead()
}

// lead tells for each site which of its findings is the worst, and what else
// was found there.
func (r *Result) lead() {
	leads := map[int]*Finding{}
	for _, f := range r.Findings {
		f.Leads, f.Also = true, nil
		if f.SiteIndex < 0 {
			continue
		}
		if worst := leads[f.SiteIndex]; worst != nil {
			f.Leads = false
			worst.Also = append(worst.Also, f.Rule)
			continue
		}
		leads[f.SiteIndex] = f
	}
}

// order sorts findings by file, line and severity, the worst first.
func order(a, b *Finding) int {
	return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line, int(b.Severity)-int(a.Severity))
}
