package k8s

import (
	"errors"
	"fmt"
	"path"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// manifest is all objects of one overlay, by kind and name.
type manifest struct {
	workloads   map[string]workload // by kind/name
	services    map[string]*corev1.Service
	accounts    map[string]*corev1.ServiceAccount
	budgets     map[string]*policyv1.PodDisruptionBudget
	autoscalers map[string]*autoscalingv2.HorizontalPodAutoscaler
	policies    map[string]*networkingv1.NetworkPolicy
}

// workload is what StatefulSets and Deployments have in common.
type workload struct {
	kind, name string
	replicas   *int32
	selector   *metav1.LabelSelector
	pod        corev1.PodTemplateSpec
	service    string // of a StatefulSet
	claims     []corev1.PersistentVolumeClaim
}

func (w workload) String() string { return w.kind + "/" + w.name }

// container returns the workload's only container; checkPods sees to it that
// there is one.
func (w workload) container() corev1.Container { return w.pod.Spec.Containers[0] }

// binary names the program that the container runs, after its image.
func (w workload) binary() string {
	name, _, _ := strings.Cut(path.Base(w.container().Image), ":")
	return name
}

// port resolves a port by name or number, as Kubernetes does; 0 if the container
// doesn't have it.
func (w workload) port(wanted intstr.IntOrString) int32 {
	for _, p := range w.container().Ports {
		if wanted.Type == intstr.String && p.Name == wanted.StrVal || wanted.Type == intstr.Int && p.ContainerPort == wanted.IntVal {
			return p.ContainerPort
		}
	}
	return 0
}

// gather sorts the objects. One of a kind that this package doesn't check, or
// with a namespace, is an error.
func gather(objects []runtime.Object) (*manifest, error) {
	m := &manifest{
		workloads:   map[string]workload{},
		services:    map[string]*corev1.Service{},
		accounts:    map[string]*corev1.ServiceAccount{},
		budgets:     map[string]*policyv1.PodDisruptionBudget{},
		autoscalers: map[string]*autoscalingv2.HorizontalPodAutoscaler{},
		policies:    map[string]*networkingv1.NetworkPolicy{},
	}
	var faults []error
	for _, object := range objects {
		switch o := object.(type) {
		case *appsv1.StatefulSet:
			m.add(workload{"StatefulSet", o.Name, o.Spec.Replicas, o.Spec.Selector, o.Spec.Template, o.Spec.ServiceName, o.Spec.VolumeClaimTemplates})
		case *appsv1.Deployment:
			m.add(workload{"Deployment", o.Name, o.Spec.Replicas, o.Spec.Selector, o.Spec.Template, "", nil})
		case *corev1.Service:
			m.services[o.Name] = o
		case *corev1.ServiceAccount:
			m.accounts[o.Name] = o
		case *policyv1.PodDisruptionBudget:
			m.budgets[o.Name] = o
		case *autoscalingv2.HorizontalPodAutoscaler:
			m.autoscalers[o.Name] = o
		case *networkingv1.NetworkPolicy:
			m.policies[o.Name] = o
		default:
			faults = append(faults, fmt.Errorf("nobody checks a %T", object))
		}
		if named, ok := object.(metav1.Object); ok && named.GetNamespace() != "" {
			faults = append(faults, fmt.Errorf("%s is bound to namespace %s", named.GetName(), named.GetNamespace()))
		}
	}
	return m, errors.Join(faults...)
}

func (m *manifest) add(w workload) { m.workloads[w.String()] = w }

// selected returns the workloads whose pods the selector selects.
func (m *manifest) selected(selector *metav1.LabelSelector) []workload {
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return nil
	}
	var found []workload
	for _, w := range m.workloads {
		if !s.Empty() && s.Matches(labels.Set(w.pod.Labels)) {
			found = append(found, w)
		}
	}
	return found
}
