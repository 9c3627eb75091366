// Package k8s holds no code but tests. They build each overlay of this folder
// with kustomize's own library, decode what comes out strictly with the types of
// the Kubernetes API, and check what neither looks at: that selectors select,
// that ports, probes and flags are those of the binaries, that a pod is given
// the time which its drain takes.
package k8s
