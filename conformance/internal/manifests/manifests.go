// Package manifests reads sets of Kubernetes manifests.
package manifests

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"cdk8s-istio-egress/conformance/internal/expect"
)

// Set is what is applied to a cluster together.
type Set struct {
	Name    string
	Objects []*unstructured.Unstructured
	// Expect is what the library says about the set; nil when nobody knows.
	Expect *expect.App
}

// Load reads every *.yaml of a folder, and its expectations when there are any.
func Load(name, dir string) (*Set, error) {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s: not a folder; give the folder that holds the manifests", dir)
	}
	files, err := yamlFiles(dir)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no *.yaml in this folder; synthesise the manifests first", dir)
	}
	set := &Set{Name: name}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		objects, err := Parse(file, data)
		if err != nil {
			return nil, err
		}
		set.Objects = append(set.Objects, objects...)
	}
	if len(set.Objects) == 0 {
		return nil, fmt.Errorf("%s: the manifests in this folder hold no object", dir)
	}
	set.Expect, err = expect.Read(filepath.Join(dir, expect.File))
	return set, err
}

func yamlFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := []string{}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	sort.Strings(files)
	return files, nil
}

// Parse reads the documents of one file; a key that stands twice in a mapping is an error.
func Parse(file string, data []byte) ([]*unstructured.Unstructured, error) {
	objects := []*unstructured.Unstructured{}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for document := 1; ; document++ {
		text, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: document %d: %v", file, document, err)
		}
		content := map[string]any{}
		if err := yaml.UnmarshalStrict(text, &content); err != nil {
			return nil, fmt.Errorf("%s: document %d: not valid YAML: %s", file, document, oneLine(err))
		}
		if len(content) == 0 {
			continue
		}
		object := &unstructured.Unstructured{}
		// Through JSON, so that numbers have the types that Kubernetes gives them.
		raw, err := yaml.YAMLToJSON(text)
		if err == nil {
			err = object.UnmarshalJSON(raw)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: document %d: not a Kubernetes object: %s", file, document, oneLine(err))
		}
		if object.GetName() == "" {
			return nil, fmt.Errorf("%s: document %d: the %s has no metadata.name", file, document, object.GetKind())
		}
		objects = append(objects, object)
	}
}

func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}

// Subject names an object in a report.
func Subject(o *unstructured.Unstructured) string {
	if o.GetNamespace() == "" {
		return o.GetKind() + " " + o.GetName()
	}
	return o.GetKind() + " " + o.GetNamespace() + "/" + o.GetName()
}

// IsIstio says whether an object belongs to one of Istio's API groups.
func IsIstio(o *unstructured.Unstructured) bool {
	return strings.HasSuffix(o.GroupVersionKind().Group, ".istio.io")
}

// ClusterScoped says whether a kind that applications may have lives outside namespaces.
func ClusterScoped(o *unstructured.Unstructured) bool {
	switch o.GetKind() {
	case "Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "PriorityClass":
		return true
	}
	return false
}

// Namespaced returns copies in which every namespaced object names its namespace, as kubectl would fill it in.
func (s *Set) Namespaced() []*unstructured.Unstructured {
	objects := make([]*unstructured.Unstructured, 0, len(s.Objects))
	for _, o := range s.Objects {
		c := o.DeepCopy()
		if c.GetNamespace() == "" && !ClusterScoped(c) {
			c.SetNamespace("default")
		}
		objects = append(objects, c)
	}
	return objects
}

// YAML of objects as one stream.
func YAML(objects []*unstructured.Unstructured) (string, error) {
	parts := []string{}
	for _, o := range objects {
		text, err := yaml.Marshal(o.Object)
		if err != nil {
			return "", err
		}
		parts = append(parts, string(text))
	}
	return strings.Join(parts, "---\n"), nil
}
