package journal

import (
	"encoding/binary"
	"hash/crc32"
	"time"
)

// waiting returns when n calls wait for a flush.
func waiting(j *Journal, n int) {
	for {
		j.mu.Lock()
		now := len(j.queue)
		j.mu.Unlock()
		if now >= n {
			return
		}
		time.Sleep(50 * time.Microsecond)
	}
}

// sum puts the checksum of what lies before it at b[at:].
func sum(b []byte, at int, from uint32) {
	binary.LittleEndian.PutUint32(b[at:], crc32.Update(from, castagnoli, b[:at]))
}
