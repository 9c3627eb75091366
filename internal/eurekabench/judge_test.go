package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestARegistrationHasItsSize(t *testing.T) {
	p := population{Instances: 20, Apps: 3, Lease: longLease}
	for _, k := range []int{0, 7, 1_234_567} {
		body := p.appendInstance(nil, k, 42)
		in, err := decodeInstance(body)
		if err != nil || len(body) != size || in.ID != idOf(k) || in.App != p.app(k) || in.Metadata["mark"] != "000000042" {
			t.Errorf("%d bytes, %v: %s", len(body), err, body)
		}
	}
}

func TestTheLastChange(t *testing.T) {
	p := population{Instances: 7, Apps: 2}
	last := make([]int, p.Instances)
	for total := range 30 {
		if total > 0 {
			last[(total-1)%p.Instances] = total
		}
		for k, want := range last {
			if got := p.last(k, total); got != want {
				t.Fatalf("instance %d after %d changes: %d, want %d", k, total, got, want)
			}
		}
	}
}

// written returns a document as a server would write it.
func written(t *testing.T, p population, total int, hash string, edit func(rows []shown) []shown) []byte {
	t.Helper()
	var rows []shown
	for k := range p.Instances {
		last := p.last(k, total)
		rows = append(rows, shown{App: p.app(k), ID: idOf(k), Host: hostOf(k), Address: addressOf(k), VIP: p.vip(k), Status: "UP", Action: "ADDED",
			Metadata: map[string]string{"mark": fmt.Sprintf("%09d", last)}, DirtyText: json.Number(fmt.Sprint(began + last))})
	}
	type app struct {
		Instance []shown `json:"instance"`
	}
	text, err := json.Marshal(map[string]any{"applications": map[string]any{"apps__hashcode": hash, "application": []app{{edit(rows)}}}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestJudgeRefuses(t *testing.T) {
	p := population{Instances: 4, Apps: 2, Lease: longLease}
	as := func(rows []shown) []shown { return rows }
	for _, test := range []struct {
		name, hash, says string
		edit             func([]shown) []shown
	}{
		{"nothing wrong", "UP_4_", "", as},
		{"one is missing", "UP_3_", "4 instances are registered, 3 are shown", func(rows []shown) []shown { return rows[1:] }},
		{"one is there twice", "UP_4_", "in 5 rows", func(rows []shown) []shown { return append(rows, rows[0]) }},
		{"an older one", "UP_4_", "after change 000000005", func(rows []shown) []shown { rows[0].Metadata["mark"] = "000000001"; return rows }},
		{"another status", "DOWN_1_UP_3_", "is shown as", func(rows []shown) []shown { rows[0].Status = "DOWN"; return rows }},
		{"another hash code", "UP_5_", `the hash code is "UP_5_", of what is shown "UP_4_"`, as},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := decode(written(t, p, 5, test.hash, test.edit))
			if err != nil {
				t.Fatal(err)
			}
			err = p.judge(d, 5)
			if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("judged: %v", err)
			}
		})
	}
}

func TestJudgeOfDeltasRefuses(t *testing.T) {
	p := population{Instances: 4, Apps: 2, Lease: longLease}
	whole, err := decode(written(t, p, 5, "UP_4_", func(rows []shown) []shown { return rows }))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, hash, says string
		edit             func([]shown) []shown
	}{
		{"two that changed", "UP_4_", "", func(rows []shown) []shown { return rows[:2] }},
		{"nothing", "UP_4_", "", func([]shown) []shown { return nil }},
		{"an older one", "UP_4_", "after it", func(rows []shown) []shown { rows[0].Metadata["mark"] = "000000001"; return rows[:1] }},
		{"a stranger", "UP_4_", "hash code", func(rows []shown) []shown { rows[0].ID = "other"; return rows[:1] }},
		{"one that has left", "UP_4_", "after it", func(rows []shown) []shown { rows[0].Action = "DELETED"; return rows[:1] }},
		{"another hash code", "UP_3_", "hash code", func([]shown) []shown { return nil }},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := decode(written(t, p, 5, test.hash, test.edit))
			if err != nil {
				t.Fatal(err)
			}
			err = judgeDelta(d, whole)
			if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("judged: %v", err)
			}
		})
	}
}

func TestHowOldAnAnswerIs(t *testing.T) {
	const ms = 1_000_000
	told := []int64{10 * ms, 20 * ms, 30 * ms} // changes 6, 7 and 8
	got := ages([]polled{{9 * ms, 3}, {15 * ms, 5}, {15 * ms, 6}, {35 * ms, 6}, {99 * ms, 0}, {99 * ms, 8}}, told, 5)
	if want := []float64{0, 5, 0, 15, 89, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAnswersAreRead(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		status       int
		body         string
		broken       bool
	}{
		{"a length", "HTTP/1.1 200 OK\r\nContent-Type: a\r\ncontent-length: 5\r\n\r\nhello", 200, "hello", false},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 200, "hello", false},
		{"no body", "HTTP/1.1 204 \r\n\r\n", 204, "", false},
		{"another protocol", "SSH-2.0-OpenSSH_9\r\n\r\n", 0, "", true},
		{"a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", 0, "", true},
		{"less than was said", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", 0, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &conn{reader: bufio.NewReader(strings.NewReader(test.answer + test.answer[:min(len(test.answer), 20)]))}
			if test.broken {
				c.reader = bufio.NewReader(strings.NewReader(test.answer))
			}
			status, length, err := c.head()
			if err == nil {
				_, err = c.take(length, true)
			}
			if (err != nil) != test.broken || !test.broken && (status != test.status || !bytes.Equal(c.body, []byte(test.body))) {
				t.Errorf("%d %q, %v", status, c.body, err)
			}
		})
	}
}
