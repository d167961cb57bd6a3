package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/internal/disk"
)

// memory is a disk with a file that is to be taken for a journal.
func memory(file []byte) disk.Dir {
	d := crash.New()
	d.Put(name, file, 0o600)
	d.Reset()
	return d.Root()
}

// put writes such a file.
func put(t testing.TB, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// folder opens the directory of path.
func folder(t testing.TB, path string) disk.Dir {
	t.Helper()
	dir, err := disk.OpenDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	return dir
}

// reopened opens the file, appends one record and closes it; it returns what
// was there before and what Open said.
func reopened(t testing.TB, dir disk.Dir) ([]Record, []error, Opened) {
	t.Helper()
	j, err := OpenIn(ctx, dir, name, Options{Wait: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	found, errs := collect(j.Records())
	if _, err := j.Append(ctx, []byte("behind")); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	after, again := collect(ReadIn(dir, name))
	if len(after) != len(found)+1 || !same(after[:len(found)], found) || string(after[len(found)].Payload) != "behind" {
		t.Fatalf("after an append%s\nbefore%s", describe(after), describe(found))
	}
	if fmt.Sprint(errs) != fmt.Sprint(again) {
		t.Fatalf("damage before an append: %v, after: %v", errs, again)
	}
	return found, errs, j.Opened()
}

// grouped is a journal of two records of their own flush, three of one, and one
// more.
func grouped(t testing.TB) ([]byte, []Record) {
	t.Helper()
	d := crash.New()
	j, err := OpenIn(ctx, d.Root(), name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range []string{"one", "two", "three,four,", "six"} {
		if _, err := j.AppendAll(ctx, bytes.Split([]byte(group), []byte(","))...); err != nil {
			t.Fatal(err)
		}
	}
	records, _ := collect(j.Records())
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return d.Files()[name], records
}

// TestEachByteDamaged: whichever byte is changed, every record that it does not
// belong to is given, and the damage is told: with its place, or for the last
// record as the end that was cut off.
func TestEachByteDamaged(t *testing.T) {
	whole, records := grouped(t)
	for at := range whole {
		for _, flip := range []byte{1, 0xff} {
			file := bytes.Clone(whole)
			file[at] ^= flip
			found, errs, opened := reopened(t, memory(file))
			var want []Record
			hit := Record{}
			for i, r := range records {
				end := int64(len(whole))
				if i+1 < len(records) {
					end = records[i+1].Offset
				}
				if r.Offset <= int64(at) && int64(at) < end {
					hit = r
					continue
				}
				want = append(want, r)
			}
			if !same(found, want) {
				t.Fatalf("byte %d: found%s\nwant%s", at, describe(found), describe(want))
			}
			if hit.Seq == uint64(len(records)) {
				if opened.Cut == 0 || opened.Damaged > 0 || len(errs) > 0 {
					t.Fatalf("byte %d, the last record: %+v, %v", at, opened, errs)
				}
				continue
			}
			var d *Damage
			known := 0 // to Open, which reads the header and the end
			if at < start {
				known = 1
			}
			if len(errs) != 1 || !errors.As(errs[0], &d) || opened.Damaged != known || opened.Cut != 0 || opened.Scanned {
				t.Fatalf("byte %d: %+v, %v", at, opened, errs)
			}
			if d.From > int64(at) || d.To <= int64(at) || d.FirstSeq != hit.Seq || d.LastSeq != hit.Seq {
				t.Fatalf("byte %d of record %d: %v", at, hit.Seq, d)
			}
		}
	}
}

// TestEachLength: a file that ends early holds the records that end before, and
// the rest is cut off.
func TestEachLength(t *testing.T) {
	whole, records := grouped(t)
	for size := range whole {
		found, errs, opened := reopened(t, memory(whole[:size]))
		n, end := 0, int64(start)
		for i, r := range records {
			next := r.Offset + head{length: uint32(len(r.Payload))}.size()
			if next <= int64(size) {
				n, end = i+1, next
			}
		}
		if size < start {
			end = int64(size) // begun anew
		}
		if !same(found, records[:n]) || len(errs) > 0 || opened.Cut != int64(size)-end || opened.Empty != (n == 0) {
			t.Fatalf("%d bytes: %+v, %v, found%s", size, opened, errs, describe(found))
		}
	}
}

// TestTails: whatever comes after the last record is cut off and told.
func TestTails(t *testing.T) {
	whole, records := grouped(t)
	other, _ := grouped(t)
	garbage := make([]byte, 70_000)
	rand.NewChaCha8([32]byte{1}).Read(garbage)
	for what, tail := range map[string][]byte{
		"one zero":                   {0},
		"zeros":                      make([]byte, 300_000),
		"garbage":                    garbage,
		"markers":                    bytes.Repeat(marker[:], 10_000),
		"records of another journal": other[start:],
		"another journal":            other,
		"its own records again":      whole[start:],
		"its own header":             whole[:start],
	} {
		found, errs, opened := reopened(t, memory(append(bytes.Clone(whole), tail...)))
		if !same(found, records) || len(errs) > 0 || opened.Cut != int64(len(tail)) {
			t.Errorf("%s: %+v, %v, found%s", what, opened, errs, describe(found))
		}
	}
}

// TestDamageNamesWhatIsMissing: stretches of several kinds in one file.
func TestDamageNamesWhatIsMissing(t *testing.T) {
	whole, r := grouped(t)
	cutOut := append(bytes.Clone(whole[:r[1].Offset]), whole[r[3].Offset:]...)
	inserted := append(append(bytes.Clone(whole[:r[2].Offset]), "inserted"...), whole[r[2].Offset:]...)
	wiped := bytes.Clone(whole)
	clear(wiped[r[1].Offset:r[4].Offset])
	twice := append(bytes.Clone(whole[:r[1].Offset]), whole[start:]...)
	for _, tc := range []struct {
		what        string
		file        []byte
		first, last uint64
		from, to    int64
	}{
		{"two records cut out", cutOut, 2, 3, r[1].Offset, r[1].Offset},
		{"bytes inserted", inserted, 0, 0, r[2].Offset, r[2].Offset + 8},
		{"zeros in acknowledged flushes", wiped, 2, 4, r[1].Offset, r[4].Offset},
		{"a record twice", twice, 0, 0, r[1].Offset, 2*r[1].Offset - start},
	} {
		found, errs, opened := reopened(t, memory(tc.file))
		missing := 0
		if tc.first > 0 {
			missing = int(tc.last-tc.first) + 1
		}
		var d *Damage
		if len(found) != len(r)-missing || len(errs) != 1 || !errors.As(errs[0], &d) || opened.Cut != 0 {
			t.Errorf("%s: %+v, %v, found%s", tc.what, opened, errs, describe(found))
			continue
		}
		if d.FirstSeq != tc.first || d.LastSeq != tc.last || d.From != tc.from || d.To != tc.to {
			t.Errorf("%s: %v", tc.what, d)
		}
	}
}

// TestTornFlush: a hole of zeros in the last flush is where a power cut met it;
// a changed byte there is damage, and all that is whole is kept.
func TestTornFlush(t *testing.T) {
	whole, r := grouped(t)
	file := bytes.Clone(whole[:r[5].Offset]) // ends with the flush of three
	clear(file[r[2].Offset:r[3].Offset])
	found, errs, opened := reopened(t, memory(file))
	if !same(found, r[:2]) || len(errs) > 0 || opened.Cut != r[5].Offset-r[2].Offset {
		t.Errorf("a hole: %+v, %v, found%s", opened, errs, describe(found))
	}
	// Behind the same hole a later flush shows that it was not torn.
	clear(whole[r[2].Offset:r[3].Offset])
	found, errs, opened = reopened(t, memory(whole))
	if len(found) != 5 || len(errs) != 1 || opened.Cut != 0 {
		t.Errorf("a hole with a later flush: %+v, %v, found%s", opened, errs, describe(found))
	}
}

// TestHoles: which zeros in the last flush, or before it, are where a power cut
// met it.
func TestHoles(t *testing.T) {
	long := strings.Repeat("a record of some sectors ", 200)
	for _, tc := range []struct {
		what     string
		groups   [][]string // a flush each
		from, to int64      // zeros, from the beginning of the last but one record
		torn     bool
	}{
		{"a record of the last flush", [][]string{{"1"}, {"2", "3"}}, 0, 29, true},
		{"its first bytes", [][]string{{"1"}, {"2", "3"}}, 0, 16, true},
		{"fewer", [][]string{{"1"}, {"2", "3"}}, 0, 8, false},
		{"a sector within it", [][]string{{"1"}, {long, "3"}}, 1000, 2100, true},
		{"less than a sector", [][]string{{"1"}, {long, "3"}}, 1000, 1500, false},
		{"a flush before the last", [][]string{{"1"}, {"2"}, {"3"}}, 0, 29, false},
		{"a sector within one", [][]string{{"1"}, {long}, {"3"}}, 1000, 2100, false},
	} {
		d := crash.New()
		j, err := OpenIn(ctx, d.Root(), name, Options{})
		must(err)
		for _, group := range tc.groups {
			_, err := j.AppendAll(ctx, bytesOf(group)...)
			must(err)
		}
		all, _ := collect(j.Records())
		must(j.Close())
		file := bytes.Clone(d.Files()[name])
		hole := all[len(all)-2].Offset
		clear(file[hole+tc.from : hole+tc.to])
		found, errs, opened := reopened(t, memory(file))
		if torn := len(found) == len(all)-2 && len(errs) == 0 && opened.Cut == int64(len(file))-hole; torn != tc.torn {
			t.Errorf("%s: torn %v, %+v, %v, found%s", tc.what, torn, opened, errs, describe(found))
		}
		if kept := len(found) == len(all)-1 && len(errs) == 1 && opened.Cut == 0; kept == tc.torn {
			t.Errorf("%s: kept %v, %+v, %v, found%s", tc.what, kept, opened, errs, describe(found))
		}
	}
}

// TestHeaders: one copy is enough; without any, the file is not touched.
func TestHeaders(t *testing.T) {
	whole, records := grouped(t)
	later := bytes.Clone(whole)
	for _, from := range []int{0, headerLen} {
		h, _, _ := decodeHeader(later)
		copy(later[from:], resum(h, version+1))
	}
	broken := func(at ...int) []byte {
		file := bytes.Clone(whole)
		for _, at := range at {
			file[at]++
		}
		return file
	}
	for what, tc := range map[string]struct {
		file []byte
		want error
	}{
		"both copies":       {broken(20, 40), ErrHeader},
		"both magics":       {broken(1, 33), ErrNotJournal},
		"first and magic 2": {broken(14, 33), ErrHeader},
		"a later version":   {later, ErrVersion},
		"text":              {[]byte("a text that is not a journal\n"), ErrNotJournal},
		"long text":         {bytes.Repeat([]byte("not a journal\n"), 50), ErrNotJournal},
		"zeros":             {make([]byte, 4096), ErrNotJournal},
	} {
		path := put(t, tc.file)
		_, err := Open(ctx, path, Options{})
		var e *wholly.Error
		if !errors.Is(err, tc.want) || !errors.As(err, &e) || e.State != wholly.Old {
			t.Errorf("%s: %v, want %v", what, err, tc.want)
		}
		if _, errs := collect(Read(path)); len(errs) != 1 || !errors.Is(errs[0], tc.want) {
			t.Errorf("%s: Read says %v", what, errs)
		}
		if now, _ := os.ReadFile(path); !bytes.Equal(now, tc.file) {
			t.Errorf("%s: the file was touched", what)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
			t.Errorf("%s: left behind: %v", what, left)
		}
	}
	for what, file := range map[string][]byte{"first": broken(20), "second": broken(33)} {
		found, errs, _ := reopened(t, memory(file))
		if !same(found, records) || len(errs) != 1 {
			t.Errorf("%s copy damaged: %v, found%s", what, errs, describe(found))
		}
	}
}

// resum is one copy of h with another version.
func resum(h header, v byte) []byte {
	b := h.encode()[:28:28]
	b[8] = v
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// TestLongZeroTail: what a file system may leave after a crash costs no time.
func TestLongZeroTail(t *testing.T) {
	whole, records := grouped(t)
	path := put(t, whole)
	const tail = 200 << 20
	if err := os.Truncate(path, int64(len(whole))+tail); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	found, errs, opened := reopened(t, folder(t, path))
	took := time.Since(begun)
	if !same(found, records) || len(errs) > 0 || opened.Cut != tail {
		t.Errorf("%+v, %v, found%s", opened, errs, describe(found))
	}
	t.Logf("%v", took)
	if took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestHostileHeads: heads within heads, each with a right sum and a length to
// the end of the file, would cost the square of the size to look at one by one.
func TestHostileHeads(t *testing.T) {
	h := newHeader(1)
	const size = 16 << 20
	file := h.encode()
	for n := uint64(1); len(file) < size; n++ {
		whole := h.appendRecord(nil, head{uint32(size - len(file) - headLen - sumLen), n, 0, start}, nil)
		file = append(file, whole[:headLen]...)
	}
	path := put(t, file)
	begun := time.Now()
	found, errs := collect(Read(path))
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if len(found) > 0 || len(errs) > 0 {
		t.Errorf("%v, found%s", errs, describe(found))
	}
}

// TestLongRecords: the largest record, one too long, and a length that the file
// does not hold.
func TestLongRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), name)
	j, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if _, err := j.Append(ctx, make([]byte, MaxRecord+1)); !errors.Is(err, ErrTooLarge) {
		t.Fatal(err)
	}
	big := bytes.Repeat([]byte("0123456789abcdef"), MaxRecord/16)
	for _, payload := range [][]byte{[]byte("small"), big, []byte("after")} {
		if _, err := j.Append(ctx, payload); err != nil {
			t.Fatal(err)
		}
	}
	j.Close()
	found, errs, _ := reopened(t, folder(t, path))
	if len(found) != 3 || len(errs) > 0 || !bytes.Equal(found[1].Payload, big) {
		t.Errorf("%d records, %v", len(found), errs)
	}
}
