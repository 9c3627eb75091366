package k8s

import (
	"strings"
	"testing"
)

// TestRefuses spoils one thing at a time and wants it named.
func TestRefuses(t *testing.T) {
	const (
		write      = "base/write-statefulset.yaml"
		read       = "base/read-deployment.yaml"
		services   = "base/write-services.yaml"
		budget     = "base/read-disruption.yaml"
		autoscaler = "base/read-autoscaler.yaml"
		network    = "base/write-network.yaml"
		account    = "base/write-account.yaml"
	)
	for _, c := range []struct{ name, file, before, after, want string }{
		{"an unknown field", write, "replicas: 3", "replicaz: 3", `unknown field "spec.replicaz"`},
		{"a wrong type", write, "replicas: 3", "replicas: three", "cannot unmarshal"},
		{"an unknown kind", budget, "kind: PodDisruptionBudget", "kind: PodInterruption", "PodInterruption"},
		{"a file that isn't there", "base/kustomization.yaml", "read-service.yaml", "reed-service.yaml", "reed-service.yaml"},
		{"a namespace", services, "name: heureka-write\n", "name: heureka-write\n  namespace: x\n", "bound to namespace x"},

		{"a selector of other pods", read, "app.kubernetes.io/name: heureka-read", "app.kubernetes.io/name: heureka-write", "selector selects the pods of [StatefulSet/heureka-write]"},
		{"a spread over other pods", write, "\n            matchLabels:", "\n            matchLabels:\n              x: y", "topology spread selects the pods of []"},
		{"an anti-affinity to nobody", write, "\n                  matchLabels:", "\n                  matchLabels:\n                    x: y", "anti-affinity selects the pods of []"},
		{"a service of nobody", "base/read-service.yaml", "app.kubernetes.io/name: heureka-read", "app.kubernetes.io/name: x", "service heureka-read selects no pods"},
		{"a target port that isn't there", "base/read-service.yaml", "targetPort: http", "targetPort: web", "has no port web"},
		{"a service with a port of its own", "base/read-service.yaml", "port: 8761", "port: 80", "port 80 is 8761"},
		{"a StatefulSet without its service", write, "serviceName: heureka-write-peers", "serviceName: heureka-x", `no service "heureka-x"`},
		{"a StatefulSet whose service has an address", write, "serviceName: heureka-write-peers", "serviceName: heureka-write", "heureka-write isn't headless"},
		{"peers that hide until they are ready", services, "publishNotReadyAddresses: true", "publishNotReadyAddresses: false", "hides nodes that aren't ready"},

		{"a budget of nobody", budget, "app.kubernetes.io/name: heureka-read", "app.kubernetes.io/name: x", "disruption budget heureka-read selects"},
		{"a budget that lets nobody go", budget, "maxUnavailable: 1", "maxUnavailable: 0", "never lets a pod go"},
		{"an autoscaler of nobody", autoscaler, "name: heureka-read\n  minReplicas", "name: heureka-x\n  minReplicas", "no apps/v1 Deployment/heureka-x"},
		{"an autoscaler of the wrong kind", autoscaler, "kind: Deployment", "kind: StatefulSet", "no apps/v1 StatefulSet/heureka-read"},
		{"replicas against the autoscaler", read, "spec:\n", "spec:\n  replicas: 3\n", "sets replicas against its autoscaler"},
		{"an autoscaler that goes down to one", autoscaler, "minReplicas: 2", "minReplicas: 1", "no room"},
		{"an autoscaler blind to memory", autoscaler, "name: memory", "name: cpu", "doesn't look at memory"},
		{"a policy for nobody", network, "app.kubernetes.io/name: heureka-write", "app.kubernetes.io/name: x", "network policy heureka-write selects no pods"},
		{"a policy that lets nobody in", network, "app.kubernetes.io/name: heureka-read", "app.kubernetes.io/name: x", "pods that aren't there"},
		{"a policy for a port that isn't there", network, "port: admin", "port: metrics", "has no port metrics"},

		{"no such account", read, "serviceAccountName: heureka-read", "serviceAccountName: x", `no service account "x"`},
		{"an account with a token", account, "automountServiceAccountToken: false", "automountServiceAccountToken: true", "mounts its token"},
		{"a pod with a token", read, "automountServiceAccountToken: false", "automountServiceAccountToken: true", "mounts a token"},
		{"root", write, "runAsNonRoot: true", "runAsNonRoot: false", "may run as root"},
		{"a writable root", write, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may write to its root"},
		{"capabilities", write, "drop: [ALL]", "drop: [NET_RAW]", "has capabilities"},
		{"privileges", write, "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "may gain privileges"},
		{"no seccomp", write, "type: RuntimeDefault", "type: Unconfined", "no seccomp profile"},
		{"the host's network", write, "enableServiceLinks: false", "enableServiceLinks: false\n      hostNetwork: true", "shares something of its host"},
		{"service links", write, "enableServiceLinks: false", "enableServiceLinks: true", "variables of any service"},
		{"data on no volume", write, "mountPath: /data", "mountPath: /date", `--data "/data/registry" isn't on a volume`},
		{"no data", write, "value: /data/registry", `value: ""`, `--data "" isn't on a volume`},
		{"a volume of nobody", write, "- metadata:\n        name: data", "- metadata:\n        name: date", "no volume data to write to"},
		{"a volume that the node can't write to", write, "fsGroup: 65532", "fsGroup: 0", "no group that may write"},
		{"no memory limit", read, "limits:\n              memory: 2000Mi", "limits: {}", "wants requests"},
		{"a Go limit above the pod's", read, "value: 1800MiB", "value: 2500MiB", "doesn't go with a limit of 2000 MiB"},
		{"a scrape of the wrong port", read, `prometheus.io/port: "8861"`, `prometheus.io/port: "8761"`, "lead Prometheus"},

		{"a probe of a wrong path", write, "path: /readyz", "path: /ready", "asks /ready, not /readyz"},
		{"a probe of a wrong port", write, "path: /readyz\n              port: http", "path: /readyz\n              port: admin", "asks port admin"},
		{"a liveness that wants readiness", read, "livenessProbe:\n            httpGet:\n              path: /livez", "livenessProbe:\n            httpGet:\n              path: /readyz", "liveness probe asks /readyz"},
		{"a startup probe that asks nothing", read, "httpGet:\n              path: /livez\n", "tcpSocket:\n", "no startup probe over HTTP"},

		{"an unknown flag", write, "--log-format=json", "--log-fromat=json", "unknown flag --log-fromat"},
		{"a wrong value", write, "--log-format=json", "--log-format=xml", "log-format"},
		{"a variable that nobody reads", read, "name: HEUREKA_NATS", "name: HEUREKA_GNATS", "nothing reads the variable HEUREKA_GNATS"},
		{"a node that listens elsewhere", write, "--http=:7001", "--http=:7002", "--http listens on 7002"},
		{"a node that listens to itself only", read, "--http=:8761", "--http=127.0.0.1:8761", "doesn't listen on all addresses"},
		{"a node that nobody reaches", read, "--advertise=$(POD_IP):8761", "--advertise=$(POD_IP):80", "doesn't lead others"},
		{"a node at another's service", write, "$(POD_NAME).heureka-write-peers", "$(POD_NAME).heureka-write", "doesn't lead others"},
		{"a spread longer than the drain", read, "--drain-spread=20s", "--drain-spread=40s", "at least --drain-spread"},
		{"routes elsewhere", write, "--routes-listen=:7301", "--routes-listen=:7302", "--routes-listen listens on 7302"},
		{"a port without a listener", read, "- name: admin", "- name: debug\n              containerPort: 6060\n            - name: admin", "3 ports where it listens on 2"},
		{"a NATS that isn't there", read, "nats://heureka-write-peers:7201", "nats://heureka-nats:7201", "no service heureka-nats"},
		{"a NATS behind the wrong port", read, "nats://heureka-write-peers:7201", "nats://heureka-write-peers:7001", "doesn't lead to the port nats"},
		{"a NATS that hides until it is ready", read, "nats://heureka-write-peers:7201", "nats://heureka-write:7001", "only when they are ready"},
		{"peers that aren't there", write, "heureka-write-1.heureka-write-peers:7301", "heureka-x:7301", "no service heureka-x"},
		{"peers behind the wrong port", write, "heureka-write-peers:7301", "heureka-write-peers:7201", "doesn't lead to the port routes"},
		{"a peer behind a space", write, ",heureka-write-1", ", heureka-write-1", "no pod  heureka-write-1"},
		{"a peer too many", write, "heureka-write-2.heureka", "heureka-write-3.heureka", "no pod heureka-write-3"},
		{"a cluster of another size", write, `value: "3"`, `value: "5"`, "isn't its number of replicas"},
		{"a drain longer than the grace", write, "--drain-timeout=30s", "--drain-timeout=55s", "shorter than the 1m15s"},
		{"a grace shorter than the drain", read, "terminationGracePeriodSeconds: 60", "terminationGracePeriodSeconds: 30", "shorter than the 53s"},
		{"no pause before the end", read, "preStop:", "postStart:", "no pause"},
		{"readers that are added and stay empty", read, "--drain-delay=3s", "--shed-share=0", "stay empty"},
		{"an unknown image", read, "image: heureka/read-node", "image: heureka/reed-node", "no binary is called reed-node"},
		{"a second container", read, "      containers:\n", "      containers:\n        - name: x\n          image: x\n", "2 containers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := sources(t)
			edit(t, fsys, c.file, c.before, c.after)
			err := verify(t, fsys, "base")
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("refused for something else: %v", err)
			}
		})
	}
}
