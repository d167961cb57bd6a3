package main

import (
	"testing"
	"time"
)

func TestSpellTellsWhenInWords(t *testing.T) {
	const day = 24 * time.Hour
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		d    time.Duration
		want string
	}{
		{0, "in less than a minute"},
		{59 * time.Second, "in less than a minute"},
		{time.Minute, "in 1 minute"},
		{-119 * time.Minute, "119 minutes ago"},
		{2 * time.Hour, "in 2 hours"},
		{47 * time.Hour, "in 47 hours"},
		{3 * day, "in 3 days"},
		{-60 * day, "60 days ago"},
		{61 * day, "in 2 months"},
		{729 * day, "in 23 months"},
		{731 * day, "in 2 years"},
		{-10 * 366 * day, "10 years ago"},
	} {
		if got := spell(now.Add(test.d), now); got != test.want {
			t.Errorf("spell of %v from now = %q, want %q", test.d, got, test.want)
		}
	}
	// A cookie may end so late that no Duration holds it.
	if got := spell(time.Unix(253402300799, 0), now); got != "in 7,973 years" {
		t.Errorf("spell of the year 9999 = %q", got)
	}
}

// What keeps one logged in is guessed from names.
func TestLoginCookies(t *testing.T) {
	for name, want := range map[string]bool{
		"sid": true, "connect.sid": true, "PHPSESSID": true, "__Secure-1PSID": true, "auth_token": true, "remember_me": true,
		"csrftoken": false, "XSRF-TOKEN": false, "theme": false, "_ga": false, "cart": false, "": false,
	} {
		if got := (cookieJSON{Name: name}).login(); got != want {
			t.Errorf("login() of %q = %v, want %v", name, got, want)
		}
	}
}
