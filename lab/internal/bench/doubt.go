package bench

import "fmt"

// slack is how far two counts of flushes may differ and still be one count.
const slack = 0.01

// Doubts returns what no figure of a sound run shows, in sentences; nil is a
// sound run. Only counts of single saves are looked at: they do not depend on
// how busy the machine is.
//
// A contestant that claims to be durable and flushes less than the baseline
// does, or one of ours that flushes more, is wrong about itself or slower than
// it need be.
func (r Result) Doubts(cases []Case) []string {
	var doubts []string
	say := func(format string, a ...any) { doubts = append(doubts, fmt.Sprintf(format, a...)) }
	if len(r.Cells) > 0 && r.Disk.WriteCache != "write back" {
		say("the device's write cache is %q: no flush is sent, and no figure means anything", r.Disk.WriteCache)
	}
	single := map[string]bool{}
	for _, c := range cases {
		single[c.ID] = c.Single()
	}
	for _, c := range r.Cells {
		base, ok := r.baseline(c.FS, c.Case)
		switch {
		case c.Failed != "":
			say("%s failed on %s in case %s: %s", c.Contestant, c.FS, c.Case, c.Failed)
		case !ok || !single[c.Case] || !c.Durable:
		case base.Flushes == 0:
			say("the baseline flushes nothing on %s in case %s", c.FS, c.Case)
		case c.Flushes < base.Flushes-slack:
			say("%s calls itself durable on %s in case %s, with %g flushes a save where the baseline has %g", c.Contestant, c.FS, c.Case, c.Flushes, base.Flushes)
		case c.Ours && c.Flushes > base.Flushes+slack:
			say("%s has %g flushes a save on %s in case %s, the baseline %g", c.Contestant, c.Flushes, c.FS, c.Case, base.Flushes)
		}
	}
	return doubts
}

func (r Result) baseline(fs, id string) (Cell, bool) {
	for _, c := range r.Cells {
		if c.Baseline && c.FS == fs && c.Case == id {
			return c, true
		}
	}
	return Cell{}, false
}
