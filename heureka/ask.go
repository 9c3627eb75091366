package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"heureka/wire"
)

const (
	askTimeout = 10 * time.Second // of one request to one node
	maxAnswer  = 1 << 30          // bytes of one answer
	maxRefusal = 64 << 10         // bytes of an answer that says why not
)

// ask sends a GET to one node, given as host:port or URL, and returns the body
// of its answer. What the node refuses is a *wire.Error.
func ask(ctx context.Context, node, path string) ([]byte, error) {
	return request(ctx, http.MethodGet, node, path, nil)
}

// request sends any request, with a body, likewise.
func request(ctx context.Context, method, node, path string, content []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, baseURL(node)+path, bytes.NewReader(content))
	if err != nil {
		return nil, errNoURL // which says all of it, a password too
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNoContent {
		return nil, refusal(answer)
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, answer.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", shown(node), err)
	}
	return body, nil
}

// askAny asks one node after the other until one answers. A refusal that every
// node would repeat is an answer.
func askAny(ctx context.Context, nodes []string, path string) ([]byte, error) {
	return requestAny(ctx, http.MethodGet, nodes, path, nil)
}

// requestAny sends any request, with a body, likewise.
func requestAny(ctx context.Context, method string, nodes []string, path string, content []byte) ([]byte, error) {
	var failures []error
	for _, node := range nodes {
		body, err := request(ctx, method, node, path, content)
		var refused *wire.Error
		switch {
		case err == nil:
			return body, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.As(err, &refused) && refused.Retry == wire.RetryNo:
			return nil, err
		}
		failures = append(failures, fmt.Errorf("%s: %w", shown(node), err))
	}
	return nil, fmt.Errorf("no node answers: %w", errors.Join(failures...))
}

func refusal(answer *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(answer.Body, maxRefusal)) // the status alone will do
	var refused wire.Error
	if err := json.Unmarshal(body, &refused); err == nil && refused.Code != 0 {
		return &refused
	}
	return fmt.Errorf("answered %s", answer.Status)
}

// errNoURL says that a node's URL can't be read.
var errNoURL = errors.New("it can't be read as a URL; in a password, % and the like are to be escaped")

// shown returns a node as it was given, but for its password.
func shown(node string) string {
	u, err := url.Parse(baseURL(node))
	switch {
	case err != nil && strings.Contains(node, "@"):
		return "something that is no URL"
	case err != nil, u.User == nil:
		return node
	}
	return u.Redacted()
}

// baseURL returns the URL of a node that is given as host:port or as URL.
func baseURL(node string) string {
	node = strings.TrimSuffix(node, "/")
	switch scheme, rest, ok := strings.Cut(node, "://"); {
	case !ok:
		return "http://" + node
	case scheme == "ws":
		return "http://" + rest
	case scheme == "wss":
		return "https://" + rest
	default:
		return node
	}
}
