package journal

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/internal/disk"
)

// scanned is a scanner of the file, at its beginning.
func scanned(file []byte) *scanner {
	f, err := memory(file).Open(name)
	must(err)
	s, _, err := newScanner(name, f)
	must(err)
	return s
}

// all takes every record.
func (s *scanner) all() (all []record) {
	for {
		r, damage, err := s.next()
		if err == io.EOF {
			return all
		}
		must(err)
		if damage == nil {
			all = append(all, r)
		}
	}
}

// disorder reports whether the numbers in the file do not ascend, as no journal
// is written and no damage makes it, or records lie within records.
func disorder(file []byte) bool {
	if len(file) < start {
		return false
	}
	s := scanned(file)
	last, end := uint64(0), int64(0)
	for off := int64(start); ; off++ {
		off, _ = s.w.find(off)
		if off < 0 {
			return false
		}
		r, v, err := s.look(off)
		must(err)
		if v == good {
			if r.seq <= last || r.off < end {
				return true
			}
			last, end = r.seq, r.end()
		}
	}
}

// disagrees says where the end that Open found in the file is not that of a
// walk over all of it, with and without a look at the end first.
func (j *Journal) disagrees(file []byte) string {
	if len(file) < start {
		return ""
	}
	s := scanned(file)
	must(s.ending())
	s.all()
	if next := max(s.header.floor, s.last+1); j.end != s.off || j.next != next && s.last < math.MaxUint64 {
		return fmt.Sprintf("the end is %d, the next record %d; a walk says %d, %d", j.end, j.next, s.off, next)
	}
	if s.tail == (tail{}) || disorder(file) {
		return ""
	}
	plain := scanned(file)
	plain.all()
	if bare, _ := s.unwritten(plain.off, s.tail.off); bare && plain.off < s.tail.off {
		return "" // zeros before the whole flush would pass for a torn one
	}
	if plain.off != s.off || plain.last != s.last {
		return fmt.Sprintf("the end is %d of record %d; a walk from the front says %d of %d", s.off, s.last, plain.off, plain.last)
	}
	return ""
}

// TestEndIsFound: in whole files of any make the end is known from the end.
func TestEndIsFound(t *testing.T) {
	long := strings.Repeat("x", 300_000)
	for _, groups := range [][][]string{
		{{"1"}},
		{{""}},
		{{"1"}, {"2", "3", "4"}},
		{{"1", "2", "3", "4"}},
		{{long}},
		{{long}, {"2", long, "", long}},
		{{"1"}, {strings.Repeat("x", 4096-headLen-sumLen)}},
		{{"1"}, {strings.Repeat("x", 4096-headLen-sumLen-1)}},
	} {
		file, all := journalOf(groups)
		s := scanned(file)
		must(s.ending())
		n := len(groups[len(groups)-1])
		want := tail{all[len(all)-n].Offset, int64(len(file)), uint64(len(all) - n + 1), uint64(len(all))}
		if s.tail != want {
			t.Errorf("%.40q: %+v, want %+v", groups, s.tail, want)
		}
	}
}

// journalOf is a journal with a flush for each group, and its records.
func journalOf(groups [][]string) ([]byte, []Record) {
	d := crash.New()
	j, err := OpenIn(ctx, d.Root(), name, Options{})
	must(err)
	for _, group := range groups {
		_, err := j.AppendAll(ctx, bytesOf(group)...)
		must(err)
	}
	all, _ := collect(j.Records())
	must(j.Close())
	return d.Files()[name], all
}

// TestEndsThatProveNothing: only a whole flush in its place is taken for the
// end; everything else is looked at from the front.
func TestEndsThatProveNothing(t *testing.T) {
	whole, r := grouped(t)
	flush := bytes.Clone(whole[:r[5].Offset]) // ends with the flush of three
	hole := bytes.Clone(flush)
	hole[r[2].Offset+headLen]++
	other, _ := grouped(t)
	for what, file := range map[string][]byte{
		"no record":                 whole[:start],
		"a torn one":                whole[:len(whole)-1],
		"a byte more":               append(bytes.Clone(whole), 0),
		"damage in the last flush":  hole,
		"a record cut out of it":    append(bytes.Clone(flush[:r[3].Offset]), flush[r[4].Offset:]...),
		"a copy of the last flush":  append(bytes.Clone(flush), flush[r[2].Offset:]...),
		"a copy of the whole":       append(bytes.Clone(whole), whole[start:]...),
		"a copy of its beginning":   append(bytes.Clone(whole), whole[start:r[2].Offset]...),
		"the end of another":        append(bytes.Clone(whole[:r[5].Offset]), other[r[5].Offset:]...),
		"its flush is not in place": append(append(bytes.Clone(whole[:r[5].Offset]), "inserted"...), whole[r[5].Offset:]...),
	} {
		s := scanned(file)
		if must(s.ending()); s.tail != (tail{}) {
			t.Errorf("%s: %+v", what, s.tail)
		}
		if _, _, opened := reopened(t, memory(file)); !opened.Scanned {
			t.Errorf("%s: %+v", what, opened)
		}
	}
}

// forged are records as whoever has read the file would make them to be taken
// for the next ones, behind a payload's first bytes.
func forged(file []byte, next uint64, n int) []byte {
	h, _, _ := decodeHeader(file)
	payload := []byte("begin")
	for i := range n {
		off := int64(len(file) + headLen + len(payload))
		payload = h.appendMasked(payload, head{6, next + uint64(i), 0, off}, []byte("forged"), key{})
	}
	return payload
}

