package conversation

import (
	"errors"
	"strings"
	"testing"
)

func TestFileName(t *testing.T) {
	for _, tt := range []struct {
		id   string
		step int
		want string
	}{
		{"0198f3c2-7a1e", 2, "conversation_0198f3c2-7a1e_2.txt"},
		{"a_b", 10, "conversation_a_b_10.txt"},
		{"über 😀.v1", 1, "conversation_über 😀.v1_1.txt"},
		{".", 1, "conversation_._1.txt"},
		{strings.Repeat("x", 236), 1, "conversation_" + strings.Repeat("x", 236) + "_1.txt"},
	} {
		got, err := FileName(tt.id, tt.step)
		if err != nil || got != tt.want {
			t.Errorf("%q %d: %q, %v", tt.id, tt.step, got, err)
		}
		if id, step, ok := ParseFileName(got); id != tt.id || step != tt.step || !ok {
			t.Errorf("%s splits into %q, %d, %v", got, id, step, ok)
		}
	}
}

func TestFileNameStaysInItsDirectory(t *testing.T) {
	for _, tt := range []struct {
		id   string
		step int
		want string
	}{
		{"", 1, "empty"},
		{"a/b", 1, "reserved"}, {`a\b`, 1, "reserved"}, {"c:x", 1, "reserved"}, {"a?", 1, "reserved"}, {"a\"", 1, "reserved"},
		{"..", 1, "leads out"}, {"a..b", 1, "leads out"},
		{"a\x00", 1, "control character at byte 1"}, {"a\n", 1, "control"}, {"\x7f", 1, "control"}, {"\u0085", 1, "control"},
		{"a\xff", 1, "not UTF-8"},
		{strings.Repeat("x", 237), 1, "256 bytes, at most 255"},
		{strings.Repeat("x", 236), 10, "256 bytes"},
		{"a", 0, "step 0"}, {"a", -1, "step -1"},
	} {
		name, err := FileName(tt.id, tt.step)
		if name != "" || !errors.Is(err, ErrName) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q %d: %q, %v; want %q", tt.id, tt.step, name, err, tt.want)
		}
	}
}

func TestParseFileNameRefusesOthers(t *testing.T) {
	for _, name := range []string{"", "conversation_a.txt", "conversation__1.txt", "conversation_a_.txt", "conversation_a_01.txt",
		"conversation_a_+1.txt", "conversation_a_0.txt", "conversation_a_-1.txt", "conversation_a_1.json", "conversation_a_1.txt.bak",
		"x/conversation_a_1.txt", "conversation_.._1.txt", "conversation_a/b_1.txt", "conversation_a_99999999999999999999.txt",
		"conversation_a_1", "_a_1.txt", "conversation.txt"} {
		if id, step, ok := ParseFileName(name); ok || id != "" || step != 0 {
			t.Errorf("%s: %q, %d, %v", name, id, step, ok)
		}
	}
}
