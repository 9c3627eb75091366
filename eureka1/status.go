package eureka1

import (
	"fmt"
	"net"
	"net/http"
	"runtime"
	readings "runtime/metrics"
	"strconv"
	"strings"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// selfApp is the application under which Eureka servers tell of themselves.
const selfApp = "EUREKA"

// status answers with what the node tells of itself. The other nodes count as its
// replicas.
func (q *request) status() int {
	format := dialect.FormOf(q.r.Header.Get("Accept"), "", false).Format()
	total, used := memory()
	doc := dialect.ServerStatus{
		General: []dialect.Pair{
			{Key: "environment", Value: q.self.Cluster},
			{Key: "num-of-cpus", Value: strconv.Itoa(runtime.NumCPU())},
			{Key: "total-avail-memory", Value: fmt.Sprintf("%dmb", total>>20)},
			{Key: "current-memory-usage", Value: fmt.Sprintf("%dmb (%d%%)", used>>20, used*100/max(total, 1))},
			{Key: "server-uptime", Value: uptime(time.Since(q.start))},
		},
		Applications: q.replicas(),
		Info:         q.own(),
		Healthy:      true, // or it would have been refused
	}
	return q.body(http.StatusOK, format.ContentType(), doc.Append(nil, format))
}

func (q *request) replicas() []dialect.Pair {
	var registered, available, unavailable []string
	for _, p := range q.node.Peers() {
		url := "http://" + p.HTTP + "/eureka/"
		registered = append(registered, url)
		if p.Ready {
			available = append(available, url)
		} else {
			unavailable = append(unavailable, url)
		}
	}
	return []dialect.Pair{
		{Key: "registered-replicas", Value: strings.Join(registered, ",")},
		{Key: "available-replicas", Value: strings.Join(available, ",")},
		{Key: "unavailable-replicas", Value: strings.Join(unavailable, ",")},
	}
}

// own returns the node as an instance, which isn't registered.
func (q *request) own() *dialect.Info {
	host, port, _ := net.SplitHostPort(q.self.HTTP) // it is the node's address, which was checked
	number, _ := strconv.ParseUint(port, 10, 16)
	began := q.start.UnixMilli()
	info := dialect.InfoOf(&model.Instance{
		App: selfApp, ID: q.self.Name, HostName: host, Address: host, Status: model.StatusUp,
		Ports: []model.Port{{Number: uint16(number)}},
	}, dialect.Shown{RegisteredMs: began, RenewedMs: began, ServedMs: began, UpdatedMs: began, Action: dialect.Added})
	return &info
}

// uptime writes a time as the reference does: days, hours and minutes.
func uptime(d time.Duration) string {
	minutes := int(d.Minutes())
	return fmt.Sprintf("%d days %02d:%02d", minutes/(24*60), minutes/60%24, minutes%60)
}

// memory returns the bytes that the process has from the system, and those of them
// that hold something.
func memory() (total, used uint64) {
	samples := []readings.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	readings.Read(samples)
	for i, to := range []*uint64{&total, &used} {
		if samples[i].Value.Kind() == readings.KindUint64 {
			*to = samples[i].Value.Uint64()
		}
	}
	return total, used
}
