package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"heureka/wire"
)

// operated is a write node that answers about evictions, and its orders.
type operated struct {
	address string
	mu      sync.Mutex
	orders  []string
}

func operating(t *testing.T, name, own string) *operated {
	t.Helper()
	o := new(operated)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != wire.PathEvictions {
			t.Errorf("%s: %v", r.URL, err)
		}
		if r.Method == http.MethodPost {
			o.mu.Lock()
			o.orders = append(o.orders, string(body))
			o.mu.Unlock()
		}
		_, _ = io.WriteString(w, `{"node":"`+name+`","released":3,"classes":{"own":`+own+`,"adopted":{"quota":1,"left":1,"holds":{"quota":5000}}}}`)
	}))
	t.Cleanup(server.Close)
	o.address = strings.TrimPrefix(server.URL, "http://")
	return o
}

const heldQueue = `{"held":200,"queued":180,"oldestMs":61500,"quota":30,"left":0,"holds":{"quota":12000,"operator":3540000}}`

// evictions runs the command and returns its exit code, what it shows with runs of
// blanks as one, and what it says beside that.
func evictions(t *testing.T, args ...string) (code int, shown, said string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), append([]string{"evictions"}, args...), console{out: &out, err: &errs})
	lines := strings.Split(out.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	return code, strings.Join(lines, "\n"), errs.String()
}

func TestEvictionsShowsEachNodeAndClass(t *testing.T) {
	a, b := operating(t, "write-1", heldQueue), operating(t, "write-2", `{"held":7,"quota":1,"left":1,"holds":{}}`)
	code, shown, said := evictions(t, "--write", a.address+","+b.address)
	want := "NODE CLASS HELD QUEUED OLDEST QUOTA LEFT WHY HELD ADDRESS\n" +
		"write-1 own 200 180 1m2s 30 0 operator 59m0s, quota 12s " + a.address + "\n" +
		"write-1 adopted 0 0 - 1 1 - " + a.address + "\n" +
		"write-2 own 7 0 - 1 1 - " + b.address + "\n" +
		"write-2 adopted 0 0 - 1 1 - " + b.address + "\n"
	if code != exitDone || shown != want || said != "" {
		t.Errorf("ends with %d, %q, and shows\n%s\nwant\n%s", code, said, shown, want)
	}
	if _, again, _ := evictions(t, "show", "--node", "write-2", "--write", a.address+","+b.address); strings.Contains(again, "write-1") || !strings.Contains(again, "write-2") {
		t.Errorf("of one node it shows\n%s", again)
	}
	_, asJSON, _ := evictions(t, "--json", "--write", a.address)
	var nodes []struct {
		Address   string
		Evictions struct{ Node string }
	}
	if err := json.Unmarshal([]byte(asJSON), &nodes); err != nil || nodes[0].Evictions.Node != "write-1" || nodes[0].Address != a.address {
		t.Errorf("as JSON: %v %s", err, asJSON)
	}
}

func TestEvictionsOrders(t *testing.T) {
	for _, c := range []struct{ args, first, second string }{
		{"hold --for 1h", `{"do":"hold","forMs":3600000}`, `{"do":"hold","forMs":3600000}`},
		{"hold --for 1h --class own --node write-2", "", `{"do":"hold","class":"own","forMs":3600000}`},
		{"resume", `{"do":"resume"}`, `{"do":"resume"}`},
		{"release --class adopted --app ORDERS --node write-1", `{"do":"release","class":"adopted","app":"ORDERS"}`, ""},
	} {
		t.Run(c.args, func(t *testing.T) {
			a, b := operating(t, "write-1", heldQueue), operating(t, "write-2", heldQueue)
			code, shown, said := evictions(t, append(strings.Fields(c.args), "--write", a.address+","+b.address)...)
			if code != exitDone || !strings.HasPrefix(shown, "NODE CLASS") {
				t.Errorf("ends with %d, %q\n%s", code, said, shown)
			}
			if got := strings.Join(a.orders, " "); got != c.first {
				t.Errorf("the first was told %s", got)
			}
			if got := strings.Join(b.orders, " "); got != c.second {
				t.Errorf("the second was told %s", got)
			}
			if strings.HasPrefix(c.args, "release") != (said == "released 3\n") {
				t.Errorf("says %q", said)
			}
		})
	}
}

func TestEvictionsSaysWhoDoesntObey(t *testing.T) {
	a := operating(t, "write-1", heldQueue)
	refusing := answering(t, 400, `{"type":"error","code":206,"name":"invalid_order","message":"too long","retry":"no"}`)
	code, shown, said := evictions(t, "hold", "--for", "48h", "--write", a.address+","+refusing)
	if code != exitFailed || !strings.Contains(said, "1 of 2 write nodes didn't do it: "+refusing+": invalid_order (206): too long") ||
		!strings.Contains(shown, "refused "+refusing) || !strings.Contains(shown, "write-1 own") {
		t.Errorf("ends with %d, %q\n%s", code, said, shown)
	}
	if code, _, said := evictions(t, "release", "--node", "write-9", "--write", a.address); code != exitFailed || len(a.orders) != 1 ||
		!strings.Contains(said, `no write node that answers is called "write-9"`) {
		t.Errorf("ends with %d, %q", code, said)
	}
	for args, want := range map[string]string{
		"hold":                "missing flags: --for",
		"hold --for=-1s":      "--for is -1s: must be at least 1ms",
		"hold --for soon":     "--for",
		"release --class all": "--class",
		"release --app=":      "--app is empty",
		"resume --app A":      "unknown flag --app",
	} {
		if code, _, said := evictions(t, strings.Fields(args)...); code != exitUsage || !strings.Contains(said, want) {
			t.Errorf("%s: ends with %d and says %q", args, code, said)
		}
	}
}
