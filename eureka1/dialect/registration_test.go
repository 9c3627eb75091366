package dialect_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"heureka/eureka1/dialect"
	"heureka/model"
)

func basic(name string) model.DataCenter {
	return model.DataCenter{Kind: model.DataCenterBasic, Name: name}
}

func lease(renewal, duration int64) model.Lease {
	return model.Lease{RenewalMs: renewal * 1000, DurationMs: duration * 1000}
}

// TestRegistrationsOfEveryClient reads what the clients in the field send.
func TestRegistrationsOfEveryClient(t *testing.T) {
	fargo := &model.Instance{
		App: "BILLING", ID: "bill-4.fin.test", HostName: "bill-4.fin.test", Address: "10.40.1.4",
		VIP: "billing", SecureVIP: "billing", Ports: []model.Port{{Number: 7600}}, Status: model.StatusUp,
		Metadata: map[string]string{"tier": "gold"}, Lease: lease(30, 45), DataCenter: basic("MyOwn"),
		Eureka1: map[string]string{"countryId": "0", "securePort": "0"},
	}
	for _, test := range []struct {
		name string
		want *model.Instance
	}{
		{"01-register-request-java-discoveryclient.json", &model.Instance{
			App: "ORDERS", ID: "orders-a.shop.test:orders:8081", HostName: "orders-a.shop.test", Address: "10.20.0.11",
			VIP: "orders", SecureVIP: "orders", Ports: []model.Port{{Number: 8081}}, Status: model.StatusStarting,
			HomePageURL: "http://orders-a.shop.test:8081/", StatusPageURL: "http://orders-a.shop.test:8081/info",
			HealthCheckURL: "http://orders-a.shop.test:8081/health",
			Metadata:       map[string]string{"zone": "north", "build_id": "4.1.7"},
			Lease:          lease(30, 90), LastChangedMs: 1767225600400, DataCenter: basic("MyOwn"),
		}},
		{"02-register-request-spring-restclient.json", &model.Instance{
			App: "ORDERS", ID: "orders-c.shop.test:orders:8081", HostName: "orders-c.shop.test", Address: "10.20.0.13",
			VIP: "orders", SecureVIP: "orders", Ports: []model.Port{{Number: 8081}}, Status: model.StatusUp,
			HomePageURL: "http://orders-c.shop.test:8081/", StatusPageURL: "http://orders-c.shop.test:8081/actuator/info",
			HealthCheckURL: "http://orders-c.shop.test:8081/actuator/health",
			Metadata:       map[string]string{"management.port": "8081", "zone": "south"},
			Lease:          lease(30, 90), LastChangedMs: 1767225799800, DataCenter: basic("MyOwn"),
		}},
		{"03-register-request-js-client.json", &model.Instance{
			App: "GEOCODER", ID: "geo-2.map.test", HostName: "geo-2.map.test", Address: "10.30.7.5",
			VIP: "geocoder", Ports: []model.Port{{Number: 9200}}, Status: model.StatusUp,
			StatusPageURL: "http://geo-2.map.test:9200/info", Lease: lease(30, 90), DataCenter: basic("MyOwn"),
			Eureka1: map[string]string{"securePort": "7002"},
		}},
		{"04-register-request-js-client-bare-port.json", &model.Instance{
			App: "GEOCODER", ID: "geo-3.map.test", HostName: "geo-3.map.test", Address: "10.30.7.6",
			VIP: "geocoder", Ports: []model.Port{{Number: 9200}}, Status: model.StatusUp,
			Lease: lease(30, 90), DataCenter: basic("MyOwn"), Eureka1: map[string]string{"securePort": "7002"},
		}},
		{"05-register-request-fargo.json", fargo},
		{"06-register-request-fargo.xml", fargo},
		{"07-register-request-amazon.json", &model.Instance{
			App: "LEDGER", ID: "i-0f00ba4", HostName: "ec2-203-0-113-9.compute.test", Address: "172.31.4.9",
			AppGroup: "FINANCE", ASG: "ledger-v014", VIP: "ledger,ledger-v2", SecureVIP: "ledger,ledger-v2",
			Ports: []model.Port{{Number: 7010}, {Number: 7443, Secure: true}}, Status: model.StatusUp,
			HomePageURL:    "http://ec2-203-0-113-9.compute.test:7010/",
			StatusPageURL:  "http://ec2-203-0-113-9.compute.test:7010/info",
			HealthCheckURL: "http://ec2-203-0-113-9.compute.test:7010/health",
			Metadata:       map[string]string{"team": "ledger"}, Lease: lease(10, 30), LastChangedMs: 1767225602500,
			DataCenter: model.DataCenter{Kind: model.DataCenterAWS, Name: "Amazon", AWS: &model.AWS{
				Zone: "us-east-1c", AMI: "ami-77aa", InstanceID: "i-0f00ba4", InstanceType: "m5.large", Account: "111122223333",
				PublicAddress: "203.0.113.9", PublicHost: "ec2-203-0-113-9.compute.test", PrivateAddress: "172.31.4.9",
				Other: map[string]string{"local-hostname": "ip-172-31-4-9.internal.test"},
			}},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			info, err := dialect.DecodeInstance(format(test.name), document(t, test.name))
			if err != nil {
				t.Fatal(err)
			}
			if err := info.Check(strings.ToLower(test.want.App)); err != nil {
				t.Fatal(err)
			}
			got := info.Instance()
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("read as\n%+v, want\n%+v", got, test.want)
			}
			if err := got.Validate(model.DefaultLimits()); err != nil {
				t.Error(err)
			}
			if info.Overridden != model.StatusUnknown {
				t.Errorf("overridden with %s", info.Overridden)
			}
		})
	}
}

