package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"heureka/model"
	"heureka/wire"
)

func TestQueries(t *testing.T) {
	odd := instance("ODD APP", "a/b?c%d", "")
	secure := instance("PAY", "p-1", "pay")
	secure.SecureVIP = "pay-s"
	_, n := startReady(t, nil, instance("ORDERS", "o-1", "orders"), instance("ORDERS", "o-2", "orders,pay"), secure, odd)
	for path, want := range map[string]string{
		"/api/v1/instances":                                          "ODD APP/a/b?c%d ORDERS/o-1 ORDERS/o-2 PAY/p-1",
		"/api/v1/apps/orders/instances":                              "ORDERS/o-1 ORDERS/o-2",
		"/api/v1/apps/nobody/instances":                              "",
		"/api/v1/instances?app=orders":                               "ORDERS/o-1 ORDERS/o-2",
		"/api/v1/instances?vip=pay":                                  "ORDERS/o-2 PAY/p-1",
		"/api/v1/instances?vip=pay&id=o-1":                           "ORDERS/o-1 ORDERS/o-2 PAY/p-1",
		"/api/v1/instances?secureVip=pay-s":                          "PAY/p-1",
		"/api/v1/instances?id=o-1&id=p-1":                            "ORDERS/o-1 PAY/p-1",
		"/api/v1/instances?op=like&app=O.%2A":                        "ODD APP/a/b?c%d ORDERS/o-1 ORDERS/o-2",
		"/api/v1/instances?op=like&vip=ord.%2A":                      "ORDERS/o-1 ORDERS/o-2",
		"/api/v1/instances?op=like&secureVip=pay.%2A&id=o-%5B2-9%5D": "ORDERS/o-2 PAY/p-1",
	} {
		t.Run(path, func(t *testing.T) {
			status, body, header := (&node{Server: n.Server, t: t}).get(n.Addresses().HTTP, path)
			if status != 200 || header.Get("Heureka-Stale") != "false" || header.Get("Content-Type") != "application/json" {
				t.Fatalf("%d %s %v", status, body, header)
			}
			var list struct {
				Instances []*model.Instance `json:"instances"`
			}
			if err := json.Unmarshal([]byte(body), &list); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			var keys []string
			for _, in := range list.Instances {
				keys = append(keys, in.Key().String())
			}
			if got := strings.Join(keys, " "); got != want {
				t.Errorf("got %q, wanted %q", got, want)
			}
		})
	}

	status, body, _ := n.get(n.Addresses().HTTP, "/api/v1/apps/odd%20app/instances/a%2Fb%3Fc%25d")
	var one model.Instance
	if err := json.Unmarshal([]byte(body), &one); err != nil || status != 200 || !one.Equal(odd) {
		t.Errorf("one: %d %s, %v", status, body, err)
	}
	var apps struct {
		Apps []struct {
			App       string
			Instances int
		}
	}
	_, body, _ = n.get(n.Addresses().HTTP, "/api/v1/apps")
	if err := json.Unmarshal([]byte(body), &apps); err != nil || fmt.Sprint(apps.Apps) != "[{ODD APP 1} {ORDERS 2} {PAY 1}]" {
		t.Errorf("apps: %s, %v", body, err)
	}
}

func TestQueriesThatMakeNoSense(t *testing.T) {
	_, n := startReady(t, nil, instance("A", "1", ""))
	for path, code := range map[string]wire.Code{
		"/api/v1/apps/A/instances/2":                                wire.CodeNotFound,
		"/api/v1/apps/A":                                            wire.CodeNotFound,
		"/api/v2":                                                   wire.CodeNotFound,
		"/api/v1/instances?ap=A":                                    wire.CodeInvalidInterest,
		"/api/v1/instances?app=":                                    wire.CodeInvalidInterest,
		"/api/v1/instances?op=like":                                 wire.CodeInvalidInterest,
		"/api/v1/instances?op=like&op=equals&app=a":                 wire.CodeInvalidInterest,
		"/api/v1/instances?op=is&app=A":                             wire.CodeInvalidInterest,
		"/api/v1/instances?app=%01":                                 wire.CodeInvalidInterest,
		"/api/v1/instances?op=like&app=(":                           wire.CodeBadPattern,
		"/api/v1/instances?app=%zz":                                 wire.CodeMalformed,
		"/api/v1/instances?app=" + strings.Repeat("a", 600):         wire.CodeValueTooLong,
		"/api/v1/instances?" + strings.Repeat("id=a&", 1001):        wire.CodeTooManyInterests,
		"/api/v1/apps/" + strings.Repeat("a", 600) + "/instances":   wire.CodeValueTooLong,
		"/api/v1/apps/" + strings.Repeat("a", 600) + "/instances/x": wire.CodeNotFound,
	} {
		status, body, _ := n.get(n.Addresses().HTTP, path)
		var said struct {
			Type string
			wire.Error
		}
		if err := json.Unmarshal([]byte(body), &said); err != nil {
			t.Errorf("%s: %v: %s", path, err, body)
			continue
		}
		if said.Type != "error" || said.Code != code || status != code.Kind().HTTP {
			t.Errorf("%.60s: %d %s, wanted code %d", path, status, body, code)
		}
	}
}

func TestAPathThatIsNoneIsAnsweredWithOnesThatAre(t *testing.T) {
	_, n := startReady(t, nil)
	_, body, _ := n.get(n.Addresses().HTTP, "/")
	for _, path := range []string{"/api/v1/apps", "/api/v1/status"} {
		if status, _, _ := n.get(n.Addresses().HTTP, path); !strings.Contains(body, path) || status != http.StatusOK {
			t.Errorf("says %s; %s is answered %d", body, path, status)
		}
	}
}

func TestALargeAnswerComesWhole(t *testing.T) {
	var all []*model.Instance
	for i := range 3000 {
		all = append(all, instance("A", fmt.Sprintf("%04d", i), "x"))
	}
	_, n := startReady(t, nil, all...)
	_, body, _ := n.get(n.Addresses().HTTP, "/api/v1/instances")
	var list struct{ Instances []*model.Instance }
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(all, list.Instances, (*model.Instance).Equal) {
		t.Errorf("%d of %d", len(list.Instances), len(all))
	}
}

func TestMoreQueriesThanAllowedAreRefused(t *testing.T) {
	_, n := startReady(t, func(c *Config) { c.MaxQueries = 1 })
	n.queries <- struct{}{} // one that takes its time
	if status, body, _ := n.get(n.Addresses().HTTP, "/api/v1/apps"); status != 503 || !strings.Contains(body, "overloaded") {
		t.Errorf("%d %s", status, body)
	}
	<-n.queries
	if status, body, _ := n.get(n.Addresses().HTTP, "/api/v1/apps"); status != 200 {
		t.Errorf("%d %s", status, body)
	}
}
