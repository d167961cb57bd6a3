package bench

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMedianAndQuantile(t *testing.T) {
	for _, c := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{[]float64{3}, 0.5, 3},
		{[]float64{9, 1, 5}, 0.5, 5},
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{4, 1, 3, 2}, 0, 1},
		{[]float64{4, 1, 3, 2}, 1, 4},
		{[]float64{0, 10}, 0.99, 9.9},
	} {
		given := slices.Clone(c.values)
		if got := quantile(given, c.q); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("quantile %g of %v is %g, want %g", c.q, c.values, got, c.want)
		}
		if !slices.Equal(given, c.values) {
			t.Errorf("%v was sorted for the caller", c.values)
		}
	}
	if !math.IsNaN(median(nil)) {
		t.Error("there is a median of nothing")
	}
	if got := rangeOf([]float64{2, 8, 4}); got != (Range{4, 2, 8}) {
		t.Errorf("range %+v", got)
	}
	if rangeOf(nil) != (Range{}) {
		t.Error("there is a range of nothing")
	}
}

// A machine that is twice as slow in one round is so for both: the ratio of
// that round is that of the others.
func TestARatioIsTakenWithinARound(t *testing.T) {
	base := []Sample{{Round: 0, Micros: 100}, {Round: 0, Micros: 120}, {Round: 0, Micros: 5000}, {Round: 1, Micros: 240}, {Round: 2, Micros: 120}}
	other := []Sample{{Round: 0, Micros: 60}, {Round: 1, Micros: 120}, {Round: 2, Micros: 30}}
	if got := speed(base, other); got != (Range{2, 2, 4}) {
		t.Errorf("%+v, want 2 [2..4]", got)
	}
	if got := speed(base, base); got != (Range{1, 1, 1}) {
		t.Errorf("the baseline by itself is %+v", got)
	}
	if got := speed(base, []Sample{{Round: 7, Micros: 1}}); got != (Range{}) {
		t.Errorf("a round that the baseline was not in has the ratio %+v", got)
	}
}

func TestEveryoneHasAllTurnsAndTheOrderIsDrawn(t *testing.T) {
	const n, rounds, trials = 5, 3, 4
	seen := map[turn]int{}
	var order []int
	for at := range schedule(rand.New(rand.NewPCG(1, 0)), n, rounds, trials) {
		if at.round != len(order)/(n*trials) {
			t.Fatalf("turn %d is of round %d: rounds overlap", len(order), at.round)
		}
		seen[at]++
		order = append(order, at.contestant)
	}
	for round := range rounds {
		for c := range n {
			if got := seen[turn{round, c}]; got != trials {
				t.Errorf("contestant %d has %d trials in round %d", c, got, round)
			}
		}
	}
	same := 0
	for i := 0; i < len(order); i += n {
		block := order[i : i+n]
		if len(slices.Compact(slices.Sorted(slices.Values(block)))) != n {
			t.Errorf("turns %d to %d are %v: not one each", i, i+n-1, block)
		}
		if slices.Equal(block, order[:n]) {
			same++
		}
	}
	if same == len(order)/n {
		t.Error("the order is the same every time")
	}
	again := slices.Collect(schedule(rand.New(rand.NewPCG(1, 0)), n, rounds, trials))
	for i, at := range again {
		if at.contestant != order[i] {
			t.Fatal("the same seed gives another order")
		}
	}
}

func TestACellIsOfItsSamples(t *testing.T) {
	base := []Sample{{Round: 0, Micros: 300}, {Round: 1, Micros: 600}}
	own := []Sample{
		{Round: 0, Micros: 100, Flushes: 4, KiB: 64, Requests: 5, CPU: 30, Allocs: 3, AllocKiB: 1, Away: 7, Latency: []float64{1, 2, 3}},
		{Round: 1, Micros: 200, Flushes: 4, KiB: 66, Requests: 5, CPU: 50, Allocs: 3, AllocKiB: 2, Away: 9, Latency: []float64{4, 5}},
	}
	var c Cell
	c.fill(base, own)
	want := Cell{Trials: 2, Ratio: Range{3, 3, 3}, Micros: Range{150, 100, 200}, AwayMicros: 8, P50: 3, P99: 4.96,
		Flushes: 4, KiB: 65, Requests: 5, CPUMicros: 40, Allocs: 3, AllocKiB: 1.5}
	if math.Abs(c.P99-want.P99) < 1e-9 {
		c.P99 = want.P99
	}
	if c != want {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}
