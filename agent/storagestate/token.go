package storagestate

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// tokenExpiry returns the earliest "exp" of the JSON Web Tokens in a text, which
// may be one, or JSON around some; zero if there is none. Nothing is verified.
func tokenExpiry(text string) (first time.Time) {
	const header = "eyJ" // every token begins with {" in base64
	for {
		i := strings.Index(text, header)
		if i < 0 {
			return first
		}
		text = text[i:]
		n := strings.IndexFunc(text, notInToken)
		if n < 0 {
			n = len(text)
		}
		if t := tokenExp(text[:n]); !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
		text = text[n:]
	}
}

func notInToken(r rune) bool {
	return (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') && r != '-' && r != '_' && r != '.'
}

func tokenExp(token string) time.Time {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, signed := strings.Cut(rest, ".")
	if !signed {
		return time.Time{}
	}
	text, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return time.Time{}
	}
	var claims struct {
		Exp float64 `json:"exp"`
	}
	if json.Unmarshal(text, &claims) != nil || claims.Exp <= 0 {
		return time.Time{}
	}
	return moment(claims.Exp)
}
