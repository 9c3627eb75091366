package eureka1

import (
	"fmt"
	"strings"
	"time"

	"heureka/eureka1/dialect"
)

// reading draws a request that reads.
func (w *world) reading() wish {
	ops := []operation{opApps, opApps, opApps, opDelta, opDelta, opDelta, opApp, opVIP, opSecureVIP, opInstanceByID, opInstance, opOverrides}
	wish := wish{op: ops[w.rand.IntN(len(ops))], form: forms[w.rand.IntN(len(forms))], gzip: w.rand.IntN(2) == 0}
	key := w.key()
	switch wish.op {
	case opApp:
		wish.word = key.App
	case opVIP:
		wish.word = []string{"v-0", "v-1", "v-2", strings.ToLower(key.App)}[w.rand.IntN(4)]
	case opSecureVIP:
		wish.word = fmt.Sprint("s-", w.rand.IntN(2))
	case opInstanceByID:
		wish.word = key.ID
	case opInstance:
		wish.word = key.App + "/" + key.ID
	}
	if wish.op == opInstance || wish.op == opInstanceByID {
		wish.form &^= 1 // there is no compact one
	}
	switch w.rand.IntN(8) {
	case 0:
		wish.pause = time.Duration(w.rand.IntN(600)) * time.Millisecond
	case 1:
		wish.leaves = 1 + time.Duration(w.rand.IntN(30))*time.Millisecond
	}
	return wish
}

// writing draws a request that changes something.
func (w *world) writing() wish {
	ops := []operation{opRegister, opRegister, opHeartbeat, opCancel, opOverride, opClearOverride, opMetadata}
	w.marks++
	wish := wish{op: ops[w.rand.IntN(len(ops))], word: w.held().String(), status: w.status(), mark: w.marks, passed: w.elsewhere != nil}
	if wish.op == opRegister {
		in := w.instance(w.key())
		info := dialect.InfoOf(in, dialect.Shown{})
		wish.word, wish.body = in.App, string(dialect.AppendInstanceDocument(nil, dialect.JSONFull, &info))
	}
	if wish.passed {
		w.elsewhere.takes.Store(int64([]time.Duration{time.Millisecond, 10 * time.Millisecond, 200 * time.Millisecond}[w.rand.IntN(3)]))
	}
	return wish
}
