// Package netpol says which connections the NetworkPolicies of a set let through. SIG Network's own implementation decides; here is only what
// the API server and a cluster add to a policy and to a pod before it does.
package netpol

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	defaults "k8s.io/kubernetes/pkg/apis/networking/v1"
	"sigs.k8s.io/kube-network-policies/pkg/api"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"

	"cdk8s-istio-egress/conformance/internal/manifests"
)

// Policies of a cluster.
type Policies struct {
	policies   []selecting
	namespaces map[string]map[string]string
	pods       map[*corev1.Pod]*known
}

// selecting is a policy with the pods that it is about.
type selecting struct {
	*networkingv1.NetworkPolicy
	pods labels.Selector
}

// known is what is worked out once for a pod.
type known struct {
	info *api.PodInfo
	by   []*networkingv1.NetworkPolicy
}

// Peer is an end of a connection: a pod as the API server serves it, or an address outside the cluster.
type Peer struct {
	Pod     *corev1.Pod
	Address netip.Addr
}

// Pod as an end of a connection.
func Pod(p *corev1.Pod) Peer {
	address, _ := netip.ParseAddr(p.Status.PodIP)
	return Peer{Pod: p, Address: address}
}

// Outside the cluster.
func Outside(address netip.Addr) Peer {
	return Peer{Address: address}
}

// Verdict on a connection: whether it may leave the pod that opens it, and enter the pod that accepts it.
type Verdict struct {
	Egress  bool
	Ingress bool
}

// Allowed says whether the connection is made.
func (v Verdict) Allowed() bool {
	return v.Egress && v.Ingress
}

// Read takes the NetworkPolicies, and the labels of Namespaces, from manifests in which every namespaced object names its namespace. More labels
// may be known of namespaces that the manifests do not declare.
func Read(objects []*unstructured.Unstructured, more map[string]map[string]string) (*Policies, error) {
	found := &Policies{namespaces: map[string]map[string]string{}, pods: map[*corev1.Pod]*known{}}
	for name, given := range more {
		found.namespaces[name] = given
	}
	for _, o := range objects {
		switch o.GroupVersionKind().GroupKind().String() {
		case "Namespace":
			found.namespaces[o.GetName()] = o.GetLabels()
		case "NetworkPolicy.networking.k8s.io":
			policy, err := served(o)
			if err != nil {
				return nil, fmt.Errorf("%s: %v", manifests.Subject(o), err)
			}
			selector, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector)
			if err != nil {
				return nil, fmt.Errorf("%s: spec.podSelector: %v", manifests.Subject(o), err)
			}
			found.policies = append(found.policies, selecting{policy, selector})
		}
	}
	return found, nil
}

// served is a policy as the API server serves it: with its defaults, and without empty lists, which the storage does not tell from absent ones. The
// difference matters: an absent `egress` denies everything.
func served(o *unstructured.Unstructured) (*networkingv1.NetworkPolicy, error) {
	raw, err := o.MarshalJSON()
	if err != nil {
		return nil, err
	}
	policy := &networkingv1.NetworkPolicy{}
	if err := json.Unmarshal(raw, policy); err != nil {
		return nil, err
	}
	defaults.SetObjectDefaults_NetworkPolicy(policy)
	stored, err := policy.Marshal()
	if err != nil {
		return nil, err
	}
	policy = &networkingv1.NetworkPolicy{}
	return policy, policy.Unmarshal(stored)
}

// Count of the policies.
func (p *Policies) Count() int {
	return len(p.policies)
}

// Ask about a connection from one end to a port of the other. A pod always reaches itself, and what is outside the cluster is nobody's to restrict.
func (p *Policies) Ask(from, to Peer, port int, protocol corev1.Protocol) Verdict {
	if from.Pod != nil && from.Pod == to.Pod {
		return Verdict{true, true}
	}
	return Verdict{
		Egress:  p.decide(networkingv1.PolicyTypeEgress, from, to, port, protocol),
		Ingress: p.decide(networkingv1.PolicyTypeIngress, to, from, port, protocol),
	}
}

// decide by the policies of one end, the subject. The evaluator looks a port up at its second end for egress, at its first for ingress.
func (p *Policies) decide(direction networkingv1.PolicyType, subject, other Peer, port int, protocol corev1.Protocol) bool {
	if subject.Pod == nil {
		return true
	}
	here, there := p.known(subject.Pod), (*api.PodInfo)(nil)
	if other.Pod != nil {
		there = p.known(other.Pod).info
	}
	return networkpolicy.EvaluatePolicyDirection(
		context.Background(), here.by, direction, here.info, port, there, other.Address.AsSlice(), port, protocol,
	)
}

// Isolating names the policies of a direction that are about a pod; none: everything is open in this direction.
func (p *Policies) Isolating(pod *corev1.Pod, direction networkingv1.PolicyType) []string {
	found := []string{}
	for _, policy := range p.known(pod).by {
		if slices.Contains(policy.Spec.PolicyTypes, direction) {
			found = append(found, policy.Namespace+"/"+policy.Name)
		}
	}
	slices.Sort(found)
	return found
}

func (p *Policies) known(pod *corev1.Pod) *known {
	if k := p.pods[pod]; k != nil {
		return k
	}
	k := &known{info: api.NewPodInfo(pod, p.labelsOf(pod.Namespace), nil, "")}
	for _, policy := range p.policies {
		if policy.Namespace == pod.Namespace && policy.pods.Matches(labels.Set(pod.Labels)) {
			k.by = append(k.by, policy.NetworkPolicy)
		}
	}
	p.pods[pod] = k
	return k
}

// labelsOf a namespace: those it is given, and the one that the API server sets itself.
func (p *Policies) labelsOf(namespace string) map[string]string {
	all := map[string]string{}
	for key, value := range p.namespaces[namespace] {
		all[key] = value
	}
	all[corev1.LabelMetadataName] = namespace
	return all
}

// ParseProtocol of a question; absent: TCP.
func ParseProtocol(text string) (corev1.Protocol, error) {
	switch protocol := corev1.Protocol(strings.ToUpper(text)); protocol {
	case "":
		return corev1.ProtocolTCP, nil
	case corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP:
		return protocol, nil
	}
	return "", fmt.Errorf("the protocol must be TCP, UDP or SCTP, got %q", text)
}
