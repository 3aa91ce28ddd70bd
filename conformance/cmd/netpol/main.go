// Command netpol says which connections the NetworkPolicies of manifests let through.
//
//	netpol FOLDER... < questions.json > answers.json
//
// It reads every *.yaml of the folders (a set that is applied together) and, from standard input, the pods that run and what is asked of them:
//
//		{
//		  "pods": [
//		    {"namespace": "shop", "name": "orders-0", "labels": {"app": "orders"}, "ip": "10.1.0.5"},
//		    {"namespace": "egress", "name": "gateway-0", "labels": {"istio": "egress"}, "ip": "10.1.0.6",
//		     "ports": [{"name": "tls", "port": 8443, "protocol": "TCP"}]}
//		  ],
//		  "namespaces": {"shop": {"team": "a"}},
//		  "questions": [
//		    {"from": "shop/orders-0", "to": "egress/gateway-0", "port": 8443},
//		    {"from": "shop/orders-0", "to": "192.0.2.10", "port": 53, "protocol": "UDP"}
//		  ]
//		}
//
//	  - pods: labels, ip and ports (the named ports of its containers, for policies that name a port) are those of the running pod; labels and ports
//	    may be left out.
//	  - namespaces: labels of namespaces that the manifests do not declare. kubernetes.io/metadata.name is there without being given.
//	  - questions: both ends are "NAMESPACE/NAME" of a pod, or an IPv4 or IPv6 address. An address that a pod has means the pod. protocol is TCP (default),
//	    UDP or SCTP. The address of a Service means nothing to a NetworkPolicy: ask about the pods behind it, and their port.
//
// It answers in the order of the pods and of the questions:
//
//		{
//		  "pods": [
//		    {"pod": "shop/orders-0", "egress": ["shop/lockdown"], "ingress": []},
//		    {"pod": "egress/gateway-0", "egress": [], "ingress": ["egress/clients"]}
//		  ],
//		  "answers": [
//		    {"from": "shop/orders-0", "to": "egress/gateway-0", "port": 8443, "protocol": "TCP", "allowed": true, "egress": true, "ingress": true},
//		    {"from": "shop/orders-0", "to": "192.0.2.10", "port": 53, "protocol": "UDP", "allowed": false, "egress": false, "ingress": true}
//		  ]
//		}
//
//	  - pods: the NetworkPolicies that isolate the pod, by direction. Without any, the pod is open in this direction; with one, what no policy
//	    allows is dropped.
//	  - answers: allowed is egress (the policies of the pod that opens the connection) and ingress (those of the pod that accepts it). Answers to
//	    connections that are open are always let through.
//
// Exit status: 0 answered, 2 bad input.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/netpol"
)

type asked struct {
	Pods       []pod                        `json:"pods"`
	Namespaces map[string]map[string]string `json:"namespaces"`
	Questions  []question                   `json:"questions"`
}

type pod struct {
	Namespace string            `json:"namespace"`
	Name      string            `json:"name"`
	Labels    map[string]string `json:"labels"`
	IP        string            `json:"ip"`
	Ports     []port            `json:"ports"`
}

type port struct {
	Name     string `json:"name"`
	Port     int32  `json:"port"`
	Protocol string `json:"protocol"`
}

type question struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Port     int    `json:"port"`
	Protocol string `json:"protocol"`
}

type answers struct {
	Pods    []isolated `json:"pods"`
	Answers []answer   `json:"answers"`
}

type isolated struct {
	Pod     string   `json:"pod"`
	Egress  []string `json:"egress"`
	Ingress []string `json:"ingress"`
}

type answer struct {
	question
	Allowed bool `json:"allowed"`
	Egress  bool `json:"egress"`
	Ingress bool `json:"ingress"`
}

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "netpol: "+err.Error())
		os.Exit(2)
	}
}

