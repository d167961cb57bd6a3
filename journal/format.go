package journal

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"hash/crc32"
)

// The sizes of the format, in bytes. The package comment has the table.
const (
	headerLen = 32            // one copy of the file header
	start     = 2 * headerLen // of the first record
	headLen   = 36            // before a payload
	keyAt     = 4             // of the key in it
	maskAt    = 8             // from here on a record is masked
	sumLen    = 4             // after it
)

// MaxRecord is the largest payload, in bytes. It bounds what a reader must hold
// in memory.
const MaxRecord = 64 << 20

const version = 1

// magic begins like a PNG: a transfer that takes the file for text damages it
// in a way that shows.
var magic = [8]byte{0x89, 'w', 'j', 'l', '\r', '\n', 0x1a, '\n'}

// marker begins every record, and occurs nowhere else in one: see appendRecord.
var marker = [4]byte{0xd5, 'w', 'r', 0xec}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header is what a file says about itself.
type header struct {
	id    [8]byte // random: a record of another file never passes
	floor uint64  // from here on sequence numbers have no gap
	base  uint32  // the sum of id, with which every sum of a record begins
}

// newHeader is the header of a new file whose next record will be floor.
func newHeader(floor uint64) header {
	h := header{floor: floor}
	rand.Read(h.id[:]) // never fails: crypto/rand
	h.base = crc32.Checksum(h.id[:], castagnoli)
	return h
}

// encode returns both copies.
func (h header) encode() []byte {
	b := make([]byte, 0, start)
	for range 2 {
		from := len(b)
		b = append(b, magic[:]...)
		b = binary.LittleEndian.AppendUint32(b, version)
		b = append(b, h.id[:]...)
		b = binary.LittleEndian.AppendUint64(b, h.floor)
		b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[from:], castagnoli))
	}
	return b
}

// decodeHeader reads one copy; ok is false unless it is whole. A version that
// is not known is reported with ok, so that it is not taken for damage.
func decodeHeader(b []byte) (h header, v uint32, ok bool) {
	if len(b) < headerLen || !bytes.Equal(b[:8], magic[:]) {
		return h, 0, false
	}
	if crc32.Checksum(b[:28], castagnoli) != binary.LittleEndian.Uint32(b[28:]) {
		return h, 0, false
	}
	copy(h.id[:], b[12:20])
	h.base = crc32.Checksum(b[12:20], castagnoli)
	h.floor = binary.LittleEndian.Uint64(b[20:])
	return h, binary.LittleEndian.Uint32(b[8:]), h.floor > 0
}

// head is the fixed part of a record.
type head struct {
	length uint32 // of the payload
	seq    uint64 // from 1
	ahead  uint32 // records before it in the same flush
	flush  int64  // where the flush begins in the file
}

// key masks a record: each byte from maskAt on is changed by one of the four.
type key [4]byte

// mask changes a record, or the beginning of one, to its masked form and back.
func (k key) mask(record []byte) {
	if k == (key{}) {
		return
	}
	for i := maskAt; i < len(record); i++ {
		record[i] ^= k[i%len(k)]
	}
}

// first is the first sequence number of the record's flush. All before it had
// been acknowledged, or given up, when the record was written.
func (h head) first() uint64 { return h.seq - uint64(h.ahead) }

// appendRecord appends the record to b. Where its bytes would show a second
// marker it is masked with a key that shows none: one drawn by lot, for whoever
// wrote the payload must not know it. Of the 2^32 keys a record can spoil not
// many more than it has bytes, one in 60.
func (h header) appendRecord(b []byte, r head, payload []byte) []byte {
	from := len(b)
	for k := (key{}); ; rand.Read(k[:]) {
		b = h.appendMasked(b[:from], r, payload, k)
		if !bytes.Contains(b[from+1:], marker[:]) {
			return b
		}
	}
}

func (h header) appendMasked(b []byte, r head, payload []byte, k key) []byte {
	from := len(b)
	b = append(b, marker[:]...)
	b = append(b, k[:]...)
	b = binary.LittleEndian.AppendUint32(b, r.length)
	b = binary.LittleEndian.AppendUint64(b, r.seq)
	b = binary.LittleEndian.AppendUint32(b, r.ahead)
	b = binary.LittleEndian.AppendUint64(b, uint64(r.flush))
	b = binary.LittleEndian.AppendUint32(b, crc32.Update(h.base, castagnoli, b[from:]))
	b = append(b, payload...)
	b = binary.LittleEndian.AppendUint32(b, crc32.Update(h.base, castagnoli, b[from:]))
	k.mask(b[from:])
	return b
}

// decodeHead reads the fixed part of a record of this file, and its key.
func (h header) decodeHead(b []byte) (r head, k key, ok bool) {
	if len(b) < headLen || !bytes.Equal(b[:keyAt], marker[:]) {
		return r, k, false
	}
	k = key(b[keyAt:maskAt])
	plain := [headLen]byte(b)
	k.mask(plain[:])
	const body = headLen - sumLen
	if crc32.Update(h.base, castagnoli, plain[:body]) != binary.LittleEndian.Uint32(plain[body:]) {
		return r, k, false
	}
	r = head{
		length: binary.LittleEndian.Uint32(plain[8:]),
		seq:    binary.LittleEndian.Uint64(plain[12:]),
		ahead:  binary.LittleEndian.Uint32(plain[20:]),
		flush:  int64(binary.LittleEndian.Uint64(plain[24:])),
	}
	return r, k, r.length <= MaxRecord && uint64(r.ahead) < r.seq
}

// whole reports whether b, a plain record from its marker to its end, has the
// right sum.
func (h header) whole(b []byte) bool {
	body := len(b) - sumLen
	return crc32.Update(h.base, castagnoli, b[:body]) == binary.LittleEndian.Uint32(b[body:])
}

// size is the length of a record with its payload.
func (h head) size() int64 { return headLen + int64(h.length) + sumLen }
