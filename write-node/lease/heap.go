package lease

// terms is a heap of running terms, the one that is due first at the root. It
// is what container/heap asks for.
type terms []*term

func (h terms) Len() int           { return len(h) }
func (h terms) Less(i, j int) bool { return h[i].due < h[j].due }

func (h terms) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push is for container/heap.
func (h *terms) Push(x any) {
	t := x.(*term)
	t.index = len(*h)
	*h = append(*h, t)
}

// Pop is for container/heap.
func (h *terms) Pop() any {
	old := *h
	last := len(old) - 1
	t := old[last]
	old[last] = nil
	*h = old[:last]
	t.index = -1
	return t
}
