package storagestate

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestSummary(t *testing.T) {
	s := mustRead(t, watchdogSample)
	got := Summarize(s, now)
	if got.Cookies.Total != 6 || got.Cookies.Session != 2 || got.Cookies.Persistent != 3 || got.Cookies.Expired != 1 || got.Cookies.Partitioned != 2 ||
		!got.Cookies.FirstExpiry.Equal(time.Unix(4102444800, 0)) {
		t.Errorf("%+v", got.Cookies)
	}
	var domains []string
	for _, d := range got.Domains {
		domains = append(domains, d.Domain)
	}
	if strings.Join(domains, " ") != "127.0.0.1 chat.vendor.example shop.example.com" || got.Domains[2].Total != 3 || got.Domains[2].Expired != 1 {
		t.Errorf("%v", got.Domains)
	}
	if len(got.Origins) != 3 || got.Origins[2].Origin != "https://shop.example.com" || got.Origins[2].LocalStorage.Items != 3 || got.Origins[2].SessionStorage != (Area{1, 11}) {
		t.Errorf("%+v", got.Origins)
	}
	got = Summarize(mustRead(t, playwrightSample), now)
	if o := got.Origins[0]; o.Databases != 1 || o.IndexedDB.Items != 1 || o.IndexedDB.Bytes < 50 {
		t.Errorf("%+v", o)
	}
	text, err := json.Marshal(Summarize(decode(t, `[5, {"name": "a", "domain": "x"}]`), now))
	want := `{"dialect":"bare-list","mix":{"browserUse":0,"playwright":0,"extension":0,"plain":1,"invalid":1},"cookies":{"total":1,"session":1,"persistent":0,"expired":0,"partitioned":0,"bytes":1},` +
		`"domains":[{"domain":"x","total":1,"session":1,"persistent":0,"expired":0,"partitioned":0,"bytes":1}],"origins":null,"credentials":0,"invalid":1}`
	if err != nil || string(text) != want {
		t.Errorf("%s %v", text, err)
	}
}

// The tokens were made with: base64url of {"alg":"none"} . of {"exp":N} .
func TestTokenExpiry(t *testing.T) {
	const soon, late = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3NjcyMjU2MDB9.sig", "eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTg3NjE2MDAuNX0."
	for text, want := range map[string]int64{
		soon: 1767225600, late: 1798761600, `{"a":"` + late + `","b":["` + soon + `"]}`: 1767225600, "Bearer " + late: 1798761600,
		"eyJhbGciOiJub25lIn0.eyJzdWIiOiI0MiJ9.": 0, "eyJ": 0, "eyJ.eyJ": 0, "eyJ.!.": 0, "": 0, "eyJhbGciOiJub25lIn0.e30.": 0,
	} {
		got := tokenExpiry(text)
		if got.IsZero() != (want == 0) || want != 0 && got.Unix() != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	s := decode(t, origins(`{"origin": "k", "localStorage": [{"name": "t", "value": "`+late+`"}], "sessionStorage": [{"name": "t", "value": "`+soon+`"}]}`))
	if got := Summarize(s, now).Origins[0].TokenExpiry; got.Unix() != 1767225600 {
		t.Error(got)
	}
}
