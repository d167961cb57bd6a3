package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// The site believes a cookie, a token and a key that it gave, each alone, and no
// other.
func TestTheSiteKnowsWhomItHasLoggedIn(t *testing.T) {
	server := httptest.NewServer(newSite())
	defer server.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	user, stranger := &http.Client{Jar: jar}, &http.Client{}
	page := body(t, user, server.URL+"/login?user=ada", nil)
	token := regexp.MustCompile(`"token", "([A-Z2-7]{26})"`).FindStringSubmatch(page)
	key := regexp.MustCompile(`key: "([A-Z2-7]{26})"`).FindStringSubmatch(page)
	if token == nil || key == nil {
		t.Fatal(page)
	}
	for _, v := range []struct {
		who  *http.Client
		form url.Values
		want string
	}{
		{user, url.Values{"token": token[1:], "key": key[1:]}, "ada is logged in: by cookie, by token, by database"},
		{user, url.Values{"token": key[1:], "key": token[1:]}, "ada is logged in: by cookie"},
		{stranger, url.Values{"token": token[1:]}, "ada is logged in: by token"},
		{stranger, url.Values{"key": key[1:]}, "ada is logged in: by database"},
		{stranger, url.Values{"token": {"x"}}, "nobody is logged in"},
		{stranger, url.Values{}, "nobody is logged in"},
	} {
		if got := strings.TrimSpace(body(t, v.who, server.URL+"/visit", v.form)); got != v.want {
			t.Errorf("%v: %q, want %q", v.form, got, v.want)
		}
		if asked := strings.TrimSpace(body(t, stranger, server.URL+"/ask", nil)); asked != v.want {
			t.Errorf("asked: %q, want %q", asked, v.want)
		}
	}
	if got := body(t, user, server.URL+"/", nil); !strings.Contains(got, "Hello ada.") {
		t.Error(got)
	}
	body(t, user, server.URL+"/logout", nil)
	form := url.Values{"token": token[1:], "key": key[1:]}
	if got := strings.TrimSpace(body(t, user, server.URL+"/visit", form)); got != "nobody is logged in" {
		t.Errorf("after the logout %q", got)
	}
}

// body gets url, or posts a form to it.
func body(t *testing.T, c *http.Client, url string, form url.Values) string {
	t.Helper()
	ask := func() (*http.Response, error) { return c.Get(url) }
	if form != nil {
		ask = func() (*http.Response, error) { return c.PostForm(url, form) }
	}
	res, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.Status, string(text), err)
	}
	return string(text)
}
