package weigh

import (
	"path"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

// sum brings the evidence down to one step of importance.
func (w *Weight) sum(pl *protocol.Place, test bool) {
	i := w.base(pl)
	if w.Absence.Text != "" && missing(pl.Verdict) && !pl.Facts.OnlyAbsent {
		w.Evidence = append(w.Evidence, w.Absence)
	}
	if w.Guarded.Line > 0 {
		w.add("existence-is-complete", w.Guarded, "that it exists is taken for complete")
		i = max(i, Used)
	}
	// A file replaced by a rename is unreadable only after a power cut.
	silent := w.Defaults.Text != "" && !pl.Verdict.Good() && !pl.Writer.Good() || missing(pl.Verdict) && w.Absence.Text != ""
	switch {
	case w.ReadBack && (silent || w.Credentials), w.Has("users-file"), w.Has("configuration"):
		i = Precious
	case w.Credentials, w.ReadBack, w.Has("watched"), w.Has("handed-out"):
		i = max(i, Used)
	}
	if w.Rebuilt {
		w.add("rebuilt", pl.At, "a reader makes it anew when it is bad")
		i = max(i-1, Passing)
	}
	if w.InTree || w.Mark {
		i = min(i, Kept)
	}
	if pl.Facts.Unsure {
		i = min(max(i-1, Passing), Kept)
	}
	if test || passing(pl) {
		i = Passing
	}
	w.Importance = i
}

// base is the importance without evidence: kept if the same file is written
// again and again, or a unique name at a place that lasts.
func (w *Weight) base(pl *protocol.Place) Importance {
	if pl.Verdict == protocol.Append || pl.Verdict == protocol.Device || pl.Verdict == protocol.Scratch {
		return Passing
	}
	return Kept
}

// missing reports whether the verdict can leave no file at all.
func missing(v protocol.Verdict) bool { return v == protocol.Window }

// passing is what nobody will miss.
func passing(pl *protocol.Place) bool {
	if pl.Verdict == protocol.Scratch || pl.Verdict == protocol.Device {
		return true
	}
	return artefact(pl)
}

// artefact reports whether all that a place writes are pictures, pages,
// profiles or logs, by extension.
func artefact(pl *protocol.Place) bool {
	known := false
	for _, t := range append([]*effect.Value{pl.Target}, pl.Targets...) {
		switch ext := path.Ext(last(t)); {
		case ext == "":
		case slices.Contains(artefacts, ext):
			known = true
		default:
			return false
		}
	}
	return known
}

var artefacts = []string{".pprof", ".prof", ".log", ".trace", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp4", ".webm", ".pdf", ".html", ".svg"}

// Aside reports whether a file lies in a folder for tests, examples or
// documentation. No other folder name says anything.
func Aside(file string) bool {
	dirs := strings.Split(file, "/")
	for _, d := range dirs[:len(dirs)-1] {
		switch strings.ToLower(d) {
		case "testdata", "example", "examples", "doc", "docs", "spec", "testutil", "testutils":
			return true
		}
		for _, w := range Words(d) { // test-utils, integration-tests, __tests__
			switch w {
			case "test", "tests", "testing", "fixtures", "e2e":
				return true
			}
		}
	}
	return false
}
