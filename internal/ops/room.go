package ops

const (
	// heapRoom is how much garbage a lean heap lets gather at least, before it is
	// collected, beside what it holds. One that holds less lets as much gather
	// as it holds, as Go does by default.
	heapRoom = 12 << 20
	// leanPercent is the least garbage in percent of what a lean heap holds.
	leanPercent = 10
	// apart is how many seconds a roomy heap has between two collections, as far as the
	// rest allows it.
	apart = 3
	// busyRoom is how much garbage a roomy heap lets gather if it is allocated within that
	// time, and scanRoom how many times of what a collection looks through in addition: a
	// collection costs some tenths of a millisecond, and as much for each megabyte that it
	// looks through, so it takes about a hundredth of a processor while tens of megabytes
	// are allocated in a second.
	busyRoom = 16 << 20
	scanRoom = 3
	// extraRoom is how much more garbage than by Go's default a roomy heap lets gather
	// at most.
	extraRoom = 64 << 20
	// calm is how much is allocated within a second at most when a roomy heap gives back
	// its room.
	calm = 3 << 20
)

// goPercent is what GOGC is by default.
const goPercent = 100

// step is that of GOGC: setting it stops the process for a moment.
const step = 5

// differ reports whether one GOGC isn't as good as another, for the same reason.
func differ(a, b int) bool { return 5*max(a-b, b-a) >= b }

// leanGOGC returns the GOGC of a lean heap with so many live bytes.
func leanGOGC(live uint64) int {
	if live <= heapRoom {
		return goPercent
	}
	return max(leanPercent, int(heapRoom*100/live)/step*step)
}

// roomyGOGC returns the GOGC of a roomy heap. Go takes 4 MiB at least for what is live,
// and what is left of a large heap isn't worth a stop.
func roomyGOGC(h heap) int {
	held := max(h.live, 4<<20)
	room := min(apart*h.made, busyRoom+scanRoom*h.scan, held+extraRoom)
	return max(leanGOGC(h.live), int(room*100/held)/step*step)
}
