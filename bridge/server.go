package bridge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// server is a server that speaks Eureka 1, of either side.
type server struct {
	url     string // its service URL, without a slash at the end
	client  *http.Client
	maxPage int64
}

// errTooLong says that an answer is longer than it may be.
var errTooLong = errors.New("the answer is longer than --max-page")

// errUnreadable says that a batch's answer isn't one.
var errUnreadable = errors.New("no answer to a batch")

// refusal is the status with which a server refused a whole batch.
type refusal int

func (r refusal) Error() string { return fmt.Sprintf("answered %d", int(r)) }

// isOfItems reports whether something in the batch may be why, or its size, and not how
// the server is. Eureka's fail as a whole for one item that they can't read.
func (r refusal) isOfItems() bool { return r.isForGood() || r == http.StatusInternalServerError }

// isForGood reports whether the same is refused the next time, too.
func (r refusal) isForGood() bool {
	return r == http.StatusBadRequest || r == http.StatusRequestEntityTooLarge || r == http.StatusUnprocessableEntity
}

// name returns the server's URL for people.
func (s *server) name() string { return hidden(s.url) }

// applications returns a document of the registry, at most so many instances of it.
func (s *server) applications(ctx context.Context, path string, most int) (*dialect.Applications, error) {
	code, body, err := s.do(ctx, http.MethodGet, path, nil)
	switch {
	case err == nil && code == http.StatusNotFound:
		err = errors.New("answered 404: a service URL has a path, mostly /eureka, as its clients use it")
	case err == nil && code != http.StatusOK:
		err = fmt.Errorf("answered %d", code)
	}
	if err != nil {
		return nil, fmt.Errorf("get %s of %s: %w", path, s.name(), err)
	}
	apps, err := dialect.DecodeMost(body, most)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", path, s.name(), err)
	}
	return apps, nil
}

// instance returns one instance, nil if there is none.
func (s *server) instance(ctx context.Context, key model.Key) (*dialect.Info, error) {
	code, body, err := s.do(ctx, http.MethodGet, "/apps/"+url.PathEscape(key.App)+"/"+url.PathEscape(key.ID), nil)
	switch {
	case err != nil:
		return nil, fmt.Errorf("get %s of %s: %w", key, s.name(), err)
	case code == http.StatusNotFound:
		return nil, nil
	case code != http.StatusOK:
		return nil, fmt.Errorf("get %s of %s: answered %d", key, s.name(), code)
	}
	info, err := dialect.DecodeInstance(dialect.JSON, body)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", key, s.name(), err)
	}
	return info, nil
}

// batch tells the server of items, and returns its answers, one for each.
func (s *server) batch(ctx context.Context, items []dialect.Item) ([]dialect.Answer, error) {
	code, body, err := s.do(ctx, http.MethodPost, "/peerreplication/batch/", dialect.AppendBatch(nil, items))
	if err == nil && code != http.StatusOK {
		err = refusal(code)
	}
	if err != nil {
		return nil, fmt.Errorf("send a batch to %s: %w", s.name(), err)
	}
	answers, err := dialect.DecodeAnswers(body, len(items))
	if err == nil && len(answers) != len(items) {
		err = fmt.Errorf("%d answers to %d items", len(answers), len(items))
	}
	if err != nil {
		return nil, fmt.Errorf("%w by %s: %w", errUnreadable, s.name(), err)
	}
	return answers, nil
}

func (s *server) do(ctx context.Context, method, path string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("DiscoveryIdentity-Name", "DefaultServer") // servers may limit how often others read everything
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.client.Do(req)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err // who asks names the server
		}
		return 0, nil, err
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(io.LimitReader(resp.Body, s.maxPage+1))
	if err == nil && int64(len(all)) > s.maxPage {
		err = errTooLong
	}
	return resp.StatusCode, all, err
}

// servers returns the servers of a list.
func (b *Bridge) servers(list []string, path string) []*server {
	out := make([]*server, len(list))
	for i, text := range list {
		out[i] = &server{url: strings.TrimRight(text, "/") + path, client: b.client, maxPage: b.config.MaxPage}
	}
	return out
}
