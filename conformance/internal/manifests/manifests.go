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
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"cdk8s-istio-egress/conformance/internal/expect"
)

// Set is what is applied to a cluster together: the manifests of one app, or of several.
type Set struct {
	Name string
	// Folder that it was read from; empty for one that was not.
	Folder  string
	Objects []*unstructured.Unstructured
	// Expect is what the library says about the set; nil when nobody knows.
	Expect *expect.App
	// apps holds the folder of the app that an object comes from.
	apps map[*unstructured.Unstructured]string
}

// App that an object comes from; in a set of one app all have the same.
func (s *Set) App(o *unstructured.Unstructured) string {
	return s.apps[o]
}

// Load reads every *.yaml below a folder in the order of their paths, and what is expected of them when that is written down. Each folder with
// expectations of its own is an app; the set is all of them applied together.
func Load(name, dir string) (*Set, error) {
	dir = filepath.Clean(dir)
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s: not a folder; give the folder that holds the manifests", dir)
	}
	set := &Set{Name: name, Folder: dir, apps: map[*unstructured.Unstructured]string{}}
	expected := []*expect.App{}
	files := 0
	err = filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Name() == expect.File:
			app, err := expect.Read(path)
			expected = append(expected, app)
			return err
		case entry.IsDir() || !isYAML(path):
			return nil
		}
		files++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		objects, err := Parse(path, data)
		for _, o := range objects {
			set.apps[o] = appFolder(dir, filepath.Dir(path))
		}
		set.Objects = append(set.Objects, objects...)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case files == 0:
		return nil, fmt.Errorf("%s: no *.yaml in this folder; synthesise the manifests first", dir)
	case len(set.Objects) == 0:
		return nil, fmt.Errorf("%s: the manifests in this folder hold no object", dir)
	case len(expected) > 0:
		if set.Expect, err = expect.Merge(expected); err != nil {
			return nil, fmt.Errorf("%s: %v", dir, err)
		}
	}
	return set, nil
}

func isYAML(path string) bool {
	ext := filepath.Ext(path)
	return ext == ".yaml" || ext == ".yml"
}

// appFolder is the nearest folder with expectations, at or above one of the set's.
func appFolder(top, folder string) string {
	for at := folder; len(at) > len(top); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, expect.File)); err == nil {
			return at
		}
	}
	return top
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

// HasCRD says whether the schema of an object is one of a CRD: Istio's own, or of the Gateway API.
func HasCRD(o *unstructured.Unstructured) bool {
	return IsIstio(o) || o.GroupVersionKind().Group == "gateway.networking.k8s.io"
}

// ClusterScoped says whether a kind that applications may have lives outside namespaces.
func ClusterScoped(o *unstructured.Unstructured) bool {
	switch o.GetKind() {
	case "Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "PriorityClass",
		"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding":
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
