package store_test

import (
	"bytes"
	"io"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
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
func (bigCodec) Encode(w io.Writer, b big) error { _, err := w.Write(b.data); return err }
func (b big) with(text string) big               { return big{append([]byte(text), b.data[len(text):]...)} }

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

func TestHeapOfALargeDocument(t *testing.T) {
	const size = 10 << 20
	path := filepath.Join(t.TempDir(), "big")
	doc := store.OpenWith(wholly.Policy{Keep: 1, Private: true, Durability: wholly.Ordered}, path, bigCodec{}) // T is inferred
	put(t, path, strings.Repeat("x", size))
	time.Sleep(60 * time.Millisecond)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	peak := heap(func() {
		v, err := doc.Load()
		if err == nil {
			v, err = doc.Update(ctx, func(b *big) error { *b = b.with("one"); return nil })
		}
		if err == nil {
			err = doc.Save(ctx, v)
		}
		if err != nil || !bytes.HasPrefix(v.data, []byte("onexx")) {
			t.Error(err)
		}
	})
	runtime.ReadMemStats(&after)
	all := after.TotalAlloc - before.TotalAlloc
	t.Logf("heap: a %d MiB document loaded, changed by Update and saved: peak %.1f times its size; %.1f times allocated in all, one of them by the change",
		size>>20, float64(peak)/size, float64(all)/size)
	if peak >= 6*size || all >= 6*size {
		t.Errorf("peak heap %d bytes, allocated %d", peak, all)
	}
	if v, err := doc.Load(); err != nil || len(v.data) != size {
		t.Error(err)
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
