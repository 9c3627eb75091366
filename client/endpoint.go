package client

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// endpoints returns the URLs of a channel at each of the nodes.
func endpoints(nodes []string, path string) ([]string, error) {
	out := make([]string, 0, len(nodes))
	for _, node := range nodes {
		endpoint, err := endpointOf(node, path)
		if err != nil {
			return nil, err
		}
		out = append(out, endpoint)
	}
	return out, nil
}

// errNoURL says that the URL of a node that may have a password can't be read.
var errNoURL = errors.New("a node's URL can't be read; in a password, % and the like are to be escaped")

// endpointOf returns the URL of a channel at a node.
func endpointOf(node, path string) (string, error) {
	text := node
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil && strings.Contains(text, "@") {
		return "", errNoURL // err says all of it
	} else if err != nil {
		return "", fmt.Errorf("node %q: %w", node, err)
	}
	node = u.Redacted()
	switch u.Scheme {
	case "http", "https":
	case "ws":
		u.Scheme = "http"
	case "wss":
		u.Scheme = "https"
	default:
		return "", fmt.Errorf("node %q: the scheme %q is none of http, https, ws, wss", node, u.Scheme)
	}
	if u.Hostname() == "" {
		return "", fmt.Errorf("node %q has no host", node)
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("node %q has more than scheme, host, port and path", node)
	}
	return u.JoinPath(path).String(), nil
}

// hidden returns a node's URL without its password, for logs.
func hidden(node string) string {
	u, err := url.Parse(node)
	if err != nil {
		return "something that is no URL"
	}
	return u.Redacted()
}
