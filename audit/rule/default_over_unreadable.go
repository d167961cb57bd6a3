package rule

import (
	"fmt"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

var defaultOverUnreadable = &Rule{
	Name:    "default-over-unreadable",
	Section: "The file can be lost, torn or emptied by the end of the program alone",
	Harm:    Lost,
	AtMost:  High,
	Title:   "a file that could not be read is replaced by defaults",
	Reason:  "A file that could not be read (torn, locked, odd encoding, no permission) is answered by writing defaults over it. The indirect form counts too: the load returns an empty value and a later save writes that value.",
	Kill:    "old, empty, torn, new",
	Power:   "old, empty, zeros, torn, new",
	Advice:  "take defaults only when the file does not exist; set a bad one aside and say so",
	Examples: []Example{
		{Language: effect.Python, Bad: `try:
    cfg = load(path)
except Exception:
    cfg = defaults()
    save(path, cfg)
`, Good: `try:
    cfg = load(path)
except FileNotFoundError:
    cfg = defaults()
except ValueError:
    os.replace(path, f"{path}.bad-{stamp()}")
    raise
`},
		{Language: effect.Go, Bad: `cfg, err := load(path)
if err != nil {
	cfg = defaults()
	err = save(path, cfg)
}
`, Good: `cfg, err = load(path)
if errors.Is(err, fs.ErrNotExist) {
	cfg, err = defaults(), nil
}
`},
		{Language: effect.JavaScript, Bad: `try { cfg = load(path); }
catch { cfg = {}; save(path, cfg); }
`, Good: `try { cfg = load(path); }
catch (e) {
  if (e.code !== 'ENOENT') throw e;
  cfg = {};
}
`},
	},
	find: func(l *Look) (effect.Span, string, bool) {
		if l.Weight.Defaults.Text == "" || l.Weight.Rebuilt || !replaces(l.Verdict) || l.Verdict.Good() && !l.Facts.ReadBefore {
			return effect.Span{}, "", false
		}
		return l.Weight.Defaults.At, fmt.Sprintf("when loading fails (%s), defaults are used, and the next save replaces the file by them", place(l, l.Weight.Defaults.At)), true
	},
}

// replaces reports whether a verdict puts new content where old content was.
func replaces(v protocol.Verdict) bool {
	switch v {
	case protocol.InPlace, protocol.InPlaceWithBackup, protocol.UpdateInPlace, protocol.CopyOver, protocol.Window:
		return true
	}
	return v.Good()
}
