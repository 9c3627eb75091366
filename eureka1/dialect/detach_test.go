package dialect_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"heureka/eureka1/dialect"
)

// A bridge keeps one instance of a document of thousands: it must not keep the others.
func TestAnInstanceKeepsNothingOfItsDocument(t *testing.T) {
	const instance = `{"instanceId":"i-%[1]d","hostName":"host","app":"ORDERS","ipAddr":"10.0.0.1","sid":"s","status":"UP",
		"overriddenStatus":"down","port":{"$":"8080","@enabled":"true"},"dataCenterInfo":{"name":"Amazon","metadata":{"ami-id":"ami"}},
		"metadata":{"zone":"eu-%[1]d","escaped":"a\nb"},"appGroupName":"GROUP","homePageUrl":"http://home","statusPageUrl":"http://status",
		"healthCheckUrl":"http://health","secureHealthCheckUrl":"https://health","vipAddress":"vip","secureVipAddress":"svip",
		"actionType":"ADDED","asgName":"asg"}`
	one, two := fmt.Sprintf(instance, 1), fmt.Sprintf(instance, 2)
	apps, err := dialect.DecodeApplications(dialect.JSON, []byte(`{"applications":{"application":[{"name":"ORDERS","instance":[`+one+","+two+`]}]}}`), 2)
	if err != nil {
		t.Fatal(err)
	}
	items, err := dialect.DecodeBatch([]byte(`{"replicationList":[{"action":"Register","instanceInfo":`+one+`}]}`), 1)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := dialect.DecodeInstance(dialect.JSON, []byte(`{"instance":`+one+`}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := apps.List[0].Instances[0]; !reflect.DeepEqual(&got, alone) || !reflect.DeepEqual(items[0].Info, alone) {
		t.Fatalf("%+v isn't %+v", got, alone)
	}
	for what, info := range map[string]*dialect.Info{"a registry": &apps.List[0].Instances[1], "a batch": items[0].Info} {
		if span, size := memoryOf(reflect.ValueOf(*info)); span > size {
			t.Errorf("of %s, %d bytes of text keep %d", what, size, span)
		}
	}
	if span, size := memoryOf(reflect.ValueOf(*alone)); span <= size {
		t.Errorf("texts that share a document, %d bytes, are taken for %d by themselves", size, span)
	}
}

// memoryOf returns from where to where the texts of a value lie, those that no constant
// is, and how long they are together.
func memoryOf(v reflect.Value) (span, size uintptr) {
	var from, to uintptr
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for n := range v.NumField() {
				walk(v.Field(n))
			}
		case reflect.Slice:
			for n := range v.Len() {
				walk(v.Index(n))
			}
		case reflect.String:
			text := v.String()
			if text == "" || strings.HasPrefix(v.Type().String(), "model.") {
				return
			}
			at := uintptr(unsafe.Pointer(unsafe.StringData(text)))
			if from == 0 || at < from {
				from = at
			}
			to = max(to, at+uintptr(len(text)))
			size += uintptr(len(text))
		}
	}
	walk(v)
	return to - from, size
}
