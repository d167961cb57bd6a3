package bench

import "time"

// Sample is one trial, by the save. Counts are of what had happened when the
// last save of the trial returned.
type Sample struct {
	Round    int
	Micros   float64 // time of a save
	Away     float64 // of it, µs on the way to another process and back
	CPU      float64 // µs, user and system, of this process
	Flushes  float64 // of the block device
	KiB      float64 // written to it
	Requests float64 // write requests to it
	Allocs   float64 // of this process
	AllocKiB float64
	Latency  []float64 // µs, of every save, where several writers worked at once
}

// Result is a run of the bench.
type Result struct {
	Date    time.Time `json:"date"`
	Kernel  string    `json:"kernel"`
	Go      string    `json:"go"`
	CPUs    int       `json:"cpus"`
	Load    [2]string `json:"load"` // averages of 1, 5 and 15 minutes, before and after
	Seed    uint64    `json:"seed"`
	Rounds  int       `json:"rounds"`
	Quick   bool      `json:"quick"`
	Disk    Disk      `json:"disk"`
	Cells   []Cell    `json:"cells"`
	Absent  []Absent  `json:"absent"`  // contestants that cannot run here
	Missing []Missing `json:"missing"` // cases for which there was no time
}

// Disk is what the file systems stood on.
type Disk struct {
	Below       string  `json:"below"`      // file system of the image
	ImageMiB    int     `json:"imageMiB"`   // written in full before
	DirectIO    bool    `json:"directIO"`   // the loop device passes by the page cache below
	WriteCache  string  `json:"writeCache"` // must be "write back"
	FUA         bool    `json:"fua"`
	FlushMicros float64 `json:"flushMicros"` // overwriting 4 KiB and flushing, on the bare device
}

// Cell is a contestant in a case on a file system.
type Cell struct {
	FS         string  `json:"fs"`
	Case       string  `json:"case"`
	Contestant string  `json:"contestant"`
	Calls      string  `json:"calls"`
	Durable    bool    `json:"durable"` // when a save returns
	Syncs      bool    `json:"syncs"`   // the content at least, before it takes the name
	Baseline   bool    `json:"baseline"`
	Ours       bool    `json:"ours"`
	InProcess  bool    `json:"inProcess"` // otherwise its CPU and allocations are not known here
	Trials     int     `json:"trials"`
	Ratio      Range   `json:"ratio"`      // times as fast as the baseline in the same round
	Micros     Range   `json:"micros"`     // by save; the range is of trials
	AwayMicros float64 `json:"awayMicros"` // of it, the way to the contestant's process and back
	P50        float64 `json:"p50Micros,omitempty"`
	P99        float64 `json:"p99Micros,omitempty"`
	Flushes    float64 `json:"flushes"` // this and what follows: medians of trials, by save
	KiB        float64 `json:"kib"`
	Requests   float64 `json:"requests"`
	CPUMicros  float64 `json:"cpuMicros"`
	Allocs     float64 `json:"allocs"`
	AllocKiB   float64 `json:"allocKiB"`
	Failed     string  `json:"failed,omitempty"` // why it dropped out; it has no figures then
}

// Absent is a contestant that did not take part.
type Absent struct {
	Contestant string `json:"contestant"`
	Why        string `json:"why"`
}

// Missing is a case that was not begun.
type Missing struct {
	FS   string `json:"fs"`
	Case string `json:"case"`
}

// fill computes the figures of a cell.
func (c *Cell) fill(base, own []Sample) {
	c.Trials = len(own)
	c.Ratio = speed(base, own)
	c.Micros = rangeOf(each(own, func(s Sample) float64 { return s.Micros }))
	for to, value := range map[*float64]func(Sample) float64{
		&c.AwayMicros: func(s Sample) float64 { return s.Away },
		&c.Flushes:    func(s Sample) float64 { return s.Flushes },
		&c.KiB:        func(s Sample) float64 { return s.KiB },
		&c.Requests:   func(s Sample) float64 { return s.Requests },
		&c.CPUMicros:  func(s Sample) float64 { return s.CPU },
		&c.Allocs:     func(s Sample) float64 { return s.Allocs },
		&c.AllocKiB:   func(s Sample) float64 { return s.AllocKiB },
	} {
		*to = median(each(own, value))
	}
	var latency []float64
	for _, s := range own {
		latency = append(latency, s.Latency...)
	}
	if latency != nil {
		c.P50, c.P99 = median(latency), quantile(latency, 0.99)
	}
}
