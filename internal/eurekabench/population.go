package main

import "fmt"

// population is what is registered in one row. Instance k belongs to application k
// modulo Apps, and change number c, counted from 1 over all instances, is of instance
// (c-1) modulo Instances, so that everybody knows what must be shown after so many.
type population struct {
	Instances int `json:"instances"`
	Apps      int `json:"apps"`
	Lease     int `json:"lease"` // seconds
}

// size is how many bytes a registration has, as in the issue.
const size = 818

// longLease outlives every row, for those that nobody renews.
const longLease = 3600

// began is when a client last changed its instance before its first change here, as
// clients say it: Unix milliseconds.
const began = 1_767_225_600_000

func (p population) app(k int) string { return fmt.Sprintf("SERVICE-%03d", k%p.Apps) }

func idOf(k int) string   { return fmt.Sprintf("svc-%07d.shop.test:8080", k) }
func hostOf(k int) string { return fmt.Sprintf("svc-%07d.shop.test", k) }

func (p population) vip(k int) string { return fmt.Sprintf("service-%03d", k%p.Apps) }

func addressOf(k int) string { return fmt.Sprintf("10.%d.%d.%d", k>>16&255, k>>8&255, k&255) }

// last returns the number of the last of so many changes that was of instance k; 0
// if none was.
func (p population) last(k, total int) int {
	if total <= k {
		return 0
	}
	return (total-1-k)/p.Instances*p.Instances + k + 1
}

// appendInstance appends a registration as a Spring client writes it, with the number
// of the change in its metadata. It has exactly size bytes.
func (p population) appendInstance(dst []byte, k, change int) []byte {
	start := len(dst)
	host, vip := hostOf(k), p.vip(k)
	dst = fmt.Appendf(dst, `{"instance":{"instanceId":%q,"app":%q,"ipAddr":%q,"sid":"na","homePageUrl":"http://%[4]s:8080/",`+
		`"statusPageUrl":"http://%[4]s:8080/actuator/info","healthCheckUrl":"http://%[4]s:8080/actuator/health","vipAddress":%[5]q,`+
		`"countryId":1,"dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",`+
		`"name":"MyOwn"},"hostName":%[4]q,"status":"UP","overriddenStatus":"UNKNOWN","leaseInfo":{"renewalIntervalInSecs":30,`+
		`"durationInSecs":%[6]d},"lastDirtyTimestamp":%[7]d,"port":{"$":8080,"@enabled":"true"},`+
		`"securePort":{"$":443,"@enabled":"false"},"metadata":{"mark":"%09[8]d","pad":"`,
		idOf(k), p.app(k), addressOf(k), host, vip, p.Lease, began+change, change)
	const tail = `"}}}`
	for len(dst)-start < size-len(tail) {
		dst = append(dst, 'x')
	}
	return append(dst, tail...)
}