func run(folders []string, in io.Reader, out io.Writer) error {
	if len(folders) == 0 {
		return errors.New("no folder given; usage: netpol FOLDER... < questions.json")
	}
	objects := []*unstructured.Unstructured{}
	for _, folder := range folders {
		set, err := manifests.Load(folder, folder)
		if err != nil {
			return err
		}
		objects = append(objects, set.Namespaced()...)
	}
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	input := asked{}
	if err := decoder.Decode(&input); err != nil {
		return fmt.Errorf("standard input: not valid questions: %v", err)
	}
	policies, err := netpol.Read(objects, input.Namespaces)
	if err != nil {
		return err
	}
	output, err := reply(policies, input)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(output)
}

func reply(policies *netpol.Policies, input asked) (*answers, error) {
	output := &answers{Pods: []isolated{}, Answers: []answer{}}
	running, err := started(input.Pods)
	if err != nil {
		return nil, err
	}
	for _, p := range running.all {
		output.Pods = append(output.Pods, isolated{
			Pod:     p.Namespace + "/" + p.Name,
			Egress:  policies.Isolating(p, networkingv1.PolicyTypeEgress),
			Ingress: policies.Isolating(p, networkingv1.PolicyTypeIngress),
		})
	}
	for i, q := range input.Questions {
		from, err := running.end(q.From)
		if err != nil {
			return nil, fmt.Errorf("questions[%d].from: %v", i, err)
		}
		to, err := running.end(q.To)
		if err != nil {
			return nil, fmt.Errorf("questions[%d].to: %v", i, err)
		}
		protocol, err := netpol.ParseProtocol(q.Protocol)
		if err != nil {
			return nil, fmt.Errorf("questions[%d].protocol: %v", i, err)
		}
		if q.Port < 1 || q.Port > 65535 {
			return nil, fmt.Errorf("questions[%d].port: must be a port from 1 to 65535, got %d", i, q.Port)
		}
		q.Protocol = string(protocol)
		verdict := policies.Ask(from, to, q.Port, protocol)
		output.Answers = append(output.Answers, answer{question: q, Allowed: verdict.Allowed(), Egress: verdict.Egress, Ingress: verdict.Ingress})
	}
	return output, nil
}

// running pods, by their names and addresses.
type running struct {
	all       []*corev1.Pod
	byName    map[string]*corev1.Pod
	byAddress map[netip.Addr]*corev1.Pod
}

func started(pods []pod) (*running, error) {
	found := &running{byName: map[string]*corev1.Pod{}, byAddress: map[netip.Addr]*corev1.Pod{}}
	for i, p := range pods {
		if p.Namespace == "" || p.Name == "" {
			return nil, fmt.Errorf("pods[%d]: namespace and name are needed", i)
		}
		address, err := netip.ParseAddr(p.IP)
		if err != nil {
			return nil, fmt.Errorf("pods[%d].ip: must be an IP address, got %q", i, p.IP)
		}
		name := p.Namespace + "/" + p.Name
		if found.byName[name] != nil || found.byAddress[address] != nil {
			return nil, fmt.Errorf("pods[%d]: another pod has the name %s or the address %s", i, name, address)
		}
		object := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: p.Name, Labels: p.Labels},
			Status:     corev1.PodStatus{PodIP: address.String()},
		}
		container := corev1.Container{}
		for _, c := range p.Ports {
			protocol, err := netpol.ParseProtocol(c.Protocol)
			if err != nil {
				return nil, fmt.Errorf("pods[%d].ports: %v", i, err)
			}
			container.Ports = append(container.Ports, corev1.ContainerPort{Name: c.Name, ContainerPort: c.Port, Protocol: protocol})
		}
		object.Spec.Containers = []corev1.Container{container}
		found.all = append(found.all, object)
		found.byName[name], found.byAddress[address] = object, object
	}
	return found, nil
}

// end of a connection.
func (r *running) end(text string) (netpol.Peer, error) {
	if p := r.byName[text]; p != nil {
		return netpol.Pod(p), nil
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netpol.Peer{}, fmt.Errorf("must be NAMESPACE/NAME of one of the pods or an IP address, got %q", text)
	}
	if p := r.byAddress[address]; p != nil {
		return netpol.Pod(p), nil
	}
	return netpol.Outside(address), nil
}
