package flow

import "github.com/wholly-go/wholly/audit/effect"

// Settle gives the fields of the receiver, in a function that opens a file and
// keeps it in one, the values that the function itself gave them: the file that
// a constructor opens is then the one that another method publishes, by path.
func Settle(f *effect.Func) {
	given := map[string]*effect.Value{}
	keeps := false
	for _, s := range f.Sets {
		given[s.Field] = s.Value
		keeps = keeps || s.Value.Inner() != nil
	}
	if !keeps {
		return
	}
	for i := range f.Effects {
		e := &f.Effects[i]
		e.Path, e.From, e.Handle = put(e.Path, given, 0), put(e.From, given, 0), put(e.Handle, given, 0)
	}
	for i := range f.Sets {
		f.Sets[i].Value = put(f.Sets[i].Value, given, 0)
	}
}

// put returns v with the fields of the receiver replaced.
func put(v *effect.Value, given map[string]*effect.Value, depth int) *effect.Value {
	if v == nil || depth > 8 {
		return v
	}
	if v.Kind == effect.Field && v.Args[0].Kind == effect.Self {
		if to := given[v.Name]; to != nil && to.Key() != v.Key() {
			return put(to, given, depth+1)
		}
		return v
	}
	changed := false
	args := make([]*effect.Value, len(v.Args))
	for i, a := range v.Args {
		args[i] = put(a, given, depth+1)
		changed = changed || args[i] != a
	}
	if !changed {
		return v
	}
	c := *v
	c.Args = args
	return effect.Make(c).Typed(v.Type).Called(v.Words)
}
