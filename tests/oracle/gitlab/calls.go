package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	gitlab "gitlab.com/gitlab-org/api/client-go"
)

// exchange is one of tests/reconciler/forge/testdata/gitlab.json: what Slipway asks, word for word, and a reply.
type exchange struct {
	Request struct {
		Method string          `json:"method"`
		Path   string          `json:"path"`
		Body   json.RawMessage `json:"body"`
	} `json:"request"`
	Response struct {
		Status int             `json:"status"`
		Body   json.RawMessage `json:"body"`
	} `json:"response"`
}

// words are the parameters of a request, as they stand in its path, query and body.
type words struct {
	project, target string
	query           url.Values
	body            map[string]any
}

func (e exchange) words() words {
	path, query, _ := strings.Cut(e.Request.Path, "?")
	parts := strings.SplitN(strings.TrimPrefix(path, "/projects/"), "/", 2)
	project, _ := url.PathUnescape(parts[0])
	w := words{project: project, target: e.Request.Method + " " + parts[1], body: map[string]any{}}
	w.query, _ = url.ParseQuery(query)
	_ = json.Unmarshal(e.Request.Body, &w.body)
	return w
}

func (w words) text(name string) *string { return gitlab.Ptr(fmt.Sprint(w.body[name])) }

func (w words) list() gitlab.ListOptions {
	var options gitlab.ListOptions
	fmt.Sscan(w.query.Get("page"), &options.Page)
	fmt.Sscan(w.query.Get("per_page"), &options.PerPage)
	return options
}

func word(query url.Values, name string) *string {
	if !query.Has(name) {
		return nil
	}
	return gitlab.Ptr(query.Get(name))
}

// ask makes the same call by GitLab's own client.
func ask(client *gitlab.Client, w words) (*gitlab.Response, error) {
	var number, note int64
	var sha string
	scan := func(format string, into ...any) bool {
		read, err := fmt.Sscanf(w.target, format, into...)
		return err == nil && read == len(into)
	}
	var response *gitlab.Response
	var err error
	switch {
	case scan("POST statuses/%s", &sha):
		_, response, err = client.Commits.SetCommitStatus(w.project, sha, &gitlab.SetCommitStatusOptions{
			State: gitlab.BuildStateValue(*w.text("state")), Name: w.text("name"), Description: w.text("description"),
			TargetURL: w.text("target_url")})
	case w.target == "GET merge_requests":
		_, response, err = client.MergeRequests.ListProjectMergeRequests(w.project, &gitlab.ListProjectMergeRequestsOptions{
			ListOptions: w.list(), State: word(w.query, "state"), TargetBranch: word(w.query, "target_branch"),
			SourceBranch: word(w.query, "source_branch")})
	case w.target == "POST merge_requests":
		_, response, err = client.MergeRequests.CreateMergeRequest(w.project, &gitlab.CreateMergeRequestOptions{
			SourceBranch: w.text("source_branch"), TargetBranch: w.text("target_branch"), Title: w.text("title"),
			Description: w.text("description"), RemoveSourceBranch: gitlab.Ptr(w.body["remove_source_branch"] == true)})
	case scan("PUT merge_requests/%d/notes/%d", &number, &note):
		_, response, err = client.Notes.UpdateMergeRequestNote(w.project, number, note,
			&gitlab.UpdateMergeRequestNoteOptions{Body: w.text("body")})
	case strings.HasSuffix(w.target, "/notes") && scan("GET merge_requests/%d", &number):
		_, response, err = client.Notes.ListMergeRequestNotes(w.project, number, &gitlab.ListMergeRequestNotesOptions{
			ListOptions: w.list(), OrderBy: word(w.query, "order_by"), Sort: word(w.query, "sort")})
	case strings.HasSuffix(w.target, "/notes") && scan("POST merge_requests/%d", &number):
		_, response, err = client.Notes.CreateMergeRequestNote(w.project, number,
			&gitlab.CreateMergeRequestNoteOptions{Body: w.text("body")})
	case scan("GET merge_requests/%d", &number):
		_, response, err = client.MergeRequests.GetMergeRequest(w.project, number, nil)
	case w.target == "POST repository/branches":
		_, response, err = client.Branches.CreateBranch(w.project, &gitlab.CreateBranchOptions{
			Branch: w.text("branch"), Ref: w.text("ref")})
	case w.target == "POST repository/commits":
		_, response, err = client.Commits.CreateCommit(w.project, &gitlab.CreateCommitOptions{
			Branch: w.text("branch"), CommitMessage: w.text("commit_message"), Actions: actions(w.body["actions"])})
	default:
		return nil, fmt.Errorf("%s is a call that this referee does not know", w.target)
	}
	return response, err
}

func actions(value any) []*gitlab.CommitActionOptions {
	var list []*gitlab.CommitActionOptions
	for _, one := range value.([]any) {
		row := one.(map[string]any)
		list = append(list, &gitlab.CommitActionOptions{
			Action:   gitlab.Ptr(gitlab.FileActionValue(row["action"].(string))),
			FilePath: gitlab.Ptr(row["file_path"].(string)), Content: gitlab.Ptr(row["content"].(string))})
	}
	return list
}

// typeOf is what GitLab's client decodes a reply into.
func typeOf(target string) any {
	switch {
	case strings.Contains(target, "statuses/"):
		return &gitlab.CommitStatus{}
	case target == "GET merge_requests":
		return &[]*gitlab.BasicMergeRequest{}
	case strings.HasPrefix(target, http.MethodGet) && strings.HasSuffix(target, "/notes"):
		return &[]*gitlab.Note{}
	case strings.Contains(target, "/notes"):
		return &gitlab.Note{}
	case strings.Contains(target, "merge_requests"):
		return &gitlab.MergeRequest{}
	case strings.HasSuffix(target, "branches"):
		return &gitlab.Branch{}
	}
	return &gitlab.Commit{}
}
