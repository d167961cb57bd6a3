package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/wholly-go/wholly/crash"
)

// FuzzOpen: whatever a file holds, Open does not panic, hang or allocate out of
// proportion. What it opens holds the same records after an append, and the new
// one; what it refuses is not touched. A walk over the whole file comes to the end that
// Open found.
func FuzzOpen(f *testing.F) {
	whole, r := grouped(f)
	f.Add(whole)
	f.Add(whole[:len(whole)-3])
	f.Add(append(bytes.Clone(whole[:r[1].Offset]), whole[r[2].Offset:]...))
	f.Add(hole(sample(2)))
	f.Add(newHeader(7).encode())
	f.Add([]byte{})
	f.Add(magic[:])
	f.Add(bytes.Repeat(marker[:], 50))
	h, _, _ := decodeHeader(whole)
	f.Add(h.appendRecord(bytes.Clone(whole), head{5, 1<<64 - 1, 0, int64(len(whole))}, []byte("seven")))
	f.Add(h.appendRecord(bytes.Clone(whole), head{1 << 30, 8, 0, int64(len(whole))}, nil))
	hole := append(bytes.Clone(whole), make([]byte, 600)...)
	f.Add(h.appendRecord(hole, head{5, 7, 0, int64(len(hole))}, []byte("seven")))
	high := h.appendRecord(bytes.Clone(whole), head{7, 100, 0, int64(len(whole))}, []byte("hundred"))
	f.Add(h.appendRecord(high, head{5, 7, 0, int64(len(high))}, []byte("seven")))
	f.Fuzz(func(t *testing.T, given []byte) {
		file := bytes.Clone(given) // the fuzzer's own is not to be changed
		// The mutator does not find sums: give the bytes that look like a
		// record theirs.
		resumAll(file)
		d := crash.New()
		d.Put(name, file, 0o600)
		d.Reset()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		live, _ := collect(ReadIn(d.Root(), name))
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 8<<20+uint64(20*len(file)) {
			t.Errorf("%d bytes allocated for a file of %d", got, len(file))
		}
		j, err := OpenIn(ctx, d.Root(), name, Options{Wait: -1})
		if err != nil {
			if !errors.Is(err, ErrNotJournal) && !errors.Is(err, ErrHeader) && !errors.Is(err, ErrVersion) {
				t.Error(err)
			}
			if !bytes.Equal(d.Files()[name], file) {
				t.Error("a refused file was touched")
			}
			return
		}
		if wrong := j.disagrees(file); wrong != "" {
			t.Error(wrong)
		}
		found, errs := collect(j.Records())
		if !same(found, live) {
			t.Errorf("found%s\nwithout the lock%s", describe(found), describe(live))
		}
		seq, err := j.Append(ctx, []byte("new"))
		if err != nil {
			if !errors.Is(err, ErrFull) {
				t.Error(err)
			}
			return
		}
		if err := j.Close(); err != nil {
			t.Error(err)
		}
		after2, errs2 := collect(ReadIn(d.Root(), name))
		want := append(found, Record{Seq: seq, Payload: []byte("new")})
		if disorder(file) { // an earlier record may have the number of the last flush
			want, errs, errs2 = want[len(want)-1:], nil, nil
			after2 = after2[max(0, len(after2)-1):]
		}
		if !same(after2, want) || fmt.Sprint(errs) != fmt.Sprint(errs2) {
			t.Errorf("after an append%s %v\nwant%s %v", describe(after2), errs2, describe(want), errs)
		}
	})
}

// resumAll puts right sums on headers and records.
func resumAll(file []byte) {
	if len(file) < start {
		return
	}
	copy(file, newHeader(1).encode()[:12])
	sum(file[:headerLen], 28, 0)
	copy(file[headerLen:], file[:headerLen])
	h, _, _ := decodeHeader(file)
	for off := start; ; {
		i := bytes.Index(file[off:], marker[:])
		if i < 0 || off+i+headLen > len(file) {
			return
		}
		off += i
		resumRecord(h, file, off)
		off += headLen
	}
}

// resumRecord puts right sums on a record; some become a flush of their own,
// others keep a wrong sum.
func resumRecord(h header, file []byte, off int) {
	b := file[off:]
	k := key(b[keyAt:maskAt])
	k.mask(b[:headLen])
	if b[headLen-1]%4 == 1 {
		binary.LittleEndian.PutUint32(b[20:], 0)
		binary.LittleEndian.PutUint64(b[24:], uint64(off))
	}
	lot := b[headLen-1]
	sum(b[:headLen], headLen-sumLen, h.base)
	k.mask(b[:headLen])
	if r, _, ok := h.decodeHead(b); ok && r.size() <= int64(len(b)) && lot%4 > 0 {
		b = b[:r.size()]
		k.mask(b)
		sum(b, len(b)-sumLen, h.base)
		k.mask(b)
	}
}

// FuzzRoundTrip: payloads come back as they were given, in groups of any size,
// through Compact and a new Open.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("one\x00two\x00three"), uint8(2))
	f.Add([]byte{}, uint8(0))
	f.Add(append([]byte("\x00"), marker[:]...), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		d := crash.New()
		j, err := OpenIn(ctx, d.Root(), name, Options{})
		must(err)
		payloads := bytes.Split(data, []byte{0})
		for rest := payloads; len(rest) > 0; {
			n := min(len(rest), 1+int(size%8))
			first, err := j.AppendAll(ctx, rest[:n]...)
			if want := uint64(len(payloads) - len(rest) + 1); err != nil || first != want {
				t.Fatalf("record %d, want %d: %v", first, want, err)
			}
			rest = rest[n:]
		}
		check := func(what string, found []Record, errs []error) {
			if len(errs) > 0 || len(found) != len(payloads) {
				t.Fatalf("%s: %d records, want %d: %v", what, len(found), len(payloads), errs)
			}
			for i, r := range found {
				if r.Seq != uint64(i+1) || !bytes.Equal(r.Payload, payloads[i]) {
					t.Fatalf("%s: record %d is %q, want %q", what, r.Seq, r.Payload, payloads[i])
				}
			}
		}
		found, errs := collect(j.Records())
		check("appended", found, errs)
		must(j.Compact(ctx, func(r Record) bool { return true }))
		must(j.Close())
		j, err = OpenIn(ctx, d.Root(), name, Options{})
		must(err)
		defer j.Close()
		found, errs = collect(j.Records())
		check("compacted and opened", found, errs)
	})
}
