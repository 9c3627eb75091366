package model

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	limits := Limits{Text: 100, List: 4, Metadata: 1000, Instance: 4000, LeaseMs: 60_000}
	tests := []struct {
		rule   string
		change func(*Instance)
		field  string // "" if it is valid
	}{
		{"the least", func(*Instance) {}, ""},
		{"no app", func(in *Instance) { in.App = "" }, "app"},
		{"no id", func(in *Instance) { in.ID = "" }, "id"},
		{"a text at its limit", func(in *Instance) { in.ID = strings.Repeat("x", 100) }, ""},
		{"a text beyond its limit", func(in *Instance) { in.ID = strings.Repeat("x", 101) }, "id"},
		{"the limit counts bytes", func(in *Instance) { in.HostName = strings.Repeat("é", 51) }, "hostName"},
		{"letters of any language", func(in *Instance) { in.AppGroup = "заказы 注文" }, ""},
		{"a line break", func(in *Instance) { in.App = "A\nB" }, "app"},
		{"a null byte", func(in *Instance) { in.VIP = "a\x00" }, "vip"},
		{"a delete character", func(in *Instance) { in.SecureVIP = "a\x7f" }, "secureVip"},
		{"a control character beyond ASCII", func(in *Instance) { in.ASG = "a\u0085" }, "asg"},
		{"a line separator", func(in *Instance) { in.Address = "a\u2028" }, "address"},
		{"not UTF-8", func(in *Instance) { in.HomePageURL = "a\xff" }, "homePageUrl"},
		{"a status page", func(in *Instance) { in.StatusPageURL = "\t" }, "statusPageUrl"},
		{"a health check", func(in *Instance) { in.HealthCheckURL = "\t" }, "healthCheckUrl"},
		{"a secure health check", func(in *Instance) { in.SecureHealthCheckURL = "\t" }, "secureHealthCheckUrl"},

		{"vips at their limit", func(in *Instance) { in.VIP = "a,b,c,d" }, ""},
		{"too many vips", func(in *Instance) { in.VIP = "a,b,c,d,e" }, "vip"},
		{"too many secure vips", func(in *Instance) { in.SecureVIP = ",,,," }, "secureVip"},
		{"ports at their limit", func(in *Instance) { in.Ports = make([]Port, 4) }, ""},
		{"too many ports", func(in *Instance) { in.Ports = make([]Port, 5) }, "ports"},
		{"a port's name", func(in *Instance) { in.Ports = []Port{{Name: "\r"}} }, "ports"},
		{"too many labels", func(in *Instance) { in.Ports = []Port{{Labels: make([]string, 5)}} }, "ports"},
		{"a label", func(in *Instance) { in.Ports = []Port{{Labels: []string{"\r"}}} }, "ports"},

		{"metadata at its limit", func(in *Instance) { in.Metadata = map[string]string{"k": strings.Repeat("x", 999)} }, ""},
		{"too much metadata", func(in *Instance) { in.Metadata = map[string]string{"k": strings.Repeat("x", 1000)} }, "metadata"},
		{"the keys count", func(in *Instance) { in.Metadata = map[string]string{strings.Repeat("x", 1001): ""} }, "metadata"},
		{"an empty key", func(in *Instance) { in.Metadata = map[string]string{"": "v"} }, "metadata"},
		{"a key with a line break", func(in *Instance) { in.Metadata = map[string]string{"a\n": "v"} }, "metadata"},
		{"a value with line breaks", func(in *Instance) { in.Metadata = map[string]string{"a": "v\r\nw"} }, ""},
		{"a value that isn't UTF-8", func(in *Instance) { in.Metadata = map[string]string{"a": "\xff"} }, "metadata"},

		{"too many of Eureka's words", func(in *Instance) { in.Eureka1 = map[string]string{"k": strings.Repeat("x", 1000)} }, "eureka1"},
		{"a word of Eureka's without a name", func(in *Instance) { in.Eureka1 = map[string]string{"": "v"} }, "eureka1"},

		{"a lease at its limit", func(in *Instance) { in.Lease = Lease{60_000, 60_000} }, ""},
		{"a longer lease", func(in *Instance) { in.Lease.DurationMs = 60_001 }, "lease"},
		{"a negative renewal", func(in *Instance) { in.Lease.RenewalMs = -1 }, "lease"},

		{"an unknown data centre", func(in *Instance) { in.DataCenter.Kind = "azure" }, "dataCenter"},
		{"aws where basic is said", func(in *Instance) { in.DataCenter = DataCenter{Kind: DataCenterBasic, AWS: new(AWS)} }, "dataCenter"},
		{"aws without details", func(in *Instance) { in.DataCenter.Kind = DataCenterAWS }, ""},
		{"a data centre's name", func(in *Instance) { in.DataCenter.Name = "\n" }, "dataCenter"},
		{"IPv4 and IPv6", func(in *Instance) { in.DataCenter.Addresses = []Address{{IP: "10.0.0.1"}, {IP: "fe80::1%eth0"}} }, ""},
		{"an address that is none", func(in *Instance) { in.DataCenter.Addresses = []Address{{IP: "10.0.0"}} }, "dataCenter"},
		{"no address", func(in *Instance) { in.DataCenter.Addresses = []Address{{Label: "public"}} }, "dataCenter"},
		{"a zone with a line break", func(in *Instance) { in.DataCenter.Addresses = []Address{{IP: "fe80::1%\n"}} }, "dataCenter"},
		{"an endless zone", func(in *Instance) {
			in.DataCenter.Addresses = []Address{{IP: "fe80::1%" + strings.Repeat("x", 100)}}
		}, "dataCenter"},
		{"an address's label", func(in *Instance) { in.DataCenter.Addresses = []Address{{Label: "\n", IP: "::"}} }, "dataCenter"},
		{"an address's host", func(in *Instance) { in.DataCenter.Addresses = []Address{{Host: "\n", IP: "::"}} }, "dataCenter"},
		{"too many addresses", func(in *Instance) {
			in.DataCenter.Addresses = []Address{{IP: "::"}, {IP: "::"}, {IP: "::"}, {IP: "::"}, {IP: "::"}}
		}, "dataCenter"},
		{"too many other keys of aws", func(in *Instance) {
			in.DataCenter = DataCenter{Kind: DataCenterAWS, AWS: &AWS{Other: map[string]string{"k": strings.Repeat("x", 1000)}}}
		}, "dataCenter"},
		{"an instance that is too large as a whole", func(in *Instance) {
			for range 4 {
				in.Ports = append(in.Ports, Port{Labels: []string{
					strings.Repeat("a", 100), strings.Repeat("b", 100), strings.Repeat("c", 100), strings.Repeat("d", 100)}})
			}
			in.Metadata = map[string]string{"k": strings.Repeat("x", 900)}
			in.DataCenter = DataCenter{Kind: DataCenterAWS, AWS: &AWS{Other: map[string]string{"k": strings.Repeat("x", 999)}}}
		}, "instance"},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			in := &Instance{App: "A", ID: "1"}
			test.change(in)
			err := in.Validate(limits)
			var fault *InvalidError
			switch {
			case test.field == "" && err != nil:
				t.Errorf("refused: %v", err)
			case test.field != "" && !errors.As(err, &fault):
				t.Errorf("accepted (%v)", err)
			case test.field != "" && (fault.Field != test.field || len(err.Error()) > 300):
				t.Errorf("the fault is %v, want one of %s", err, test.field)
			}
		})
	}
}

