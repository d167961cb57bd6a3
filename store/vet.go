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
	doc   *Doc[T]
	known []byte         // a content that the file may hold
	draft []byte         // one that is about to be written
	good  []byte         // the last one that passed
	bad   wholly.Version // the first one that did not

	value T // of good
	ready bool
}

// vet begins a verb, with the cache at hand.
func (d *Doc[T]) vet() *vet[T] {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &vet[T]{doc: d, known: d.cache.data}
}

// policy is the document's, with c as its Check.
func (c *vet[T]) policy() wholly.Policy {
	p := c.doc.policy
	p.Check = c.check
	return p
}

// check keeps the first good value until it is taken: what comes after it is
// what the verb is about to replace.
func (c *vet[T]) check(r io.Reader) error {
	data, err := whole(r, c.good, c.draft, c.known)
	if err != nil {
		return err
	}
	if c.good != nil && same(data, c.good) {
		return nil
	}
	v, err := c.decode(data)
	if err != nil {
		if c.bad == "" {
			c.bad = wholly.VersionOf(data)
		}
		return err
	}
	if !c.ready {
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

// take hands out the value of the good content.
func (c *vet[T]) take() (T, error) {
	if !c.ready {
		return c.doc.codec.Decode(c.good)
	}
	v := c.value
	var none T
	c.value, c.ready = none, false
	return v, nil
}

const chunk = 64 << 10

// whole reads r to its end. A content that is among the known is returned as
// that very slice. r tells its size, as readers given to a Check do.
func whole(r io.Reader, known ...[]byte) ([]byte, error) {
	size := 0
	if s, ok := r.(interface{ Size() int64 }); ok {
		size = int(s.Size())
	}
	known = slices.DeleteFunc(known, func(k []byte) bool { return k == nil || len(k) != size })
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
