// Builds the Kustomizations of a file as Flux's kustomize-controller does, from a copy of the artifact, and prints the objects of each.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/fluxcd/pkg/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(artifact, file string) error {
	opened, err := os.Open(file)
	if err != nil {
		return err
	}
	defer opened.Close()
	built := map[string]string{}
	for decoder := yaml.NewYAMLOrJSONDecoder(opened, 4096); ; {
		var object unstructured.Unstructured
		if err := decoder.Decode(&object.Object); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		if object.GetKind() == "Kustomization" {
			if built[object.GetName()], err = build(artifact, object); err != nil {
				return fmt.Errorf("%s: %w", object.GetName(), err)
			}
		}
	}
	return json.NewEncoder(os.Stdout).Encode(built)
}

func build(artifact string, kustomization unstructured.Unstructured) (string, error) {
	root, err := os.MkdirTemp("", "flux-build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(root)
	if err := os.CopyFS(root, os.DirFS(artifact)); err != nil {
		return "", err
	}
	path, _, err := unstructured.NestedString(kustomization.Object, "spec", "path")
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, path)
	if _, err := kustomize.NewGenerator(root, kustomization).WriteFile(folder); err != nil {
		return "", err
	}
	objects, err := kustomize.SecureBuild(root, folder, false)
	if err != nil {
		return "", err
	}
	text, err := objects.AsYaml()
	return string(text), err
}
