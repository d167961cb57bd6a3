//go:build linux || darwin

package disk

import (
	"strings"

	"golang.org/x/sys/unix"
)

// readAttrs reads every attribute that list names. A file system without
// attributes has none. An attribute that goes away between the two calls is
// left out.
func readAttrs(list func([]byte) (int, error), get func(string, []byte) (int, error)) ([]Attr, error) {
	names, err := grow(list)
	if err == unix.ENOTSUP || err == unix.ENOSYS {
		return nil, nil
	}
	if err != nil || len(names) == 0 {
		return nil, err
	}
	var attrs []Attr
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		value, err := grow(func(buf []byte) (int, error) { return get(name, buf) })
		if err == noAttr {
			continue
		}
		if err != nil {
			return nil, err
		}
		attrs = append(attrs, Attr{name, value})
	}
	return attrs, nil
}

// grow calls fill with a buffer that is large enough. Most files have nothing
// to say: asking for the size first costs them one call and no memory.
func grow(fill func([]byte) (int, error)) ([]byte, error) {
	for {
		n, err := fill(nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return nil, err
		}
		buf := make([]byte, n)
		n, err = fill(buf)
		switch err {
		case nil:
			return buf[:n], nil
		case unix.ERANGE, unix.EINTR:
		default:
			return nil, err
		}
	}
}
