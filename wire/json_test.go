package wire_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"heureka/interest"
	"heureka/model"
	"heureka/wire"
)

var rewrite = flag.Bool("rewrite", false, "write the golden lines of testdata anew")

func instance() *model.Instance {
	return &model.Instance{
		App: "ORDERS", ID: "o-1", HostName: "orders-1.example", Address: "10.0.0.1", AppGroup: "shop", ASG: "orders-v1",
		VIP: "orders,orders.eu", SecureVIP: "orders-tls",
		Ports:  []model.Port{{Name: "http", Number: 8080, Labels: []string{"private"}}, {Number: 8443, Secure: true}},
		Status: model.StatusUp, HomePageURL: "http://10.0.0.1/?a=b&c=<d>", StatusPageURL: "/status",
		HealthCheckURL: "/health", SecureHealthCheckURL: "/health-tls",
		Metadata: map[string]string{"zone": "eu-1", "text": "\"quoted\"\nand broken"},
		Lease:    model.Lease{RenewalMs: 10_000, DurationMs: 30_000}, LastChangedMs: 1_700_000_000_000,
		DataCenter: model.DataCenter{Kind: model.DataCenterAWS, Name: "Amazon",
			Addresses: []model.Address{{Label: "private", IP: "10.0.0.1", Host: "ip-10-0-0-1"}, {IP: "2001:db8::1"}},
			AWS: &model.AWS{Region: "eu-west-1", Zone: "eu-west-1a", AMI: "ami-1", InstanceID: "i-1", InstanceType: "m5.large",
				VPC: "vpc-1", Account: "1234", PublicAddress: "203.0.113.1", PublicHost: "ec2-203-0-113-1",
				PrivateAddress: "10.0.0.1", Other: map[string]string{"mac": "0a:00"}}},
	}
}