// TestRefusals are the reference's checks in their order: each body lacks one more
// thing than the one after it.
func TestRefusals(t *testing.T) {
	const center = `"dataCenterInfo":{"@class":"x","name":"MyOwn"}`
	for _, test := range []struct{ rule, body, field, text string }{
		{"nothing at all", `{}`, "instanceId", "Missing instanceId"},
		{"an id that is empty", `{"instanceId":"","hostName":""}`, "instanceId", "Missing instanceId"},
		{"no host", `{"instanceId":"i"}`, "hostName", "Missing hostname"},
		{"no host, an id of Amazon's", `{"dataCenterInfo":{"name":"Amazon","metadata":{"instance-id":"i"}}}`, "hostName", "Missing hostname"},
		{"an id of Amazon's that isn't Amazon's", `{"dataCenterInfo":{"name":"MyOwn","metadata":{"instance-id":"i"}}}`, "instanceId", "Missing instanceId"},
		{"no address", `{"hostName":"h"}`, "ipAddr", "Missing ip address"},
		{"an address that is null", `{"hostName":"h","ipAddr":null}`, "ipAddr", "Missing ip address"},
		{"no application", `{"hostName":"h","ipAddr":"1"}`, "app", "Missing appName"},
		{"another application", `{"hostName":"h","ipAddr":"1","app":"b"}`, "app", "Mismatched appName, expecting A but was B"},
		{"no data centre", `{"hostName":"h","ipAddr":"1","app":"a"}`, "dataCenterInfo", "Missing dataCenterInfo"},
		{"a data centre that is null", `{"hostName":"h","ipAddr":"1","app":"a","dataCenterInfo":null}`, "dataCenterInfo", "Missing dataCenterInfo"},
		{"a data centre without a name", `{"hostName":"h","ipAddr":"1","app":"a","dataCenterInfo":{"@class":"x","name":null}}`, "dataCenterInfo", "Missing dataCenterInfo Name"},
		{"nothing missing", `{"hostName":"h","ipAddr":"1","app":"A",` + center + `}`, "", ""},
		{"nothing missing, letters small", `{"hostName":"h","ipAddr":"1","app":"a",` + center + `}`, "", ""},
	} {
		info, err := dialect.DecodeInstance(dialect.JSON, []byte(`{"instance":`+test.body+`}`))
		if err != nil {
			t.Fatalf("%s: %v", test.rule, err)
		}
		err = info.Check("a")
		var refusal *dialect.Refusal
		switch {
		case test.text == "" && err != nil:
			t.Errorf("%s: refused: %v", test.rule, err)
		case test.text != "" && (!errors.As(err, &refusal) || refusal.Field != test.field || err.Error() != test.text):
			t.Errorf("%s: refused with %v, want %s", test.rule, err, test.text)
		}
	}
	long := strings.Repeat("x", 5000)
	info := &dialect.Info{InstanceID: "i", HostName: "h", IPAddr: "1", App: long}
	if err := info.Check(long + "y"); err == nil || len(err.Error()) > 1000 {
		t.Errorf("the answer to a long application is %d bytes long", len(fmt.Sprint(err)))
	}
	info = &dialect.Info{InstanceID: "i", HostName: "h", IPAddr: "1", App: "A", DataCenter: dialect.DataCenter{Given: true, Name: "Azure"}}
	if err := info.Check("A"); !errors.Is(err, dialect.ErrUnparseable) {
		t.Errorf("a data centre that there isn't: %v", err)
	}
}