// TestForgedRecords: a payload that holds records comes back as it was given,
// and wherever the write of it is torn none of them is taken for one, neither
// by Open nor by a reader.
func TestForgedRecords(t *testing.T) {
	before, all := grouped(t)
	payload := forged(before, 7, 5)
	d := crash.New()
	d.Put(name, before, 0o600)
	j, err := OpenIn(ctx, d.Root(), name, Options{})
	must(err)
	appended(t, j, string(payload))
	must(j.Close())
	file := d.Files()[name]
	found, errs, opened := reopened(t, memory(file))
	if len(found) != 7 || !bytes.Equal(found[6].Payload, payload) || len(errs) > 0 || opened.Scanned {
		t.Errorf("%+v, %v, found%s", opened, errs, describe(found))
	}
	for size := len(before); size < len(file); size++ {
		found, errs, opened := reopened(t, memory(file[:size]))
		if !same(found, all) || len(errs) > 0 || opened.Cut != int64(size-len(before)) {
			t.Fatalf("%d bytes of the flush: %+v, %v, found%s", size-len(before), opened, errs, describe(found))
		}
	}
	// Without the key the forged ones would pass: the test is a test.
	h, _, _ := decodeHeader(before)
	naked := h.appendMasked(bytes.Clone(before), head{uint32(len(payload)), 7, 0, int64(len(before))}, payload, key{})
	s := scanned(naked[:len(naked)-sumLen])
	if must(s.ending()); s.tail.last != 11 {
		t.Errorf("the forgery is not a good one: %+v", s.tail)
	}
}

// TestOneMarkerARecord: however a record is made, no other place in it shows a
// marker, and it comes back.
func TestOneMarkerARecord(t *testing.T) {
	h := newHeader(1)
	mark := string(marker[:])
	evil := uint64(0xec7277d5) // a marker, in a file
	for _, payload := range []string{"", "x", mark, mark + mark, "xyz" + mark, strings.Repeat(mark, 1000), strings.Repeat("\xd5\x77\x72", 50), mark[:3]} {
		for _, r := range []head{{0, 1, 0, start}, {0, evil, 0, start}, {0, evil << 8, 3, start}, {0, 1, 0, int64(evil)}, {0, evil << 32, uint32(evil), int64(evil) << 24}} {
			if r.length = uint32(len(payload)); uint64(r.ahead) >= r.seq {
				r.ahead = 0
			}
			file := h.appendRecord(h.encode(), r, []byte(payload))
			if at := bytes.LastIndex(file, marker[:]); at != start {
				t.Errorf("%+v %.20q: a marker at %d", r, payload, at)
			}
			got, v, err := scanned(file).look(start)
			if v != good || err != nil || got.head != r || string(got.payload) != payload {
				t.Errorf("%+v %.20q: %+v %v %v", r, payload, got.head, v, err)
			}
		}
	}
}

// TestOneMarkerAmongKeys spoils keys on purpose: of all there are, those that
// begin a marker together with what follows them.
func TestOneMarkerAmongKeys(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	h := newHeader(1)
	for range 200 {
		payload := make([]byte, 64)
		for i := range payload {
			payload[i] = marker[rnd.IntN(4)]
		}
		b := h.appendRecord(nil, head{64, 1, 0, start}, payload)
		if bytes.Count(b, marker[:]) != 1 {
			t.Fatalf("%x", b)
		}
	}
}

// metered is a folder that counts the bytes that are read of its files.
type metered struct {
	disk.Dir
	path string
	read *int64
}

func meter(t testing.TB) metered {
	path := t.TempDir()
	return metered{folder(t, filepath.Join(path, name)), path, new(int64)}
}

func (m metered) Open(name string) (disk.File, error)      { return m.meter(m.Dir.Open(name)) }
func (m metered) OpenWrite(name string) (disk.File, error) { return m.meter(m.Dir.OpenWrite(name)) }

func (m metered) meter(f disk.File, err error) (disk.File, error) {
	return meteredFile{f, m.read}, err
}

type meteredFile struct {
	disk.File
	read *int64
}

func (f meteredFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	*f.read += int64(n)
	return n, err
}

func (f meteredFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(p, off)
	*f.read += int64(n)
	return n, err
}

// sized is a journal of records of 1 KiB, each of its own flush, that is at
// least size bytes long.
func sized(size int) []byte {
	h := newHeader(1)
	file := h.encode()
	for n := uint64(1); len(file) < size; n++ {
		file = h.appendRecord(file, head{uint32(len(step)), n, 0, int64(len(file))}, step)
	}
	return file
}

// TestOpenReadsTheEndOnly: to open a journal and to append costs the same at any
// length, with damage in the middle too, of which Records tells.
func TestOpenReadsTheEndOnly(t *testing.T) {
	costs := map[int]int64{}
	for _, size := range []int{10 << 20, 100 << 20} {
		file := sized(size)
		file[size/2] ^= 1
		m := meter(t)
		must(os.WriteFile(filepath.Join(m.path, name), file, 0o600))
		j, err := OpenIn(ctx, m, name, Options{})
		must(err)
		appended(t, j, "x")
		costs[size] = *m.read
		if o := j.Opened(); o != (Opened{}) {
			t.Errorf("%+v", o)
		}
		n := uint64(0)
		damaged := 0
		for _, err := range j.Records() {
			if n++; err != nil {
				damaged++
			}
		}
		if damaged != 1 || n != j.Next()-1 {
			t.Errorf("%d records and stretches of damage, %d of these", n, damaged)
		}
		must(j.Close())
	}
	// Header, search for the last record, the record, and once more to write it.
	if got := costs[100<<20]; got != costs[10<<20] || got > 10_000 {
		t.Errorf("bytes read: %v", costs)
	}
	t.Logf("bytes read: %v", costs)
}
