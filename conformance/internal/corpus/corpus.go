// Package corpus asks what somebody has without this library about single files: the API server, istiod's webhook, "istioctl analyze".
package corpus

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"cdk8s-istio-egress/conformance/internal/analysis"
	"cdk8s-istio-egress/conformance/internal/crdschema"
	"cdk8s-istio-egress/conformance/internal/fixtures"
	"cdk8s-istio-egress/conformance/internal/kube"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
	"cdk8s-istio-egress/conformance/internal/webhook"
)

// Message of a tool about an object of a file.
type Message struct {
	Code   string `json:"code,omitempty"`
	Level  string `json:"level,omitempty"`
	Object string `json:"object"`
	Text   string `json:"text"`
}

// Answers of every tool about one file.
type Answers struct {
	// File relative to the corpus.
	File      string    `json:"file"`
	APIServer []Message `json:"apiServer"`
	Webhook   []Message `json:"webhook"`
	// Analyze is "istioctl analyze" in a cluster that has the stock gateways, and the namespaces and pods of the file.
	Analyze []Message `json:"analyze"`
}

type tools struct {
	schema *crdschema.Checker
	hook   *webhook.Checker
}

// Write asks about every file of a corpus, several at a time, and writes the answers as JSON in the order of their paths.
func Write(out io.Writer, folder, istio string, parallel int) error {
	schema, err := crdschema.New(istio)
	if err != nil {
		return err
	}
	hook, err := webhook.New("cluster.local")
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(folder, "*", "*.yaml"))
	if err != nil {
		return err
	}
	asked := tools{schema, hook}
	answers, errs := make([]Answers, len(files)), make([]error, len(files))
	limit := make(chan struct{}, max(parallel, 1))
	var workers sync.WaitGroup
	for i, file := range files {
		workers.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			answers[i], errs[i] = asked.about(folder, file)
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(answers)
}

func (t tools) about(folder, file string) (Answers, error) {
	name, err := filepath.Rel(folder, file)
	if err != nil {
		return Answers{}, err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Answers{}, err
	}
	objects, err := manifests.Parse(name, data)
	if err != nil {
		return Answers{}, err
	}
	set := &manifests.Set{Name: name, Objects: objects}
	cluster, err := fixtures.New(set)
	if err != nil {
		return Answers{}, err
	}
	stubs, err := cluster.Stubs()
	if err != nil {
		return Answers{}, err
	}
	// A Secret that the file lacks is what may be wrong with it.
	stubs = slices.DeleteFunc(stubs, func(o *unstructured.Unstructured) bool { return o.GetKind() == "Secret" })
	stubs = append(stubs, gatewayPods(set, cluster)...)
	analyzed, err := analysis.Messages(set.Namespaced(), stubs)
	if err != nil {
		return Answers{}, fmt.Errorf("%s: %s", name, strings.Join(strings.Fields(err.Error()), " "))
	}
	return Answers{
		File:      filepath.ToSlash(name),
		APIServer: append(said(t.schema.Run(set)), said(kube.Run(set))...),
		Webhook:   said(t.hook.Run(set)),
		Analyze:   printed(analyzed),
	}, nil
}

// gatewayPods are those of gateways whose Service the file has: analysers look at the pods, and say less without them.
func gatewayPods(set *manifests.Set, cluster *fixtures.Cluster) []*unstructured.Unstructured {
	pods := []*unstructured.Unstructured{}
	for _, o := range set.Objects {
		selector, _, _ := unstructured.NestedStringMap(o.Object, "spec", "selector")
		if o.GetKind() != "Service" || o.GetNamespace() != fixtures.SystemNamespace || len(selector) == 0 ||
			len(cluster.PodsSelected(fixtures.SystemNamespace, selector)) > 0 {
			continue
		}
		pod := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "Pod",
			"spec": map[string]any{"containers": []any{map[string]any{"name": "istio-proxy", "image": "istio/proxyv2"}}},
		}}
		pod.SetName(o.GetName())
		pod.SetNamespace(o.GetNamespace())
		pod.SetLabels(selector)
		pods = append(pods, pod)
	}
	return pods
}

func said(result *verdict.Result) []Message {
	messages := []Message{}
	for _, f := range result.Findings {
		level := "error"
		text, isWarning := strings.CutPrefix(f.Message, "warning: ")
		if isWarning {
			level = "warning"
		}
		messages = append(messages, Message{Level: level, Object: f.Subject, Text: text})
	}
	return messages
}

func printed(found []analysis.Message) []Message {
	messages := []Message{}
	for _, m := range found {
		messages = append(messages, Message{Code: m.Code, Level: m.Level, Object: m.Object, Text: m.Text})
	}
	return messages
}
