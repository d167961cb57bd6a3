package pattern

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// The original validates with pydantic's lax mode: texts and numbers are taken
// for what they can only mean.

// maxDigits is where Python stops reading whole numbers.
const maxDigits = 4300

// laxInt reads a whole number: a number without a fraction, a boolean, or the
// text of one.
func laxInt(n *lossless.Node) (*big.Int, bool) {
	if b, ok := n.Bool(); ok {
		if b {
			return big.NewInt(1), true
		}
		return new(big.Int), true
	}
	if s, ok := n.Str(); ok {
		return intText(s)
	}
	text, ok := n.Number()
	if !ok || len(text) > maxDigits {
		return nil, false
	}
	if !strings.ContainsAny(string(text), ".eE") {
		return new(big.Int).SetString(string(text), 10)
	}
	x, err := strconv.ParseFloat(string(text), 64)
	if err != nil || x != math.Trunc(x) || math.Abs(x) >= 1<<63 {
		return nil, false
	}
	return big.NewInt(int64(x)), true
}

// intText reads " +1_000.00 " as 1000.
func intText(s string) (*big.Int, bool) {
	s = strings.TrimSpace(s)
	whole, fraction, _ := strings.Cut(s, ".")
	if len(s) > maxDigits || strings.Trim(fraction, "0") != "" {
		return nil, false
	}
	digits := strings.TrimPrefix(strings.TrimPrefix(whole, "-"), "+")
	for part := range strings.SplitSeq(digits, "_") {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return nil, false
		}
	}
	return new(big.Int).SetString(strings.ReplaceAll(whole, "_", ""), 10)
}

// laxBool reads a boolean: true or false, 1 or 0, or one of pydantic's words.
func laxBool(n *lossless.Node) (b, ok bool) {
	if b, ok := n.Bool(); ok {
		return b, true
	}
	if s, ok := n.Str(); ok {
		return boolText(s)
	}
	if n.Kind() != lossless.Number {
		return false, false
	}
	v, ok := laxInt(n)
	if !ok || !v.IsInt64() || v.Int64() != 0 && v.Int64() != 1 {
		return false, false
	}
	return v.Int64() == 1, true
}

func boolText(s string) (b, ok bool) {
	if len(s) > len("false") {
		return false, false
	}
	switch asciiLower(s) {
	case "1", "t", "y", "on", "yes", "true":
		return true, true
	case "0", "f", "n", "no", "off", "false":
		return false, true
	}
	return false, false
}

// asciiLower leaves alone what is not ASCII; the long s is no s here.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

func clamp(v *big.Int) int {
	switch {
	case v.IsInt64() && int64(int(v.Int64())) == v.Int64():
		return int(v.Int64())
	case v.Sign() < 0:
		return math.MinInt
	}
	return math.MaxInt
}
