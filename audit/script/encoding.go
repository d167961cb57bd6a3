package script

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// utf8 returns a source that begins with the mark of UTF-16 in UTF-8, others as
// they are. Editors on Windows save so, and engines read it. Lines are those of
// the source, offsets are not.
func utf8(text []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return text
	}
	units := make([]uint16, len(text)/2-1)
	for i := range units {
		units[i] = order.Uint16(text[2*i+2:])
	}
	return []byte(string(utf16.Decode(units)))
}