// Every text of an instance, wherever it is, must be looked at.
func TestEveryTextIsValidated(t *testing.T) {
	valid := func() *Instance {
		in := filled()
		in.DataCenter.Kind = DataCenterAWS
		for i := range in.DataCenter.Addresses {
			in.DataCenter.Addresses[i].IP = "10.0.0." + strconv.Itoa(i)
		}
		return in
	}
	if err := valid().Validate(DefaultLimits()); err != nil {
		t.Fatalf("a full instance is refused: %v", err)
	}
	for _, path := range texts(valid(), nil) {
		in := valid()
		at := 0
		texts(in, func(p string, set func(string)) {
			if p == path {
				set("broken\x00")
				at++
			}
		})
		if err := in.Validate(DefaultLimits()); err == nil && path != ".Status" { // Canonical has replaced it
			t.Errorf("%s isn't validated", path)
		}
		if at != 1 {
			t.Fatalf("%s was set %d times", path, at)
		}
	}
}

func TestDefaultLimitsTakeLargeInstances(t *testing.T) {
	in := &Instance{App: "A", ID: "1", Metadata: map[string]string{"k": strings.Repeat("x", 32<<10-1)}}
	for i := range 64 {
		in.Ports = append(in.Ports, Port{Name: "port-" + strconv.Itoa(i), Number: uint16(i)})
		in.DataCenter.Addresses = append(in.DataCenter.Addresses, Address{IP: "10.0.0." + strconv.Itoa(i)})
	}
	if err := in.Validate(DefaultLimits()); err != nil {
		t.Error(err)
	}
}
