package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const policies = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: lockdown, namespace: shop }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: egress } } }]
      ports: [{ port: 8443 }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: clients, namespace: egress }
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - from: [{ namespaceSelector: { matchLabels: { team: a } } }]
      ports: [{ port: tls }]
`

const pods = `
  "pods": [
    {"namespace": "shop", "name": "orders-0", "labels": {"app": "orders"}, "ip": "10.1.0.5"},
    {"namespace": "egress", "name": "gateway-0", "labels": {"istio": "egress"}, "ip": "10.1.0.6", "ports": [{"name": "tls", "port": 8443, "protocol": "TCP"}]}
  ]`

func ask(t *testing.T, questions string) (string, error) {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "app.yaml"), []byte(policies), 0o644); err != nil {
		t.Fatal(err)
	}
	out := &bytes.Buffer{}
	err := run([]string{folder}, strings.NewReader(questions), out)
	return out.String(), err
}

func TestAnswersInOrder(t *testing.T) {
	got, err := ask(t, `{`+pods+`, "namespaces": {"shop": {"team": "a"}}, "questions": [
		{"from": "shop/orders-0", "to": "egress/gateway-0", "port": 8443},
		{"from": "shop/orders-0", "to": "192.0.2.10", "port": 53, "protocol": "UDP"},
		{"from": "10.1.0.5", "to": "10.1.0.6", "port": 8080},
		{"from": "192.0.2.10", "to": "egress/gateway-0", "port": 8443}
	]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := `{
		"pods": [
			{"pod": "shop/orders-0", "egress": ["shop/lockdown"], "ingress": []},
			{"pod": "egress/gateway-0", "egress": [], "ingress": ["egress/clients"]}
		],
		"answers": [
			{"from": "shop/orders-0", "to": "egress/gateway-0", "port": 8443, "protocol": "TCP", "allowed": true, "egress": true, "ingress": true},
			{"from": "shop/orders-0", "to": "192.0.2.10", "port": 53, "protocol": "UDP", "allowed": false, "egress": false, "ingress": true},
			{"from": "10.1.0.5", "to": "10.1.0.6", "port": 8080, "protocol": "TCP", "allowed": false, "egress": false, "ingress": false},
			{"from": "192.0.2.10", "to": "egress/gateway-0", "port": 8443, "protocol": "TCP", "allowed": false, "egress": true, "ingress": false}
		]
	}`
	var have, expected any
	if err := json.Unmarshal([]byte(got), &have); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(have, expected) {
		t.Errorf("got %s", got)
	}
}

func TestBadInput(t *testing.T) {
	for questions, want := range map[string]string{
		`{"pod": []}`: `standard input: not valid questions: json: unknown field "pod"`,
		`{"pods": [{"namespace": "shop", "ip": "10.1.0.5"}]}`:                                                              `pods[0]: namespace and name are needed`,
		`{"pods": [{"namespace": "shop", "name": "a", "ip": "10.1.0"}]}`:                                                   `pods[0].ip: must be an IP address, got "10.1.0"`,
		`{` + pods + `, "questions": [{"from": "shop/nobody", "to": "10.1.0.5", "port": 80}]}`:                             `questions[0].from: must be NAMESPACE/NAME of one of the pods or an IP address, got "shop/nobody"`,
		`{` + pods + `, "questions": [{"from": "10.1.0.5", "to": "db.example.com", "port": 80}]}`:                          `questions[0].to: must be NAMESPACE/NAME of one of the pods or an IP address, got "db.example.com"`,
		`{` + pods + `, "questions": [{"from": "10.1.0.5", "to": "10.1.0.6"}]}`:                                            `questions[0].port: must be a port from 1 to 65535, got 0`,
		`{` + pods + `, "questions": [{"from": "10.1.0.5", "to": "10.1.0.6", "port": 1, "protocol": "IP"}]}`:               `questions[0].protocol: the protocol must be TCP, UDP or SCTP, got "IP"`,
		`{"pods": [{"namespace": "a", "name": "a", "ip": "10.1.0.1"}, {"namespace": "a", "name": "b", "ip": "10.1.0.1"}]}`: `pods[1]: another pod has the name a/b or the address 10.1.0.1`,
	} {
		if _, err := ask(t, questions); err == nil || err.Error() != want {
			t.Errorf("%s\n got: %v\nwant: %s", questions, err, want)
		}
	}
	if err := run(nil, strings.NewReader("{}"), &bytes.Buffer{}); err == nil || !strings.HasPrefix(err.Error(), "no folder given") {
		t.Errorf("without a folder: %v", err)
	}
}
