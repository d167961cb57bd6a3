package journal

import "time"

// waiting returns when n calls wait for a flush.
func waiting(j *Journal, n int) {
	for {
		j.mu.Lock()
		now := len(j.queue)
		j.mu.Unlock()
		if now >= n {
			return
		}
		time.Sleep(50 * time.Microsecond)
	}
}
