package store

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/wholly-go/wholly"
)

// vet is the Check of one verb: a content is good if the policy's own check
// passes it and it decodes. What was decoded on the way is the verb's value, so
// that nothing is decoded twice; what is in memory already is not copied again.
type vet[T any] struct {
	doc    *Doc[T]
	passed [][]byte       // contents that are good
	draft  []byte         // one that is about to be written
	bad    wholly.Version // of the first that is not good

	good  []byte // the first good one since the last take
	value T      // of good, if ready
	ready bool
}

// vet begins a verb. What is in the cache has passed before.
func (d *Doc[T]) vet() *vet[T] {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := &vet[T]{doc: d}
	if d.cache.exists {
		c.passed = [][]byte{d.cache.data}
	}
	return c
}

// policy is the document's, with c as its Check.
func (c *vet[T]) policy() wholly.Policy {
	p := c.doc.policy
	p.Check = c.check
	return p
}

// check keeps the first good content until it is taken: what comes after it is
// what the verb is about to replace.
func (c *vet[T]) check(r io.Reader) error {
	data, err := whole(r, append([][]byte{c.draft}, c.passed...)...)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(c.passed, func(p []byte) bool { return same(p, data) }) {
		if c.good == nil {
			c.good = data
		}
		return nil
	}
	v, err := c.decode(data)
	if err != nil {
		if c.bad == "" {
			c.bad = wholly.VersionOf(data)
		}
		return err
	}
	c.passed = append(c.passed, data)
	if c.good == nil {
		c.good, c.value, c.ready = data, v, true
	}
	return nil
}

func (c *vet[T]) decode(data []byte) (v T, err error) {
	if own := c.doc.policy.Check; own != nil {
		if err := own(bytes.NewReader(data)); err != nil {
			return v, err
		}
	}
	return c.doc.codec.Decode(data)
}

// take hands out the good content and its value.
func (c *vet[T]) take() (data []byte, v T, err error) {
	data, v, ready := c.good, c.value, c.ready
	var none T
	c.good, c.value, c.ready = nil, none, false
	if !ready {
		v, err = c.doc.codec.Decode(data)
	}
	return data, v, err
}

const chunk = 64 << 10

// whole reads r to its end. A content that is among the known is returned as
// that very slice, one that is in memory is not copied: no verb of a Doc changes
// it. r tells its size, as readers given to a Check do.
func whole(r io.Reader, known ...[]byte) ([]byte, error) {
	if m, ok := r.(interface{ Bytes() []byte }); ok {
		return theSame(m.Bytes(), known), nil
	}
	size := 0
	if s, ok := r.(interface{ Size() int64 }); ok {
		size = int(s.Size())
	}
	known = slices.DeleteFunc(slices.Clone(known), func(k []byte) bool { return k == nil || len(k) != size })
	var part []byte
	if len(known) > 0 {
		part = make([]byte, min(size+1, chunk))
	}
	for done := 0; len(known) > 0; {
		n, err := r.Read(part)
		if err != nil && err != io.EOF {
			return nil, err
		}
		like := known[0]
		known = slices.DeleteFunc(known, func(k []byte) bool { return !bytes.HasPrefix(k[done:], part[:n]) })
		if len(known) == 0 {
			data := append(make([]byte, 0, size+1), like[:done]...)
			return rest(r, append(data, part[:n]...))
		}
		done += n
		if err == io.EOF {
			return known[0][:done:done], nil
		}
	}
	return rest(r, make([]byte, 0, size+1)) // one more, to see the end without growing
}

// theSame returns the known content that is equal to data, else data.
func theSame(data []byte, known [][]byte) []byte {
	for _, k := range known {
		if k != nil && bytes.Equal(k, data) {
			return k
		}
	}
	return data
}

// rest appends what is left of r to data.
func rest(r io.Reader, data []byte) ([]byte, error) {
	for {
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return nil, err
		}
		if len(data) == cap(data) {
			data = slices.Grow(data, chunk)
		}
	}
}

// same reports whether a and b are one slice.
func same(a, b []byte) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }
