package probe

import (
	"slices"
	"testing"
)

// capable is a file system that can do everything.
func capable(s System) *Report {
	r := &Report{System: s}
	for _, name := range []string{ReplaceOpen, HardLinks, Exchange, NoReplace, TempNoName, Locks, DirSync, Modes, Attrs, ACLs, Symlinks, Case} {
		r.Abilities = append(r.Abilities, Ability{Name: name, Has: true})
	}
	return r
}

func (r *Report) without(name string) *Report {
	r.Abilities = slices.DeleteFunc(r.Abilities, func(a Ability) bool { return a.Name == name })
	return r
}

// Each promise falls with what carries it, and with nothing else.
func TestPromisesFallWithWhatCarriesThem(t *testing.T) {
	good := System{Type: "ext4", Journal: Journalled, Options: []string{"rw", "relatime"}}
	with := func(option string) System {
		s := good
		s.Options = append(slices.Clone(s.Options), option)
		return s
	}
	of := func(fsType string, j Journal) System { return System{Type: fsType, Journal: j} }
	type verdicts map[string]Verdict
	power := func(v Verdict) verdicts { return verdicts{"P1": v, "P2": v, "P3": v} }
	for name, c := range map[string]struct {
		report *Report
		not    verdicts // the others hold
	}{
		"ext4 with a journal":     {capable(good), nil},
		"xfs":                     {capable(of("xfs", Journalled)), nil},
		"btrfs":                   {capable(of("btrfs", CopyOnWrite)), nil},
		"apfs":                    {capable(of("apfs", CopyOnWrite)), nil},
		"no hard links":           {capable(good).without(HardLinks), nil},
		"no attributes":           {capable(good).without(Attrs).without(ACLs), nil},
		"ext4 without a journal":  {capable(of("ext4", NoJournal)), power(Uncertain)},
		"ext4, journal not seen":  {capable(of("ext4", JournalUnknown)), power(Uncertain)},
		"ext4 nobarrier":          {capable(with("nobarrier")), power(Fails)},
		"ext4 barrier=0":          {capable(with("barrier=0")), power(Fails)},
		"overlay":                 {capable(of("overlay", JournalUnknown)), power(Uncertain)},
		"overlay volatile":        {capable(System{Type: "overlay", Options: []string{"volatile"}}), power(Fails)},
		"vfat":                    {capable(of("vfat", NoJournal)).without(Modes), verdicts{"P1": Uncertain, "P2": Uncertain, "P3": Uncertain, "P10": Fails}},
		"unheard of":              {capable(of("newfs", JournalUnknown)), power(Uncertain)},
		"nfs":                     {capable(of("nfs4", JournalUnknown)), verdicts{"P1": Uncertain, "P2": Uncertain, "P3": Uncertain, "P8": Uncertain}},
		"fuse":                    {capable(of("fuse.sshfs", JournalUnknown)), verdicts{"P1": Uncertain, "P2": Uncertain, "P3": Uncertain, "P8": Uncertain}},
		"tmpfs":                   {capable(of("tmpfs", NoJournal)), verdicts{"P2": Fails}},
		"no locks":                {capable(good).without(Locks), verdicts{"P4": Fails, "P8": Fails}},
		"no directory fsync":      {capable(good).without(DirSync), verdicts{"P2": Uncertain}},
		"no modes":                {capable(good).without(Modes), verdicts{"P10": Fails}},
		"readers block a replace": {capable(good).without(ReplaceOpen), verdicts{"P1": Fails, "P3": Fails}},
	} {
		for _, p := range c.report.Promises() {
			want := Holds
			if v, ok := c.not[p.ID]; ok {
				want = v
			}
			if p.Verdict != want {
				t.Errorf("%s: %s %s (%s), want %s", name, p.ID, p.Verdict, p.Why, want)
			}
			if p.Why == "" || p.Title == "" {
				t.Errorf("%s: %s says nothing", name, p.ID)
			}
		}
	}
}

func TestPromisesAreNumberedForGood(t *testing.T) {
	var ids []string
	for _, p := range capable(System{Type: "ext4", Journal: Journalled}).Promises() {
		ids = append(ids, p.ID)
	}
	want := []string{"P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P10"}
	if !slices.Equal(ids, want) {
		t.Errorf("promises %v, want %v", ids, want)
	}
}
