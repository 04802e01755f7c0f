// Compares Slipway's GitLab with GitLab's own Go client: it asks the same in the same words, its types know every field of
// the replies that the tests are written with, and, with -forge, it can work with the tests' own forge.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"strings"

	gitlab "gitlab.com/gitlab-org/api/client-go"
)

var wrong int

func problem(format string, words ...any) {
	wrong++
	fmt.Printf("gitlab: "+format+"\n", words...)
}

// asked is a request as it came in.
type asked struct {
	method, path string
	query        url.Values
	body         any
	token        string
}

func listen(e exchange, got *asked) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		*got = asked{method: in.Method, path: strings.TrimPrefix(in.URL.EscapedPath(), "/api/v4"), query: in.URL.Query(),
			token: in.Header.Get("Private-Token")}
		raw, _ := io.ReadAll(in.Body)
		_ = json.Unmarshal(raw, &got.body)
		out.Header().Set("Content-Type", "application/json")
		out.WriteHeader(e.Response.Status)
		_, _ = out.Write(e.Response.Body)
	}))
}

// compare lets the client make the call of an exchange and looks at what it sent.
func compare(e exchange) {
	var got asked
	server := listen(e, &got)
	defer server.Close()
	client, err := gitlab.NewClient("T", gitlab.WithBaseURL(server.URL+"/api/v4"), gitlab.WithoutRetries())
	if err != nil {
		panic(err)
	}
	w := e.words()
	if _, err := ask(client, w); err != nil {
		problem("%s: the client does not take the written reply: %v", w.target, err)
		return
	}
	path, _, _ := strings.Cut(e.Request.Path, "?")
	if got.method != e.Request.Method || unescaped(got.path) != unescaped(path) {
		problem("we ask %s %s, GitLab's client %s %s", e.Request.Method, path, got.method, got.path)
	}
	if !reflect.DeepEqual(got.query, w.query) {
		problem("%s: our query is %v, that of GitLab's client %v", w.target, w.query, got.query)
	}
	var ours any
	_ = json.Unmarshal(e.Request.Body, &ours)
	if !reflect.DeepEqual(got.body, ours) {
		problem("%s: our body is %v, that of GitLab's client %v", w.target, ours, got.body)
	}
	if got.token != "T" {
		problem("GitLab's client does not put its token into PRIVATE-TOKEN")
	}
	decoder := json.NewDecoder(bytes.NewReader(e.Response.Body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(typeOf(w.target)); err != nil {
		problem("%s: the written reply has what GitLab's types have not: %v", w.target, err)
	}
}

func unescaped(path string) string {
	plain, err := url.PathUnescape(path)
	if err != nil {
		return path
	}
	return plain
}

// work lets the client make every call against the tests' own forge, whose first merge request is number.
func work(root, token, project, commit string, number int, exchanges []exchange) {
	client, err := gitlab.NewClient(token, gitlab.WithBaseURL(root), gitlab.WithoutRetries())
	if err != nil {
		panic(err)
	}
	for _, e := range exchanges {
		w := e.words()
		w.project = project
		if strings.HasPrefix(w.target, "POST statuses/") {
			w.target = "POST statuses/" + commit
		}
		if w.body["ref"] != nil {
			w.body["ref"] = commit
		}
		for _, old := range []string{"merge_requests/7", "merge_requests/9"} {
			w.target = strings.Replace(w.target, old, fmt.Sprintf("merge_requests/%d", number), 1)
		}
		w.target = strings.Replace(w.target, "/notes/17", fmt.Sprintf("/notes/%d", 1000*number), 1)
		if _, err := ask(client, w); err != nil {
			problem("the tests' own forge does not take %s: %v", w.target, err)
		}
	}
}

func main() {
	conversation := flag.String("conversation", "", "a file of exchanges")
	forge := flag.String("forge", "", "root of a forge's API that is worked with")
	token := flag.String("token", "", "for that forge")
	project := flag.String("project", "", "there")
	commit := flag.String("commit", "", "there")
	number := flag.Int("number", 0, "of a merge request there")
	flag.Parse()
	text, err := os.ReadFile(*conversation)
	if err != nil {
		panic(err)
	}
	var exchanges []exchange
	if err := json.Unmarshal(text, &exchanges); err != nil {
		panic(err)
	}
	for _, e := range exchanges {
		compare(e)
	}
	if *forge != "" {
		work(*forge, *token, *project, *commit, *number, exchanges)
	}
	fmt.Printf("gitlab: %d requests of ours beside those of GitLab's own client, %d problems\n", len(exchanges), wrong)
	if wrong > 0 {
		os.Exit(1)
	}
}
