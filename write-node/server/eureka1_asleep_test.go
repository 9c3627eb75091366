package server

import (
	"fmt"
	"testing"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
	"heureka/write-node/api"
	"heureka/write-node/owner"
)

// keeps reports whether the view keeps a change for somebody. It takes it away.
func (n *node) keeps(t *testing.T, id string) bool {
	t.Helper()
	kept := make(chan int, 1)
	if err := n.loop.Do(t.Context(), api.Command{Done: func() {}, Apply: func(o *owner.Owner, now model.Moment) {
		if _, err := o.PutPlain(&model.Instance{App: "TAKEN", ID: id, Status: model.StatusUp}, now); err != nil {
			t.Error(err)
		}
		kept <- len(o.Replica().View().Drain())
	}}); err != nil {
		t.Fatal(err)
	}
	return <-kept > 0
}

func TestNoChangesAreKeptWhileEureka1Sleeps(t *testing.T) {
	n := startAll(t, 1)[0]
	if n.keeps(t, "before") {
		t.Error("a change is kept before anybody has asked for a document")
	}
	n.applications(t, "/eureka/apps")
	if !n.keeps(t, "awake") {
		t.Error("no change is kept though somebody asked for a document")
	}
	drowsy := startAll(t, 1, func(c *Config) { c.Eureka1.Idle = 1 })[0]
	drowsy.applications(t, "/eureka/apps")
	for i, deadline := 0, time.Now().Add(patience); drowsy.keeps(t, fmt.Sprint(i)); i++ {
		if time.Now().After(deadline) {
			t.Fatal("changes are kept though nobody asks any more")
		}
	}
}

// TestWhatChangesWhileEureka1WakesIsInItsDocuments has one fall asleep all the time. What
// is registered before and after it wakes is in its documents, however it falls.
func TestWhatChangesWhileEureka1WakesIsInItsDocuments(t *testing.T) {
	n := startAll(t, 1, func(c *Config) { c.Eureka1.Idle = 1 })[0]
	for i := 1; i <= 26; i++ {
		n.eureka(t, "/eureka/", string(rune('A'+i-1)), register(""))
		hash := fmt.Sprintf("UP_%d_", i)
		n.awaitPage(t, "/eureka/apps", hash, func(a *dialect.Applications) bool { return a.Hash == hash })
	}
}
