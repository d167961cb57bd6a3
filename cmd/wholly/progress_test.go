package main

import (
	"testing"
	"time"
)

func TestProgressLineTellsBytesRateAndTotal(t *testing.T) {
	for _, c := range []struct {
		done, total int64
		took        time.Duration
		want        string
	}{
		{0, 0, time.Second, "0 bytes, 0 bytes/s"},
		{1023, 0, time.Second, "1023 bytes, 1023 bytes/s"},
		{3 << 20, 0, 2 * time.Second, "3.0 MiB, 1.5 MiB/s"},
		{1 << 30, 4 << 30, 4 * time.Second, "1.0 GiB of 4.0 GiB, 256.0 MiB/s"},
		{3 << 50, 0, time.Second, "3072.0 TiB, 3072.0 TiB/s"},
	} {
		if got := progressLine(c.done, c.total, c.took); got != c.want {
			t.Errorf("progressLine(%d, %d, %v) = %q, want %q", c.done, c.total, c.took, got, c.want)
		}
	}
}

func TestCountGroupsDigits(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 4071: "4,071", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %q, want %q", n, got, want)
		}
	}
}
