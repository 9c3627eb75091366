package pages

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"testing"

	"heureka/model"
)

// realistic returns an instance as Spring Cloud registers it: a few words, an
// address, host names and ids with some randomness in them, times of its own.
func realistic(app string, number int) *model.Instance {
	h := fnv.New64a()
	fmt.Fprint(h, app, number)
	random := h.Sum(nil)
	name, host := strings.ToLower(app), fmt.Sprintf("10.%d.%d.%d", random[0]%8, random[1], random[2])
	return &model.Instance{
		App: app, ID: fmt.Sprintf("%s-%x-%x:%s:8080", name, random[3:6], random[6:8], name),
		HostName: host, Address: host, VIP: name, SecureVIP: name, Status: model.StatusUp,
		HomePageURL:    "http://" + host + ":8080/",
		StatusPageURL:  "http://" + host + ":8080/actuator/info",
		HealthCheckURL: "http://" + host + ":8080/actuator/health",
		Metadata:       map[string]string{"management.port": "8080", "zone": fmt.Sprint("zone-", random[5]%3)},
		LastChangedMs:  millisOf(random),
	}
}

// millisOf returns a time within some days.
func millisOf(random []byte) int64 {
	return 1_767_225_600_000 + int64(binary.BigEndian.Uint32(random)>>3)
}

// fleet returns pages with that many applications of that many instances each, which
// came in no order.
func fleet(t testing.TB, apps, instances int) *Pages {
	pages := newPages(t, DefaultConfig())
	shown := map[model.Key]*model.Instance{}
	for a := range apps {
		for i := range instances {
			in := realistic(fmt.Sprintf("SERVICE-%03d", a), i)
			shown[in.Key()] = in
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(shown), comingOf) {
		in := shown[key]
		version := model.Version{Time: model.Time(in.LastChangedMs*1000) << model.TimeNodeBits}
		pages.Apply([]model.Change{{Kind: model.Put, Key: key, After: model.Pack(in), Version: version}}, 0)
	}
	return pages
}

// comingOf orders keys by nothing that they say, the same in every run.
func comingOf(a, b model.Key) int {
	order := func(k model.Key) uint32 { return crc32.ChecksumIEEE([]byte(k.App + k.ID)) }
	return cmp.Or(cmp.Compare(order(a), order(b)), a.Compare(b))
}

func TestWeightsAreAboutThatOfFullJSON(t *testing.T) {
	pages := fleet(t, 20, 10)
	sheet := NewSheet(Apps, jsonDialect{})
	sheet.Update(pages.Snapshot())
	weight := 0
	for _, leaf := range pages.apps[full].leaves {
		weight += leaf.weight
	}
	if length := sheet.Plain().Length; weight < length*9/10 || weight > length*11/10 {
		t.Errorf("%d bytes weigh %d", length, weight)
	}
}
