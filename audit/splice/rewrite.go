package splice

import (
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
)

// binding says what stands for what when a callee's values are carried to its
// caller.
type binding struct {
	fn    string          // the callee
	args  []*effect.Value // its parameters
	self  *effect.Value   // its receiver
	at    string          // site of the call; "" within one function
	hook  bool            // the callee stands for what the call does
	calls map[string][]*effect.Value
	seen  map[*effect.Value]*effect.Value
	keep  bool // self is known in part: its other fields stay those of the type
}

// value returns v with the arguments, the receiver and the results of calls
// put in. Sites get the call's in front: two calls of one function open two
// files.
func (b *binding) value(v *effect.Value) *effect.Value {
	if v == nil {
		return nil
	}
	if got, ok := b.seen[v]; ok {
		return got
	}
	b.seen[v] = v // a value that contains itself stays as it is
	got := b.rewrite(v)
	if got != v && got != nil {
		got = got.Called(v.Words)
		if got.Type == "" {
			got = got.Typed(v.Type)
		}
	}
	b.seen[v] = got
	return got
}

func (b *binding) rewrite(v *effect.Value) *effect.Value {
	switch v.Kind {
	case effect.Param:
		if v.Name == b.fn && v.Index < len(b.args) && b.args[v.Index] != nil {
			return b.args[v.Index]
		}
		return v
	case effect.Field:
		if b.keep && v.Args[0].Kind == effect.Self && b.self.Kind == effect.Object && !slices.Contains(b.self.Names, v.Name) {
			return v
		}
	case effect.Self:
		if b.self != nil {
			return b.self
		}
		return v
	case effect.Call:
		if res, ok := b.calls[v.Site]; ok && b.at == "" && v.Index < len(res) && res[v.Index] != nil {
			return res[v.Index]
		}
	}
	args := b.values(v.Args)
	if slices.Equal(args, v.Args) && (v.Site == "" || b.at == "") {
		return v
	}
	c := *v
	c.Args = args
	if v.Site != "" && b.at != "" {
		c.Site = b.at + ">" + v.Site
		if b.hook {
			c.Site = b.at
		}
	}
	return effect.Make(c)
}

func (b *binding) values(vs []*effect.Value) []*effect.Value {
	if vs == nil {
		return nil
	}
	out := make([]*effect.Value, len(vs))
	for i, v := range vs {
		out[i] = b.value(v)
	}
	return out
}

// effect returns e with everything put in.
func (b *binding) effect(e effect.Effect) effect.Effect {
	e.Path, e.From, e.Handle, e.Content = b.value(e.Path), b.value(e.From), b.value(e.Handle), b.value(e.Content)
	e.In = b.region(e.In)
	if e.Call != nil {
		c := *e.Call
		c.Recv = b.value(c.Recv)
		c.Args = b.values(c.Args)
		if len(c.Named) > 0 {
			named := make(map[string]*effect.Value, len(c.Named))
			for k, v := range c.Named {
				named[k] = b.value(v)
			}
			c.Named = named
		}
		e.Call = &c
	}
	return e
}

// region rewrites the condition of the branches around an effect.
func (b *binding) region(r *effect.Region) *effect.Region {
	if r == nil {
		return nil
	}
	up, cond := b.region(r.Up), b.value(r.Cond.Exists)
	if up == r.Up && cond == r.Cond.Exists {
		return r
	}
	c := *r
	c.Up, c.Cond.Exists = up, cond
	return &c
}
