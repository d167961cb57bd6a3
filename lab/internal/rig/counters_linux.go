package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// sector is the unit of /proc/diskstats, whatever the device's own.
const sector = 512

// Counters are requests that a device has completed since it was made: the
// fields of its line in /proc/diskstats (Documentation/admin-guide/iostats.rst
// in the Linux source). Only differences mean something.
type Counters struct {
	Reads   uint64
	Writes  uint64 // write requests, after merging
	Sectors uint64 // written, of 512 bytes
	Flushes uint64 // cache flushes
}

// Bytes returns how many bytes were written.
func (c Counters) Bytes() uint64 { return c.Sectors * sector }

// Since returns what has been counted after before was taken.
func (c Counters) Since(before Counters) Counters {
	return Counters{c.Reads - before.Reads, c.Writes - before.Writes, c.Sectors - before.Sectors, c.Flushes - before.Flushes}
}

// Plus returns the sum.
func (c Counters) Plus(d Counters) Counters {
	return Counters{c.Reads + d.Reads, c.Writes + d.Writes, c.Sectors + d.Sectors, c.Flushes + d.Flushes}
}

// Stat reads the device's counters.
func (l *Loop) Stat() (Counters, error) {
	stats, err := os.ReadFile("/proc/diskstats")
	if err != nil {
		return Counters{}, fmt.Errorf("count requests: %w", err)
	}
	return counters(string(stats), filepath.Base(l.Path))
}

// counters finds name's line: major, minor, name, and 17 values, the last two
// of them (flushes and their time) since Linux 5.5.
func counters(stats, name string) (Counters, error) {
	for line := range strings.Lines(stats) {
		f := strings.Fields(line)
		if len(f) < 3 || f[2] != name {
			continue
		}
		if len(f) < 20 {
			return Counters{}, fmt.Errorf("count requests of %s: this kernel does not count flushes, Linux 5.5 does", name)
		}
		var c Counters
		for i, to := range map[int]*uint64{3: &c.Reads, 7: &c.Writes, 9: &c.Sectors, 18: &c.Flushes} {
			n, err := strconv.ParseUint(f[i], 10, 64)
			if err != nil {
				return Counters{}, fmt.Errorf("count requests of %s: %w", name, err)
			}
			*to = n
		}
		return c, nil
	}
	return Counters{}, fmt.Errorf("count requests: no device %s", name)
}
