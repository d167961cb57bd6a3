package bench

import (
	"math"
	"slices"
)

// Range is what several rounds gave. The zero Range means that there was none.
type Range struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// rangeOf returns the range of the values.
func rangeOf(values []float64) Range {
	if len(values) == 0 {
		return Range{}
	}
	return Range{median(values), slices.Min(values), slices.Max(values)}
}

// median returns the middle of the values, between the two middle ones where
// their number is even; NaN if there are none. The values stay as they are.
func median(values []float64) float64 { return quantile(values, 0.5) }

// quantile returns the value below which the part q of the values lies,
// linearly between neighbours.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low, part := int(at), at-math.Floor(at)
	if part == 0 {
		return sorted[low]
	}
	return sorted[low]*(1-part) + sorted[low+1]*part
}

// speed returns how many times faster than the baseline a contestant was: for
// each round that both were in, the quotient of the medians of their times.
func speed(base, other []Sample) Range {
	b, o := medians(base), medians(other)
	var ratios []float64
	for round, time := range o {
		if b[round] > 0 && time > 0 {
			ratios = append(ratios, b[round]/time)
		}
	}
	return rangeOf(ratios)
}

// medians returns the median time of each round.
func medians(samples []Sample) map[int]float64 {
	times := map[int][]float64{}
	for _, s := range samples {
		times[s.Round] = append(times[s.Round], s.Micros)
	}
	out := map[int]float64{}
	for round, t := range times {
		out[round] = median(t)
	}
	return out
}

// each returns one value of every sample.
func each(samples []Sample, value func(Sample) float64) []float64 {
	out := make([]float64, len(samples))
	for i, s := range samples {
		out[i] = value(s)
	}
	return out
}
