package main

import (
	"testing"

	"heureka/client"
	"heureka/model"
)

func TestEventsAsText(t *testing.T) {
	before := &model.Instance{App: "ORDERS", ID: "o-1", Status: model.StatusUp, Address: "10.0.0.1",
		VIP: "orders", Ports: []model.Port{{Number: 80}}}
	after := before.Clone()
	after.Status, after.SecureVIP = model.StatusDown, "s"
	tests := []struct {
		name        string
		event       client.Event
		human, json string
	}{
		{"added", client.Event{Type: client.Added, Instance: before},
			"added     ORDERS/o-1  UP  10.0.0.1:80  vip orders\n",
			`{"type":"added","app":"ORDERS","id":"o-1","address":"10.0.0.1","vip":"orders","ports":[{"number":80}],"status":"UP"}` + "\n"},
		{"modified", client.Event{Type: client.Modified, Instance: after, Before: before},
			"modified  ORDERS/o-1  DOWN  10.0.0.1:80  vip orders  secure vip s  (secureVip, status changed)\n",
			`{"type":"modified","app":"ORDERS","id":"o-1","address":"10.0.0.1","vip":"orders","secureVip":"s","ports":[{"number":80}],"status":"DOWN"}` + "\n"},
		{"removed", client.Event{Type: client.Removed, Instance: &model.Instance{App: "A", ID: "i"}},
			"removed   A/i\n", `{"type":"removed","app":"A","id":"i"}` + "\n"},
		{"synced", client.Event{Type: client.Synced}, "synced\n", `{"type":"synced"}` + "\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := humanEvent(test.event); err != nil || string(got) != test.human {
				t.Errorf("for people: %q, %v", got, err)
			}
			if got, err := jsonEvent(test.event); err != nil || string(got) != test.json {
				t.Errorf("for programs: %q, %v", got, err)
			}
		})
	}
}