// TestClientsMayWriteAsTheyLike lists what is taken and what isn't.
func TestClientsMayWriteAsTheyLike(t *testing.T) {
	usual := dialect.Port{Number: 7001, Enabled: true}
	for _, test := range []struct {
		rule, body string
		ok         func(*dialect.Info) bool
	}{
		{"without a status it is up", `{}`, func(i *dialect.Info) bool { return i.Status == model.StatusUp }},
		{"null is nothing", `{"status":null,"port":null,"leaseInfo":null,"metadata":null,"actionType":null}`,
			func(i *dialect.Info) bool { return i.Status == model.StatusUp && i.Port == usual }},
		{"an empty status", `{"status":""}`, func(i *dialect.Info) bool { return i.Status == model.StatusUnknown }},
		{"a status that is none", `{"status":"SLEEPY"}`, func(i *dialect.Info) bool { return i.Status == model.StatusUnknown }},
		{"small letters", `{"status":"down"}`, func(i *dialect.Info) bool { return i.Status == model.StatusDown }},
		{"an override", `{"overriddenStatus":"OUT_OF_SERVICE"}`, func(i *dialect.Info) bool { return i.Overridden == model.StatusOutOfService }},
		{"its older name", `{"overriddenstatus":"DOWN"}`, func(i *dialect.Info) bool { return i.Overridden == model.StatusDown }},
		{"no ports", `{}`, func(i *dialect.Info) bool {
			return i.Port == usual && i.SecurePort == dialect.Port{Number: 7002}
		}},
		{"a bare port", `{"port":80}`, func(i *dialect.Info) bool { return i.Port == dialect.Port{Number: 80, Enabled: true} }},
		{"a bare port as a text", `{"port":"80"}`, func(i *dialect.Info) bool { return i.Port == dialect.Port{Number: 80, Enabled: true} }},
		{"a bare secure port", `{"securePort":443}`, func(i *dialect.Info) bool { return i.SecurePort == dialect.Port{Number: 443} }},
		{"a port with a boolean", `{"port":{"$":80,"@enabled":false}}`, func(i *dialect.Info) bool { return i.Port == dialect.Port{Number: 80} }},
		{"a port with texts", `{"securePort":{"@enabled":"TRUE","$":"8443"}}`, func(i *dialect.Info) bool {
			return i.SecurePort == dialect.Port{Number: 8443, Enabled: true}
		}},
		{"a port without a number", `{"port":{"@enabled":"false"}}`, func(i *dialect.Info) bool { return i.Port == dialect.Port{Number: 7001} }},
		{"a port with more to it", `{"port":{"$":1,"x":{"y":[1,{}]}}}`, func(i *dialect.Info) bool { return i.Port.Number == 1 }},
		{"numbers as texts", `{"countryId":"7","lastDirtyTimestamp":"9","leaseInfo":{"durationInSecs":"5"}}`, func(i *dialect.Info) bool {
			return i.CountryID == 7 && i.LastDirtyMs == 9 && i.Lease.DurationSecs == 5
		}},
		{"numbers as they are", `{"lastDirtyTimestamp":9,"lastUpdatedTimestamp":8.0}`, func(i *dialect.Info) bool {
			return i.LastDirtyMs == 9 && i.LastUpdatedMs == 8
		}},
		{"an empty number", `{"countryId":"","lastDirtyTimestamp":""}`, func(i *dialect.Info) bool { return i.CountryID == 1 && i.LastDirtyMs == 0 }},
		{"the oldest name of a renewal", `{"leaseInfo":{"renewalTimestamp":5}}`, func(i *dialect.Info) bool { return i.Lease.RenewedMs == 5 }},
		{"a flag as a text", `{"isCoordinatingDiscoveryServer":"true"}`, func(i *dialect.Info) bool { return i.Coordinating }},
		{"metadata of any scalars", `{"metadata":{"a":1,"b":true,"c":"x","d":null,"@class":"y"}}`, func(i *dialect.Info) bool {
			return reflect.DeepEqual(i.Metadata, []dialect.Pair{{Key: "a", Value: "1"}, {Key: "b", Value: "true"}, {Key: "c", Value: "x"}})
		}},
		{"nested metadata isn't taken", `{"metadata":{"a":{}}}`, nil},
		{"a list for a text isn't taken", `{"hostName":[]}`, nil},
		{"a text for a lease isn't taken", `{"leaseInfo":"x"}`, nil},
		{"a number that is none is as good as absent", `{"countryId":"x","lastDirtyTimestamp":"x","lastUpdatedTimestamp":true,"leaseInfo":{"durationInSecs":"x","serviceUpTimestamp":"x"}}`,
			func(i *dialect.Info) bool {
				return i.CountryID == 1 && i.LastDirtyMs == 0 && i.LastUpdatedMs == 0 && i.Lease == dialect.Lease{}
			}},
		{"a number that is out of range is as good as absent", `{"countryId":4294967297}`, func(i *dialect.Info) bool { return i.CountryID == 1 }},
		{"a port that is none isn't taken", `{"port":"x"}`, nil},
		{"a port beyond all bounds isn't taken", `{"port":99999999999}`, nil},
		{"a data centre in any order", `{"dataCenterInfo":{"metadata":{"instance-id":"i"},"name":"Amazon"}}`, func(i *dialect.Info) bool { return i.EffectiveID() == "i" }},
		{"metadata of a data centre that has none", `{"dataCenterInfo":{"name":"MyOwn","metadata":{"a":"b"}}}`, func(i *dialect.Info) bool { return i.DataCenter.Name == "MyOwn" }},
		{"what nobody knows", `{"a":1,"b":[{}],"c":{"d":null},"e":-1.5e+3}`, func(i *dialect.Info) bool { return true }},
		{"escapes", `{"hostName":"\u00e9\ud83d\ude00\/\"\\\b\f\n\r\t"}`, func(i *dialect.Info) bool { return i.HostName == "é😀/\"\\\b\f\n\r\t" }},
		{"half a character", `{"hostName":"\ud83dx\ude00\ud83d\u0041"}`, func(i *dialect.Info) bool { return i.HostName == "\ufffdx\ufffd\ufffdA" }},
	} {
		info, err := dialect.DecodeInstance(dialect.JSON, []byte(`{"other":[],"instance":`+test.body+`}`))
		switch {
		case test.ok == nil && !errors.Is(err, dialect.ErrUnparseable):
			t.Errorf("%s: %v", test.rule, err)
		case test.ok != nil && err != nil:
			t.Errorf("%s: %v", test.rule, err)
		case test.ok != nil && !test.ok(info):
			t.Errorf("%s: read as %+v", test.rule, info)
		}
	}
}

