package wholly

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The limits below are counts, not times: noise cannot touch them. Where a
// figure stands in a document, it is printed by one of these.

const (
	maxAllocs = 6 // of one durable 4 KiB replace by an opened Dir
)

func TestAllocationsOfAReplace(t *testing.T) {
	d, err := OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	data := make([]byte, 4<<10)
	replace := func() {
		if err := d.WriteFile("f", data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	replace()
	n := testing.AllocsPerRun(20, replace)
	t.Logf("allocations of a durable 4 KiB replace: %v", n)
	if n > maxAllocs && runtime.GOOS == "linux" {
		t.Errorf("%v allocations, at most %d wanted", n, maxAllocs)
	}
}

// endless yields n bytes that do not compress.
type endless struct{ left int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.left)
	e.left -= n
	return int(n), nil
}

// peak returns the most heap in use while work ran, above what was there.
func peak(work func()) uint64 {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	done := make(chan struct{})
	go func() { work(); close(done) }()
	most := before.HeapAlloc
	for {
		select {
		case <-done:
			return most - before.HeapAlloc
		default:
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
			runtime.Gosched()
		}
	}
}

func TestStreamKeepsTheHeapSmall(t *testing.T) {
	size := int64(1 << 30)
	if testing.Short() {
		size = 64 << 20
	}
	path := filepath.Join(t.TempDir(), "big")
	var err error
	var res Result
	heap := peak(func() {
		res, err = Policy{Durability: Ordered}.WriteFrom(context.Background(), path, &endless{size}, 0o600)
	})
	if err != nil || res.Size != size {
		t.Fatalf("%+v, %v", res, err)
	}
	t.Logf("heap while %d MiB were written: %d KiB", size>>20, heap>>10)
	if heap > 2<<20 {
		t.Errorf("heap grew by %d KiB", heap>>10)
	}
}

// crowd fills dir with n files, some of them versions and leftovers.
func crowd(tb testing.TB, dir string, n int) {
	tb.Helper()
	for i := range n {
		name := fmt.Sprintf("file-%06d", i)
		if i%1000 == 0 {
			name = tempName()
		}
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			tb.Fatal(err)
		}
		f.Close()
	}
}

func BenchmarkReplace(b *testing.B) {
	for _, size := range []int{4 << 10, 64 << 10, 1 << 20} {
		for _, tc := range []struct {
			name   string
			policy Policy
		}{{"durable", Policy{}}, {"keep1", Policy{Keep: 1}}, {"ordered", Policy{Durability: Ordered}}, {"atomic", Policy{Durability: Atomic}}} {
			b.Run(fmt.Sprintf("%s/%dKiB", tc.name, size>>10), func(b *testing.B) {
				data := make([]byte, size)
				rand.Read(data)
				d, err := tc.policy.OpenDir(b.TempDir())
				if err != nil {
					b.Fatal(err)
				}
				defer d.Close()
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					if err := d.WriteFile("f", data, 0o600); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkReplaceByName(b *testing.B) {
	path := filepath.Join(b.TempDir(), "f")
	data := make([]byte, 4<<10)
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteFile(path, data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	path := filepath.Join(b.TempDir(), "f")
	data := make([]byte, 4<<10)
	b.ReportAllocs()
	for b.Loop() {
		if err := Update(ctx, path, 0o600, func([]byte) ([]byte, error) { return data, nil }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadFile(b *testing.B) {
	path := filepath.Join(b.TempDir(), "f")
	put(&testing.T{}, path, `["`+strings.Repeat("x", 4<<10)+`"]`)
	for _, p := range []Policy{{}, {Check: JSON}} {
		b.Run(fmt.Sprintf("check=%v", p.Check != nil), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.ReadFile(path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWriteFrom1GiB(b *testing.B) {
	path := filepath.Join(b.TempDir(), "f")
	b.SetBytes(1 << 30)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Policy{}).WriteFrom(ctx, path, &endless{1 << 30}, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCrowdedDirectory(b *testing.B) {
	dir := b.TempDir()
	crowd(b, dir, 100_000)
	path := filepath.Join(dir, "f")
	p := Policy{Keep: 2}
	for _, s := range []string{"1", "2", "3"} {
		if err := p.WriteFile(path, []byte(s), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("Versions", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, err := range p.Versions(path) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("Sweep", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Sweep(dir); err != nil {
				b.Fatal(err)
			}
		}
	})
}
