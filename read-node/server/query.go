package server

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
	"heureka/read-node/session"
	"heureka/wire"
)

// stopping is the answer when the loop has ended under a question.
func stopping() *wire.Error { return wire.NewError(wire.CodeDraining, "this node stops") }

// serveApps answers GET /api/v1/apps: names and counts.
func (s *Server) serveApps(w http.ResponseWriter, r *http.Request) *wire.Error {
	var apps []fanout.AppCount
	if !s.loop.ask(r.Context().Done(), func(c *core) { apps = c.hub.Apps() }) {
		return stopping()
	}
	writeJSON(w, struct {
		Apps []fanout.AppCount `json:"apps"`
	}{apps})
	return nil
}

// serveApp answers GET /api/v1/apps/{app}/instances. An application without
// instances is none at all, so its list is empty.
func (s *Server) serveApp(w http.ResponseWriter, r *http.Request) *wire.Error {
	return s.list(w, r, []interest.Interest{{Kind: interest.App, Value: r.PathValue("app")}})
}

// serveInstance answers GET /api/v1/apps/{app}/instances/{id}.
func (s *Server) serveInstance(w http.ResponseWriter, r *http.Request) *wire.Error {
	key := model.NewKey(r.PathValue("app"), r.PathValue("id"))
	var in *model.Instance
	if !s.loop.ask(r.Context().Done(), func(c *core) { in = c.hub.Get(key) }) {
		return stopping()
	}
	if in == nil {
		return wire.NewError(wire.CodeNotFound, "%.200q isn't registered", key.String())
	}
	writeJSON(w, in)
	return nil
}

// serveInstances answers GET /api/v1/instances with the union of what its
// parameters ask for; without any, with everything.
func (s *Server) serveInstances(w http.ResponseWriter, r *http.Request) *wire.Error {
	asked, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	return s.list(w, r, asked)
}

// parseQuery reads the parameters app, vip, secureVip and id, each as often as
// wanted, and op for all of them.
func parseQuery(raw string) ([]interest.Interest, *wire.Error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, wire.NewError(wire.CodeMalformed, "the query: %v", err)
	}
	op := interest.Op(values.Get("op"))
	if len(values["op"]) > 1 {
		return nil, wire.NewError(wire.CodeInvalidInterest, "op counts for all parameters, it can be given once")
	}
	delete(values, "op")
	var asked []interest.Interest
	for _, kind := range []interest.Kind{interest.App, interest.VIP, interest.SecureVIP, interest.ID} {
		for _, value := range values[string(kind)] {
			asked = append(asked, interest.Interest{Kind: kind, Op: op, Value: value})
		}
		delete(values, string(kind))
	}
	for name := range values {
		return nil, wire.NewError(wire.CodeInvalidInterest, "there is no parameter %.40q; there are app, vip, secureVip, id and op", name)
	}
	if len(asked) == 0 {
		asked = append(asked, interest.Interest{Kind: interest.Full, Op: op})
	}
	return asked, nil
}

// list answers with everything that the interests match. Only gathering it takes
// the loop's time, a part of it at once; matching patterns, sorting and writing take the request's.
func (s *Server) list(w http.ResponseWriter, r *http.Request, asked []interest.Interest) *wire.Error {
	set, err := interest.NewSet(s.config.interests(), asked)
	if err != nil {
		return session.InterestError(err)
	}
	found := fanout.NewSelection(set)
	for all := false; !all; {
		if !s.loop.ask(r.Context().Done(), func(c *core) { all = c.hub.Gather(found, queryPart) }) {
			return stopping()
		}
	}
	writeList(w, found.Instances())
	return nil
}

// queryPart is how many places of the node's log a query looks at before others have
// their turn at the loop.
const queryPart = 1000

// writeJSON writes a body as indented JSON: it is people who read these. Errors
// are the peer's going, which needs no answer.
func writeJSON(w http.ResponseWriter, body any) {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(body)
}

// writeList writes instances one by one, so that a large answer isn't held in
// memory as a whole.
func writeList(w http.ResponseWriter, instances func(func(*model.Instance) bool)) {
	out := bufio.NewWriterSize(w, 64<<10)
	defer out.Flush()
	_, _ = out.WriteString(`{"instances":[`)
	separator := "\n"
	for in := range instances {
		line, err := json.Marshal(in)
		if err != nil {
			continue // an instance is plain data
		}
		_, _ = out.WriteString(separator)
		if _, err := out.Write(line); err != nil {
			return
		}
		separator = ",\n"
	}
	_, _ = out.WriteString("\n]}\n")
}
