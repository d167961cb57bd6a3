package bench

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/wholly-go/wholly/lab/internal/rig"
)

// reading is the state of all meters at one moment.
type reading struct {
	device rig.Counters
	mem    runtime.MemStats
	usage  unix.Rusage
	away   time.Duration
	clock  time.Time
}

// meter measures what happens between two readings of it.
type meter struct {
	loop *rig.Loop
	away func() time.Duration
}

// begin reads the meters, the clock last: reading the others is not timed.
func (m meter) begin() (r reading, err error) {
	if r.device, err = m.loop.Stat(); err != nil {
		return r, err
	}
	if m.away != nil {
		r.away = m.away()
	}
	runtime.ReadMemStats(&r.mem)
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r.usage); err != nil {
		return r, err
	}
	r.clock = time.Now()
	return r, nil
}

// end reads them in the opposite order and returns what one of n saves took.
func (m meter) end(b reading, n int) (Sample, error) {
	took := time.Since(b.clock)
	var e reading
	if err := unix.Getrusage(unix.RUSAGE_SELF, &e.usage); err != nil {
		return Sample{}, err
	}
	runtime.ReadMemStats(&e.mem)
	if m.away != nil {
		e.away = m.away()
	}
	device, err := m.loop.Stat()
	if err != nil {
		return Sample{}, err
	}
	c, per := device.Since(b.device), 1/float64(n)
	return Sample{
		Micros:   micros(took) * per,
		Away:     micros(e.away-b.away) * per,
		CPU:      micros(processor(e.usage)-processor(b.usage)) * per,
		Flushes:  float64(c.Flushes) * per,
		KiB:      float64(c.Bytes()) / 1024 * per,
		Requests: float64(c.Writes) * per,
		Allocs:   float64(e.mem.Mallocs-b.mem.Mallocs) * per,
		AllocKiB: float64(e.mem.TotalAlloc-b.mem.TotalAlloc) / 1024 * per,
	}, nil
}

func processor(u unix.Rusage) time.Duration {
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
