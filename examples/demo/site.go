package main

import (
	"crypto/rand"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// grant is what a user was given at a login. Each part is good alone.
type grant struct{ user, cookie, token, key string }

// site remembers its grants and tells of its visits.
type site struct {
	http.Handler
	grants chan []grant // one list, in whoever's hands it is
	visits chan string  // that nobody has asked about yet
}

func newSite() *site {
	mux := http.NewServeMux()
	s := &site{Handler: mux, grants: make(chan []grant, 1), visits: make(chan string, 100)}
	s.grants <- nil
	mux.HandleFunc("GET /login", s.login)
	mux.HandleFunc("GET /logout", s.logout)
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("POST /visit", s.visit)
	mux.HandleFunc("GET /ask", s.ask)
	return s
}

const cookieName = "sid"

// login gives the user what the next visit shows.
func (s *site) login(w http.ResponseWriter, r *http.Request) {
	g := grant{r.FormValue("user"), rand.Text(), rand.Text(), rand.Text()}
	if g.user == "" {
		http.Error(w, "which user?", http.StatusBadRequest)
		return
	}
	s.grants <- append(<-s.grants, g)
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: g.cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int((30 * 24 * time.Hour).Seconds())})
	s.show(w, map[string]string{"Login": g.user, "Token": g.token, "Key": g.key})
}

// logout forgets the grant, whoever else has a copy of it, and has the page
// remove what it stored.
func (s *site) logout(w http.ResponseWriter, r *http.Request) {
	var left []grant
	all := <-s.grants
	for _, g := range all {
		if c, err := r.Cookie(cookieName); err != nil || c.Value != g.cookie {
			left = append(left, g)
		}
	}
	s.grants <- left
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1})
	s.show(w, map[string]string{"Logout": "yes"})
}

func (s *site) home(w http.ResponseWriter, r *http.Request) {
	s.show(w, map[string]string{"User": s.user(func(g grant) string { return g.cookie }, cookieOf(r))})
}

func (s *site) show(w http.ResponseWriter, data map[string]string) {
	w.Header().Set("Cache-Control", "no-store")
	if err := page.Execute(w, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func cookieOf(r *http.Request) string {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// user is whose grant has the given part; empty for nobody's.
func (s *site) user(part func(grant) string, given string) string {
	all := <-s.grants
	s.grants <- all
	for _, g := range all {
		if given != "" && part(g) == given {
			return g.user
		}
	}
	return ""
}

// visit is what the page at / shows the server: the cookie by itself, the token
// and the key by its script.
func (s *site) visit(w http.ResponseWriter, r *http.Request) {
	by := map[string][]string{}
	note := func(user, how string) { by[user] = append(by[user], how) }
	note(s.user(func(g grant) string { return g.cookie }, cookieOf(r)), "by cookie")
	note(s.user(func(g grant) string { return g.token }, r.FormValue("token")), "by token")
	note(s.user(func(g grant) string { return g.key }, r.FormValue("key")), "by database")
	said := "nobody is logged in"
	for user, how := range by {
		if user != "" {
			said = fmt.Sprintf("%s is logged in: %s", user, strings.Join(how, ", "))
		}
	}
	select {
	case s.visits <- said:
	default: // nobody asks
	}
	fmt.Fprintln(w, said)
}

// ask answers with the oldest visit that was not asked about, and waits for one.
func (s *site) ask(w http.ResponseWriter, r *http.Request) {
	select {
	case said := <-s.visits:
		fmt.Fprintln(w, said)
	case <-r.Context().Done():
	case <-time.After(patience - 5*time.Second):
		http.Error(w, "nobody came", http.StatusGatewayTimeout)
	}
}
