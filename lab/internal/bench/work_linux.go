package bench

import (
	"context"
	"errors"
	"sync"
	"time"
)

// work does what a trial of the case does, and returns how many saves that
// were, and how long each took where several writers worked at once.
func (e *entrant) work(ctx context.Context, c Case) (saves int, latency []float64, err error) {
	if c.For > 0 {
		return e.crowd(ctx, c.For)
	}
	saves, err = e.pass(ctx, c.Passes)
	return saves, nil, err
}

// pass saves every target n times over, one after the other.
func (e *entrant) pass(ctx context.Context, n int) (saves int, err error) {
	for range n {
		for i, t := range e.targets {
			if err := ctx.Err(); err != nil {
				return saves, err
			}
			if err := e.saver.save(t, e.docs[i%len(e.docs)].edit()); err != nil {
				return saves, err
			}
			saves++
		}
	}
	return saves, nil
}

// crowd lets a writer for each target save until the time is over.
func (e *entrant) crowd(ctx context.Context, limit time.Duration) (saves int, latency []float64, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	took := make([][]float64, len(e.targets))
	failed := make([]error, len(e.targets))
	var writers sync.WaitGroup
	for i := range e.targets {
		writers.Go(func() {
			took[i], failed[i] = e.writer(ctx, i)
			if failed[i] != nil {
				cancel()
			}
		})
	}
	writers.Wait()
	for _, t := range took {
		latency = append(latency, t...)
	}
	return len(latency), latency, errors.Join(failed...)
}

// writer saves target i at least once, and again until ctx ends.
func (e *entrant) writer(ctx context.Context, i int) (took []float64, err error) {
	took = make([]float64, 0, 1<<10)
	for len(took) == 0 || ctx.Err() == nil {
		data := e.docs[i].edit()
		begin := time.Now()
		if err := e.saver.save(e.targets[i], data); err != nil {
			return took, err
		}
		took = append(took, micros(time.Since(begin)))
	}
	return took, nil
}