func TestWhatIsNoInstance(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	many := `{"instance":{"metadata":{` + strings.Repeat(`"a":"",`, 5000) + `"b":""}}}`
	for _, test := range []struct {
		rule   string
		format dialect.Format
		body   string
	}{
		{"nothing", dialect.JSON, ""},
		{"null", dialect.JSON, "null"},
		{"a list", dialect.JSON, "[]"},
		{"an instance without its wrapper", dialect.JSON, `{"hostName":"h"}`},
		{"an instance that is null", dialect.JSON, `{"instance":[]}`},
		{"cut off", dialect.JSON, `{"instance":{"hostName":"h"`},
		{"cut off in a text", dialect.JSON, `{"instance":{"hostName":"h`},
		{"cut off in an escape", dialect.JSON, `{"instance":{"hostName":"\u00`},
		{"an escape that there isn't", dialect.JSON, `{"instance":{"hostName":"\x"}}`},
		{"a line break in a text", dialect.JSON, "{\"instance\":{\"hostName\":\"\n\"}}"},
		{"a comma too many", dialect.JSON, `{"instance":{"hostName":"h",}}`},
		{"a comma too few", dialect.JSON, `{"instance":{"hostName":"h" "app":"a"}}`},
		{"a number that JSON hasn't", dialect.JSON, `{"instance":{"countryId":01}}`},
		{"more than one document", dialect.JSON, `{"instance":{}} {}`},
		{"not UTF-8", dialect.JSON, "{\"instance\":{\"hostName\":\"\xff\"}}"},
		{"deeper than any document is", dialect.JSON, `{"instance":{"x":` + deep + `}}`},
		{"more entries than any table has", dialect.JSON, many},
		{"nothing", dialect.XML, ""},
		{"JSON", dialect.XML, "{}"},
		{"another element", dialect.XML, "<application/>"},
		{"cut off", dialect.XML, "<instance><hostName>h</hostName>"},
		{"ends that don't match", dialect.XML, "<instance><hostName>h</app></instance>"},
		{"an entity of its own", dialect.XML, `<!DOCTYPE x [<!ENTITY e "boom">]><instance><hostName>&e;</hostName></instance>`},
		{"an element in a text", dialect.XML, "<instance><hostName><b>h</b></hostName></instance>"},
		{"deeper than any document is", dialect.XML, "<instance><x>" + strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40) + "</x></instance>"},
		{"more entries than any table has", dialect.XML, "<instance><metadata>" + strings.Repeat("<a/>", 5000) + "</metadata></instance>"},
		{"a number that is none", dialect.XML, "<instance><port>x</port></instance>"},
		{"not UTF-8", dialect.XML, "<instance><hostName>\xff</hostName></instance>"},
	} {
		if info, err := dialect.DecodeInstance(test.format, []byte(test.body)); !errors.Is(err, dialect.ErrUnparseable) {
			t.Errorf("%s (%s): read as %+v, %v", test.rule, test.format.ContentType(), info, err)
		} else if len(err.Error()) > 300 {
			t.Errorf("%s: the error is %d bytes long", test.rule, len(err.Error()))
		}
	}
}

