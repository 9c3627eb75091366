package fanout

// Synced reports whether the session has been handed all that its newest Subscribe
// asked for, the Synced with it.
func (h *Hub) Synced(id SessionID) bool {
	s := h.sessions[id]
	return s != nil && s.group != nil && s.next == nil && s.synced
}
