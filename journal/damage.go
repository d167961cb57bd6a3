package journal

import (
	"errors"
	"fmt"
	"io/fs"
)

// Damage is a stretch of a journal that is not what was written, with whole
// records behind it. It stays in the file, as evidence, until Compact.
type Damage struct {
	Path     string
	From, To int64 // bytes; the same where records are missing without a trace
	// FirstSeq and LastSeq are the records that are missing: at most these,
	// where Compact had dropped some before. Zero if none is.
	FirstSeq, LastSeq uint64
}

// Error names the file, the bytes and the missing records.
func (d *Damage) Error() string {
	s := fmt.Sprintf("journal %s: damaged from byte %d to %d", d.Path, d.From, d.To)
	switch {
	case d.FirstSeq == 0:
		return s + ", no record is missing"
	case d.FirstSeq == d.LastSeq:
		return s + fmt.Sprintf(", record %d is missing", d.FirstSeq)
	}
	return s + fmt.Sprintf(", records %d to %d are missing", d.FirstSeq, d.LastSeq)
}

// Causes, for errors.Is.
var (
	// ErrNotJournal: the file is something else. It was not touched.
	ErrNotJournal = errors.New("not a journal")
	// ErrVersion: the journal is of a later format. It was not touched.
	ErrVersion = errors.New("unknown version of the journal format")
	// ErrHeader: both copies of the file header are damaged, so no record can
	// be told from a stale one. The file was not touched.
	ErrHeader = errors.New("the header of the journal is damaged")
	// ErrTooLarge: a payload is longer than MaxRecord.
	ErrTooLarge = fmt.Errorf("record is larger than %d bytes", MaxRecord)
	// ErrFull: there is no sequence number left.
	ErrFull = errors.New("sequence numbers are used up")
	// ErrClosed: the Journal was closed. It is also fs.ErrClosed.
	ErrClosed = fmt.Errorf("journal is closed: %w", fs.ErrClosed)
	// ErrBroken: an earlier append failed and so did the repair. Open the
	// journal anew to go on.
	ErrBroken = errors.New("journal is out of use")
)
