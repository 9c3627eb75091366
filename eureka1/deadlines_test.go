package eureka1

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deadlines{after: time.Second}
		first := d.next()
		time.Sleep(100*time.Millisecond - 1)
		if d.next() != first {
			t.Error("requests that begin at about the same time don't share")
		}
		time.Sleep(time.Nanosecond)
		second := d.next()
		if second == first {
			t.Error("a tenth of the time later it is still shared")
		}
		time.Sleep(time.Second - 1)
		if first.Err() != nil { // 1.1 s: what began last with it has had a second
			t.Error("it ends too early for who began with it last")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if first.Err() == nil || second.Err() != nil {
			t.Errorf("after their time: %v, %v", first.Err(), second.Err())
		}
		<-second.Done()
	})
}
