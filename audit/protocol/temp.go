package protocol

import (
	"github.com/wholly-go/wholly/audit/effect"
)

// staging compares the temp's directory with the target's.
func staging(temp, target *effect.Value) Staging {
	if temp.Kind == effect.Temp && temp.Args[0] == nil {
		return SystemTemp
	}
	if scratch(temp) && !scratch(target) {
		return SystemTemp
	}
	dir, want := effect.NewDir(temp), effect.NewDir(target)
	if effect.Same(dir, want) || standsOn(temp, target) || standsOn(target, temp) {
		return SameDir
	}
	if dir.Kind == effect.Dir && dir.Args[0].Kind != effect.Concat || want.Kind == effect.Dir {
		return StagedSomewhere
	}
	return Elsewhere
}

// standsOn reports whether a is b with something added to its last element.
func standsOn(a, b *effect.Value) bool {
	switch a.Kind {
	case effect.Concat, effect.Suffix:
		return effect.Same(a.Args[0], b)
	case effect.Phi:
		for _, alt := range a.Args {
			if standsOn(alt, b) {
				return true
			}
		}
	}
	return false
}

// tempName says what makes the temp's name differ from another's.
func tempName(v *effect.Value) TempName {
	name := FixedTemp
	v.Any(func(p *effect.Value) bool {
		switch {
		case p.Kind == effect.Temp, p.Kind == effect.Random && (p.Name == "random" || p.Name == "hash"):
			name = UniqueTemp
		case p.Kind == effect.Random && p.Name == "pid" && name != UniqueTemp:
			name = PidTemp
		case p.Kind == effect.Random && p.Name == "clock" && name == FixedTemp:
			name = ClockTemp
		case (p.Kind == effect.Unknown || p.Kind == effect.Call) && name == FixedTemp:
			name = UnknownTemp
		}
		return name == UniqueTemp
	})
	return name
}
