package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wholly-go/wholly/internal/disk"
)

// TestManyAtWork: writers, readers, live readers and Compact at the same time
// lose nothing and see no damage.
func TestManyAtWork(t *testing.T) {
	j, path := newJournal(t, Options{})
	const writers, each = 6, 60
	var work, watch sync.WaitGroup
	var looks atomic.Int64
	stop := make(chan struct{})
	for w := range writers {
		work.Go(func() {
			for n := range each {
				appended(t, j, fmt.Sprintf("%d %d", w, n))
			}
		})
	}
	for _, walk := range []func() ([]Record, []error){
		func() ([]Record, []error) { return collect(j.Records()) },
		func() ([]Record, []error) { return collect(Read(path)) },
	} {
		watch.Go(func() {
			for {
				found, errs := walk()
				for i, r := range found {
					if i > 0 && r.Seq <= found[i-1].Seq {
						t.Errorf("record %d follows %d", r.Seq, found[i-1].Seq)
					}
				}
				if len(errs) > 0 {
					t.Error(errs)
				}
				looks.Add(1)
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	watch.Go(func() {
		for range 5 {
			if err := j.Compact(ctx, func(Record) bool { return true }); err != nil {
				t.Error(err)
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	work.Wait()
	close(stop)
	watch.Wait()
	found, errs := collect(j.Records())
	next := map[int]int{}
	for i, r := range found {
		var w, n int
		fmt.Sscan(string(r.Payload), &w, &n)
		if n != next[w] || r.Seq != uint64(i+1) {
			t.Errorf("record %d is number %d of writer %d, after %d", r.Seq, n, w, next[w])
		}
		next[w]++
	}
	if len(found) != writers*each || len(errs) > 0 {
		t.Errorf("%d records, %v", len(found), errs)
	}
	t.Logf("%d looks", looks.Load())
}

// early shows the file as it was before a record of it was written, once.
type early struct {
	disk.Dir
	from, to int64
}

func (e early) Open(name string) (disk.File, error) {
	f, err := e.Dir.Open(name)
	return &earlyFile{f, e.from, e.to, false}, err
}

type earlyFile struct {
	disk.File
	from, to int64
	seen     bool
}

func (f *earlyFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(p, off)
	if !f.seen && off <= f.from && f.to <= off+int64(n) {
		f.seen = true
		clear(p[f.from-off : f.to-off])
	}
	return n, err
}

// TestReaderLooksTwice: a record that was being written at the first look, with
// others behind it at the same look, is no damage.
func TestReaderLooksTwice(t *testing.T) {
	whole, r := grouped(t)
	found, errs := collect(ReadIn(early{memory(whole), r[1].Offset, r[2].Offset}, name))
	if !same(found, r) || len(errs) > 0 {
		t.Errorf("%v, found%s", errs, describe(found))
	}
}

// TestCompact: what is kept keeps its number, the numbers go on, even from
// nothing, and a walk that has begun ends on the old file.
func TestCompact(t *testing.T) {
	j, path := newJournal(t, Options{Perm: 0o640})
	appended(t, j, "1", "2", "3", "4")
	n := 0
	for r, err := range j.Records() {
		if n++; err != nil || r.Seq != uint64(n) {
			t.Errorf("%d, %v", r.Seq, err)
		}
		if n == 1 {
			must(j.Compact(ctx, func(r Record) bool { return string(r.Payload) == "2" }))
		}
	}
	if n != 4 {
		t.Errorf("the walk ended after %d records", n)
	}
	appended(t, j, "5")
	if found, errs := collect(Read(path)); describe(found) != ` 2:"2" 5:"5"` || len(errs) > 0 {
		t.Errorf("%s %v", describe(found), errs)
	}
	must(j.Compact(ctx, func(Record) bool { return false }))
	must(j.Close())
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 && runtime.GOOS != "windows" || info.Size() != start {
		t.Errorf("%v", info)
	}
	j, err := Open(ctx, path, Options{})
	must(err)
	defer j.Close()
	appended(t, j, "6")
	if found, errs := collect(j.Since(6)); describe(found) != ` 6:"6"` || len(errs) > 0 {
		t.Errorf("%s %v", describe(found), errs)
	}
	if _, err := os.Stat(path + ".bak"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a backup without damage: %v", err)
	}
}

func TestSince(t *testing.T) {
	whole, _ := grouped(t)
	whole[start+headLen]++ // record 1
	j, err := OpenIn(ctx, memory(whole), name, Options{})
	must(err)
	defer j.Close()
	for since, want := range []string{"5 1", "5 1", "5 0", "4 0", "3 0", "2 0", "1 0", "0 0"} {
		found, errs := collect(j.Since(uint64(since)))
		if got := fmt.Sprint(len(found), len(errs)); got != want {
			t.Errorf("since %d: %s, want %s", since, got, want)
		}
	}
}

// TestNumbersUsedUp: the last number is given out, and none after it.
func TestNumbersUsedUp(t *testing.T) {
	dir := memory(newHeader(1<<64 - 2).encode())
	for round := range 2 {
		j, err := OpenIn(ctx, dir, name, Options{})
		must(err)
		seq, err := j.Append(ctx, nil)
		if round == 0 && (err != nil || seq != 1<<64-2) || round == 1 && !errors.Is(err, ErrFull) {
			t.Errorf("round %d: %d, %v", round, seq, err)
		}
		must(j.Close())
	}
}
