package conversation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Warning is a doubt about a text that was read.
type Warning struct {
	Line   int // from 1
	Reason string
}

// String returns "line 7: the reason".
func (w Warning) String() string { return fmt.Sprintf("line %d: %s", w.Line, w.Reason) }

// Parse reads the text of a log file. A message begins at a role line (exactly
// one space, the role, one space) that is the first line or follows an empty
// one; the answer begins at the last line that is exactly {, if an empty line
// stands before it and a JSON object follows. An answer that is damaged stays
// in the text of the last message.
//
// The warnings say where the reading is in doubt, that there is no answer, or
// that a key of it stands twice, where most readers take the last.
// With no warning, the Text of the result is the text that was read (but for
// line feeds at the end; CRLF, which Python writes on Windows, and a byte order
// mark are taken off). That is not proof: a message may hold what looks like
// another one.
//
// What does not begin as a conversation is an error of type [*Error].
func Parse(text string) (Conversation, []Warning, error) {
	if err := readable(text); err != nil {
		return Conversation{}, nil, err
	}
	text = strings.TrimPrefix(text, bom)
	if n := strings.Count(text, "\n"); n > 0 && n == strings.Count(text, "\r\n") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	if tail := strings.TrimRight(text, "\x00"); tail != text {
		line, column := position(text, len(tail))
		return Conversation{}, nil, &Error{Line: line, Column: column,
			Err: errors.New("only NUL bytes from here to the end, as a crash leaves them")}
	}
	p := parser{lines: strings.Split(text, "\n")}
	p.nul(text)
	p.answer()
	if err := p.messages(); err != nil {
		return Conversation{}, nil, err
	}
	return p.c, p.warnings, nil
}

type parser struct {
	lines    []string // what is not yet read: after answer, the messages
	c        Conversation
	warnings []Warning
}

func (p *parser) warn(line int, format string, args ...any) {
	p.warnings = append(p.warnings, Warning{line, fmt.Sprintf(format, args...)})
}

func (p *parser) nul(text string) {
	if i := strings.IndexByte(text, 0); i >= 0 {
		line, _ := position(text, i)
		p.warn(line, "a NUL byte")
	}
}

// answer takes the answer off the end of the lines.
func (p *parser) answer() {
	at, end := p.findAnswer()
	if at < 0 {
		p.warn(end, "no answer: no line is { to the end")
		return
	}
	if at > 0 && p.lines[at-1] != "" {
		p.warn(at+1, "no answer: before the last line that is { no line is empty, so it belongs to a message")
		return
	}
	tail := []byte(strings.Join(p.lines[at:end], "\n"))
	root, twice, err := object(tail)
	if err != nil {
		var e *Error
		if errors.As(err, &e) {
			e.Line += at
		}
		p.warn(at+1, "no answer: what begins here is no JSON object: %v", err)
		return
	}
	if twice != nil {
		twice.Line += at
		p.warn(at+1, "in the answer: %v", twice)
	}
	laid := root.Bytes(lossless.Indent2)
	if !bytes.Equal(laid, tail) {
		p.warn(at+1, "the answer is not laid out as an agent does it: it may be part of a message")
	}
	p.earlier(at)
	p.c.Answer = json.RawMessage(laid)
	p.lines = p.lines[:at]
}

// findAnswer returns the lines that the answer would take; at is negative if
// there is none.
func (p *parser) findAnswer() (at, end int) {
	end = len(p.lines)
	for end > 1 && p.lines[end-1] == "" {
		end--
	}
	if p.lines[end-1] == "{}" {
		return end - 1, end
	}
	for at = end - 1; at >= 0 && p.lines[at] != "{"; at-- {
	}
	return at, end
}

// earlier warns of lines that could begin an answer before the one at line at.
func (p *parser) earlier(at int) {
	for i, line := range p.lines[:at] {
		if line == "{" && (i == 0 || p.lines[i-1] == "") {
			p.warn(i+1, "this line could begin an answer; the last one, at line %d, is taken", at+1)
			return
		}
	}
}

// messages reads the lines as messages.
func (p *parser) messages() error {
	if len(p.lines) == 0 {
		p.warn(1, "no messages")
		return nil
	}
	if !isRoleLine(p.lines[0]) {
		return &Error{Line: 1, Column: 1, Err: errors.New(`not a conversation: want a role line (" system ", " user " or " assistant ") or an answer`)}
	}
	from := 0
	for i := 1; i < len(p.lines); i++ {
		if isRoleLine(p.lines[i]) && p.lines[i-1] == "" {
			p.message(from, i)
			from = i
		}
	}
	p.message(from, len(p.lines))
	return nil
}

// message reads the message whose role line is from and which ends before to.
func (p *parser) message(from, to int) {
	role := strings.TrimSpace(p.lines[from])
	if role == RoleSystem && from > 0 {
		p.warn(from+1, "a system message that is not the first: it may be text of the one before")
	}
	body := p.lines[from+1 : to]
	// The empty line after a message is missing only where the text is cut.
	if n := len(body); n > 0 && body[n-1] == "" {
		body = body[:n-1]
	}
	if len(body) == 0 {
		p.warn(from+1, "a message without a line for its text: this or the next role line may be text")
	}
	p.c.Messages = append(p.c.Messages, TextMessage(role, strings.Join(body, "\n")))
}

func isRoleLine(line string) bool {
	return len(line) > 2 && line[0] == ' ' && line[len(line)-1] == ' ' && knownRole(line[1:len(line)-1])
}
