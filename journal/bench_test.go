package journal

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/wholly-go/wholly/internal/disk"
)

// counted counts the syncs that reach a real directory's files.
type counted struct {
	disk.Dir
	syncs *atomic.Int64
}

func (c counted) OpenWrite(name string) (disk.File, error) {
	f, err := c.Dir.OpenWrite(name)
	if err != nil {
		return nil, err
	}
	return countedFile{f, c.syncs}, nil
}

type countedFile struct {
	disk.File
	syncs *atomic.Int64
}

func (f countedFile) Sync() error {
	f.syncs.Add(1)
	return f.File.Sync()
}

func benched(b *testing.B) (*Journal, *atomic.Int64) {
	var syncs atomic.Int64
	dir := counted{folder(b, filepath.Join(b.TempDir(), "x")), &syncs}
	j, err := OpenIn(ctx, dir, name, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { j.Close() })
	syncs.Store(0)
	return j, &syncs
}

var step = bytes.Repeat([]byte("0123456789abcdef"), 64) // 1 KiB

func BenchmarkAppend(b *testing.B) {
	j, syncs := benched(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(step)))
	for b.Loop() {
		if _, err := j.Append(ctx, step); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(syncs.Load())/float64(b.N), "syncs/op")
}

func BenchmarkAppendParallel(b *testing.B) {
	j, syncs := benched(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(step)))
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := j.Append(ctx, step); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(syncs.Load())/float64(b.N), "syncs/op")
}

// filled has 10,000 records of 1 KiB.
func filled(b *testing.B) *Journal {
	j, _ := benched(b)
	for range 10 {
		group := make([][]byte, 1000)
		for i := range group {
			group[i] = step
		}
		if _, err := j.AppendAll(ctx, group...); err != nil {
			b.Fatal(err)
		}
	}
	return j
}

func walked(b *testing.B, walk iter.Seq2[Record, error]) {
	n := 0
	for _, err := range walk {
		if n++; err != nil {
			b.Fatal(err)
		}
	}
	if n != 10_000 {
		b.Fatalf("%d records", n)
	}
}

func BenchmarkRecords(b *testing.B) {
	j := filled(b)
	b.ReportAllocs()
	b.SetBytes(j.Size())
	for b.Loop() {
		walked(b, j.Records())
	}
}

func BenchmarkOpen(b *testing.B) {
	j := filled(b)
	j.Close()
	b.ReportAllocs()
	b.SetBytes(j.Size())
	for b.Loop() {
		again, err := OpenIn(ctx, j.dir, name, Options{})
		if err != nil {
			b.Fatal(err)
		}
		again.Close()
	}
}

// BenchmarkOpenAppend is what a process costs that appends one record.
func BenchmarkOpenAppend(b *testing.B) {
	for _, size := range []int{1 << 20, 100 << 20} {
		b.Run(fmt.Sprint(size>>20, "MiB"), func(b *testing.B) {
			m := meter(b)
			must(os.WriteFile(filepath.Join(m.path, name), sized(size), 0o600))
			once := func() {
				j, err := OpenIn(ctx, m, name, Options{})
				must(err)
				_, err = j.Append(ctx, step)
				must(errors.Join(err, j.Close()))
			}
			once() // syncs the new file
			*m.read = 0
			b.ReportAllocs()
			for b.Loop() {
				once()
			}
			b.ReportMetric(float64(*m.read)/float64(b.N), "read/op")
		})
	}
}

func BenchmarkCompact(b *testing.B) {
	j := filled(b)
	b.ReportAllocs()
	b.SetBytes(j.Size())
	for b.Loop() {
		if err := j.Compact(ctx, func(Record) bool { return true }); err != nil {
			b.Fatal(err)
		}
	}
}
