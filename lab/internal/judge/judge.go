package judge

import (
	"fmt"
	"slices"
	"strings"
)

// verdict collects what is wrong with a disk.
type verdict struct {
	bad []Outcome
	why []string
}

func (v *verdict) add(o Outcome, format string, args ...any) {
	if !slices.Contains(v.bad, o) {
		v.bad = append(v.bad, o)
		v.why = append(v.why, fmt.Sprintf(format, args...))
	}
}

// Judge says what is wrong with the disk if the power went when h was the
// history: every outcome once, in the order of tables, and why. None is good.
func (s Sight) Judge(h *History) (bad []Outcome, why string) {
	v := verdict{slices.Clone(s.trouble.bad), slices.Clone(s.trouble.why)}
	for _, name := range s.names {
		saves := h.of(name)
		s.judgeContent(&v, name, saves, s.before.itself(name), "for a stranger")
		s.judgeCompanions(&v, name, saves, s.before[name], "")
		s.judgeVersions(&v, name, saves)
		if s.rules.Library {
			s.judgeContent(&v, name, saves, s.read[name], "for the library")
			s.judgeContent(&v, name, saves, s.after.itself(name), "after the recovery")
			s.judgeCompanions(&v, name, saves, s.after[name], " after the recovery")
		}
	}
	for _, name := range s.litter {
		v.add(Litter, "left behind: %s", name)
	}
	slices.Sort(v.bad)
	return v.bad, strings.Join(v.why, "; ")
}

// judgeContent judges the file itself. Where it starts damaged only a stranger
// may see the damage, and from then on the good version is as good as the save
// that puts it back.
func (s Sight) judgeContent(v *verdict, name string, saves *saves, c Content, who string) {
	switch {
	case c.Class == Missing && saves.existed():
		v.add(Missing, "%s is missing %s", name, who)
		return
	case c.Class == Missing && saves.acked:
		v.add(Lost, "%s is not there %s, although its first save was acknowledged", name, who)
		return
	case c.Class == Missing:
		return
	case c.Class != Good && c.Err != nil:
		v.add(c.Class, "%s is %v %s: %v", name, c.Class, who, c.Err)
		return
	case c.Class != Good:
		v.add(c.Class, "%s is %v %s, %d bytes", name, c.Class, who, c.Size)
		return
	}
	if s.rules.Log {
		if o, why := saves.allowsLog(c.records); o != Good {
			v.add(o, "%s, %v %s: %s", name, o, who, why)
		}
		return
	}
	gens := c.gens
	if s.rules.Recovers && who != "for a stranger" {
		if slices.Contains(gens, -1) && saves.allows(0) == Good {
			return
		}
		if gens = without(gens, 0); len(gens) == 0 {
			v.add(Torn, "%s is as damaged %s as it was", name, who)
			return
		}
	}
	if o := saves.best(gens); o != Good {
		v.add(o, "%s is generation %v, %v %s", name, c.gens, o, who)
	}
}

func without(gens []int, gen int) []int {
	return slices.DeleteFunc(slices.Clone(gens), func(g int) bool { return g == gen })
}

// judgeCompanions judges what stands beside the file at any moment: each
// backup is one whole version that had begun, and of a file that started
// damaged neither the damage nor the good version is gone.
func (s Sight) judgeCompanions(v *verdict, name string, saves *saves, files []file, when string) {
	if s.rules.Keep == 0 && !s.rules.Recovers {
		return
	}
	damage, good := false, false
	for _, f := range files {
		damage = damage || slices.Contains(f.gens, 0)
		if f.role != backup {
			continue
		}
		good = good || slices.Contains(f.gens, -1)
		if !slices.ContainsFunc(f.gens, func(g int) bool { return saves.allows(g) != Future }) {
			v.add(Backup, "%s is %v, generation %v%s", f.path, f.Class, f.gens, when)
		}
	}
	if s.rules.Recovers && !damage {
		v.add(Backup, "the damaged content of %s is gone%s", name, when)
	}
	if s.rules.Recovers && !good {
		v.add(Backup, "the good version of %s is gone%s", name, when)
	}
}

// judgeVersions: while no save is under way each backup is the version before
// the next.
func (s Sight) judgeVersions(v *verdict, name string, saves *saves) {
	if s.rules.Recovers || s.rules.Log || saves.open > 0 || len(saves.order) == 0 {
		return
	}
	for i, gen := range saves.earlier(s.rules.Keep) {
		if !slices.ContainsFunc(s.before[name], func(f file) bool {
			return f.role == backup && f.n == i+1 && slices.Contains(f.gens, gen)
		}) {
			v.add(Backup, "version %d of %s should be generation %d", i+1, name, gen)
		}
	}
}