func patch(t testing.TB) model.Patch {
	t.Helper()
	before, after := instance(), instance()
	after.Status, after.VIP, after.Metadata, after.Ports = model.StatusDown, "", nil, after.Ports[:1]
	p, err := model.Diff(before, after)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const version = "5f3-1-write-1/01234567-89ab-cdef-0123-456789abcdef"

// messages has every message, full and as empty as it comes.
func messages(t testing.TB) []wire.Message {
	check := wire.Check{Count: 3, Digest: "00000000000000ff"}
	return []wire.Message{
		&wire.Hello{Version: 1},
		&wire.Hello{Version: 1, Process: "p", Connection: 2, Client: "go/1.0", Capabilities: []string{"resume"}},
		&wire.Welcome{Version: 1, Node: "read-1", HeartbeatMs: 10_000, MaxMessage: 65_536},
		&wire.Welcome{Version: 1, Node: "write-1", HeartbeatMs: 10_000, LeaseMs: 30_000, MaxMessage: 65_536, Capabilities: []string{"resume"}},
		&wire.Register{Seq: 1, Instance: &model.Instance{App: "A", ID: "1"}},
		&wire.Register{Seq: 2, Instance: instance(), Acked: version},
		&wire.Update{Seq: 3, App: "A", ID: "1", Set: model.Patch{Key: model.NewKey("A", "1")}},
		&wire.Update{Seq: 4, App: "ORDERS", ID: "o-1", Set: patch(t)},
		&wire.Unregister{Seq: 5, App: "ORDERS", ID: "o-1"},
		&wire.Unregister{Seq: 6, App: "ORDERS", ID: "o-1", Acked: version},
		&wire.Heartbeat{},
		&wire.Heartbeat{Seq: 6},
		&wire.Heartbeat{Check: &check, Stale: true},
		&wire.Ack{Seq: 6},
		&wire.Ack{Seq: 7, Version: version},
		&wire.Again{App: "ORDERS", ID: "o-1"},
		&wire.GoAway{AfterMs: 1500},
		wire.NewError(wire.CodeInvalidInstance, "vip %s", "has control characters").For(8),
		wire.NewError(wire.CodeDraining, "the node stops"),
		&wire.Subscribe{Seq: 1, Interests: []interest.Interest{{Kind: interest.Full}}},
		&wire.Subscribe{Seq: 2, Interests: []interest.Interest{
			{Kind: interest.App, Value: "orders"}, {Kind: interest.VIP, Op: interest.Like, Value: `pay-.*\.eu`}}},
		&wire.Subscribe{Seq: 3, Interests: []interest.Interest{}},
		&wire.Snapshot{Seq: 2},
		&wire.Put{Version: version, Hash: "0123456789abcdef", Instance: instance()},
		&wire.Remove{App: "ORDERS", ID: "o-1"},
		&wire.Synced{Seq: 2, Check: check},
		&wire.Synced{Seq: 2, Check: wire.Check{Digest: "0000000000000000"}, Stale: true},
		&wire.Subscribe{Seq: 4, Interests: []interest.Interest{{Kind: interest.Full}}, Token: "h1.AbC-_", PaceMs: 250},
		&wire.Snapshot{Seq: 4, Refused: "the token is older than what is remembered"},
		&wire.Resumed{Seq: 4},
		&wire.Synced{Seq: 4, Check: check, Token: "h1.AbC-_"},
		&wire.Heartbeat{Check: &check, Token: "h1.AbC-_"},
		&wire.Put{Version: version + "+5f4", Hash: "fedcba9876543210", Instance: instance().Overridden(model.StatusOutOfService)},
		&wire.Register{Seq: 9, Instance: &model.Instance{App: "A", ID: "1", Eureka1: map[string]string{"countryId": "0", "sid": "7"}}},
	}
}

func encode(t testing.TB, m wire.Message) []byte {
	t.Helper()
	line, err := wire.AppendJSON(nil, m)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func TestEveryMessageSurvivesJSON(t *testing.T) {
	for _, m := range messages(t) {
		line := encode(t, m)
		got, err := wire.DecodeJSON(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if update, ok := m.(*wire.Update); ok {
			// Equal patches needn't be made of equal bits: what they do counts.
			sameUpdate(t, got.(*wire.Update), update)
			continue
		}
		if !reflect.DeepEqual(got, m) {
			t.Errorf("%s is read as\n%+v, want\n%+v", line, got, m)
		}
	}
}

func sameUpdate(t *testing.T, got, want *wire.Update) {
	t.Helper()
	if got.Seq != want.Seq || got.Key() != want.Key() || got.Set.Key != want.Key() {
		t.Errorf("read as %+v, want %+v", got, want)
	}
	base := instance()
	base.App, base.ID = want.App, want.ID
	a, err := got.Set.Apply(base)
	if err != nil {
		t.Fatal(err)
	}
	b, err := want.Set.Apply(base)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("the update makes\n%+v, want\n%+v", a, b)
	}
}

// Clients in other languages are written against these very lines.
func TestGoldenLines(t *testing.T) {
	var lines []byte
	for _, m := range messages(t) {
		var err error
		if lines, err = wire.AppendJSON(lines, m); err != nil {
			t.Fatal(err)
		}
	}
	golden := filepath.Join("testdata", "messages.ndjson")
	if *rewrite {
		if err := os.WriteFile(golden, lines, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	got, wanted := strings.Split(string(lines), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(wanted)) {
		if i >= len(got) || i >= len(wanted) {
			t.Fatalf("%d lines, want %d", len(got), len(wanted))
		}
		if got[i] != wanted[i] {
			t.Errorf("line %d is\n%s, want\n%s", i+1, got[i], wanted[i])
		}
	}
}

func TestGoldenLinesHaveEveryType(t *testing.T) {
	const types = "hello welcome register update unregister heartbeat ack again goaway error " +
		"subscribe snapshot resumed put remove synced"
	seen := make(map[string]bool)
	for _, m := range messages(t) {
		seen[m.Type()] = true
	}
	for _, name := range strings.Fields(types) {
		if !seen[name] {
			t.Errorf("no message of the type %s is tested", name)
		}
		delete(seen, name)
		got, err := wire.DecodeJSON([]byte(`{"type":"` + name + `","instance":{}}`))
		if err != nil || got.Type() != name {
			t.Errorf("%s is read as %v, %v", name, got, err)
		}
	}
	for name := range seen {
		t.Errorf("%s isn't in this list of types", name)
	}
}

func TestLinesConcatenate(t *testing.T) {
	var frame []byte
	all := messages(t)
	for _, m := range all {
		var err error
		if frame, err = wire.AppendJSON(frame, m); err != nil {
			t.Fatal(err)
		}
	}
	lines := bytes.Split(bytes.TrimSuffix(frame, []byte("\n")), []byte("\n"))
	if len(lines) != len(all) {
		t.Fatalf("%d messages make %d lines", len(all), len(lines))
	}
	for i, line := range lines {
		if got, err := wire.DecodeJSON(line); err != nil || got.Type() != all[i].Type() {
			t.Errorf("line %d is read as %v, %v; want a %s", i+1, got, err, all[i].Type())
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct {
		rule string
		line string
		code wire.Code
		seq  uint64 // that the error must carry
	}{
		{"nothing", "", wire.CodeMalformed, 0},
		{"an empty line", "\n", wire.CodeMalformed, 0},
		{"not JSON", "hello", wire.CodeMalformed, 0},
		{"a list", `["hello"]`, wire.CodeMalformed, 0},
		{"a text", `"hello"`, wire.CodeMalformed, 0},
		{"a number", "1", wire.CodeMalformed, 0},
		{"a line that was cut", `{"type":"hello","version":`, wire.CodeMalformed, 0},
		{"two messages on one line", `{"type":"heartbeat"}{"type":"heartbeat"}`, wire.CodeMalformed, 0},
		{"a control character in a text", "{\"type\":\"hello\",\"process\":\"a\x01\"}", wire.CodeMalformed, 0},
		{"lists in lists without end", strings.Repeat("[", 100_000), wire.CodeMalformed, 0},
		{"no type", `{"seq":7}`, wire.CodeUnknownType, 7},
		{"null", "null", wire.CodeUnknownType, 0},
		{"an unknown type", `{"type":"shout","seq":7}`, wire.CodeUnknownType, 7},
		{"a type in other letters", `{"type":"Hello"}`, wire.CodeUnknownType, 0},
		{"a type that is no text", `{"type":1,"seq":7}`, wire.CodeMalformed, 0},
		{"a number that is no number", `{"type":"ack","seq":"7"}`, wire.CodeMalformed, 0},
		{"a negative number", `{"type":"ack","seq":-1}`, wire.CodeMalformed, 0},
		{"a version that is no number", `{"type":"hello","version":"1"}`, wire.CodeMalformed, 0},
		{"no instance", `{"type":"register","seq":7}`, wire.CodeInvalidInstance, 7},
		{"null for an instance", `{"type":"register","seq":7,"instance":null}`, wire.CodeInvalidInstance, 7},
		{"a put without an instance", `{"type":"put","version":"","hash":""}`, wire.CodeInvalidInstance, 0},
		{"an instance that is a text", `{"type":"register","seq":7,"instance":"o-1"}`, wire.CodeInvalidInstance, 7},
		{"a port that is none", `{"type":"register","seq":7,"instance":{"ports":[{"number":70000}]}}`, wire.CodeInvalidInstance, 7},
		{"metadata that isn't text", `{"type":"register","seq":7,"instance":{"metadata":{"a":1}}}`, wire.CodeInvalidInstance, 7},
		{"a status that isn't text", `{"type":"register","seq":7,"instance":{"status":1}}`, wire.CodeInvalidInstance, 7},
		{"an update of no field", `{"type":"update","seq":7,"set":{"vips":"v"}}`, wire.CodeInvalidInstance, 7},
		{"an update of the key", `{"type":"update","seq":7,"set":{"app":"B"}}`, wire.CodeInvalidInstance, 7},
		{"an update that is a list", `{"type":"update","seq":7,"set":[]}`, wire.CodeInvalidInstance, 7},
		{"interests that are an object", `{"type":"subscribe","seq":7,"interests":{}}`, wire.CodeInvalidInterest, 7},
		{"an interest that is a text", `{"type":"subscribe","seq":7,"interests":["full"]}`, wire.CodeInvalidInterest, 7},
		{"a long type, not repeated whole", `{"type":"` + strings.Repeat("x", 100_000) + `"}`, wire.CodeUnknownType, 0},
		{"a long field, not repeated whole", `{"type":"update","set":{"` + strings.Repeat("x", 100_000) + `":1}}`, wire.CodeInvalidInstance, 0},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			m, err := wire.DecodeJSON([]byte(test.line))
			var fault *wire.Error
			if !errors.As(err, &fault) || m != nil {
				t.Fatalf("read as %+v, %v", m, err)
			}
			if fault.Code != test.code || fault.Seq != test.seq {
				t.Errorf("code %d for %d, want %d for %d: %v", fault.Code, fault.Seq, test.code, test.seq, err)
			}
			if len(fault.Message) > 300 {
				t.Errorf("the message has %d bytes", len(fault.Message))
			}
			for _, word := range []string{"wire.", "model.", "struct", "Unmarshal", "Go "} {
				if strings.Contains(fault.Message, word) {
					t.Errorf("the message speaks of Go: %s", fault.Message)
				}
			}
		})
	}
}

func TestDecodeTakes(t *testing.T) {
	for _, test := range []struct{ rule, line, want string }{
		{"fields of a newer peer", `{"type":"ack","seq":1,"colour":"red"}`, `{"type":"ack","seq":1}`},
		{"fields in any order", `{"seq":1,"type":"ack"}`, `{"type":"ack","seq":1}`},
		{"spaces and a carriage return", " {\t\"type\" : \"ack\" , \"seq\" : 1 }\r\n", `{"type":"ack","seq":1}`},
		{"a status of a newer peer, as unknown", `{"type":"register","seq":1,"instance":{"app":"a","id":"1","status":"NAPPING"}}`,
			`{"type":"register","seq":1,"instance":{"app":"a","id":"1","status":"UNKNOWN"}}`},
		{"the greatest number", `{"type":"ack","seq":18446744073709551615}`, `{"type":"ack","seq":18446744073709551615}`},
	} {
		m, err := wire.DecodeJSON([]byte(test.line))
		if err != nil {
			t.Errorf("%s: %v", test.rule, err)
			continue
		}
		if got := string(bytes.TrimSpace(encode(t, m))); got != test.want {
			t.Errorf("%s: read as %s, want %s", test.rule, got, test.want)
		}
	}
}

func TestHashText(t *testing.T) {
	for _, hash := range []uint64{0, 1, 0xff, 1<<64 - 1, 1 << 63} {
		text := wire.FormatHash(hash)
		if got, err := wire.ParseHash(text); err != nil || got != hash || len(text) != 16 {
			t.Errorf("%#x is written %s, read as %#x, %v", hash, text, got, err)
		}
	}
	for _, text := range []string{"", "0", "000000000000000g", "-00000000000000f", "0x00000000000000", "00000000000000001"} {
		if got, err := wire.ParseHash(text); err == nil {
			t.Errorf("%q is read as %#x", text, got)
		}
	}
}
