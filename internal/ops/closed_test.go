package ops

import "testing"

func TestClosed(t *testing.T) {
	c := make(chan struct{})
	if Closed(c) {
		t.Error("an open channel counts as closed")
	}
	close(c)
	if !Closed(c) {
		t.Error("a closed channel counts as open")
	}
}
