package store_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/store"
)

// counted is a document on a disk that tells what it is asked to do.
func counted(name string) (doc *store.Doc[settings], asked func() string) {
	d := crash.New()
	d.Put(file, text(name), 0o600)
	d.Reset()
	var ops []string
	d.Fault = func(op crash.Op) error {
		what := op.Kind
		if strings.HasSuffix(op.Name, "-lock") {
			what = "lockfile"
		}
		ops = append(ops, what)
		return nil
	}
	return docOn(d), func() string {
		defer func() { ops = nil }()
		return strings.Join(ops, " ")
	}
}

func TestCachedLoadIsOneStat(t *testing.T) {
	doc, asked := counted("a")
	if _, err := doc.Load(); err != nil {
		t.Fatal(err)
	}
	if ops := asked(); !strings.Contains(ops, "read") {
		t.Errorf("the first Load: %s", ops)
	}
	for range 3 {
		v, err := doc.Load()
		want(t, "cached", v, err, "a", nil)
		if ops := asked(); ops != "stat" {
			t.Errorf("a cached Load: %s", ops)
		}
	}
	if _, err := doc.Update(ctx, func(*settings) error { return nil }); err != nil {
		t.Fatal(err)
	}
	asked()
	v, err := doc.Load()
	want(t, "cached", v, err, "a", nil)
	if ops := asked(); ops != "stat" {
		t.Errorf("a Load after an Update that found the same: %s", ops)
	}
}

// TestOneReadsForAll has many goroutines load while one of them reads.
func TestOneReadsForAll(t *testing.T) {
	d := crash.New()
	d.Put(file, text("a"), 0o600)
	p := private
	p.Check = func(io.Reader) error { time.Sleep(100 * time.Millisecond); return nil }
	doc := store.OpenIn(wholly.Policy{}.DirOn(d.Root()), p, file, store.JSON[settings]())
	var opened atomic.Int64
	d.Fault = func(op crash.Op) error {
		if op.Kind == "open" {
			opened.Add(1)
		}
		return nil
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			v, err := doc.Load()
			want(t, "load", v, err, "a", nil)
		})
	}
	group.Wait()
	if n := opened.Load(); n != 1 {
		t.Errorf("the file was opened %d times", n)
	}
}

// counting counts what is decoded.
type counting struct {
	store.Codec[settings]
	decoded *int
}

func (c counting) Decode(data []byte) (settings, error) { *c.decoded++; return c.Codec.Decode(data) }

func TestNothingIsDecodedTwice(t *testing.T) {
	d, decoded := crash.New(), 0
	d.Put(file, text("a"), 0o600)
	doc := store.OpenIn(wholly.Policy{}.DirOn(d.Root()), private, file, counting{store.JSON[settings](), &decoded})
	count := func(what string, n int, do func() error) {
		t.Helper()
		decoded = 0
		if err := do(); err != nil || decoded != n {
			t.Errorf("%s: decoded %d times, want %d, %v", what, decoded, n, err)
		}
	}
	load := func() error { return errorOf(doc.Load()) }
	count("load", 1, load)
	count("cached load", 1, load)
	count("update: the old and the new", 2, func() error { return errorOf(doc.Update(ctx, named("b"))) })
	count("unchanged update", 1, func() error { return errorOf(doc.Update(ctx, named("b"))) })
	doc = store.OpenIn(wholly.Policy{}.DirOn(d.Root()), private, file, counting{store.JSON[settings](), &decoded})
	count("update of what was not loaded", 2, func() error { return errorOf(doc.Update(ctx, named("d"))) })
	count("load", 1, load)
	count("save: the new", 1, func() error { return doc.Save(ctx, settings{Name: "c"}) })
	count("restore", 1, func() error { return errorOf(doc.Restore(ctx, 1)) })
}

// TestUnchangedWritesNoByte counts what is asked of the disk.
func TestUnchangedWritesNoByte(t *testing.T) {
	doc, asked := counted("a")
	v, err := doc.Load()
	if err != nil {
		t.Fatal(err)
	}
	asked()
	writes := []string{"create", "write", "rename", "renamenew", "link", "sync", "dirsync", "chmod", "truncate", "unlink", "mkdir"}
	check := func(what string, err error) {
		t.Helper()
		ops := asked()
		for _, op := range strings.Fields(ops) {
			if err != nil || slices.Contains(writes, op) {
				t.Errorf("%s: %v, %s", what, err, ops)
				return
			}
		}
	}
	check("save", doc.Save(ctx, v))
	_, err = doc.Update(ctx, func(*settings) error { return nil })
	check("update", err)
	_, err = doc.Update(ctx, func(*settings) error { return wholly.ErrUnchanged })
	check("update that says so", err)
	if _, err = doc.Update(ctx, named("b")); err != nil || !strings.Contains(asked(), "rename") {
		t.Errorf("a change is not counted: %v", err)
	}
}

