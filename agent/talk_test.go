package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/agent/conversation"
	"github.com/wholly-go/wholly/agent/history"
)

func talk(agent string, step int, text string) Talk {
	return Talk{agent, step, conversation.Conversation{
		Messages: []conversation.Message{conversation.TextMessage(conversation.RoleUser, text)},
		Answer:   []byte(`{"memory": "m"}`),
	}}
}

func TestAConversationIsSavedForItsOwner(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "log")
	path, err := SaveConversation(ctx, dir, talk("a-1", 2, "é"), "")
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "conversation_a-1_2.txt"); path != want {
		t.Errorf("path %s, want %s", path, want)
	}
	if got, want := read(t, path), " user \né\n\n{\n  \"memory\": \"m\"\n}"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if info, err := os.Stat(path); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o600) {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if path, err = SaveConversation(ctx, dir, talk("a-1", 2, "é"), "latin-1"); err != nil || !strings.Contains(read(t, path), "\xe9\n") {
		t.Errorf("again, in another encoding: %v", err)
	}
}

// What cannot be saved is refused before anything is made: not even the
// directory is there.
func TestABadConversationLeavesNothing(t *testing.T) {
	refusal := talk("a", 1, "x")
	refusal.Conversation.Messages[0].Content[0].Kind = conversation.KindRefusal
	for _, tc := range []struct {
		name     string
		talks    []Talk
		encoding string
		says     string
	}{
		{"a character that the encoding lacks", []Talk{talk("a", 1, "é"), talk("a", 2, "5 €")}, "latin-1", "€"},
		{"an unknown encoding", []Talk{talk("a", 1, "é")}, "latin1-xyz", "latin1-xyz"},
		{"an agent that leads elsewhere", []Talk{talk("../a", 1, "")}, "", "cannot be part of a file name"},
		{"step 0", []Talk{talk("a", 0, "")}, "", "step"},
		{"one step twice", []Talk{talk("a", 1, "x"), talk("a", 1, "y")}, "", "given twice"},
		{"a refusal of the user", []Talk{refusal}, "", "refusal"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "log")
			paths, err := SaveConversations(ctx, Private(), dir, tc.talks, tc.encoding)
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("error %v, want one that says %q", err, tc.says)
			}
			if strings.Join(paths, "") != "" {
				t.Errorf("paths: %q", paths)
			}
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the directory is there: %v", err)
			}
		})
	}
	var lacks *conversation.EncodingError
	if _, err := SaveConversation(ctx, filepath.Join(t.TempDir(), "log"), talk("a", 1, "x\n5 €"), "latin-1"); !errors.As(err, &lacks) || lacks.Rune != '€' || lacks.Line != 3 {
		t.Errorf("%v", err)
	}
}

func TestManyConversationsAtOnce(t *testing.T) {
	dir := t.TempDir()
	var talks []Talk
	for i := range 100 {
		talks = append(talks, talk("a", i+1, fmt.Sprint("said ", i)))
	}
	paths, err := SaveConversations(ctx, Private(), dir, talks, "")
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range paths {
		if !strings.Contains(read(t, path), fmt.Sprintf("said %d\n", i)) {
			t.Errorf("%s holds another", path)
		}
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 100 {
		t.Errorf("%d files", len(names))
	}
}

func TestACancelledSaveWritesNothingMore(t *testing.T) {
	dir := t.TempDir()
	over, cancel := context.WithCancel(ctx)
	cancel()
	paths, err := SaveConversations(over, Private(), dir, []Talk{talk("a", 1, "x"), talk("a", 2, "x")}, "")
	if !errors.Is(err, context.Canceled) || strings.Join(paths, "") != "" {
		t.Errorf("%q, %v", paths, err)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) > 0 {
		t.Errorf("files: %q", names)
	}
}

// One that cannot be written does not keep the others from it, and the paths
// tell which are there.
func TestOneFailureCostsNoOther(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "conversation_a_2.txt"), 0o700); err != nil {
		t.Fatal(err)
	}
	paths, err := SaveConversations(ctx, Private(), dir, []Talk{talk("a", 1, "x"), talk("a", 2, "x"), talk("a", 3, "x")}, "")
	if err == nil || !strings.Contains(err.Error(), "conversation_a_2.txt") {
		t.Errorf("error: %v", err)
	}
	if paths[0] == "" || paths[1] != "" || paths[2] == "" {
		t.Errorf("paths: %q", paths)
	}
}

func TestAConversationWithoutSecrets(t *testing.T) {
	secrets, err := history.ParseSecrets([]byte(`{"pw": "p\"w&1"}`))
	if err != nil {
		t.Fatal(err)
	}
	r := secrets.Redactor()
	c := conversation.Conversation{
		Messages: []conversation.Message{
			conversation.TextMessage(conversation.RoleSystem, "it is p\"w&1\nor {\"k\": \"p\\\"w&1\"}"),
			{Role: conversation.RoleUser},
		},
		Answer: []byte("{\n  \"memory\": \"p\\\"w&1\",\n  \"n\": 1e5\n}"),
	}
	clean, report, err := RedactConversation(c, r, history.ReportKeys)
	if err != nil || report.Names["pw"] != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	text, err := clean.Text()
	want := " system \nit is <secret>pw</secret>\nor {\"k\": \"<secret>pw</secret>\"}\n\n user \n\n\n{\n  \"memory\": \"<secret>pw</secret>\",\n  \"n\": 1e5\n}"
	if err != nil || text != want {
		t.Errorf("%q, %v\nwant %q", text, err, want)
	}
	if !strings.Contains(c.Messages[0].Text(), "p\"w") {
		t.Error("the original changed")
	}

	c.Answer = []byte(`{"p\"w&1": 1}`)
	var left *history.LeftError
	if _, report, err := RedactConversation(c, r, history.ReportKeys); !errors.As(err, &left) || len(report.Keys) != 1 {
		t.Errorf("a secret in a key: %+v, %v", report, err)
	}
	if clean, _, err := RedactConversation(c, r, history.ReplaceKeys); err != nil || strings.Contains(string(clean.Answer), "w&1") {
		t.Errorf("replaced: %s, %v", clean.Answer, err)
	}

	c.Answer = nil
	c.Messages = []conversation.Message{{Role: conversation.RoleAssistant, Content: []conversation.Part{
		{Kind: conversation.KindText, Text: "p\"w"}, {Kind: conversation.KindText, Text: "&1"},
	}}}
	if _, _, err := RedactConversation(c, r, history.ReportKeys); err == nil || !strings.Contains(err.Error(), "messages[0]") {
		t.Errorf("in two parts: %v", err)
	}
}