func TestXMLAsXStreamHasIt(t *testing.T) {
	const body = `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment --><instance xmlns="">
  <hostName>h &amp; co</hostName><app>a</app><ipAddr><![CDATA[1.2.3.4]]></ipAddr><status> down </status>
  <overriddenStatus>OUT_OF_SERVICE</overriddenStatus>
  <port>8080</port><securePort>8443</securePort><countryId> 7 </countryId>
  <dataCenterInfo class="anything"><name>amazon</name><metadata><instance-id>i-1</instance-id></metadata></dataCenterInfo>
  <metadata><build__id> 1 </build__id><a_-b>2</a_-b><_.0031st>3</_.0031st><plain_name>4</plain_name><_.d83d_.de00/><_.0040class>x</_.0040class></metadata>
  <what><nobody><knows/></nobody></what>
</instance>`
	info, err := dialect.DecodeInstance(dialect.XML, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	want := dialect.Info{
		HostName: "h & co", App: "a", IPAddr: "1.2.3.4", Status: model.StatusDown, Overridden: model.StatusOutOfService,
		Port: dialect.Port{Number: 8080, Enabled: true}, SecurePort: dialect.Port{Number: 8443}, CountryID: 7,
		DataCenter: dialect.DataCenter{Given: true, Name: "Amazon", Metadata: []dialect.Pair{{Key: "instance-id", Value: "i-1"}}},
		Metadata: []dialect.Pair{{Key: "build_id", Value: " 1 "}, {Key: "a$b", Value: "2"}, {Key: "1st", Value: "3"},
			{Key: "plain_name", Value: "4"}, {Key: "😀"}},
	}
	if !reflect.DeepEqual(*info, want) {
		t.Errorf("read as\n%+v, want\n%+v", *info, want)
	}
}