// big is a document of one large text, whose codec keeps what it decodes.
type big struct{ data []byte }

type bigCodec struct{}

func (bigCodec) New() big                        { return big{} }
func (bigCodec) Decode(data []byte) (big, error) { return big{data}, nil }
func (bigCodec) Encode(w io.Writer, b big) error {
	for part := range slices.Chunk(b.data, 32<<10) {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}
func (b big) with(text string) big { return big{append([]byte(text), b.data[len(text):]...)} }

// heap samples the bytes in objects, those waiting for the collector included,
// and returns the most there were above the beginning.
func heap(work func()) (peak uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	read := func() uint64 { metrics.Read(sample); return sample[0].Value.Uint64() }
	runtime.GC()
	before := read()
	var done atomic.Bool
	go func() { work(); done.Store(true) }()
	for !done.Load() {
		peak = max(peak, read())
		runtime.Gosched()
	}
	return max(peak, read(), before) - before
}

// TestHeapOfALargeDocument counts what is allocated in all, so that the figure
// does not hang on when the collector comes. Each change makes one copy.
func TestHeapOfALargeDocument(t *testing.T) {
	const size = 10 << 20
	type doc = *store.Doc[big]
	load := func(d doc) (big, error) { return d.Load() }
	change := func(d doc) (big, error) {
		return d.Update(ctx, func(b *big) error { *b = b.with("one"); return nil })
	}
	saved := func(d doc, v big, err error) (big, error) {
		if err == nil {
			v = v.with("one")
			err = d.Save(ctx, v)
		}
		return v, err
	}
	for _, tc := range []struct {
		verbs string
		most  float64 // times the size
		do    func(d doc) (big, error)
	}{
		{"load", 1.1, load},
		{"update", 3.2, change},
		{"load, change, save", 3.2, func(d doc) (big, error) { v, err := load(d); return saved(d, v, err) }},
		{"load, update", 4.2, func(d doc) (big, error) { load(d); return change(d) }},
		{"update, save of the same", 4.3, func(d doc) (big, error) {
			v, err := change(d)
			return v, errors.Join(err, d.Save(ctx, v))
		}},
	} {
		path := filepath.Join(t.TempDir(), "big")
		d := store.OpenWith(wholly.Policy{Keep: 1, Private: true, Durability: wholly.Ordered}, path, bigCodec{}) // T is inferred
		put(t, path, strings.Repeat("x", size))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		peak := heap(func() {
			if v, err := tc.do(d); err != nil || len(v.data) != size {
				t.Errorf("%s: %d bytes, %v", tc.verbs, len(v.data), err)
			}
		})
		runtime.ReadMemStats(&after)
		all := float64(after.TotalAlloc-before.TotalAlloc) / size
		t.Logf("heap: %s of a document of %d MiB: %.2f times its size allocated in all, at most %.2f at a time",
			tc.verbs, size>>20, all, float64(peak)/size)
		if all > tc.most {
			t.Errorf("%s: %.2f times the size allocated, want %.1f at most", tc.verbs, all, tc.most)
		}
		v, err := d.Load()
		if err != nil || tc.verbs != "load" && !bytes.HasPrefix(v.data, []byte("onexx")) {
			t.Errorf("%s: %.9q, %v", tc.verbs, v.data, err)
		}
	}
}

func BenchmarkLoadCached(b *testing.B) {
	doc := store.Open(filepath.Join(b.TempDir(), "f"), store.JSON[settings]())
	if _, err := doc.Update(ctx, named("a")); err != nil {
		b.Fatal(err)
	}
	time.Sleep(60 * time.Millisecond)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := doc.Load(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	for name, fn := range map[string]func(*settings) error{
		"changed":   func(s *settings) error { s.Visits++; return nil },
		"unchanged": func(*settings) error { return nil },
	} {
		b.Run(name, func(b *testing.B) {
			doc := store.Open(filepath.Join(b.TempDir(), "f"), store.JSON[settings]())
			if _, err := doc.Update(ctx, named("a")); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := doc.Update(ctx, fn); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
