package crash

import (
	"bytes"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
)

// Model says which changes of directory entries a power cut may lose.
type Model uint8

const (
	// Subset: any that were not synced, whatever came after (POSIX).
	Subset Model = iota
	// Prefix: the last ones, in order (a file system with a journal).
	Prefix
)

// String returns "subset" or "prefix".
func (m Model) String() string { return [...]string{"subset", "prefix"}[m] }

// maxPending is how many unsynced changes of entries are combined freely. With
// more, only the prefixes, each one missing, each one alone and a sample, the
// same each time, are made, and Crash.Cut says so.
const (
	maxPending = 12
	sample     = 1 << 10
)

// version is what one file turned out to hold.
type version struct {
	data []byte
	meta meta
	what string // "older", "empty", …; "" for what was synced
}

// pending is a change of entries that is not on the disk yet.
type pending struct {
	op   int
	dir  int
	sets []entry
}

// record is what is known about a disk at one moment of its recording.
type record struct {
	entries map[int]map[string]int // on the disk for good
	pending []pending
	files   map[int]*contents
	dirs    map[int]meta
	links   map[int]string
	mounts  map[int]bool
	acked   int
	begun   []int // not void, ascending

	powersafe bool
}

// contents are all states of a file since it was last synced, the synced one
// first.
type contents struct {
	data  [][]byte
	metas []meta
}

// Crashes yields every disk that a power cut could have left, at every moment
// of what was recorded: before the first operation, after each, and in the
// middle of each write. The disks of one moment differ from each other.
func (d *Disk) Crashes(model Model) iter.Seq[*Crash] {
	return func(yield func(*Crash) bool) {
		r := d.newRecord()
		index := 0
		emit := func(at int) bool {
			for c := range r.crashes(d, model) {
				c.At, c.Index = at, index
				index++
				if !yield(c) {
					return false
				}
			}
			return true
		}
		if !emit(0) {
			return
		}
		for i, op := range d.Ops() {
			if op.Kind == "write" && op.Err == nil {
				r.apply(i, r.half(op)) // a moment of its own
				if !emit(i) {
					return
				}
			}
			r.apply(i, op)
			if !emit(i + 1) {
				return
			}
		}
	}
}

// half is a write of which only the first half was done.
func (r *record) half(op Op) Op {
	old := r.files[op.Ino].data
	last := old[len(old)-1]
	middle := op.from + (op.to-op.from+1)/2
	data := slices.Clone(op.Data[:max(middle, int64(len(last)))])
	copy(data[min(middle, int64(len(last))):], last[min(middle, int64(len(last))):])
	op.Data = data
	return op
}

func (d *Disk) newRecord() *record {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := &record{
		entries: map[int]map[string]int{}, files: map[int]*contents{}, dirs: map[int]meta{},
		links: map[int]string{}, mounts: map[int]bool{}, powersafe: d.Powersafe,
	}
	for _, n := range d.start {
		switch {
		case n.entries != nil:
			r.dirs[n.id] = n.meta
			r.entries[n.id] = map[string]int{}
			for name, e := range n.entries {
				r.entries[n.id][name] = e.id
			}
		case n.text != "":
			r.links[n.id] = n.text
		default:
			r.files[n.id] = &contents{[][]byte{n.data}, []meta{n.meta}}
			r.mounts[n.id] = n.mounted
		}
	}
	return r
}

// apply takes one operation into account.
func (r *record) apply(i int, op Op) {
	if op.Err != nil {
		return
	}
	switch op.Kind {
	case "begin":
		r.begun = append(r.begun, op.Mark)
	case "void":
		r.begun = slices.DeleteFunc(r.begun, func(k int) bool { return k == op.Mark })
	case "ack":
		r.acked = max(r.acked, op.Mark)
	case "create":
		r.files[op.Ino] = &contents{[][]byte{nil}, []meta{op.after}}
	case "mkdir":
		r.dirs = maps.Clone(r.dirs) // disks made before share it
		r.dirs[op.Ino] = op.after
		r.entries[op.Ino] = map[string]int{}
	case "write", "truncate":
		f := r.files[op.Ino]
		f.data = append(f.data, op.Data)
	case "chmod", "chown", "setattr", "removeattr":
		f := r.files[op.Ino]
		f.metas = append(f.metas, op.after)
	case "sync":
		if f := r.files[op.Ino]; f != nil && !op.void {
			f.data, f.metas = f.data[len(f.data)-1:], f.metas[len(f.metas)-1:]
		}
	case "dirsync":
		r.settle(op.Dir)
	}
	if len(op.sets) > 0 {
		r.pending = append(r.pending, pending{i, op.Dir, op.sets})
	}
}

// settle makes the pending entries of one directory certain.
func (r *record) settle(dir int) {
	var rest []pending
	for _, p := range r.pending {
		if p.dir != dir {
			rest = append(rest, p)
			continue
		}
		for _, s := range p.sets {
			set(r.entries[dir], s)
		}
	}
	r.pending = rest
}

func set(entries map[string]int, s entry) {
	if s.ino == 0 {
		delete(entries, s.name)
	} else {
		entries[s.name] = s.ino
	}
}

