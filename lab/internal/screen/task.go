package screen

import (
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wholly-go/wholly/lab/internal/report"
)

// Task is a piece of work. It may be used by many goroutines.
type Task struct {
	screen *Screen
	title  string
	total  int
	begun  time.Time
	done   atomic.Int64 // apart from the drawing: the work never waits for a terminal
	note   atomic.Pointer[string]
}

// Add counts n steps as done.
func (t *Task) Add(n int) { t.done.Add(int64(n)) }

// Note says what is being done now; it replaces the note before.
func (t *Task) Note(text string) { t.note.Store(&text) }

// End takes the task out of the line, and the line away with the last task.
// What comes after the first End has no effect.
func (t *Task) End() { t.screen.end(t) }

// line tells the outer tasks in short and the innermost in full:
// "cut 3 of 15 · ext4 replace: 1,203 of 4,000, 312/s, 9 s left: mounting".
func (s *Screen) line(now time.Time) string {
	var parts []string
	for i, t := range s.tasks {
		if i == len(s.tasks)-1 {
			parts = append(parts, t.full(now))
		} else {
			parts = append(parts, t.title+" "+t.count())
		}
	}
	return strings.Join(parts, " · ")
}

func (t *Task) count() string {
	text := report.Count(int(t.done.Load()))
	if t.total > 0 {
		text += " of " + report.Count(t.total)
	}
	return text
}

func (t *Task) full(now time.Time) string {
	text := t.title + ": " + t.count()
	done, took := float64(t.done.Load()), now.Sub(t.begun)
	if done > 0 && took > 0 {
		text += ", " + rate(done/took.Seconds())
		if left := float64(t.total) - done; left > 0 {
			text += ", " + span(time.Duration(left/done*float64(took))) + " left"
		}
	}
	if note := t.note.Load(); note != nil && *note != "" {
		text += ": " + report.Unmarked(*note)
	}
	return text
}

// rate is a number a second, or a minute where that would be less than one.
func rate(perSecond float64) string {
	if perSecond < 1 {
		return report.Amount(perSecond*60) + "/min"
	}
	return report.Amount(perSecond) + "/s"
}

// span is a time as people say it: "9 s", "4 min", "1 h 05 min".
func span(d time.Duration) string {
	switch minutes := int(d.Round(time.Minute).Minutes()); {
	case d < 100*time.Second:
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	default:
		return fmt.Sprintf("%d h %02d min", minutes/60, minutes%60)
	}
}

// cut shortens text to width columns.
func cut(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	if width < 1 {
		return ""
	}
	return string(runes[:width-1]) + "…"
}
