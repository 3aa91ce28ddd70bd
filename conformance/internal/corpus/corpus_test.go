package corpus_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"istio.io/istio/pkg/test/env"

	"cdk8s-istio-egress/conformance/internal/corpus"
	"cdk8s-istio-egress/conformance/internal/quiet/loggers"
)

func TestMain(m *testing.M) {
	loggers.Silence()
	os.Exit(m.Run())
}

// ask about one file.
func ask(t *testing.T, text string) corpus.Answers {
	t.Helper()
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "one"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "one", "file.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out := &bytes.Buffer{}
	if err := corpus.Write(out, folder, env.IstioSrc, 1); err != nil {
		t.Fatal(err)
	}
	answers := []corpus.Answers{}
	if err := json.Unmarshal(out.Bytes(), &answers); err != nil {
		t.Fatal(err)
	}
	if len(answers) != 1 || answers[0].File != "one/file.yaml" {
		t.Fatalf("answers are %v", answers)
	}
	return answers[0]
}

func has(messages []corpus.Message, code, text string) bool {
	return slices.ContainsFunc(messages, func(m corpus.Message) bool { return m.Code == code && strings.Contains(m.Text, text) })
}

const entry = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  ports: [{number: 3306, name: tcp, protocol: TCP}]
  resolution: DNS
`

func TestEveryToolAnswersForItself(t *testing.T) {
	answers := ask(t, entry+"  addresses: [192.0.2.1/32]\n")
	for name, messages := range map[string][]corpus.Message{"API server": answers.APIServer, "webhook": answers.Webhook} {
		if !has(messages, "", "CIDR addresses are allowed only for") {
			t.Errorf("%s: %v", name, messages)
		}
	}
	if !has(answers.Analyze, "IST0106", "CIDR addresses") {
		t.Errorf("analyze: %v", answers.Analyze)
	}
}

func TestRightFileIsAccepted(t *testing.T) {
	answers := ask(t, entry+"  addresses: [192.0.2.1]\n")
	if len(answers.APIServer)+len(answers.Webhook) > 0 {
		t.Errorf("API server: %v, webhook: %v", answers.APIServer, answers.Webhook)
	}
}

func TestKindsOfTheGatewayAPIHaveASchema(t *testing.T) {
	gateway := `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: waypoint, namespace: shop}
spec:
  gatewayClassName: istio-waypoint
  listeners: [{name: mesh, port: PORT, protocol: HBONE}]
`
	if answers := ask(t, strings.Replace(gateway, "PORT", "15008", 1)); len(answers.APIServer) > 0 {
		t.Errorf("a right waypoint: %v", answers.APIServer)
	}
	if answers := ask(t, strings.Replace(gateway, "PORT", "150080", 1)); len(answers.APIServer) == 0 {
		t.Error("a port that no connection can have is accepted")
	}
}

func TestGatewayWhoseServiceTheFileHasRuns(t *testing.T) {
	answers := ask(t, `apiVersion: v1
kind: Service
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  ports: [{name: https, port: 443}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: page, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
    - port: {number: 443, name: https, protocol: HTTPS}
      hosts: [page.example.com]
      tls: {mode: SIMPLE, credentialName: page-certificate}
`)
	if has(answers.Analyze, "IST0101", "selector") {
		t.Errorf("the pods are not found: %v", answers.Analyze)
	}
	// Nobody makes up a Secret for it.
	if !has(answers.Analyze, "IST0101", "credentialName") {
		t.Errorf("the Secret is found: %v", answers.Analyze)
	}
}