// choices yields which of the pending changes landed.
func (r *record) choices(model Model) iter.Seq2[[]bool, bool] {
	n := len(r.pending)
	return func(yield func([]bool, bool) bool) {
		landed := make([]bool, n)
		cut := model == Subset && n > maxPending
		if model == Subset && !cut {
			for mask := range 1 << n {
				for i := range landed {
					landed[i] = mask>>i&1 == 1
				}
				if !yield(landed, false) {
					return
				}
			}
			return
		}
		for k := range n + 1 {
			for i := range landed {
				landed[i] = i < k
			}
			if !yield(landed, cut) {
				return
			}
		}
		for k := 0; cut && k < 2*n; k++ {
			for i := range landed {
				landed[i] = (i == k%n) == (k < n)
			}
			if !yield(landed, true) {
				return
			}
		}
		rnd := rand.New(rand.NewPCG(uint64(n), 1))
		for k := 0; cut && k < sample; k++ {
			for i := range landed {
				landed[i] = rnd.IntN(2) == 1
			}
			if !yield(landed, true) {
				return
			}
		}
	}
}

// crashes yields the different disks of this moment.
func (r *record) crashes(d *Disk, model Model) iter.Seq[*Crash] {
	return func(yield func(*Crash) bool) {
		looked, seen := map[uint64]bool{}, map[uint64]bool{}
		known := r.allVersions()
		begun := 0
		if len(r.begun) > 0 {
			begun = r.begun[len(r.begun)-1]
		}
		for landed, cut := range r.choices(model) {
			c := Crash{disk: d, Acked: r.acked, Begun: max(begun, r.acked), Cut: cut, dirs: r.dirs}
			c.entries, c.lost = r.land(landed)
			c.names = places(c.entries, d.root.id)
			names := c.sum()
			if looked[names] {
				continue // the same names of the same files
			}
			looked[names] = true
			for c.files = range combine(c.names, known) {
				if c.key = c.sum(); seen[c.key] {
					continue
				}
				seen[c.key] = true
				one := c
				if !yield(&one) {
					return
				}
			}
			c.files = nil
		}
	}
}

// land returns the entries of every directory with the chosen changes.
func (r *record) land(landed []bool) (entries map[int]map[string]int, lost []int) {
	entries = map[int]map[string]int{}
	for dir, e := range r.entries {
		entries[dir] = maps.Clone(e)
	}
	for i, p := range r.pending {
		if !landed[i] {
			lost = append(lost, p.op)
			continue
		}
		for _, s := range p.sets {
			set(entries[p.dir], s)
		}
	}
	return entries, lost
}

// allVersions returns what every file may hold.
func (r *record) allVersions() map[int][]version {
	all := map[int][]version{}
	for id, f := range r.files {
		all[id] = f.versions()
		if r.powersafe {
			all[id] = f.powersafe()
		}
	}
	return all
}

// combine yields every combination of what the files in sight may hold.
func combine(names []place, known map[int][]version) iter.Seq[map[int]version] {
	var ids []int
	for _, p := range names {
		if known[p.id] != nil && !slices.Contains(ids, p.id) {
			ids = append(ids, p.id)
		}
	}
	slices.Sort(ids)
	return func(yield func(map[int]version) bool) {
		chosen := map[int]version{}
		var choose func(i int) bool
		choose = func(i int) bool {
			if i == len(ids) {
				return yield(maps.Clone(chosen))
			}
			for _, v := range known[ids[i]] {
				chosen[ids[i]] = v
				if !choose(i + 1) {
					return false
				}
			}
			return true
		}
		choose(0)
	}
}

// places returns every name on the disk, in order.
func places(entries map[int]map[string]int, root int) (all []place) {
	var down func(prefix string, dir int)
	down = func(prefix string, dir int) {
		for _, name := range slices.Sorted(maps.Keys(entries[dir])) {
			id := entries[dir][name]
			all = append(all, place{prefix + name, id})
			if entries[id] != nil {
				down(prefix+name+"/", id)
			}
		}
	}
	down("", root)
	return all
}

// versions returns what the file may hold after a power cut.
func (f *contents) versions() []version {
	last := len(f.data) - 1
	newest := f.data[last]
	all := []version{{newest, f.metas[0], ""}}
	add := func(data []byte, what string) {
		if !slices.ContainsFunc(all, func(v version) bool { return bytes.Equal(v.data, data) }) {
			all = append(all, version{data, f.metas[0], what})
		}
	}
	if last > 0 {
		for _, old := range f.data[:last] {
			add(old, "older")
		}
		add(nil, "empty")
		add(make([]byte, len(newest)), "zeros")
		middle := len(newest) / 2
		add(newest[:middle], "torn")
		synced := make([]byte, len(newest)) // its length may run ahead of the data
		copy(synced, f.data[0])
		add(synced, "torn")
		add(slices.Concat(synced[:middle], newest[middle:]), "torn")
		add(slices.Concat(newest[:middle], synced[middle:]), "torn")
	}
	for _, m := range f.metas[1:] {
		for _, v := range all[:len(all):len(all)] {
			if !m.same(v.meta) {
				v.meta = m
				all = append(all, v)
			}
		}
	}
	return all
}
