package keeper

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
)

// page is an empty page of an origin, and in it a world of ours that no script
// of a page can see.
type page struct {
	keeper  *Keeper
	session string
	origin  string
	frame   string
	world   int
}

// The scripts are data of this program; content of files is given to them as
// JSON in a string, never as code.
var (
	//go:embed page/notation.js
	notationScript string
	//go:embed page/dump.js
	dumpScript string
	//go:embed page/load.js
	loadScript string
)

// piece is how many bytes of text go into one message, and characters come out
// in one.
const piece = 4 << 20

// scriptError is a script that failed. Only the class of the error is told: its
// message may hold what the script read.
type scriptError struct{ class string }

func (e *scriptError) Error() string { return "the script in the page failed: " + e.class }

// isCrashed reports whether err means that the page is gone with its process.
func isCrashed(err error) bool {
	var e *cdp.Error
	return errors.As(err, &e) && strings.Contains(e.Message, "crashed")
}

// eval evaluates an expression, waits for its promise, and decodes the value.
func (p page) eval(ctx context.Context, expression string, result any) error {
	var answer struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Exception struct {
				Class string `json:"className"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	err := p.keeper.conn.Call(ctx, p.session, "Runtime.evaluate", map[string]any{
		"expression": expression, "contextId": p.world, "awaitPromise": true, "returnByValue": true,
	}, &answer)
	if err != nil {
		return err
	}
	if answer.Exception != nil {
		return &scriptError{answer.Exception.Exception.Class}
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Result.Value, result); err != nil {
		return fmt.Errorf("answer of the script: %w", err)
	}
	return nil
}

// call calls a function of ours in the page; arguments are JSON.
func (p page) call(ctx context.Context, function string, result any, args ...any) error {
	var list []string
	for _, a := range args {
		data, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("argument of the script: %w", err)
		}
		list = append(list, string(data))
	}
	return p.eval(ctx, "keeper."+function+"("+strings.Join(list, ",")+")", result)
}

// install brings our functions into the page's world.
func (p page) install(ctx context.Context) error {
	return p.eval(ctx, "globalThis.keeper = {};"+notationScript+dumpScript+loadScript+";0", nil)
}

// fetch returns a text of the page that is kept there under name, in pieces.
// JSON.stringify has written lone surrogates as escapes, so it is whole UTF-8.
func (p page) fetch(ctx context.Context, name string) (string, error) {
	var b strings.Builder
	for at := 0; at >= 0; {
		var part struct {
			Text string
			Next int
		}
		if err := p.call(ctx, "slice", &part, name, at, piece); err != nil {
			return "", err
		}
		b.WriteString(part.Text)
		at = part.Next
	}
	return b.String(), nil
}

// push gives the page a text under name, in pieces.
func (p page) push(ctx context.Context, name, text string) error {
	if err := p.call(ctx, "clear", nil, name); err != nil {
		return err
	}
	for len(text) > 0 {
		n := min(piece, len(text))
		for n < len(text) && !utf8.RuneStart(text[n]) {
			n--
		}
		if err := p.call(ctx, "append", nil, name, text[:n]); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}
