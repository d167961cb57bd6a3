package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/protocol"
)

// row is one thing that the code does, as people read it.
type row struct {
	file     string
	from, to int // lines
	op       string
	path     string
	source   string // of a rename, link or copy
	note     string
	bad      bool // the note says what is wrong
	late     bool
	here     bool // it is the site itself
}

// rows tells a site's steps: opening, writing and closing one file is one
// thing; what makes folders says nothing about the file. What is seen through
// several calls is told once.
func rows(s *audit.Site) []row {
	var list []row
	for _, st := range s.Steps {
		if st.Op == "mkdir" || st.Op == "exists?" {
			continue
		}
		r := row{file: st.File, from: st.Line, to: st.Line, op: st.Op, path: st.Path, source: st.From, late: st.Late}
		if n := len(list); n > 0 && joins(&list[n-1], &r) {
			continue
		}
		list = append(list, r)
	}
	list = telling(s, list)
	noted := false
	for i := range list {
		list[i].here = list[i].file == s.File && list[i].from <= s.Line && s.Line <= list[i].to && list[i].op != "read"
		noted = remark(s, &list[i], noted)
	}
	return list
}

// telling drops what is told already, and files that are opened or closed and
// nothing else.
func telling(s *audit.Site, list []row) []row {
	used, seen := map[string]bool{s.Target: true}, map[row]bool{}
	for _, r := range list {
		used[r.source] = true
	}
	return slices.DeleteFunc(list, func(r row) bool {
		idle := r.op == "close" || r.op == "flush" || r.op == "open" && !used[r.path]
		drop := idle && r.from != s.Line || seen[r]
		seen[r] = true
		return drop
	})
}

var streams = map[string]int{"close": 1, "flush": 2, "open": 3, "temp": 4, "read": 5, "truncate": 6, "write": 7}

// joins adds r to the row before it, if both handle one open file.
func joins(last, r *row) bool {
	a, b := streams[last.op], streams[r.op]
	if a == 0 || b == 0 || last.path != r.path || last.file != r.file || last.late != r.late {
		return false
	}
	if r.op == "open" && (last.op == "write" || last.op == "read") {
		return false // opened anew
	}
	if b > a {
		last.op = r.op
	}
	last.from, last.to = min(last.from, r.from), max(last.to, r.to)
	return true
}

// remark says what is to be known about a row; staged: the temp was described.
func remark(s *audit.Site, r *row, staged bool) bool {
	target := r.path == s.Target
	switch {
	case r.late && !r.here:
		r.note = "only after an error"
	case r.op == "write" && target:
		r.note, r.bad = written(s.Verdict)
	case r.op == "write" && !staged && s.Facts.Staging != protocol.NotStaged:
		r.note, r.bad = temp(&s.Facts)
		return true
	case r.op == "rename" && r.source == s.Target, r.op == "move" && r.source == s.Target, r.op == "remove" && target && s.Verdict == protocol.Window:
		r.note, r.bad = "from here on there is no file", true
	case (r.op == "rename" || r.op == "move") && target && s.Facts.Sync == protocol.NoSync:
		r.note = "may reach the disk first"
	case r.op == "copy" && target:
		r.note, r.bad = "emptied, then filled", true
	case r.op == "sync" && r.from == s.Facts.SyncAt.Line:
		r.note = syncs[s.Facts.Sync]
		r.bad = r.note != ""
	}
	return staged
}

func written(v protocol.Verdict) (note string, bad bool) {
	switch v {
	case protocol.InPlace, protocol.InPlaceWithBackup:
		return "emptied, then filled", true
	case protocol.UpdateInPlace:
		return "overwritten where it lies", true
	case protocol.Append:
		return "added at the end", false
	}
	return "", false
}

// temp describes how new content is staged.
func temp(f *protocol.Facts) (note string, bad bool) {
	names := map[protocol.TempName]string{protocol.FixedTemp: "fixed name", protocol.PidTemp: "named by process", protocol.ClockTemp: "named by time"}
	var parts []string
	if n := names[f.Temp]; n != "" {
		parts = append(parts, n)
	}
	if f.Sync == protocol.NoSync {
		parts = append(parts, "not synced")
	}
	if f.Staging == protocol.SystemTemp || f.Staging == protocol.Elsewhere {
		parts = append(parts, "perhaps on another device")
	}
	return strings.Join(parts, ", "), len(parts) > 0
}

var syncs = map[protocol.SyncPlace]string{
	protocol.SyncAfter: "too late: renamed already", protocol.SyncEarly: "too early: more is written after it",
	protocol.SyncOther: "of another file", protocol.SyncBranch: "not on every way", protocol.SyncDropped: "its error is dropped",
}

// lines is "12", or "12-14".
func lines(from, to int) string {
	if from == to {
		return strconv.Itoa(from)
	}
	return fmt.Sprintf("%d-%d", from, to)
}

// most is how many steps people are told of one site.
const most = 9

// foremost picks the steps that say most where there are too many: the site
// itself, those with a bad note, then the first ones. left is how many it
// leaves out.
func foremost(list []row) (picked []row, left int) {
	if len(list) <= most {
		return list, 0
	}
	keep := map[int]bool{}
	for _, want := range []func(row) bool{
		func(r row) bool { return r.here },
		func(r row) bool { return r.bad },
		func(r row) bool { return !r.late },
		func(row) bool { return true },
	} {
		for i, r := range list {
			if len(keep) < most && want(r) {
				keep[i] = true
			}
		}
	}
	for i, r := range list {
		if keep[i] {
			picked = append(picked, r)
		}
	}
	return picked, len(list) - len(picked)
}

func (r *row) subject() string {
	if r.source != "" {
		return r.source + " -> " + r.path
	}
	return r.path
}

// short gives a long target a short name, which the steps are told with.
func short(target string) (name string, named bool) {
	target = harmless(target)
	if columns(target) <= 26 {
		return target, false
	}
	return "PATH", true
}

// alias puts the short name of the target in its place.
func alias(s *audit.Site, name, path string) string {
	if path == "" || s.Target == "" {
		return harmless(path)
	}
	return strings.ReplaceAll(harmless(path), harmless(s.Target), name)
}
