package keeper

import (
	"bytes"
	"slices"
	"time"

	"github.com/wholly-go/wholly/agent/internal/lossless"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// without is a file's state less what the browser was never given: what it
// refused, what could not be restored, and what the options leave out. None of
// it is missing in the browser because somebody deleted it there.
func without(s *storagestate.State, o Options, r Report) *storagestate.State {
	var b bytes.Buffer
	if storagestate.Encode(&b, s) != nil {
		return s
	}
	root, _, err := lossless.Parse(b.Bytes(), lossless.Options{})
	if err != nil || root.Kind() != lossless.Object {
		return s
	}
	less := remainder{options: o, items: make(map[storagestate.Item]bool), databases: make(map[[2]string]bool)}
	for _, x := range r.Refused {
		if x.Reason != storagestate.ReasonExpired {
			less.items[x.Item] = true
		}
	}
	for _, x := range r.Skipped {
		less.databases[[2]string{x.Origin, x.Database}] = true
	}
	if list := root.Get("cookies"); list.Kind() == lossless.Array {
		list.SetItems(slices.DeleteFunc(slices.Clone(list.Items()), less.cookie))
	}
	for _, origin := range root.Get("origins").Items() {
		less.origin(origin)
	}
	out, err := storagestate.Decode(root.Bytes(lossless.OneLine))
	if err != nil {
		return s
	}
	return out
}

// remainder tells what is to be left out.
type remainder struct {
	options   Options
	items     map[storagestate.Item]bool
	databases map[[2]string]bool // origin and name; no name stands for all
}

func (l remainder) cookie(c *lossless.Node) bool {
	if domain, _ := c.Get("domain").Str(); !l.options.wants(domain) {
		return true
	}
	if len(l.items) == 0 {
		return false
	}
	list := lossless.NewObject()
	list.Set("cookies", lossless.NewArray(c.Clone()))
	s, err := storagestate.Decode(list.Bytes(lossless.OneLine))
	if err != nil {
		return false
	}
	good, others := storagestate.CDPCookies(s, time.Time{})
	for _, g := range good {
		return l.items[storagestate.Item{Kind: storagestate.KindCookie, CookieKey: g.Key}]
	}
	for _, o := range others {
		return l.items[o.Item]
	}
	return false
}

func (l remainder) origin(o *lossless.Node) {
	name, _ := o.Get("origin").Str()
	for _, kind := range []storagestate.Kind{storagestate.KindLocalStorage, storagestate.KindSessionStorage} {
		list := o.Get(string(kind))
		if list.Kind() != lossless.Array || len(l.items) == 0 {
			continue
		}
		list.SetItems(slices.DeleteFunc(slices.Clone(list.Items()), func(e *lossless.Node) bool {
			key, _ := e.Get("name").Str()
			return l.items[storagestate.Item{Kind: kind, Origin: name, Key: key}]
		}))
	}
	list := o.Get("indexedDB")
	if list.Kind() != lossless.Array {
		return
	}
	include, exclude := l.options.databaseNames(name)
	list.SetItems(slices.DeleteFunc(slices.Clone(list.Items()), func(d *lossless.Node) bool {
		db, _ := d.Get("name").Str()
		return l.databases[[2]string{name, db}] || l.databases[[2]string{name, ""}] ||
			slices.Contains(exclude, db) || len(include) > 0 && !slices.Contains(include, db)
	}))
}
