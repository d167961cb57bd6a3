package crash

import (
	"bytes"
	"slices"
)

// powersafe returns what the file may hold after a power cut where the front
// that was synced and not written since is safe. What lies behind it may be of
// any age, missing, zeros, torn in several places, or new over a longer old
// one whose cut was lost.
func (f *contents) powersafe() []version {
	front := f.front()
	if front == 0 {
		return f.versions()
	}
	newest := f.data[len(f.data)-1]
	fresh := len(newest) - front
	all := []version{{newest, f.metas[0], ""}}
	add := func(data []byte, what string) {
		if !slices.ContainsFunc(all, func(v version) bool { return bytes.Equal(v.data, data) }) {
			all = append(all, version{data, f.metas[0], what})
		}
	}
	for _, old := range f.data[:len(f.data)-1] {
		add(old, "older")
		if len(old) > len(newest) {
			add(slices.Concat(newest, old[len(newest):]), "uncut")
		}
	}
	add(newest[:front], "empty")
	blank := slices.Concat(newest[:front], make([]byte, fresh))
	add(blank, "zeros")
	for quarter := 1; quarter < 4; quarter++ {
		at := front + fresh*quarter/4
		add(newest[:at], "torn")
		add(slices.Concat(newest[:at], blank[at:]), "torn")
		add(slices.Concat(blank[:at], newest[at:]), "torn")
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

// front is how many bytes from the start are the same in every state since the
// last sync.
func (f *contents) front() int {
	n := len(f.data[0])
	for _, data := range f.data[1:] {
		n = min(n, len(data))
		for i := range n {
			if data[i] != f.data[0][i] {
				n = i
				break
			}
		}
	}
	return n
}
