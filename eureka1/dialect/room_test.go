package dialect_test

import (
	"reflect"
	"testing"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// TestARoomIsUsedAgain holds that nothing is left of what was read in it before.
func TestARoomIsUsedAgain(t *testing.T) {
	bodies := map[string][]byte{
		"bare":   []byte(`{"instance":{"app":"A","hostName":"h","port":{"$":1,"@enabled":"false"},"dataCenterInfo":{"name":"MyOwn"}}}`),
		"ports":  []byte(`{"instance":{"app":"A","hostName":"h","metadata":{"a":"1","heureka.ports":"[{\"number\":7001,\"name\":\"x\"}]"}}}`),
		"broken": []byte(`{"instance":{"app":"A","metadata":{"a":"1","b":"2"},"hostName":`),
	}
	for _, name := range []string{"01-register-request-java-discoveryclient.json", "02-register-request-spring-restclient.json",
		"04-register-request-js-client-bare-port.json", "06-register-request-fargo.xml", "07-register-request-amazon.json"} {
		bodies[name] = document(t, name)
	}
	for first := range bodies {
		for second := range bodies {
			var room dialect.Room
			for _, name := range []string{first, second, second} {
				info, err := room.DecodeInstance(format(name), bodies[name])
				alone, fault := dialect.DecodeInstance(format(name), bodies[name])
				if !reflect.DeepEqual(info, alone) || (err == nil) != (fault == nil) {
					t.Fatalf("%s after %s is read as %+v, %v instead of %+v, %v", name, first, info, err, alone, fault)
				}
				if err != nil {
					continue
				}
				info.Fill(&room.Instance)
				if want := alone.Instance(); !reflect.DeepEqual(&room.Instance, want) || model.Pack(&room.Instance) != model.Pack(want) {
					t.Fatalf("%s after %s is %+v instead of %+v", name, first, room.Instance, want)
				}
			}
		}
	}
}
